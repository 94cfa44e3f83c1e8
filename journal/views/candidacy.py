"""The questions before a session, and a person's decision. Nothing here is worked out from the answers."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import User
from journal.actions import candidacies
from journal.care_forms import QuestionsForm
from journal.models import Candidacy, Treatment
from journal.recovery.care import Concern
from journal.recovery.scale import RISK_FACTORS

from . import record
from .origin import Origin, origin
from .treatments import standing_or_404

YES = Candidacy.Answer.YES


@dataclass(frozen=True, slots=True)
class Question:
    """One concern on the page, with what was said of it before."""

    concern: Concern
    field: BoundField
    last: str  # the answer of the time before, in a word; empty where it was not asked
    on_record: bool  # a risk factor that it stands for is on record for this session
    origin: Origin


@dataclass(frozen=True, slots=True)
class Decided:
    """One time the questions were asked, in words."""

    candidacy: Candidacy
    yes: Sequence[str]
    unknown: Sequence[str]
    not_asked: int


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def questions(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """Ask, decide, say why. Whatever was decided before stays below."""
    treatment = standing_or_404(request, treatment_id)
    record.note_look(request, treatment)
    last = _last(request.user, treatment)
    form = _form(request, treatment, last)
    if form.is_bound and form.is_valid():
        _decide(request, form, treatment)
        return redirect("journal:patient", treatment.patient_id)
    context = {
        "treatment": treatment,
        "patient": treatment.patient,
        "form": form,
        "questions": _questions(form, treatment, last),
        "last": last,
        "history": [told(one, treatment) for one in treatment.candidacies.select_related("by")],
        "here": "patients",
    }
    return render(request, "clinic/questions.html", context, status=422 if form.errors else 200)


def _decide(request: AuthenticatedRequest, form: QuestionsForm, treatment: Treatment) -> None:
    """Save, and say which risk factors stand now, because rules go by them."""
    now, decision = timezone.now(), form.cleaned_data["decision"]
    candidacies.decide(
        treatment=treatment,
        answers=form.answers(),
        decision=decision,
        reason=form.cleaned_data["reason"],
        by=request.user,
        at=now,
    )
    treatment.refresh_from_db(fields=["risk_factors"])
    factors = ", ".join(_(RISK_FACTORS.get(code, code)) for code in treatment.risk_factors)
    messages.success(request, _("Saved. Risk factors on record: %(factors)s.") % {"factors": factors or _("none")})
    if decision != Candidacy.Decision.TREAT and treatment.treated_on >= treatment.today(now):
        messages.warning(request, _("The patient is still told to get ready. Change the date, or cancel the session."))


def _last(user: User, treatment: Treatment) -> Candidacy | None:
    """The latest time that the patient was asked, for this session or one before it."""
    asked = Candidacy.objects.visible_to(user).filter(treatment__patient=treatment.patient_id)
    return asked.filter(treatment__treated_on__lte=treatment.treated_on, treatment__cancelled_at=None).first()


def _form(request: AuthenticatedRequest, treatment: Treatment, last: Candidacy | None) -> QuestionsForm:
    concerns = treatment.protocol.care.concerns
    before = last.answers if last else {}
    stands = [one.code for one in concerns if before.get(one.code) == YES or _on_record(one, treatment)]
    return QuestionsForm(request.POST if request.method == "POST" else None, concerns=concerns, stands=stands)


def _on_record(concern: Concern, treatment: Treatment) -> bool:
    return not set(concern.risk_factors).isdisjoint(treatment.risk_factors)


def _questions(form: QuestionsForm, treatment: Treatment, last: Candidacy | None) -> list[Question]:
    before: Mapping[str, str] = last.answers if last else {}
    return [
        Question(
            concern=concern,
            field=form[form.names[concern.code]],
            last=str(Candidacy.Answer(before[concern.code]).label) if concern.code in before else "",
            on_record=_on_record(concern, treatment),
            origin=origin(treatment.protocol, concern),
        )
        for concern in treatment.protocol.care.concerns
    ]


def told(candidacy: Candidacy, treatment: Treatment) -> Decided:
    """What was answered "yes" and what was not known, by the questions of the treatment's protocol."""
    asks = {concern.code: _(concern.asks) for concern in treatment.protocol.care.concerns}
    said = {
        answer: [asks.get(code, code) for code, given in candidacy.answers.items() if given == answer]
        for answer in (YES, Candidacy.Answer.UNKNOWN)
    }
    return Decided(
        candidacy=candidacy,
        yes=said[YES],
        unknown=said[Candidacy.Answer.UNKNOWN],
        not_asked=len(asks.keys() - candidacy.answers.keys()),
    )
