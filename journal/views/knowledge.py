"""What the journal knows, for whoever wants to check it: the patient's page, and all rules for the clinic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import patient_required
from accounts.http import AuthenticatedRequest
from journal.models.treatment import current
from journal.recovery import telling
from journal.recovery.protocol import Protocol
from journal.recovery.rows import LAST_DAY, CheckIn, Modifier, Profile, Rule, SignWindow, Step
from journal.recovery.scale import QUESTIONS, Tier
from journal.recovery.stretches import span
from journal.recovery.telling import Told

from .care_knowledge import care_sections
from .expected import outlook
from .origin import Origin, origin


@require_safe
@patient_required
def expected(request: AuthenticatedRequest) -> HttpResponse:
    """What is expected after the patient's treatment of now, and why."""
    patient, now = request.user.patient, timezone.now()
    treatments = list(patient.treatments.standing())
    treatment = current(treatments, now)
    context: dict[str, Any] = {"clinic": patient.clinic, "treatment": treatment, "here": "today"}
    if treatment:
        context["outlook"] = outlook(treatment, treatment.day_of(treatment.today(now)), treatments)
    return render(request, "journal/expected.html", context)


@dataclass(frozen=True, slots=True)
class StepTold:
    step: Step
    is_limit: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class ProfileTold:
    profile: Profile
    fits: str
    days: Sequence[tuple[int, Sequence[tuple[int, int]]]]  # by day: typical and limit of each question
    steps: Sequence[tuple[str, Sequence[StepTold]]]  # by question


@dataclass(frozen=True, slots=True)
class WindowTold:
    window: SignWindow
    days: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class RuleTold:
    rule: Rule
    when: Sequence[Told]
    unless: str
    sooner: Sequence[tuple[str, Tier]]  # why for some patients, and what becomes of it
    message: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class ModifierTold:
    modifier: Modifier
    whom: str
    raises: Sequence[str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class CheckInTold:
    checkin: CheckIn
    whom: str
    asks: Sequence[str]
    origin: Origin


def whole_protocol(protocol: Protocol) -> dict[str, Any]:
    """Everything a protocol says, as its page and its document show it."""
    return {
        "protocol": protocol,
        "questions": QUESTIONS,
        "last_day": LAST_DAY,
        "closings": [(tier, telling.reads(protocol.closings[tier], _)) for tier in Tier if tier],
        "profiles": [_profile(profile, protocol) for profile in protocol.profiles],
        "windows": [
            WindowTold(window, span(window.from_day, window.to_day, _), origin(protocol, window))
            for window in protocol.windows
        ],
        "families": _families(protocol),
        "modifiers": [
            ModifierTold(one, telling.whom(one.who, _), telling.raises(one, protocol, _), origin(protocol, one))
            for one in protocol.modifiers
        ],
        "checkins": [
            CheckInTold(one, telling.whom(one.who, _), telling.asks(one, _), origin(protocol, one))
            for one in sorted(protocol.checkins, key=lambda checkin: checkin.day)
        ],
        "care": care_sections(protocol),
    }


def _profile(profile: Profile, protocol: Protocol) -> ProfileTold:
    bands = [profile.bands[question] for question in QUESTIONS]
    return ProfileTold(
        profile=profile,
        fits=telling.fits(profile, _),
        days=[(day, [(band.typical[day], band.limit[day]) for band in bands]) for day in range(LAST_DAY + 1)],
        steps=[
            (
                band.question,
                [*_steps(band.typical_steps, False, protocol), *_steps(band.limit_steps, True, protocol)],
            )
            for band in bands
        ],
    )


def _steps(steps: Iterable[Step], is_limit: bool, protocol: Protocol) -> list[StepTold]:
    return [StepTold(step, is_limit, origin(protocol, step)) for step in steps]


def _families(protocol: Protocol) -> dict[str, list[RuleTold]]:
    """Rules by family, families in the order in which they first come."""
    families: dict[str, list[RuleTold]] = {}
    for rule in protocol.rules:
        told = RuleTold(
            rule=rule,
            when=[telling.when(condition, protocol, _) for condition in rule.when],
            unless=telling.unless(rule, _),
            sooner=_sooner(rule, protocol),
            message=telling.reads(rule.message, _),
            origin=origin(protocol, rule),
        )
        families.setdefault(rule.family, []).append(told)
    return families


def _sooner(rule: Rule, protocol: Protocol) -> list[tuple[str, Tier]]:
    raising = [one for one in protocol.modifiers if rule.code in one.rules and rule.tier in one.raises]
    return [(_(modifier.reason), modifier.raises[rule.tier]) for modifier in raising]
