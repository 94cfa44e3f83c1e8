"""The clinic's patients: find, add, correct, invite."""

import datetime
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import qrcode  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import Clinic, Patient, SearchKey, User
from journal.actions import people
from journal.models import Flag, Treatment
from journal.models.treatment import current
from journal.recovery.rows import LAST_DAY
from journal.staff_forms import PatientForm, language_name

from . import record
from .call import calls_of
from .next_session import next_session
from .pages import named_in
from .threads import thread_of
from .treatment_cards import cards
from .writing import local_today

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the patient list."""

    patient: Patient
    treatment: Treatment | None  # the one that today belongs to
    day: int | None
    last_entry_on: datetime.date | None
    live_flags: int
    quiet_days: int = 0  # since the latest entry or the treatment, while days are logged


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def patient_list(request: AuthenticatedRequest) -> HttpResponse:
    """The clinic's patients, or those a search finds. Its words stay in the session: no address holds a name."""
    if request.method == "POST":
        request.session["patient_search"] = " ".join(request.POST.get("q", "").replace("\0", "").split()[:5])[:100]
        return redirect("journal:patients")
    words = request.session.get("patient_search", "")
    after = named_in(request, Patient.objects.visible_to(request.user))
    page = _found(request.user, words, after) if words else _all(request.user, after)
    context = {
        "clinic": request.user.clinic,
        "lines": _lines(request.user, page[:PER_PAGE], timezone.now()),
        "words": words,
        "after": after,
        "last": page[PER_PAGE - 1] if len(page) > PER_PAGE else None,
        "here": "patients",
    }
    return render(request, "clinic/patients.html", context)


def _all(user: User, after: Patient | None) -> list[Patient]:
    """A page of everybody by name, and one more if there is one."""
    patients = Patient.objects.visible_to(user).order_by("name", "id").prefetch_related("treatments")
    return list((patients.after(after) if after else patients)[: PER_PAGE + 1])


def _found(user: User, words: str, after: Patient | None) -> list[Patient]:
    """A page of those who were searched for, and one more if there is one."""
    keys = SearchKey.objects.visible_to(user).matching(words).select_related("patient")
    page = (keys.after(after) if after else keys)[: PER_PAGE + 1]
    patients = [key.patient for key in page]
    prefetch_related_objects(patients, "treatments")
    return patients


def _lines(user: User, patients: Sequence[Patient], now: datetime.datetime) -> list[Listed]:
    live = Flag.objects.visible_to(user).live().order_by().filter(treatment__patient__in=patients)
    flags = Counter(live.values_list("treatment__patient", flat=True))
    return [_line(patient, flags[patient.pk], now) for patient in patients]


def _line(patient: Patient, live_flags: int, now: datetime.datetime) -> Listed:
    mine = [one for one in patient.treatments.all() if one.cancelled_at is None]
    treatment = current(mine, now)
    day = treatment.day_of(treatment.today(now)) if treatment else None
    last = max((one.last_entry_on for one in mine if one.last_entry_on), default=None)
    return Listed(
        patient=patient,
        treatment=treatment,
        day=day,
        last_entry_on=last,
        live_flags=live_flags,
        quiet_days=_quiet_days(treatment, day, last) if treatment and day is not None else 0,
    )


def _quiet_days(treatment: Treatment, day: int, last: datetime.date | None) -> int:
    since = treatment.day_of(last) if last else 0
    return day - max(since, 0) if 0 <= day <= LAST_DAY else 0


def mine_or_404(request: AuthenticatedRequest, patient_id: uuid.UUID) -> Patient:
    visible = Patient.objects.visible_to(request.user).select_related("clinic", "user")
    return get_object_or_404(visible, pk=patient_id)


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def create(request: AuthenticatedRequest) -> HttpResponse:
    clinic = clinic_of(request.user)
    form = _patient_form(request, Patient(clinic=clinic), clinic)
    if form.is_bound and form.is_valid():
        made = people.create_patient(clinic=clinic, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("Saved. Next: record the treatment, then make an invitation link."))
        return redirect("journal:patient", made.pk)
    context = {"form": form, "clinic": clinic, "here": "patients"}
    return render(request, "clinic/patient_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def edit(request: AuthenticatedRequest, patient_id: uuid.UUID) -> HttpResponse:
    mine = mine_or_404(request, patient_id)
    record.note_look(request, mine)
    form = _patient_form(request, mine, mine.clinic)
    if form.is_bound and form.is_valid():
        people.correct_patient(patient=mine, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("journal:patient", mine.pk)
    context = {"form": form, "patient": mine, "clinic": mine.clinic, "here": "patients"}
    return render(request, "clinic/patient_form.html", context, status=422 if form.errors else 200)


def clinic_of(user: User) -> Clinic:
    """Every clinician has one: the database sees to it."""
    if user.clinic is None:
        raise ValueError("ask for a clinician's only")
    return user.clinic


def _patient_form(request: AuthenticatedRequest, patient: Patient, clinic: Clinic) -> PatientForm:
    today = timezone.now().astimezone(clinic.zone).date()
    posted = request.POST if request.method == "POST" else None
    return PatientForm(posted, instance=patient, clinic=clinic, today=today)


@require_safe
@clinician_required
def patient(request: AuthenticatedRequest, patient_id: uuid.UUID) -> HttpResponse:
    """One patient: who, invited or not, which treatments, what was agreed to."""
    mine, now = mine_or_404(request, patient_id), timezone.now()
    record.note_look(request, mine)
    context = _about(mine, request.user, now) | {
        "calls": calls_of(mine, now),
        "thread": thread_of(mine, request.user, now=now, back=request.path),
    }
    return render(request, "clinic/patient.html", context)


def _about(mine: Patient, user: User, now: datetime.datetime) -> dict[str, object]:
    invitations, standing = mine.invitations.all(), list(mine.treatments.standing())
    on = local_today(mine, standing, now)
    return {
        "patient": mine,
        "clinic": mine.clinic,
        "speaks": language_name(mine.language),
        "invitation": invitations.usable(now).first() or invitations.first(),
        "now": now,
        "cards": cards(mine, on),
        "next_session": next_session(user, standing, on),
        "consents": mine.consents.all(),
        "flags": Flag.objects.visible_to(user).live().by_urgency().filter(treatment__patient=mine),
        "here": "patients",
    }


@require_POST
@clinician_required
def invite(request: AuthenticatedRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Make a link and show it in this answer only: it is a key, so nothing of ours keeps it."""
    mine, now = mine_or_404(request, patient_id), timezone.now()
    try:
        token = people.invite(patient=mine, by=request.user, at=now)
    except people.AlreadyJoined:
        messages.info(request, _("This patient has joined already. No link is needed."))
        return redirect("journal:patient", mine.pk)
    address = settings.SITE_URL + reverse("journal:invite", args=[token])
    context = {"patient": mine, "clinic": mine.clinic, "address": address, "code": _squares(address)}
    return render(request, "clinic/invitation.html", context | {"here": "patients"})


def _squares(address: str) -> dict[str, object]:
    """A QR code as a path in a square of `size` units, its quiet border included."""
    code = qrcode.QRCode()
    code.add_data(address)
    rows = code.get_matrix()
    dark = [(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return {"size": len(rows), "path": "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)}
