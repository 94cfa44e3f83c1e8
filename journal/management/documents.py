"""Documents that commands are given by name: `-` is standard input."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from journal import protocols
from journal.recovery import protocol_reader
from journal.recovery.document import Unreadable, parse
from journal.recovery.floor import loosened
from journal.recovery.protocol import Protocol

LARGEST = 16 * 1024 * 1024  # bytes; some hundred thousand entries


def add_protocol(parser: ArgumentParser) -> None:
    """The option that `protocol_given` reads."""
    parser.add_argument("--protocol", metavar="FILE", help="a draft to use in place of the current protocol")


def protocol_given(draft: str | None, stderr: OutputWrapper) -> Protocol:
    """A draft by its file's name, or else the current protocol. Raises CommandError with status 2.

    What a draft loosens that no clinic may loosen is said on `stderr`: trying it is allowed, using it is not.
    """
    shipped = protocols.load(protocols.CURRENT)
    if not draft:
        return shipped
    with complaining():
        protocol = protocol_reader.read(parsed(draft))
    for complaint in loosened(protocol, shipped):
        stderr.write(f"This draft may not be used for patients: {complaint}")
    return protocol


@contextmanager
def complaining() -> Iterator[None]:
    """What is wrong with a document ends the command with its complaints and status 2."""
    try:
        yield
    except Unreadable as wrong:
        raise CommandError(str(wrong), returncode=2) from wrong


def parsed(name: str) -> Any:
    """What the JSON in a file stands for. Raises Unreadable, naming the file."""
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
