"""Treatments are day 0: recording, moving and cancelling them counts every day anew and runs the rules again."""

import datetime
import threading
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from journal.actions import entries, flags, photos, treatments
from journal.models import Entry, Flag, Photo, Treatment
from journal.models.treatment import current, governing
from journal.views.writing import local_today
from tests.conftest import make_treatment

from .tables import log, picture, posted, stop_clock, words

START = datetime.date(2026, 3, 2)


def days(count):
    return datetime.timedelta(days=count)


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def correct(cara):
    def change(treatment, **fields):
        return treatments.correct(treatment=treatment, fields=fields, by=cara, at=timezone.now())

    return change


@pytest.fixture
def record(pat, cara):
    """Pat's next session, so many days after the first."""

    def make(day, **fields):
        fields = {"treated_on": START + days(day), "time_zone": "Europe/London", "areas": ["face"], **fields}
        return treatments.record(patient=pat, fields=fields, by=cara, at=timezone.now())

    return make


@pytest.fixture
def cancel(cara):
    return lambda treatment: treatments.cancel(treatment=treatment, by=cara, at=timezone.now())


def homes():
    """Which treatment each entry belongs to, as its day there, in order of dates."""
    return [(entry.treatment.treated_on, entry.day) for entry in Entry.objects.select_related("treatment")]


def test_a_later_date_counts_the_days_anew_and_runs_the_rules_again(treatment, correct):
    log(treatment, "day redness\n8 1")
    assert Flag.objects.get().holds
    correct(treatment, treated_on=START + days(2))
    assert homes() == [(START + days(2), 6)]
    flag = Flag.objects.get()
    assert (flag.state, flag.holds) == ("open", False)


def test_an_earlier_date_can_raise_what_was_not_there_before(treatment, correct):
    log(treatment, "day redness\n7 1")
    assert not Flag.objects.exists()
    correct(treatment, treated_on=START - days(1))
    flag = Flag.objects.get()
    assert (flag.rule, flag.day, flag.on) == ("R-1", 8, START + days(7))


def test_days_that_are_found_beyond_all_at_once_are_one_flag_that_tells_of_the_latest(treatment, correct):
    log(treatment, "day redness\n6 1\n7 1")
    correct(treatment, treated_on=START - days(3))
    flag = Flag.objects.get()
    assert (flag.day, len(flag.fired_on)) == (10, 2)


def test_a_photo_from_before_a_session_stays_with_it(treatment, record, correct, cara):
    second = record(10)
    call = {"on": START + days(9), "by": cara, "at": timezone.now()}
    photos.add(treatment=second, photos=[picture("before")], baseline=True, **call)
    correct(second, depth_mm="1.0")
    assert Photo.objects.get().treatment == second


def test_a_flag_is_not_doubled_by_moving_the_date_there_and_back(treatment, correct):
    log(treatment, "day redness\n9 1")
    correct(treatment, treated_on=START + days(5))
    correct(treatment, treated_on=START)
    assert Flag.objects.get().holds


def test_risk_factors_of_the_latest_session_go_on_to_the_next_unless_it_says_otherwise(treatment, correct, record):
    correct(treatment, risk_factors=["diabetes"])
    assert record(35).risk_factors == ["diabetes"]
    assert record(70, risk_factors=["eczema"]).risk_factors == ["eczema"]
    assert record(-35).risk_factors == ["eczema"]


def test_a_risk_factor_added_later_raises_the_tier_of_what_was_logged(treatment, correct):
    log(treatment, "day signs\n4 cold_sore")
    correct(treatment, risk_factors=["immunosuppressed"])
    assert Flag.objects.get().tier == Flag.Tier.URGENT


def test_a_second_session_takes_the_entries_and_photos_from_its_day_on(treatment, record):
    log(treatment, "day redness\n2 2\n10 2\n11 2")
    on = treatment.date_of(10)
    photos.add(treatment=treatment, on=on, photos=[picture("cheek")], by=treatment.patient.user, at=timezone.now())
    second = record(10, session_number=2)
    assert homes() == [(START, 2), (START + days(10), 0), (START + days(10), 1)]
    assert Photo.objects.get().treatment == second


