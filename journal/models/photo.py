import datetime
import secrets
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import seen_by
from journal.likeness import Measures

from .treatment import Treatment

PER_TREATMENT = 600  # two months of full days: no disk is filled by one person
PER_AREA, PER_DAY = 4, 8  # each view of a face and one spot of it; a face and two areas more


class View(models.TextChoices):
    """From where an area is photographed, so that like is held against like."""

    FRONT = "front", _("Front")
    LEFT = "left", _("Left side")
    RIGHT = "right", _("Right side")
    OVERVIEW = "overview", _("Overview")
    CLOSE = "close", _("Close up")


def views_of(area: str) -> tuple[View, ...]:
    """The views that are asked for, in the order in which they are taken."""
    return (View.FRONT, View.LEFT, View.RIGHT) if area == "face" else (View.OVERVIEW, View.CLOSE)


def new_token() -> str:
    """128 bits: an address that cannot be guessed. Who may look is asked all the same."""
    return secrets.token_urlsafe(16)


MEASURED = tuple(Measures.__slots__)


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "treatment__patient"))


def later_one(photos: "Iterable[Photo]", among: "Iterable[Photo]") -> "Photo | None":
    """The first of some photos that there is an earlier one of the same area and view for."""
    there = list(among)
    held = ((photo, reference(there, photo.area, photo.view)) for photo in photos if not photo.damaged_at)
    return next((photo for photo, first in held if first not in (None, photo)), None)


def reference(photos: "Iterable[Photo]", area: str, view: str) -> "Photo | None":
    """What photos of an area and view are held against: the one from before the treatment, or else the earliest."""
    whole = [one for one in photos if one.subject == (area, view) and not one.damaged_at]
    return min(whole, key=lambda one: one.order, default=None)


class Photo(models.Model):
    """A cleaned photo of one area on one local date. It belongs to the day, so it survives a form that failed."""

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="photos")
    on = models.DateField(_("date"))
    area = models.CharField(_("area"), max_length=20)
    view = models.CharField(_("view"), max_length=10, choices=View, blank=True, default="")  # empty: not said
    baseline = models.BooleanField(_("before treatment"), default=False)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, editable=False)  # of the stored master
    # SHA-256 of each smaller size, by its longest side in px as text.
    sums = models.JSONField(default=dict, editable=False)
    # What likeness.Measures says. Null: stored before anything was measured.
    sharpness = models.FloatField(null=True, editable=False)
    brightness = models.FloatField(null=True, editable=False)
    warmth = models.FloatField(null=True, editable=False)
    burnt = models.FloatField(null=True, editable=False)
    brightest = models.FloatField(null=True, editable=False)
    # Since when its files are known not to be what was stored. Nobody is shown it until they are.
    damaged_at = models.DateTimeField(null=True, editable=False)
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
            models.CheckConstraint(name="photo_view", condition=Q(view__in=["", *View.values])),
            models.CheckConstraint(
                name="photo_measured_whole",
                condition=Q(**dict.fromkeys(MEASURED, None)) | Q(**{f"{name}__isnull": False for name in MEASURED}),
            ),
        ]

    def __str__(self) -> str:
        return f"Photo {self.pk}"

    @property
    def measures(self) -> Measures | None:
        """What was measured when it came; None where nothing was."""
        if self.sharpness is None:
            return None
        return Measures(*(getattr(self, name) for name in MEASURED))

    @property
    def subject(self) -> tuple[str, str]:
        """Area and view: only what shows the same is held against each other."""
        return self.area, self.view

    @property
    def order(self) -> tuple[bool, datetime.date, int]:
        """Where it stands among others of its treatment: by day, what the clinic took before the treatment first."""
        return not self.baseline, self.on, self.pk

    @property
    def is_from_before(self) -> bool:
        """Whether it was taken before the treatment."""
        return self.baseline or self.treatment.day_of(self.on) < 0

    def is_same_view(self, other: "Photo") -> bool | None:
        """Whether both show the same area from the same side; None where nobody said from which."""
        if self.area != other.area:
            return False
        return self.view == other.view if self.view and other.view else None
