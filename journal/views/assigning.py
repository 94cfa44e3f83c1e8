"""Taking a patient's flags, giving them to a colleague, giving them back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import User
from journal.actions import assignments
from journal.models import Flag

from .numbers import key_in
from .patients import clinic_of
from .places import back_to


class Unreadable(Exception):
    """What was sent names nobody who could be meant."""


def colleagues(flag: Flag, user: User) -> dict[str, Any]:
    """What `clinic/_assign.html` needs besides the flag: who works here, and which of them is looking."""
    return {"colleagues": clinic_of(user).staff.filter(is_active=True).order_by("first_name", "email"), "me": user}


@require_POST
@clinician_required
def assign(request: AuthenticatedRequest, flag_id: uuid.UUID) -> HttpResponse:
    """Give all live flags of a treatment to one person, or to nobody, and return to where it was asked for."""
    visible = Flag.objects.visible_to(request.user).select_related("treatment", "assigned_to")
    flag = get_object_or_404(visible, pk=flag_id)
    try:
        to, expected = _person(request), _number(request, "expected")
        assignments.assign(flag=flag, to=to, expected=expected, by=request.user, at=timezone.now())
        messages.success(request, _said(to, request.user))
    except (Unreadable, assignments.NotOfTheClinic):
        messages.error(request, _("This is nobody who works at your clinic. Nothing was changed."))
    except assignments.AlreadyAssigned as changed:
        messages.error(request, _already(changed.flag, request.user))
    return redirect(back_to(request, default=reverse("journal:flag", args=[flag.pk])))


def _person(request: AuthenticatedRequest) -> User | None:
    """The clinician of this clinic whom they are given to; None where it is empty: nobody."""
    number = _number(request, "to")
    if number is None:
        return None
    person = clinic_of(request.user).staff.filter(pk=number).first()
    if person is None:
        raise Unreadable
    return person


def _number(request: AuthenticatedRequest, name: str) -> int | None:
    """The key of a person, or None for nobody. Whoever had them may have left the clinic since, so it is enough."""
    said = request.POST.get(name, "")
    number = key_in(said)
    if said and number is None:
        raise Unreadable
    return number


def _said(to: User | None, me: User) -> str:
    if to is None:
        return _("Given back. It is nobody’s now.")
    if to == me:
        return _("You have taken this patient’s flags.")
    return _("%(who)s has this patient’s flags now.") % {"who": to}


def _already(flag: Flag, me: User) -> str:
    if not flag.is_live:
        return _("This flag was closed meanwhile. Nothing was changed.")
    if flag.assigned_to is None:
        return _("This was given back meanwhile: nobody has it now. Nothing was changed.")
    if flag.assigned_to == me:
        return _("You have this already. Nothing was changed.")
    return _("%(who)s has taken this meanwhile. Nothing was changed.") % {"who": flag.assigned_to}
