"""Days on which nobody wrote: looked for once a day, so that a silence reaches the clinic without a new entry."""

import datetime
import logging
import uuid

from django.db import transaction

from accounts.models import Patient
from journal.models import Treatment

from . import flags

TRY_AGAIN = datetime.timedelta(hours=1)
log = logging.getLogger(__name__)


def review(*, at: datetime.datetime) -> int:
    """Compare again each course on which another day may have been missed. Returns how many it were."""
    due = Treatment.objects.waited_for(at).values_list("pk", "patient")
    return sum(_try(treatment, patient, at) for treatment, patient in due)


def _try(treatment: uuid.UUID, patient: uuid.UUID, at: datetime.datetime) -> bool:
    """One course that cannot be compared must not keep all others waiting; it is tried again an hour later."""
    try:
        return _review(treatment, patient, at)
    except Exception as error:
        # Its name only: what it says may speak of health.
        log.error("the course of treatment %s could not be compared: %s", treatment, type(error).__name__)
        Treatment.objects.filter(pk=treatment).update(waits_until=at + TRY_AGAIN)
        return False


@transaction.atomic
def _review(treatment_id: uuid.UUID, patient_id: uuid.UUID, at: datetime.datetime) -> bool:
    # Who saves an entry at this moment holds the row; the next tick comes back for it.
    if not Patient.objects.select_for_update(skip_locked=True).filter(pk=patient_id).exists():
        return False
    treatment = Treatment.objects.select_related("patient").get(pk=treatment_id)
    flags.review_course(treatment=treatment, at=at, silence=True)
    Treatment.objects.filter(pk=treatment_id).update(waits_until=treatment.next_wait(at))
    return True
