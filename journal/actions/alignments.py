"""The same two spots on two photos, marked by hand and kept."""

import datetime
import math
from itertools import chain

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AccessEvent, Patient, User
from journal.models import Alignment, Photo
from journal.models.alignment import Spots, apart

CLOSEST = 0.05  # of the longest side: nearer spots would turn a trembling finger into a turned photo


class Misplaced(ValueError):
    """Spots that nothing can be lined up by. The text says so to the person who marked them."""


class NotYours(Exception):
    """A patient would change what the clinic lined up. The text says so to her."""


@transaction.atomic
def save(*, one: Photo, other: Photo, spots: tuple[Spots, Spots], by: User, at: datetime.datetime) -> Alignment:
    """Keep two spots on `one` and the same two on `other`, in place of earlier ones. Raises Misplaced, NotYours."""
    if one.pk == other.pk or one.treatment.patient_id != other.treatment.patient_id:
        raise Misplaced(_("Choose two different photos of one patient to line up."))
    _check_hand(one, other, by)
    for photo, marked in zip((one, other), spots, strict=True):
        _check(photo, marked)
    if one.pk > other.pk:
        one, other, spots = other, one, (spots[1], spots[0])
    AccessEvent.objects.note(by=by, verb="lined up", target=one, at=at)
    kept = {"spots": dict(zip(("one", "other"), spots, strict=True)), "placed_by": by, "placed_at": at}
    return Alignment.objects.update_or_create(one=one, other=other, defaults=kept)[0]


def _check_hand(one: Photo, other: Photo, by: User) -> None:
    # The patient's row puts two hands in a line: there may be no alignment yet to hold.
    Patient.objects.select_for_update().get(pk=one.treatment.patient_id)
    there = Alignment.objects.among([one, other]).select_related("placed_by").first()
    if there and not there.may_be_changed_by(by):
        raise NotYours(_("Your clinic lined these two up, so only the clinic can change it."))


def _check(photo: Photo, spots: Spots) -> None:
    if [len(spot) for spot in spots] != [2, 2]:
        raise Misplaced(_("Mark two spots on each photo."))
    if not all(math.isfinite(number) and 0 <= number <= 1 for number in chain(*spots)):
        raise Misplaced(_("A spot lies outside its photo. Mark it again."))
    if apart(photo, spots) < CLOSEST:
        raise Misplaced(_("The two spots of a photo are too close together. Choose two that are further apart."))


@transaction.atomic
def remove(*, one: Photo, other: Photo, by: User, at: datetime.datetime) -> None:
    """Forget what was marked on two photos. Raises NotYours."""
    _check_hand(one, other, by)
    AccessEvent.objects.note(by=by, verb="undid lining up", target=one, at=at)
    Alignment.objects.among([one, other]).delete()
