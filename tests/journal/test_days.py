"""Days are dates of the calendar where the treatment was done, whatever the clocks there do."""

import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from journal.models import Entry, Flag, Treatment
from journal.recovery.assess import assess
from tests.conftest import make_treatment

from .tables import log, posted, stop_clock, words

tried = settings(deadline=None, database=None, max_examples=300)


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def date(text):
    return datetime.date.fromisoformat(text)


def treated(on, zone="Europe/London"):
    return Treatment(treated_on=on, time_zone=zone, areas=["face"])


def day(treatment, moment):
    return treatment.day_of(treatment.today(moment))


def minutes(count):
    return datetime.timedelta(minutes=count)


# Zone, date of the treatment, when its day 1 and day 2 begin (UTC), and how many hours its day 1 has.
CLOCK_CHANGES = [
    ("Europe/London", "2026-03-28", "2026-03-29T00:00", "2026-03-29T23:00", 23),
    ("Europe/London", "2026-10-24", "2026-10-24T23:00", "2026-10-26T00:00", 25),
    ("America/New_York", "2026-03-07", "2026-03-08T05:00", "2026-03-09T04:00", 23),
    ("America/New_York", "2026-10-31", "2026-11-01T04:00", "2026-11-02T05:00", 25),
    ("Australia/Sydney", "2026-10-03", "2026-10-03T14:00", "2026-10-04T13:00", 23),
    ("Australia/Sydney", "2026-04-04", "2026-04-04T13:00", "2026-04-05T14:00", 25),
    ("Australia/Lord_Howe", "2026-04-04", "2026-04-04T13:00", "2026-04-05T13:30", 24.5),
    ("Asia/Tokyo", "2026-03-28", "2026-03-28T15:00", "2026-03-29T15:00", 24),
    ("Asia/Kolkata", "2026-10-24", "2026-10-24T18:30", "2026-10-25T18:30", 24),
    ("America/Phoenix", "2026-03-07", "2026-03-08T07:00", "2026-03-09T07:00", 24),
]


@pytest.mark.parametrize(("zone", "on", "first", "second", "hours"), CLOCK_CHANGES)
def test_the_day_after_an_evening_treatment_lasts_from_midnight_to_midnight(zone, on, first, second, hours):
    treatment, first, second = treated(date(on), zone), utc(first), utc(second)
    assert second - first == datetime.timedelta(hours=hours)
    around = [first - minutes(1), first, second - minutes(1), second]
    assert [day(treatment, moment) for moment in around] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("zone", "on"),
    [
        ("Europe/London", "2026-03-21"),
        ("Europe/London", "2026-10-17"),
        ("Australia/Sydney", "2026-03-28"),
        ("Asia/Tokyo", "2026-03-21"),
    ],
)
def test_day_eight_is_day_eight_with_a_change_of_clocks_before_it(pat, cara, zone, on):
    treatment = make_treatment(pat, date(on), cara, time_zone=zone)
    log(treatment, "day redness\n7 1\n8 1")
    flag = Flag.objects.get(rule="R-1")
    assert (flag.day, list(flag.fired_on)) == (8, [treatment.date_of(8).isoformat()])


