"""The whole plan around a treatment, to read and to print, and its dates for a calendar."""

import datetime
import re

import pytest
from django.utils import timezone
from icalendar import Calendar

from accounts.models import AccessEvent
from journal import protocols
from journal.actions import treatments
from journal.actions.care import add_product, change_care
from journal.models import Visit
from tests.conftest import decide_before, make_treatment

from .tables import log, stop_clock_on, words

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
    said = re.search(r"Make-up leave out through (.*?)where this comes from", words(on(0)))[1]
    assert said.startswith(f"{date(make_up.avoid_to):%a} {date(make_up.avoid_to).day} {date(make_up.avoid_to):%b}")
    assert f"How long documents would leave it out: through day {make_up.claims[0].to_day} (S3, " in said
    assert said.index(f"through day {make_up.avoid_to} (") < said.index("no wait (E15)")


def test_what_may_be_done_again_has_no_end(on, treatment):
    again = CARE.clock("make-up").advice[1]
    first = date(again.from_day)
    assert again.to_day is not None
    said = words(on(0))
    assert f"from {first:%a} {first.day} {first:%b} {again.text}" in said
    assert f"From day {again.from_day} on: where this comes from" in said


def test_a_topic_that_is_left_out_a_second_time_tells_the_date_that_counts_now(on, treatment):
    strong = CARE.clock("sun").advice[1]
    last = date(strong.to_day)
    assert not strong.does
    told = f"Sun Strong sun: leave out through {last:%a} {last.day} {last:%b}"
    assert told in words(on(strong.from_day))
    assert told not in words(on(strong.from_day - 1))


def test_where_the_clinic_chose_a_day_the_plan_says_so_and_leads_with_it(on, treatment, clinic, cara):
    written = CARE.clock("make-up")
    plain = "this plan follows the most careful one. What your clinic tells you"
    assert plain in words(on(0))
    changed = {"clinic": clinic, "protocol": treatment.protocol, "clock": "make-up", "by": cara, "at": timezone.now()}
    change_care(**changed, avoid_to=1, reason="Mineral powder.")
    said = words(on(0))
    assert "most careful one, except where your clinic chose a date." in said
    assert plain not in said
    chosen = f"The documents’ longest wait is through day {written.avoid_to}. Your clinic chose through day 1."
    assert f"Days 0 and 1: where this comes from {chosen}" in said
    change_care(**changed, avoid_to=written.avoid_to, reason="")
    assert plain in words(on(0))


def test_while_something_is_not_closed_nothing_is_begun_again(on, treatment):
    stop = "Do not start anything again until you have spoken with your clinic."
    again = CARE.clock("make-up").advice[1]
    assert stop not in words(on(8))
    log(treatment, "day redness\n8 1")
    said = words(on(8))
    assert f"What your clinic tells you comes first. {stop}" in said
    assert f"when your clinic says so {again.text}" in said
    assert CARE.clock("soothing").advice[0].again  # but it was never left out
    assert f"when your clinic says so {CARE.clock('soothing').advice[0].text}" not in said


def test_a_day_that_is_past_is_not_told_as_the_last_while_something_is_not_closed(on, as_, cara, treatment):
    make_up, date_told = "Make-up leave out ", "leave out through Sun 21 Jun"
    log(treatment, "day signs\n3 pus")
    assert f"Make-up {date_told} " in words(on(6))
    said = words(on(8))
    assert f"{make_up}until your clinic says so " in said
    assert f"Soap and cleanser: leave out through {date(1):%a %d %b}" in said  # nothing there begins again
    assert "if you can rest: leave out until" not in said  # and work went on from the day after
    assert f"Make-up {date_told}, then until your clinic says so " in words(
        as_(cara).get(f"/treatments/{treatment.pk}/care/")
    )


def test_the_clinic_hands_over_no_date_to_begin_again_while_something_is_not_closed(on, as_, cara, treatment, vera):
    log(make_treatment(vera, START, cara), "day redness\n8 1")
    on(8)
    address, again = f"/treatments/{treatment.pk}/care/", "when your clinic says so"
    assert again not in words(as_(cara).get(address))
    log(treatment, "day redness\n8 1")
    assert again in words(as_(cara).get(address))


