"""What a plan tells on a day, and how a clinic's own day moves it."""

from itertools import pairwise

import pytest

from journal.recovery import aftercare
from journal.recovery.care_reader import read_care
from journal.recovery.document import Spot

from .small_care import SMALL_CARE
from .tables import PROTOCOL
from .test_care import SAID, SUN, changed

CARE = read_care(Spot(SMALL_CARE, "care"), SAID)
# Of sun two things are left out after each other: all of it, then some of it.
TWICE = read_care(Spot(changed((*SUN, "advice", 1, "does"), False), "care"), SAID)


def spans(clocks, code="sun"):
    """The days of each advice of a clock: `no-sun 0-6`, open at the end where there is none."""
    advice = next(clock.advice for clock in clocks if clock.code == code)
    return [f"{one.code} {one.from_day}-{'' if one.to_day is None else one.to_day}" for one in advice]


def told(clocks, day):
    return [(clock.code, advice.code) for clock, advice in aftercare.on_day(clocks, day)]


def test_without_changes_the_plan_is_the_protocols():
    assert aftercare.plan(CARE, {}) == CARE.clocks


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (6, ["no-sun 0-6", "some-sun 7-13", "sun 14-"]),
        (9, ["no-sun 0-9", "some-sun 10-16", "sun 17-"]),  # longer: all that follows is put off
        (30, ["no-sun 0-30", "some-sun 31-37", "sun 38-"]),
        (2, ["no-sun 0-2", "some-sun 3-13", "sun 14-"]),  # shorter: what follows begins sooner and ends as before
        (0, ["no-sun 0-0", "some-sun 1-13", "sun 14-"]),
        (-1, ["some-sun 0-13", "sun 14-"]),  # not left out at all
    ],
)
def test_a_clinics_day_moves_the_end_of_what_is_left_out_and_the_start_of_what_follows(last, expected):
    assert spans(aftercare.plan(CARE, {"sun": last})) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (6, ["no-sun 0-6", "some-sun 7-13", "sun 14-"]),
        (9, ["no-sun 0-9", "some-sun 10-13", "sun 14-"]),  # the second keeps the end that its source gives
        (12, ["no-sun 0-12", "some-sun 13-13", "sun 14-"]),
        (13, ["no-sun 0-13", "sun 14-"]),  # it is over by then
        (30, ["no-sun 0-30", "sun 31-"]),
        (2, ["no-sun 0-2", "some-sun 3-13", "sun 14-"]),
        (-1, ["some-sun 0-13", "sun 14-"]),
    ],
)
def test_a_clinics_day_moves_the_first_of_two_waits_and_not_the_end_of_the_second(last, expected):
    assert spans(aftercare.plan(TWICE, {"sun": last})) == expected


def test_of_two_waits_each_has_its_end():
    assert TWICE.clock("sun").avoid_to == 6
    assert aftercare.ends(TWICE.clocks) == {6: ["sun"], 13: ["sun"]}
    assert aftercare.ends(aftercare.plan(TWICE, {"sun": 20})) == {20: ["sun"]}
    assert told(TWICE.clocks, 7)[0] == ("sun", "some-sun")


@pytest.mark.parametrize("last", range(-1, 60))
@pytest.mark.parametrize("care", [CARE, TWICE], ids=["one wait", "two waits"])
def test_whatever_the_clinics_day_one_thing_holds_at_a_time_and_no_day_is_left_open(care, last):
    (sun, *_) = aftercare.plan(care, {"sun": last})
    assert sun.advice[0].from_day == 0
    assert sun.advice[-1].to_day is None
    assert all(after.from_day == before.to_day + 1 for before, after in pairwise(sun.advice))


def test_a_change_leaves_the_other_clocks_alone():
    changed = aftercare.plan(CARE, {"sun": 9})
    assert changed[1:] == CARE.clocks[1:]


def test_a_change_of_a_clock_that_leaves_nothing_out_or_is_unknown_changes_nothing():
    assert aftercare.plan(CARE, {"water": 9, "tea": 3}) == CARE.clocks


