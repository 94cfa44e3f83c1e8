"""Days on which nothing was logged are gaps: never filled, and never good news."""

from .tables import fired, found


def finding(table, rule):
    *_, findings = found(table).values()
    return next(one for one in findings if one.rule == rule)


def test_redness_on_day_3_and_on_day_9_is_present_on_day_9_only():
    table = "day redness\n3 2\n9 2"
    assert fired(table) == {"R-1": "contact"}
    assert finding(table, "R-1").days == (9,)
    assert finding(table, "R-1").values["missing"] == [[4, 8]]


def test_none_on_day_3_and_redness_on_day_9_rose_at_some_time_between():
    table = "day redness\n3 0\n9 2"
    assert fired(table) == {"R-1": "contact", "R-4": "contact"}
    assert finding(table, "R-4").days == (3, 9)
    assert finding(table, "R-4").values["missing"] == [[4, 8]]


def test_redness_on_day_3_and_none_on_day_9_finds_nothing():
    assert fired("day redness\n3 2\n9 0") == {}


def test_redness_on_day_6_and_then_silence_stays_what_was_found_on_day_6():
    days = found("day redness\n6 2")
    assert list(days) == [6]
    assert [one.rule for one in days[6]] == ["R-3"]


def test_a_first_entry_on_day_9_without_redness_finds_nothing():
    assert fired("day redness signs\n9 0 -") == {}


def test_scores_are_judged_where_the_signs_were_skipped():
    assert fired("day redness signs\n8 1 .") == {"R-1": "contact"}


def test_a_gap_of_more_than_two_days_confirms_nothing():
    assert fired("day redness\n1 4\n4 3") == {"R-2": "watch"}


def test_of_equally_low_days_the_latest_tells_when_it_rose():
    assert finding("day redness\n2 0\n5 0\n7 .\n9 2", "R-4").days == (5, 9)
    assert finding("day redness\n2 0\n5 0\n7 .\n9 2", "R-4").values["missing"] == [[6, 8]]


def test_a_baseline_does_not_stand_in_for_a_missing_day():
    assert finding("day redness\n-1 1\n9 1", "R-1").values["missing"] == [[0, 8]]
