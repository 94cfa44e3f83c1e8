"""Photos held against each other: two beside each other, and all of one treatment in order of day."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import reader_required
from accounts.http import AuthenticatedRequest
from journal.actions import alignments
from journal.models import Photo, Treatment

from . import pair, strips
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
    context = {"pair": shown, "treatment": shown.right.photo.treatment, "here": _here(request)}
    return render(request, "journal/compare.html", context, status=status)


@require_safe
@reader_required
def film(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """All photos of one treatment in order of day, a strip for each area and view."""
    visible = Treatment.objects.visible_to(request.user).select_related("patient__clinic")
    treatment = get_object_or_404(visible, pk=treatment_id)
    note_look(request, treatment)
    photos = list(treatment.photos.select_related("treatment__patient"))
    context = {
        "treatment": treatment,
        "patient": treatment.patient,
        "strips": strips.of(photos, pair.entries_of(request.user, photos)),
        "others": treatment.patient.treatments.standing().exclude(pk=treatment.pk),
        "here": _here(request),
    }
    return render(request, "journal/film.html", context)


def _here(request: AuthenticatedRequest) -> str:
    return "timeline" if request.user.is_patient else "patients"
