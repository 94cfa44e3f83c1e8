"""The rows of a document as it is written, by kind and name, whether or not it can be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .scale import QUESTION_LABELS, SIGNS

# Where rows lie: a list of them, or an object with their codes. Other lists and objects are parts of a row.
LISTS = frozenset(
    [
        "profiles",
        "bands",
        "typical",
        "limit",
        "windows",
        "rules",
        "modifiers",
        "checkins",
        "concerns",
        "preparation",
        "stages",
        "clocks",
        "advice",
        "claims",
        "comforts",
        "results",
        "goals",
        "milestones",
    ]
)
BY_CODE = frozenset({"statements", "sources"})
SINGLE = frozenset({"closings", "spacing"})
KINDS = LISTS | BY_CODE | SINGLE
# What tells a row from its neighbours, where that is not its code.
KNOWN_BY = {
    "bands": ("question",),
    "typical": ("from_day",),
    "limit": ("from_day",),
    "windows": ("sign", "areas"),
    "checkins": ("day",),
    "milestones": ("week",),
    "claims": ("says",),
}
LONGEST_NAME = 100
SHOWN = ("label", "topic", "title")  # what a reader calls it, the first that it has


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """`kind` is the key that it stands under, `key` what it is known by, `parts` what it says, rows in it left out."""

    kind: str
    key: tuple[str, ...]
    name: str
    parts: Mapping[str, Any]


def rows(document: Any) -> Iterator[WrittenRow]:
    """Every row of parsed JSON in the order in which it is written, those in other rows after these."""
    yield from _inside(document, (), ())


def _inside(value: Any, key: tuple[str, ...], names: tuple[str, ...]) -> Iterator[WrittenRow]:
    if not isinstance(value, dict):
        return
    for kind, held in value.items():
        for known, row in _held(kind, held):
            here, named = (*key, kind, known), (*names, called(kind, known, row))
            parts = {part: one for part, one in row.items() if not _is_rows(part, one)}
            yield WrittenRow(kind, here, " · ".join(filter(None, named)), parts)
            yield from _inside(row, here, named)
        if kind == "care":
            yield from _inside(held, key, names)


def _held(kind: str, held: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What each row under a key is known by, and the row."""
    if kind in SINGLE and isinstance(held, dict):
        yield "", held
    elif kind in BY_CODE and isinstance(held, dict):
        yield from ((code, row) for code, row in held.items() if isinstance(row, dict))
    elif kind in LISTS and isinstance(held, list):
        yield from ((known_by(kind, row), row) for row in held if isinstance(row, dict))


def _is_rows(kind: str, value: Any) -> bool:
    return any(True for _ in _held(kind, value))


def known_by(kind: str, row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (_plain(row.get(part)) for part in KNOWN_BY.get(kind, ("code",)))))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def called(kind: str, known: str, row: Mapping[str, Any]) -> str:
    """What a reader calls a row: “Standard depth”, “redness”, “limit, from day 3”."""
    if kind in ("typical", "limit"):
        return f"{kind}, from day {known}"
    if kind == "bands":
        return QUESTION_LABELS.get(known, known)
    if kind == "windows":
        sign, _, areas = known.partition(" ")
        return " ".join(filter(None, (SIGNS[sign].label if sign in SIGNS else sign, areas)))
    if kind in BY_CODE or kind in ("rules", "modifiers"):
        return " ".join(filter(None, (known, _shown(row))))
    return _shown(row) or known


def _shown(row: Mapping[str, Any]) -> str:
    return next((row[part][:LONGEST_NAME] for part in SHOWN if isinstance(row.get(part), str)), "")
