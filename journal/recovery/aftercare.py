"""What to do and to leave out on a day after a treatment, and until when, as a clinic has it; when the next may be."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from .care import Advice, Care, Clock, Spacing, Stage


def plan(care: Care, changes: Mapping[str, int]) -> tuple[Clock, ...]:
    """The clocks with a clinic's changes: by code, the last day on which something is left out, -1 for not at all.

    What follows in such a clock begins on the day after. What is left out then keeps its own end; what may be done then
    ends as much later as it begins later. A change of a clock that leaves nothing out, or that this protocol does not
    have, changes nothing. A clock with nothing left to tell is not in the plan.
    """
    moved = (_moved(clock, changes[clock.code]) if clock.code in changes else clock for clock in care.clocks)
    return tuple(clock for clock in moved if clock.advice)


def _moved(clock: Clock, avoid_to: int) -> Clock:
    first, *rest = clock.advice
    if first.does:
        return clock
    waited = [replace(first, to_day=avoid_to)] if avoid_to >= first.from_day else []
    return replace(clock, advice=(*waited, *_following(rest, max(first.from_day, avoid_to + 1))))


def _following(rest: Iterable[Advice], day: int) -> Iterator[Advice]:
    """Each from the day on which the one before it has ended; what would be over by then is passed over."""
    for advice in rest:
        to_day = advice.to_day
        if advice.does and to_day is not None:
            to_day += max(0, day - advice.from_day)
        if to_day is None or to_day >= day:
            yield replace(advice, from_day=day, to_day=to_day)
        if to_day is not None:
            day = max(day, to_day + 1)


def on_day(clocks: Iterable[Clock], day: int) -> tuple[tuple[Clock, Advice], ...]:
    """What holds on a day, with its topic: what to leave out, then what to do, both in the order of the clocks."""
    held = [(clock, advice) for clock in clocks for advice in clock.advice if advice.holds_on(day)]
    return tuple(sorted(held, key=lambda pair: pair[1].does))


def ends(clocks: Iterable[Clock]) -> dict[int, list[str]]:
    """By day, in order, the codes of the clocks in which one thing that is left out ends on that day."""
    by_day: dict[int, list[str]] = {}
    for clock in clocks:
        for advice in clock.advice:
            if not advice.does and advice.to_day is not None:
                by_day.setdefault(advice.to_day, []).append(clock.code)
    return dict(sorted(by_day.items()))


def loosened(care: Care, code: str, avoid_to: int) -> bool:
    """Whether leaving something out until `avoid_to` ends sooner than in the protocol. Raises KeyError as `clock`."""
    first = care.clock(code).advice[0]
    return not first.does and (first.to_day is None or avoid_to < first.to_day)


def needs_reason(care: Care, code: str, avoid_to: int) -> bool:
    """Whether a clinic that leaves something out until `avoid_to` has to say why. Raises KeyError as `clock`.

    It does where that loosens the protocol. It does as well where it waits longer than any source with something that
    one of the five documents would not wait for at all: no sunscreen for a week is not more careful.
    """
    clock = care.clock(code)
    if clock.avoid_to is None or avoid_to <= clock.avoid_to:
        return loosened(care, code, avoid_to)
    wanted = any(claim.of_seed and claim.to_day == -1 for claim in clock.claims)
    return wanted and all(claim.to_day is not None and claim.to_day < avoid_to for claim in clock.claims)


def spacing_on(spacing: Spacing, day: int) -> Literal["before", "in", "past"]:
    """Where a day after the last session lies: before the window for the next one, in it, or past it."""
    if day < spacing.from_day:
        return "before"
    return "in" if day <= spacing.to_day else "past"


def stages_for(care: Care, areas: Collection[str]) -> tuple[Stage, ...]:
    """The parts of the day in their order, without those that tell of other areas only."""
    return tuple(stage for stage in care.stages if not stage.areas or not set(areas).isdisjoint(stage.areas))
