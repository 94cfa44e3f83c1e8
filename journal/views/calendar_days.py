"""The dates on which a look at the journal is worth it."""

import datetime
import uuid
from collections.abc import Sequence

from accounts.models import Clinic
from journal.care_plan import clocks_of
from journal.models import Treatment
from journal.recovery import aftercare

from .late import checkins_of


def calendar_days(clinic: Clinic, treatments: Sequence[Treatment], on: datetime.date) -> dict[uuid.UUID, datetime.date]:
    """From a date on, once each. An id stays the same when its treatment is moved, and nobody can guess it."""
    days: dict[uuid.UUID, datetime.date] = {}
    for treatment in sorted(treatments, key=lambda one: one.treated_on):
        following = treatment.following(treatments)
        if following and following <= on:
            continue
        for day in sorted(_days(clinic, treatment, treatments)):
            date = treatment.date_of(day)
            if on <= date and (following is None or date < following) and date not in days.values():
                days[uuid.uuid5(treatment.pk, f"day {day}")] = date
    return days


def _days(clinic: Clinic, treatment: Treatment, treatments: Sequence[Treatment]) -> set[int]:
    """When something begins: to prepare, the treatment, what may be done again, a look at how it is coming along."""
    care = treatment.protocol.care
    last_days = aftercare.ends(one.clock for one in clocks_of(clinic, treatment.protocol))
    return {
        *(advice.from_day for advice in care.preparation),
        0,
        *(day + 1 for day in last_days),
        *(milestone.day for milestone in care.milestones),
        *(checkin.day for checkin in checkins_of(treatment, treatments)),
        care.spacing.from_day,
    }