def flagged():
    """Where each flag is, in which state, whether it holds, and the days it fired on, as days after `START`."""
    return {
        flag.rule: (
            (flag.treatment.treated_on - START).days,
            flag.state,
            flag.holds,
            [(datetime.date.fromisoformat(on) - START).days for on in flag.fired_on],
        )
        for flag in Flag.objects.select_related("treatment")
    }


def test_flags_go_with_the_entries_that_a_second_session_took_and_no_longer_hold(treatment, record):
    log(treatment, "day redness\n10 2")
    record(10)
    assert flagged() == {"R-1": (10, "open", False, [10])}


def test_a_flag_that_a_second_session_took_still_holds_where_its_rule_fires_there(treatment, record):
    log(treatment, "day signs\n10 pus")
    record(9)
    assert flagged() == {"N-1": (9, "open", True, [10])}
    assert Flag.objects.get().day == 1


def test_a_flag_stays_where_one_of_its_days_stayed_and_the_others_are_raised_where_they_went(treatment, record):
    log(treatment, "day signs\n4 pus\n10 pus")
    second = record(9)
    first = Flag.objects.get(treatment=treatment)
    assert (list(first.fired_on), first.on, first.day, first.holds) == (
        [treatment.date_of(4).isoformat()],
        first.on,
        4,
        True,
    )
    assert first.on == treatment.date_of(4)
    taken = Flag.objects.get(treatment=second)
    assert (taken.on, taken.day, taken.state) == (treatment.date_of(10), 1, "open")


def test_a_day_that_was_dealt_with_is_not_raised_again_by_a_later_session(treatment, record, cara):
    log(treatment, "day signs\n4 pus\n10 pus")
    flags.close(flag=Flag.objects.get(), outcome="seen", note="", by=cara, at=timezone.now())
    record(9)
    assert Flag.objects.get().state == "closed"


def test_more_on_a_day_that_was_dealt_with_in_another_session_is_raised(treatment, record, cara):
    log(treatment, "day redness\n4 0\n10 1")
    flags.close(flag=Flag.objects.get(), outcome="seen", note="", by=cara, at=timezone.now())
    second = record(2)
    assert [flag.state for flag in Flag.objects.all()] == ["closed"]
    log(second, "day redness\n8 3")
    assert sorted(flag.state for flag in Flag.objects.filter(rule="R-1")) == ["closed", "open"]


def test_a_live_flag_of_the_same_rule_there_is_not_doubled(treatment, record, cancel):
    log(treatment, "day signs\n4 pus")
    second = record(9)
    log(second, "day signs\n1 pus")
    cancel(second)
    live = Flag.objects.live().filter(treatment=treatment).get()
    assert live.holds
    assert len(live.fired_on) == 2
    assert not Flag.objects.get(treatment=second).holds


def test_a_cancelled_treatment_raises_nothing_and_its_flags_do_not_hold(treatment, cancel):
    log(treatment, "day signs\n4 pus")
    cancel(treatment)
    assert flagged() == {"N-1": (0, "open", False, [4])}


def test_flags_of_a_cancelled_treatment_go_to_the_one_recorded_in_its_place(treatment, cancel, record):
    log(treatment, "day signs\n4 pus")
    cancel(treatment)
    record(1)
    assert flagged() == {"N-1": (1, "open", True, [4])}
    assert Flag.objects.get().day == 3


def test_a_photo_that_its_new_treatment_has_as_a_baseline_stays_behind(treatment, record, cara):
    call = {"on": START + days(10), "photos": [picture("cheek")], "by": cara, "at": timezone.now()}
    photos.add(treatment=treatment, **call)
    later = record(20)
    photos.add(treatment=later, baseline=True, **call)
    treatments.correct(treatment=later, fields={"treated_on": START + days(10)}, by=cara, at=timezone.now())
    assert {photo.treatment_id for photo in Photo.objects.all()} == {treatment.pk, later.pk}


