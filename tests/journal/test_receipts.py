"""What became of an entry: received, seen, answered; and nothing is said to be seen that was not."""

import datetime
import uuid

import pytest

from journal.actions import entries, flags, looks
from journal.models import Flag, Message
from journal.models.progress import Progress, worse_since
from journal.views.receipts import receipts_of
from tests.conftest import make_treatment

from .tables import asked, log, stop_clock, words

START = datetime.date(2026, 6, 1)
MINUTE = datetime.timedelta(minutes=1)


def at(day, hour, minute=0):
    """A moment of a June day in London, where summer is an hour ahead."""
    return datetime.datetime(2026, 6, day, hour - 1, minute, tzinfo=datetime.UTC)


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def look(treatment, cara):
    return lambda moment, seen_to: looks.look(treatment=treatment, seen_to=seen_to, by=cara, at=moment)


@pytest.fixture
def write(pat, treatment, cara):
    def send(moment, **fields):
        about = {"patient": pat, "clinic": pat.clinic, "treatment": treatment, "client_id": uuid.uuid4()}
        return Message.objects.create(
            **(about | {"from_clinic": True, "text": "Hello", "at": moment, "by": cara} | fields)
        )

    return send


@pytest.fixture
def told(treatment):
    """What the patient reads of the entry of a day."""

    def read(day):
        flags_of = treatment.flags.prefetch_related("reviews")
        entry = treatment.entries.get(on=treatment.date_of(day))
        return receipts_of(treatment, treatment.entries.all(), flags_of)[entry.pk].for_patient

    return read


def test_an_entry_is_received_and_no_more_is_said(treatment, told):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    assert told(2) == ["Received 13:40"]


def test_another_date_than_the_entrys_own_is_named(treatment, told):
    log(treatment, "day redness\n2 1", at=at(5, 9))
    assert told(2) == ["Received 5 Jun, 09:00"]


def test_a_look_at_the_page_that_had_it_is_a_look_at_it(treatment, told, look):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    look(at(3, 14, 2), at(3, 14))
    look(at(3, 16), at(3, 16))
    assert told(2) == ["Received 13:40", "Seen by the clinic 14:02"]


def test_a_look_at_a_page_from_before_it_came_in_is_none(treatment, told, look):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    look(at(3, 14, 2), at(3, 13, 39))
    assert told(2) == ["Received 13:40"]


def test_a_correction_takes_nothing_back_and_is_seen_by_itself(treatment, told, look):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    look(at(3, 14, 2), at(3, 14))
    log(treatment, "day redness\n2 2", at=at(3, 15))
    before = ["Received 13:40", "Seen by the clinic 14:02"]
    assert told(2) == [*before, "Changed 15:00, not seen yet"]
    look(at(3, 15, 5), at(3, 14, 50))  # a page from before
    assert told(2) == [*before, "Changed 15:00, not seen yet"]
    look(at(3, 15, 10), at(3, 15, 9))
    assert told(2) == [*before, "Changed 15:00", "Seen by the clinic 15:10"]


def test_what_was_corrected_before_anybody_looked_was_seen_once(treatment, told, look):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    log(treatment, "day redness\n2 2", at=at(3, 15))
    assert told(2) == ["Received 13:40", "Changed 15:00"]
    look(at(3, 16), at(3, 16))
    assert told(2) == ["Received 13:40", "Changed 15:00", "Seen by the clinic 16:00"]


def test_a_press_that_asks_for_a_call_changes_nothing_that_was_seen(treatment, told, look):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    look(at(3, 14, 2), at(3, 14))
    log(treatment, "day worried\n2 yes", at=at(3, 23, 3))
    assert told(2) == ["Received 13:40", "Seen by the clinic 14:02"]


def test_a_correction_moves_no_message_to_another_day(treatment, told, write):
    log(treatment, "day redness\n1 1", at=at(2, 20))
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    write(at(3, 14, 10))
    log(treatment, "day redness\n2 2", at=at(3, 15))
    log(treatment, "day redness\n1 2", at=at(3, 16))
    assert told(1) == ["Received 20:00", "Changed 3 Jun, 16:00"]
    assert told(2) == ["Received 13:40", "Changed 15:00", "The clinic wrote to you 14:10"]


