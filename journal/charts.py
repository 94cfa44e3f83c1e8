"""Readings and a band in, coordinates for an inline SVG out. Days that were not logged stay empty."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from journal.recovery.course import Reading
from journal.recovery.rows import LAST_DAY, Band
from journal.recovery.scale import MAY_BE_UNCLEAR

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What an SVG of `width` by `height` needs of a question's band: everything is a coordinate in it, or text."""

    question: str
    width: int
    height: int
    typical: Area
    limit: Area
    ticks: Sequence[tuple[float, int]]
    levels: Sequence[tuple[float, int]]

    @property
    def label_line(self) -> float:
        return self.height - 5

    @property
    def label_edge(self) -> float:
        return 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Drawing):
    """The band, and the scores of one course."""

    lines: Sequence[str]
    points: Sequence[Point]
    gaps: Sequence[float]
    unclear: Sequence[float]
    rows: Sequence[Row]

    @property
    def floor(self) -> float:
        return self.levels[0][0]

    @property
    def top(self) -> float:
        return self.levels[-1][0]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where days and scores lie in a drawing: days from `first` to `last`, its edges as coordinates."""

    first: int
    last: int
    left: float
    right: float
    top: float
    bottom: float

    def x(self, day: float) -> float:
        return round(self.left + (self.right - self.left) * (day - self.first) / (self.last - self.first), 1)

    def y(self, score: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * score / WORST, 1)

    def area(self, value_on: Callable[[int], int]) -> Area:
        """Below a line of a band, from day 0 to where the drawing ends."""
        edge = "M" + " L".join(f"{self.x(day)} {self.y(value_on(day))}" for day in range(self.last + 1))
        floor = self.bottom + 3
        return Area(edge, f"{edge} L{self.x(self.last)} {floor} L{self.x(0)} {floor} Z")

    @property
    def ticks(self) -> list[tuple[float, int]]:
        return [(self.x(day), day) for day in TICKS if day <= self.last]

    @property
    def levels(self) -> list[tuple[float, int]]:
        return [(self.y(score), score) for score in (0, 2, 4)]


def draw(band: Band, readings: Iterable[Reading], *, width: int = 320, height: int = 120, ticks: bool = True) -> Chart:
    """The chart of one question. It reaches to day 14, or to the last reading if that is later."""
    mine = list(readings)
    days = [reading.day for reading in mine]
    edges = (22.0, width - 8.0, 10.0, height - 20.0) if ticks else (4.0, width - 6.0, 6.0, height - 5.0)
    frame = Frame(min([0, *days]), max([LAST_DAY, *days]), *edges)
    points = _points(band, mine, frame)
    seen = {point.day for point in points}
    unclear = {reading.day for reading in mine if is_unclear(reading, band.question)}
    return Chart(
        question=band.question,
        width=width,
        height=height,
        typical=frame.area(band.typical_on),
        limit=frame.area(band.limit_on),
        lines=lines_of(points),
        points=points,
        gaps=_shown_gaps([frame.x(day) for day in range(max(seen, default=0)) if day not in seen | unclear]),
        unclear=[frame.x(day) for day in sorted(unclear)],
        ticks=frame.ticks if ticks else [(frame.left, 0)],
        levels=frame.levels,
        rows=_rows(band, mine, first=min([0, *days]), last=max(days, default=-1)),
    )


def _points(band: Band, readings: Iterable[Reading], frame: Frame) -> list[Point]:
    return [
        Point(
            frame.x(reading.day),
            frame.y(score),
            reading.day,
            score,
            reading.day >= 0 and score > band.limit_on(reading.day),
        )
        for reading in readings
        if (score := reading.scores.get(band.question)) is not None
    ]


def is_unclear(reading: Reading, question: str) -> bool:
    """Whether a question was looked at and could not be judged."""
    return reading.cant_tell and question == MAY_BE_UNCLEAR


def lines_of(points: Sequence[Point]) -> list[str]:
    """Points of days that follow each other, joined, as polylines are written."""
    return [" ".join(f"{point.x},{point.y}" for point in run) for run in _runs(points) if len(run) > 1]


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
                cant_tell=bool(reading and is_unclear(reading, band.question)),
                limit=band.limit_on(day) if day >= 0 else None,
            )
        )
    return rows