def test_on_the_day_the_plan_tells_what_holds_until_the_visit_is_written_down(on, treatment, cara):
    held = [advice.text for advice in CARE.preparation if advice.holds_on(0)]
    said = words(on(0))
    assert "Before and during your visit" in said
    assert [text for text in held if text not in said] == []
    Visit.objects.create(treatment=treatment, cleaned=True, at=timezone.now(), by=cara)
    assert "Before and during your visit" not in words(on(0))


@pytest.fixture
def decide(cara):
    """What the clinic says of a treatment after its questions."""

    def decided(treatment, decision):
        return decide_before(treatment, decision, cara)

    return decided


ASK = "Ask your clinic about your date"


@pytest.mark.parametrize("decision", ["wait", "decline"])
@pytest.mark.parametrize("day", [-20, -3, 0])
def test_a_treatment_that_was_put_off_has_no_plan_and_no_dates(on, treatment, decide, decision, day):
    decide(treatment, decision)
    said = words(on(day))
    assert ASK in said
    assert "15 June" not in said
    assert "Get the calendar file" not in said
    assert on(day, CALENDAR).url == "/care/"
    decide(treatment, "treat")
    assert ASK not in words(on(day))
    assert events(on(day, CALENDAR))


def test_what_was_put_off_takes_nothing_from_the_plan_of_the_treatment_before(on, treatment, decide, cara):
    days = events(on(0, CALENDAR))
    decide(make_treatment(treatment.patient, date(30), cara), "wait")
    said = words(on(28))
    assert ASK in said
    assert "Before your next treatment" not in said
    assert "After the treatment" in said
    assert events(on(0, CALENDAR)) == days


def test_the_clinic_still_reads_the_plan_of_what_it_put_off(on, as_, cara, treatment, decide):
    decide(treatment, "wait")
    on(-3)
    said = words(as_(cara).get(f"/treatments/{treatment.pk}/care/"))
    assert ASK in said
    assert CARE.preparation[0].text in said


def test_products_go_with_what_may_be_done(on, treatment, clinic, cara):
    for clock in ("moisturizer", "pain-pills"):
        add_product(clinic=clinic, clock=clock, name=f"Plain {clock}", by=cara, at=timezone.now())
    page = words(on(0))
    assert f"{CARE.clock('moisturizer').advice[1].text} (" in page
    assert page.count("names: Plain moisturizer.") == 1  # with that line, and not with what helps: it is left out today
    assert words(on(2)).count("names: Plain moisturizer.") > 1
    assert "Plain pain-pills" not in page


def test_documents_are_told_by_their_codes_and_once_by_their_titles(on, treatment):
    said = words(on(0))
    closing = said.split("The documents:")[1]
    assert f"{CARE.clock('sun').advice[0].text} (S3, S1, S0, E15, E99)" in said
    for claim in CARE.clock("make-up").claims:
        source = claim.statement.source
        assert f"{source.code} {source.title}" in closing


def test_the_clinic_is_led_back_to_the_patient(as_, cara, treatment):
    page = as_(cara).get(f"/treatments/{treatment.pk}/care/").content.decode()
    assert f'href="/patients/{treatment.patient_id}/">Pat Moss</a>' in page


def test_each_way_to_a_topic_ends_at_one(on, treatment):
    ways = re.findall(r'href="/care/#([a-z-]+)"', on(3, "/").content.decode())
    assert {"after", "topic-sun"} <= set(ways)
    page = on(3).content.decode()
    assert [way for way in ways if page.count(f'id="{way}"') != 1] == []
    assert 'id="before"' in on(-3).content.decode()
    assert "/care/#before" in on(-3, "/").content.decode()


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
    assert "What your clinic wrote down Numbing 40 minutes Serum or gel Clear gel (lot B-17)" in said
    assert "nervous" not in said


def test_without_a_treatment_it_says_what_is_missing(on, pat):
    assert "Your clinic has not written down a treatment for you yet." in words(on(0))
    assert on(0, CALENDAR).url == "/care/"


def test_there_is_no_file_without_days(on, treatment, as_):
    assert "Get the calendar file" in words(on(42))
    assert "Get the calendar file" not in words(on(400))
    assert "so there is no file" in words(as_(treatment.patient).get(CALENDAR, follow=True))


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
        assert set(event) == {"UID", "DTSTAMP", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "CLASS", "TRANSP"}
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
