"""A patient's treatments: record, correct, cancel, and log for a patient who phones."""

import datetime
import uuid

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import Patient
from journal.actions import photos, treatments
from journal.models import Treatment
from journal.models.protocol import version_for
from journal.models.treatment import current
from journal.staff_forms import TreatmentForm

from . import record
from .patients import mine_or_404
from .spacing import tell_spacing, window_before
from .writing import tell_hints, tell_refusals, write

# What the next session begins with.
KEPT = ("areas", "modality", "depth_mm", "skin_tone", "goals_chosen", "goals")


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def new(request: AuthenticatedRequest, patient_id: uuid.UUID) -> HttpResponse:
    mine = mine_or_404(request, patient_id)
    form = _treatment_form(request, _next(mine))
    if form.is_bound and form.is_valid() and (made := _recorded(request, form, mine)):
        _keep_before(request, form, made)
        messages.success(request, _("The treatment was recorded. Next: the questions before it."))
        tell_spacing(request, made)
        return redirect("journal:treatment_questions", made.pk)
    return _treatment_page(request, form, mine)


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def edit(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    treatment = record.standing_or_404(request, treatment_id)
    record.note_look(request, treatment)
    form = _treatment_form(request, treatment)
    if form.is_bound and form.is_valid() and (corrected := _recorded(request, form, treatment.patient, treatment)):
        _keep_before(request, form, corrected)
        moved = "treated_on" in form.changed_data
        messages.success(request, _("Saved. Days are counted from the new date.") if moved else _("Saved."))
        if moved:
            tell_spacing(request, corrected)
        return redirect(corrected)
    return _treatment_page(request, form, treatment.patient, treatment)


def _next(patient: Patient) -> Treatment:
    """A blank treatment that starts from the latest."""
    latest = patient.treatments.taking_place().order_by("-treated_on").first()
    version = version_for(patient.clinic_id)  # whose goals are offered
    blank = Treatment(patient=patient, time_zone=patient.clinic.time_zone, protocol_version=version)
    for name in KEPT if latest else ():
        setattr(blank, name, getattr(latest, name))
    blank.risk_factors = treatments.known_risk_factors(patient)  # to be read: they are recorded by the action
    blank.session_number = latest.session_number + 1 if latest else 1
    return blank


def _treatment_form(request: AuthenticatedRequest, treatment: Treatment) -> TreatmentForm:
    clinic, posted = treatment.patient.clinic, request.method == "POST"
    return TreatmentForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        instance=treatment,
        today=timezone.now().astimezone(clinic.zone).date(),
        takes_photos=treatment.patient.consents.standing().to_photos().exists(),
    )


def _recorded(
    request: AuthenticatedRequest, form: TreatmentForm, of: Patient, treatment: Treatment | None = None
) -> Treatment | None:
    """The saved treatment; None, and a word in the form, where the patient has another one on that date."""
    fields, by, at = form.answers(), request.user, timezone.now()
    try:
        if treatment:
            return treatments.correct(treatment=treatment, fields=fields, by=by, at=at)
        return treatments.record(patient=of, fields=fields, by=by, at=at)
    except IntegrityError:
        form.add_error("treated_on", _("This patient already has a treatment on that date. Open that one instead."))
        return None


def _keep_before(request: AuthenticatedRequest, form: TreatmentForm, treatment: Treatment) -> None:
    """Photos from before the needles: of the treatment's date, or of today while that is still to come."""
    now, there = timezone.now(), form.there
    refusals = photos.add(
        treatment=treatment,
        on=min(treatment.treated_on, treatment.today(now)),
        photos=form.photos,
        by=request.user,
        at=now,
        baseline=True,
    )
    tell_refusals(request, refusals)
    if not refusals:
        tell_hints(request, form.photos, there)


def _treatment_page(
    request: AuthenticatedRequest, form: TreatmentForm, of: Patient, treatment: Treatment | None = None
) -> HttpResponse:
    kept = treatment.photos.filter(baseline=True) if treatment else ()
    history = treatment.revisions.select_related("by") if treatment else ()
    context = {
        "form": form,
        "patient": of,
        "treatment": treatment,
        "kept": kept,
        "history": history,
        "window": window_before(form.instance),
        "is_new": treatment is None,
        "here": "patients",
    }
    return render(request, "clinic/treatment_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def cancel(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """It did not take place: asked once more first."""
    treatment = record.standing_or_404(request, treatment_id)
    if request.method == "POST":
        treatments.cancel(treatment=treatment, by=request.user, at=timezone.now())
        messages.success(request, _("The treatment was cancelled."))
        return redirect("journal:patient", treatment.patient_id)
    context = {"treatment": treatment, "patient": treatment.patient, "entries": treatment.entries.count()}
    return render(request, "clinic/treatment_cancel.html", context | {"here": "patients"})


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def log_for(request: AuthenticatedRequest, treatment_id: uuid.UUID, on: datetime.date | None = None) -> HttpResponse:
    """A clinician writes down what a patient says on the phone. The entry's page leads on to the timeline."""
    treatment = record.standing_or_404(request, treatment_id)
    record.note_look(request, treatment)
    if on is None and current(treatment.patient.treatments.standing(), timezone.now()) != treatment:
        on = min(treatment.treated_on, treatment.today(timezone.now()))  # a day still to come cannot be written
    return write(request, treatment.patient, on, template="clinic/log.html", done="journal:entry")
