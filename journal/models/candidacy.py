from typing import Self

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .treatment import Treatment


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def visible_to(self, user: User) -> Self:
        """Those of treatments that a person may see."""
        return self.filter(treatment__in=Treatment.objects.visible_to(user))


class Candidacy(models.Model):
    """What was asked before a session, and what a person decided. Add-only: the latest of a treatment stands.

    `answers` are by the code of a concern of `protocol_version`; what is not there was not asked.
    """

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Not known")

    class Decision(models.TextChoices):
        TREAT = "treat", _("Treat")
        WAIT = "wait", _("Wait")
        DECLINE = "decline", _("Do not treat")

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="candidacies")
    protocol_version = models.CharField(max_length=60)
    answers = models.JSONField(default=dict)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    reason = models.CharField(_("reason"), max_length=500, validators=[MinLengthValidator(3)])
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = CandidacyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("candidacy")
        verbose_name_plural = _("candidacies")
        constraints = [
            models.CheckConstraint(name="candidacy_decision", condition=Q(decision__in=["treat", "wait", "decline"])),
            models.CheckConstraint(name="candidacy_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Candidacy {self.pk}"
