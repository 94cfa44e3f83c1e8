"""Photos in and out: the files first, then the rows, so that a row never points at nothing."""

import datetime
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AccessEvent, Patient, User
from journal.models import Consent, Photo, Treatment
from journal.models.photo import PER_AREA, PER_DAY, PER_TREATMENT, new_token
from journal.photos import SIZES, Cleaned
from journal.words import place

FOLDER = "photos"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A cleaned picture that has not been stored yet."""

    area: str
    cleaned: Cleaned
    view: str = ""  # a View, or not said


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """Its files are on the disk; its row is not there yet. A crash here leaves an orphan, never half a photo."""

    token: str
    new: NewPhoto
    sums: Mapping[int, str]  # SHA-256 of each size, worked out before the database is held
    lost: bool = False  # the disk did not take it


def path_of(token: str, size: int) -> str:
    return f"{FOLDER}/{token[:2]}/{token}-{size}.jpg"


@contextmanager
def storing(photos: Iterable[NewPhoto]) -> Iterator[list[StoredPhoto]]:
    """Write every size of each photo, for what is done with them inside; if anything fails, their files go again.

    A full disk loses a photo, and nothing of what else is done. Entered outside transactions: a disk is slow.
    """
    stored = [_stored(new) for new in photos]
    try:
        yield stored
    except Exception:
        _forget_all(stored)
        raise


def _stored(new: NewPhoto) -> StoredPhoto:
    token, sums = new_token(), new.cleaned.sums
    try:
        for size, jpeg in new.cleaned.renditions.items():
            default_storage.save(path_of(token, size), ContentFile(jpeg))
    except OSError as error:
        log.error("a photo could not be stored: %s", error.strerror)
        discard([token], list(new.cleaned.renditions))
        return StoredPhoto(token, new, sums, lost=True)
    return StoredPhoto(token, new, sums)


def discard(tokens: Iterable[str], sizes: Sequence[int]) -> None:
    """Take files away whose rows are gone already; what the disk keeps hold of is left to the sweep."""
    for token in tokens:
        for size in sizes:
            try:
                default_storage.delete(path_of(token, size))
            except OSError as error:
                log.warning("a file of a removed photo is still there, and is swept later: %s", error.strerror)


def add(
    *,
    treatment: Treatment,
    on: datetime.date,
    photos: Iterable[NewPhoto],
    by: User,
    at: datetime.datetime,
    baseline: bool = False,
) -> list[str]:
    """Keep photos for a day without an entry. Returns a sentence for each that found no room.

    Photos of a day go to the treatment that it belongs to now: a session may have come or gone meanwhile.
    """
    with storing(photos) as stored, transaction.atomic():
        Patient.objects.select_for_update().get(pk=treatment.patient_id)
        home = treatment if baseline else Treatment.objects.filter(patient=treatment.patient_id).governing(on)
        if home is None:
            _forget_all(stored)
            return [_("The photos were not kept: your clinic has taken the treatment of this day away.")]
        return attach(treatment=home, on=on, stored=stored, by=by, at=at, baseline=baseline)


def attach(
    *,
    treatment: Treatment,
    on: datetime.date,
    stored: Sequence[StoredPhoto],
    by: User,
    at: datetime.datetime,
    baseline: bool = False,
) -> list[str]:
    """Give stored photos their rows, inside the caller's transaction, which holds the patient's row.

    The same picture twice is kept once; past PER_AREA an area or PER_DAY a day the rest is not kept, and a
    sentence says which and what to do: nothing that was kept is ever replaced.
    """
    if not stored:
        return []
    if not Consent.objects.standing().to_photos().filter(patient=treatment.patient_id).exists():
        _forget_all(stored)  # withdrawn while the upload was on its way
        return [_("Photos are not kept, because they were not agreed to.")]
    refusals = []
    there = list(Photo.objects.filter(treatment=treatment, on=on))
    most = PER_TREATMENT - Photo.objects.filter(treatment=treatment).count()
    for photo in stored:
        kept = [other for other in there if other.baseline == baseline]
        if photo.lost:
            refusals.append(_("%(photo)s could not be kept just now. Please add it again later.") % _named(photo.new))
        elif any(photo.sums[SIZES[0]] == other.sha256 for other in there):
            forget(photo)
        elif full := _full(photo.new, kept, most):
            refusals.append(full)
            forget(photo)
        else:
            row = _row(photo, treatment, on, baseline, by, at)
            row.save(force_insert=True)
            there.append(row)
            most -= 1
    return refusals


def _named(new: NewPhoto) -> dict[str, str | int]:
    return {"photo": place(new.area, new.view), "area": PER_AREA, "day": PER_DAY, "most": PER_TREATMENT}


def _full(new: NewPhoto, kept: Sequence[Photo], most: int) -> str:
    """Why a photo finds no room beside those that the day has, and how to make some; empty where there is room."""
    said = _named(new)
    if most <= 0:
        return _("%(photo)s: a treatment has room for %(most)s photos. Ask your clinic before you add more.") % said
    if sum(other.area == new.area for other in kept) >= PER_AREA:
        room = _("%(photo)s: a day has room for %(area)s photos of one area.") % said
    elif len(kept) >= PER_DAY:
        room = _("%(photo)s: a day has room for %(day)s photos.") % said
    else:
        return ""
    return room + " " + _("Tap “Remove” under one of that day, then add this one again.")


def _row(
    stored: StoredPhoto, treatment: Treatment, on: datetime.date, baseline: bool, by: User, at: datetime.datetime
) -> Photo:
    new, cleaned, sums = stored.new, stored.new.cleaned, stored.sums
    return Photo(
        treatment=treatment,
        on=on,
        baseline=baseline,
        added_by=by,
        added_at=at,
        area=new.area,
        view=new.view,
        token=stored.token,
        width=cleaned.width,
        height=cleaned.height,
        sha256=sums[SIZES[0]],
        sums={str(size): sums[size] for size in SIZES[1:]},
        **asdict(cleaned.measures),
    )


def _forget_all(photos: Iterable[StoredPhoto]) -> None:
    for photo in photos:
        forget(photo)


def forget(photo: StoredPhoto) -> None:
    """Take the files of a photo away that gets no row. Where the database cannot be asked, the sweep does it."""
    transaction.on_commit(lambda: _discard_without_row(photo), robust=True)


def _discard_without_row(photo: StoredPhoto) -> None:
    # A connection that breaks off while it commits looks like a failure, and may have been none.
    if not Photo.objects.filter(token=photo.token).exists():
        discard([photo.token], list(photo.new.cleaned.renditions))


@transaction.atomic
def remove(*, photo: Photo, by: User, at: datetime.datetime) -> None:
    """Take one photo away, row and files. Where staff do it, that is recorded."""
    AccessEvent.objects.note(by=by, verb="removed", target=photo, at=at)
    _remove([photo])


@transaction.atomic
def remove_all(*, patient: Patient, by: User, at: datetime.datetime) -> None:
    """Take every photo of a patient away: what withdrawing the consent for photos means."""
    _remove(Photo.objects.filter(treatment__patient=patient))


def _remove(photos: Iterable[Photo]) -> None:
    """Rows first: once they are gone nobody is shown a photo, even if the files follow a moment later."""
    gone = list(photos)
    Photo.objects.filter(pk__in=[photo.pk for photo in gone]).delete()
    transaction.on_commit(lambda: discard([photo.token for photo in gone], SIZES))