def test_what_has_no_end_gets_one_from_the_clinic():
    assert spans(aftercare.plan(CARE, {"picking": 13}), "picking") == ["no-picking 0-13"]


def test_a_clock_with_nothing_left_to_tell_is_not_in_the_plan():
    assert [clock.code for clock in aftercare.plan(CARE, {"picking": -1})] == ["sun", "water"]


def test_a_day_tells_first_what_to_leave_out_and_then_what_to_do():
    assert told(CARE.clocks, 0) == [("sun", "no-sun"), ("picking", "no-picking"), ("water", "drink")]
    assert told(CARE.clocks, 7) == [("picking", "no-picking"), ("sun", "some-sun")]
    assert told(aftercare.plan(CARE, {"sun": 7, "picking": -1}), 7) == [("sun", "no-sun")]


def test_nothing_is_told_before_the_treatment():
    assert told(CARE.clocks, -1) == []


def test_the_last_days_of_what_is_left_out_come_in_order():
    assert aftercare.ends(CARE.clocks) == {6: ["sun"]}
    assert list(aftercare.ends(aftercare.plan(CARE, {"picking": 3, "sun": 9})).items()) == [
        (3, ["picking"]),
        (9, ["sun"]),
    ]
    assert aftercare.ends(aftercare.plan(CARE, {"picking": 6})) == {6: ["sun", "picking"]}


@pytest.mark.parametrize(
    ("code", "last", "loosened"),
    [
        ("sun", 5, True),
        ("sun", -1, True),
        ("sun", 6, False),
        ("sun", 7, False),
        ("picking", 99, True),  # any end is sooner than none
        ("water", 0, False),
    ],
)
def test_a_day_before_the_protocols_loosens(code, last, loosened):
    assert aftercare.loosened(CARE, code, last) is loosened


def test_a_clock_that_is_not_there_cannot_be_loosened():
    with pytest.raises(KeyError):
        aftercare.loosened(CARE, "tea", 3)
    with pytest.raises(KeyError):
        aftercare.needs_reason(CARE, "tea", 3)


@pytest.mark.parametrize(
    ("code", "last", "needed"),
    [
        ("make-up", 5, True),  # sooner than in the protocol
        ("make-up", 6, False),
        ("make-up", 13, False),  # longer, and no document has make-up at once
        ("sunscreen", -1, True),
        ("sunscreen", 0, False),
        ("sunscreen", 1, True),  # longer than any source, and S0 would not wait at all
        ("sunscreen", 6, True),
        ("work", 1, True),
        ("serums", 7, True),
        ("pain-pills", 14, True),
        ("picking", 20, False),  # longer, and some sources name no end
        ("picking", 9, True),
        ("water", 9, False),  # nothing is left out, so nothing is changed
    ],
)
def test_a_reason_is_asked_for_a_day_that_loosens_or_that_no_source_would_wait_for(code, last, needed):
    assert aftercare.needs_reason(PROTOCOL.care, code, last) is needed


def test_no_reason_is_asked_for_the_days_of_the_protocol():
    for clock in PROTOCOL.care.clocks:
        if clock.avoid_to is not None:
            assert not aftercare.needs_reason(PROTOCOL.care, clock.code, clock.avoid_to)


@pytest.mark.parametrize(
    ("day", "where"), [(0, "before"), (27, "before"), (28, "in"), (42, "in"), (43, "past"), (400, "past")]
)
def test_the_window_for_the_next_session(day, where):
    assert aftercare.spacing_on(CARE.spacing, day) == where


@pytest.mark.parametrize(
    ("areas", "codes"),
    [
        (["face"], ["numbing"]),
        (["back"], ["numbing", "large"]),
        (["face", "chest", "back"], ["numbing", "large"]),
        ([], ["numbing"]),
    ],
)
def test_parts_of_the_day_that_are_for_some_areas_are_told_for_those_only(areas, codes):
    assert [stage.code for stage in aftercare.stages_for(CARE, areas)] == codes
