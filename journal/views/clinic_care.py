"""How a clinic's aftercare differs from its protocol's: until when things are left out, and which products it names."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import Clinic
from journal.actions import care
from journal.care_plan import ClinicClock, clocks_of, latest_changes, leaves_out
from journal.models import CareChange, Product
from journal.models.courses import running
from journal.models.protocol import protocol_of, version_for
from journal.plan_forms import ChangeForm, ProductForm
from journal.recovery import aftercare
from journal.recovery.care import Advice
from journal.recovery.protocol import Protocol
from journal.recovery.stretches import span

from .claims import Claimed, claimed, until
from .numbers import key_in
from .origin import Origin, origin
from .patients import clinic_of

SHOWN = 50  # changes, the newest


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as the clinic's page shows it."""

    own: ClinicClock
    title: str
    told: Sequence[tuple[str, str]]  # what patients read here, with its days
    grounds: Sequence[tuple[str, Origin]]  # the advice as the protocol has it
    written: str  # until when the protocol leaves it out; empty where it leaves nothing out
    here: str  # the same in this clinic
    lapsed: str  # until when, as it was chosen for another version
    claims: Sequence[Claimed]
    change: ChangeForm
    product: ProductForm
    refused: ChangeForm | ProductForm | None


@dataclass(frozen=True, slots=True)
class Stray:
    """What the clinic said of a topic that the version in use does not have, or in which it leaves nothing out."""

    code: str
    change: CareChange | None
    said: str
    products: Sequence[Product]


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
            return redirect(f"{reverse('journal:clinic_care')}#{request.POST.get('clock', '')}")
    context = {
        "clinic": clinic,
        "protocol": protocol,
        "topics": [_topic(one, protocol, refused) for one in clocks_of(clinic, protocol)],
        "others": _others(clinic, protocol),
        "strays": _strays(clinic, protocol),
        "history": _history(clinic, protocol),
        "refused": refused,
        "here": "care",
    }
    return render(request, "clinic/care_plan.html", context, status=422 if refused else 200)


def _others(clinic: Clinic, protocol: Protocol) -> list[tuple[str, int]]:
    """The other versions that running treatments of the clinic follow, and how many follow each."""
    today = timezone.now().astimezone(clinic.zone).date()
    others = running(clinic.pk, today).exclude(protocol_version=protocol.version)
    counted = others.order_by("protocol_version").values("protocol_version").annotate(number=Count("pk"))
    return list(counted.values_list("protocol_version", "number"))


def _strays(clinic: Clinic, protocol: Protocol) -> list[Stray]:
    """By topic, so that nothing stands that nobody can see or take back."""
    changes = {code: one for code, one in latest_changes(clinic).items() if one.avoid_to is not None}
    unused = {code: one for code, one in changes.items() if not leaves_out(protocol.care, code)}
    known = {clock.code for clock in protocol.care.clocks}
    products = [one for one in clinic.products.approved() if one.clock not in known]
    codes = sorted({*unused, *(one.clock for one in products)})
    return [
        Stray(
            code=code,
            change=unused.get(code),
            said=_said(unused[code]) if code in unused else "",
            products=[one for one in products if one.clock == code],
        )
        for code in codes
    ]


def _history(clinic: Clinic, protocol: Protocol) -> list[tuple[str, str, CareChange]]:
    """The latest changes with their topic, and until when each left it out."""
    topics = {clock.code: _(clock.topic) for clock in protocol.care.clocks}
    changes = clinic.care_changes.select_related("by")[:SHOWN]
    return [(topics.get(one.clock, one.clock), _said(one), one) for one in changes]


def _said(change: CareChange) -> str:
    return _("as in the protocol") if change.avoid_to is None else until(change.avoid_to)


def _press(request: AuthenticatedRequest, clinic: Clinic, protocol: Protocol) -> ChangeForm | ProductForm | None:
    """Do what was pressed; the form comes back if it has to be looked at again."""
    clock = request.POST.get("clock", "")
    if "remove" in request.POST:
        _remove(request, clinic)
    elif "restore" in request.POST:
        _restore(request, clinic, protocol, clock)
    elif clock not in {one.code for one in protocol.care.clocks}:
        raise Http404
    elif "add" in request.POST:
        return _add(request, clinic, clock)
    else:
        return _change(request, clinic, protocol, clock)
    return None


def _restore(request: AuthenticatedRequest, clinic: Clinic, protocol: Protocol, clock: str) -> None:
    """Take back what the clinic said of a topic, also of one that this version does not have."""
    if clock not in latest_changes(clinic):
        raise Http404
    _save(request, clinic, protocol, clock, avoid_to=None, reason="")


def _change(request: AuthenticatedRequest, clinic: Clinic, protocol: Protocol, clock: str) -> ChangeForm | None:
    form = ChangeForm(request.POST, clock=clock)
    if not form.is_valid():
        return form
    try:
        _save(request, clinic, protocol, clock, **form.cleaned_data)
    except care.ReasonMissing:
        form.add_error("reason", _why(protocol, clock, form.cleaned_data["avoid_to"]))
        return form
    except care.NothingLeftOut:
        raise Http404 from None
    return None


def _why(protocol: Protocol, clock: str, avoid_to: int) -> str:
    if aftercare.loosened(protocol.care, clock, avoid_to):
        return _("This is shorter than in the protocol. Write why: it stands with your name.")
    return _("No document waits as long, and one would not wait at all. Write why: it stands with your name.")


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
    product = get_object_or_404(clinic.products.all(), pk=key_in(request.POST["remove"]))
    care.remove_product(product=product, by=request.user, at=timezone.now())
    messages.success(request, _("Taken off the list."))


def _topic(one: ClinicClock, protocol: Protocol, refused: ChangeForm | ProductForm | None) -> Topic:
    first, mine = one.written.advice[0], refused if refused and refused.clock == one.written.code else None
    change, product = _forms(one)
    return Topic(
        own=one,
        title=_(one.written.topic),
        told=[(_days(advice), _(advice.text)) for advice in one.clock.advice],
        grounds=[(_(advice.text), origin(protocol, advice)) for advice in one.written.advice],
        written="" if first.does else until(first.to_day),
        here=until(_here(one)),
        lapsed=until(one.lapsed.avoid_to) if one.lapsed else "",
        claims=claimed(one.written),
        change=mine if isinstance(mine, ChangeForm) else change,
        product=mine if isinstance(mine, ProductForm) else product,
        refused=mine,
    )


def _days(advice: Advice) -> str:
    """From when to when it is told; what may be done again goes on."""
    to_day = None if advice.again else advice.to_day
    return span(advice.from_day, advice.from_day if to_day is None else to_day, _, lasts=to_day is None)


def _here(one: ClinicClock) -> int | None:
    """Until when the clinic has it left out, -1 for not at all."""
    return one.change.avoid_to if one.change else one.written.avoid_to


def _forms(one: ClinicClock) -> tuple[ChangeForm, ProductForm]:
    """A day that was chosen for another version is offered again, with its reason."""
    code, again = one.written.code, one.lapsed
    initial = {"avoid_to": again.avoid_to, "reason": again.reason} if again else {"avoid_to": _here(one)}
    return ChangeForm(clock=code, initial=initial), ProductForm(clock=code)
