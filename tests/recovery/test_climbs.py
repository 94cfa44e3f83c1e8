"""Redness that goes up from entry to entry, comes back a little, or cannot be judged."""

import pytest

from journal.recovery.wording import why

from .tables import PROTOCOL, fired, found


def redness(*rows):
    return fired("\n".join(["day redness", *rows]), depth_mm=2.0)  # over 1.5 mm, where the limits are widest


def test_twice_in_a_row_is_for_the_clinic():
    assert redness("3 0", "4 1", "5 2") == {"R-7": "contact", "R-4": "contact"}
    assert redness("1 1", "3 2", "5 3")["R-7"] == "contact"


def test_twice_in_a_row_counts_only_where_no_gap_is_longer_than_two_days():
    assert "R-7" not in redness("1 1", "4 2", "5 3")
    assert "R-7" not in redness("1 0", "2 1", "5 2")


def test_a_step_down_or_none_ends_the_row():
    assert "R-7" not in redness("2 1", "3 2", "4 2", "5 3")
    assert "R-7" not in redness("2 2", "3 1", "4 2")


def test_once_is_watched_from_day_3_on():
    assert redness("2 2", "3 3") == {"R-6": "watch"}
    assert redness("1 2", "2 3") == {}
    assert redness("2 2", "5 3") == {"R-3": "contact"}


@pytest.mark.parametrize(("day", "expected"), [(2, {}), (3, {"R-5": "watch"}), (7, {"R-5": "watch"})])
def test_a_little_redness_after_none_is_watched_from_day_3_to_7(day, expected):
    assert redness("1 0", f"{day} 1") == expected


def test_none_on_the_treatment_day_is_no_settling():
    assert redness("0 0", "3 1") == {}


def test_darker_skin_raises_the_little_redness_that_comes_back():
    table = "day redness\n1 0\n4 1"
    assert fired(table, skin_tone=6) == {"R-5": "watch"}
    assert fired(table, skin_tone=7) == {"R-5": "contact"}


def test_two_answers_in_a_row_that_cannot_tell_are_watched_from_day_3_on():
    assert fired("day redness\n2 ?\n3 ?") == {"R-8": "watch"}
    assert fired("day redness\n1 ?\n2 ?") == {}
    assert fired("day redness\n3 ?\n4 0\n5 ?") == {}
    assert fired("day redness\n3 ?\n9 ?") == {"R-8": "watch"}


def test_an_entry_that_says_nothing_of_redness_is_passed_over():
    assert fired("day redness itch\n3 ? 0\n4 . 0\n5 ? 0") == {"R-8": "watch"}
    assert fired("day redness itch\n3 ? 0\n4 ? 0\n5 . 0") == {}


def test_a_baseline_that_could_not_be_judged_does_not_count():
    assert fired("day redness\n-1 ?\n3 ?") == {}


@pytest.mark.parametrize(
    ("table", "rule", "told"),
    [
        (
            "day redness\n2 1\n3 2\n5 3",
            "R-7",
            "Redness went up from entry to entry: day 2 (mild), day 3 (moderate), day 5 (severe). "
            "Expected on that day: none, up to mild. There is no score for day 4.",
        ),
        ("day redness\n3 ?\n4 ?", "R-8", "Redness could not be judged on days 3 and 4."),
        (
            "day redness\n3 ?\n6 ?",
            "R-8",
            "Redness could not be judged on day 3, day 6. There is no score for days 4 and 5.",
        ),
        (
            "day redness\n1 0\n4 1",
            "R-5",
            "Redness rose at some time between day 1 (none) and day 4 (mild). "
            "Expected on that day: mild, up to moderate. It is within that range. It counts because it went up. "
            "There is no score for days 2 and 3.",
        ),
    ],
)
def test_they_are_told_by_their_days(table, rule, told):
    *_, findings = found(table).values()
    assert why(next(one for one in findings if one.rule == rule), PROTOCOL) == told


def test_itch_that_was_low_and_is_two_steps_higher_is_for_the_clinic():
    assert fired("day itch\n1 0\n4 2") == {"IT-3": "contact"}
    assert fired("day itch\n0 0\n1 2") == {}
