import datetime
import hashlib
import secrets
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import Patient

LIFETIME = datetime.timedelta(days=7)


def digest(token: str) -> str:
    """Only this is stored: who reads the database cannot use the link."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def usable(self, at: datetime.datetime) -> Self:
        return self.filter(used_at=None, expires_at__gt=at)

    def with_token(self, token: str) -> Self:
        return self.filter(token_digest=digest(token))


class Invitation(models.Model):
    """A one-time link that turns a patient's record into a patient who can sign in."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="invitations")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"Invitation {self.pk}"

    @classmethod
    def issue(cls, *, patient: Patient, by: "models.Model | None", at: datetime.datetime) -> str:
        """Make a link's token (shown once, never stored) and end every earlier link of this patient."""
        token = secrets.token_urlsafe(24)
        cls.objects.filter(patient=patient).usable(at).update(expires_at=at)
        cls.objects.create(
            patient=patient,
            token_digest=digest(token),
            created_by_id=by and by.pk,
            created_at=at,
            expires_at=at + LIFETIME,
        )
        return token
