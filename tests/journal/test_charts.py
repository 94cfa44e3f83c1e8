"""Coordinates of a chart: every logged score is a point, and no line crosses a day that nobody logged."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journal import charts
from journal.recovery.course import Reading
from tests.recovery.tables import PROTOCOL, course

BANDS = PROTOCOL.profile_for(course("day redness\n0 0")).bands
REDNESS = BANDS["redness"]


def draw(table, question="redness", **size):
    return charts.draw(BANDS[question], course(table).readings, **size)


def runs(chart):
    return [len(line.split()) for line in chart.lines]


def test_every_score_is_a_point_with_its_day():
    chart = draw("day redness\n0 3\n1 2\n4 0")
    assert [(point.day, point.score) for point in chart.points] == [(0, 3), (1, 2), (4, 0)]


def test_later_is_further_right_and_worse_is_further_up():
    first, second, third = draw("day redness\n0 0\n1 2\n2 4").points
    assert first.x < second.x < third.x
    assert first.y > second.y > third.y


def test_a_score_above_the_limit_of_its_day_is_marked():
    assert [point.beyond for point in draw("day redness\n0 4\n7 1\n8 1\n20 1").points] == [False, False, True, True]


def test_a_baseline_is_drawn_and_never_above_a_limit():
    chart = draw("day redness\n-5 4\n0 3")
    assert [(point.day, point.beyond) for point in chart.points] == [(-5, False), (0, False)]
    assert min(point.x for point in chart.points) >= 0


def test_days_in_a_row_are_joined():
    chart = draw("day redness\n0 3\n1 2\n2 2")
    assert runs(chart) == [3]
    assert chart.gaps == []


def test_no_line_crosses_a_missing_day():
    chart = draw("day redness\n0 3\n1 2\n4 1\n5 1\n9 0")
    assert runs(chart) == [2, 2]
    assert len(chart.gaps) == 2 + 3


def test_a_day_on_which_the_question_was_not_answered_is_a_gap():
    chart = draw("day redness itch\n0 3 1\n1 . 1\n2 2 1")
    assert (runs(chart), len(chart.gaps)) == ([], 1)


def test_cant_tell_is_no_score_and_is_shown_where_it_was_said():
    chart = draw("day redness\n0 3\n1 ?\n2 2")
    assert [point.day for point in chart.points] == [0, 2]
    assert len(chart.unclear) == 1
    assert chart.gaps == []
    assert runs(chart) == []


def test_days_before_the_first_score_are_gaps_from_the_treatment_on():
    chart = draw("day redness\n3 2")
    assert len(chart.gaps) == 3
    assert max(chart.gaps) < chart.points[0].x
    assert len(draw("day redness\n-9 0\n3 2").gaps) == 3  # the days before the treatment are none
    assert draw("day redness\n-9 0\n-2 0").gaps == []


@pytest.mark.parametrize("last", [58, 60, 61, 119, 120, 200, 400, 1500])
def test_a_long_silence_is_shown_by_about_sixty_lines_at_most(last):
    chart = draw(f"day redness\n0 3\n{last} 1")
    assert 30 <= len(chart.gaps) <= 61
    assert chart.gaps == sorted(set(chart.gaps))


def test_cant_tell_belongs_to_redness_only():
    assert draw("day redness itch\n0 ? 1", "itch").unclear == []


def test_it_reaches_to_day_14_however_little_was_logged():
    for table in ("day redness\n0 3", "day itch\n0 1"):
        assert [day for _x, day in draw(table).ticks][-1] == 14


def test_a_long_course_stays_inside_its_frame():
    chart = draw("day redness\n-20 0\n0 3\n200 1")
    places = [point.x for point in chart.points] + [x for x, _day in chart.ticks]
    assert all(0 <= x <= chart.width for x in places)
    assert [day for _x, day in chart.ticks][-1] == 84


def test_the_band_ends_where_the_chart_ends():
    chart = draw("day redness\n30 0")
    assert chart.limit.whole.count("L") == 30 + 2
    assert chart.limit.edge.count("L") == 30
    assert str(chart.points[0].x) in chart.limit.edge


def test_an_empty_course_is_an_empty_band():
    chart = charts.draw(REDNESS, ())
    assert (chart.points, chart.lines, chart.gaps, chart.rows) == ([], [], [], [])
    assert chart.typical.edge.startswith("M")
    assert chart.typical.whole.startswith(chart.typical.edge)


def test_a_small_chart_keeps_its_frame_and_needs_no_numbers():
    chart = draw("day redness\n0 3\n14 0", width=120, height=28, ticks=False)
    assert all(0 <= point.x <= 120 and 0 <= point.y <= 28 for point in chart.points)
    assert len(chart.ticks) == 1


def test_the_rows_say_what_the_picture_shows():
    rows = draw("day redness\n-1 0\n0 3\n2 ?\n3 1").rows
    assert [(row.day, row.score, row.cant_tell, row.limit) for row in rows] == [
        (-1, 0, False, None),
        (0, 3, False, 4),
        (1, None, False, 3),
        (2, None, True, 3),
        (3, 1, False, 2),
    ]


def test_the_rows_of_days_on_which_no_entry_was_asked_for_are_those_that_have_one():
    rows = draw("day redness itch\n-9 0 0\n13 0 0\n40 1 0\n60 . 1").rows
    assert [row.day for row in rows] == [-9, *range(15), 40, 60]
    assert [row.score for row in rows][-2:] == [1, None]


readings = st.dictionaries(st.integers(-30, 400), st.none() | st.integers(0, 4), max_size=12).map(
    lambda scores: [
        Reading(day=day, scores={} if score is None else {"redness": score}) for day, score in sorted(scores.items())
    ]
)


@given(readings)
@settings(deadline=None)
def test_no_point_is_lost_and_no_line_is_longer_than_its_days(mine):
    chart = charts.draw(REDNESS, mine)
    scored = [reading.day for reading in mine if reading.scores]
    assert [point.day for point in chart.points] == scored
    joined = sum(1 for before, after in pairwise(scored) if after == before + 1)
    assert sum(length - 1 for length in runs(chart)) == joined
    assert all(0 <= point.x <= chart.width and 0 <= point.y <= chart.height for point in chart.points)


@pytest.mark.parametrize("question", BANDS)
def test_every_question_can_be_drawn(question):
    assert draw(f"day {question}\n3 1", question).question == question
