"""Questions before a session: what was asked, what a person decided, and the risk factors that follow from it."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Candidacy, Treatment
from journal.models.candidacy import ON_RECORD, standing_of
from journal.models.treatment import current
from journal.recovery.care import Concern
from journal.recovery.scale import RISK_FACTORS

from . import treatments

YES, NO = Candidacy.Answer.YES, Candidacy.Answer.NO
Asked = Mapping[str, set[str | None]]  # what was answered to the questions that stand for a risk factor


class Outdated(Exception):
    """Other questions are asked by now, or somebody else has decided: what was answered may not be what was meant."""


@transaction.atomic
def decide(
    *,
    treatment: Treatment,
    answers: Mapping[str, str],
    decision: str,
    reason: str,
    seen: str | None = None,
    by: User,
    at: datetime.datetime,
) -> Candidacy:
    """Keep answers (as `Candidacy.answers` has them) with a decision and its reason, which are a person's.

    What was decided before stays. The treatment's risk factors follow the answers, and its course is compared again.
    What was answered "yes" is a risk factor of the course that runs now and of later sessions too. Raises Outdated
    where the questions no longer stand as they were `seen` (`models.candidacy.standing_of`); None asks for no check.
    """
    Patient.objects.select_for_update().get(pk=treatment.patient_id)  # or a correction meanwhile would be lost
    treatment = Treatment.objects.get(pk=treatment.pk)
    if seen is not None and seen != standing_of(treatment):
        raise Outdated
    decided = Candidacy.objects.create(
        treatment=treatment,
        protocol_version=treatment.protocol_version,
        answers=dict(answers),
        decision=decision,
        reason=reason,
        at=at,
        by=by,
    )
    # A decision on a day that is over puts nothing off: somebody may have been treated on it.
    if treatment.treated_on >= treatment.today(at) and not treatment.visits.exists():
        treatments.put_off(treatment=treatment, off=decided.is_put_off, at=at)
    asked = _asked(decided.concerns, answers, treatment.risk_factors)
    _set(treatment, _following(asked, treatment.risk_factors), by, at)
    confirmed = _confirmed(asked)
    for one in _running_or_later(treatment, at) if confirmed else ():
        _set(one, _in_order(confirmed.union(one.risk_factors)), by, at)
    return decided


def _running_or_later(treatment: Treatment, at: datetime.datetime) -> list[Treatment]:
    """The patient's other treatments that rules still judge: the one of now, and all after it or after this one."""
    others = list(Treatment.objects.standing().filter(patient=treatment.patient_id))
    now = current(others, at)
    first = min(treatment.treated_on, now.treated_on) if now else treatment.treated_on
    return [one for one in others if one.treated_on >= first and one.pk != treatment.pk]


def _set(treatment: Treatment, factors: Sequence[str], by: User, at: datetime.datetime) -> None:
    if set(factors) != set(treatment.risk_factors):
        treatments.correct(treatment=treatment, fields={"risk_factors": list(factors)}, by=by, at=at)


def risk_factors(concerns: Iterable[Concern], answers: Mapping[str, str], known: Collection[str]) -> list[str]:
    """The risk factors `known` so far with what answers change, in the order of the scale.

    "Yes" adds what its question stands for. One goes only when every question that stands for it was answered "no":
    one too few would quiet a rule.
    """
    return _following(_asked(concerns, answers, known), known)


def without_question(concerns: Iterable[Concern], known: Iterable[str]) -> list[str]:
    """Risk factors `known` that none of the concerns stands for: each is asked about by itself."""
    asked = {factor for concern in concerns for factor in concern.risk_factors}
    return [factor for factor in known if factor not in asked]


def _asked(concerns: Iterable[Concern], answers: Mapping[str, str], known: Iterable[str]) -> Asked:
    asked: dict[str, set[str | None]] = {}
    for concern in concerns:
        for factor in concern.risk_factors:
            asked.setdefault(factor, set()).add(answers.get(concern.code))
    for factor in known:
        asked.setdefault(factor, {answers.get(ON_RECORD + factor)})
    return asked


def _following(asked: Asked, known: Iterable[str]) -> list[str]:
    stays = {factor for factor in known if asked[factor] != {NO}}
    return _in_order(stays | _confirmed(asked))


def _confirmed(asked: Asked) -> set[str]:
    return {factor for factor, said in asked.items() if YES in said}


def _in_order(factors: Collection[str]) -> list[str]:
    return [factor for factor in RISK_FACTORS if factor in factors]
