"""What a rule waits for, as values: one kind for each shape. `shapes` says when a condition is met."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

from .document import Spot
from .scale import QUESTIONS, SIGNS

ALWAYS = 100_000  # more days than a course has, so: no first day, or no last
# What a message may say of a finding, by what its shape knows.
OF_SCORES = frozenset({"word", "questions"})
OF_SIGNS = frozenset({"signs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days on which a condition is looked at, both included."""

    from_day: int = -ALWAYS
    to_day: int = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Above(Days):
    """A score at least `by` steps over the limit of its day; if asked for, on another day just before too."""

    shape: ClassVar = "above"
    says: ClassVar = OF_SCORES
    question: str
    by: int = 1
    confirmed_within_days: int = 0  # 0: once is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaches(Days):
    """Any of some questions answered with `score` or more, whatever is expected on that day."""

    shape: ClassVar = "reaches"
    says: ClassVar = OF_SCORES
    questions: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rises(Days):
    """A score of `score` or more, and `by` or more over the lowest earlier one from `since_day` on."""

    shape: ClassVar = "rises"
    says: ClassVar = OF_SCORES
    question: str
    score: int
    by: int
    since_day: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue(Days):
    """One thing that may be noted on a day; any of what it lists is enough."""

    signs: tuple[str, ...] = ()
    past_window: bool = False  # counts a sign only after the last day on which it is expected
    temperature_from: float | None = None  # degrees Celsius
    worried: bool = False
    rules: tuple[str, ...] = ()  # that fired on the same day


@dataclass(frozen=True, slots=True, kw_only=True)
class Present(Clue):
    """One clue; or `uncovered`: any sign outside its window that no rule before this one spoke of."""

    shape: ClassVar = "present"
    says: ClassVar = OF_SIGNS
    uncovered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """At least so many of the clues on one day, each counted once."""

    shape: ClassVar = "together"
    says: ClassVar = OF_SIGNS
    clues: tuple[Clue, ...]
    at_least: int


Condition = Above | Reaches | Rises | Present | Together


def awaits(condition: Condition | Clue) -> frozenset[str]:
    """The questions, signs and rules that a condition may speak of: on a day with none of them it is silent.

    A measured temperature and a wish for a call go by the names of their fields in a reading.
    """
    match condition:
        case Above() | Rises():
            return frozenset({condition.question})
        case Reaches():
            return frozenset(condition.questions)
        case Together():
            return frozenset().union(*map(awaits, condition.clues))
        case Present(uncovered=True):
            return frozenset(SIGNS)
    fields_awaited = {"temperature_c": condition.temperature_from is not None, "worried": condition.worried}
    return frozenset({*condition.signs, *condition.rules, *(name for name, on in fields_awaited.items() if on)})


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
    if given.get("from_day", -ALWAYS) > given.get("to_day", ALWAYS):
        spot.complain("ends before it begins")
    for sign in given.get("signs", ()) if given.get("past_window") else ():
        if sign not in known.windows:
            spot.complain(f"{sign} has no window to be past")
    return kind(**given)


KINDS: Mapping[str, type[Condition]] = {kind.shape: kind for kind in (Above, Reaches, Rises, Present, Together)}

FIELDS: Mapping[str, Callable[[Spot, Known], Any]] = {
    "question": lambda spot, known: spot.choice(QUESTIONS, "question"),
    "questions": lambda spot, known: tuple(row.choice(QUESTIONS, "question") for row in spot.rows()),
    "by": lambda spot, known: spot.whole(1, 4),
    "score": lambda spot, known: spot.whole(1, 4),
    "confirmed_within_days": lambda spot, known: spot.whole(1, 14),
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