def test_the_latest_entry_of_each_treatment_is_kept(treatment, record):
    log(treatment, "day redness\n2 2\n10 2")
    second = record(10)
    treatment.refresh_from_db()
    second.refresh_from_db()
    assert (treatment.last_entry_on, second.last_entry_on) == (START + days(2), START + days(10))


def test_cancelling_gives_the_entries_back(treatment, record, cancel):
    log(treatment, "day redness\n2 2\n10 2")
    second = record(10)
    cancel(second)
    assert homes() == [(START, 2), (START, 10)]
    assert Flag.objects.filter(treatment=treatment, rule="R-1", holds=True).exists()
    second.refresh_from_db()
    assert second.last_entry_on is None


def test_cancelling_the_only_treatment_leaves_the_entries_until_the_next_one(treatment, record, cancel):
    log(treatment, "day redness\n2 2")
    cancel(treatment)
    assert homes() == [(START, 2)]
    record(1)
    assert homes() == [(START + days(1), 1)]


def test_cancelling_twice_keeps_the_first_time_and_person(treatment, cancel, record, ada):
    cancel(treatment)
    first = Treatment.objects.get().cancelled_by
    treatments.cancel(treatment=treatment, by=ada, at=timezone.now())
    assert Treatment.objects.get().cancelled_by == first
    assert treatment.revisions.count() == 1


def test_what_a_treatment_said_is_kept_with_who_and_when(treatment, record, correct, cara):
    second = record(10)
    correct(second, depth_mm="1.5")
    first, changed = second.revisions.all()
    assert (first.answers["depth_mm"], changed.answers["depth_mm"]) == (None, "1.5")
    assert changed.answers["treated_on"] == "2026-03-12"
    assert (changed.by, changed.answers["cancelled"]) == (cara, False)


def test_a_save_for_a_treatment_that_no_longer_has_the_day_goes_to_the_one_that_has(treatment, record):
    """The clinic records a second session while the patient's form for today is open."""
    stale = Treatment.objects.get()
    second = record(10)
    log(stale, "day redness\n10 2")
    log(second, "day redness\n0 3")
    assert Entry.objects.get().treatment == second


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_entry_falls_between_two_treatments_when_one_is_recorded_meanwhile(treatment, record):
    if connection.vendor != "postgresql":
        pytest.skip("NOT RUN: simultaneous writes need PostgreSQL (DATABASE_URL)")
    table = "day redness\n10 2"
    sending = [threading.Thread(target=_closing(log, treatment, table)) for _number in range(3)]
    sending.insert(1, threading.Thread(target=_closing(record, 10)))
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    assert homes() == [(START + days(10), 0)]


def _closing(call, *arguments):
    def run():
        try:
            call(*arguments)
        finally:
            connection.close()

    return run


def test_a_day_before_an_upcoming_treatment_is_a_baseline_and_raises_no_lasting_or_rising_rule(treatment):
    log(treatment, "day redness dryness tightness itch\n-9 0 0 0 0\n-1 3 3 3 2")
    assert [reading.day for reading in treatment.course().readings] == [-9, -1]
    assert not Flag.objects.exists()


def test_a_danger_sign_before_the_treatment_is_flagged_all_the_same(treatment):
    log(treatment, "day signs\n-1 pus")
    assert Flag.objects.get().day == -1


def test_a_date_belongs_to_the_latest_session_on_or_before_it(pat, cara):
    first, second = make_treatment(pat, START, cara), make_treatment(pat, START + days(28), cara)
    for day, home in ((-3, first), (0, first), (27, first), (28, second), (90, second)):
        assert governing([second, first], START + days(day)) == home
        assert pat.treatments.all().governing(START + days(day)) == home