# Zone, the last date before, the first date after, and the moment between them (UTC). In some there is no midnight.
NEW_DATES = [
    ("Pacific/Kiritimati", "2026-06-15", "2026-06-16", "2026-06-15T10:00"),
    ("Pacific/Chatham", "2026-06-15", "2026-06-16", "2026-06-15T11:15"),
    ("Asia/Kathmandu", "2026-06-15", "2026-06-16", "2026-06-15T18:15"),
    ("Etc/UTC", "2026-06-15", "2026-06-16", "2026-06-16T00:00"),
    ("Pacific/Marquesas", "2026-06-15", "2026-06-16", "2026-06-16T09:30"),
    ("Pacific/Pago_Pago", "2026-06-15", "2026-06-16", "2026-06-16T11:00"),
    ("Pacific/Kiritimati", "2027-12-31", "2028-01-01", "2027-12-31T10:00"),
    ("Pacific/Pago_Pago", "2027-12-31", "2028-01-01", "2028-01-01T11:00"),
]
NO_MIDNIGHT = [
    ("America/Sao_Paulo", "2018-11-03", "2018-11-04", "2018-11-04T03:00"),
    ("Asia/Tehran", "2022-03-21", "2022-03-22", "2022-03-21T20:30"),
    ("Africa/Cairo", "2023-04-27", "2023-04-28", "2023-04-27T22:00"),
    ("America/Havana", "2024-03-09", "2024-03-10", "2024-03-10T05:00"),
    ("Asia/Beirut", "2024-03-30", "2024-03-31", "2024-03-30T22:00"),
    ("America/Santiago", "2024-09-07", "2024-09-08", "2024-09-08T04:00"),
    ("America/Asuncion", "2024-10-05", "2024-10-06", "2024-10-06T04:00"),
]
NO_DAY = ("Pacific/Apia", "2011-12-29", "2011-12-31", "2011-12-30T10:00")


@pytest.mark.parametrize(("zone", "last", "first", "moment"), [*NEW_DATES, *NO_MIDNIGHT, NO_DAY])
def test_an_entry_in_the_last_minute_of_a_date_and_one_in_the_first_of_the_next_are_two_days(
    pat, cara, as_, monkeypatch, zone, last, first, moment
):
    treatment, moment = make_treatment(pat, date(last), cara, time_zone=zone), utc(moment)
    later = (date(first) - date(last)).days
    stop_clock(monkeypatch, moment - minutes(1))
    browser = as_(pat)
    assert "Your treatment day" in words(browser.get("/"))
    assert browser.post("/log/", posted(treatment, later, redness="1")).status_code == 422
    assert browser.post("/log/", posted(treatment, 0, redness="2")).status_code == 302
    stop_clock(monkeypatch, moment)
    assert f"Day {later} after treatment" in words(browser.get("/"))
    assert browser.post("/log/", posted(treatment, later, redness="1")).status_code == 302
    assert [(entry.day, entry.on) for entry in Entry.objects.all()] == [(0, date(last)), (later, date(first))]


@pytest.mark.parametrize(("zone", "last", "first", "moment"), NO_MIDNIGHT)
def test_where_midnight_is_skipped_the_day_begins_at_one(zone, last, first, moment):
    moment = utc(moment)
    assert moment.astimezone(ZoneInfo(zone)).time() == datetime.time(1)
    assert [treated(date(last), zone).today(moment + minutes(n)) for n in (-1, 0, 1)] == [
        date(last),
        date(first),
        date(first),
    ]


def test_a_date_that_a_country_skipped_is_a_gap_between_its_neighbours(pat, cara):
    """Samoa went from 29 to 31 December 2011: the days are counted by the calendar, one is missing."""
    treatment = make_treatment(pat, date("2011-12-28"), cara, time_zone="Pacific/Apia")
    log(treatment, "day redness\n0 3\n1 2\n3 1\n4 1")
    assert [reading.day for reading in treatment.course().readings] == [0, 1, 3, 4]
    assert [day(treatment, utc(f"2011-12-30T{clock}")) for clock in ("09:59", "10:00")] == [1, 3]


def test_three_dates_at_one_moment_are_day_0_of_three_treatments():
    moment = utc("2026-06-15T10:30")
    for zone, on in (("Pacific/Kiritimati", 16), ("Europe/London", 15), ("Pacific/Pago_Pago", 14)):
        assert day(treated(datetime.date(2026, 6, on), zone), moment) == 0


