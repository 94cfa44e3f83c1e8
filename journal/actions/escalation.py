"""What waits for longer than a clinic has promised is told to the next person, each wait once.

Everything is counted in the clinic's own hours, but for a prompt that its patient has not opened: she has no hours.
"""

import datetime
import logging
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.models import Clinic
from journal.models import Call, Flag, Message, Notice
from journal.recovery.scale import Tier
from journal.words import may_read, told_to_call

Kind, Desk = Notice.Kind, Notice.Desk
UNOPENED_URGENT = datetime.timedelta(minutes=30)
UNOPENED_CONTACT = datetime.timedelta(hours=24)
STILL_NEWS = datetime.timedelta(days=7)  # a prompt that stood for longer is not brought up again
A_WRITE = 500  # rows
# What makes it the same wait (the constraints of `Notice`): what it is about, the kind, since when.
Key = tuple[uuid.UUID, str, datetime.datetime]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that somebody has to be told of because it waits."""

    about: Flag | Message | Call
    kind: Notice.Kind
    desk: Notice.Desk
    since: datetime.datetime

    @property
    def of(self) -> str:
        """The field of a notice that names it."""
        return "flag" if isinstance(self.about, Flag) else "message" if isinstance(self.about, Message) else "call"

    @property
    def key(self) -> Key:
        return self.about.pk, self.kind, self.since

    def notice(self, clinic: Clinic, at: datetime.datetime) -> Notice:
        wait = Notice(clinic=clinic, kind=self.kind, desk=self.desk, since=self.since, created_at=at)
        setattr(wait, self.of, self.about)
        if self.desk == Desk.PATIENT:
            wait.patient_id = self.patient_id
        return wait

    @property
    def patient_id(self) -> uuid.UUID:
        about = self.about.treatment if isinstance(self.about, Flag) else self.about
        return about.patient_id


def escalate(*, at: datetime.datetime) -> int:
    """Write a notice for all that has waited too long at this moment. Returns how many are new."""
    flags = Flag.objects.live().filter(clinic=OuterRef("pk"))
    messages = Message.objects.waiting().filter(clinic=OuterRef("pk"))
    calls = Call.objects.live().filter(clinic=OuterRef("pk"))
    busy = Clinic.objects.filter(Exists(flags) | Exists(messages) | Exists(calls))
    return sum(_try(clinic, at) for clinic in busy.prefetch_related("hours", "holidays"))


def _try(clinic: Clinic, at: datetime.datetime) -> int:
    """A clinic whose hours cannot be read must not keep all others waiting."""
    try:
        return _tell(clinic, at)
    except Exception as error:
        log.error("what waits at clinic %s could not be passed on: %s", clinic.pk, type(error).__name__)
        return 0


def _tell(clinic: Clinic, at: datetime.datetime) -> int:
    waits = list(_waits(clinic, at))
    told = _told(waits)
    new = [wait.notice(clinic, at) for wait in waits if wait.key not in told]
    # Another tick at the same time may have been faster: the same wait is one row.
    Notice.objects.bulk_create(new, batch_size=A_WRITE, ignore_conflicts=True)
    return len(new)


def _told(waits: Sequence[Wait]) -> set[Key]:
    """Of these, what somebody was told of before."""
    told: set[Key] = set()
    for of in ("flag", "message", "call"):
        ids = {wait.about.pk for wait in waits if wait.of == of}
        rows = Notice.objects.filter(since__isnull=False, **{f"{of}__in": ids})
        told.update(rows.values_list(of, "kind", "since"))
    return told


def _waits(clinic: Clinic, at: datetime.datetime) -> Iterator[Wait]:
    """All that waits for longer than promised, whether or not somebody was told."""
    flags = Flag.objects.live().filter(clinic=clinic).select_related("treatment__patient")
    for flag in flags.prefetch_related("reviews").order_by():
        yield from _of_flag(flag, clinic, at)
    for message in Message.objects.waiting().filter(clinic=clinic):
        yield from _overdue(message, message.at, clinic, at, urgent=False)
    for call in Call.objects.live().filter(clinic=clinic):
        yield from _overdue(call, call.asked_at, clinic, at, urgent=False)


def _of_flag(flag: Flag, clinic: Clinic, at: datetime.datetime) -> Iterator[Wait]:
    if flag.state == Flag.State.OPEN:
        yield from _overdue(flag, flag.waits_since, clinic, at, urgent=flag.is_urgent)
    else:
        yield from _unfinished(flag, clinic, at)
    if told_to_call(flag, clinic, at):
        yield Wait(flag, Kind.CALL_NOW, Desk.PATIENT, flag.waits_since)
    if flag.opened_at is None and flag.holds and may_read(Tier(flag.tier), clinic):
        yield from _unopened(flag, at)


def _unfinished(flag: Flag, clinic: Clinic, at: datetime.datetime) -> Iterator[Wait]:
    """Somebody looked, and then nobody closed it in the time promised for what is not urgent.

    Counted from the first look since it waits: who looks once a day does not put this off for ever.
    """
    seen = (review.at for review in flag.reviews.all() if review.state == Flag.State.ACKNOWLEDGED)
    first = min((moment for moment in seen if moment >= flag.waits_since), default=None)
    if first and at > clinic.promised_by(first, urgent=False):
        yield Wait(flag, Kind.UNFINISHED, Desk.DUTY, first)


def _overdue(
    about: Flag | Message | Call, since: datetime.datetime, clinic: Clinic, at: datetime.datetime, *, urgent: bool
) -> Iterator[Wait]:
    """Past the promise the second person is told, past the same promise counted again from there the lead."""
    promised = clinic.promised_by(since, urgent=urgent)
    if at > promised:
        yield Wait(about, Kind.OVERDUE, Desk.SECOND, since)
        if at > clinic.promised_by(promised, urgent=urgent):
            yield Wait(about, Kind.LONG_OVERDUE, Desk.LEAD, since)


def _unopened(flag: Flag, at: datetime.datetime) -> Iterator[Wait]:
    """Its patient is mailed; where she still has not opened it after as long again, the clinic is told."""
    wait = UNOPENED_URGENT if flag.is_urgent else UNOPENED_CONTACT
    again = flag.waits_since + wait
    if flag.treatment.patient.user_id is None or at > flag.waits_since + STILL_NEWS:
        return
    if at > again:
        yield Wait(flag, Kind.UNOPENED, Desk.PATIENT, flag.waits_since)
    if at > again + wait:
        yield Wait(flag, Kind.UNOPENED, Desk.DUTY, again)
