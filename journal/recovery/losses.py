"""What the care of a draft has lost against the shipped one's."""

from collections.abc import Iterator
from math import inf

from .care import Advice, Care, Clock
from .scale import RISK_FACTORS

PARTS = ("concerns", "preparation", "stages", "clocks", "comforts", "results", "goals", "milestones")
KEPT = ("concerns", "preparation", "clocks")  # of these each row is missed
PLACE = "protocol.care"


def losses(draft: Care, shipped: Care) -> Iterator[tuple[str, str]]:
    """Each as its place, as the reader writes places, and a sentence."""
    yield from ((f"{PLACE}.{part}", "there is nothing in it") for part in PARTS if not getattr(draft, part))
    for part in KEPT:
        there = {row.code for row in getattr(draft, part)}
        missing = (row.code for row in getattr(shipped, part) if row.code not in there)
        yield from ((f"{PLACE}.{part}", f"{code} is missing") for code in missing)
    yield from ((f"{PLACE}.concerns", f"no question sets {factor} any more") for factor in unasked(draft, shipped))
    yield from _preparation(draft, shipped)
    yield from _clocks(draft, shipped)
    if draft.spacing.from_day < shipped.spacing.from_day:
        days = f"day {draft.spacing.from_day}, and not from day {shipped.spacing.from_day} on"
        yield f"{PLACE}.spacing.from_day", f"the next session may be from {days}"


def unasked(draft: Care, shipped: Care) -> list[str]:
    """Risk factors that a question of the shipped care sets, and none of the draft's."""
    set_by_draft, set_before = (
        {factor for concern in care.concerns for factor in concern.risk_factors} for care in (draft, shipped)
    )
    return [factor for factor in RISK_FACTORS if factor in set_before - set_by_draft]


def _preparation(draft: Care, shipped: Care) -> Iterator[tuple[str, str]]:
    before = {advice.code: advice for advice in shipped.preparation}
    for at, advice in enumerate(draft.preparation):
        was = before.get(advice.code, advice)
        if advice.from_day > was.from_day or _end((advice,)) < _end((was,)):
            yield f"{PLACE}.preparation[{at}]", "holds on fewer days than in the shipped protocol"


def _clocks(draft: Care, shipped: Care) -> Iterator[tuple[str, str]]:
    before = {clock.code: clock for clock in shipped.clocks}
    for at, clock in enumerate(draft.clocks):
        told = [*_sooner(clock, before.get(clock.code, clock)), *_below_its_claims(clock)]
        yield from ((f"{PLACE}.clocks[{at}]", text) for text in dict.fromkeys(told))


def _sooner(clock: Clock, was: Clock) -> Iterator[str]:
    """Where the first wait ends, the last one, and where the clock has nothing to tell any more."""
    left, before = _left_out(clock), _left_out(was)
    for here, there in ((left[:1], before[:1]), (left[-1:], before[-1:])):
        if _end(here) < _end(there):
            yield f"left out until {_day(_end(here))}, in the shipped protocol until {_day(_end(there))}"
    if _end(clock.advice[-1:]) < _end(was.advice[-1:]):
        yield f"told until {_day(_end(clock.advice[-1:]))}, in the shipped protocol until {_day(_end(was.advice[-1:]))}"


def _below_its_claims(clock: Clock) -> Iterator[str]:
    last = _end(_left_out(clock)[:1])
    for claim in clock.claims:
        named = inf if claim.to_day is None else claim.to_day
        if claim.of_seed and last < named:
            yield f"left out until {_day(last)}, but {claim.statement.source.code} says until {_day(named)}"


def _left_out(clock: Clock) -> tuple[Advice, ...]:
    return tuple(advice for advice in clock.advice if not advice.does)


def _end(advice: tuple[Advice, ...]) -> float:
    """The last day of the last of them; -1 where there is none."""
    if not advice:
        return -1
    to_day = advice[-1].to_day
    return inf if to_day is None else to_day


def _day(end: float) -> str:
    return "no day" if end < 0 else "no known day" if end == inf else f"day {end:.0f}"
