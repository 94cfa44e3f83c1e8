"""What became of an entry: received, seen by the clinic, answered. Nothing counts as seen that nobody said she saw."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from zoneinfo import ZoneInfo

from django.db.models import Q, prefetch_related_objects
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from journal.models import Entry, Flag, Look, Message, Review, Treatment

from .record import Record


@dataclass(frozen=True, slots=True)
class Receipt:
    """Moments of one entry. What was seen of it stays seen; a correction after that is seen by itself."""

    on: datetime.date  # the date that the entry tells of
    zone: ZoneInfo
    received_at: datetime.datetime
    seen_at: datetime.datetime | None = None  # as it first came in, or later
    changed_at: datetime.datetime | None = None  # the patient's latest correction
    change_seen_at: datetime.datetime | None = None
    wrote_at: datetime.datetime | None = None

    @property
    def for_patient(self) -> list[str]:
        return self._said(_("Seen by the clinic %s"), _("The clinic wrote to you %s"))

    @property
    def for_staff(self) -> list[str]:
        return self._said(_("Seen %s"), _("Written to %s"))

    def _said(self, seen: str, wrote: str) -> list[str]:
        told = [(_("Received %s"), self.received_at), (seen, self.seen_at)]
        if self.changed_at and self.seen_at == self.change_seen_at:  # nobody saw it as it was before
            told.insert(1, (_("Changed %s"), self.changed_at))
        elif self.changed_at:
            unseen = self.change_seen_at is None
            told += [(_("Changed %s, not seen yet") if unseen else _("Changed %s"), self.changed_at)]
            told += [(seen, self.change_seen_at)]
        return [said % self._when(at) for said, at in (*told, (wrote, self.wrote_at)) if at]

    def _when(self, moment: datetime.datetime) -> str:
        local = moment.astimezone(self.zone)
        return date_format(local, "H:i" if local.date() == self.on else "j M, H:i")


def receipts_of(treatment: Treatment, entries: Iterable[Entry], flags: Iterable[Flag]) -> Mapping[uuid.UUID, Receipt]:
    """Receipts of entries of one treatment, by entry, in three queries. `flags` come with their reviews."""
    entries = list(entries)
    prefetch_related_objects(entries, "revisions")
    written = treatment.patient.messages.filter(Q(treatment=treatment) | Q(treatment=None), from_clinic=True)
    return receipts(treatment, entries, list(treatment.looks.all()), list(flags), list(written.order_by("at", "id")))


def note_on(whole: Record) -> None:
    """Give each written day of a record its receipt."""
    entries = [day.entry for day in whole.days if day.entry]
    found = receipts_of(whole.treatment, entries, whole.flags)
    for day in whole.days:
        day.receipt = found[day.entry.pk] if day.entry else None


def receipts(
    treatment: Treatment,
    entries: Iterable[Entry],
    looks: Sequence[Look],
    flags: Sequence[Flag],
    written: Sequence[Message],
) -> dict[uuid.UUID, Receipt]:
    """The same of what was read already; `written` are messages of the clinic, the first one first."""
    ordered = sorted(entries, key=lambda entry: entry.created_at)
    return {
        entry.pk: Receipt(
            on=entry.on,
            zone=treatment.zone,
            received_at=entry.created_at,
            seen_at=_seen_at(entry, entry.created_at, looks, flags),
            changed_at=(changed_at := _changed_at(entry)),
            change_seen_at=_seen_at(entry, changed_at, looks, flags) if changed_at else None,
            wrote_at=_wrote_at(entry, later.created_at if later else None, flags, written),
        )
        for entry, later in zip_longest(ordered, ordered[1:])
    }


def _changed_at(entry: Entry) -> datetime.datetime | None:
    """When the patient last sent it again. A wish for a call changes nothing here: it is told by itself."""
    sent = [one for one in entry.revisions.all() if one.at > entry.created_at and not one.by_clinic]
    return max((one.at for one in sent if one.answers.keys() != {"worried"}), default=None)


def _seen_at(
    entry: Entry, since: datetime.datetime, looks: Sequence[Look], flags: Sequence[Flag]
) -> datetime.datetime | None:
    """The first look at a page that had what came in then, or review of a flag of its day, by a person, after it.

    A clinic that could not reach the patient says so in other words.
    """
    looked = [look.at for look in looks if look.seen_to >= since]
    of_day = [flag for flag in flags if entry.on.isoformat() in flag.fired_on]
    reviewed = [review.at for flag in of_day for review in _looks_at(flag) if review.at > since]
    return min([*looked, *reviewed], default=None)


def _looks_at(flag: Flag) -> Iterator[Review]:
    """Reviews of a person who looked, and did not take that back. Who opens a flag again says that somebody has to."""
    reviews = sorted(flag.reviews.all(), key=lambda review: (review.at, review.pk))
    for review, after in zip_longest(reviews, reviews[1:]):
        marked = review.state == Flag.State.ACKNOWLEDGED
        taken_back = marked and after is not None and after.by_id and after.state == Flag.State.OPEN
        if review.state != Flag.State.OPEN and review.outcome != Review.Outcome.NOT_REACHED and not taken_back:
            yield review


def _wrote_at(
    entry: Entry, until: datetime.datetime | None, flags: Sequence[Flag], written: Sequence[Message]
) -> datetime.datetime | None:
    """The first message after it and before another entry came in, or about a flag of its day."""
    of_day = {flag.pk for flag in flags if entry.on.isoformat() in flag.fired_on}
    after = [message for message in written if message.at > entry.created_at]
    return next(
        (message.at for message in after if message.flag_id in of_day or until is None or message.at <= until), None
    )
