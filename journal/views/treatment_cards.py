"""A patient's treatments as cards: what each one waits for comes first, the rest is behind one more tap."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Patient
from journal.models import Candidacy, Treatment

from .progress import SoFar, so_far

# What can be done with a treatment, by the last part of its page's name. Cancelling it is the template's.
LINKS: dict[str, Any] = {
    "treatment_questions": gettext_lazy("Questions"),
    "treatment_day": gettext_lazy("The day"),
    "treatment_care": gettext_lazy("Care plan"),
    "timeline": gettext_lazy("Timeline"),
    "log_for": gettext_lazy("Log for the patient"),
    "treatment_edit": gettext_lazy("Correct"),
}
Link = tuple[str, str]  # what it says, and the address


@dataclass(frozen=True, slots=True)
class Card:
    """One treatment, with what is to be known and done first as of a date."""

    treatment: Treatment
    has_come: bool
    is_written_down: bool
    put_off: Candidacy | None  # the decision against a session whose date still stands
    so_far: SoFar | None
    first: Sequence[Link]
    more: Sequence[Link]


def cards(patient: Patient, on: datetime.date) -> list[Card]:
    """The latest first, those that were cancelled among them. Four queries."""
    treatments = list(
        patient.treatments.order_by("-treated_on", "-recorded_at").prefetch_related(
            "candidacies__by", "visits", "progress"
        )
    )
    standing = [one for one in treatments if one.cancelled_at is None]
    return [_card(one, on, one.following(standing)) for one in treatments]


def _card(treatment: Treatment, on: datetime.date, following: datetime.date | None) -> Card:
    decided = next(iter(treatment.candidacies.all()), None)
    visit = next(iter(treatment.visits.all()), None)
    is_written_down = bool(visit and visit.says_anything)
    first = _first(treatment, on, is_written_down, decided)
    return Card(
        treatment=treatment,
        has_come=treatment.treated_on <= on,
        is_written_down=is_written_down,
        put_off=decided if treatment.put_off_at else None,
        so_far=so_far(treatment, on, following),
        first=[_link(name, treatment) for name in first],
        more=[_link(name, treatment) for name in LINKS if name not in first],
    )


def _first(treatment: Treatment, on: datetime.date, is_written_down: bool, decided: Candidacy | None) -> Sequence[str]:
    if treatment.treated_on > on or treatment.put_off_at:
        return ("treatment_questions", "treatment_care")
    if is_written_down:
        return ("timeline", "log_for")
    if treatment.treated_on == on and decided is None:
        return ("treatment_questions", "treatment_day")
    return ("treatment_day", "timeline", "log_for")


def _link(name: str, treatment: Treatment) -> Link:
    return str(LINKS[name]), reverse(f"journal:{name}", args=[treatment.pk])
