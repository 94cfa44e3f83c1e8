"""A clinician says that she has had a timeline before her."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Min

from accounts.models import Patient, User
from journal.models import Look, Treatment


@transaction.atomic
def look(*, treatment: Treatment, seen_to: datetime.datetime, note: str = "", by: User, at: datetime.datetime) -> Look:
    """Everything that came in until `seen_to`, which is when her page was made, was looked at; the rest still waits."""
    Patient.objects.select_for_update().get(pk=treatment.patient_id)
    made = Look.objects.create(treatment=treatment, seen_to=min(seen_to, at), note=note, at=at, by=by)
    Treatment.objects.filter(pk=treatment.pk).update(unseen_since=_first_after(treatment, made.seen_to))
    return made


def _first_after(treatment: Treatment, moment: datetime.datetime) -> datetime.datetime | None:
    """When the first of what came in after a moment came in."""
    entries = treatment.entries.filter(updated_at__gt=moment).aggregate(first=Min("updated_at"))["first"]
    photos = treatment.photos.filter(added_at__gt=moment, baseline=False).aggregate(first=Min("added_at"))["first"]
    progress = treatment.progress.filter(at__gt=moment).aggregate(first=Min("at"))["first"]
    return _earliest([entries, photos, progress])


def _earliest(moments: Iterable[datetime.datetime | None]) -> datetime.datetime | None:
    return min((moment for moment in moments if moment), default=None)
