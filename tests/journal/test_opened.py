"""Whether a patient has had a prompt before her: noted by her own pages, as the prompt was when she read it."""

import datetime

import pytest

from accounts.models import Clinic
from journal.actions import flags, treatments
from journal.actions.opened import note_opened
from journal.models import Flag
from tests.conftest import make_treatment

from .tables import log, stop_clock

WEDNESDAY = datetime.datetime(2026, 5, 6, 9, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
LATER = WEDNESDAY + HOUR


@pytest.fixture
def treated(pat, cara, monkeypatch):
    stop_clock(monkeypatch, LATER)
    return make_treatment(pat, datetime.date(2026, 5, 2), cara)


@pytest.fixture
def waits(treated):
    log(treated, "day signs\n4 pus", at=WEDNESDAY)
    return Flag.objects.get()


def opened():
    return dict(Flag.objects.values_list("rule", "opened_at"))


def result_of(treatment, day):
    return f"/entry/{treatment.entries.get(on=treatment.date_of(day)).pk}/"


@pytest.mark.parametrize("where", ["today", "result"])
def test_the_first_page_that_tells_her_is_when_she_opened_it(as_, pat, treated, waits, where, monkeypatch):
    browser, path = as_(pat), "/" if where == "today" else result_of(treated, 4)
    browser.get(path)
    stop_clock(monkeypatch, LATER + HOUR)
    browser.get(path)
    assert opened() == {waits.rule: LATER}


@pytest.mark.parametrize("path", ["/clinic/", "/log/", "/timeline/"])
def test_a_page_that_does_not_tell_it_notes_nothing(as_, pat, waits, path):
    as_(pat).get(path)
    assert opened() == {waits.rule: None}


def test_asking_for_the_head_of_a_page_is_not_reading_it(as_, pat, treated, waits):
    for path in ("/", result_of(treated, 4)):
        as_(pat).head(path)
    assert opened() == {waits.rule: None}


def test_a_clinician_who_opens_it_is_not_the_patient(as_, cara, treated, waits):
    as_(cara).get(f"/flag/{waits.pk}/")
    as_(cara).get(result_of(treated, 4), follow=True)
    note_opened(flags=[waits], by=cara, at=LATER)
    assert opened() == {waits.rule: None}


def test_nobody_opens_what_is_of_another(as_, vera, waits):
    note_opened(flags=[waits], by=vera.user, at=LATER)
    assert opened() == {waits.rule: None}


def test_all_prompts_of_today_stand_open_the_first_time(as_, pat, treated):
    log(treated, "day signs\n4 pus,breathing_trouble", at=WEDNESDAY)
    browser = as_(pat)
    assert '<details class="more card slim" open>' in browser.get("/").content.decode()
    assert None not in opened().values()
    assert '<details class="more card slim">' in browser.get("/").content.decode()


def test_what_becomes_more_urgent_is_to_be_opened_again(as_, pat, treated, cara):
    log(treated, "day signs\n4 blisters", at=WEDNESDAY)
    browser, page = as_(pat), result_of(treated, 4)
    browser.get("/")
    for risks in (["eczema"], []):  # what was urgent once stays so, though the page of the day tells of less
        treatments.correct(treatment=treated, fields={"risk_factors": risks}, by=cara, at=LATER)
    assert opened() == {"H-1": None}
    browser.get(page)
    assert opened() == {"H-1": None}
    browser.get("/")
    assert opened() == {"H-1": LATER}


def test_what_a_rule_opens_again_is_to_be_opened_by_her_again(as_, pat, treated, waits, cara):
    as_(pat).get("/")
    flags.acknowledge(flag=waits, by=cara, at=WEDNESDAY)
    log(treated, "day signs\n5 pus", at=LATER)
    waits.refresh_from_db()
    assert (waits.state, waits.opened_at) == ("open", None)


def test_what_changed_while_she_read_was_not_on_her_page(treated, waits, pat, cara):
    on_her_page = Flag.objects.get()
    flags.acknowledge(flag=waits, by=cara, at=WEDNESDAY)
    log(treated, "day signs\n5 pus", at=LATER)
    note_opened(flags=[on_her_page], by=pat.user, at=LATER)
    assert opened() == {waits.rule: None}


def test_what_is_kept_from_her_she_has_not_opened(as_, pat, treated, waits):
    Clinic.objects.update(prompts_patients=False)
    for path in ("/", result_of(treated, 4)):
        as_(pat).get(path)
    assert opened() == {waits.rule: None}
