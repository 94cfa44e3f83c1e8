"""Remarks on a document, put beside the rows that they are about."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .written_rows import BY_CODE, called, known_by

MARK = re.compile(r"[.\[]")
STEP = re.compile(r"\[(\d+)\]|\.([^.\[]+)")


@dataclass(frozen=True, slots=True)
class Remarked:
    """A row of a document as it is written there, its place, and the remarks on it; a remark on no row has none.

    `name` is the place for people: “Standard depth · Redness · limit, from day 3”.
    """

    place: str
    name: str
    written: str
    remarks: tuple[str, ...]


def beside(document: Any, remarks: Iterable[tuple[str, str]]) -> list[Remarked]:
    """Remarks (place and text) by the innermost object that holds their place, in the order in which they come.

    The document is any parsed JSON. A place that is not there is held by the last object on the way to it.
    """
    found: dict[str, tuple[str, Any, list[str]]] = {}
    for place, text in remarks:
        row, at, name = _innermost(document, place)
        rest = place.removeprefix(at).lstrip(".")
        found.setdefault(at, (name, row, []))[2].append(f"{rest}: {text}" if rest else text)
    return [Remarked(at, name, _written(row), tuple(said)) for at, (name, row, said) in found.items()]


def split(complaint: str) -> tuple[str, str]:
    """The place and the text of a reader's complaint; one without a place is about the whole."""
    place, found, text = complaint.partition(": ")
    return (place, text) if found and place.startswith("protocol") else ("protocol", complaint)


def _innermost(document: Any, place: str) -> tuple[Any, str, str]:
    """The last object on the way to a place, the place of it and its name; None and the top for the document."""
    value, at, row, held, name = document, "protocol", None, "protocol", ""
    rest, kind, names = place.removeprefix("protocol"), "", list[str]()
    while rest and (step := _step(value, rest)):
        key, length = step
        value, at, rest = value[key], at + rest[:length], rest[length:]
        if isinstance(value, dict) and (isinstance(key, int) or kind in BY_CODE):
            names.append(called(kind, key if isinstance(key, str) else known_by(kind, value), value))
        kind = key if isinstance(key, str) else kind
        # The parts of the document are objects too, and too large to be shown.
        if isinstance(value, dict) and at not in ("protocol.statements", "protocol.sources", "protocol.care"):
            row, held, name = value, at, " · ".join(filter(None, names)) or kind
    return row, held, name


def _step(value: Any, rest: str) -> tuple[Any, int] | None:
    """The key that comes next, and how much of the place it takes; codes may hold the marks that places are made of."""
    if isinstance(value, list) and (found := STEP.match(rest)) and found[1] and int(found[1]) < len(value):
        return int(found[1]), found.end()
    if isinstance(value, dict) and rest.startswith("."):
        ends = [found.start() for found in MARK.finditer(rest, 1)] + [len(rest)]
        keys = ((rest[1:end], end) for end in reversed(ends))
        return next(((key, end) for key, end in keys if key in value), None)
    return None


def _written(row: Any) -> str:
    if row is None:
        return ""
    # A half of a pair that makes up one character cannot be sent to a browser.
    return json.dumps(row, indent=2, ensure_ascii=False).encode("utf-8", "replace").decode()
