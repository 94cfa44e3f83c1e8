"""How a clinic's aftercare differs from its protocol's: until when things are left out, and which products it names."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import Clinic
from journal.actions import care
from journal.care_plan import ClinicClock, clocks_of
from journal.models import CareChange
from journal.models.protocol import protocol_of, version_for
from journal.plan_forms import ChangeForm, ProductForm
from journal.recovery.protocol import Protocol

from .claims import Claimed, claimed, until
from .origin import Origin, origin
from .patients import clinic_of

SHOWN = 50  # changes, the newest


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as the clinic's page shows it."""

    own: ClinicClock
    title: str
    advice: Sequence[tuple[str, Origin]]  # as the protocol has it
    written: str  # until when the protocol leaves it out; empty where it leaves nothing out
    here: str  # the same in this clinic
    claims: Sequence[Claimed]
    change: ChangeForm
    product: ProductForm


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def clinic_care(request: AuthenticatedRequest) -> HttpResponse:
    """Read it all; each press changes one topic, and a person is named with it."""
    clinic = clinic_of(request.user)
    protocol = protocol_of(version_for(clinic.pk))
    refused: ChangeForm | ProductForm | None = None
    if request.method == "POST":
        refused = _press(request, clinic, protocol)
        if refused is None:
            return redirect("journal:clinic_care")
    context = {
        "clinic": clinic,
        "protocol": protocol,
        "topics": [_topic(one, protocol, refused) for one in clocks_of(clinic, protocol)],
        "history": _history(clinic, protocol),
        "here": "care",
    }
    return render(request, "clinic/care_plan.html", context, status=422 if refused else 200)


def _history(clinic: Clinic, protocol: Protocol) -> list[tuple[str, str, CareChange]]:
    """The latest changes with their topic, and until when each left it out."""
    topics = {clock.code: _(clock.topic) for clock in protocol.care.clocks}
    changes = clinic.care_changes.select_related("by")[:SHOWN]
    return [(topics.get(one.clock, one.clock), _said(one), one) for one in changes]


def _said(change: CareChange) -> str:
    return _("as in the protocol") if change.avoid_to is None else until(change.avoid_to)


def _press(request: AuthenticatedRequest, clinic: Clinic, protocol: Protocol) -> ChangeForm | ProductForm | None:
    """Do what was pressed; the form comes back if it has to be looked at again."""
    if "remove" in request.POST:
        _remove(request, clinic)
        return None
    clock = request.POST.get("clock", "")
    if clock not in {one.code for one in protocol.care.clocks}:
        raise Http404
    if "add" in request.POST:
        return _add(request, clinic, clock)
    if "restore" in request.POST:
        _save(request, clinic, protocol, clock, avoid_to=None, reason="")
        return None
    return _change(request, clinic, protocol, clock)


def _change(request: AuthenticatedRequest, clinic: Clinic, protocol: Protocol, clock: str) -> ChangeForm | None:
    form = ChangeForm(request.POST, clock=clock)
    if not form.is_valid():
        return form
    try:
        _save(request, clinic, protocol, clock, **form.cleaned_data)
    except care.ReasonMissing:
        form.add_error("reason", _("This is shorter than in the protocol. Write why: it stands with your name."))
        return form
    return None


def _save(
    request: AuthenticatedRequest, clinic: Clinic, protocol: Protocol, clock: str, *, avoid_to: int | None, reason: str
) -> None:
    care.change_care(
        clinic=clinic,
        protocol=protocol,
        clock=clock,
        avoid_to=avoid_to,
        reason=reason,
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("Saved. Your patients read it from now on."))


def _add(request: AuthenticatedRequest, clinic: Clinic, clock: str) -> ProductForm | None:
    form = ProductForm(request.POST, clock=clock)
    if not form.is_valid():
        return form
    care.add_product(clinic=clinic, clock=clock, **form.cleaned_data, by=request.user, at=timezone.now())
    messages.success(request, _("Added. Your patients read it from now on."))
    return None


def _remove(request: AuthenticatedRequest, clinic: Clinic) -> None:
    number = request.POST["remove"]
    product = get_object_or_404(clinic.products.all(), pk=number if number.isdecimal() else 0)
    care.remove_product(product=product, by=request.user, at=timezone.now())
    messages.success(request, _("Taken off the list."))


def _topic(one: ClinicClock, protocol: Protocol, refused: ChangeForm | ProductForm | None) -> Topic:
    first = one.written.advice[0]
    change, product = _forms(one)
    if refused and refused.clock == one.written.code:
        change = refused if isinstance(refused, ChangeForm) else change
        product = refused if isinstance(refused, ProductForm) else product
    return Topic(
        own=one,
        title=_(one.written.topic),
        advice=[(_(advice.text), origin(protocol, advice)) for advice in one.written.advice],
        written="" if first.does else until(first.to_day),
        here=until(_here(one)),
        claims=claimed(one.written),
        change=change,
        product=product,
    )


def _here(one: ClinicClock) -> int | None:
    """Until when the clinic has it left out, -1 for not at all."""
    return one.change.avoid_to if one.change else one.written.avoid_to


def _forms(one: ClinicClock) -> tuple[ChangeForm, ProductForm]:
    code = one.written.code
    return ChangeForm(clock=code, initial={"avoid_to": _here(one)}), ProductForm(clock=code)
