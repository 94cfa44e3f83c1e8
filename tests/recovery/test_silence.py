"""Days on which nobody wrote: found by the calendar, told as what they are, and never judged without one."""

import pytest

from journal.recovery.assess import assess
from journal.recovery.wording import message, why

from .tables import PROTOCOL, course

WATCHED = "day redness signs\n4 1 warmth"  # warm skin is watched from day 3 on


def silence(table, as_of, **about):
    """Day, rule and tier of what was found about silence alone."""
    found = assess(course(table, as_of_day=as_of, **about), PROTOCOL)
    return [(day, one.rule, one.tier.text) for day, findings in found.items() for one in findings if one.rule[0] == "M"]


def test_without_a_day_that_it_is_now_silence_is_not_judged():
    assert silence("day redness\n0 1\n9 0", as_of=None) == []


@pytest.mark.parametrize(("as_of", "found"), [(4, 0), (5, 0), (6, 1), (7, 1), (60, 1)])
def test_two_days_without_an_entry_after_a_finding_are_for_the_clinic(as_of, found):
    assert [one for one in silence(WATCHED, as_of) if one[1] == "M-2"] == [(6, "M-2", "contact")] * found


def test_an_entry_on_either_of_the_two_days_ends_it_however_little_it_says():
    for day in (5, 6):
        assert (6, "M-2", "contact") not in silence(f"day redness signs\n4 1 warmth\n{day} . -", as_of=20)


def test_an_entry_after_the_two_days_does_not_undo_what_was_found():
    assert (6, "M-2", "contact") in silence("day redness signs\n4 1 warmth\n7 0 -", as_of=20)


def test_a_day_without_any_finding_is_not_waited_on():
    assert silence("day redness\n4 1", as_of=6) == [(2, "M-3", "watch")]
    assert not [one for one in silence("day redness\n20 0", as_of=40) if one[1] == "M-2"]


def test_a_finding_of_any_tier_is_waited_on_so_that_a_worse_one_never_quiets_the_silence():
    for signs in ("warmth", "yellow_crust", "pus", "breathing_trouble"):
        assert (22, "M-2", "contact") in silence(f"day signs\n20 {signs}", as_of=22)


def test_what_was_noted_before_the_treatment_is_not_waited_on():
    assert not [one for one in silence("day signs\n-1 pus", as_of=1) if one[1] == "M-2"]


def test_the_first_days_are_watched_sooner_than_the_later_ones():
    assert silence("day redness\n0 1", as_of=1) == []
    assert silence("day redness\n0 1", as_of=2) == [(2, "M-3", "watch")]
    assert silence("day redness\n0 1\n1 1\n2 1\n3 1\n4 1", as_of=6) == []
    assert silence("day redness\n0 1\n1 1\n2 1\n3 1\n4 1", as_of=7) == [(7, "M-3", "watch")]


def test_someone_who_never_writes_is_found_once_in_each_of_the_two_stretches():
    assert silence("day redness", as_of=1) == []
    assert silence("day redness", as_of=100) == [(2, "M-3", "watch"), (7, "M-3", "watch")]


def test_after_two_weeks_nobody_is_waited_for_without_a_reason():
    table = "\n".join(["day redness", *(f"{day} 0" for day in range(13))])
    assert silence(table, as_of=200) == []


def test_a_treatment_that_is_still_to_come_is_not_waited_for():
    assert silence("day redness\n-3 0", as_of=-1) == []


def test_silence_is_told_as_days_without_an_entry_and_nothing_more():
    found = assess(course(WATCHED, as_of_day=6), PROTOCOL)
    (one,) = found[6]
    assert one.days == (4, 6)
    assert one.values == {"last_day": 4, "silent": [5, 6], "after": "watch"}
    assert why(one, PROTOCOL) == "There is no entry for days 5 and 6. The entry before that is of day 4."
    assert "settled" not in message(one, PROTOCOL, {})
    (never, *_) = assess(course("day redness", as_of_day=2), PROTOCOL)[2]
    assert why(never, PROTOCOL) == "There is no entry for days 0 to 2. Nothing was logged before that."


def test_silence_takes_nothing_from_the_days_that_were_written():
    table = "day redness signs\n2 1 -\n4 1 warmth\n9 2 -"
    plain, waited = (assess(course(table, as_of_day=day), PROTOCOL) for day in (None, 30))
    assert all(waited[day] == findings for day, findings in plain.items())
