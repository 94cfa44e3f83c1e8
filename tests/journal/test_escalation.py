"""What waits too long is passed on: to the second person, to the lead, to the patient. Told by moving the clock."""

import datetime
import logging
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Clinic, Holiday, User
from journal.actions import escalation, flags, heartbeat, notices
from journal.actions.opened import note_opened
from journal.models import Call, Message, Notice
from tests.conftest import PASSWORD, make_patient, make_treatment

from .tables import log

# Open Monday to Friday from 9 to 18, but not on 4 May. Urgent: 60 minutes. Contact: the next working day.
# Told by the tick at that moment, not by the one a minute earlier; and nobody else in the seven days after it began.
TABLE = """
what waits, since when                  | what is done                                 | who is told
urgent, Fri 2026-05-08 16:30            |                                              | Fri 16:31 duty; Fri 17:01 patient; Fri 17:31 duty second patient; Mon 09:31 lead
urgent, Fri 2026-05-08 16:30            | Fri 16:35 opened                             | Fri 16:31 duty; Fri 17:31 second patient; Mon 09:31 lead
urgent, Fri 2026-05-08 17:50            | Fri 17:51 opened                             | Fri 17:51 duty; Mon 09:51 second patient; Mon 10:51 lead
urgent, Fri 2026-05-08 22:00            |                                              | Fri 22:01 duty; Fri 22:31 patient; Fri 23:01 duty; Mon 10:01 second patient; Mon 11:01 lead
urgent, Sat 2026-05-09 11:00            | Sat 11:20 opened                             | Sat 11:01 duty; Mon 10:01 second patient; Mon 11:01 lead
urgent, Fri 2026-05-01 17:50            | Fri 17:55 opened                             | Fri 17:51 duty; Tue 09:51 second patient; Tue 10:51 lead
urgent, Mon 2026-05-04 10:00            | Mon 10:05 opened                             | Mon 10:01 duty; Tue 10:01 second patient; Tue 11:01 lead
urgent, Sun 2026-03-29 00:30            |                                              | Sun 00:31 duty; Sun 02:01 patient; Sun 02:31 duty; Mon 10:01 second patient; Mon 11:01 lead
urgent, Fri 2026-10-23 17:50            | Fri 17:51 opened                             | Fri 17:51 duty; Mon 09:51 second patient; Mon 10:51 lead
urgent, Wed 2026-05-06 10:00            | Wed 10:05 opened; Wed 10:59 seen             | Wed 10:01 duty; Thu 18:01 duty
urgent, Wed 2026-05-06 10:00            | Wed 10:05 opened; Wed 10:20 seen; Wed 15:00 closed | Wed 10:01 duty
urgent, Wed 2026-05-06 10:00            | Wed 10:05 opened; Wed 11:30 seen             | Wed 10:01 duty; Wed 11:01 second patient; Thu 18:01 duty
urgent, Wed 2026-05-06 10:00            | Wed 10:05 opened; Wed 10:20 seen; Thu 09:00 logged again; Thu 09:01 opened | Wed 10:01 duty; Thu 09:01 duty; Thu 10:01 second patient; Thu 11:01 lead
urgent for the clinic only, Wed 2026-05-06 10:00 |                                     | Wed 10:01 duty; Wed 11:01 second; Wed 12:01 lead
emergency for the clinic only, Wed 2026-05-06 10:00 | Wed 10:00 opened                 | Wed 10:01 duty; Wed 11:01 second patient; Wed 12:01 lead
urgent, Wed 2026-05-06 10:00            | Wed 10:05 corrected                          | Wed 10:01 duty; Wed 11:01 second; Wed 12:01 lead
contact, Fri 2026-05-08 16:30           | Fri 16:35 opened                             | Fri 16:31 duty; Mon 18:01 second; Tue 18:01 lead
contact, Fri 2026-05-08 16:30           |                                              | Fri 16:31 duty; Sat 16:31 patient; Sun 16:31 duty; Mon 18:01 second; Tue 18:01 lead
contact, Fri 2026-05-01 16:30           | Fri 16:35 opened                             | Fri 16:31 duty; Tue 18:01 second; Wed 18:01 lead
contact, Mon 2026-05-11 07:00           | Mon 07:05 opened                             | Mon 07:01 duty; Mon 18:01 second; Tue 18:01 lead
contact, Fri 2026-05-08 16:30           | Fri 16:35 opened; Mon 09:10 seen             | Fri 16:31 duty; Tue 18:01 duty
contact, Fri 2026-05-08 16:30           | Fri 16:35 opened; Mon 09:10 closed           | Fri 16:31 duty
message, Fri 2026-05-08 16:30           |                                              | Mon 18:01 second; Tue 18:01 lead
message, Fri 2026-05-08 16:30           | Mon 09:00 seen                               |
call, Fri 2026-05-08 16:30              |                                              | Mon 18:01 second; Tue 18:01 lead
call, Fri 2026-05-08 16:30              | Mon 12:00 closed                             |
"""  # noqa: E501
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()[1:]]
MINUTE, WEEK = datetime.timedelta(minutes=1), datetime.timedelta(days=7)
SIGNS = {"urgent": "pus", "emergency": "breathing_trouble", "contact": "yellow_crust"}


