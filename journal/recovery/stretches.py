"""Bands and windows as stretches of days, the way people read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from .rows import LAST_DAY, Band, Step
from .scale import Translate, _


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which both lines of a band stay as they are. The last one holds for every later day too."""

    from_day: int
    to_day: int
    typical: Step
    limit: Step

    @property
    def lasts(self) -> bool:
        return self.to_day == LAST_DAY

    def holds_on(self, day: int) -> bool:
        return self.from_day <= day and (self.lasts or day <= self.to_day)


def stretches(band: Band) -> list[Stretch]:
    """The whole band, earliest days first."""
    starts = sorted({step.from_day for step in (*band.typical_steps, *band.limit_steps)})
    ends = [*(start - 1 for start in starts[1:]), LAST_DAY]
    return [
        Stretch(start, end, _held(band.typical_steps, start), _held(band.limit_steps, start))
        for start, end in zip(starts, ends, strict=True)
    ]


def _held(steps: Sequence[Step], day: int) -> Step:
    return max((step for step in steps if step.from_day <= day), key=lambda step: step.from_day)


def span(from_day: int, to_day: int, translate: Translate = str, *, lasts: bool = False) -> str:
    """Days as a heading; `lasts`: they go on after the last one."""
    if lasts:
        told = _("from day {first} on")
    elif from_day == to_day:
        told = _("day {first}")
    else:
        told = _("days {first} and {last}") if to_day == from_day + 1 else _("days {first} to {last}")
    return translate(told).format(first=from_day, last=to_day)
