"""The clinic's rules: which version it uses, who approved that, and moving running treatments to it."""

from collections import Counter

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import Clinic
from journal import protocols, trial
from journal.actions.protocols import AnotherText, Refused, approve, move
from journal.models import Treatment
from journal.models.courses import courses, running
from journal.models.protocol import offered, protocol_of, read_version
from journal.recovery.document import Unreadable

from .knowledge import whole
from .patients import clinic_of


@require_safe
@clinician_required
def rules(request: AuthenticatedRequest, version: str = "") -> HttpResponse:
    """A whole protocol in plain words: the one that the clinic uses, or another that it could."""
    clinic = clinic_of(request.user)
    versions = offered(clinic)
    shown = next((one for one in versions if (one.version == version if version else one.in_use)), None)
    if shown is None:
        raise Http404
    try:
        protocol = read_version(shown.version)
    except Unreadable:
        messages.error(request, _("This draft cannot be read yet. Whoever uploaded it sees why."))
        return redirect("journal:rules")
    context = {
        "clinic": clinic,
        "shown": shown,
        "others": [one for one in versions if one is not shown],
        "left_behind": _left_behind(clinic, shown.version).count() if shown.in_use and shown.approval else 0,
        "here": "rules",
    }
    return render(request, "clinic/rules.html", whole(protocol) | context)


@require_POST
@clinician_required
def rules_approve(request: AuthenticatedRequest, version: str) -> HttpResponse:
    """A named clinician says for the clinic that the text on the page may be used there."""
    clinic = clinic_of(request.user)
    if "read" not in request.POST:
        messages.error(request, _("Nothing was changed. Tick that you have read it first."))
        return redirect("journal:rules_of", version)
    seen = request.POST.get("seen", "")
    try:
        approve(clinic=clinic, version=version, seen=seen, by=request.user, at=timezone.now())
    except (protocols.UnknownVersion, Unreadable):
        raise Http404 from None
    except AnotherText:
        messages.error(request, _("The text was replaced while you read it. Please read it again. Nothing was saved."))
    else:
        messages.success(request, _("Approved for your clinic. Your name and today’s date stand with it."))
    return redirect("journal:rules_of", version)


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def rules_move(request: AuthenticatedRequest, version: str) -> HttpResponse:
    """What moving the running treatments would find and no longer find; a press moves them."""
    clinic, now = clinic_of(request.user), timezone.now()
    mine = next((one for one in offered(clinic) if one.version == version), None)
    if mine is None or not mine.in_use or not mine.approval:
        raise Http404
    moving = _left_behind(clinic, version)
    if request.method == "POST" and "sure" in request.POST:
        return _moved(request, clinic, version, list(moving))
    context = {
        "clinic": clinic,
        "shown": mine,
        "versions": sorted(Counter(moving.values_list("protocol_version", flat=True)).items()),
        "number": moving.count(),
        "trial": trial.on_courses(courses(now, moving), protocol_of(version)),
        "here": "rules",
    }
    return render(request, "clinic/rules_move.html", context)


def _moved(request: AuthenticatedRequest, clinic: Clinic, version: str, moving: list[Treatment]) -> HttpResponse:
    try:
        number = move(clinic=clinic, version=version, moving=moving, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, " ".join(refused.reasons))
    else:
        told = ngettext("%(number)s treatment was moved.", "%(number)s treatments were moved.", number)
        messages.success(request, told % {"number": number})
    return redirect("journal:rules")


def _left_behind(clinic: Clinic, version: str) -> QuerySet[Treatment]:
    """Running treatments of the clinic that are judged by another version."""
    today = timezone.now().astimezone(clinic.zone).date()
    return running(clinic.pk, today).exclude(protocol_version=version)
