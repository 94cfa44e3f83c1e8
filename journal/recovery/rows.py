"""The rows of a protocol: bands, windows, rules, modifiers and check-ins, each saying where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from .conditions import Condition
from .course import Course
from .scale import Tier

LAST_DAY = 14  # of a band; its last value holds for every later day


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where a row comes from.

    `kind`: "stated" in a source, "read" from its words into our numbers, or "assumed" by us between what
    sources say. `says` are all statements that speak to it; `basis` tells in a sentence what we made of them,
    and `choice`, where they disagree, how and why we chose as we did.
    """

    says: tuple["Statement", ...]
    kind: str
    basis: str
    choice: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Codes of the sources that speak to it, each once."""
        return tuple(dict.fromkeys(statement.source.code for statement in self.says))


@dataclass(frozen=True, slots=True)
class Source:
    """A document of the seed (`document` is its file name) or a reference (`address`), and what was `read` of it."""

    code: str
    title: str
    document: str
    address: str
    read: str

    @property
    def citation(self) -> str:
        return f"{self.code}: {self.title} ({self.document or self.address})"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says on one matter, in our words, and under which of its headings."""

    source: Source
    heading: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whom a row is for: any of what it names is enough, and naming nothing means everyone."""

    areas: tuple[str, ...] = ()
    risk_factors: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    skin_tone_from: int | None = None  # Monk scale

    @property
    def is_everyone(self) -> bool:
        return not (self.areas or self.risk_factors or self.modalities or self.skin_tone_from)

    def includes(self, course: Course) -> bool:
        return (
            self.is_everyone
            or not course.areas.isdisjoint(self.areas)
            or not course.risk_factors.isdisjoint(self.risk_factors)
            or course.modality in self.modalities
            or (self.skin_tone_from is not None and (course.skin_tone or 0) >= self.skin_tone_from)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Row):
    """A score that holds from a day until the next step."""

    from_day: int
    score: int


@dataclass(frozen=True, slots=True)
class Band:
    """The expected range of one question: scores by day from 0 to LAST_DAY.

    Up to `typical` is what most people log; above `limit` is beyond what is expected. The steps say where
    each number comes from.
    """

    question: str
    typical: tuple[int, ...]
    limit: tuple[int, ...]
    typical_steps: tuple[Step, ...]
    limit_steps: tuple[Step, ...]

    def range_on(self, day: int) -> tuple[int, int]:
        """What is typical and the limit, for a day from 0 on."""
        held = min(day, LAST_DAY)
        return self.typical[held], self.limit[held]

    def typical_on(self, day: int) -> int:
        """For a day from 0 on."""
        return self.range_on(day)[0]

    def limit_on(self, day: int) -> int:
        """For a day from 0 on."""
        return self.range_on(day)[1]


@dataclass(frozen=True, slots=True)
class Profile:
    """Bands by question for treatments of one kind; what a selector leaves out may be anything."""

    code: str
    label: str
    bands: Mapping[str, Band]
    modality: str | None = None
    shallower_than_mm: float | None = None
    deeper_than_mm: float | None = None

    def fits(self, course: Course) -> bool:
        if self.modality is not None and course.modality != self.modality:
            return False
        depth = course.depth_mm
        if self.shallower_than_mm is not None and (depth is None or depth >= self.shallower_than_mm):
            return False
        return self.deeper_than_mm is None or (depth is not None and depth > self.deeper_than_mm)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWindow(Row):
    """The days on which a sign is expected, both included; for some areas only, if any are named."""

    sign: str
    from_day: int
    to_day: int
    areas: tuple[str, ...]

    def holds_on(self, day: int) -> bool:
        return self.from_day <= day <= self.to_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Row):
    """When to speak up, how urgently and in what words. The first condition of `when` that is met counts.

    A rule is silent on a day on which one of `unless`, all of them written above it, fired.
    """

    code: str
    family: str
    tier: Tier
    when: tuple[Condition, ...]
    awaits: frozenset[str]  # one of these has to be noted; see `conditions.awaits`
    unless: tuple[str, ...]
    title: str
    message: str
    staff: str
    reopens: bool = False  # on each new day it asks for a new look, whatever its tier
    complete: bool = False  # its message says what to do by itself: no closing is added while its tier is not raised
    fixed: bool = False  # no clinic may loosen it


@dataclass(frozen=True, slots=True, kw_only=True)
class Modifier(Row):
    """Raises the tier of some rules for some patients, to urgent at most."""

    code: str
    reason: str
    who: Who
    rules: tuple[str, ...]
    raises: Mapping[Tier, Tier]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn(Row):
    """A day after the daily entries on which some patients are asked once more, and what for."""

    day: int
    title: str
    who: Who
    asks: tuple[str, ...]  # questions and signs
