"""Sessions laid on each other: each can be told from the others without colour, and no line crosses a missing day."""

import pytest

from journal.overlays import MARKS, MOST, overlay, sample
from tests.recovery.tables import PROTOCOL, course

BANDS = PROTOCOL.profile_for(course("day redness\n0 0")).bands


def lay(*tables, question="redness"):
    return overlay(BANDS[question], [course(table).readings for table in tables])


def heights(trace):
    """Where the points of a trace's lines lie, line by line."""
    return [[float(point.split(",")[1]) for point in line.split()] for line in trace.lines]


def test_each_session_has_a_line_and_a_mark_on_each_score():
    latest, before = lay("day redness\n0 3\n1 2", "day redness\n0 4\n1 3\n2 2").traces
    assert (latest.place, before.place) == (0, 1)
    assert [len(line.split()) for line in (*latest.lines, *before.lines)] == [2, 3]
    assert (latest.marks.count(MARKS[0]), before.marks.count(MARKS[1])) == (2, 3)


def test_marks_differ_in_shape():
    assert len(set(MARKS)) == MOST == len({sample(place) for place in range(MOST)})


def test_equal_scores_lie_side_by_side_and_keep_their_order():
    same = "day redness\n0 3\n1 2"
    (first,), (second,), (third,) = (heights(trace) for trace in lay(same, same, same).traces)
    assert first < second < third
    assert [second] == heights(lay(same).traces[0])


def test_a_session_alone_lies_where_its_scores_are():
    laid = lay("day redness\n0 4\n1 2\n2 0")
    assert heights(laid.traces[0]) == [[y for y, _score in reversed(laid.levels)]]


def test_shifted_lines_stay_nearer_to_their_own_score_than_to_the_next():
    laid = lay(*["day redness\n0 4\n1 0"] * MOST)
    step = (laid.levels[0][0] - laid.levels[1][0]) / 2
    for trace in laid.traces:
        ((top, floor),) = heights(trace)
        assert abs(top - laid.levels[-1][0]) < step / 2
        assert abs(floor - laid.levels[0][0]) < step / 2
        assert 0 < top < floor < laid.label_line - 8


def test_no_line_crosses_a_missing_day_or_one_that_could_not_be_judged():
    (trace,) = lay("day redness\n0 3\n1 2\n3 2\n4 1\n5 ?\n6 1").traces
    assert [len(line.split()) for line in trace.lines] == [2, 2]
    assert trace.marks.count("M") == 5


def test_it_is_drawn_from_day_0_and_reaches_as_far_as_the_longest():
    laid = lay("day redness\n-5 1\n0 3", "day redness\n0 3\n21 1")
    assert laid.traces[0].marks.count("M") == 1
    assert [day for _x, day in laid.ticks] == [0, 2, 4, 7, 10, 14, 21]


def test_the_rows_say_what_each_session_said_of_a_day():
    rows = lay("day redness\n-5 1\n0 3\n1 ?", "day redness itch\n0 2 1\n2 . 1\n21 1 0").rows
    assert [day for day, _cells in rows] == [-5, *range(15), 21]
    said = {day: [(cell.score, cell.cant_tell) for cell in cells] for day, cells in rows}
    assert said[-5] == [(1, False), (None, False)]
    assert said[0] == [(3, False), (2, False)]
    assert said[1] == [(None, True), (None, False)]
    assert said[2] == [(None, False), (None, False)]
    assert said[21] == [(None, False), (1, False)]


def test_rows_end_with_the_latest_reading():
    assert [day for day, _cells in lay("day redness\n0 3\n3 2").rows] == [0, 1, 2, 3]


@pytest.mark.parametrize("question", BANDS)
def test_it_is_laid_over_the_band_of_the_question(question):
    laid = lay(f"day {question}\n0 1", question=question)
    assert (laid.question, laid.limit.edge.count("L")) == (question, 14)