@pytest.fixture
def sam(clinic):
    return User.objects.create_user("sam@test.example", PASSWORD, role="clinician", clinic=clinic, first_name="Sam")


@pytest.fixture
def lea(clinic):
    return User.objects.create_user("lea@test.example", PASSWORD, role="clinician", clinic=clinic, first_name="Lea")


@pytest.fixture
def named(clinic, sam, lea):
    """The clinic, with both people named whom its waits are passed on to."""
    clinic.second_person, clinic.lead = sam, lea
    clinic.save()
    Holiday.objects.create(clinic=clinic, on=datetime.date(2026, 5, 4))
    return clinic


@pytest.fixture
def confirmed(pat):
    """Pat, who has confirmed her address."""
    pat.user.emailaddress_set.create(email=pat.user.email, verified=True, primary=True)
    return pat


def within(text, start):
    """The first moment after `start` that has this weekday and local time."""
    weekday, time = text.split()
    dates = (start.date() + datetime.timedelta(days=n) for n in range(7))
    on = next(date for date in dates if f"{date:%a}" == weekday)
    return datetime.datetime.combine(on, datetime.time.fromisoformat(time), start.tzinfo)


def events_of(cell, start):
    for told in filter(None, cell.split("; ")):
        weekday, time, *what = told.split()
        yield within(f"{weekday} {time}", start), what


class World:
    """What waits, and who does what about it."""

    def __init__(self, what, start, patient, by):
        self.what, self.patient, self.by = what.split()[0], patient, by
        self.treatment = make_treatment(patient, start.date() - datetime.timedelta(days=4), by)
        if "clinic only" in what:
            Clinic.objects.filter(pk=patient.clinic_id).update(prompts_patients=False)
        getattr(self, self.what, self.flagged)(start)

    def flagged(self, at, day=4):
        log(self.treatment, f"day signs\n{day} {SIGNS[self.what]}", at=at)
        self.waits = self.treatment.flags.get()

    def message(self, at):
        whose = {"patient": self.patient, "clinic": self.patient.clinic, "treatment": self.treatment}
        said = {"from_clinic": False, "text": "Is this right?", "client_id": uuid.uuid4()}
        self.waits = Message.objects.create(**whose, **said, at=at, by=self.patient.user)

    def call(self, at):
        whose = {"patient": self.patient, "clinic": self.patient.clinic, "asked_by": self.patient.user}
        self.waits = Call.objects.create(**whose, number=self.patient.phone, asked_at=at)

    def do(self, what, at):
        {
            "opened": self.open,
            "seen": self.see,
            "closed": self.close,
            "corrected": self.correct,
            "logged": lambda at: self.flagged(at, day=5),
        }[what](at)

    def open(self, at):
        note_opened(flags=[self.treatment.flags.get()], by=self.patient.user, at=at)

    def see(self, at):
        if self.what == "message":
            Message.objects.update(opened_at=at, opened_by=self.by)
        else:
            flags.acknowledge(flag=self.waits, by=self.by, at=at)

    def close(self, at):
        if self.what == "call":
            Call.objects.update(closed_at=at)
        else:
            flags.close(flag=self.waits, outcome="advised", note="", by=self.by, at=at)

    def correct(self, at):
        log(self.treatment, "day signs\n4 -", at=at)


