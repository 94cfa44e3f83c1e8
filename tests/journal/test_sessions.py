"""All sessions of a patient beside each other: how far apart they were, and their recoveries laid on day 0."""

import datetime
import re

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import treatments
from journal.models import Progress
from tests.conftest import make_treatment

from .tables import asked, log, stop_clock_on, words

START = datetime.date(2026, 6, 15)
COURSE = "day redness itch\n0 3 1\n1 2 1\n2 2 0"


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara, session_number=3)


@pytest.fixture
def earlier(pat, cara):
    """The session 35 days before, and one 30 days before that."""
    second = make_treatment(pat, START - datetime.timedelta(days=35), cara, session_number=2)
    first = make_treatment(pat, START - datetime.timedelta(days=65), cara, session_number=1)
    return first, second


@pytest.fixture
def page(as_, pat, cara, treatment, monkeypatch):
    def get(person, day=4):
        stop_clock_on(monkeypatch, START, day)
        address = f"/patients/{pat.pk}/sessions/" if person == cara else "/sessions/"
        return as_(person).get(address)

    return get


def traces(response):
    """The places of the lines in the first chart, and all its marks."""
    chart = response.content.decode().split('<svg class="chart')[1].split("</svg>")[0]
    return re.findall(r'class="trace trace-(\d)"', chart)


def test_each_session_says_how_long_after_the_one_before_it_was(page, pat, treatment, earlier):
    said = words(page(pat))
    for line in ("Session 3, 35 days after session 2.", "Session 2, 30 days after session 1.", "Session 1."):
        assert line in said


def test_recoveries_are_laid_on_each_other_the_latest_on_top(page, pat, treatment, earlier):
    for one in (*earlier, treatment):
        log(one, COURSE)
    response = page(pat)
    assert traces(response) == ["2", "1", "0"]
    assert len(re.findall('<svg class="chart', response.content.decode())) == 4
    assert "Areas: what is expected after session 3." in words(response)


def test_a_session_without_an_entry_is_listed_and_not_drawn(page, pat, treatment, earlier):
    log(treatment, COURSE)
    log(earlier[0], COURSE)
    response = page(pat)
    assert traces(response) == ["1", "0"]
    assert "Day Session 3 Session 1 0 severe severe" in words(response)


def test_the_four_latest_are_drawn_and_all_are_listed(page, pat, cara, treatment):
    for number in range(1, 6):
        on = START - datetime.timedelta(days=35 * number)
        log(make_treatment(pat, on, cara, session_number=6 - number), COURSE)
    log(treatment, COURSE)
    response = page(pat)
    assert traces(response) == ["3", "2", "1", "0"]
    assert words(response).count("days after session") == 5 + 1  # and the next session's line


def test_the_numbers_can_be_heard_and_what_is_missing_is_said(page, pat, treatment, earlier):
    log(treatment, "day redness\n0 3\n2 ?")
    log(earlier[1], "day redness\n0 2\n1 1\n2 1")
    said = words(page(pat))
    assert "Day Session 3 Session 2 0 severe moderate 1 not logged mild 2 can’t tell mild" in said


def test_sessions_that_were_not_alike_say_in_what(page, pat, treatment, earlier):
    for one in (earlier[1], treatment):
        log(one, COURSE)
    assert "These sessions differ in" not in words(page(pat))
    earlier[1].areas, earlier[1].depth_mm = ["chest"], "1.5"
    earlier[1].save()
    assert "These sessions differ in: areas, needle length." in words(page(pat))


def test_one_session_alone_says_so(page, pat, treatment):
    log(treatment, COURSE)
    assert "There is one session so far. The next one will be drawn over it." in words(page(pat))


def test_without_a_session_there_is_nothing_to_draw(as_, vera):
    said = as_(vera).get("/sessions/")
    assert "No session has taken place yet." in words(said)
    assert '<svg class="chart' not in said.content.decode()


def test_a_session_to_come_or_one_that_was_cancelled_is_not_among_them(page, pat, treatment, earlier, cara):
    make_treatment(pat, START + datetime.timedelta(days=35), cara, session_number=4)
    treatments.cancel(treatment=earlier[0], by=cara, at=timezone.now())
    said = words(page(pat))
    assert "Session 2." in said
    assert "Session 1" not in said
    assert "Session 4" not in said
    assert "It is booked for Monday, 20 July" in said


def test_when_the_next_may_be_stands_with_them(page, pat, treatment):
    assert "Too early until 13 July." in words(page(pat))


def test_how_the_goals_went_stands_with_each_session(page, pat, earlier, treatment):
    said = {"by": pat.user, "at": timezone.now(), "answer": "better"}
    Progress.objects.create(treatment=earlier[1], week=2, goal="skin_overall", **said)
    assert "Goal Week 2 Week 4 Skin overall Better not said" in words(page(pat))


def test_the_clinic_sees_its_own_patients_and_leaves_a_trace(page, as_, pat, vera, cara, owen, treatment):
    log(treatment, COURSE)
    response = page(cara)
    assert traces(response) == ["0"]
    assert f"/patients/{pat.pk}/" in response.content.decode()
    assert AccessEvent.objects.get().target_id == str(pat.pk)
    assert as_(owen).get(f"/patients/{pat.pk}/sessions/").status_code == 404


def test_nothing_of_another_patient_is_on_it(page, pat, vera, cara, treatment):
    log(make_treatment(vera, START - datetime.timedelta(days=35), cara), COURSE)
    log(treatment, COURSE)
    assert traces(page(pat)) == ["0"]


def test_more_sessions_and_days_take_no_more_queries(page, as_, pat, cara, treatment, earlier):
    page(pat)
    browser = as_(pat)
    browser.get("/sessions/")
    log(treatment, COURSE)
    before = asked(browser, "/sessions/")
    for one in earlier:
        log(one, COURSE)
    make_treatment(pat, START - datetime.timedelta(days=100), cara)
    assert asked(browser, "/sessions/") == before


def test_the_timeline_leads_to_it_where_there_is_another_session(as_, pat, cara, treatment, earlier):
    assert 'href="/sessions/"' in as_(pat).get(f"/timeline/{treatment.pk}/").content.decode()
    assert f'href="/patients/{pat.pk}/sessions/"' in as_(cara).get(f"/timeline/{treatment.pk}/").content.decode()


def test_how_long_it_lasts_and_keeping_it_up_stand_at_the_end(page, pat, treatment):
    said = words(page(pat))
    for result in treatment.protocol.care.results:
        assert (result.text in said) == (result.code in ("lasts-months", "not-for-ever", "maintenance"))
