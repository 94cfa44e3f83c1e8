"""Until when a timeline was had before somebody of the clinic, and how its entries stood then. Asks no database."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from journal.actions.entries import merge
from journal.models import Entry, Flag, Look, Message, Progress, TreatmentRevision

from .record import Record


@dataclass(frozen=True, slots=True)
class Seen:
    """Who last had the timeline before her, when, and until when what came in was on the page."""

    to: datetime.datetime
    by: User
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class News:
    """What comes in beside entries and photos, seen or not."""

    messages: Sequence[Message] = ()  # of the patient
    revisions: Sequence[TreatmentRevision] = ()  # of the treatment, the oldest first
    progress: Sequence[Progress] = ()  # what the patient said of her goals


@dataclass(frozen=True, slots=True)
class Came:
    """What came in since a timeline was seen; all there is where it never was."""

    seen: Seen | None
    entries: Sequence[Entry]  # all of them, by day
    fresh: Sequence[Entry]  # of those the new and the corrected ones
    then: Mapping[UUID, Entry]  # how those stood that were there, by key

    def is_news(self, at: datetime.datetime) -> bool:
        return self.seen is None or at > self.seen.to

    @property
    def added(self) -> list[Entry]:
        return [entry for entry in self.fresh if entry.pk not in self.then]


def last_seen(looks: Iterable[Look], flags: Iterable[Flag]) -> Seen | None:
    """The latest look at a whole timeline. Before there were looks it was had before one to close a flag."""
    seen = [Seen(look.seen_to, look.by, look.at) for look in looks]
    if not seen:
        reviews = (review for flag in flags for review in flag.reviews.all() if review.outcome)
        seen = [Seen(review.at, review.by, review.at) for review in reviews if review.by]
    return max(seen, key=lambda one: one.to, default=None)


def came(whole: Record, seen: Seen | None) -> Came:
    entries = [day.entry for day in reversed(whole.days) if day.entry]
    fresh = [entry for entry in entries if seen is None or entry.updated_at > seen.to]
    then = {entry.pk: old for entry in entries if seen and (old := as_of(entry, seen.to))}
    return Came(seen, entries, fresh, then)


def as_of(entry: Entry, moment: datetime.datetime) -> Entry | None:
    """An entry as it stood at a moment; None where it was not there yet. Its revisions are fetched."""
    if entry.updated_at <= moment:
        return entry
    sent = [revision for revision in entry.revisions.all() if revision.at <= moment]
    then = Entry(treatment=entry.treatment, on=entry.on)
    for revision in sent:
        merge(then, revision.answers)
    return then if sent else None


def latest_on_page(whole: Record, news: News) -> datetime.datetime | None:
    """When the latest of what a page shows came in. What came later was not on it, however close it was."""
    moments = [day.entry.updated_at for day in whole.days if day.entry]
    moments += [photo.added_at for photo in whole.photos] + [flag.fired_at for flag in whole.flags]
    moments += (
        [one.at for one in news.messages] + [one.at for one in news.revisions] + [one.at for one in news.progress]
    )
    return max(moments, default=None)