@pytest.mark.parametrize(("what", "done", "told"), ROWS, ids=[" | ".join(row[:2]) for row in ROWS])
def test_it_is_told_to_these_people_at_these_times_and_to_nobody_else(
    named, confirmed, cara, mailoutbox, what, done, told
):
    kind, since = what.split(", ")
    start = datetime.datetime.fromisoformat(since[4:]).replace(tzinfo=named.zone)
    world, expected = World(kind, start, confirmed, cara), list(events_of(told, start))
    called = {named.duty_email: "duty", "sam@test.example": "second", "lea@test.example": "lead"}
    called[confirmed.user.email] = "patient"
    # In UTC, so that the night on which the clocks change is in order.
    ticks = {moment.astimezone(datetime.UTC) for at, _who in expected for moment in (at - MINUTE, at)} | {start + WEEK}
    # At one and the same moment the clock ticks first.
    steps = [(tick, "") for tick in ticks if tick > start]
    steps += [(at.astimezone(datetime.UTC), what[0]) for at, what in events_of(done, start)]
    seen = []
    for at, what_is_done in sorted(steps):
        if what_is_done:
            world.do(what_is_done, at)
            continue
        call_command("tick", at=at)
        if mailoutbox:
            seen.append((at, sorted(called[mail.to[0]] for mail in mailoutbox)))
            mailoutbox.clear()
    assert seen == [(at, sorted(who)) for at, who in expected]


def at(text):
    return datetime.datetime.fromisoformat(f"2026-05-{text}+01:00")


@pytest.fixture
def waiting(named, confirmed, cara):
    """An urgent flag of Pat's that waits since Wednesday 10:00."""
    return World("urgent", at("06T10:00"), confirmed, cara).waits


def test_the_same_wait_is_told_once_however_often_the_clock_ticks(waiting):
    assert escalation.escalate(at=at("06T11:01")) == 4
    assert [escalation.escalate(at=at("06T11:01")), escalation.escalate(at=at("06T11:59"))] == [0, 0]
    assert escalation.escalate(at=at("06T12:01")) == 1
    told = waiting.notices.exclude(since=None).values_list("kind", "desk")
    assert sorted(told) == [
        ("call_now", "patient"),
        ("long_overdue", "lead"),
        ("overdue", "second"),
        ("unopened", "duty"),
        ("unopened", "patient"),
    ]


def test_the_database_keeps_two_ticks_at_once_from_telling_it_twice(waiting):
    escalation.escalate(at=at("06T11:01"))
    for told in waiting.notices.exclude(since=None):
        told.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            told.save(force_insert=True)
        assert Notice.objects.bulk_create([told], ignore_conflicts=True)
    assert waiting.notices.exclude(since=None).count() == 4


def test_a_tick_asks_as_much_however_many_wait(waiting, named, cara):
    def asked(moment):
        with CaptureQueriesContext(connection) as queries:
            assert escalation.escalate(at=moment)
        return len(queries)

    def ask_twice():
        return [asked(at("06T11:01")), asked(at("06T12:01"))]

    for_one = ask_twice()
    for n in range(8):
        other = make_patient(named, f"Pat {n}", f"pat{n}@test.example")
        World("urgent", at("06T10:00"), other, cara)
    Notice.objects.exclude(since=None).delete()
    assert ask_twice() == for_one


