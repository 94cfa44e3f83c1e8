from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .treatment import Treatment

LONGEST = 600  # minutes

# What can be written down of a day. The depth is not among them: it is the treatment's own.
FACTS = (
    "cleaned",
    "numbing",
    "numbing_minutes",
    "device",
    "needling_minutes",
    "serum",
    "serum_lot",
    "mask",
    "visit_minutes",
    "note",
)


def _minutes(label: Any) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    limits = [MinValueValidator(1), MaxValueValidator(LONGEST)]
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=limits)


def _in_range(name: str) -> models.CheckConstraint:
    allowed = Q(**{name: None}) | Q(**{f"{name}__range": (1, LONGEST)})
    return models.CheckConstraint(name=f"visit_{name}", condition=allowed)


class Visit(models.Model):
    """What was done on the day of a treatment. Add-only: the latest stands. Null and empty: not written down."""

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="visits")
    cleaned = models.BooleanField(_("skin cleaned"), null=True, blank=True)
    numbing = models.CharField(_("numbing cream"), max_length=120, blank=True)
    numbing_minutes = _minutes(_("numbing, minutes"))
    needling_minutes = _minutes(_("needling, minutes"))
    device = models.CharField(_("device and needles"), max_length=120, blank=True)
    serum = models.CharField(_("serum or gel"), max_length=120, blank=True)
    serum_lot = models.CharField(_("lot number"), max_length=60, blank=True)
    mask = models.CharField(_("mask or cream after"), max_length=120, blank=True)
    visit_minutes = _minutes(_("whole visit, minutes"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [_in_range(name) for name in ("numbing_minutes", "needling_minutes", "visit_minutes")]

    def __str__(self) -> str:
        return f"Visit {self.pk}"

    @property
    def says_anything(self) -> bool:
        """Whether any fact is written down; one that was emptied takes back what was written by mistake."""
        return any(getattr(self, name) for name in FACTS)
