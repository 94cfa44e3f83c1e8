"""Readings and a band in, coordinates for an inline SVG out. Days that were not logged stay empty."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from journal.recovery.course import Reading
from journal.recovery.rows import LAST_DAY, Band

WORST = 4
TICKS = (0, 2, 4, 7, 10, 14, 21, 28, 42, 56, 84)


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    day: int
    score: int
    beyond: bool  # above the limit of its day


@dataclass(frozen=True, slots=True)
class Area:
    """What lies below a line of the band, as two paths: its upper edge alone, and all of it."""

    edge: str
    whole: str


@dataclass(frozen=True, slots=True)
class Row:
    """One day as text, for those who listen to the chart; `score` None is "not logged"."""

    day: int
    score: int | None
    cant_tell: bool
    limit: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """What an SVG of `width` by `height` needs: everything is a coordinate in it, or text."""

    question: str
    width: int
    height: int
    typical: Area
    limit: Area
    lines: Sequence[str]
    points: Sequence[Point]
    gaps: Sequence[float]
    unclear: Sequence[float]
    ticks: Sequence[tuple[float, int]]
    levels: Sequence[tuple[float, int]]
    rows: Sequence[Row]

    @property
    def floor(self) -> float:
        return self.levels[0][0]

    @property
    def top(self) -> float:
        return self.levels[-1][0]

    @property
    def label_line(self) -> float:
        return self.height - 5

    @property
    def label_edge(self) -> float:
        return 14


def draw(band: Band, readings: Iterable[Reading], *, width: int = 320, height: int = 120, ticks: bool = True) -> Chart:
    """The chart of one question. It reaches to day 14, or to the last reading if that is later."""
    mine = list(readings)
    days = [reading.day for reading in mine]
    first, last = min([0, *days]), max([LAST_DAY, *days])
    left, right, top, bottom = (
        (22.0, width - 8.0, 10.0, height - 20.0) if ticks else (4.0, width - 6.0, 6.0, height - 5.0)
    )

    def x(day: float) -> float:
        return round(left + (right - left) * (day - first) / (last - first), 1)

    def y(score: float) -> float:
        return round(bottom - (bottom - top) * score / WORST, 1)

    def area(value_on: Callable[[int], int]) -> Area:
        edge = "M" + " L".join(f"{x(day)} {y(value_on(day))}" for day in range(last + 1))
        return Area(edge, f"{edge} L{x(last)} {bottom + 3} L{x(0)} {bottom + 3} Z")

    points = [
        Point(
            x(reading.day),
            y(score),
            reading.day,
            score,
            reading.day >= 0 and score > band.limit_on(reading.day),
        )
        for reading in mine
        if (score := reading.scores.get(band.question)) is not None
    ]
    seen = {point.day for point in points}
    unclear = {reading.day for reading in mine if reading.cant_tell and band.question == "redness"}
    return Chart(
        question=band.question,
        width=width,
        height=height,
        typical=area(band.typical_on),
        limit=area(band.limit_on),
        lines=[" ".join(f"{point.x},{point.y}" for point in run) for run in _runs(points) if len(run) > 1],
        points=points,
        gaps=_shown_gaps([x(day) for day in range(max(seen, default=0)) if day not in seen | unclear]),
        unclear=[x(day) for day in sorted(unclear)],
        ticks=[(x(day), day) for day in TICKS if day <= last] if ticks else [(left, 0)],
        levels=[(y(score), score) for score in (0, 2, 4)],
        rows=_rows(band, mine, first=min([0, *days]), last=max(days, default=-1)),
    )


def _shown_gaps(gaps: Sequence[float]) -> Sequence[float]:
    """A year without entries is not three hundred lines: past sixty only every so many are drawn."""
    return gaps[:: 1 + len(gaps) // 60]


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Points of days that follow each other; a missing day ends a run, because nobody saw what was between."""
    runs = [[point] for point in points[:1]]
    for before, point in pairwise(points):
        if point.day == before.day + 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _rows(band: Band, readings: Sequence[Reading], *, first: int, last: int) -> list[Row]:
    """Every day on which an entry was asked for, and of the others those that have one."""
    by_day = {reading.day: reading for reading in readings}
    rows = []
    for day in range(first, last + 1):
        reading = by_day.get(day)
        if reading is None and not 0 <= day <= LAST_DAY:
            continue
        rows.append(
            Row(
                day=day,
                score=reading.scores.get(band.question) if reading else None,
                cant_tell=bool(reading and reading.cant_tell and band.question == "redness"),
                limit=band.limit_on(day) if day >= 0 else None,
            )
        )
    return rows
