"""All that a protocol holds, one after the other: each row with its place, each text that a patient may read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .care import Advice, Care, Claim, Comfort, Goal, Result, Stage
from .protocol import Protocol
from .rows import CheckIn, Modifier, Row, Rule, Statement, Step
from .scale import Tier

# What a patient reads of a row as it stands there; a message has an ending.
TOLD: dict[type, tuple[str, ...]] = {
    Rule: ("title",),
    Modifier: ("reason",),
    CheckIn: ("title",),
    Advice: ("text", "short"),
    Stage: ("title", "text"),
    Comfort: ("title", "text"),
    Result: ("title", "text"),
    Goal: ("label",),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A row or a claim; `place` as the reader writes places, and `name` its kind and code: a band shares its own."""

    place: str
    name: str
    row: Row | Claim

    @property
    def says(self) -> tuple[Statement, ...]:
        return (self.row.statement,) if isinstance(self.row, Claim) else self.row.says


def lines(protocol: Protocol) -> Iterator[tuple[str, str, tuple[Step, ...]]]:
    """Every line of every band: its place, its question and its steps."""
    for number, profile in enumerate(protocol.profiles):
        for at, (question, band) in enumerate(profile.bands.items()):
            place = f"protocol.profiles[{number}].bands[{at}]"
            yield f"{place}.typical", question, band.typical_steps
            yield f"{place}.limit", question, band.limit_steps


def rows(protocol: Protocol) -> Iterator[Held]:
    """In the order of the document's parts."""
    for place, question, steps in lines(protocol):
        yield from _each(place, ((f"band {question}", step) for step in steps))
    yield from _each("protocol.windows", ((f"window {row.sign}", row) for row in protocol.windows))
    yield from _each("protocol.rules", ((f"rule {row.code}", row) for row in protocol.rules))
    yield from _each("protocol.modifiers", ((f"modifier {row.code}", row) for row in protocol.modifiers))
    yield from _each("protocol.checkins", ((f"check-in {row.day}", row) for row in protocol.checkins))
    yield from _of_care(protocol.care)


def _of_care(care: Care) -> Iterator[Held]:
    place = "protocol.care"
    yield from _each(f"{place}.concerns", ((f"question {row.code}", row) for row in care.concerns))
    yield from _each(f"{place}.preparation", ((f"preparation {row.code}", row) for row in care.preparation))
    yield from _each(f"{place}.stages", ((f"stage {row.code}", row) for row in care.stages))
    for at, clock in enumerate(care.clocks):
        of_clock, name = f"{place}.clocks[{at}]", f"clock {clock.code}"
        yield from _each(f"{of_clock}.advice", ((name, advice) for advice in clock.advice))
        # Read in another order than they are written in.
        yield from (Held(f"{of_clock}.claims", name, claim) for claim in clock.claims)
    yield from _each(f"{place}.comforts", ((f"comfort {row.code}", row) for row in care.comforts))
    yield from _each(f"{place}.results", ((f"result {row.code}", row) for row in care.results))
    yield from _each(f"{place}.goals", ((f"goal {row.code}", row) for row in care.goals))
    yield from _each(f"{place}.milestones", ((f"week {row.week}", row) for row in care.milestones))
    yield Held(f"{place}.spacing", "spacing", care.spacing)


def _each(place: str, named: Iterable[tuple[str, Row]]) -> Iterator[Held]:
    return (Held(f"{place}[{at}]", name, row) for at, (name, row) in enumerate(named))


@dataclass(frozen=True, slots=True)
class Written:
    """Words for a patient, with their place, and the name of the row that they are of."""

    place: str
    name: str
    words: str


def patient_texts(protocol: Protocol) -> Iterator[Written]:
    """Messages as they end, and the care around the treatment; the clinician's questions are not the patient's."""
    for tier in filter(None, Tier):
        yield Written(f"protocol.closings.{tier.text}", f"closing {tier.text}", protocol.closings[tier])
    for at, rule in enumerate(protocol.rules):
        ending = "" if rule.complete else f" {protocol.closings[rule.tier]}"
        yield Written(f"protocol.rules[{at}].message", f"rule {rule.code}", rule.message + ending)
    for at, clock in enumerate(protocol.care.clocks):
        yield Written(f"protocol.care.clocks[{at}].topic", f"clock {clock.code}", clock.topic)
    for held in rows(protocol):
        told = ((field, getattr(held.row, field)) for field in TOLD.get(type(held.row), ()))
        yield from (Written(f"{held.place}.{field}", held.name, words) for field, words in told if words)
