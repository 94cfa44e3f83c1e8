import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .photo import Photo


class Alignment(models.Model):
    """The same two spots marked on two photos, so that one can be laid on the other.

    `spots` holds for "one" and for "other" two pairs x, y: fractions of width and height from the top left.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    one = models.ForeignKey(Photo, models.CASCADE, related_name="+")
    other = models.ForeignKey(Photo, models.CASCADE, related_name="+")
    spots = models.JSONField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_alignment_a_pair", fields=["one", "other"]),
            # A pair has one order, so that it is found whichever photo stands on the left.
            models.CheckConstraint(name="alignment_in_order", condition=Q(one__lt=F("other"))),
        ]

    def __str__(self) -> str:
        return f"Alignment {str(self.id)[:8]}"
