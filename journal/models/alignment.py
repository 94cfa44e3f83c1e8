import math
import uuid
from collections.abc import Iterable, Sequence
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from accounts.models.people import seen_by

from .photo import Photo

Spots = Sequence[Sequence[float]]  # two pairs x, y: fractions of width and height from the top left


def apart(photo: Photo, spots: Spots) -> float:
    """How far two spots of a photo lie from each other, as a share of its longest side."""
    (x, y), (u, v) = spots
    return math.hypot((u - x) * photo.width, (v - y) * photo.height) / max(photo.width, photo.height)


class AlignmentQuerySet(models.QuerySet["Alignment"]):
    def visible_to(self, user: User) -> Self:
        """Those of two photos that somebody may see."""
        return self.filter(seen_by(user, "one__treatment__patient"), seen_by(user, "other__treatment__patient"))

    def among(self, photos: Iterable[Photo]) -> Self:
        """Those of two of these photos."""
        keys = [photo.pk for photo in photos]
        return self.filter(one__in=keys, other__in=keys)

    def by_pair(self) -> "dict[frozenset[int], Alignment]":
        """Each by the keys of its two photos."""
        return {frozenset((one.one_id, one.other_id)): one for one in self}


class Alignment(models.Model):
    """The same two spots marked on two photos, so that one can be laid on the other.

    `spots` holds for "one" and for "other" the two spots of that photo.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    one = models.ForeignKey(Photo, models.CASCADE, related_name="+")
    other = models.ForeignKey(Photo, models.CASCADE, related_name="+")
    spots = models.JSONField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AlignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_alignment_a_pair", fields=["one", "other"]),
            # A pair has one order, so that it is found whichever photo stands on the left.
            models.CheckConstraint(name="alignment_in_order", condition=Q(one__lt=F("other"))),
        ]

    def __str__(self) -> str:
        return f"Alignment {str(self.id)[:8]}"

    def spots_on(self, photo: Photo) -> Spots:
        spots: Spots = self.spots["one" if photo.pk == self.one_id else "other"]
        return spots

    def may_be_changed_by(self, user: User) -> bool:
        """What the clinic lined up stays as it is for the patient: the clinic reads distances by it."""
        return not (user.is_patient and not self.placed_by.is_patient)

    def distance(self, left: Photo, right: Photo) -> float:
        """How many times larger the same thing is on the right photo than on the left, each as large as the other."""
        return apart(right, self.spots_on(right)) / apart(left, self.spots_on(left))
