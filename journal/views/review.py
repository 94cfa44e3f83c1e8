"""A case on one screen, and what a clinician does about it: look, mark as seen, close, open again."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from journal.actions import flags
from journal.actions.looks import look_at_all
from journal.models import Flag, Treatment
from journal.review_form import ReopenForm, ReviewForm

from . import done, record
from .case import case
from .following import longest_unseen, most_waiting, unflagged
from .moved import already, but_these
from .past import closed_with
from .places import back_to


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def flag(request: AuthenticatedRequest, flag_id: uuid.UUID) -> HttpResponse:
    """One flag in its course. Reading changes nothing; the buttons move it."""
    visible = Flag.objects.visible_to(request.user).select_related("treatment__patient__clinic", "assigned_to")
    shown = get_object_or_404(visible, pk=flag_id)
    if request.method != "POST":
        return _page(request, shown, ReviewForm())
    if "reopen" in request.POST:
        return _reopen(request, shown)
    if "take_back" in request.POST:
        return _take_back(request, shown)
    form = ReviewForm(request.POST, closing="close" in request.POST)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    try:
        left = _move(request, shown, form)
    except flags.AlreadyMoved as moved:
        messages.error(request, already(moved.flag, request.user))
        return _page(request, shown, form, status=409)
    if shown in left:  # others on the page were saved; what it is about has to be looked at again
        return _page(request, shown, form, status=409)
    return redirect(_onward(request, shown, form, left))


def _move(request: AuthenticatedRequest, shown: Flag, form: ReviewForm) -> list[Flag]:
    """Mark as seen or close what was on the page. Says so, and returns those that moved meanwhile."""
    said, now = form.cleaned_data, timezone.now()
    together = _together(request, shown, form)
    common: Any = {"shown": together, "note": said["note"], "seen_to": said["page_at"], "by": request.user, "at": now}
    if form.closing:
        left = flags.close_all(**common, outcome=said["outcome"], useful=said["useful"])
        if shown not in left:
            messages.success(request, done.closed(shown, request.user))
    else:
        left = flags.acknowledge_all(**common)
        if shown not in left:
            messages.success(request, done.seen(shown, request.user))
    for sentence in but_these(left, request.user):
        messages.error(request, sentence)
    return left


def _together(request: AuthenticatedRequest, shown: Flag, form: ReviewForm) -> list[flags.Shown]:
    """The page's flag, then those that go with it: what was ticked is closed, what is of the session was seen."""
    said = form.cleaned_data
    named = [key for key in said["shown"] if key in said["also"] or not form.closing]
    mine = Flag.objects.visible_to(request.user).filter(treatment__patient=shown.treatment.patient_id, pk__in=named)
    others = mine if form.closing else mine.filter(treatment=shown.treatment_id)
    pairs = [(one, said["shown"][one.pk]) for one in others.exclude(pk=shown.pk).select_related("treatment__patient")]
    return [(shown, said["seen"]), *pairs]


def _onward(request: AuthenticatedRequest, shown: Flag, form: ReviewForm, left: Sequence[Flag]) -> str:
    """What fired again while it was looked at, or the case that waits most; a seen flag stays on the screen."""
    here = reverse("journal:flag", args=[shown.pk])
    if not form.closing:
        return back_to(request, here)
    again = next((one for one in left if one.is_live), None) or most_waiting(request.user, shown)
    return reverse("journal:flag", args=[again.pk]) if again else reverse("journal:inbox")


def _reopen(request: AuthenticatedRequest, shown: Flag) -> HttpResponse:
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, ReviewForm(), status=422, reopen=form)
    try:
        also = [one for one in closed_with(shown, request.user) if one.pk in form.cleaned_data["also"]]
        left = flags.reopen(
            flag=shown, also=also, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        )
    except flags.AlreadyMoved:
        messages.error(request, _("This flag is open already. Nothing was changed."))
        return _page(request, shown, ReviewForm(), status=409, reopen=form)
    except flags.AlreadyLive as newer:
        messages.error(request, _("The same rule has a newer flag, which is open. Nothing was changed."))
        return redirect("journal:flag", newer.flag.pk)
    messages.success(request, _("Open again. It waits in the inbox from now on."))
    for one in left:
        messages.error(request, _("“%(title)s” was left as it is: it is open already.") % {"title": one.title})
    return redirect("journal:flag", shown.pk)


def _take_back(request: AuthenticatedRequest, shown: Flag) -> HttpResponse:
    try:
        flags.take_back(flag=shown, by=request.user, at=timezone.now())
    except flags.AlreadyMoved as moved:
        messages.error(request, already(moved.flag, request.user))
        return _page(request, shown, ReviewForm(), status=409)
    said = _("%(name)s: not seen yet. It waits in the inbox as before.")
    messages.success(request, said % {"name": shown.treatment.patient.name})
    return redirect("journal:flag", shown.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def review(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """A timeline on which nothing is flagged; one that has a live flag is looked at there."""
    treatment = record.standing_or_404(request, treatment_id)
    live = Flag.objects.visible_to(request.user).select_related("treatment__patient__clinic", "assigned_to")
    leading = live.live().by_urgency().filter(treatment=treatment).first()
    if request.method != "POST":
        return redirect("journal:flag", leading.pk) if leading else _page(request, treatment, ReviewForm())
    form = ReviewForm(request.POST)
    if not form.is_valid() or form.cleaned_data["page_at"] is None:
        if form.is_valid():
            messages.error(request, _("This page was sent back broken. Please look again."))
        return _page(request, leading or treatment, form, status=422)
    shown, note = [(treatment, form.cleaned_data["page_at"])], form.cleaned_data["note"]
    if look_at_all(shown=shown, note=note, by=request.user, at=timezone.now()):
        messages.error(request, _("A flag came up while you looked at it. Please look again. Nothing was saved."))
        return _page(request, leading or treatment, form, status=409)
    messages.success(request, done.looked_at(treatment))
    return redirect(back_to(request, _longest_unseen(request)))


def _longest_unseen(request: AuthenticatedRequest) -> str:
    """The next timeline without a flag, or their list where all of them were looked at."""
    following = longest_unseen(request.user)
    return reverse("journal:review", args=[following.pk]) if following else unflagged()


def _page(
    request: AuthenticatedRequest,
    about: Flag | Treatment,
    form: ReviewForm,
    status: int = 200,
    reopen: ReopenForm | None = None,
) -> HttpResponse:
    record.note_look(request, about)
    shown = about if isinstance(about, Flag) else None
    treatment = about.treatment if isinstance(about, Flag) else about
    address = reverse("journal:flag" if shown else "journal:review", args=[about.pk])
    context = case(treatment, shown, request.user, timezone.now(), address)
    context |= {"form": form, "reopen": reopen or ReopenForm()}
    return render(request, "clinic/case.html", context, status=status)
