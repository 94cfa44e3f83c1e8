"""Photos held against each other: two beside each other, and all of one treatment in order of day."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import reader_required
from accounts.http import AuthenticatedRequest
from accounts.models import Patient
from journal.actions import alignments
from journal.models import Flag, Photo, Treatment

from . import pair, strips
from .beside import beside_first
from .record import note_look


@require_http_methods(["GET", "HEAD", "POST"])
@reader_required
def compare(request: AuthenticatedRequest) -> HttpResponse:
    """Two photos of one patient beside each other. POST lines them up, or forgets how they were."""
    if request.method != "POST":
        return _page(request, pair.find(request.user, request.GET))
    shown = pair.find(request.user, request.POST)
    if shown.left is None:
        raise Http404
    try:
        messages.success(request, _line_up(request, shown.left.photo, shown.right.photo))
    except alignments.Misplaced as wrong:
        messages.error(request, str(wrong))
        return _page(request, shown, status=422)
    except alignments.NotYours as told:
        messages.error(request, str(told))
        return _page(request, shown, status=403)
    return redirect(f"{reverse('journal:compare')}?left={shown.left.photo.token}&right={shown.right.photo.token}")


def _line_up(request: AuthenticatedRequest, left: Photo, right: Photo) -> str:
    """Do what was pressed, and say what was done."""
    now = timezone.now()
    if "remove" in request.POST:
        alignments.remove(one=left, other=right, by=request.user, at=now)
        return _("The photos are no longer lined up.")
    spots = _spots(request.POST.get("left_spots", "")), _spots(request.POST.get("right_spots", ""))
    alignments.save(one=left, other=right, spots=spots, by=request.user, at=now)
    return _("The photos are lined up now.")


def _spots(sent: str) -> list[list[float]]:
    """Spots as the form sends them: "0.2,0.3 0.6,0.4". What is no number is marked nowhere."""
    try:
        return [[float(number) for number in spot.split(",")] for spot in sent.split()]
    except ValueError:
        return []


def _page(request: AuthenticatedRequest, shown: pair.Pair, status: int = 200) -> HttpResponse:
    for treatment in shown.treatments:
        note_look(request, treatment)
    treatment = shown.right.photo.treatment
    context = _around(request, treatment.patient) | {
        "pair": shown,
        "treatment": treatment,
        "may_line_up": not shown.alignment or shown.alignment.may_be_changed_by(request.user),
    }
    return render(request, "journal/compare.html", context, status=status)


@require_safe
@reader_required
def film(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """All photos of one treatment in order of day, a strip for each area and view."""
    visible = Treatment.objects.visible_to(request.user).select_related("patient__clinic")
    treatment = get_object_or_404(visible, pk=treatment_id)
    note_look(request, treatment)
    photos, patient = list(treatment.photos.select_related("treatment__patient")), treatment.patient
    rows = beside_first(photos, photos, request.user)
    context = _around(request, patient) | {
        "treatment": treatment,
        "strips": strips.of(rows, pair.entries_of(request.user, photos)),
        "others": patient.treatments.standing().exclude(pk=treatment.pk),
        "takes_photos": patient.consents.standing().to_photos().exists(),
    }
    return render(request, "journal/film.html", context)


def _around(request: AuthenticatedRequest, patient: Patient) -> dict[str, Any]:
    """Whose photos they are, and for the clinic what waits for it beside them."""
    user = request.user
    live = Flag.objects.visible_to(user).live().by_urgency().filter(treatment__patient=patient)
    return {
        "patient": patient,
        "here": "timeline" if user.is_patient else "patients",
        "flags": live.none() if user.is_patient else live,
    }
