import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .treatment import Treatment

PER_AREA, PER_DAY = 3, 6


def new_token() -> str:
    """128 bits: an address that cannot be guessed. Who may look is asked all the same."""
    return secrets.token_urlsafe(16)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(treatment__in=Treatment.objects.visible_to(user))


class Photo(models.Model):
    """A cleaned photo of one area on one local date. It belongs to the day, so it survives a form that failed."""

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="photos")
    on = models.DateField(_("date"))
    area = models.CharField(_("area"), max_length=20)
    baseline = models.BooleanField(_("before treatment"), default=False)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, editable=False)  # of the stored master
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["on", "area", "id"]
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            # The same picture sent twice for a day is one picture.
            models.UniqueConstraint(name="photo_once_a_day", fields=["treatment", "on", "sha256"]),
            models.CheckConstraint(name="photo_has_pixels", condition=Q(width__gt=0, height__gt=0)),
        ]

    def __str__(self) -> str:
        return f"Photo {self.pk}"
