"""What a draft that can be read should still be asked about. None of it is wrong by itself: a person decides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from typing import Any

from .assess import assess
from .course import Course, Reading
from .protocol import Protocol
from .reading import grade
from .rows import Rule, Statement, Step
from .scale import QUESTIONS, SIGNS, Tier

EASY = 6  # years of school that a text for patients may ask for
WATCHED = range(29)  # days on which the strongest answer is tried
STRONGEST = 4
FACE = Course(readings=(), areas=frozenset({"face"}))
CALLS = ("{clinic_phone}", "{urgent_line}", "{emergency_number}")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A plain sentence, and the place in the document that it is about, written as the reader writes places."""

    place: str
    text: str


def doubts(protocol: Protocol) -> list[Doubt]:
    """In the order of the document's parts."""
    return [
        *_unused(protocol),
        *_rising(protocol),
        *_gaps(protocol),
        *_without_a_call(protocol),
        *_late_starts(protocol),
        *_hard_to_read(protocol),
    ]


def _unused(protocol: Protocol) -> Iterator[Doubt]:
    cited = set(_cited(protocol))
    for code, statement in protocol.statements.items():
        if statement not in cited:
            yield Doubt(f"protocol.statements.{code}", "no row rests on this statement")
    told = {statement.source.code for statement in protocol.statements.values()}
    for code in sorted(protocol.sources.keys() - told):
        yield Doubt(f"protocol.sources.{code}", "no statement is from this source")


def _cited(protocol: Protocol) -> Iterator[Statement]:
    care = protocol.care
    steps = [step for _, of_line in _lines(protocol) for step in of_line]
    rows = [*steps, *protocol.windows, *protocol.rules, *protocol.modifiers, *protocol.checkins]
    rows += [*care.concerns, *care.preparation, *care.stages, *care.comforts, *care.results, *care.goals]
    rows += [*care.milestones, care.spacing, *(advice for clock in care.clocks for advice in clock.advice)]
    for row in rows:
        yield from row.says
    yield from (claim.statement for clock in care.clocks for claim in clock.claims)


def _lines(protocol: Protocol) -> Iterator[tuple[str, tuple[Step, ...]]]:
    """Every line of every band: its place and its steps."""
    for number, profile in enumerate(protocol.profiles):
        for at, band in enumerate(profile.bands.values()):
            place = f"protocol.profiles[{number}].bands[{at}]"
            yield f"{place}.typical", band.typical_steps
            yield f"{place}.limit", band.limit_steps


def _rising(protocol: Protocol) -> Iterator[Doubt]:
    for place, steps in _lines(protocol):
        fell = False
        for at, (before, step) in enumerate(pairwise(steps), start=1):
            if fell and step.score > before.score:
                yield Doubt(f"{place}[{at}]", f"rises again on day {step.from_day} after it fell")
            fell = fell or step.score < before.score


def _gaps(protocol: Protocol) -> Iterator[Doubt]:
    """Days on which the strongest answer is beyond what is expected, and finds nothing: no row is there."""
    windows, bands = protocol.windows_for(FACE.areas), protocol.profile_for(FACE).bands
    for question in QUESTIONS:
        beyond = [day for day in WATCHED if bands[question].limit_on(day) < STRONGEST]
        yield from _silent(protocol, question, beyond, {"scores": {question: STRONGEST}})
    for sign in SIGNS:
        beyond = [day for day in WATCHED if sign not in windows or not windows[sign].holds_on(day)]
        yield from _silent(protocol, sign, beyond, {"scores": {}, "signs": frozenset({sign}), "signs_answered": True})


def _silent(protocol: Protocol, name: str, days: list[int], answer: Mapping[str, Any]) -> Iterator[Doubt]:
    def speaks(day: int) -> bool:
        return bool(assess(replace(FACE, readings=(Reading(day=day, **answer),)), protocol)[day])

    if silent := [day for day in days if not speaks(day)]:
        told = f"day {', '.join(map(str, silent))}" if len(silent) < len(days) else "any day"
        yield Doubt("protocol.rules", f"nothing is found where {name} is beyond what is expected on {told}")


def _without_a_call(protocol: Protocol) -> Iterator[Doubt]:
    """A message that is complete in itself has no closing, so it has to name whom to call."""
    for at, rule in enumerate(protocol.rules):
        if rule.complete and not any(call in rule.message for call in CALLS):
            yield Doubt(f"protocol.rules[{at}].message", "says itself what to do, but names nobody to call")
        if rule.complete and rule.tier >= Tier.URGENT:
            yield Doubt(f"protocol.rules[{at}].complete", f"a message at {rule.tier.text} without its closing")


def _late_starts(protocol: Protocol) -> Iterator[Doubt]:
    for at, clock in enumerate(protocol.care.clocks):
        first = clock.advice[0].from_day
        if first > 0:
            yield Doubt(f"protocol.care.clocks[{at}].advice[0]", f"days 0 to {first - 1} have no row")


def _hard_to_read(protocol: Protocol) -> Iterator[Doubt]:
    for place, text in _for_patients(protocol):
        if (asked := grade(text)) > EASY:
            yield Doubt(place, f"asks for {asked:.1f} years of school; {EASY} at most is plain")


def _for_patients(protocol: Protocol) -> Iterator[tuple[str, str]]:
    """The place of each text that a patient reads, and the text."""
    for at, rule in enumerate(protocol.rules):
        yield f"protocol.rules[{at}].message", _read_with_closing(rule, protocol)
    care = protocol.care
    for name in ("preparation", "stages", "comforts", "results"):
        yield from _texts(f"protocol.care.{name}", getattr(care, name))
    for at, clock in enumerate(care.clocks):
        yield from _texts(f"protocol.care.clocks[{at}].advice", clock.advice)


def _texts(place: str, rows: Iterable[object]) -> Iterator[tuple[str, str]]:
    text = attrgetter("text")
    return ((f"{place}[{at}].text", text(row)) for at, row in enumerate(rows))


def _read_with_closing(rule: Rule, protocol: Protocol) -> str:
    return rule.message if rule.complete else f"{rule.message} {protocol.closings[rule.tier]}"
