"""What waits for a clinician, and one flag with everything needed to deal with it."""

import datetime
import uuid
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from journal import charts
from journal.models import Flag, Photo
from journal.models.protocol import protocol_of
from journal.recovery import wording
from journal.recovery.scale import QUESTIONS

PER_PAGE = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the inbox."""

    flag: Flag
    why: str
    chart: charts.Chart
    photo: Photo | None
    since: str


@require_safe
@clinician_required
def inbox(request: AuthenticatedRequest) -> HttpResponse:
    """Live flags of the clinic, the most urgent and the longest waiting first."""
    waiting = Flag.objects.visible_to(request.user).inbox_of(request.user)
    counts = waiting.order_by().aggregate(
        unseen=Count("pk", filter=Q(state=Flag.State.OPEN)), seen=Count("pk", filter=Q(state=Flag.State.ACKNOWLEDGED))
    )
    # A flag that was closed meanwhile still marks its place.
    after = named_in(request, Flag.objects.visible_to(request.user))
    page = list((waiting.after(after) if after else waiting).with_course()[: PER_PAGE + 1])
    context = {
        "clinic": request.user.clinic,
        "waiting": [line_of(flag, timezone.now()) for flag in page[:PER_PAGE]],
        "counts": counts,
        "after": after,
        "last": page[PER_PAGE - 1] if len(page) > PER_PAGE else None,
        "here": "inbox",
    }
    return render(request, "clinic/inbox.html", context)


def named_in(request: AuthenticatedRequest, rows: QuerySet[Row]) -> Row | None:
    """The row that `?after=` names: the last of the page before. None without it, 404 where it is nothing."""
    named = request.GET.get("after")
    if not named:
        return None
    try:
        return get_object_or_404(rows, pk=uuid.UUID(named))
    except ValueError:
        raise Http404 from None


def line_of(flag: Flag, now: datetime.datetime) -> Waiting:
    treatment = flag.treatment
    course = treatment.course()
    bands = treatment.protocol.profile_for(course).bands
    band = bands[flag.values.get("question", QUESTIONS[0])]
    photos = [photo for photo in treatment.photos.all() if not photo.baseline]
    return Waiting(
        flag=flag,
        why=wording.why(flag.finding(), protocol_of(flag.protocol_version), _),
        chart=charts.draw(band, course.readings, width=150, height=44, ticks=False),
        photo=max(photos, key=lambda photo: (photo.on, photo.pk), default=None),
        since=timesince(flag.raised_at, now, depth=1),
    )
