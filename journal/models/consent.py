from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient


class ConsentQuerySet(models.QuerySet["Consent"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def to_photos(self) -> Self:
        return self.filter(kind=Consent.Kind.PHOTOS)


class Consent(models.Model):
    """What a patient agreed to, in which wording, from when until when."""

    class Kind(models.TextChoices):
        CARE = "care", _("Keep my journal and show it to my clinic")
        PHOTOS = "photos", _("Keep my photos and show them to my clinic")

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="consents")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    wording = models.CharField(_("wording"), max_length=20)
    given_at = models.DateTimeField(_("given"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                name="one_standing_consent", fields=["patient", "kind"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(name="consent_kind", condition=Q(kind__in=["care", "photos"])),
        ]

    def __str__(self) -> str:
        return f"Consent {self.pk}"
