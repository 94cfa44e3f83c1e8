"""The clinic's canned replies: read, add, change, take off the list."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import Clinic
from journal.actions import replies
from journal.message_forms import CannedReplyForm
from journal.models import CannedReply
from journal.models.message import VARIABLES, in_braces
from journal.staff_forms import language_name

from .numbers import key_in
from .patients import clinic_of


@dataclass(frozen=True, slots=True)
class Listed:
    reply: CannedReply
    language: str
    form: CannedReplyForm


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def clinic_replies(request: AuthenticatedRequest) -> HttpResponse:
    clinic = clinic_of(request.user)
    if request.method != "POST":
        return _page(request, clinic)
    try:
        refused = _press(request, clinic)
    except replies.AlreadyGone:
        messages.error(request, _("Somebody changed this reply first, or took it off the list. Please look again."))
        return _page(request, clinic, CannedReplyForm(request.POST, clinic=clinic), status=409)
    return _page(request, clinic, refused, status=422) if refused else redirect("journal:clinic_replies")


def _press(request: AuthenticatedRequest, clinic: Clinic) -> CannedReplyForm | None:
    """Do what was pressed; the form comes back if it has to be looked at again."""
    said, now = request.POST, timezone.now()
    if "start" in said:
        replies.start_replies(clinic=clinic, by=request.user, at=now)
        messages.success(request, _("Added. Change them so that they sound like you."))
        return None
    if "remove" in said:
        replies.remove_reply(reply=_named(clinic, said["remove"]), by=request.user, at=now)
        messages.success(request, _("Taken off the list."))
        return None
    reply = _named(clinic, said["edit"]) if "edit" in said else None
    form = CannedReplyForm(said, clinic=clinic, reply=reply)
    if form.is_valid() and _save(form, clinic, request):
        messages.success(request, _("Saved."))
        return None
    return form


def _named(clinic: Clinic, number: str) -> CannedReply:
    return get_object_or_404(clinic.canned_replies.all(), pk=key_in(number))


def _save(form: CannedReplyForm, clinic: Clinic, request: AuthenticatedRequest) -> bool:
    said, now = form.cleaned_data, timezone.now()
    try:
        if form.reply:
            replies.edit_reply(reply=form.reply, **said, by=request.user, at=now)
        else:
            replies.add_reply(clinic=clinic, **said, by=request.user, at=now)
    except replies.TitleTaken:
        form.add_error("title", _("There is a reply with this title in that language already."))
    except replies.TooMany:
        form.add_error(None, _("%(n)s replies are the most. Take one off the list first.") % {"n": replies.MOST})
    return form.is_valid()


def _page(
    request: AuthenticatedRequest, clinic: Clinic, refused: CannedReplyForm | None = None, status: int = 200
) -> HttpResponse:
    listed = [_listed(one, clinic, refused) for one in clinic.canned_replies.standing().order_by("language", "title")]
    is_new = refused is not None and refused.reply is None
    context = {
        "clinic": clinic,
        "listed": listed,
        "new": refused if is_new else CannedReplyForm(clinic=clinic),
        "refused": refused,
        "variables": [in_braces(name) for name in VARIABLES],
        "here": "care",
    }
    return render(request, "clinic/replies.html", context, status=status)


def _listed(reply: CannedReply, clinic: Clinic, refused: CannedReplyForm | None) -> Listed:
    is_refused = refused is not None and refused.reply == reply
    form = refused if refused and is_refused else CannedReplyForm(clinic=clinic, reply=reply)
    return Listed(reply, language_name(reply.language), form)
