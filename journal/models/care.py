"""How a clinic's care differs from the protocol's: other days, and products by name."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic

NOT_AT_ALL = -1
LONGEST_AVOIDED = 90  # days
SHORTEST_REASON = 3  # letters


class CareChange(models.Model):
    """Until which day a clinic has its patients leave something out. Add-only: the latest of a clock stands.

    `avoid_to` null: as in the protocol again; NOT_AT_ALL: nothing is left out. A day before the protocol's needs a
    reason, which the action asks for, because the protocol's day is not in this database; it holds under
    `protocol_version` only, which is the one that was read when the reason was given.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="care_changes")
    clock = models.CharField(_("topic"), max_length=30)
    protocol_version = models.CharField(max_length=60)
    avoid_to = models.SmallIntegerField(
        _("last day to leave it out"),
        null=True,
        blank=True,
        validators=[MinValueValidator(NOT_AT_ALL), MaxValueValidator(LONGEST_AVOIDED)],
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[MinLengthValidator(SHORTEST_REASON)])
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("change of care")
        verbose_name_plural = _("changes of care")
        indexes = [models.Index(fields=["clinic", "clock", "-at"], name="care_of_clinic")]
        constraints = [
            models.CheckConstraint(
                name="care_change_day", condition=Q(avoid_to=None) | Q(avoid_to__range=(NOT_AT_ALL, LONGEST_AVOIDED))
            )
        ]

    def __str__(self) -> str:
        return f"Change of care {self.pk}"


class ProductQuerySet(models.QuerySet["Product"]):
    def approved(self) -> Self:
        """Not taken off the list."""
        return self.filter(removed_at=None)


class Product(models.Model):
    """A product that a clinic names to its patients under a topic of aftercare."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="products")
    clock = models.CharField(_("topic"), max_length=30)
    name = models.CharField(_("name"), max_length=120)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["clock", "name"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                name="product_once", fields=["clinic", "clock", "name"], condition=Q(removed_at=None)
            ),
            models.CheckConstraint(
                name="product_removed_by_someone",
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
