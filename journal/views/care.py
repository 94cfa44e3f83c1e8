"""The whole plan around a treatment: before, the day, after, what helps, what may be seen; to read, print, download."""

import datetime
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import clinician_required, patient_required
from accounts.http import AuthenticatedRequest
from accounts.models import User
from journal.calendar_file import calendar_file
from journal.care_plan import ClinicClock, clocks_of
from journal.models import Flag, Product, Treatment
from journal.models.treatment import current
from journal.recovery import aftercare
from journal.recovery.care import Advice, Comfort, Result, Stage
from journal.recovery.protocol import Protocol
from journal.recovery.rows import Source
from journal.recovery.stretches import span
from journal.words import visit_facts

from . import record
from .calendar_days import calendar_days
from .claims import Claimed, claimed, codes, until
from .next_session import next_session
from .origin import Origin, origin
from .writing import local_today


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of advice with its dates, both included; `to_on` None tells no end."""

    advice: Advice
    text: str
    days: str
    from_on: datetime.date
    to_on: datetime.date | None
    is_today: bool
    waits: bool  # it is not begun before the clinic says so
    origin: Origin
    codes: str  # of the documents, for paper
    products: Sequence[Product] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of aftercare."""

    code: str
    title: str
    lines: Sequence[Line]
    claims: Sequence[Claimed]  # how long the documents would leave it out, the most cautious first
    chosen: str  # until when the clinic leaves it out, where that is another day than the protocol's

    @property
    def left_out(self) -> Line | None:
        """What is left out today, or else first; None where nothing is."""
        lines = [line for line in self.lines if not line.advice.does]
        return next((line for line in lines if line.is_today), next(iter(lines), None))


@dataclass(frozen=True, slots=True)
class Part:
    """Something to read with its source: a part of the day, what helps, what may be seen."""

    row: Stage | Comfort | Result
    title: str
    text: str
    origin: Origin
    codes: str  # of the documents, for paper
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
        context |= whole(request.user, treatment, on) | _awaited(treatment, treatments, on)
        context["has_dates"] = bool(calendar_days(patient.clinic, settled(treatments), on))
        context["next_session"] = next_session(request.user, treatments, on)
    return render(request, "journal/care.html", context)


def _awaited(treatment: Treatment, treatments: Sequence[Treatment], on: datetime.date) -> dict[str, Any]:
    """How to prepare for what comes next, or that its date is to be asked for."""
    coming = awaited(treatment, treatments, on)
    if coming is None:
        return {}
    if coming.put_off_at:
        return {"put_off": coming}
    day, lines = coming.day_of(on), before(coming, on)
    return {
        "coming": coming,
        "is_the_day": day == 0,
        "before": [line for line in lines if line.is_today] if day == 0 else lines,
    }