@pytest.mark.parametrize(
    ("zone", "on", "once", "again"),
    [
        ("Europe/London", "2026-10-25", "2026-10-25T00:30", "2026-10-25T01:30"),  # half past one, twice
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18T01:30", "2018-02-18T02:30"),  # half past eleven at night
    ],
)
def test_an_hour_that_comes_twice_is_of_one_day_and_its_two_submissions_are_one_entry(pat, cara, zone, on, once, again):
    treatment = make_treatment(pat, date(on), cara, time_zone=zone)
    assert day(treatment, utc(once)) == day(treatment, utc(again)) == 0
    log(treatment, "day redness\n0 3", at=utc(once))
    entry = log(treatment, "day redness\n0 2", at=utc(again))
    assert Entry.objects.get() == entry
    assert entry.revisions.count() == 2


def test_where_clocks_went_back_over_midnight_the_evening_came_again_and_no_entry_doubled(pat, cara, as_, monkeypatch):
    """Newfoundland went from 00:01 back to 23:01 until 2010: the one way in which a date there came twice."""
    treatment = make_treatment(pat, date("2010-11-06"), cara, time_zone="America/St_Johns")
    browser = as_(pat)
    for moment, now, first, second in (
        ("2010-11-07T02:29", "Your treatment day", 302, 422),
        ("2010-11-07T02:30", "Day 1 after treatment", 302, 302),
        ("2010-11-07T02:31", "Your treatment day", 302, 422),
        ("2010-11-07T03:30", "Day 1 after treatment", 302, 302),
    ):
        stop_clock(monkeypatch, utc(moment))
        assert now in words(browser.get("/"))
        sent = [browser.post("/log/", posted(treatment, of, redness="1")).status_code for of in (0, 1)]
        assert sent == [first, second]
    assert [entry.day for entry in Entry.objects.all()] == [0, 1]


@pytest.mark.parametrize("year", [2024, 2028])
def test_days_count_on_from_a_treatment_on_29_february(year):
    treatment = treated(datetime.date(year, 2, 29))
    around = [(2, 28), (2, 29), (3, 1), (3, 8)]
    assert [treatment.day_of(datetime.date(year, *on)) for on in around] == [-1, 0, 1, 8]
    assert [treatment.date_of(count) for count in (-1, 1, 365, 366)] == [
        datetime.date(year, 2, 28),
        datetime.date(year, 3, 1),
        datetime.date(year + 1, 2, 28),
        datetime.date(year + 1, 3, 1),
    ]


@pytest.mark.parametrize(("year", "flagged"), [(2024, [8]), (2026, []), (2027, []), (2028, [8])])
def test_1_march_is_a_day_later_in_the_course_of_a_leap_year(pat, cara, year, flagged):
    treatment = make_treatment(pat, datetime.date(year, 2, 22), cara)
    log(treatment, f"day redness\n{treatment.day_of(datetime.date(year, 3, 1))} 1")
    assert [flag.day for flag in Flag.objects.filter(rule="R-1")] == flagged


@pytest.mark.parametrize(("year", "found", "kept"), [(2024, 200, 302), (2027, 404, 422), (2028, 200, 302)])
def test_29_february_can_be_written_in_the_years_that_have_it(pat, cara, as_, monkeypatch, year, found, kept):
    make_treatment(pat, datetime.date(year, 2, 27), cara)
    stop_clock(monkeypatch, utc(f"{year}-03-02T12:00"))
    browser, on = as_(pat), f"{year}-02-29"
    assert browser.get(f"/log/{on}/").status_code == found
    assert browser.post("/log/", {"date": on, "redness": "1"}).status_code == kept
    assert [entry.day for entry in Entry.objects.all()] == ([2] if kept == 302 else [])


@pytest.mark.parametrize("year", [2027, 2028])
def test_days_count_on_over_the_end_of_a_year(pat, cara, year):
    treatment = make_treatment(pat, datetime.date(year, 12, 25), cara)
    log(treatment, "day redness\n6 0\n7 1\n8 1")
    dates = [datetime.date(year, 12, 31), datetime.date(year + 1, 1, 1), datetime.date(year + 1, 1, 2)]
    assert [(entry.on, entry.day) for entry in Entry.objects.all()] == list(zip(dates, (6, 7, 8), strict=True))
    assert Flag.objects.get(rule="R-1").on == dates[2]


