"""Redness, dryness, tightness and itch against their bands: silence first, then the departure."""

import pytest

from .tables import fired, found, on


def test_a_typical_course_finds_nothing_on_any_day():
    days = found("""
        day redness dryness tightness itch signs
          0       3       1         2    1 warmth,bleeding
          1       2       2         2    1 warmth,swelling
          2       1       2         1    1 peeling
          3       1       2         1    0 peeling
          4       0       1         0    0 -
         10       0       0         0    0 -
    """)
    assert not any(days.values())


def test_every_limit_itself_is_still_expected():
    days = found("""
        day redness dryness tightness itch
          0       3       2         3    2
          1       3       3         3    2
          2       3       3         3    2
          3       2       3         2    2
          4       2       3         2    2
          5       1       3         2    2
          6       1       2         1    1
          7       1       2         1    1
          8       0       1         0    0
         10       0       1         0    0
         11       0       0         0    0
         14       0       0         0    0
         60       0       0         0    0
    """)
    assert not any(days.values())


def one(day, question, score):
    return fired(f"day {question}\n{day} {score}")


@pytest.mark.parametrize(
    ("day", "score", "expected"),
    [
        (0, 4, {"V-1": "watch"}),
        (1, 3, {}),
        (1, 4, {"V-2": "contact", "R-2": "watch"}),
        (3, 2, {}),
        (3, 3, {"R-2": "watch"}),
        (3, 4, {"R-3": "contact", "V-2": "contact"}),
        (4, 3, {"R-2": "watch"}),
        (5, 1, {}),
        (5, 2, {"R-3": "contact"}),
        (7, 1, {}),
        (7, 2, {"R-3": "contact"}),
        (8, 0, {}),
        (8, 1, {"R-1": "contact"}),
        (8, 3, {"R-1": "contact"}),
        (9, 3, {"R-1": "contact"}),
        (40, 1, {"R-1": "contact"}),
    ],
)
def test_redness_on_a_single_day(day, score, expected):
    assert one(day, "redness", score) == expected


def test_redness_a_step_above_the_limit_twice_within_three_days_is_for_the_clinic():
    above_once_more = """
        day redness
          1       3
          2       3
          {}      3
    """
    assert fired(above_once_more.format(3)) == {"R-2": "watch"}
    assert fired("day redness\n3 3\n4 3") == {"R-3": "contact"}
    assert fired("day redness\n1 4\n3 3") == {"R-3": "contact"}
    assert fired("day redness\n1 4\n4 3") == {"R-2": "watch"}


def test_from_day_8_on_one_rule_speaks_for_redness():
    assert fired("day redness\n7 2\n8 2") == {"R-1": "contact"}


def test_redness_above_the_limit_before_does_not_confirm_redness_within_it():
    assert fired("day redness\n3 3\n4 2") == {}


def test_redness_that_rises_by_two_from_its_lowest_is_for_the_clinic():
    assert "R-4" not in fired("day redness\n1 2\n2 1\n3 2")
    assert "R-4" not in fired("day redness\n1 1\n2 0\n3 1")
    assert fired("day redness\n1 2\n2 1\n3 0\n4 2") == {"R-4": "contact"}
    assert fired("day redness\n1 0\n3 1\n6 2")["R-4"] == "contact"


def test_the_treatment_day_is_no_low_point_to_rise_from():
    assert fired("day redness\n0 0\n2 2") == {}
    assert fired("day redness\n1 0\n2 2") == {"R-4": "contact"}


def test_a_baseline_is_no_reason_to_speak_and_nothing_to_compare_with():
    assert one(-2, "redness", 4) == {}
    assert one(-2, "itch", 4) == {}
    assert fired("day redness\n-1 0\n2 2") == {}
    assert fired("day redness itch\n-1 4 4\n0 3 2") == {}


def test_a_baseline_is_not_taken_off_later_scores():
    assert fired("day redness\n-1 1\n9 1") == {"R-1": "contact"}


@pytest.mark.parametrize("question", ["redness", "dryness", "tightness"])
def test_the_top_score_is_watched_on_day_0_and_for_the_clinic_from_day_1(question):
    assert "V-1" not in one(0, question, 3)
    assert one(0, question, 4)["V-1"] == "watch"
    assert "V-2" not in one(0, question, 4)
    assert one(1, question, 4)["V-2"] == "contact"


@pytest.mark.parametrize(
    ("question", "code", "day", "limit"),
    [
        ("dryness", "D", 0, 2),
        ("dryness", "D", 7, 2),
        ("dryness", "D", 8, 1),
        ("dryness", "D", 11, 0),
        ("dryness", "D", 30, 0),
        ("tightness", "T", 3, 2),
        ("tightness", "T", 7, 1),
        ("tightness", "T", 8, 0),
        ("itch", "IT", 6, 1),
        ("itch", "IT", 7, 1),
        ("itch", "IT", 8, 0),
    ],
)
def test_a_step_above_the_limit_is_watched_and_two_are_for_the_clinic(question, code, day, limit):
    assert one(day, question, limit) == {}
    assert one(day, question, limit + 1) == {f"{code}-1": "watch"}
    assert one(day, question, limit + 2)[f"{code}-2"] == "contact"
    assert f"{code}-1" not in one(day, question, limit + 2)


@pytest.mark.parametrize(("question", "code"), [("dryness", "D"), ("tightness", "T"), ("itch", "IT")])
def test_a_step_above_the_limit_on_a_second_day_is_for_the_clinic(question, code):
    table = "day {}\n11 1\n{} 1"
    assert fired(table.format(question, 12)) == {f"{code}-2": "contact"}
    assert fired(table.format(question, 13)) == {f"{code}-2": "contact"}
    assert fired(table.format(question, 14)) == {f"{code}-1": "watch"}


def test_severe_itch_is_for_the_clinic_on_any_day():
    assert one(0, "itch", 2) == {}
    assert one(0, "itch", 3) == {"IT-2": "contact"}
    assert one(2, "itch", 3) == {"IT-2": "contact"}


def test_dryness_that_was_within_its_limit_the_day_before_does_not_confirm():
    assert fired("day dryness\n7 2\n8 2") == {"D-1": "watch"}
    assert fired("day dryness\n7 2\n8 2\n9 2") == {"D-2": "contact"}


def test_an_unanswered_question_is_no_zero():
    assert fired("day redness itch\n2 2 .\n3 . 1\n4 2 .") == {}


def test_a_colour_that_cannot_be_judged_is_no_zero_and_no_score():
    assert fired("day redness\n2 ?\n4 2") == {}
    assert fired("day redness\n7 1\n9 ?") == {}


def test_an_empty_reading_finds_nothing():
    assert on(5) == {}
    assert fired("day redness signs\n5 . .") == {}


def test_a_later_day_never_changes_an_earlier_one():
    rows = ["day redness itch signs", "2 1 3 warmth", "3 3 1 -", "4 3 0 warmth,bad_smell", "9 2 0 peeling"]
    for shown in range(2, len(rows) + 1):
        now, before = found("\n".join(rows[:shown])), found("\n".join(rows))
        assert now == {day: before[day] for day in now}