@require_safe
@clinician_required
def treatment_care(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """The same of one treatment, for the clinic to print and hand over."""
    treatment = record.standing_or_404(request, treatment_id)
    record.note_look(request, treatment)
    on = treatment.today(timezone.now())
    context = {
        "clinic": treatment.patient.clinic,
        "patient": treatment.patient,
        "treatment": treatment,
        "before": before(treatment, on),
        "coming": treatment,
        "put_off": treatment if treatment.put_off_at else None,
        "here": "patients",
    }
    return render(request, "journal/care.html", context | whole(request.user, treatment, on))


@require_safe
@patient_required
def calendar(request: AuthenticatedRequest) -> HttpResponse:
    """The dates that are still to come, as a file for the patient's own calendar."""
    patient, now = request.user.patient, timezone.now()
    treatments = list(patient.treatments.standing())
    on = local_today(patient, treatments, now)
    days = calendar_days(patient.clinic, settled(treatments), on)
    if not days:
        messages.info(request, _("There is no day to come that the clinic has settled, so there is no file."))
        return redirect("journal:care")
    answer = HttpResponse(calendar_file(days, now), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="journal.ics"'
    return answer


def upcoming(treatments: Iterable[Treatment], on: datetime.date) -> Treatment | None:
    """The first of a patient's standing treatments after a date."""
    later = [one for one in treatments if one.treated_on > on]
    return min(later, key=lambda one: one.treated_on, default=None)


def settled(treatments: Iterable[Treatment]) -> list[Treatment]:
    """Those whose date stands."""
    return [one for one in treatments if one.put_off_at is None]


def awaited(treatment: Treatment, treatments: Iterable[Treatment], on: datetime.date) -> Treatment | None:
    """What is prepared for: the `treatment` of this very date until the clinic has written down the visit, or the next.

    `treatment` is the one of now, of all the patient's standing ones. Put off, it is waited for, whatever its date.
    """
    if treatment.put_off_at or (treatment.treated_on == on and not treatment.visits.exists()):
        return treatment
    return upcoming(treatments, on)


def whole(user: User, treatment: Treatment, on: datetime.date) -> dict[str, Any]:
    """Everything from the treatment day on, as the template takes it. `user` is who reads it."""
    told, clocks = treatment.protocol.care, clocks_of(treatment.patient.clinic, treatment.protocol)
    visit = treatment.visits.first()
    flagged = Flag.objects.visible_to(user).live().filter(treatment__patient=treatment.patient_id).exists()
    return {
        "stages": stages(treatment),
        "visit": visit_facts(visit, for_patient=True) if visit else (),
        "topics": [_topic(treatment, one, on, flagged=flagged) for one in clocks if one.clock.advice],
        "comforts": comforts(treatment, told.comforts, clocks, treatment.day_of(on)),
        "results": [part(treatment, result) for result in told.results],
        "flagged": flagged,
        "differs": any(one.differs for one in clocks),
        "documents": _documents(treatment.protocol),
    }


def _documents(protocol: Protocol) -> list[Source]:
    """Those that the plan rests on, in the protocol's order."""
    care = protocol.care
    advice = [one for clock in care.clocks for one in clock.advice]
    rows = [*care.preparation, *care.stages, *advice, *care.comforts, *care.results]
    told = {statement.source.code for row in rows for statement in row.says}
    return [source for code, source in protocol.sources.items() if code in told]


def comforts(treatment: Treatment, rows: Iterable[Comfort], clocks: Iterable[ClinicClock], day: int) -> list[Part]:
    """What helps, with the clinic's products where they may be used on this day."""
    products = {one.clock.code: one.named_on(day) for one in clocks}
    return [part(treatment, row, products.get(row.clock, ())) for row in rows]


def stages(treatment: Treatment) -> list[Part]:
    """The parts of the treatment day."""
    told = aftercare.stages_for(treatment.protocol.care, treatment.areas)
    return [part(treatment, stage) for stage in told]


def before(treatment: Treatment, on: datetime.date) -> list[Line]:
    return [_line(treatment, advice, on) for advice in treatment.protocol.care.preparation]


def part(treatment: Treatment, row: Stage | Comfort | Result, products: Sequence[Product] = ()) -> Part:
    """With the texts in the reader's language."""
    return Part(row, _(row.title), _(row.text), origin(treatment.protocol, row), codes(row), products)


def _topic(treatment: Treatment, one: ClinicClock, on: datetime.date, *, flagged: bool) -> Topic:
    return Topic(
        code=one.written.code,
        title=_(one.written.topic),
        lines=list(_lines(treatment, one, on, flagged=flagged)),
        claims=claimed(one.written),
        chosen=until(one.change.avoid_to) if one.change and one.differs else "",
    )


def _lines(treatment: Treatment, one: ClinicClock, on: datetime.date, *, flagged: bool) -> Iterator[Line]:
    """While something is `flagged`, nothing is begun again before the clinic says so. Products go with the first do."""
    done = next((advice for advice in one.clock.advice if advice.does), None)
    for advice in one.clock.advice:
        waits = flagged and one.begins_again(advice)
        products = one.products if advice is done and not waits else ()
        yield replace(_line(treatment, advice, on), waits=waits, products=products)


def _line(treatment: Treatment, advice: Advice, on: datetime.date) -> Line:
    first, last = advice.from_day, None if advice.again else advice.to_day
    return Line(
        advice=advice,
        text=_(advice.text),
        days=span(first, first if last is None else last, _, lasts=last is None),
        from_on=treatment.date_of(first),
        to_on=None if last is None else treatment.date_of(last),
        is_today=advice.holds_on(treatment.day_of(on)),
        waits=False,
        origin=origin(treatment.protocol, advice),
        codes=codes(advice),
    )
