"""Which session an entry belongs to and as which day: written late, written twice, after a second session, moved."""

import datetime
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from journal.actions import candidacies, treatments, visits
from journal.models import Entry, Flag, Treatment
from journal.models.treatment import governing
from journal.recovery.assess import assess
from tests.conftest import decide_before, make_treatment

from .tables import log, posted, stop_clock, words

START = datetime.date(2026, 3, 2)
tried = settings(deadline=None, database=None, max_examples=300)
tried_with_rows = settings(
    deadline=None, database=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def days(count):
    return datetime.timedelta(days=count)


def evening(day):
    return datetime.datetime.combine(START + days(day), datetime.time(20), datetime.UTC)


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def record(pat, cara):
    """Pat's next session, so many days after the first."""

    def make(day):
        fields = {"treated_on": START + days(day), "time_zone": "Europe/London", "areas": ["face"]}
        return treatments.record(patient=pat, fields=fields, by=cara, at=timezone.now())

    return make


@pytest.fixture
def move(cara):
    """Change what was recorded; a number is a date so many days after `START`."""

    def correct(treatment, day=None, **fields):
        fields |= {} if day is None else {"treated_on": START + days(day)}
        return treatments.correct(treatment=treatment, fields=fields, by=cara, at=timezone.now())

    return correct


def homes():
    """For each entry, in order of dates: the session it belongs to, in days after `START`, and its day there."""
    entries = Entry.objects.select_related("treatment")
    return [((entry.treatment.treated_on - START).days, entry.day) for entry in entries]


def found():
    """By date: what is found in the courses as they stand."""
    courses = [(one, assess(one.course(), one.protocol)) for one in Treatment.objects.standing()]
    return {one.date_of(day): findings for one, course in courses for day, findings in course.items()}


def prompts():
    """The flags that hold: of which session, in days after `START`, the rule and the tier.

    Silence is left out: what it says depends on when one looks.
    """
    holding = Flag.objects.filter(holds=True).exclude(shape="silent").select_related("treatment")
    return sorted(((flag.treatment.treated_on - START).days, flag.rule, flag.tier) for flag in holding)


# Writing late


def test_days_written_late_are_judged_as_the_days_they_were(treatment):
    log(treatment, "day redness\n0 4\n1 3\n7 1", at=evening(20))
    assert prompts() == []
    log(treatment, "day redness\n8 1", at=evening(20))
    flag = Flag.objects.get(rule="R-1")
    assert (flag.day, flag.on) == (8, START + days(8))


@pytest.mark.parametrize("day", [10, 9, 1, 0, -1, -30])
def test_any_day_from_the_baseline_to_today_can_be_written_today(treatment, as_, pat, monkeypatch, day):
    stop_clock(monkeypatch, evening(10))
    assert as_(pat).post("/log/", posted(treatment, day, redness="0")).status_code == 302
    assert homes() == [(0, day)]
    assert Entry.objects.get().created_at == evening(10)


@pytest.mark.parametrize("day", [11, 12, 400])
def test_a_day_still_to_come_is_refused_to_the_patient_and_to_the_clinic(treatment, as_, pat, cara, monkeypatch, day):
    stop_clock(monkeypatch, evening(10))
    for who, address in ((pat, "/log/"), (cara, f"/treatments/{treatment.pk}/log/")):
        refused = as_(who).post(address, posted(treatment, day, redness="1"))
        assert refused.status_code == 422
        assert "That day is still to come." in words(refused)
    assert not Entry.objects.exists()


def test_a_baseline_written_after_the_treatment_is_no_day_of_the_course(treatment):
    log(treatment, "day redness\n-2 4\n-1 4\n0 2\n1 1", at=evening(9))
    assert [reading.day for reading in treatment.course().readings] == [-2, -1, 0, 1]
    assert prompts() == []


# Writing twice


def test_a_day_corrected_on_the_same_day_is_one_entry_and_counts_once(treatment):
    """Redness one step too strong is spoken of when two days have it, and a day does not become two by a correction."""
    log(treatment, "day redness\n3 3\n3 3")
    entry = Entry.objects.get()
    assert (entry.revisions.count(), len(treatment.course().readings)) == (2, 1)
    assert prompts() == []
    log(treatment, "day redness\n4 3")
    assert Flag.objects.get(rule="R-3").days == [3, 4]


def test_a_form_that_was_opened_before_midnight_and_sent_after_it_is_of_the_day_it_was_opened_on(
    treatment, as_, pat, monkeypatch
):
    midnight = datetime.datetime(2026, 3, 6, tzinfo=datetime.UTC)
    log(treatment, "day redness\n3 2")
    stop_clock(monkeypatch, midnight)
    assert as_(pat).post("/log/", posted(treatment, 3, redness="1")).status_code == 302
    assert homes() == [(0, 3)]
    assert Entry.objects.get().redness == 1


# Sessions one after the other

GAPS = [10, 27, 28, 29, 35, 42, 43, 120]  # days: within four weeks, at four to six, and after


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("written", ["before", "after"])
def test_days_count_from_the_latest_session_on_or_before_the_entry(treatment, record, gap, written):
    table = f"day redness\n2 1\n{gap - 1} 0\n{gap} 3\n{gap + 1} 2\n{gap + 7} 1"
    if written == "before":
        log(treatment, table)
    record(gap)
    if written == "after":
        log(treatment, table)
    assert homes() == [(0, 2), (0, gap - 1), (gap, 0), (gap, 1), (gap, 7)]
    assert prompts() == []


@pytest.mark.parametrize("gap", GAPS)
def test_the_eve_of_a_second_session_is_a_late_day_of_the_first(treatment, record, gap):
    record(gap)
    log(treatment, f"day redness\n{gap - 1} 1\n{gap} 1")
    assert prompts() == [(0, "R-1", Flag.Tier.CONTACT)]
    assert Flag.objects.get(rule="R-1").on == START + days(gap - 1)


def test_each_of_three_sessions_has_its_own_days(treatment, record):
    log(treatment, "day itch\n" + "\n".join(f"{day} 0" for day in (-1, 0, 27, 28, 69, 70, 200)))
    record(70)
    record(28)
    assert homes() == [(0, -1), (0, 0), (0, 27), (28, 0), (28, 41), (70, 0), (70, 130)]


def test_what_the_first_session_left_is_no_part_of_what_the_second_is_found_with(treatment, record):
    """Two strong days in a row are spoken of; here a session lies between them."""
    log(treatment, "day redness\n3 3")
    record(4)
    log(treatment, "day redness\n4 3")
    assert prompts() == []


# Moving a session


@pytest.mark.parametrize("shift", [-20, -3, 3, 9, 20])
def test_entries_keep_their_dates_and_change_their_days_when_the_session_moves(treatment, move, shift):
    log(treatment, "day redness\n0 3\n4 2\n9 1")
    dates = list(Entry.objects.values_list("on", flat=True))
    move(treatment, shift)
    assert list(Entry.objects.values_list("on", flat=True)) == dates
    assert homes() == [(shift, -shift), (shift, 4 - shift), (shift, 9 - shift)]


def test_what_is_found_follows_the_days_when_the_session_moves(treatment, move):
    log(treatment, "day redness\n8 1")
    on = START + days(8)
    for day, rules in ((0, ["R-1"]), (1, []), (-2, ["R-1"]), (9, []), (0, ["R-1"])):
        move(treatment, day)
        assert [finding.rule for finding in found()[on]] == rules
        assert [rule for _session, rule, _tier in prompts()] == rules
    assert Flag.objects.get(rule="R-1").day == 8


def test_a_session_moved_over_another_changes_places_with_it(treatment, record, move):
    second = record(28)
    log(treatment, "day redness\n2 1\n30 1\n45 0")
    move(treatment, 40)
    assert homes() == [(28, -26), (28, 2), (40, 5)]
    move(second, 50)
    assert homes() == [(40, -38), (40, -10), (40, 5)]


def test_another_time_zone_changes_no_day_that_was_written(treatment, move):
    log(treatment, "day redness\n0 3\n8 1")
    before = homes(), found(), prompts()
    move(treatment, time_zone="Pacific/Kiritimati")
    assert (homes(), found(), prompts()) == before


DAYS = st.dictionaries(
    st.integers(-3, 45), st.tuples(st.integers(0, 4), st.sampled_from(["-", "pus", "swelling"])), min_size=1, max_size=4
)


def table(answers):
    rows = [f"{day} {redness} {signs}" for day, (redness, signs) in answers.items()]
    return "\n".join(["day redness signs", *rows])


@tried_with_rows
@given(DAYS, st.sampled_from([14, 28]), st.booleans(), st.integers(-60, 60))
def test_moving_a_session_there_and_back_restores_days_findings_and_prompts(
    treatment, record, move, answers, gap, moves_second, to
):
    assume(to not in (0, gap))  # a date has one session
    with transaction.atomic():
        second = record(gap)
        log(treatment, table(answers))
        before = homes(), found(), prompts()
        moved, day = (second, gap) if moves_second else (treatment, 0)
        move(moved, to)
        move(moved, day)
        assert (homes(), found(), prompts()) == before
        transaction.set_rollback(True)


# Which session a date belongs to

SESSION = st.builds(
    lambda day, cancelled: Treatment(treated_on=START + days(day), cancelled_at=evening(day) if cancelled else None),
    st.integers(0, 200),
    st.booleans(),
)
SESSIONS = st.lists(SESSION, unique_by=lambda one: one.treated_on, max_size=6)
ON = st.integers(-50, 250).map(lambda day: START + days(day))


@tried
@given(SESSIONS, ON)
def test_a_date_belongs_to_the_latest_session_that_stands_on_or_before_it_or_to_the_first(sessions, on):
    dates = sorted(one.treated_on for one in sessions if one.cancelled_at is None)
    home = governing(sessions, on)
    if not dates:
        assert home is None
        return
    assert home.cancelled_at is None
    assert home.treated_on in dates
    nearer = [begun for begun in dates if home.treated_on < begun <= on]
    assert not nearer
    assert home.treated_on <= on or home.treated_on == dates[0]


@tried
@given(SESSIONS, st.lists(ON, min_size=2), st.randoms())
def test_a_later_date_never_belongs_to_an_earlier_session_however_they_are_listed(sessions, dates, chance):
    found = [governing(sessions, on) for on in sorted(dates)]
    chance.shuffle(sessions)
    assert [governing(sessions, on) for on in sorted(dates)] == found
    assert all(one.treated_on <= after.treated_on for one, after in pairwise(found) if one)


@pytest.mark.parametrize(
    ("first", "second", "moment"),
    [
        ("Europe/London", "America/New_York", "2026-03-30T00:30+00:00"),  # half past eight in the evening in New York
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", "2026-03-30T10:59+00:00"),
    ],
)
def test_the_day_of_a_second_session_is_still_to_come_until_it_begins_where_that_is_done(
    pat, cara, as_, monkeypatch, first, second, moment
):
    make_treatment(pat, START, cara, time_zone=first)
    later = make_treatment(pat, START + days(28), cara, time_zone=second)
    stop_clock(monkeypatch, datetime.datetime.fromisoformat(moment))
    browser = as_(pat)
    assert "Day 27 after treatment" in words(browser.get("/"))
    assert browser.post("/log/", posted(later, 0, redness="1")).status_code == 422
    assert browser.post("/log/", posted(later, -1, redness="1")).status_code == 302
    assert Entry.objects.get().day == 27


def test_a_prompt_tells_of_the_same_day_again_once_the_session_is_moved_back(treatment, move):
    log(treatment, "day redness\n5 2\n7 2")
    move(treatment, -1)
    move(treatment, 0)
    assert Flag.objects.get(rule="R-3").day == 7


def test_a_session_that_was_put_off_takes_no_day_from_the_one_before(treatment, record, cara):
    later = record(29)
    decide_before(later, "wait", cara)
    log(treatment, "day redness\n30 2")
    assert homes() == [(0, 30)]
    assert "R-1" in Flag.objects.values_list("rule", flat=True)
    assert governing([treatment, Treatment.objects.get(pk=later.pk)], START + days(30)) == treatment


def test_what_took_place_after_all_takes_its_days_back(treatment, record, cara):
    later = record(29)
    decide_before(later, "wait", cara)
    log(treatment, "day redness\n30 2")
    facts = {"facts": {"cleaned": True}, "depth_mm": None, "by": cara, "at": timezone.now()}
    visits.record_visit(treatment=later, **facts)
    assert homes() == [(29, 1)]


def test_where_every_session_was_put_off_days_are_still_judged(treatment, cara):
    decide_before(treatment, "decline", cara)
    log(treatment, "day redness\n9 2")
    assert homes() == [(0, 9)]
    assert "R-1" in Flag.objects.values_list("rule", flat=True)


def test_a_decision_after_the_day_puts_nothing_off(treatment, cara):
    candidacies.decide(treatment=treatment, answers={}, decision="wait", reason="Late.", by=cara, at=evening(1))
    treatment.refresh_from_db()
    assert treatment.put_off_at is None
