"""How the goals of a treatment are coming along: asked some weeks after it, with photos beside those from before."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import reader_required
from accounts.http import AuthenticatedRequest
from accounts.models import User
from journal.actions import progress as actions
from journal.models import Progress, Treatment
from journal.models.progress import STILL_ASKED, goals_of, week_asked
from journal.models.treatment import current
from journal.progress_form import ProgressForm
from journal.recovery.care import Milestone, Result
from journal.words import goal_label

from .beside import Beside, beside_first
from .origin import Origin, origin
from .outcome import doors
from .record import note_look, standing_or_404


@dataclass(frozen=True, slots=True)
class Due:
    """A week after a session whose goals were not told yet."""

    treatment: Treatment
    week: int
    to_on: datetime.date  # the last day on which it is asked


def due_progress(treatment: Treatment, day: int) -> Due | None:
    """What is asked of a patient on a day of the course she is in."""
    milestone = week_asked(treatment, day)
    if milestone is None or treatment.progress.filter(week=milestone.week).exists():
        return None
    return Due(treatment, milestone.week, _last_on(treatment, milestone))


def _last_on(treatment: Treatment, milestone: Milestone) -> datetime.date:
    return treatment.date_of(milestone.day + STILL_ASKED)


@dataclass(frozen=True, slots=True)
class Line:
    """A goal, and for each week what was said of it, in words."""

    goal: str
    answers: Sequence[str]


@dataclass(frozen=True, slots=True)
class SoFar:
    """What was said after one session, week by week."""

    treatment: Treatment
    weeks: Sequence[int]
    lines: Sequence[Line]
    worse: Sequence[str]  # what is worse, of the latest week of which anything was said
    latest: int  # that week


def so_far(treatment: Treatment, on: datetime.date, following: datetime.date | None = None) -> SoFar | None:
    """As of a date; None where nothing was said yet. A week after the `following` session began is none of this one."""
    said = {(one.week, one.goal): one for one in treatment.progress.all()}
    if not said:
        return None
    milestones = [one for one in treatment.protocol.care.milestones if not _is_cut(treatment, one, following)]
    ends = {one.week: _last_on(treatment, one) for one in milestones}
    weeks = sorted(ends.keys() | {week for week, _goal in said})
    goals = dict.fromkeys([*goals_of(treatment), *(goal for _week, goal in said)])
    is_open = {week: week in ends and on <= ends[week] for week in weeks}
    lines = [
        Line(goal_label(treatment, goal), [_answer(said.get((week, goal)), is_open[week]) for week in weeks])
        for goal in goals
    ]
    latest = max(week for week, _goal in said)
    worse = [goal_label(treatment, goal) for (week, goal), one in said.items() if week == latest and one.is_worse]
    return SoFar(treatment, weeks, lines, worse, latest)


def _is_cut(treatment: Treatment, milestone: Milestone, following: datetime.date | None) -> bool:
    """Whether the next session began before a week could be asked for."""
    return bool(following and treatment.date_of(milestone.day) >= following)


def _answer(said: Progress | None, is_open: bool) -> str:
    if said:
        return said.get_answer_display()
    return _("to come") if is_open else _("not said")


@require_http_methods(["GET", "HEAD", "POST"])
@reader_required
def progress(request: AuthenticatedRequest, treatment_id: uuid.UUID, week: int) -> HttpResponse:
    """A week of one treatment: the patient says how it is going, the clinic reads."""
    treatment = standing_or_404(request, treatment_id)
    milestone = next((one for one in treatment.protocol.care.milestones if one.week == week), None)
    if milestone is None:
        return _kept(request, treatment, week)
    if request.method != "POST":
        return _page(request, treatment, milestone, _form(treatment, week))
    if not request.user.is_patient:
        raise PermissionDenied
    form = _form(treatment, week, request.POST)
    if not form.is_valid():
        return _page(request, treatment, milestone, form, status=422)
    _say(request, treatment, week, form)
    return redirect("journal:progress", treatment.pk, week)


def _kept(request: AuthenticatedRequest, treatment: Treatment, week: int) -> HttpResponse:
    """A week that only another version of the protocol asks for, with what was said then."""
    if not treatment.progress.filter(week=week).exists():
        raise Http404
    if request.method == "POST":
        messages.error(request, _("This is not asked now, so nothing was saved."))
        return redirect("journal:progress", treatment.pk, week)
    note_look(request, treatment)
    return render(request, "journal/progress.html", _about(request, treatment, week))


def _form(treatment: Treatment, week: int, posted: object = None) -> ProgressForm:
    goals = {code: goal_label(treatment, code) for code in goals_of(treatment)}
    said = dict(treatment.progress.filter(week=week).values_list("goal", "answer"))
    return ProgressForm(posted, goals=goals, said=said)


def _say(request: AuthenticatedRequest, treatment: Treatment, week: int, form: ProgressForm) -> None:
    answers, now = form.answers(), timezone.now()
    try:
        actions.say(treatment=treatment, week=week, answers=answers, by=request.user, at=now)
    except actions.NotAsked:
        messages.error(request, _("This is not asked now, so nothing was saved."))
    else:
        messages.success(request, _("Saved. Your clinic can read it. You can change it in this week."))


def _page(
    request: AuthenticatedRequest, treatment: Treatment, milestone: Milestone, form: ProgressForm, status: int = 200
) -> HttpResponse:
    note_look(request, treatment)
    context = _about(request, treatment, milestone.week)
    on, following = context["on"], context["following"]
    from_on, to_on = treatment.date_of(milestone.day), _last_on(treatment, milestone)
    context |= {
        "from_on": from_on,
        "to_on": to_on,
        "asked": context["is_current"] and week_asked(treatment, treatment.day_of(on)) == milestone,
        "is_early": on < from_on,
        # Asked no more, or never to be: the course of another session began before the week was over.
        "cut_on": following if following and (following <= from_on or following <= min(on, to_on)) else None,
        "form": form,
        "photos": photos_now(treatment, request.user, from_on),
        "takes_photos": treatment.patient.consents.standing().to_photos().exists(),
        "results": _results(treatment, milestone),
        "origin": origin(treatment.protocol, milestone),
    }
    return render(request, "journal/progress.html", context, status=status)


def _about(request: AuthenticatedRequest, treatment: Treatment, week: int) -> dict[str, Any]:
    """What every week has: who, what was said, and what is worse."""
    now, patient = timezone.now(), treatment.patient
    on = treatment.today(now)
    standing = list(patient.treatments.standing())
    following = treatment.following(standing)
    return {
        "treatment": treatment,
        "patient": patient,
        "clinic": patient.clinic,
        "doors": doors(patient.clinic, now),
        "week": week,
        "on": on,
        "is_current": current(standing, now) == treatment,
        "following": following,
        "is_worse": treatment.progress.filter(week=week, answer=Progress.Answer.WORSE).exists(),
        "so_far": so_far(treatment, on, following),
        "here": "today" if request.user.is_patient else "patients",
    }


@dataclass(frozen=True, slots=True)
class PhotosNow:
    """The photos of the latest day that has any, each beside the first one of its area and view."""

    rows: Sequence[Beside]
    day: int | None  # on which they were taken
    is_older: bool  # than the week they are looked at for


def photos_now(treatment: Treatment, user: User, week_from: datetime.date) -> PhotosNow:
    photos = list(treatment.photos.select_related("treatment__patient"))
    latest = max((one.on for one in photos if not one.is_from_before), default=None)
    of_latest = [one for one in photos if one.on == latest and not one.is_from_before]
    rows = [row for row in beside_first(of_latest, photos, user) if row.first]
    if latest is None:
        return PhotosNow(rows, None, False)
    return PhotosNow(rows, treatment.day_of(latest), latest < week_from)


def _results(treatment: Treatment, milestone: Milestone) -> list[tuple[Result, Origin]]:
    """What may be seen since the week before it; not the first day's, nor how long it lasts, which is told later."""
    protocol = treatment.protocol
    before = max((one.day for one in protocol.care.milestones if one.day < milestone.day), default=0)
    until = min(milestone.day, protocol.care.spacing.to_day - 1)
    return [(one, origin(protocol, one)) for one in protocol.care.results if before < one.from_day <= until]
