"""An inbox says when nothing runs behind it; and the words that follow from the clock alone."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Clinic, Holiday
from journal.actions import calls, flags, heartbeat, treatments
from journal.models import Flag, Notice
from journal.views.clock import clock
from tests.conftest import make_treatment

from .tables import log, stop_clock, words

STILL = "Mails and reminders"
UNSENT = "has not reached your clinic for over an hour"
CALL_NOW = "Your clinic has not looked at this yet. Do not wait: call now."
WEDNESDAY = datetime.datetime(2026, 5, 6, 9, tzinfo=datetime.UTC)  # ten o'clock in London
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def inbox(as_, cara, monkeypatch):
    def get(now):
        stop_clock(monkeypatch, now)
        return words(as_(cara).get("/inbox/"))

    return get


def test_an_inbox_says_that_nothing_was_ever_run(inbox):
    assert "Mails and reminders do not run." in inbox(WEDNESDAY)


def test_an_inbox_says_nothing_while_the_clock_ticks(inbox):
    call_command("tick", at=WEDNESDAY)
    assert STILL not in inbox(WEDNESDAY + 10 * MINUTE)


def test_a_clock_that_stopped_is_told_of_after_ten_minutes_with_the_time(inbox):
    call_command("tick", at=WEDNESDAY)
    assert "Mails and reminders have stood still since 6 May, 10:00." in inbox(WEDNESDAY + 11 * MINUTE)


def test_a_tick_that_fails_is_none(treatment, inbox, settings):
    call_command("tick", at=WEDNESDAY)
    log(treatment, "day signs\n3 pus", at=WEDNESDAY)
    settings.EMAIL_BACKEND = "a.backend.that.is.not.there"
    with pytest.raises(ImportError):
        call_command("tick", at=WEDNESDAY + 11 * MINUTE)
    assert "stood still since 6 May, 10:00." in inbox(WEDNESDAY + 11 * MINUTE)


@pytest.fixture
def unsent(treatment):
    """A mail to the duty address that was written at ten and has not left."""
    log(treatment, "day signs\n3 pus", at=WEDNESDAY)
    heartbeat.beat(at=WEDNESDAY + 61 * MINUTE)
    return Notice.objects.get()


def test_a_mail_to_the_clinic_that_did_not_arrive_is_told_of_after_an_hour(unsent, inbox):
    assert UNSENT not in inbox(WEDNESDAY + 59 * MINUTE)
    assert UNSENT in inbox(WEDNESDAY + 61 * MINUTE)


def test_mails_of_other_clinics_and_to_patients_do_not_worry_this_one(unsent, elsewhere, inbox):
    Notice.objects.update(clinic=elsewhere)
    assert UNSENT not in inbox(WEDNESDAY + 61 * MINUTE)
    patient = unsent.flag.treatment.patient
    Notice.objects.update(clinic=patient.clinic, desk="patient", patient=patient)
    assert UNSENT not in inbox(WEDNESDAY + 61 * MINUTE)


def test_a_mail_that_left_in_the_end_worries_nobody(unsent, inbox):
    Notice.objects.update(sent_at=WEDNESDAY + 90 * MINUTE)
    assert UNSENT not in inbox(WEDNESDAY + 91 * MINUTE)


def test_what_the_clock_tells_costs_two_queries(unsent, clinic, django_assert_num_queries):
    with django_assert_num_queries(2):
        clock(clinic, timezone.now())


@pytest.fixture
def waits(pat, cara):
    """An urgent flag of Pat's that waits since Wednesday 10:00; urgent ones are promised a look within the hour."""
    treatment = make_treatment(pat, datetime.date(2026, 5, 3), cara)
    log(treatment, "day signs\n3 pus", at=WEDNESDAY)
    return Flag.objects.get()


@pytest.fixture
def today(as_, pat, monkeypatch):
    def get(minutes, path="/"):
        stop_clock(monkeypatch, WEDNESDAY + minutes * MINUTE)
        return words(as_(pat).get(path))

    return get


def result_of(flag):
    return f"/entry/{flag.treatment.entries.get(on=flag.on).pk}/"


def test_the_patient_of_an_overdue_urgent_flag_is_told_to_call_without_any_tick(waits, today):
    for path in ("/", result_of(waits)):
        assert CALL_NOW not in today(59, path)
        said = today(61, path)
        assert CALL_NOW in said
        assert "Call Riverside Skin Clinic" in said.split(CALL_NOW)[1]
    assert not Notice.objects.filter(kind="call_now").exists()


