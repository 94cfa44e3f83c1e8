"""Run courses on paper: written courses in, what was found in them out. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal import protocols
from journal.recovery import notation, protocol
from journal.recovery.document import Unreadable, parse

LARGEST = 64 * 1024 * 1024  # bytes; some hundred thousand entries


class Command(BaseCommand):
    help = "Compare written courses with a protocol and print what was found, as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a course or a list of courses as JSON; - reads standard input")
        parser.add_argument("--protocol", metavar="FILE", help="a draft to use in place of the current one")

    def handle(self, *args: Any, **options: Any) -> None:
        draft = options["protocol"]
        try:
            used = protocol.read(_parsed(draft)) if draft else protocols.load(protocols.CURRENT)
            written = _parsed(options["file"])
            courses = notation.read_courses(written)
        except Unreadable as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        found = [notation.write(course, used) for course in courses]
        self.stdout.write(json.dumps(found if isinstance(written, list) else found[0], indent=2))


def _parsed(name: str) -> Any:
    try:
        return parse(_contents(name))
    except OSError as wrong:
        raise Unreadable([f"{name}: {wrong.strerror}"]) from wrong
    except Unreadable as wrong:
        place = "standard input" if name == "-" else name
        raise Unreadable(f"{place}: {complaint}" for complaint in wrong.complaints) from wrong


def _contents(name: str) -> bytes:
    if name == "-":
        contents = sys.stdin.buffer.read(LARGEST + 1)
    else:
        with Path(name).open("rb") as file:
            contents = file.read(LARGEST + 1)
    if len(contents) > LARGEST:
        raise Unreadable([f"larger than {LARGEST // 1024**2} MB"])
    return contents
