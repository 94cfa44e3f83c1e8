"""The questions before a session, and a person's decision. Nothing here is worked out from the answers."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from journal.actions import candidacies
from journal.actions.candidacies import without_question
from journal.care_forms import QuestionsForm
from journal.models import Candidacy, Flag, Treatment
from journal.models.candidacy import ON_RECORD, standing_of
from journal.recovery.scale import RISK_FACTORS

from . import record
from .origin import Origin, origin
from .spacing import too_early

YES, UNKNOWN = Candidacy.Answer.YES, Candidacy.Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class Asks:
    """Something to ask: a concern of the protocol, or a risk factor on record that has none."""

    asks: str
    advice: str
    is_on_record: bool  # a risk factor that it stands for is, for this session
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Said:
    """The latest answer that was given to a question, and when it was asked."""

    answer: str
    candidacy: Candidacy

    def __str__(self) -> str:
        at = self.candidacy.at.astimezone(self.candidacy.treatment.zone)
        told = {"answer": Candidacy.Answer(self.answer).label, "date": date_format(at, "j F Y")}
        return _("%(answer)s (%(date)s)") % told


@dataclass(frozen=True, slots=True)
class Question:
    """One of them on the page, with what was said of it before, if anything was."""

    asked: Asks
    field: BoundField
    last: Said | None


@dataclass(frozen=True, slots=True)
class Decided:
    """One time the questions were asked, in words."""

    candidacy: Candidacy
    yes: Sequence[str]
    unknown: Sequence[str]


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def questions(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """Ask, decide, say why. Whatever was decided before stays below."""
    treatment = record.standing_or_404(request, treatment_id)
    record.note_look(request, treatment)
    stands = standing_of(treatment)  # read before what is shown, so that nothing newer passes for seen
    asked = _asked_so_far(request, treatment)
    last, asks = _latest_answers(asked), _asks(treatment)
    form = _form(request, treatment, asks, last)
    if form.is_bound and _is_of_this_page(request, form, stands) and _decide(request, form, treatment):
        return redirect("journal:patient", treatment.patient_id)
    history = [one for one in asked if one.treatment_id == treatment.pk]
    context = {
        "treatment": treatment,
        "patient": treatment.patient,
        "form": form,
        "seen": stands,
        "questions": [Question(one, form[form.names[code]], last.get(code)) for code, one in asks.items()],
        "last": asked[0] if asked else None,
        "history": [told(one) for one in history],
        "not_asked": history[0].not_asked if history else 0,
        "too_early": too_early(treatment),
        "flags": Flag.objects.visible_to(request.user).live().by_urgency().filter(treatment__patient=treatment.patient),
        "here": "patients",
    }
    return render(request, "clinic/questions.html", context, status=422 if form.errors else 200)


def _is_of_this_page(request: AuthenticatedRequest, form: QuestionsForm, stands: str) -> bool:
    """Whether the form is valid and answers what stands. Other slips hide no colleague's decision: the page is given
    what stands now, so this is the one time to say it."""
    is_valid = form.is_valid()
    if request.POST.get("seen", stands) == stands:
        return is_valid
    _add_outdated(form)
    return False


def _add_outdated(form: QuestionsForm) -> None:
    said = _("Somebody decided here, or the questions changed, since you opened this page. Look again, then save.")
    form.add_error(None, said)


def _decide(request: AuthenticatedRequest, form: QuestionsForm, treatment: Treatment) -> bool:
    """Save and tell; not what was answered to a page that another decision has overtaken."""
    now = timezone.now()
    try:
        decided = candidacies.decide(
            treatment=treatment,
            answers=form.answers(),
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            seen=request.POST.get("seen"),
            by=request.user,
            at=now,
        )
    except candidacies.Outdated:
        _add_outdated(form)
        return False
    _tell(request, decided, treatment, now)
    return True


def _tell(request: AuthenticatedRequest, decided: Candidacy, treatment: Treatment, now: datetime.datetime) -> None:
    """Which risk factors stand now, because rules go by them, and what is still open."""
    treatment.refresh_from_db(fields=["risk_factors"])
    factors = ", ".join(_(RISK_FACTORS.get(code, code)) for code in treatment.risk_factors)
    messages.success(request, _("Saved. Risk factors on record: %(factors)s.") % {"factors": factors or _("none")})
    if n := decided.not_asked:
        said = ngettext("%(n)s question was not asked.", "%(n)s questions were not asked.", n)
        messages.warning(request, said % {"n": n})
    if decided.is_put_off and treatment.treated_on >= treatment.today(now):
        messages.warning(request, _("The patient is told to ask about her date. Change it, or cancel the session."))


def _asked_so_far(request: AuthenticatedRequest, treatment: Treatment) -> list[Candidacy]:
    """Each time that the patient was asked, for this session or one before it, the latest first."""
    asked = Candidacy.objects.visible_to(request.user).filter(treatment__patient=treatment.patient_id)
    so_far = asked.filter(treatment__treated_on__lte=treatment.treated_on, treatment__cancelled_at=None)
    return list(so_far.select_related("by", "treatment"))


def _latest_answers(asked: Iterable[Candidacy]) -> dict[str, Said]:
    """What was said last of each question, whenever that was: a list that was left unfinished takes nothing back."""
    latest: dict[str, Said] = {}
    for candidacy in asked:
        for code, answer in candidacy.answers.items():
            latest.setdefault(code, Said(answer, candidacy))
    return latest


def _form(
    request: AuthenticatedRequest, treatment: Treatment, asks: Mapping[str, Asks], last: Mapping[str, Said]
) -> QuestionsForm:
    """Of this same session its own answers are filled in; of another one nothing is."""
    stood = {code for code, said in last.items() if said.answer in (YES, UNKNOWN)}
    return QuestionsForm(
        request.POST if request.method == "POST" else None,
        asks={code: one.asks for code, one in asks.items()},
        stands={code for code, one in asks.items() if code in stood or one.is_on_record},
        said={code: said.answer for code, said in last.items() if said.candidacy.treatment_id == treatment.pk},
    )


def _asks(treatment: Treatment) -> dict[str, Asks]:
    """What is asked, by code: the concerns, then the risk factors on record that they ask nothing about."""
    concerns, known = treatment.protocol.care.concerns, set(treatment.risk_factors)
    told = {
        one.code: Asks(
            _(one.asks), _(one.advice), not known.isdisjoint(one.risk_factors), origin(treatment.protocol, one)
        )
        for one in concerns
    }
    others = without_question(concerns, treatment.risk_factors)
    return told | {ON_RECORD + code: Asks(_on_record(code), "", True, None) for code in others}


def _on_record(code: str) -> str:
    return _("On record: %(factor)s. Is it so now?") % {"factor": _(RISK_FACTORS.get(code, code))}


def told(candidacy: Candidacy) -> Decided:
    """What was answered "yes" and what was not known, in the words of the version that was asked by."""
    asks = {concern.code: _(concern.asks) for concern in candidacy.concerns}
    said: dict[str, list[str]] = {YES: [], UNKNOWN: []}
    for code, answer in candidacy.answers.items():
        if answer in said:
            said[answer].append(asks.get(code) or _on_record(code.removeprefix(ON_RECORD)))
    return Decided(candidacy, said[YES], said[UNKNOWN])
