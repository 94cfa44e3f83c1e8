"""An invited patient's first page: what the journal is, and the one form that opens it."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import InvitationForm
from accounts.models import User
from journal.actions import people


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing, because mail scanners open it too; the form does."""
    try:
        invitation = people.find_invitation(token=token, at=timezone.now())
        if request.user.is_authenticated:
            return _page(request, "welcome/signed_in.html", {"invitation": invitation})
        form = InvitationForm(request.POST or None)
        user = _accept(form, token) if form.is_valid() else None
    except people.UsedLink as refused:
        mine = _already_in(request, token)
        return _enter(request, mine) if mine else _refuse(request, refused)
    except people.LinkRefused as refused:
        return _refuse(request, refused)
    if user:
        return _enter(request, user)
    clinic = invitation.patient.clinic
    return _page(request, "welcome/invite.html", {"form": form, "clinic": clinic}, 422 if form.errors else 200)


def _accept(form: InvitationForm, token: str) -> User | None:
    answers = {name: form.cleaned_data[name] for name in ("email", "password", "photos")}
    try:
        return people.accept(token=token, **answers, at=timezone.now())
    except people.EmailTaken:
        form.add_error("email", _("We cannot use this address. Use another one, or call your clinic."))
        return None


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    messages.success(request, _("Welcome. Your journal is ready."))
    response: HttpResponse = perform_login(request, user, redirect_url=reverse("journal:today"), signup=True)
    return response


def _already_in(request: HttpRequest, token: str) -> User | None:
    """A second press, or an answer that got lost: the same address and password open the journal they just made."""
    given = {"email": request.POST.get("email", ""), "password": request.POST.get("password", "")}
    try:
        user = get_adapter().authenticate(request, **given)  # counts wrong guesses, as sign-in does
    except ValidationError:
        return None
    return user if isinstance(user, User) and people.used_by(token=token, user=user) else None


def _refuse(request: HttpRequest, refused: people.LinkRefused) -> HttpResponse:
    unknown = isinstance(refused, people.UnknownLink)
    context = {"used": isinstance(refused, people.UsedLink), "unknown": unknown}
    return _page(request, "welcome/refused.html", context, 404 if unknown else 410)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    # The address is a key: it goes into no list of addresses, and no Referer carries it anywhere. "no-referrer" would
    # also turn the form's Origin into "null", which the check against forged forms refuses.
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
