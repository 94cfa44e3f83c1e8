import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import seen_by
from journal.recovery.care import Milestone

from .treatment import Treatment

# Asked like a goal: what the clinic wrote in other words, and the whole skin where no goal was chosen.
# No code of a protocol has an underscore, so none is taken for these.
IN_OTHER_WORDS, OVERALL = "other_words", "skin_overall"
STILL_ASKED = 6  # days on which a week that was not answered is still asked for


def goals_of(treatment: Treatment) -> list[str]:
    """Codes of what a patient is asked some weeks after a session."""
    chosen = [*treatment.goals_chosen, *([IN_OTHER_WORDS] if treatment.goals else [])]
    return chosen or [OVERALL]


def week_asked(treatment: Treatment, day: int) -> Milestone | None:
    """The week that is asked for on a day after a session."""
    weeks = treatment.protocol.care.milestones
    return next((week for week in weeks if week.day <= day <= week.day + STILL_ASKED), None)


class ProgressQuerySet(models.QuerySet["Progress"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "treatment__patient"))


class Progress(models.Model):
    """What a patient says some weeks after a session of one goal, compared with before it."""

    class Answer(models.TextChoices):
        BETTER = "better", _("Better")
        SAME = "same", _("The same")
        WORSE = "worse", _("Worse")
        CANT_TELL = "cant_tell", _("I can’t tell")

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="progress")
    week = models.PositiveSmallIntegerField(_("week"))
    goal = models.CharField(_("goal"), max_length=30)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = ProgressQuerySet.as_manager()

    class Meta:
        ordering = ["week", "id"]
        verbose_name = _("progress")
        verbose_name_plural = _("progress")
        constraints = [
            models.UniqueConstraint(name="one_answer_a_week_and_goal", fields=["treatment", "week", "goal"]),
            models.CheckConstraint(name="progress_week", condition=Q(week__range=(1, 52))),
            models.CheckConstraint(
                name="progress_answer", condition=Q(answer__in=["better", "same", "worse", "cant_tell"])
            ),
        ]

    def __str__(self) -> str:
        return f"Progress {self.pk}"

    @property
    def is_worse(self) -> bool:
        return self.answer == Progress.Answer.WORSE


def worse_since(treatment: Treatment, moment: datetime.datetime | None) -> list[Progress]:
    """Goals said to be worse after a moment; without one, ever. For lists fetch `progress` before."""
    return [one for one in treatment.progress.all() if one.is_worse and (moment is None or one.at > moment)]