DATES = st.dates(date("2000-01-01"), date("2035-12-31"))
ZONES = st.sampled_from(sorted(available_timezones()))
TREATMENTS = st.builds(treated, DATES, ZONES)
CLOCKS = st.sampled_from([datetime.time(23, 59, 59), datetime.time(0), datetime.time(0, 30)]) | st.times()


def midnight(on, zone):
    """The moment when a date begins there; where midnight is skipped, the moment of the skip."""
    return datetime.datetime.combine(on, datetime.time(0), zone).astimezone(datetime.UTC)


def changes(year, zone):
    """The dates of a year on which the clocks there change."""
    dates = [datetime.date(year, 1, 1) + datetime.timedelta(days=n) for n in range(366)]
    return [on for on, after in pairwise(dates) if midnight(after, zone) - midnight(on, zone) != minutes(24 * 60)]


@st.composite
def moments(draw, zone, since):
    """Any instant, but oftener than by chance on a date when the clocks change, and near its midnight."""
    year = draw(st.integers(since, 2035))
    on = st.dates(datetime.date(year, 1, 1), datetime.date(year, 12, 31))
    if changed := changes(year, zone):
        on = st.sampled_from(changed) | on
    return midnight(draw(on), zone) + minutes(draw(st.integers(-90, 90) | st.integers(0, 24 * 60)))


@tried
@given(TREATMENTS, st.integers(-10_000, 10_000), DATES)
def test_a_day_and_its_date_lead_to_each_other(treatment, count, on):
    assert treatment.day_of(treatment.date_of(count)) == count
    assert treatment.date_of(treatment.day_of(on)) == on


@tried
@given(TREATMENTS, DATES, CLOCKS, st.sampled_from([0, 1]))
def test_today_is_the_date_that_a_wall_clock_there_shows(treatment, on, clock, fold):
    wall = datetime.datetime.combine(on, clock, treatment.zone).replace(fold=fold)
    # A time that the clocks skipped was shown by none. Of its two offsets the first is the smaller: a way to tell.
    assume(wall.replace(fold=0).utcoffset() >= wall.replace(fold=1).utcoffset())
    assert treatment.today(wall.astimezone(datetime.UTC)) == on


@tried
@given(TREATMENTS, st.data())
def test_a_date_is_today_from_its_midnight_to_the_next(treatment, pick):
    moment = pick.draw(moments(treatment.zone, since=2011))
    today = treatment.today(moment)
    tomorrow = today + datetime.timedelta(days=1)
    assert midnight(today, treatment.zone) <= moment < midnight(tomorrow, treatment.zone)


@tried
@given(TREATMENTS, st.data(), st.sampled_from([1, 30, 60]) | st.integers(0, 10_000))
def test_time_that_passes_never_makes_the_day_smaller(treatment, pick, passed):
    """From 2011 on; the test about Newfoundland says what came before."""
    moment = pick.draw(moments(treatment.zone, since=2011))
    assert day(treatment, moment) <= day(treatment, moment + minutes(passed))


SCORES = st.none() | st.integers(0, 4)
SIGNS = st.sampled_from(["pus", "warmth", "swelling", "bruising", "increasing_pain", "firm_bumps", "blisters"])
ANSWERS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("redness", "dryness", "tightness", "itch"), SCORES),
        "signs": st.lists(SIGNS, max_size=3, unique=True),
        "worried": st.booleans(),
    }
)


def findings(treatment, answers):
    entries = [Entry(treatment=treatment, on=treatment.date_of(of), **said) for of, said in answers.items()]
    return assess(treatment.course(entries), treatment.protocol)


@tried
@given(TREATMENTS, TREATMENTS, st.dictionaries(st.integers(-10, 60), ANSWERS, max_size=8))
def test_a_course_in_another_place_and_year_gives_the_same_findings(here, elsewhere, answers):
    assert findings(here, answers) == findings(elsewhere, answers)
