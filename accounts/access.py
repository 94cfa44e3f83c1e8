"""Who may come in: signed in, not for ever, staff with a second factor, each in the right role."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .headers import FORGET_PHOTOS
from .http import AuthenticatedRequest, json_refusal, wants_json
from .models import User

Answer = Callable[[HttpRequest], HttpResponseBase]
P = ParamSpec("P")
View = Callable[Concatenate[AuthenticatedRequest, P], HttpResponseBase]

STAFF_IDLE, STAFF_LONGEST = datetime.timedelta(minutes=30), datetime.timedelta(hours=12)
PATIENT_IDLE = datetime.timedelta(days=14)
# A visit is written down at most this often, so that a page of photos is not a page of writes.
NOTED_EVERY = datetime.timedelta(minutes=1)
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"


class LoginRequired(LoginRequiredMiddleware):
    """Every page asks who is there, unless its view is `@login_not_required`; sessions end by themselves."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        over = request.user.is_authenticated and _is_over(request, timezone.now())
        if over:
            logout(request)
            if not wants_json(request):
                messages.info(request, _("You were signed out because this page was not used for a while."))
        response = cast(HttpResponseBase, self.get_response(request))
        if over:
            response["Clear-Site-Data"] = FORGET_PHOTOS
        if request.user.is_authenticated:
            _note_visit(request, timezone.now())
        return response

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused and wants_json(request):
            return json_refusal(401, "signed_out", _("Please sign in again."))
        return refused


class SecondFactorRequired:
    """Staff reach nothing but their own account before this session has seen their second factor."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        open_to_all = not getattr(view_func, "login_required", True)
        if open_to_all or request.path_info.startswith("/accounts/") or not _lacks_second_factor(request):
            return None
        if wants_json(request):
            return json_refusal(403, "second_factor", _("Please give your second step first."))
        return _ask_for_second_factor(request)


login_required, second_factor_required = LoginRequired, SecondFactorRequired


def _is_over(request: HttpRequest, now: datetime.datetime) -> bool:
    signed_in, seen = (_moment(request, name) or now for name in (SIGNED_IN_AT, SEEN_AT))
    if _is_patient(request):
        return now - seen > PATIENT_IDLE
    return now - seen > STAFF_IDLE or now - signed_in > STAFF_LONGEST


def _note_visit(request: HttpRequest, now: datetime.datetime) -> None:
    """The first visit is the answer to the sign-in itself, because this runs after the view."""
    request.session.setdefault(SIGNED_IN_AT, now.timestamp())
    seen = _moment(request, SEEN_AT)
    if seen is None or now - seen >= NOTED_EVERY:
        request.session[SEEN_AT] = now.timestamp()


def _moment(request: HttpRequest, name: str) -> datetime.datetime | None:
    stamp = request.session.get(name)
    return None if stamp is None else datetime.datetime.fromtimestamp(stamp, datetime.UTC)


def _is_patient(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_patient


def _lacks_second_factor(request: HttpRequest) -> bool:
    user = request.user
    if not user.is_authenticated or not user.needs_second_factor:
        return False
    if settings.DEMO and user.email.endswith("@demo.example"):
        return False
    ways = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return not any(way["method"] == "mfa" for way in ways) or not get_adapter().is_mfa_enabled(user)


def _ask_for_second_factor(request: HttpRequest) -> HttpResponseBase:
    has = get_adapter().is_mfa_enabled
    if not has(request.user):
        messages.info(request, _("Please set up a second step first. Everyone who can see patients needs one."))
        return redirect("mfa_index")
    # Right after setting one up the session has not used it yet; asking for the password would go in circles.
    totp = has(request.user, [Authenticator.Type.TOTP])
    where = reverse("mfa_reauthenticate" if totp else "mfa_reauthenticate_webauthn")
    return redirect(f"{where}?{urlencode({'next': request.get_full_path()})}")


def patient_required(view: View[P]) -> View[P]:
    """Patients only, with a journal of their own that they agreed to; others 403."""

    @wraps(view)
    def asked(request: AuthenticatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_patient:
            return _wrong_role(request)
        patient = getattr(request.user, "patient", None)
        if patient is None or not patient.consents.filter(kind="care", withdrawn_at=None).exists():
            return _no_journal(request)
        return view(request, *args, **kwargs)

    return asked


def clinician_required(view: View[P]) -> View[P]:
    """Clinicians only; others 403. Which patients is asked of `visible_to`."""

    @wraps(view)
    def asked(request: AuthenticatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_clinician else _wrong_role(request)

    return asked


def reader_required(view: View[P]) -> View[P]:
    """Patients with a journal of their own, and clinicians; others 403. Whose record is asked of `visible_to`."""
    for_patients, for_clinicians = patient_required(view), clinician_required(view)

    @wraps(view)
    def asked(request: AuthenticatedRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return (for_patients if request.user.is_patient else for_clinicians)(request, *args, **kwargs)

    return asked


def _wrong_role(request: HttpRequest) -> HttpResponseBase:
    if wants_json(request):
        return json_refusal(403, "wrong_role", _("This page is for someone else."))
    raise PermissionDenied


def _no_journal(request: HttpRequest) -> HttpResponseBase:
    if wants_json(request):
        return json_refusal(403, "no_journal", _("There is no journal for this sign-in. Please call your clinic."))
    return render(request, "welcome/no_journal.html", status=403)
