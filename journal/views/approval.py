"""The clinic's rules: which version it uses, who approved that, and moving running treatments to it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
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
from journal.actions.protocols import AnotherText, Refused, approve, move, withdraw
from journal.models import Treatment
from journal.models.courses import courses, running
from journal.models.protocol import Offered, digest, document_of, offered, protocol_of, read_version, version_for
from journal.recovery.conditions import Silent
from journal.recovery.course import Finding
from journal.recovery.document import Unreadable
from journal.recovery.noted import noted
from journal.recovery.protocol import Protocol
from journal.recovery.rows import Rule
from journal.recovery.scale import Tier

from .changes import changes
from .knowledge import whole_protocol
from .patients import clinic_of


@require_safe
@clinician_required
def rules(request: AuthenticatedRequest) -> HttpResponse:
    """The whole protocol that the clinic uses, in plain words."""
    versions = offered(clinic_of(request.user))
    return _page(request, versions, next(one for one in versions if one.in_use))


@require_safe
def rules_of(request: AuthenticatedRequest, version: str) -> HttpResponse:
    """Another version that a clinic could use, and what changes with it; who sets up protocols reads any of them."""
    if not request.user.is_clinician:
        return _for_set_up(request, version)
    versions = offered(clinic_of(request.user))
    shown = next((one for one in versions if one.version == version), None)
    if shown is None:
        raise Http404
    return _page(request, versions, shown)


def _for_set_up(request: AuthenticatedRequest, version: str) -> HttpResponse:
    if not request.user.has_perm("journal.view_uploadedprotocol"):
        raise PermissionDenied
    try:
        told = _told(read_version(version), protocols.CURRENT)
    except protocols.UnknownVersion:
        raise Http404 from None
    except Unreadable:
        messages.error(request, _("This draft cannot be read yet. Its page says why."))
        return redirect("admin:journal_uploadedprotocol_changelist")
    return render(request, "clinic/rules.html", told)


def _page(request: AuthenticatedRequest, versions: list[Offered], shown: Offered) -> HttpResponse:
    clinic = clinic_of(request.user)
    context = {
        "clinic": clinic,
        "shown": shown,
        "others": [one for one in versions if one is not shown],
        "left_behind": _left_behind(clinic, shown.version).count() if shown.in_use and shown.approval else 0,
    }
    used = next(one.version for one in versions if one.in_use)
    try:
        told = _told(read_version(shown.version), used)
    except (protocols.UnknownVersion, Unreadable):  # removed or replaced a moment ago
        raise Http404 from None
    return render(request, "clinic/rules.html", told | context)


def _told(protocol: Protocol, used: str) -> dict[str, Any]:
    """A version in plain words; of another than the one in use also what changes, and what the case bank says of it."""
    told = whole_protocol(protocol) | {"here": "rules"}
    if protocol.version == used:
        return told
    tried, cases = trial.on_cases(protocol, protocol_of(used))
    changed = changes(document_of(used), document_of(protocol.version))
    return told | {"used": used, "changes": changed, "trial": tried, "cases": len(cases)}


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
    except (protocols.UnknownVersion, Refused):
        raise Http404 from None
    except AnotherText:
        messages.error(request, _("The text was replaced while you read it. Please read it again. Nothing was saved."))
    else:
        messages.success(request, _("Approved for your clinic. Your name and today’s date stand with it."))
    return redirect("journal:rules_of", version)


@require_POST
@clinician_required
def rules_withdraw(request: AuthenticatedRequest, version: str) -> HttpResponse:
    """A named clinician takes the clinic's approval back; new treatments get what is still approved."""
    clinic = clinic_of(request.user)
    if "sure" not in request.POST:
        messages.error(request, _("Nothing was changed. Tick that you are sure first."))
    elif withdraw(clinic=clinic, version=version, by=request.user, at=timezone.now()):
        messages.success(request, _("Taken back. New treatments get %s.") % version_for(clinic.pk))
    return redirect("journal:rules")


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def rules_move(request: AuthenticatedRequest, version: str) -> HttpResponse:
    """What moving the running treatments would find and no longer find; a press moves them."""
    clinic, now = clinic_of(request.user), timezone.now()
    mine = next((one for one in offered(clinic) if one.version == version), None)
    if mine is None or not mine.in_use or not mine.approval:
        raise Http404
    if request.method == "POST" and "sure" not in request.POST:
        messages.error(request, _("Nothing was changed. Tick that they should move first."))
        return redirect("journal:rules_move", version)
    moving, protocol = list(_left_behind(clinic, version)), protocol_of(version)
    read = list(courses(now, _left_behind(clinic, version)))
    found = trial.newly_found(read, protocol)
    shown = _digest(version, moving, found)
    if request.method == "POST":
        if request.POST.get("seen") == shown:
            return _moved(request, clinic, version, moving)
        messages.error(request, _("Something changed while you read. Nothing was moved. Look again."))
        return redirect("journal:rules_move", version)
    context = {
        "clinic": clinic,
        "shown": mine,
        "versions": sorted(Counter(one.protocol_version for one in moving).items()),
        "number": len(moving),
        "trial": trial.on_courses(read, protocol),
        "concerned": _concerned(moving, found, protocol),
        "seen": shown,
        "here": "rules",
    }
    return render(request, "clinic/rules_move.html", context)


def _digest(version: str, moving: Iterable[Treatment], found: Mapping[UUID, Sequence[Finding]]) -> str:
    """What the page shows, and what was noted in it: where that differs when she presses, she has not seen it."""
    seen = [
        [str(one.pk), one.protocol_version, *(_as_seen(finding) for finding in found.get(one.pk, ()))]
        for one in sorted(moving, key=lambda one: one.pk)
    ]
    return digest(json.dumps([version, seen], sort_keys=True))


def _as_seen(finding: Finding) -> list[Any]:
    return [finding.day, finding.rule, finding.tier, finding.shape, noted(finding)]


@dataclass(frozen=True, slots=True)
class Concerned:
    """A treatment in which a move finds more: the rules, each with its tier, the days, and whether it is a silence.

    Nobody is told of what is no silence.
    """

    treatment: Treatment
    rules: Sequence[tuple[Tier, Rule, str, bool]]


def _concerned(
    moving: Iterable[Treatment], found: Mapping[UUID, Sequence[Finding]], protocol: Protocol
) -> list[Concerned]:
    by_name = sorted((one for one in moving if one.pk in found), key=lambda one: one.patient.name)
    return [Concerned(one, _by_rule(found[one.pk], protocol)) for one in by_name]


def _by_rule(found: Sequence[Finding], protocol: Protocol) -> list[tuple[Tier, Rule, str, bool]]:
    """The most urgent first."""
    days: dict[tuple[Tier, str, bool], list[int]] = {}
    for finding in found:
        days.setdefault((finding.tier, finding.rule, finding.shape == Silent.shape), []).append(finding.day)
    told = sorted(days.items(), key=lambda pair: (-pair[0][0], *pair[0][1:]))
    return [(tier, protocol.rule(code), _days(on), is_silence) for (tier, code, is_silence), on in told]


def _days(days: Sequence[int]) -> str:
    return ngettext("day %(days)s", "days %(days)s", len(days)) % {"days": ", ".join(map(str, sorted(days)))}


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