def test_who_opens_a_flag_again_or_takes_a_mark_back_has_not_looked(treatment, told, cara):
    log(treatment, "day signs\n2 pus", at=at(3, 13, 40))
    flag = Flag.objects.get()
    flags.acknowledge(flag=flag, by=cara, at=at(3, 14))
    flags.take_back(flag=flag, by=cara, at=at(3, 14, 1))
    assert told(2) == ["Received 13:40"]
    flags.close(flag=flag, outcome="not_reached", note="", by=cara, at=at(3, 14, 2))
    flags.reopen(flag=flag, reason="", by=cara, at=at(3, 14, 3))
    assert told(2) == ["Received 13:40"]


def test_a_review_of_a_flag_of_its_day_is_a_look_at_it_and_of_another_day_is_not(treatment, told, cara):
    log(treatment, "day signs\n1 -\n2 pus", at=at(3, 13, 40))
    flags.acknowledge(flag=Flag.objects.get(), by=cara, at=at(3, 14, 2))
    assert told(2) == ["Received 13:40", "Seen by the clinic 14:02"]
    assert told(1) == ["Received 3 Jun, 13:40"]


def test_a_flag_that_a_rule_opened_again_was_looked_at_by_nobody(treatment, told, cara):
    log(treatment, "day signs\n2 pus", at=at(3, 13))
    flags.acknowledge(flag=Flag.objects.get(), by=cara, at=at(3, 14))
    log(treatment, "day signs\n3 pus", at=at(4, 13))
    assert Flag.objects.get().reviews.filter(by=None).exists()
    assert told(3) == ["Received 13:00"]


def test_a_message_of_the_clinic_is_told_with_the_latest_entry_before_it(treatment, told, write):
    log(treatment, "day redness\n1 1", at=at(2, 20))
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    write(at(3, 14, 10))
    log(treatment, "day redness\n3 1", at=at(4, 20))
    assert [told(day) for day in (1, 2, 3)] == [
        ["Received 20:00"],
        ["Received 13:40", "The clinic wrote to you 14:10"],
        ["Received 20:00"],
    ]


def test_a_message_about_a_flag_is_told_with_its_day_whatever_came_in_between(treatment, told, write):
    log(treatment, "day signs\n1 pus", at=at(2, 20))
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    write(at(3, 14, 10), flag=Flag.objects.get())
    assert told(1) == ["Received 20:00", "The clinic wrote to you 3 Jun, 14:10"]


def test_what_the_patient_writes_is_no_answer_to_herself(treatment, told, write, pat):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    write(at(3, 14), from_clinic=False, by=pat.user)
    assert told(2) == ["Received 13:40"]


def test_a_message_in_another_course_is_no_answer(treatment, told, write, pat, cara):
    log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    write(at(25, 9), treatment=make_treatment(pat, START + datetime.timedelta(days=20), cara))
    assert told(2) == ["Received 13:40"]


def test_moments_are_those_of_the_place_where_the_skin_was_treated(pat, cara):
    there = make_treatment(pat, START, cara, time_zone="America/New_York")
    log(there, "day redness\n2 1", at=at(3, 13, 40))
    [receipt] = receipts_of(there, there.entries.all(), []).values()
    assert receipt.for_patient == ["Received 08:40"]


def test_the_patient_reads_it_on_today_the_result_and_the_timeline(as_, pat, treatment, look, monkeypatch):
    entry = log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    look(at(3, 14, 2), at(3, 14))
    stop_clock(monkeypatch, at(3, 18))
    for page in ("/", f"/entry/{entry.pk}/", f"/timeline/{treatment.pk}/"):
        assert "Received 13:40 · Seen by the clinic 14:02" in words(as_(pat).get(page))


