from typing import Self

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import seen_by
from journal.recovery.care import Concern

from .protocol import protocol_of
from .treatment import Treatment


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def visible_to(self, user: User) -> Self:
        """Those of treatments that a person may see."""
        return self.filter(seen_by(user, "treatment__patient"))


# No code of a concern has an underscore, so none is taken for one of these.
ON_RECORD = "on_record_"


class Candidacy(models.Model):
    """What was asked before a session, and what a person decided. Add-only: the latest of a treatment stands.

    `answers` are by the code of a concern of `protocol_version`, or by `ON_RECORD` and a risk factor about which that
    version asks nothing; what is not there was not asked.
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

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """What its own version asks."""
        return protocol_of(self.protocol_version).care.concerns

    @property
    def not_asked(self) -> int:
        """How many of them were left open."""
        return len({concern.code for concern in self.concerns} - self.answers.keys())

    @property
    def is_late(self) -> bool:
        """Whether it was asked after the day of the session."""
        return self.at.astimezone(self.treatment.zone).date() > self.treatment.treated_on

    @property
    def is_put_off(self) -> bool:
        return self.decision != Candidacy.Decision.TREAT


def standing_of(treatment: Treatment) -> str:
    """What a page of questions was made from: their version, the latest time they were asked, what was on record."""
    latest = treatment.candidacies.values_list("pk", flat=True).first()
    return ":".join([treatment.protocol_version, str(latest or 0), *sorted(treatment.risk_factors)])
