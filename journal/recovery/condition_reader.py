"""Conditions and clues out of a document, with a complaint for each thing that is wrong."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from .conditions import (
    ALWAYS,
    Above,
    Climbs,
    Clue,
    Condition,
    Present,
    Reaches,
    Rises,
    Silent,
    Together,
    Unclear,
)
from .document import Spot
from .scale import MAY_BE_UNCLEAR, QUESTIONS, SIGNS, TIERS


@dataclass(frozen=True, slots=True)
class Known:
    """What a condition may name: the rules written above it, and the signs that have a window."""

    rules: Collection[str]
    windows: Collection[str]


def read_condition(spot: Spot, known: Known) -> Condition:
    """The condition a document describes. What is wrong with it goes to the complaints of `spot`."""
    shape = spot["shape"].choice(KINDS, "shape")
    if shape != spot["shape"].value:
        return Present(uncovered=True)
    condition: Condition = _read(KINDS[shape], spot, known)
    if isinstance(condition, Present) and condition.uncovered == _names_something(condition):
        spot.complain("must name what is noted, or else be uncovered")
    if isinstance(condition, Together) and not 2 <= condition.at_least <= len(condition.clues):
        spot.complain("must ask for two or more of its clues, and for no more than it has")
    return condition


def _clue(spot: Spot, known: Known) -> Clue:
    clue: Clue = _read(Clue, spot, known)
    if not _names_something(clue):
        spot.complain("must name what is noted")
    return clue


def _names_something(clue: Clue) -> bool:
    return bool(clue.signs or clue.rules or clue.worried or clue.temperature_from is not None)


def _read(kind: Any, spot: Spot, known: Known) -> Any:
    """A condition or a clue, field by field; what is left out has its default."""
    spot.keys({field.name for field in fields(kind)} | ({"shape"} if kind is not Clue else set()))
    given = {
        field.name: FIELDS[field.name](spot[field.name], known)
        for field in fields(kind)
        if field.default is MISSING or spot.has(field.name)
    }
    if kind is Unclear and given["question"] != MAY_BE_UNCLEAR:
        spot.complain(f"only {MAY_BE_UNCLEAR} may be answered so")
    if given.get("from_day", -ALWAYS) > given.get("to_day", ALWAYS):
        spot.complain("ends before it begins")
    for sign in given.get("signs", ()) if given.get("past_window") else ():
        if sign not in known.windows:
            spot.complain(f"{sign} has no window to be past")
    return kind(**given)


KINDS: Mapping[str, type[Condition]] = {
    kind.shape: kind for kind in (Above, Reaches, Rises, Climbs, Unclear, Present, Together, Silent)
}

FIELDS: Mapping[str, Callable[[Spot, Known], Any]] = {
    "question": lambda spot, known: spot.choice(QUESTIONS, "question"),
    "questions": lambda spot, known: tuple(row.choice(QUESTIONS, "question") for row in spot.rows()),
    "by": lambda spot, known: spot.whole(1, 4),
    "score": lambda spot, known: spot.whole(1, 4),
    "confirmed_within_days": lambda spot, known: spot.whole(1, 14),
    "over_typical": lambda spot, known: spot.flag(),
    "low_at_most": lambda spot, known: spot.whole(0, 4),
    "steps": lambda spot, known: spot.whole(1, 4),
    "within_days": lambda spot, known: spot.whole(1, 14),
    "times": lambda spot, known: spot.whole(2, 14),
    "days": lambda spot, known: spot.whole(1, 60),
    "after": lambda spot, known: TIERS[spot.choice(TIERS, "tier")],
    "since_day": lambda spot, known: spot.whole(0, ALWAYS),
    "from_day": lambda spot, known: spot.whole(-ALWAYS, ALWAYS),
    "to_day": lambda spot, known: spot.whole(-ALWAYS, ALWAYS),
    "signs": lambda spot, known: spot.choices(SIGNS, "sign"),
    "past_window": lambda spot, known: spot.flag(),
    "temperature_from": lambda spot, known: spot.number(34, 43),
    "worried": lambda spot, known: spot.flag(),
    "rules": lambda spot, known: spot.choices(known.rules, "rule further up"),
    "uncovered": lambda spot, known: spot.flag(),
    "clues": lambda spot, known: tuple(_clue(row, known) for row in spot.rows()),
    "at_least": lambda spot, known: spot.whole(2, 20),
}
