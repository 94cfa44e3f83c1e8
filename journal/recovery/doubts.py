"""What a draft that can be read should still be asked about. None of it is wrong by itself: a person decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from . import contents
from .assess import assess
from .course import Course, Reading
from .losses import losses
from .protocol import Protocol
from .reading import grade, is_label
from .scale import QUESTIONS, SIGNS, Tier

EASY = 6  # years of school that a text for patients may ask for
WATCHED = range(29)  # days on which the strongest answer is tried
STRONGEST = 4
FACE = Course(readings=(), areas=frozenset({"face"}))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A plain sentence, and the place in the document that it is about, written as the reader writes places."""

    place: str
    text: str


def doubts(draft: Protocol, shipped: Protocol) -> list[Doubt]:
    """By kind; of the care also what the shipped protocol has and the draft has lost."""
    return [
        *_unused(draft),
        *_rising(draft),
        *_gaps(draft),
        *_without_closing(draft),
        *_late_starts(draft),
        *(Doubt(place, text) for place, text in losses(draft.care, shipped.care)),
        *_hard_to_read(draft),
    ]


def _unused(protocol: Protocol) -> Iterator[Doubt]:
    cited = {statement for held in contents.rows(protocol) for statement in held.says}
    for code, statement in protocol.statements.items():
        if statement not in cited:
            yield Doubt(f"protocol.statements.{code}", "no row rests on this statement")
    told = {statement.source.code for statement in protocol.statements.values()}
    for code in sorted(protocol.sources.keys() - told):
        yield Doubt(f"protocol.sources.{code}", "no statement is from this source")


def _rising(protocol: Protocol) -> Iterator[Doubt]:
    for place, _question, steps in contents.lines(protocol):
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


def _without_closing(protocol: Protocol) -> Iterator[Doubt]:
    """A message that is complete in itself ends with words of its own, however urgent."""
    for at, rule in enumerate(protocol.rules):
        if rule.complete and rule.tier >= Tier.URGENT:
            yield Doubt(f"protocol.rules[{at}].complete", f"a message at {rule.tier.text} without its closing")


def _late_starts(protocol: Protocol) -> Iterator[Doubt]:
    for at, clock in enumerate(protocol.care.clocks):
        first = clock.advice[0].from_day
        if first > 0:
            yield Doubt(f"protocol.care.clocks[{at}].advice[0]", f"days 0 to {first - 1} have no row")


def _hard_to_read(protocol: Protocol) -> Iterator[Doubt]:
    for text in contents.patient_texts(protocol):
        if not is_label(text.words) and (asked := grade(text.words)) > EASY:
            yield Doubt(text.place, f"asks for {asked:.1f} years of school; {EASY} at most is plain")
