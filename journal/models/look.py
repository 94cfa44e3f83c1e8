from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .treatment import Treatment


class Look(models.Model):
    """A clinician had a whole timeline before her, up to a moment. Add-only; flags are moved by reviews."""

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="looks")
    # Everything that came in until then was on the page; what came in after it was not seen.
    seen_to = models.DateTimeField()
    note = models.CharField(_("note"), max_length=1000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Look {self.pk}"
