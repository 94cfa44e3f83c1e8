"""Courses of several sessions in, one drawing out: laid on day 0 over the band of the latest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from journal.charts import Drawing, Frame, Point, is_unclear, lines_of
from journal.recovery.course import Reading
from journal.recovery.rows import LAST_DAY, Band

# How the scores of a course are marked, from their middle on: circle, square, triangle, diamond; the latest first.
MARKS = (
    "m-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z",
    "m-3-3h6v6h-6z",
    "m0-4 4 7h-8z",
    "m0-4.2 4.2 4.2-4.2 4.2-4.2-4.2z",
)
MOST = len(MARKS)  # more courses could not be told apart
APART = 4.0  # so far, in px, lines of the same score lie from each other


@dataclass(frozen=True, slots=True)
class Trace:
    """One course: lines over days in a row, a mark on each score. `place` chooses mark and dash; 0 is the latest."""

    place: int
    lines: Sequence[str]
    marks: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one course says of a day; `score` None and not `cant_tell`: no entry, or not answered."""

    score: int | None
    cant_tell: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay(Drawing):
    """The band, and several courses. `rows` say the same as text: a day, and a cell for each course."""

    traces: Sequence[Trace]
    rows: Sequence[tuple[int, Sequence[Cell]]]


def overlay(band: Band, courses: Sequence[Sequence[Reading]], *, width: int = 320, height: int = 150) -> Overlay:
    """`courses` come latest first, MOST at most. Days from before a treatment are among the rows only."""
    days = [reading.day for course in courses for reading in course]
    frame = Frame(0, max([LAST_DAY, *days]), 22.0, width - 8.0, 14.0, height - 26.0)
    middle = (len(courses) - 1) / 2
    return Overlay(
        question=band.question,
        width=width,
        height=height,
        typical=frame.area(band.typical_on),
        limit=frame.area(band.limit_on),
        traces=[
            _trace(place, band.question, course, frame, (place - middle) * APART)
            for place, course in enumerate(courses)
        ],
        ticks=frame.ticks,
        levels=frame.levels,
        rows=_rows(band.question, courses, days),
    )


def sample(place: int) -> str:
    """The mark of a place in the middle of 28 by 12 px, for a key."""
    return f"M14 6{MARKS[place]}"


def _trace(place: int, question: str, course: Iterable[Reading], frame: Frame, shift: float) -> Trace:
    scored = [(reading.day, reading.scores[question]) for reading in course if question in reading.scores]
    points = [
        Point(frame.x(day), round(frame.y(score) + shift, 1), day, score, beyond=False)
        for day, score in scored
        if day >= 0
    ]
    return Trace(place, lines_of(points), " ".join(f"M{point.x} {point.y}{MARKS[place]}" for point in points))


def _rows(question: str, courses: Sequence[Sequence[Reading]], days: Sequence[int]) -> list[tuple[int, list[Cell]]]:
    """Every day of the daily entries up to the latest reading, and each other day that has one."""
    by_day = [{reading.day: reading for reading in course} for course in courses]
    daily = range(min(LAST_DAY, max(days, default=-1)) + 1)
    return [(day, [_cell(question, course.get(day)) for course in by_day]) for day in sorted({*daily, *days})]


def _cell(question: str, reading: Reading | None) -> Cell:
    if reading is None:
        return Cell(None, cant_tell=False)
    return Cell(reading.scores.get(question), is_unclear(reading, question))
