import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic

from .flag import Flag

CLAIM = datetime.timedelta(minutes=5)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> Self:
        return self.filter(sent_at=None)

    def unclaimed(self, at: datetime.datetime) -> Self:
        """Nobody is at it."""
        return self.filter(models.Q(claimed_at=None) | models.Q(claimed_at__lt=at - CLAIM))


class Notice(models.Model):
    """A neutral mail to a clinic's duty address, written with the flag it is about and sent by `tick`."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="notices")
    flag = models.OneToOneField(Flag, models.CASCADE, related_name="notice")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # A sender that died holds its claim for a while only.
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [models.Index(fields=["created_at"], name="notices_waiting", condition=models.Q(sent_at=None))]

    def __str__(self) -> str:
        return f"Notice {self.pk}"