def test_the_treatment_of_now_is_asked_for_the_date_in_its_own_zone(pat, cara):
    """It is the 30th in London and already the 31st where the second session is."""
    first = make_treatment(pat, START, cara)
    second = make_treatment(pat, START + days(29), cara, time_zone="Pacific/Kiritimati")
    before = datetime.datetime(2026, 3, 30, 9, 59, tzinfo=datetime.UTC)
    assert current([second, first], before) == first
    assert current([second, first], before + datetime.timedelta(minutes=1)) == second


def test_before_the_first_treatment_the_treatment_of_now_is_the_one_to_come(pat, cara, cancel):
    first, second = make_treatment(pat, START, cara), make_treatment(pat, START + days(28), cara)
    long_before = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert current([second, first], long_before) == first
    cancel(first)
    assert current(Treatment.objects.all(), long_before) == second
    assert current([], long_before) is None


def test_a_cancelled_treatment_has_no_day(treatment, cancel):
    cancel(treatment)
    assert governing(Treatment.objects.all(), START) is None


def test_the_database_refuses_two_treatments_on_one_date_but_for_a_cancelled_one(treatment, pat, cara, cancel):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_treatment(pat, START, cara)
    cancel(treatment)
    make_treatment(pat, START, cara)


# Where the day begins: London, the first zone on earth to have it, and one of the last.
ZONES = ["Europe/London", "Pacific/Kiritimati", "Pacific/Pago_Pago"]


@pytest.mark.parametrize("zone", ZONES)
def test_the_day_changes_at_local_midnight_of_the_treatments_zone(pat, cara, zone):
    treatment = make_treatment(pat, START, cara, time_zone=zone)
    midnight = datetime.datetime.combine(START + days(4), datetime.time(0), ZoneInfo(zone))
    minute_before = midnight - datetime.timedelta(minutes=1)
    assert treatment.day_of(local_today(pat, [treatment], minute_before)) == 3
    assert treatment.day_of(local_today(pat, [treatment], midnight)) == 4


@pytest.mark.parametrize("zone", ZONES)
def test_an_entry_a_minute_before_midnight_and_one_after_are_two_days(pat, cara, as_, monkeypatch, zone):
    treatment = make_treatment(pat, START, cara, time_zone=zone)
    midnight = datetime.datetime.combine(START + days(4), datetime.time(0), ZoneInfo(zone))
    stop_clock(monkeypatch, midnight - datetime.timedelta(minutes=1))
    browser = as_(pat)
    assert "Day 3 after treatment" in words(browser.get("/"))
    assert browser.post("/log/", posted(treatment, 4, redness="1")).status_code == 422
    assert browser.post("/log/", posted(treatment, 3, redness="2")).status_code == 302
    stop_clock(monkeypatch, midnight)
    assert "Day 4 after treatment" in words(browser.get("/"))
    assert browser.post("/log/", posted(treatment, 4, redness="1")).status_code == 302
    assert [entry.day for entry in Entry.objects.all()] == [3, 4]


def test_days_are_counted_by_the_calendar_over_a_change_of_clocks(pat, cara):
    treatment = make_treatment(pat, datetime.date(2026, 3, 28), cara)  # the night after, an hour is missing
    evening = datetime.datetime(2026, 3, 29, 23, 30, tzinfo=ZoneInfo("Europe/London"))
    assert treatment.day_of(treatment.today(evening)) == 1


def test_before_any_treatment_the_clinics_zone_counts(pat):
    pat.clinic.time_zone = "Pacific/Kiritimati"
    now = datetime.datetime(2026, 3, 2, 10, 30, tzinfo=datetime.UTC)
    assert local_today(pat, [], now) == datetime.date(2026, 3, 3)


def test_an_entry_sent_again_after_its_treatment_moved_is_still_the_same_entry(treatment, record):
    call = {"answers": {"redness": 2}, "client_id": uuid.uuid4(), "by": treatment.patient.user, "at": timezone.now()}
    entries.save(treatment=treatment, on=START + days(10), **call)
    second = record(10)
    assert not entries.save(treatment=second, on=START + days(10), **call).new
