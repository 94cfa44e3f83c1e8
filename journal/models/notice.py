import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Patient

from .call import Call
from .flag import Flag
from .message import Message

# A sender that died holds its claim for so long only.
CLAIM = datetime.timedelta(minutes=10)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self) -> Self:
        """Somebody still has to be mailed."""
        return self.filter(sent_at=None, given_up_at=None)

    def unclaimed(self, at: datetime.datetime) -> Self:
        """Nobody is at it."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lt=at - CLAIM))


class Notice(models.Model):
    """A reason to mail somebody, written with what it is about; `tick` sends one mail for all that wait for a desk."""

    class Kind(models.TextChoices):
        RAISED = "raised", _("Raised")
        REOPENED = "reopened", _("Opened again")
        ASKED = "asked", _("Asks for a call")
        ANSWERED = "answered", _("The patient wrote")
        OVERDUE = "overdue", _("Waited for longer than promised")
        LONG_OVERDUE = "long_overdue", _("Waited for twice as long")
        UNFINISHED = "unfinished", _("Seen, and not closed")
        WROTE = "wrote", _("The clinic wrote")
        UNOPENED = "unopened", _("A prompt was not opened")
        CALL_NOW = "call_now", _("Told to call")

    class Desk(models.TextChoices):
        """Who gets the mail; which address that is, is asked when it leaves."""

        DUTY = "duty", _("Duty address")
        SECOND = "second", _("Second person")
        LEAD = "lead", _("Lead")
        PATIENT = "patient", _("Patient")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="notices")
    # What it is about: one of these.
    flag = models.ForeignKey(Flag, models.CASCADE, null=True, blank=True, related_name="notices")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="notices")
    call = models.ForeignKey(Call, models.CASCADE, null=True, blank=True, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.RAISED)
    desk = models.CharField(max_length=8, choices=Desk.choices, default=Desk.DUTY)
    patient = models.ForeignKey(Patient, models.CASCADE, null=True, blank=True, related_name="notices")
    # Of what follows from waiting: since when it waited. The same wait is told once.
    since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # A patient has no confirmed address, or none that takes mail: it is not tried again. A clinic's is always tried.
    given_up_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(
                fields=["clinic", "created_at"],
                name="notices_waiting",
                condition=Q(sent_at=None, given_up_at=None),
            )
        ]
        constraints = [
            models.UniqueConstraint(name="raised_once", fields=["flag"], condition=Q(kind="raised")),
            models.UniqueConstraint(
                name="flag_wait_told_once", fields=["flag", "kind", "since"], condition=Q(since__isnull=False)
            ),
            models.UniqueConstraint(
                name="message_wait_told_once", fields=["message", "kind", "since"], condition=Q(since__isnull=False)
            ),
            models.UniqueConstraint(
                name="call_wait_told_once", fields=["call", "kind", "since"], condition=Q(since__isnull=False)
            ),
            models.CheckConstraint(
                name="notice_kind",
                condition=Q(
                    kind__in=[
                        "raised",
                        "reopened",
                        "asked",
                        "answered",
                        "overdue",
                        "long_overdue",
                        "unfinished",
                        "wrote",
                        "unopened",
                        "call_now",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="notice_desk",
                condition=Q(desk__in=["duty", "second", "lead"], patient=None)
                | Q(desk="patient", patient__isnull=False),
            ),
            models.CheckConstraint(
                name="only_patients_are_given_up",
                condition=Q(given_up_at=None) | Q(desk="patient", sent_at=None),
            ),
            models.CheckConstraint(
                name="notice_about_one",
                condition=Q(flag__isnull=False, message=None, call=None)
                | Q(flag=None, message__isnull=False, call=None)
                | Q(flag=None, message=None, call__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Notice {self.pk}"