def test_on_a_closed_day_the_number_that_answers_comes_first(waits, today):
    said = today(8 * 60 + 1)  # six in the evening
    assert "Call the urgent line 111" in said.split(CALL_NOW)[1]


def test_once_somebody_has_looked_she_is_not_told_so(waits, today, cara):
    flags.acknowledge(flag=waits, by=cara, at=WEDNESDAY + 90 * MINUTE)
    for path in ("/", result_of(waits)):
        assert CALL_NOW not in today(91, path)


def test_a_flag_that_was_opened_again_is_not_said_to_be_unseen(waits, today, cara):
    flags.close(flag=waits, outcome="advised", note="", by=cara, at=WEDNESDAY + 10 * MINUTE)
    flags.reopen(flag=waits, reason="Look again", by=cara, at=WEDNESDAY + 20 * MINUTE)
    for path in ("/", result_of(waits), f"/timeline/{waits.treatment_id}/"):
        said = today(30, path)
        assert "Opened again by the clinic 6 May, 10:20" in said
        assert "not seen yet" not in said
    for path in ("/", result_of(waits)):
        assert "Your clinic has not come back to this in time. Do not wait: call now." in today(81, path)
        assert CALL_NOW not in today(81, path)


def test_a_mark_that_was_taken_back_was_no_look(waits, today, cara):
    flags.acknowledge(flag=waits, by=cara, at=WEDNESDAY + 10 * MINUTE)
    flags.take_back(flag=waits, by=cara, at=WEDNESDAY + 11 * MINUTE)
    assert "Sent to the clinic, not seen yet" in today(30)
    assert CALL_NOW in today(61)


def test_who_was_rung_in_vain_is_told_that_and_not_that_nobody_looked(waits, today, pat, cara):
    wish = {"patient": pat, "number": pat.phone, "window": "any", "by": pat.user}
    call = calls.ask(**wish, at=WEDNESDAY).call
    calls.try_call(call=call, outcome="no_answer", by=cara, at=WEDNESDAY + 30 * MINUTE)
    for path in ("/", result_of(waits)):
        said = today(61, path)
        assert "The clinic could not reach you. Do not wait: call now." in said
        assert CALL_NOW not in said


def test_what_is_not_urgent_does_not_hurry_her(pat, cara, today):
    log(make_treatment(pat, datetime.date(2026, 5, 3), cara), "day signs\n3 yellow_crust", at=WEDNESDAY)
    flag = Flag.objects.get()
    assert flag.is_overdue(pat.clinic, WEDNESDAY + datetime.timedelta(days=6))
    assert CALL_NOW not in today(6 * 24 * 60)


def test_where_prompts_are_for_the_clinic_only_she_reads_none(waits, today):
    Clinic.objects.update(prompts_patients=False)
    for path in ("/", result_of(waits)):
        assert CALL_NOW not in today(61, path)


def test_an_entry_that_was_corrected_hurries_nobody(waits, today):
    log(waits.treatment, "day signs\n3 -", at=WEDNESDAY + MINUTE)
    for path in ("/", result_of(waits)):
        assert CALL_NOW not in today(61, path)


def test_a_page_that_tells_of_less_does_not_hurry_her(pat, cara, today):
    treatment = make_treatment(pat, datetime.date(2026, 5, 2), cara)
    log(treatment, "day signs\n4 blisters", at=WEDNESDAY)
    for risks in (["eczema"], []):  # what was urgent once stays so until somebody looks
        treatments.correct(treatment=treatment, fields={"risk_factors": risks}, by=cara, at=WEDNESDAY)
    assert CALL_NOW in today(61)
    assert CALL_NOW not in today(61, result_of(Flag.objects.get()))


@pytest.mark.parametrize("path", ["/clinic/", "/"])
def test_on_a_holiday_the_pages_say_that_the_clinic_is_closed_and_when_it_opens(waits, today, clinic, path):
    assert "open until 18:00" in today(0, path)
    Holiday.objects.create(clinic=clinic, on=datetime.date(2026, 5, 6))
    assert "The clinic is closed now (+44 20 7946 0000) and opens Thursday 09:00." in today(0, path)


def test_a_day_more_than_a_week_away_is_named_with_its_date(waits, today, clinic):
    for n in range(9):
        Holiday.objects.create(clinic=clinic, on=datetime.date(2026, 5, 6 + n))
    assert "opens Friday 15 May, 09:00." in today(0, "/clinic/")