def test_a_clinic_whose_hours_cannot_be_read_keeps_no_other_waiting(waiting, elsewhere, vera, cara, caplog):
    broken = make_patient(elsewhere, "Broken Clock", "broken@test.example")
    log(make_treatment(broken, waiting.treatment.treated_on, cara), "day signs\n4 pus", at=at("06T10:00"))
    Clinic.objects.filter(pk=elsewhere.pk).update(time_zone="Nowhere/Else")
    with caplog.at_level(logging.ERROR):
        assert escalation.escalate(at=at("06T11:01")) == 4
    assert "ZoneInfoNotFoundError" in caplog.text
    assert not [word for word in ("Broken", "pus", "Hilltop") if word in caplog.text]


def test_a_patient_who_cannot_sign_in_is_not_waited_for(waiting, confirmed):
    confirmed.user = None
    confirmed.save()
    escalation.escalate(at=at("06T11:01"))
    assert not waiting.notices.filter(kind="unopened").exists()


def test_a_prompt_that_stood_for_a_week_is_not_brought_up_again(waiting):
    escalation.escalate(at=at("13T10:01"))
    assert not waiting.notices.filter(kind="unopened").exists()
    assert waiting.notices.filter(kind="overdue").exists()  # but it still waits for the clinic


def test_a_promise_of_the_clinic_own_is_kept_to(waiting, named):
    Clinic.objects.filter(pk=named.pk).update(urgent_minutes=15)
    escalation.escalate(at=at("06T10:16"))
    assert waiting.notices.filter(kind="overdue").exists()


def test_every_step_of_a_tick_is_taken_at_the_moved_moment(waiting, mailoutbox, client):
    session = client.session
    session["kept"] = True
    session.save()
    call_command("tick", at=at("06T11:01"))
    moments = {sent for pair in Notice.objects.values_list("created_at", "sent_at") for sent in pair}
    assert moments == {at("06T10:00"), at("06T11:01")}
    assert heartbeat.last() == at("06T11:01")
    waiting.treatment.refresh_from_db()
    assert waiting.treatment.waits_until == at("07T00:00")


def test_the_command_takes_a_moment_from_the_command_line(waiting, capsys):
    call_command("tick", "--at", "2026-05-06T11:01+01:00")
    assert "passed on: 4, notices sent: 4" in capsys.readouterr().out


def test_a_clock_is_moved_in_tests_only(waiting, settings):
    settings.CLOCK_MAY_BE_MOVED = False
    with pytest.raises(CommandError, match="for tests"):
        call_command("tick", at=at("06T11:01"))
    assert not Notice.objects.exclude(since=None).exists()
    assert heartbeat.last() is None


@pytest.mark.parametrize("moment", ["2026-05-06T11:01", "tomorrow", ""])
def test_a_moment_without_its_offset_is_refused(db, moment):
    with pytest.raises(CommandError, match="--at"):
        call_command("tick", "--at", moment)


def test_outside_of_tests_the_setting_is_off():
    import config.settings

    assert config.settings.CLOCK_MAY_BE_MOVED is False


@pytest.mark.parametrize(
    ("second", "lead", "desk", "address"),
    [
        ("sam", "lea", "second", "sam@test.example"),
        ("sam", "lea", "lead", "lea@test.example"),
        (None, "lea", "second", "lea@test.example"),
        ("sam", None, "lead", "sam@test.example"),
        (None, None, "second", "duty@riverside.example"),
        (None, None, "lead", "duty@riverside.example"),
        ("gone", "lea", "second", "lea@test.example"),
        ("owen", "gone", "second", "duty@riverside.example"),
        ("sam", "lea", "duty", "duty@riverside.example"),
    ],
)
def test_a_desk_that_nobody_holds_passes_its_mail_on(clinic, request, sam, lea, owen, second, lead, desk, address):
    """Somebody who left, or who works elsewhere, is not written to."""
    gone = User.objects.create_user("gone@test.example", role="clinician", clinic=clinic, is_active=False)
    people = {"sam": sam, "lea": lea, "owen": owen, "gone": gone, None: None}
    clinic.second_person, clinic.lead = people[second], people[lead]
    assert notices.address_of(clinic, desk) == address
