"""What a rule waits for, as values: one kind for each shape. `shapes` says when a condition is met."""

from dataclasses import dataclass
from typing import ClassVar

from .scale import SIGNS, Tier

ALWAYS = 100_000  # more days than a course has, so: no first day, or no last
# What a message may say of a finding, by what its shape knows.
OF_SCORES = frozenset({"word", "questions"})
OF_SIGNS = frozenset({"signs"})
OF_SILENCE = frozenset({"days"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days on which a condition is looked at, both included."""

    from_day: int = -ALWAYS
    to_day: int = ALWAYS

    def holds_on(self, day: int) -> bool:
        return self.from_day <= day <= self.to_day


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
    low_at_most: int = 4  # only a rise from this score or a lower one
    over_typical: bool = False  # only a rise to more than is typical on its day


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbs(Days):
    """A score of `score` or more, up from entry to entry so often in a row, each `within_days` of the one before."""

    shape: ClassVar = "climbs"
    says: ClassVar = OF_SCORES
    question: str
    score: int = 1
    steps: int
    within_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear(Days):
    """A question that was looked at and could not be judged, so many answers in a row."""

    shape: ClassVar = "unclear"
    says: ClassVar = frozenset[str]()
    question: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent(Days):
    """So many days in a row without an entry, all of them among the days looked at.

    With `after`: the days right after an entry (of one of the days looked at) whose findings reached that tier.
    """

    shape: ClassVar = "silent"
    says: ClassVar = OF_SILENCE
    days: int
    after: Tier = Tier.NONE


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


Condition = Above | Reaches | Rises | Climbs | Unclear | Present | Together | Silent
SILENCE = "silence"  # what a rule about days without an entry awaits


def awaits(condition: Condition | Clue) -> frozenset[str]:
    """Questions, signs and rules of which one at least has to be noted: on a day with none of them it is silent.

    A measured temperature and a wish for a call go by the names of their fields in a reading.
    """
    match condition:
        case Above() | Rises() | Climbs():
            return frozenset({condition.question})
        case Unclear():
            return frozenset({unclear(condition.question)})
        case Silent():
            return frozenset({SILENCE})
        case Reaches():
            return frozenset(condition.questions)
        case Together():
            # Of n clues k are asked for, so one at least of any n - k + 1 is there: the rarest will do.
            rarest = sorted(map(awaits, condition.clues), key=len)
            return frozenset().union(*rarest[: len(rarest) - condition.at_least + 1])
        case Present(uncovered=True):
            return frozenset(SIGNS)
    fields_awaited = {"temperature_c": condition.temperature_from is not None, "worried": condition.worried}
    return frozenset({*condition.signs, *condition.rules, *(name for name, on in fields_awaited.items() if on)})


def unclear(question: str) -> str:
    """What a rule about a question that could not be judged awaits."""
    return f"{question}?"
