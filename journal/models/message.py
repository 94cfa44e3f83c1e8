import datetime
import re
import uuid
from collections.abc import Mapping
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Patient, User
from accounts.models.people import seen_by

from .flag import Flag
from .treatment import Treatment

MESSAGE_LENGTH = 600
# What may stand in braces in a canned reply.
VARIABLES = ("name", "day", "clinic", "phone", "urgent_line")
IN_BRACES = re.compile(r"\{\s*(\w+)\s*\}")


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "patient"))

    def waiting(self) -> Self:
        """Of a patient, and nobody at the clinic has seen it."""
        return self.filter(from_clinic=False, opened_at=None)

    def unread(self) -> Self:
        """Of the clinic, and its patient has not had it before her."""
        return self.filter(from_clinic=True, opened_at=None)

    def queue_of(self, user: User) -> Self:
        """What waits for a clinician, the oldest first and once for each patient. Naming the clinic uses an index."""
        earlier = Message.objects.waiting().filter(patient=OuterRef("patient"))
        before = Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), id__lt=OuterRef("id"))
        mine = self.filter(clinic=user.clinic_id).waiting().filter(~Exists(earlier.filter(before)))
        return mine.select_related("patient").order_by("at", "id")

    def after(self, message: "Message") -> Self:
        """Those that came after this one."""
        return self.filter(Q(at__gt=message.at) | Q(at=message.at, id__gt=message.pk))

    def before(self, message: "Message") -> Self:
        """Those that came before this one."""
        return self.filter(Q(at__lt=message.at) | Q(at=message.at, id__lt=message.pk))


class Message(models.Model):
    """A few words between a clinic and a patient, or the clinic's wish for a photo. Add-only but for who opened it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="messages")
    # The patient's clinic again, so that what waits is one index.
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+")
    treatment = models.ForeignKey(Treatment, models.SET_NULL, null=True, blank=True, related_name="messages")
    flag = models.ForeignKey(Flag, models.SET_NULL, null=True, blank=True, related_name="messages")
    from_clinic = models.BooleanField()
    text = models.CharField(_("message"), max_length=MESSAGE_LENGTH, blank=True)
    asks_photo_of = models.CharField(_("asks for a photo of"), max_length=20, blank=True)  # an area's code
    # Set by the form, so that a message sent twice is one message.
    client_id = models.UUIDField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # When it was first before the other side, and who that was.
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["patient", "at"], name="messages_of"),
            models.Index(
                fields=["clinic", "at", "id"],
                name="messages_waiting",
                condition=Q(from_clinic=False, opened_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="message_says_something", condition=~Q(text="") | ~Q(asks_photo_of="")),
            models.CheckConstraint(
                name="only_the_clinic_asks_for_photos", condition=Q(asks_photo_of="") | Q(from_clinic=True)
            ),
            models.CheckConstraint(
                name="message_opened_by_someone",
                condition=Q(opened_at=None, opened_by=None) | Q(opened_at__isnull=False, opened_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Message {str(self.id)[:8]}"

    def is_overdue(self, clinic: Clinic, now: datetime.datetime) -> bool:
        """Whether nobody at the clinic has seen it in the time that it promised for what is not urgent."""
        return not self.from_clinic and not self.opened_at and now > clinic.promised_by(self.at, urgent=False)


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    def standing(self) -> Self:
        """Not taken off the list."""
        return self.filter(removed_at=None)


class CannedReply(models.Model):
    """Words that a clinic says often, ready to be changed before they are sent. `{name}` and the like are filled in."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="canned_replies")
    title = models.CharField(_("title"), max_length=60)
    language = models.CharField(_("language"), max_length=10, default="en")
    text = models.CharField(_("text"), max_length=MESSAGE_LENGTH)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        constraints = [
            models.UniqueConstraint(
                name="one_reply_of_a_title",
                fields=["clinic", "language", "title"],
                condition=Q(removed_at=None),
                violation_error_message=_("There is a reply with this title in that language already."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def filled(self, names: Mapping[str, str]) -> str:
        """The text with what stands in braces put in, once: braces in a name stay what they are."""
        return IN_BRACES.sub(lambda found: names.get(found[1], found[0]), self.text)


def named_in_braces(text: str) -> set[str]:
    return set(IN_BRACES.findall(text))


def in_braces(name: str) -> str:
    """As a canned reply writes it."""
    return "{" + name + "}"