def test_an_entry_that_was_looked_at_is_not_said_to_wait_for_a_look(as_, pat, treatment, look):
    entry = log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    assert "Nobody has looked at it yet." in words(as_(pat).get(f"/entry/{entry.pk}/"))
    look(at(3, 14, 2), at(3, 14))
    assert "Nobody has looked at it yet." not in words(as_(pat).get(f"/entry/{entry.pk}/"))


def test_the_clinic_reads_it_in_its_own_words(as_, cara, treatment, look, write, pat):
    log(treatment, "day signs\n2 pus", at=at(3, 13, 40))
    look(at(3, 14, 2), at(3, 14))
    write(at(3, 14, 10))
    page = f"/timeline/{treatment.pk}/"
    said = words(as_(cara).get(page))
    assert "Received 13:40 · Seen 14:02 · Written to 14:10" in said
    assert "Not opened by the patient" in said
    for to_the_patient in ("Seen by the clinic", "Sent to the clinic", "wrote to you"):
        assert to_the_patient not in said
    Flag.objects.update(opened_at=at(3, 14, 30))
    assert "Opened by the patient 3 Jun, 14:30" in words(as_(cara).get(page))


def test_a_patient_who_is_not_told_of_a_flag_is_not_said_to_have_left_it_unread(as_, cara, treatment, clinic):
    clinic.prompts_patients = False
    clinic.save()
    log(treatment, "day signs\n2 pus", at=at(3, 13, 40))
    assert "opened by the patient" not in words(as_(cara).get(f"/timeline/{treatment.pk}/")).lower()


@pytest.mark.parametrize("page", ["/", "/timeline/{treatment}/", "/entry/{entry}/"])
def test_receipts_take_as_many_queries_with_many_looks_as_with_one(as_, pat, treatment, look, write, page, monkeypatch):
    log(treatment, "day redness\n0 1\n1 1")
    entry = log(treatment, "day redness\n2 1", at=at(3, 13, 40))
    look(at(3, 14), at(3, 14))
    write(at(3, 14, 10))
    stop_clock(monkeypatch, at(3, 18))
    browser, address = as_(pat), page.format(treatment=treatment.pk, entry=entry.pk)
    browser.get(address)
    few = asked(browser, address)
    for minute in range(20, 26):
        look(at(3, 14, minute), at(3, 14, minute))
        write(at(3, 14, minute), opened_at=at(3, 15), opened_by=pat.user)
    log(treatment, "day redness\n-1 1\n-2 1")
    assert asked(browser, address) == few


def test_a_note_is_never_said_to_be_read(as_, pat, treatment, look):
    entry = entries.save(
        treatment=treatment,
        on=treatment.date_of(2),
        answers={"note": "It feels odd."},
        client_id=uuid.uuid4(),
        by=pat.user,
        at=at(3, 13, 40),
    ).entry
    look(at(3, 14, 2), at(3, 14))
    said = words(as_(pat).get(f"/entry/{entry.pk}/")).lower()
    assert "seen by the clinic 14:02" in said
    assert "read your note" not in said


def test_goals_said_to_be_worse_since_a_moment_are_found(treatment, pat):
    for week, answer, day in ((2, "worse", 15), (2, "better", 15), (4, "worse", 29)):
        Progress.objects.create(
            treatment=treatment, week=week, goal=f"{answer}-{week}", answer=answer, at=at(day, 9), by=pat.user
        )
    goals = {since: [one.goal for one in worse_since(treatment, since)] for since in (None, at(15, 9), at(29, 9))}
    assert goals == {None: ["worse-2", "worse-4"], at(15, 9): ["worse-4"], at(29, 9): []}


def test_goals_said_to_be_worse_are_fetched_once_for_a_list(treatment, pat, django_assert_num_queries):
    Progress.objects.create(treatment=treatment, week=2, goal="scars", answer="worse", at=at(15, 9), by=pat.user)
    [fetched] = type(treatment).objects.prefetch_related("progress")
    with django_assert_num_queries(0):
        assert len(worse_since(fetched, None)) == 1
