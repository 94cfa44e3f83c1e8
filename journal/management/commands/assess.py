"""Run courses on paper: written courses in, what was found in them out. Needs no database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal.management.documents import parsed, protocol_of
from journal.recovery import notation
from journal.recovery.document import Unreadable


class Command(BaseCommand):
    help = "Compare written courses with a protocol and print what was found, as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a course or a list of courses as JSON; - reads standard input")
        parser.add_argument("--protocol", metavar="FILE", help="a draft to use in place of the current one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            used = protocol_of(options["protocol"], self.stderr)
            written = parsed(options["file"])
            courses = notation.read_courses(written)
        except Unreadable as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        found = [notation.write(course, used) for course in courses]
        self.stdout.write(json.dumps(found if isinstance(written, list) else found[0], indent=2))
