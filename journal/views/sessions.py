"""A patient's sessions beside each other: how far apart, how each went, and their recoveries laid on day 0."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import clinician_required, patient_required
from accounts.http import AuthenticatedRequest
from accounts.models import Patient
from journal.models import Treatment
from journal.overlays import MOST, Overlay, overlay, sample
from journal.recovery.care import Result
from journal.recovery.course import Course
from journal.recovery.scale import QUESTIONS

from .next_session import interval, next_session
from .origin import Origin, origin
from .patients import mine_or_404
from .progress import SoFar, so_far
from .record import note_look
from .writing import local_today


@dataclass(frozen=True, slots=True)
class Session:
    """One of them; `place` and `mark` are how it is drawn, None and empty where it is not."""

    treatment: Treatment
    interval: str
    so_far: SoFar | None
    place: int | None
    mark: str


@require_safe
@patient_required
def sessions(request: AuthenticatedRequest) -> HttpResponse:
    """The patient's own."""
    return _page(request, request.user.patient, here="timeline")


@require_safe
@clinician_required
def patient_sessions(request: AuthenticatedRequest, patient_id: uuid.UUID) -> HttpResponse:
    """A patient's, for the clinic."""
    patient = mine_or_404(request, patient_id)
    note_look(request, patient)
    return _page(request, patient, here="patients")


def _page(request: AuthenticatedRequest, patient: Patient, here: str) -> HttpResponse:
    now = timezone.now()
    standing = list(patient.treatments.standing().prefetch_related("entries", "progress"))
    on = local_today(patient, standing, now)
    begun = [one for one in standing if one.treated_on <= on]  # latest first
    courses = {one.pk: course for one in begun if (course := one.course(one.entries.all())).readings}
    places = {key: place for place, key in enumerate(list(courses)[:MOST])}
    shown = [_session(one, standing, places.get(one.pk), on) for one in begun]
    drawn = [session for session in shown if session.mark]
    context = {
        "patient": patient,
        "clinic": patient.clinic,
        "sessions": shown,
        "drawn": drawn,
        "overlays": _overlays([(session.treatment, courses[session.treatment.pk]) for session in drawn]),
        "differ": _differ([session.treatment for session in drawn]),
        "later": _later(begun),
        "next_session": next_session(request.user, standing, on),
        "here": here,
    }
    return render(request, "journal/sessions.html", context)


def _session(treatment: Treatment, standing: Sequence[Treatment], place: int | None, on: datetime.date) -> Session:
    return Session(
        treatment=treatment,
        interval=interval(treatment, standing),
        so_far=so_far(treatment, on, treatment.following(standing)),
        place=place,
        mark="" if place is None else sample(place),
    )


def _differ(treatments: Sequence[Treatment]) -> list[str]:
    """In what the sessions were not alike, so that nobody takes one for the other."""
    told = {
        _("areas"): len({frozenset(one.areas) for one in treatments}),
        _("kind of treatment"): len({one.modality for one in treatments}),
        _("needle length"): len({one.depth_mm for one in treatments}),
    }
    return [name for name, kinds in told.items() if kinds > 1]


def _later(begun: Sequence[Treatment]) -> list[tuple[Result, Origin]]:
    """What the documents say of the time from the end of the window on: how long it lasts, and keeping it up."""
    if not begun:
        return []
    protocol = begun[0].protocol
    after = protocol.care.spacing.to_day
    return [(one, origin(protocol, one)) for one in protocol.care.results if one.from_day >= after]


def _overlays(drawn: Sequence[tuple[Treatment, Course]]) -> list[Overlay]:
    """One for each question, over the band of the latest session."""
    if not drawn:
        return []
    latest, course = drawn[0]
    bands = latest.protocol.profile_for(course).bands
    readings = [course.readings for _treatment, course in drawn]
    return [overlay(bands[question], readings) for question in QUESTIONS]
