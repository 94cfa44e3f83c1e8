"""Days on which nothing was logged are gaps, never filled and never good news: the brief's table, line by line."""

import pytest

from journal.recovery.assess import assess
from journal.recovery.wording import message, why

from .tables import PROTOCOL, course, fired, found

CLAIMS = (
    "lasted",
    "for 9 days",
    "improved",
    "came back",
    "gone by",
    "healed",
    "settled",
    "still",
    "no redness",
    "trend",
)


def finding(table, rule, **about):
    return next(one for findings in found(table, **about).values() for one in findings if one.rule == rule)


def told(table, rule):
    one = finding(table, rule)
    return f"{why(one, PROTOCOL)} {message(one, PROTOCOL, {})}"


def test_redness_on_day_3_and_on_day_9_is_present_on_day_9_only():
    table = "day redness\n3 2\n9 2"
    assert fired(table) == {"R-1": "contact"}
    assert finding(table, "R-1").days == (9,)
    assert finding(table, "R-1").values["missing"] == [[4, 8]]
    assert "present on day 9" in told(table, "R-1")
    assert "no score for days 4 to 8" in told(table, "R-1")


def test_none_on_day_3_and_redness_on_day_9_rose_at_some_time_between():
    table = "day redness\n3 0\n9 2"
    assert fired(table) == {"R-1": "contact", "R-4": "contact"}
    assert finding(table, "R-4").days == (3, 9)
    assert "rose at some time between day 3 (none) and day 9" in told(table, "R-4")


def test_redness_on_day_3_and_none_on_day_9_finds_nothing():
    assert fired("day redness\n3 2\n9 0") == {}


def test_redness_on_day_6_and_then_silence_stays_what_was_found_on_day_6():
    table = "\n".join(["day redness", *(f"{day} 1" for day in range(6)), "6 2"])
    days = assess(course(table, as_of_day=20), PROTOCOL)
    assert [one.rule for one in days[6]] == ["R-3", "R-6"]
    assert {day: [one.rule for one in days[day]] for day in days if day > 6} == {8: ["M-2"], 9: ["M-3"]}
    assert why(days[9][0], PROTOCOL) == "There is no entry for days 7 to 9. The entry before that is of day 6."


def test_a_first_entry_on_day_9_without_redness_finds_nothing():
    assert fired("day redness signs\n9 0 -") == {}


def test_scores_are_judged_where_the_signs_were_skipped_and_signs_where_the_scores_were():
    assert fired("day redness signs\n8 1 .") == {"R-1": "contact"}
    assert fired("day redness signs\n5 . pus") == {"N-1": "urgent"}


def test_color_that_cannot_be_told_is_passed_over_by_the_color_rules():
    assert fired("day redness\n7 1\n8 ?") == {}
    assert fired("day redness\n2 0\n5 ?\n7 2")["R-4"] == "contact"
    assert fired("day redness\n7 ?\n8 ?") == {"R-8": "watch"}


def test_a_watch_finding_and_then_silence_is_for_the_clinic():
    days = assess(course("day signs\n4 warmth", as_of_day=6), PROTOCOL)
    assert [(one.rule, one.tier.text) for one in days[6]] == [("M-2", "contact")]


def test_days_are_judged_in_their_own_order_however_late_they_were_written():
    assert fired("day redness\n2 0\n3 2") == {"R-4": "contact"}


def test_after_a_gap_of_more_than_two_days_only_facts_count():
    assert fired("day redness\n1 1\n4 2") == {}  # no step up
    assert fired("day redness\n1 1\n2 2\n5 3") == {"R-3": "contact", "R-4": "contact"}  # no second rise in a row
    assert fired("day redness\n1 4\n4 3") == {"R-2": "watch"}  # nothing to confirm
    assert fired("day redness itch\n3 1 0\n9 1 2")["IT-3"] == "contact"
    assert fired("day itch\n1 0\n6 3")["IT-2"] == "contact"


def test_of_equally_low_days_the_latest_tells_when_it_rose():
    assert finding("day redness\n2 0\n5 0\n7 .\n9 2", "R-4").days == (5, 9)
    assert finding("day redness\n2 0\n5 0\n7 .\n9 2", "R-4").values["missing"] == [[6, 8]]


def test_a_baseline_does_not_stand_in_for_a_missing_day():
    assert finding("day redness\n-1 1\n9 1", "R-1").values["missing"] == [[0, 8]]


@pytest.mark.parametrize(
    "table",
    [
        "day redness\n3 2\n9 2",
        "day redness\n3 0\n9 2",
        "day redness\n2 1\n4 2\n6 3",
        "day dryness\n8 2\n10 2",
        "day redness\n3 ?\n9 ?",
        "day redness\n6 2",
    ],
)
def test_nothing_is_claimed_of_the_days_between(table):
    for findings in found(table, as_of_day=12).values():
        for one in findings:
            said = f"{why(one, PROTOCOL)} {message(one, PROTOCOL, {})}".lower()
            assert not [claim for claim in CLAIMS if claim in said], said
