"""The whole plan around a treatment, to read and to print, and its dates for a calendar."""

import datetime
import re

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.models import AccessEvent
from journal import protocols
from journal.actions import treatments
from journal.models import Visit
from tests.conftest import make_treatment

from .tables import stop_clock_on, words

START = datetime.date(2026, 6, 15)  # a Monday
CARE = protocols.load(protocols.CURRENT).care
CALENDAR = "/care/calendar.ics"


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def on(as_, pat, monkeypatch):
    """What Pat gets from an address on a day of the treatment."""

    def get(day, address="/care/"):
        stop_clock_on(monkeypatch, START, day)
        return as_(pat).get(address)

    return get


def date(day):
    return START + datetime.timedelta(days=day)


def test_everything_is_in_it_from_the_week_before_to_the_results(on, treatment):
    said = words(on(-7))
    told = [*CARE.preparation, *(advice for clock in CARE.clocks for advice in clock.advice)]
    parts = [*CARE.comforts, *CARE.results, *(stage for stage in CARE.stages if not stage.areas)]
    assert [row.code for row in [*told, *parts] if row.text not in said] == []
    assert [clock.topic for clock in CARE.clocks if clock.topic not in said] == []


def test_each_line_says_where_it_comes_from(on, treatment):
    page = on(-7).content.decode()
    rows = [*CARE.preparation, *CARE.comforts, *CARE.results]
    rows += [advice for clock in CARE.clocks for advice in clock.advice]
    said = words(on(-7))
    assert [row.code for row in rows if row.basis not in said] == []
    assert page.count("Where this comes from") + page.count("where this comes from") >= len(rows)


def test_a_clock_has_dates_and_the_range_of_all_documents_the_most_cautious_first(on, treatment):
    make_up = CARE.clock("make-up")
    said = re.search(r"Make-up until (.*?)where this comes from", words(on(0)))[1]
    assert said.startswith(f"{date(make_up.avoid_to):%a} {date(make_up.avoid_to).day} {date(make_up.avoid_to):%b}")
    assert f"What {len(make_up.claims)} documents say: until day {make_up.claims[0].to_day} (" in said
    assert said.index(f"until day {make_up.avoid_to} (") < said.index("not at all (")


def test_only_parts_of_the_day_for_the_treated_areas_are_told(on, treatment):
    elsewhere = [stage for stage in CARE.stages if stage.areas and "face" not in stage.areas]
    said = words(on(0))
    assert elsewhere
    assert [stage.code for stage in elsewhere if stage.text in said] == []


def test_before_the_next_treatment_its_preparation_stands_beside_the_aftercare_of_this_one(on, treatment, cara):
    assert "Before the" not in words(on(20))
    make_treatment(treatment.patient, date(35), cara)
    said = words(on(28))
    assert "Before your next treatment on 20 July" in said
    assert "The treatment day, Monday, 15 June" in said


def test_what_the_clinic_wrote_down_of_the_day_is_told_but_not_its_note(on, treatment, cara):
    assert "What your clinic wrote down" not in words(on(1))
    facts = {"serum": "Clear gel", "serum_lot": "B-17", "numbing_minutes": 40, "note": "Was nervous."}
    Visit.objects.create(treatment=treatment, **facts, at=timezone.now(), by=cara)
    said = words(on(1))
    assert "What your clinic wrote down Numbing 40 minutes Serum or gel Clear gel (B-17)" in said
    assert "nervous" not in said


def test_without_a_treatment_it_says_what_is_missing(on, pat):
    assert "Your clinic has not written down a treatment for you yet." in words(on(0))
    assert on(0, CALENDAR).url == "/care/"


def test_the_clinic_reads_the_plan_of_one_treatment_and_that_is_noted(as_, cara, treatment):
    said = words(as_(cara).get(f"/treatments/{treatment.pk}/care/"))
    assert "Pat Moss" in said
    assert CARE.preparation[0].text in said
    assert "Get the calendar file" not in said
    assert AccessEvent.objects.filter(target_id=str(treatment.pk), verb="read", actor_id=cara.pk).count() == 1


def test_a_cancelled_treatment_has_no_plan(as_, cara, treatment):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert as_(cara).get(f"/treatments/{treatment.pk}/care/").status_code == 404


def events(answer):
    """What a standard parser makes of the file: date by id."""
    calendar = Calendar.from_ical(answer.content)
    return {str(event["uid"]): event.decoded("dtstart") for event in calendar.walk("VEVENT")}


def test_the_calendar_file_has_the_days_on_which_something_begins(on, treatment):
    found = sorted((day - START).days for day in events(on(-10, CALENDAR)).values())
    ends = {clock.avoid_to + 1 for clock in CARE.clocks if clock.avoid_to is not None}
    weeks = {milestone.day for milestone in CARE.milestones}
    assert {-7, 0, *ends, *weeks, CARE.spacing.from_day} <= set(found)
    assert len(found) == len(set(found))


def test_days_that_are_over_are_not_in_it(on, treatment):
    assert min(events(on(8, CALENDAR)).values()) >= date(8)


def test_a_calendar_learns_nothing_but_a_neutral_title_and_dates(on, treatment, clinic):
    calendar = Calendar.from_ical(on(-10, CALENDAR).content)
    for event in calendar.walk("VEVENT"):
        assert str(event["summary"]) == "Afterglow: look at today’s page"
        assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "CLASS", "TRANSP"}
        assert event.decoded("dtend") - event.decoded("dtstart") == datetime.timedelta(days=1)
    text = on(-10, CALENDAR).content.decode()
    for word in (clinic.name, "Pat", "http", str(treatment.pk), str(treatment.pk)[:8], "needl", "skin", "treat"):
        assert word.lower() not in text.lower()


def test_the_file_is_a_download_that_nobody_keeps(on, treatment):
    answer = on(0, CALENDAR)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="journal.ics"'
    assert answer["Cache-Control"] == "no-store"
    assert b"\r\n" in answer.content


def test_an_event_keeps_its_id_and_moves_with_the_treatment(on, treatment, cara):
    before = events(on(-10, CALENDAR))
    assert events(on(-9, CALENDAR)) == before
    treatments.correct(treatment=treatment, fields={"treated_on": date(2)}, by=cara, at=timezone.now())
    after = events(on(-10, CALENDAR))
    assert after == {uid: day + datetime.timedelta(days=2) for uid, day in before.items()}


def test_no_two_patients_share_an_id(on, treatment, vera, cara, as_):
    make_treatment(vera, START, cara)
    hers = events(on(-10, CALENDAR))
    assert not hers.keys() & events(as_(vera).get(CALENDAR)).keys()


def test_the_next_treatment_is_in_it_and_ends_the_days_of_this_one(on, treatment, cara):
    week_six = date(42)
    assert week_six in events(on(0, CALENDAR)).values()
    make_treatment(treatment.patient, date(30), cara)
    days = events(on(0, CALENDAR)).values()
    assert {date(30 - 7), date(30), date(30 + 14)} <= set(days)
    assert week_six not in days
    assert len(days) == len(set(days))
