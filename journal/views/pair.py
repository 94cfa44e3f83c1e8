"""Two photos of one patient to hold against each other, and what else there is to choose from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from journal import words
from journal.models import Alignment, Entry, Photo, Treatment
from journal.models.photo import reference

from . import choices
from .choices import named_beside


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo, and what was written for its day."""

    photo: Photo
    entry: Entry | None

    @property
    def moment(self) -> str:
        return words.moment(self.photo)

    @property
    def place(self) -> str:
        return words.place(self.photo.area, self.photo.view)

    @property
    def session(self) -> str:
        return words.session(self.photo.treatment)

    @property
    def said(self) -> str:
        return words.photo_said(self.photo)

    @property
    def answers(self) -> list[tuple[str, str]]:
        return words.in_short(self.entry) if self.entry else []


@dataclass(frozen=True, slots=True)
class Pair:
    """`left` is None where there is nothing to hold the right one against; `photos` are all of the patient's."""

    left: Shot | None
    right: Shot
    photos: Sequence[Photo]
    alignment: Alignment | None

    @property
    def names(self) -> tuple[str, str]:
        """What the two are called beside each other."""
        right = self.right.photo
        left = self.left.photo if self.left else right
        said = words.moment_beside(left, right), words.moment(right)
        if said[0] != said[1] or left.subject == right.subject:
            return said
        return words.place(left.area, left.view), words.place(right.area, right.view)

    @property
    def lined_up_by(self) -> str:
        """Who marked the spots, by name."""
        patient = self.right.photo.treatment.patient
        by = self.alignment and self.alignment.placed_by
        return (patient.name if by.is_patient else by.get_full_name() or patient.clinic.name) if by else ""

    @property
    def treatments(self) -> set[Treatment]:
        return {shot.photo.treatment for shot in (self.left, self.right) if shot}

    @property
    def apart(self) -> bool:
        """Whether they show different places, or belong to different sessions."""
        return len({(shot.place, shot.photo.treatment) for shot in (self.left, self.right) if shot}) > 1

    @property
    def lying(self) -> bool:
        """Whether the first one is wider than it is tall."""
        photo = (self.left or self.right).photo
        return photo.width > photo.height

    @property
    def whole(self) -> bool:
        """Whether there are two photos to be shown."""
        return bool(self.left and not (self.left.photo.damaged_at or self.right.photo.damaged_at))

    @property
    def likeness(self) -> words.Likeness | None:
        return words.likeness(self.left.photo, self.right.photo, self.alignment) if self.left and self.whole else None

    @property
    def without_before(self) -> bool:
        """Whether there is no photo from before of the right one's area and view to hold it against."""
        first = _reference(self.photos, self.right.photo)
        return bool(self.left and first and not first.is_from_before)

    @property
    def spots(self) -> tuple[str, str]:
        """What is marked on the left and on the right, as the form sends it."""
        if not self.alignment or not self.left:
            return "", ""
        left, right = (self.alignment.spots_on(shot.photo) for shot in (self.left, self.right))
        return written(left), written(right)

    @property
    def is_reference(self) -> bool:
        """Whether the right photo is what others of its area and view are held against."""
        return self.right.photo == _reference(self.photos, self.right.photo)

    @property
    def links(self) -> list[tuple[str, Photo]]:
        """Other photos for the left side, in words: the first one, and the same day of earlier sessions."""
        right, left = self.right.photo, self.left and self.left.photo
        first = _reference(self.photos, right)
        found = [(words.moment(first), first)] if first and first != right else list(self._other_views())
        for photo in self.photos:
            if _is_same_day_before(photo, right):
                found.append((words.moment_beside(photo, right), photo))
        return [(said, photo) for said, photo in found if photo != left]

    def _other_views(self) -> Iterator[tuple[str, Photo]]:
        """Of the right one's area from before the treatment, for a photo that has no first one of its own view."""
        right = self.right.photo
        for photo in self.photos:
            of_area = photo.treatment_id == right.treatment_id and photo.area == right.area
            is_before = photo.is_from_before and not right.is_from_before
            if of_area and is_before and photo.view != right.view and not photo.damaged_at:
                yield named_beside(photo, right), photo

    @property
    def before(self) -> Photo | None:
        """The photo before the right one, of the same area and view, that is not on the left already."""
        series, here = self._series()
        return series[here - 1] if here > 0 else None

    @property
    def after(self) -> Photo | None:
        series, here = self._series()
        return series[here + 1] if here + 1 < len(series) else None

    def _series(self) -> tuple[list[Photo], int]:
        right, left = self.right.photo, self.left and self.left.photo
        same = [one for one in self.photos if one.treatment_id == right.treatment_id and one.subject == right.subject]
        series = sorted((one for one in same if one != left), key=lambda one: one.order)
        return series, series.index(right)

    @property
    def choices(self) -> list[tuple[str, list[tuple[Photo, str]]]]:
        return choices.of(self.photos, self.right.photo)


def written(spots: Sequence[Sequence[float]]) -> str:
    return " ".join(",".join(str(number) for number in spot) for spot in spots)


def _reference(photos: Sequence[Photo], of: Photo) -> Photo | None:
    return reference([one for one in photos if one.treatment_id == of.treatment_id], of.area, of.view)


def _is_same_day_before(photo: Photo, right: Photo) -> bool:
    """Whether a photo shows the same of an earlier session on the same day of its course."""
    if photo.treatment.treated_on >= right.treatment.treated_on or photo.damaged_at:
        return False
    same = photo.subject == right.subject and photo.baseline == right.baseline
    return same and (right.baseline or photo.treatment.day_of(photo.on) == right.treatment.day_of(right.on))


def find(user: User, asked: Mapping[str, str]) -> Pair:
    """The photos that `left` and `right` name by their tokens; without `left` the reference. 404 where one is none."""
    visible = Photo.objects.visible_to(user).select_related("treatment__patient__clinic")
    right = get_object_or_404(visible, token=asked.get("right", "").replace("\0", ""))  # PostgreSQL takes no NUL
    of_patient = list(visible.filter(treatment__patient=right.treatment.patient_id))
    named = asked.get("left")
    left = next((one for one in of_patient if one.token == named), None) if named else _reference(of_patient, right)
    if named and left is None:
        raise Http404
    shown = [one for one in (left, right) if one]
    entries = entries_of(user, shown)
    standing = [one for one in of_patient if not one.treatment.cancelled_at or one in shown]
    return Pair(
        left=Shot(left, entries.get(left.pk)) if left and left != right else None,
        right=Shot(right, entries.get(right.pk)),
        photos=standing,
        alignment=Alignment.objects.visible_to(user).among(shown).select_related("placed_by").first(),
    )


def entries_of(user: User, photos: Sequence[Photo]) -> dict[int, Entry]:
    """What was written for the day of each photo, by its key. A photo from before knows nothing of day 0."""
    dates = {photo.on for photo in photos}
    rows = Entry.objects.visible_to(user).filter(treatment__in={photo.treatment_id for photo in photos}, on__in=dates)
    by_day = {(entry.treatment_id, entry.on): entry for entry in rows}
    found = {photo.pk: by_day.get((photo.treatment_id, photo.on)) for photo in photos if not _is_too_early(photo)}
    return {key: entry for key, entry in found.items() if entry}


def _is_too_early(photo: Photo) -> bool:
    """Taken before the treatment, on the very day that was written about after it."""
    return photo.baseline and photo.treatment.day_of(photo.on) >= 0
