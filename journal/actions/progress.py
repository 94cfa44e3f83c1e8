"""How the goals of a treatment are coming along, as its patient says some weeks later."""

import datetime
from collections.abc import Mapping

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Progress, Treatment
from journal.models.progress import goals_of, week_asked
from journal.models.treatment import current


class NotAsked(Exception):
    """The week is over or still to come, a later session has begun, or one of the goals is no longer asked about."""


@transaction.atomic
def say(*, treatment: Treatment, week: int, answers: Mapping[str, str], by: User, at: datetime.datetime) -> None:
    """Keep answers, by the code of their goal, for a week. Said again, the latest stand. Raises NotAsked."""
    Patient.objects.select_for_update().get(pk=treatment.patient_id)
    # After the lock: a session that was recorded meanwhile begins a course of its own.
    home = current(Treatment.objects.standing().filter(patient=treatment.patient_id), at)
    asked = week_asked(home, home.day_of(home.today(at))) if home == treatment else None
    if home is None or asked is None or asked.week != week or not answers.keys() <= set(goals_of(home)):
        raise NotAsked
    for goal, answer in answers.items():
        said = {"answer": answer, "at": at, "by": by}
        Progress.objects.update_or_create(treatment=home, week=week, goal=goal, defaults=said)
    home.note_news(at)
