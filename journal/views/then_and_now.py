"""The newest photo of each area and view beside the one from before and that of the same day of the last session."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from journal import words
from journal.models import Alignment, Photo, Treatment
from journal.models.photo import reference
from journal.words import Likeness

from .record import Record


@dataclass(frozen=True, slots=True)
class Cell:
    """A place for one photo; without one `said` tells why. `likeness` tells how it was taken beside the newest."""

    heading: str
    photo: Photo | None
    said: str
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What there is of one area and view."""

    place: str
    cells: Sequence[Cell]

    @property
    def compared(self) -> list[Likeness]:
        return [cell.likeness for cell in self.cells if cell.likeness]


@dataclass(frozen=True, slots=True)
class LastSession:
    """The session before a treatment with its photos; None where there was none."""

    treatment: Treatment | None
    photos: Sequence[Photo]


def last_session(treatment: Treatment, user: User) -> LastSession:
    earlier = Treatment.objects.visible_to(user).taking_place().filter(patient=treatment.patient_id)
    last = earlier.filter(treated_on__lt=treatment.treated_on).order_by("-treated_on").first()
    return LastSession(last, list(last.photos.all()) if last else [])


def rows(whole: Record, flagged_on: datetime.date | None, user: User, now: datetime.datetime) -> list[Row]:
    """Areas and views of a course, those of the newest photos first. That of `flagged_on` has a place of its own."""
    last = last_session(whole.treatment, user)
    newest_on = max((photo.on for photo in whole.photos if not photo.is_from_before), default=None)
    made = []
    for subject, photos in _by_subject(whole.photos).items():
        taken = [photo for photo in photos if not photo.is_from_before]
        newest = max(taken, key=lambda photo: (photo.damaged_at is None, photo.on, photo.pk), default=None)
        then = next((photo for photo in taken if photo.on == flagged_on and photo != newest), None)
        first, again = reference(photos, *subject), _same_day(last, subject, whole.treatment, newest, now)
        order = (newest is None or newest.on != newest_on, subject)
        made.append((order, words.place(*subject), newest, first, then, again))
    shown = {photo for row in made for photo in row[2:] if photo}
    marked = Alignment.objects.visible_to(user).among(shown).by_pair()
    return [
        Row(place, _cells(newest, first, then, again, last, now, marked))
        for _order, place, newest, first, then, again in sorted(made, key=lambda row: row[0])
    ]


def _by_subject(photos: Iterable[Photo]) -> dict[tuple[str, str], list[Photo]]:
    by_subject: dict[tuple[str, str], list[Photo]] = {}
    for photo in photos:
        by_subject.setdefault(photo.subject, []).append(photo)
    return by_subject


def _same_day(
    last: LastSession, subject: tuple[str, str], treatment: Treatment, newest: Photo | None, now: datetime.datetime
) -> Photo | None:
    """The photo of the last session that is nearest to the newest one's day, or to today's where there is none."""
    day = treatment.day_of(newest.on if newest else treatment.today(now))
    there = [photo for photo in last.photos if photo.subject == subject and not photo.is_from_before]
    return min(there, key=lambda photo: (abs(photo.treatment.day_of(photo.on) - day), photo.pk), default=None)


def _cells(
    newest: Photo | None,
    first: Photo | None,
    then: Photo | None,
    again: Photo | None,
    last: LastSession,
    now: datetime.datetime,
    marked: Mapping[frozenset[int], Alignment],
) -> list[Cell]:
    before = None if first == newest else first
    cells = [Cell(_("Before"), before, _said_first(before), _likeness(before, newest, marked))]
    if then:
        cells.append(Cell(_("When flagged"), then, words.moment(then), _likeness(then, newest, marked)))
    cells.append(Cell(_("Now"), newest, _said_now(newest, now)))
    cells.append(Cell(_("Last session"), again, _said_again(again, newest, last), _likeness(again, newest, marked)))
    return cells


def _likeness(photo: Photo | None, newest: Photo | None, marked: Mapping[frozenset[int], Alignment]) -> Likeness | None:
    if photo is None or newest is None or photo.damaged_at or newest.damaged_at:
        return None
    return words.likeness(photo, newest, marked.get(frozenset((photo.pk, newest.pk))))


def _said_first(first: Photo | None) -> str:
    """Under its heading; one that stands in for a photo from before says so."""
    if first is None:
        return _("No photo from before.")
    return "" if first.is_from_before else _("%(moment)s, none from before") % {"moment": words.moment(first)}


def _said_now(newest: Photo | None, now: datetime.datetime) -> str:
    if newest is None:
        return _("No photo since the treatment.")
    ago = (newest.treatment.today(now) - newest.on).days
    said = ngettext("%(moment)s, %(n)s day ago", "%(moment)s, %(n)s days ago", ago)
    return said % {"moment": words.moment(newest), "n": ago} if ago > 0 else words.moment(newest)


def _said_again(again: Photo | None, newest: Photo | None, last: LastSession) -> str:
    if last.treatment is None:
        return _("No session before this one.")
    if again is None:
        return _("No photo of this view from session %(n)s.") % {"n": last.treatment.session_number}
    day = again.treatment.day_of(again.on)
    if newest and newest.treatment.day_of(newest.on) == day:
        return words.moment(again)
    return _("Day %(day)s: the nearest there is") % {"day": day}
