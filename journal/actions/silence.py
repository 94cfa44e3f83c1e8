"""Days on which nobody wrote: looked for once a day, so that a silence reaches the clinic without a new entry."""

import datetime
import logging
import uuid

from django.db import transaction

from accounts.models import Patient
from journal.models import Treatment
from journal.models.treatment import MISSED_AFTER

from . import flags

log = logging.getLogger(__name__)


def review(*, at: datetime.datetime) -> int:
    """Compare again each course on which another day may have been missed. Returns how many it were."""
    due = [
        treatment
        for treatment in Treatment.objects.waited_for(at)
        if treatment.waited_to is None or treatment.waited_to < treatment.today(at - MISSED_AFTER)
    ]
    return sum(_try(treatment, at) for treatment in due)


def _try(treatment: Treatment, at: datetime.datetime) -> bool:
    """One course that cannot be compared must not keep all others waiting."""
    try:
        return _review(treatment.pk, treatment.patient_id, at)
    except Exception:
        log.exception("the course of treatment %s could not be compared", treatment.pk)
        return False


@transaction.atomic
def _review(treatment_id: uuid.UUID, patient_id: uuid.UUID, at: datetime.datetime) -> bool:
    # Who saves an entry at this moment compares the course anyway; the next tick comes back for it.
    if not Patient.objects.select_for_update(skip_locked=True).filter(pk=patient_id).exists():
        return False
    treatment = Treatment.objects.select_related("patient").get(pk=treatment_id)
    flags.review_course(treatment=treatment, at=at)
    Treatment.objects.filter(pk=treatment_id).update(waited_to=treatment.today(at - MISSED_AFTER))
    return True
