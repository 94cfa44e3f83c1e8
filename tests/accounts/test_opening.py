"""Open time: what is counted of a wait, and when a promise runs out."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.opening import Opening

LONDON = ZoneInfo("Europe/London")
# In 2026: the clocks go forward on Sunday 29 March, back on Sunday 25 October.
MAY_DAY = datetime.date(2026, 5, 4)  # a Monday
WEEKDAYS = range(5)


def hours(*stretches, days=WEEKDAYS):
    read = [tuple(datetime.time.fromisoformat(time) for time in stretch.split("-")) for stretch in stretches]
    return [(day, opens, closes) for day in days for opens, closes in read]


def opening(*stretches, days=WEEKDAYS, holidays=(), zone=LONDON):
    return Opening(zone, hours(*stretches, days=days), frozenset(holidays))


def moment(text, zone=LONDON):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=zone)


NINE_TO_SIX = opening("09:00-18:00")
SHUT_ON_MAY_DAY = opening("09:00-18:00", holidays=[MAY_DAY])
WITH_LUNCH = opening("09:00-12:30", "14:00-18:00")
NEVER_SAID = opening()


@pytest.mark.parametrize(
    ("place", "start", "minutes", "runs_out"),
    [
        (NINE_TO_SIX, "2026-05-06 10:00", 60, "2026-05-06 11:00"),
        (NINE_TO_SIX, "2026-05-06 17:00", 60, "2026-05-06 18:00"),  # to the minute of closing
        (NINE_TO_SIX, "2026-05-06 17:50", 60, "2026-05-07 09:50"),  # over the night
        (NINE_TO_SIX, "2026-05-06 07:00", 60, "2026-05-06 10:00"),  # before they open
        (NINE_TO_SIX, "2026-05-06 18:00", 60, "2026-05-07 10:00"),  # as they close
        (NINE_TO_SIX, "2026-05-08 17:50", 60, "2026-05-11 09:50"),  # over the weekend
        (NINE_TO_SIX, "2026-05-09 12:00", 60, "2026-05-11 10:00"),  # on a Saturday
        (NINE_TO_SIX, "2026-05-06 17:00", 480, "2026-05-07 16:00"),
        (NINE_TO_SIX, "2026-05-06 17:00", 1200, "2026-05-11 10:00"),  # 1 + 9 + 9 + 1 hours
        (SHUT_ON_MAY_DAY, "2026-05-01 17:50", 60, "2026-05-05 09:50"),  # over a weekend and a holiday
        (SHUT_ON_MAY_DAY, "2026-05-04 12:00", 60, "2026-05-05 10:00"),  # on the holiday
        (WITH_LUNCH, "2026-05-06 12:00", 60, "2026-05-06 14:30"),
        (WITH_LUNCH, "2026-05-06 13:00", 60, "2026-05-06 15:00"),
        (NEVER_SAID, "2026-05-09 23:30", 60, "2026-05-10 00:30"),
    ],
)
def test_a_promise_in_minutes_is_counted_while_the_doors_are_open(place, start, minutes, runs_out):
    start, runs_out = moment(start), moment(runs_out)
    assert place.after(start, datetime.timedelta(minutes=minutes)) == runs_out
    if place.hours:
        assert place.open_between(start, runs_out) == datetime.timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("place", "start", "days", "runs_out"),
    [
        (NINE_TO_SIX, "2026-05-06 10:00", 1, "2026-05-07 18:00"),  # Wednesday: Thursday's end
        (NINE_TO_SIX, "2026-05-06 17:59", 1, "2026-05-07 18:00"),
        (NINE_TO_SIX, "2026-05-06 20:00", 1, "2026-05-07 18:00"),
        (NINE_TO_SIX, "2026-05-06 07:00", 1, "2026-05-06 18:00"),  # a day that has not begun is the next one
        (NINE_TO_SIX, "2026-05-08 16:30", 1, "2026-05-11 18:00"),  # Friday: Monday's end
        (NINE_TO_SIX, "2026-05-09 12:00", 1, "2026-05-11 18:00"),
        (NINE_TO_SIX, "2026-05-08 16:30", 2, "2026-05-12 18:00"),
        (NINE_TO_SIX, "2026-05-06 10:00", 0, "2026-05-06 18:00"),  # the same day
        (NINE_TO_SIX, "2026-05-06 07:00", 0, "2026-05-06 18:00"),
        (NINE_TO_SIX, "2026-05-06 20:00", 0, "2026-05-07 18:00"),
        (NINE_TO_SIX, "2026-05-09 12:00", 0, "2026-05-11 18:00"),
        (SHUT_ON_MAY_DAY, "2026-05-01 16:30", 1, "2026-05-05 18:00"),  # the eve of a holiday
        (SHUT_ON_MAY_DAY, "2026-05-04 10:00", 0, "2026-05-05 18:00"),
        (WITH_LUNCH, "2026-05-06 13:00", 0, "2026-05-06 18:00"),  # at lunch the day is under way
        (WITH_LUNCH, "2026-05-06 13:00", 1, "2026-05-07 18:00"),
        (NEVER_SAID, "2026-05-09 23:30", 1, "2026-05-10 23:30"),
        (NEVER_SAID, "2026-05-09 23:30", 0, "2026-05-10 23:30"),
    ],
)
def test_a_promise_in_working_days_runs_out_when_the_doors_close(place, start, days, runs_out):
    assert place.end_of_working_day(moment(start), days) == moment(runs_out)


@pytest.mark.parametrize(
    ("place", "start", "end", "minutes"),
    [
        (NINE_TO_SIX, "2026-05-06 10:00", "2026-05-06 10:42", 42),
        (NINE_TO_SIX, "2026-05-06 19:00", "2026-05-07 08:00", 0),
        (NINE_TO_SIX, "2026-05-08 17:00", "2026-05-11 10:00", 120),
        (SHUT_ON_MAY_DAY, "2026-05-01 17:00", "2026-05-05 10:00", 120),
        (WITH_LUNCH, "2026-05-06 12:00", "2026-05-06 15:00", 90),
        (NINE_TO_SIX, "2026-05-06 10:00", "2026-05-06 09:00", 0),  # a clock that was put back
        (NEVER_SAID, "2026-05-09 23:30", "2026-05-10 00:30", 60),
        (NEVER_SAID, "2026-05-09 23:30", "2026-05-09 22:30", 0),
    ],
)
def test_only_open_time_is_counted_as_waiting(place, start, end, minutes):
    assert place.open_between(moment(start), moment(end)) == datetime.timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-03-28 23:00", "2026-03-29 04:00", 4),  # a night of one hour less
        ("2026-10-24 23:00", "2026-10-25 04:00", 6),  # and of one hour more
    ],
)
def test_a_night_on_which_the_clocks_change_is_as_long_as_it_is(start, end, said):
    said = datetime.timedelta(hours=said)
    for always in (opening("00:00-23:59", days=range(7)), NEVER_SAID):
        assert abs(always.open_between(moment(start), moment(end)) - said) <= datetime.timedelta(minutes=1)
    assert NEVER_SAID.after(moment(start), said) == moment(end)


def test_hours_are_local_on_both_sides_of_a_change_of_the_clocks():
    for friday, monday in (("2026-03-27", "2026-03-30"), ("2026-10-23", "2026-10-26")):
        hour = datetime.timedelta(hours=1)
        assert NINE_TO_SIX.after(moment(f"{friday} 17:30"), hour) == moment(f"{monday} 09:30")
        assert NINE_TO_SIX.end_of_working_day(moment(f"{friday} 17:30"), 1) == moment(f"{monday} 18:00")


def test_a_stretch_that_falls_into_the_hour_that_is_left_out_does_not_run_backwards():
    night = opening("01:30-02:15", days=[6])
    sunday = datetime.date(2026, 3, 29)
    assert night.on(sunday) == []
    assert night.open_between(moment("2026-03-29 00:00"), moment("2026-03-29 06:00")) == datetime.timedelta()
    assert night.opens_after(moment("2026-03-28 12:00")) == moment("2026-04-05 01:30")


def test_hours_that_meet_or_overlap_are_counted_once():
    noon = moment("2026-05-06 12:00")
    for place in (opening("09:00-12:00", "12:00-18:00"), opening("09:00-18:00", "10:00-12:00", "17:00-18:00")):
        assert place.closes_at(noon - datetime.timedelta(hours=1)) == moment("2026-05-06 18:00")
        assert place.open_between(moment("2026-05-06 00:00"), moment("2026-05-07 00:00")) == datetime.timedelta(hours=9)
        assert place.opens_after(noon) == moment("2026-05-07 09:00")


@pytest.mark.parametrize(
    ("place", "at", "closes", "opens"),
    [
        (NINE_TO_SIX, "2026-05-06 08:59", None, "2026-05-06 09:00"),
        (NINE_TO_SIX, "2026-05-06 09:00", "2026-05-06 18:00", "2026-05-07 09:00"),
        (NINE_TO_SIX, "2026-05-06 18:00", None, "2026-05-07 09:00"),
        (NINE_TO_SIX, "2026-05-08 19:00", None, "2026-05-11 09:00"),
        (SHUT_ON_MAY_DAY, "2026-05-04 10:00", None, "2026-05-05 09:00"),
        (WITH_LUNCH, "2026-05-06 10:00", "2026-05-06 12:30", "2026-05-06 14:00"),
        (WITH_LUNCH, "2026-05-06 13:00", None, "2026-05-06 14:00"),
        (NEVER_SAID, "2026-05-06 10:00", None, None),
    ],
)
def test_it_says_until_when_the_doors_are_open_and_when_they_open(place, at, closes, opens):
    assert place.closes_at(moment(at)) == (moment(closes) if closes else None)
    assert place.opens_after(moment(at)) == (moment(opens) if opens else None)


def test_a_place_that_is_closed_for_months_counts_as_one_without_hours():
    summer = [datetime.date(2026, 5, 1) + datetime.timedelta(days=n) for n in range(100)]
    closed, start = opening("09:00-18:00", holidays=summer), moment("2026-05-06 10:00")
    assert closed.opens_after(start) is None
    assert closed.after(start, datetime.timedelta(hours=1)) == moment("2026-05-06 11:00")
    assert closed.end_of_working_day(start, 1) == moment("2026-05-07 10:00")


def test_the_zone_of_who_asks_changes_nothing():
    for zone in (datetime.UTC, ZoneInfo("Pacific/Auckland"), ZoneInfo("America/New_York")):
        asked = moment("2026-05-08 17:50").astimezone(zone)
        assert NINE_TO_SIX.after(asked, datetime.timedelta(hours=1)) == moment("2026-05-11 09:50")
        assert NINE_TO_SIX.end_of_working_day(asked, 1) == moment("2026-05-11 18:00")
        assert NINE_TO_SIX.closes_at(asked) == moment("2026-05-08 18:00")
