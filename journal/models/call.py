import datetime
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Patient, User
from accounts.models.clinic import phone_validator
from accounts.models.people import seen_by

from .flag import Flag


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "patient"))

    def live(self) -> Self:
        """Somebody still has to ring."""
        return self.filter(closed_at=None)

    def queue_of(self, user: User) -> Self:
        """What waits for a clinician, the oldest first. Naming the clinic lets an index serve it."""
        return self.filter(clinic=user.clinic_id).live().with_tries().order_by("asked_at", "id")

    def after(self, call: "Call") -> Self:
        """Those that were asked for after this one."""
        return self.filter(Q(asked_at__gt=call.asked_at) | Q(asked_at=call.asked_at, id__gt=call.pk))

    def with_tries(self) -> Self:
        """With all that a line about a call tells, in a fixed number of queries."""
        return self.select_related("patient").prefetch_related("tries__by")


class Call(models.Model):
    """A patient's wish to be rung, at a number and in a part of the day. Open until a try says that it is done."""

    class Window(models.TextChoices):
        ANY = "any", _("Any time")
        MORNING = "morning", _("In the morning")
        AFTERNOON = "afternoon", _("In the afternoon")
        EVENING = "evening", _("After 5 pm")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="calls")
    # The patient's clinic again, so that what waits is one index.
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    # The flag that her entry raised by saying "please call me", where there is one.
    flag = models.ForeignKey(Flag, models.SET_NULL, null=True, blank=True, related_name="calls")
    number = models.CharField(_("phone number"), max_length=30, validators=[phone_validator])
    window = models.CharField(_("when"), max_length=10, choices=Window.choices, default=Window.ANY)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        verbose_name = _("call asked for")
        verbose_name_plural = _("calls asked for")
        indexes = [models.Index(fields=["clinic", "asked_at", "id"], name="calls_waiting", condition=Q(closed_at=None))]
        constraints = [
            models.UniqueConstraint(name="one_open_call", fields=["patient"], condition=Q(closed_at=None)),
            models.CheckConstraint(
                name="call_window", condition=Q(window__in=["any", "morning", "afternoon", "evening"])
            ),
        ]

    def __str__(self) -> str:
        return f"Call {str(self.id)[:8]}"

    @property
    def is_second_try(self) -> bool:
        """Whether the clinic began it when it rang in vain, and not the patient by asking. Its tries are fetched."""
        return self.asked_by_id != self.patient.user_id and any(one.at == self.asked_at for one in self.tries.all())

    def is_overdue(self, clinic: Clinic, now: datetime.datetime) -> bool:
        """Whether nobody has rung in the time that the clinic promised for what is not urgent."""
        return self.closed_at is None and now > clinic.promised_by(self.asked_at, urgent=False)


class CallTry(models.Model):
    """What came of ringing, or why nobody has to any more. Add-only. "No answer" leaves the call open."""

    class Outcome(models.TextChoices):
        SPOKEN = "spoken", _("Spoken with the patient")
        NO_ANSWER = "no_answer", _("No answer")
        NOT_NEEDED = "not_needed", _("No longer needed")

    CLOSING = [Outcome.SPOKEN, Outcome.NOT_NEEDED]

    call = models.ForeignKey(Call, models.CASCADE, related_name="tries")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="call_outcome", condition=Q(outcome__in=["spoken", "no_answer", "not_needed"]))
        ]

    def __str__(self) -> str:
        return f"Try {self.pk}"
