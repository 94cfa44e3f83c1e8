import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic

from .flag import Flag

# A sender that died holds its claim for so long only.
CLAIM = datetime.timedelta(minutes=10)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> Self:
        return self.filter(sent_at=None)

    def unclaimed(self, at: datetime.datetime) -> Self:
        """Nobody is at it."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lt=at - CLAIM))


class Notice(models.Model):
    """A reason to mail a clinic's duty address, written with the flag it is about; `tick` sends one mail for all."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Raised")
        REOPENED = "reopened", _("Opened again")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="notices")
    flag = models.ForeignKey(Flag, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RAISED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["clinic", "created_at"], name="notices_waiting", condition=Q(sent_at=None))]
        constraints = [
            models.UniqueConstraint(name="raised_once", fields=["flag"], condition=Q(kind="raised")),
            models.CheckConstraint(name="notice_kind", condition=Q(kind__in=["raised", "reopened"])),
        ]

    def __str__(self) -> str:
        return f"Notice {self.pk}"
