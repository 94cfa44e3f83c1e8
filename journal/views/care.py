"""The whole plan around a treatment: before, the day, after, what helps, what may be seen; to read, print, download."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import clinician_required, patient_required
from accounts.http import AuthenticatedRequest
from journal.calendar_file import calendar_file
from journal.care_plan import ClinicClock, clocks_of
from journal.models import Product, Treatment
from journal.models.treatment import current
from journal.recovery import aftercare
from journal.recovery.care import Advice, Comfort, Result, Stage
from journal.recovery.stretches import span

from . import record
from .calendar_days import calendar_days
from .claims import Claimed, claimed
from .next_session import next_session
from .origin import Origin, origin
from .writing import local_today


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of advice with its dates, both included; `to_on` None has no end."""

    advice: Advice
    text: str
    days: str
    from_on: datetime.date
    to_on: datetime.date | None
    is_today: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of aftercare."""

    title: str
    lines: Sequence[Line]
    claims: Sequence[Claimed]  # how long the documents would leave it out, the most cautious first
    chosen: bool  # the clinic has a day of its own
    products: Sequence[Product]

    @property
    def to_on(self) -> datetime.date | None:
        """The last date on which it is left out from the start, where there is one."""
        return None if self.lines[0].advice.does else self.lines[0].to_on

    @property
    def is_left_out_today(self) -> bool:
        return any(line.is_today and not line.advice.does for line in self.lines)

    @property
    def documents(self) -> int:
        """How many say how long."""
        return sum(len(claim.statements) for claim in self.claims)


@dataclass(frozen=True, slots=True)
class Part:
    """Something to read with its source: a part of the day, what helps, what may be seen."""

    row: Stage | Comfort | Result
    title: str
    text: str
    origin: Origin
    products: Sequence[Product] = ()


@require_safe
@patient_required
def care(request: AuthenticatedRequest) -> HttpResponse:
    """The patient's plan: after the treatment of now, and before the next one."""
    patient, now = request.user.patient, timezone.now()
    treatments = list(patient.treatments.standing())
    treatment = current(treatments, now)
    context: dict[str, Any] = {"clinic": patient.clinic, "patient": patient, "treatment": treatment, "here": "today"}
    if treatment:
        on = local_today(patient, treatments, now)
        coming = upcoming(treatments, on)
        context |= whole(treatment, on) | {"before": before(coming, on) if coming else (), "coming": coming}
        context["next_session"] = next_session(request.user, treatments, now)
    return render(request, "journal/care.html", context)


@require_safe
@clinician_required
def treatment_care(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """The same of one treatment, for the clinic to print and hand over."""
    visible = Treatment.objects.visible_to(request.user).standing().select_related("patient__clinic")
    treatment = get_object_or_404(visible, pk=treatment_id)
    record.note_look(request, treatment)
    on = treatment.today(timezone.now())
    context = {
        "clinic": treatment.patient.clinic,
        "patient": treatment.patient,
        "treatment": treatment,
        "before": before(treatment, on),
        "coming": treatment,
        "here": "patients",
    }
    return render(request, "journal/care.html", context | whole(treatment, on))


@require_safe
@patient_required
def calendar(request: AuthenticatedRequest) -> HttpResponse:
    """The dates that are still to come, as a file for the patient's own calendar."""
    patient, now = request.user.patient, timezone.now()
    treatments = list(patient.treatments.standing())
    if not treatments:
        return redirect("journal:care")
    days = calendar_days(patient.clinic, treatments, local_today(patient, treatments, now))
    answer = HttpResponse(calendar_file(days, now), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="journal.ics"'
    return answer


def upcoming(treatments: Iterable[Treatment], on: datetime.date) -> Treatment | None:
    """The first of a patient's standing treatments after a date."""
    later = [one for one in treatments if one.treated_on > on]
    return min(later, key=lambda one: one.treated_on, default=None)


def whole(treatment: Treatment, on: datetime.date) -> dict[str, Any]:
    """Everything from the treatment day on, as the template takes it."""
    told, clocks = treatment.protocol.care, clocks_of(treatment.patient.clinic, treatment.protocol)
    products = {one.clock.code: one.products for one in clocks}
    return {
        "stages": stages(treatment),
        "visit": treatment.visits.first(),
        "topics": [_topic(treatment, one, on) for one in clocks if one.clock.advice],
        "comforts": [part(treatment, one, products.get(one.clock, ())) for one in told.comforts],
        "results": [part(treatment, result) for result in told.results],
    }


def stages(treatment: Treatment) -> list[Part]:
    """The parts of the treatment day."""
    told = aftercare.stages_for(treatment.protocol.care, treatment.areas)
    return [part(treatment, stage) for stage in told]


def before(treatment: Treatment, on: datetime.date) -> list[Line]:
    return [_line(treatment, advice, on) for advice in treatment.protocol.care.preparation]


def part(treatment: Treatment, row: Stage | Comfort | Result, products: Sequence[Product] = ()) -> Part:
    """With the texts in the reader's language."""
    return Part(row, _(row.title), _(row.text), origin(treatment.protocol, row), products)


def _topic(treatment: Treatment, one: ClinicClock, on: datetime.date) -> Topic:
    return Topic(
        title=_(one.written.topic),
        lines=[_line(treatment, advice, on) for advice in one.clock.advice],
        claims=claimed(one.written),
        chosen=one.change is not None,
        products=one.products,
    )


def _line(treatment: Treatment, advice: Advice, on: datetime.date) -> Line:
    first, last = advice.from_day, advice.to_day
    return Line(
        advice=advice,
        text=_(advice.text),
        days=span(first, first if last is None else last, _, lasts=last is None),
        from_on=treatment.date_of(first),
        to_on=None if last is None else treatment.date_of(last),
        is_today=advice.holds_on(treatment.day_of(on)),
        origin=origin(treatment.protocol, advice),
    )
