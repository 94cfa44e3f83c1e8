"""Questions before a session: what was asked, what a person decided, and the risk factors that follow from it."""

import datetime
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Candidacy, Treatment
from journal.recovery.care import Concern
from journal.recovery.scale import RISK_FACTORS

from . import treatments

YES, NO = Candidacy.Answer.YES, Candidacy.Answer.NO


@transaction.atomic
def decide(
    *, treatment: Treatment, answers: Mapping[str, str], decision: str, reason: str, by: User, at: datetime.datetime
) -> Candidacy:
    """Keep answers (by the codes of the protocol's concerns) with a decision and its reason, which are a person's.

    What was decided before stays. The treatment's risk factors follow the answers, and its course is compared again.
    """
    Patient.objects.select_for_update().get(pk=treatment.patient_id)  # or a correction meanwhile would be lost
    treatment = Treatment.objects.get(pk=treatment.pk)
    decided = Candidacy.objects.create(
        treatment=treatment,
        protocol_version=treatment.protocol_version,
        answers=dict(answers),
        decision=decision,
        reason=reason,
        at=at,
        by=by,
    )
    factors = risk_factors(treatment.protocol.care.concerns, answers, treatment.risk_factors)
    if set(factors) != set(treatment.risk_factors):
        treatments.correct(treatment=treatment, fields={"risk_factors": factors}, by=by, at=at)
    return decided


def risk_factors(concerns: Iterable[Concern], answers: Mapping[str, str], known: Collection[str]) -> list[str]:
    """The risk factors `known` so far with what answers change, in the order of the scale.

    "Yes" adds what its question stands for. One goes only when every question that stands for it was answered "no":
    one too few would quiet a rule.
    """
    asked: dict[str, set[str | None]] = {}
    for concern in concerns:
        for factor in concern.risk_factors:
            asked.setdefault(factor, set()).add(answers.get(concern.code))
    stays = {factor for factor in known if asked.get(factor) != {NO}}
    added = {factor for factor, said in asked.items() if YES in said}
    return [factor for factor in RISK_FACTORS if factor in stays | added]
