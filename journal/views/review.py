"""One flag with everything needed to deal with it."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import User
from journal.actions import flags
from journal.models import Entry, Flag, Photo, Review
from journal.models.protocol import protocol_of
from journal.recovery import wording
from journal.staff_forms import ReviewForm
from journal.words import may_read

from . import record
from .beside import beside_first
from .origin import origin
from .outcome import names_of


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def flag(request: AuthenticatedRequest, flag_id: uuid.UUID) -> HttpResponse:
    """One flag in its course. Reading changes nothing; the two buttons move it."""
    visible = Flag.objects.visible_to(request.user).select_related("treatment__patient__clinic")
    shown = get_object_or_404(visible, pk=flag_id)
    if request.method != "POST":
        return _page(request, shown, ReviewForm())
    form = ReviewForm(request.POST, closing="close" in request.POST)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    try:
        _move(request, shown, form)
    except flags.AlreadyMoved as moved:
        messages.error(request, _already(moved.flag, request.user))
        return _page(request, shown, form, status=409)
    return redirect("journal:inbox") if form.closing else redirect("journal:flag", shown.pk)


def _move(request: AuthenticatedRequest, shown: Flag, form: ReviewForm) -> None:
    seen, note, now = form.cleaned_data["seen"], form.cleaned_data["note"], timezone.now()
    if form.closing:
        outcome = form.cleaned_data["outcome"]
        flags.close(flag=shown, outcome=outcome, note=note, seen=seen, by=request.user, at=now)
        messages.success(request, _("Closed."))
    else:
        flags.acknowledge(flag=shown, note=note, seen=seen, by=request.user, at=now)
        messages.success(request, _("Marked as seen. It stays in the inbox until somebody closes it."))


def _already(shown: Flag, user: User) -> str:
    """Who was first, when, and with what outcome."""
    look = shown.latest_look
    if look is None:  # a rule opened it again in between
        return _("This changed while you looked at it. Please look again. Nothing of yours was saved.")
    told = {
        "who": _("You") if look.by == user else look.by,
        "when": date_format(look.at.astimezone(shown.treatment.patient.clinic.zone), "j M, H:i"),
        "outcome": look.get_outcome_display(),
    }
    if look.state == Flag.State.CLOSED:
        return _("%(who)s closed this on %(when)s: %(outcome)s. Nothing was changed.") % told
    return _("%(who)s marked this as seen on %(when)s. Nothing was changed.") % told


def _page(request: AuthenticatedRequest, shown: Flag, form: ReviewForm, status: int = 200) -> HttpResponse:
    record.note_look(request, shown)
    treatment = shown.treatment
    patient, whole = treatment.patient, record.read(treatment, timezone.now())
    live = Flag.objects.visible_to(request.user).live().by_urgency()
    context = _told(shown) | {
        "flag": shown,
        "treatment": treatment,
        "patient": patient,
        "clinic": patient.clinic,
        "form": form,
        "record": whole,
        "charts": sorted(whole.charts, key=lambda chart: chart.question != shown.values.get("question")),
        "entry": _entry_told_of(shown, whole),
        "photos": beside_first(_shown(whole, shown.on), whole.photos, request.user),
        "reviews": _reviews(whole.flags),
        "others": live.filter(treatment__patient=patient).exclude(pk=shown.pk),
        "here": "inbox",
    }
    return render(request, "clinic/flag.html", context, status=status)


def _entry_told_of(shown: Flag, whole: record.Record) -> Entry | None:
    """The entry that the flag speaks of; of a silence the one before it, which nobody looked at again."""
    last = shown.values.get("last_day")
    on = shown.on if last is None else shown.treatment.date_of(last)
    return next((day.entry for day in whole.days if day.on == on), None)


def _told(shown: Flag) -> dict[str, Any]:
    """Why, on what grounds, and what the patient reads about it."""
    finding, protocol = shown.finding(), protocol_of(shown.protocol_version)
    clinic, rule = shown.treatment.patient.clinic, protocol.rule(shown.rule)
    return {
        "why": wording.why(finding, protocol, _),
        "rule": rule,
        "origin": origin(protocol, rule, finding.values.get("raised_by", ())),
        "message": wording.message(finding, protocol, names_of(clinic), _) if may_read(finding.tier, clinic) else "",
    }


def _shown(whole: record.Record, on: datetime.date) -> list[Photo]:
    """Photos to hold against each other, area by area: before, on the flag's day, and the newest."""
    newest = next((day for day in whole.days if day.photos), None)
    days = [day for day in whole.days if day.on == on or day is newest]
    photos = [*whole.baseline, *(photo for day in days for photo in day.photos)]
    return sorted(photos, key=lambda photo: (photo.area, not photo.baseline, photo.on, photo.pk))


def _reviews(of_treatment: Sequence[Flag]) -> list[tuple[Flag, Review]]:
    """Every review of a treatment with its flag, the latest first."""
    pairs = [(one, review) for one in of_treatment for review in one.reviews.all()]
    return sorted(pairs, key=lambda pair: (pair[1].at, pair[1].pk), reverse=True)
