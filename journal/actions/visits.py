"""Writing down the day of a treatment: what was used, for how long, and how deep."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Treatment, Visit

from . import treatments


@transaction.atomic
def record_visit(
    *, treatment: Treatment, facts: Mapping[str, Any], depth_mm: Decimal | None, by: User, at: datetime.datetime
) -> Visit:
    """Keep `facts`, by the names of FACTS; what was there stays. Depth and products become the treatment's own."""
    Patient.objects.select_for_update().get(pk=treatment.patient_id)  # or a correction meanwhile would be lost
    treatment = Treatment.objects.get(pk=treatment.pk)
    corrected = {"depth_mm": depth_mm, "products": _products(treatment, facts)}
    visit = Visit.objects.create(treatment=treatment, at=at, by=by, **facts)
    changed = {name: value for name, value in corrected.items() if value != getattr(treatment, name)}
    if visit.says_anything or depth_mm is not None:
        treatments.put_off(treatment=treatment, off=False, at=at)  # it took place after all
    if changed:
        treatments.correct(treatment=treatment, fields=changed, by=by, at=at)
    return visit


def _products(treatment: Treatment, facts: Mapping[str, Any]) -> str:
    """What was put on the skin. A first visit that names nothing takes nothing back that was known without it."""
    named = ", ".join(name for name in (facts.get("serum"), facts.get("mask")) if name)
    return named if named or treatment.visits.exists() else treatment.products
