"""A clinician says that she has had a timeline before her."""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Min

from accounts.models import Patient, User
from journal.models import Flag, Look, Treatment

# A timeline, and when the newest of what was shown of it came in.
Shown = tuple[Treatment, datetime.datetime]


@transaction.atomic
def look(*, treatment: Treatment, seen_to: datetime.datetime, note: str = "", by: User, at: datetime.datetime) -> Look:
    """Everything that came in until `seen_to`, which is when her page was made, was looked at; the rest still waits."""
    Patient.objects.select_for_update().get(pk=treatment.patient_id)
    made = Look.objects.create(treatment=treatment, seen_to=min(seen_to, at), note=note, at=at, by=by)
    # A page that was left open longer than a colleague's brings back nothing that she has seen.
    seen_to = max(treatment.looks.values_list("seen_to", flat=True))
    Treatment.objects.filter(pk=treatment.pk).update(unseen_since=_first_after(treatment, seen_to))
    return made


@transaction.atomic
def look_at_all(*, shown: Sequence[Shown], note: str = "", by: User, at: datetime.datetime) -> list[Treatment]:
    """Timelines without a flag were looked at. Returns those that have one by now: they are left alone."""
    flagged = []
    # In one order, so that two people who mark the same page never wait for each other.
    for treatment, seen_to in sorted(shown, key=lambda pair: pair[0].patient_id):
        if _is_flagged(treatment):
            flagged.append(treatment)
        else:
            look(treatment=treatment, seen_to=seen_to, note=note, by=by, at=at)
    return flagged


def _is_flagged(treatment: Treatment) -> bool:
    """Asked with the patient's row in hand: whoever saves an entry, which may raise a flag, holds it meanwhile."""
    Patient.objects.select_for_update().get(pk=treatment.patient_id)
    return Flag.objects.live().filter(treatment=treatment).exists()


def _first_after(treatment: Treatment, moment: datetime.datetime) -> datetime.datetime | None:
    """When the first of what came in after a moment came in."""
    entries = treatment.entries.filter(updated_at__gt=moment).aggregate(first=Min("updated_at"))["first"]
    photos = treatment.photos.filter(added_at__gt=moment, baseline=False).aggregate(first=Min("added_at"))["first"]
    progress = treatment.progress.filter(at__gt=moment).aggregate(first=Min("at"))["first"]
    return _earliest([entries, photos, progress])


def _earliest(moments: Iterable[datetime.datetime | None]) -> datetime.datetime | None:
    return min((moment for moment in moments if moment), default=None)
