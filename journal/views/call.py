"""Calls that patients asked for: the patient asks, the clinic rings and says what came of it."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required, patient_required
from accounts.http import AuthenticatedRequest
from accounts.models import Clinic, Patient, User
from journal.actions import calls
from journal.call_forms import TryForm, WishForm
from journal.models import Call, CallTry, Flag

from . import record
from .outcome import doors
from .places import back_to
from .wish import Wish, wish_of

REMEMBERED = 20  # calls of one patient that pages tell of


@dataclass(frozen=True, slots=True)
class Line:
    """One call as the clinic reads it."""

    call: Call
    patient: Patient
    tries: Sequence[CallTry]  # the first one first
    promised_by: datetime.datetime | None  # none once it is closed
    overdue: bool
    form: TryForm | None

    @property
    def taken_back_at(self) -> datetime.datetime | None:
        """When the patient said that she no longer needs it, if that is how it ended."""
        last = self.tries[-1] if self.call.closed_at and self.tries else None
        return last.at if last and last.by.is_patient else None


def lines(asked_for: Iterable[Call], clinic: Clinic, now: datetime.datetime) -> list[Line]:
    """Calls of one clinic, in their order, with their tries and patients fetched."""
    return [_line(call, clinic, now) for call in asked_for]


def _line(call: Call, clinic: Clinic, now: datetime.datetime, form: TryForm | None = None) -> Line:
    is_open = call.closed_at is None
    return Line(
        call=call,
        patient=call.patient,
        tries=list(call.tries.all()),
        promised_by=clinic.promised_by(call.asked_at, urgent=False) if is_open else None,
        overdue=call.is_overdue(clinic, now),
        form=(form or TryForm(call=call)) if is_open else None,
    )


def calls_of(patient: Patient, now: datetime.datetime) -> list[Line]:
    """What a patient asked for: the open call first, then those before it."""
    return lines(patient.calls.with_tries().order_by("-asked_at")[:REMEMBERED], patient.clinic, now)


@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def call(request: AuthenticatedRequest) -> HttpResponse:
    """A patient asks to be rung, says where and when, or that she no longer needs it."""
    patient = request.user.patient
    live = Flag.objects.visible_to(request.user).live()
    wish = wish_of(patient, live, timezone.now())
    waiting = wish.call if wish and wish.is_waiting else None
    if request.method == "POST" and "cancel" in request.POST:
        _cancel(request, waiting)
        return redirect(back_to(request, reverse("journal:call")))
    form = wish_form(patient, wish, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _ask(request, patient, form):
        return redirect(back_to(request, reverse("journal:call")))
    context = {
        "clinic": patient.clinic,
        "doors": doors(patient.clinic, timezone.now()),
        "waiting": wish if waiting else None,
        "form": form,
        "past": patient.calls.exclude(closed_at=None).with_tries().order_by("-asked_at")[:REMEMBERED],
        "here": "clinic",
    }
    return render(request, "journal/call.html", context, status=422 if form.is_bound else 200)


def wish_form(patient: Patient, wish: Wish | None, posted: Any = None) -> WishForm:
    """Filled in with what she last asked for, or else with the number that the clinic has."""
    number, window = (wish.call.number, wish.call.window) if wish else (patient.phone, Call.Window.ANY)
    return WishForm(posted, clinic=patient.clinic, number=number, window=window)


def _ask(request: AuthenticatedRequest, patient: Patient, form: WishForm) -> bool:
    try:
        asked = calls.ask(patient=patient, **form.cleaned_data, by=request.user, at=timezone.now())
    except calls.TooMany:
        messages.error(request, _("You have asked several times within the hour. If it is urgent, call yourself."))
        return False
    if asked.corrected:
        messages.success(request, _("Saved. Your clinic sees the new number and time."))
    else:
        messages.success(request, _("Your clinic can see that you would like a call."))
    return True


def _cancel(request: AuthenticatedRequest, waiting: Call | None) -> None:
    try:
        if waiting:
            calls.cancel(call=waiting, by=request.user, at=timezone.now())
            messages.success(request, _("Your clinic can see that you no longer need a call."))
            return
    except calls.AlreadyClosed:
        pass
    messages.info(request, _("You are not waiting for a call. Nothing was changed."))


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def call_try(request: AuthenticatedRequest, call_id: uuid.UUID) -> HttpResponse:
    """One call: the number to ring, what came of it so far, and what came of it now."""
    visible = Call.objects.visible_to(request.user).with_tries().select_related("patient__clinic")
    asked_for = get_object_or_404(visible, pk=call_id)
    if request.method != "POST":
        return _page(request, asked_for)
    form = TryForm(request.POST, call=asked_for)
    if not form.is_valid():
        return _page(request, asked_for, form, status=422)
    try:
        calls.try_call(call=asked_for, **form.cleaned_data, by=request.user, at=timezone.now())
    except calls.AlreadyClosed:
        closed = visible.get(pk=call_id)
        messages.error(request, _already(closed, request.user))
        return _page(request, closed, form, status=409)
    messages.success(request, _("Written down."))
    return redirect(back_to(request, reverse("journal:call_try", args=[call_id])))


def _already(closed: Call, user: User) -> str:
    """Who was first, when, and what came of it."""
    *_before, last = closed.tries.all()
    told = {
        "who": _("You") if last.by == user else _("The patient") if last.by.is_patient else last.by,
        "when": date_format(timezone.localtime(last.at), "j M, H:i"),
        "outcome": last.get_outcome_display(),
    }
    return _("%(who)s closed this call on %(when)s: %(outcome)s. Nothing was changed.") % told


def _page(request: AuthenticatedRequest, shown: Call, form: TryForm | None = None, status: int = 200) -> HttpResponse:
    record.note_look(request, shown.patient)
    context = {
        "line": _line(shown, shown.patient.clinic, timezone.now(), form),
        "patient": shown.patient,
        "clinic": shown.patient.clinic,
        "lost": form["note"].value() if form and shown.closed_at else "",
        "next": back_to(request, ""),
        "here": "inbox",
    }
    return render(request, "clinic/call.html", context, status=status)
