"""The day of a treatment on one screen: what was done, beside what the patient is told about it."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from journal.actions import visits
from journal.care_forms import VisitForm
from journal.models import Treatment, Visit
from journal.models.visit import FACTS
from journal.recovery.aftercare import stages_for
from journal.recovery.care import Stage

from . import record
from .origin import Origin, origin

# Parts of the page: what they are called, how the codes of their stages begin, and what is written down of them.
PARTS: tuple[tuple[Any, tuple[str, ...], tuple[str, ...]], ...] = (
    (gettext_lazy("Cleaning"), ("cleaning",), ("cleaned",)),
    (gettext_lazy("Numbing"), ("numbing",), ("numbing", "numbing_minutes")),
    (gettext_lazy("Needling"), ("gel", "needling", "time", "dots"), ("depth_mm", "needling_minutes", "device")),
    (gettext_lazy("Serum or mask"), ("serum", "mask"), ("serum", "serum_lot", "mask")),
    (gettext_lazy("The whole visit"), ("visit",), ("visit_minutes", "note")),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A stage of the day as the patient is told of it."""

    stage: Stage
    origin: Origin


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    fields: Sequence[BoundField]
    stages: Sequence[Told]


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def day(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> HttpResponse:
    """Write the day down, or correct it. One that is still to come can only be read about."""
    treatment = record.standing_or_404(request, treatment_id)
    record.note_look(request, treatment)
    now = timezone.now()
    has_come = treatment.treated_on <= treatment.today(now)
    form = _form(request, treatment)
    if has_come and form.is_bound and form.is_valid():
        visits.record_visit(
            treatment=treatment,
            facts=form.facts(),
            depth_mm=form.cleaned_data["depth_mm"],
            by=request.user,
            at=now,
        )
        messages.success(request, _("Saved."))
        if treatment.depth_mm is not None and form.cleaned_data["depth_mm"] is None:
            messages.warning(request, _("The depth is not known any more. The course was compared again without it."))
        return redirect("journal:patient", treatment.patient_id)
    context = _about(treatment, form, has_come)
    return render(request, "clinic/day.html", context, status=422 if form.is_bound else 200)


def _form(request: AuthenticatedRequest, treatment: Treatment) -> VisitForm:
    latest = treatment.visits.first()
    written = model_to_dict(latest, fields=FACTS) if latest else {}
    posted = request.POST if request.method == "POST" else None
    initial = written | {"depth_mm": treatment.depth_mm}
    return VisitForm(posted, initial=initial, is_correction=latest is not None, last=_before(treatment))


def _before(treatment: Treatment) -> Visit | None:
    """What was written down of the patient's session before, the latest that has it."""
    earlier = treatment.patient.treatments.standing().filter(treated_on__lt=treatment.treated_on, visits__isnull=False)
    session = earlier.order_by("-treated_on").first()
    return session.visits.first() if session else None


def _about(treatment: Treatment, form: VisitForm, has_come: bool) -> dict[str, object]:
    stages = [Told(stage, origin(treatment.protocol, stage)) for stage in _stages(treatment)]
    parts = [Part(str(title), [form[name] for name in names], _of(begin, stages)) for title, begin, names in PARTS]
    placed = {told.stage.code for part in parts for told in part.stages}
    return {
        "treatment": treatment,
        "patient": treatment.patient,
        "form": form,
        "has_come": has_come,
        "parts": parts,
        "others": [told for told in stages if told.stage.code not in placed],
        "history": treatment.visits.select_related("by"),
        "here": "patients",
    }


def _stages(treatment: Treatment) -> Iterable[Stage]:
    return stages_for(treatment.protocol.care, treatment.areas)


def _of(begin: Collection[str], stages: Iterable[Told]) -> list[Told]:
    """A version may tell of one part in several stages: time-face, time-small."""
    return [told for told in stages if told.stage.code.split("-")[0] in begin]
