"""Remarks on a document, put beside the rows that they are about."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

STEP = re.compile(r"\[(\d+)\]|\.([^.\[]+)")


@dataclass(frozen=True, slots=True)
class Remarked:
    """A row of a document as it is written there, its place, and the remarks on it; a remark on no row has none."""

    place: str
    written: str
    remarks: tuple[str, ...]


def beside(document: Any, remarks: Iterable[tuple[str, str]]) -> list[Remarked]:
    """Remarks (place and text) by the innermost object that holds their place, in the order in which they come.

    The document is any parsed JSON. A place that is not there is held by the last object on the way to it.
    """
    found: dict[str, tuple[Any, list[str]]] = {}
    for place, text in remarks:
        row, at = _innermost(document, place)
        rest = place.removeprefix(at).lstrip(".")
        found.setdefault(at, (row, []))[1].append(f"{rest}: {text}" if rest else text)
    return [Remarked(at, _written(row), tuple(said)) for at, (row, said) in found.items()]


def split(complaint: str) -> tuple[str, str]:
    """The place and the text of a reader's complaint; one without a place is about the whole."""
    place, found, text = complaint.partition(": ")
    return (place, text) if found and place.startswith("protocol") else ("protocol", complaint)


def _innermost(document: Any, place: str) -> tuple[Any, str]:
    """The last object on the way to a place, and the place of it; None and the top where that is the document."""
    value, at, row, held = document, "protocol", None, "protocol"
    rest = place.removeprefix("protocol")
    while rest and (step := _step(value, rest)):
        key, length = step
        value, at, rest = value[key], at + rest[:length], rest[length:]
        # The parts of the document are objects too, and too large to be shown.
        if isinstance(value, dict) and at not in ("protocol.statements", "protocol.sources", "protocol.care"):
            row, held = value, at
    return row, held


def _step(value: Any, rest: str) -> tuple[Any, int] | None:
    """The key that comes next, and how much of the place it takes; codes may hold the marks that places are made of."""
    if isinstance(value, list) and (found := STEP.match(rest)) and found[1] and int(found[1]) < len(value):
        return int(found[1]), found.end()
    if isinstance(value, dict) and rest.startswith("."):
        keys = [key for key in value if rest[1:] == key or rest[1:].startswith((f"{key}.", f"{key}["))]
        if keys:
            longest = max(keys, key=len)
            return longest, len(longest) + 1
    return None


def _written(row: Any) -> str:
    if row is None:
        return ""
    # A half of a pair that makes up one character cannot be sent to a browser.
    return json.dumps(row, indent=2, ensure_ascii=False).encode("utf-8", "replace").decode()
