"""Run courses on paper: written courses in, what was found in them out. Needs no database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from journal.management.documents import add_protocol, complaining, parsed, protocol_given
from journal.recovery import notation


class Command(BaseCommand):
    help = "Compare written courses with a protocol and print what was found, as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a course or a list of courses as JSON; - reads standard input")
        add_protocol(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        used = protocol_given(options["protocol"], self.stderr)
        with complaining():
            written = parsed(options["file"])
            courses = notation.read_courses(written)
        found = [notation.write(course, used) for course in courses]
        self.stdout.write(json.dumps(found if isinstance(written, list) else found[0], indent=2))
