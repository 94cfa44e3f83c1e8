"""Care around a treatment, as a protocol tells it: before, on the day, after, and when the next one may be."""

from dataclasses import dataclass

from .rows import Row, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern(Row):
    """Asked before a session. "Yes" sets risk factors and asks a person to decide; it decides nothing."""

    code: str
    asks: str  # in the clinician's words
    advice: str  # what "yes" should make the clinician think of
    risk_factors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice(Row):
    """What to do, or to leave out, on some days, both ends included; `to_day` None has no end. Negative: before.

    `short` names it in a list, where the topic's name would say too much: of creams only one's own wait. `again`:
    it may be done, and is no daily duty.
    """

    code: str
    does: bool  # False: leave it out
    from_day: int
    to_day: int | None
    text: str
    short: str = ""
    again: bool = False

    def holds_on(self, day: int) -> bool:
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True)
class Claim:
    """Until which day one source would leave something out: -1 where it would not, None where it names no end."""

    statement: Statement
    to_day: int | None

    @property
    def of_seed(self) -> bool:
        """Whether one of the five documents says so, and not another reference."""
        return bool(self.statement.source.document)


@dataclass(frozen=True, slots=True)
class Clock:
    """One topic of aftercare: its advice in the order of days, and what each source says, the most cautious first.

    What it leaves out comes first; `avoid_to` is the last day of the first such advice.
    """

    code: str
    topic: str
    advice: tuple[Advice, ...]
    claims: tuple[Claim, ...]

    @property
    def avoid_to(self) -> int | None:
        """The last day of what is left out from the start; None where nothing is, or where it has no end."""
        first = self.advice[0]
        return None if first.does else first.to_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Row):
    """A part of the day of treatment, told to the patient; `minutes` it takes, shortest and longest, where known.

    With `areas` it tells of those only.
    """

    code: str
    title: str
    text: str
    areas: tuple[str, ...]
    minutes: tuple[int, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort(Row):
    """What helps with a feeling. `eases` are questions and signs; `clock` is whose products a clinic may name here."""

    code: str
    title: str
    text: str
    eases: tuple[str, ...]
    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Row):
    """What may be seen, and from which day on."""

    code: str
    from_day: int
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal(Row):
    """What a treatment may be for."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Row):
    """A week after a session in which the patient says how each goal is coming along."""

    week: int

    @property
    def day(self) -> int:
        return self.week * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing(Row):
    """The days after a session between which the next one may be."""

    from_day: int
    to_day: int


@dataclass(frozen=True, slots=True)
class Care:
    """Everything around a treatment that is not a symptom."""

    concerns: tuple[Concern, ...]
    preparation: tuple[Advice, ...]  # on negative days, and day 0
    stages: tuple[Stage, ...]
    clocks: tuple[Clock, ...]
    comforts: tuple[Comfort, ...]
    results: tuple[Result, ...]
    goals: tuple[Goal, ...]
    milestones: tuple[Milestone, ...]
    spacing: Spacing

    def clock(self, code: str) -> Clock:
        """Raises KeyError for a code this version does not have."""
        for clock in self.clocks:
            if clock.code == code:
                return clock
        raise KeyError(f"no clock {code}")
