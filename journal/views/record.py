"""One treatment's course as pages show it: charts, and what was written day by day. Read once, in few queries."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext

from accounts.http import AuthenticatedRequest
from accounts.models import AccessEvent, Patient, User
from journal import charts
from journal.models import Entry, Flag, Photo, Treatment
from journal.models.moves import found_late
from journal.recovery.assess import assess
from journal.recovery.course import Course, Finding
from journal.recovery.rows import LAST_DAY
from journal.recovery.scale import QUESTIONS
from journal.recovery.stretches import span

if TYPE_CHECKING:
    from .receipts import Receipt

NOTED_FOR = datetime.timedelta(minutes=10)  # so long a look at a page is one at its photos too


@dataclass(slots=True)
class Day:
    """Everything that is known of one local date."""

    day: int
    on: datetime.date
    entry: Entry | None = None
    findings: Sequence[Finding] = ()
    late: frozenset[str] = frozenset()  # rules among them that came only by a move to another version, without a flag
    photos: list[Photo] = field(default_factory=list)
    receipt: "Receipt | None" = None  # what became of its entry, where somebody asked

    @property
    def iso(self) -> str:
        return self.on.isoformat()

    @property
    def added_later(self) -> bool:
        """Written down on a later date than it tells of."""
        return bool(self.entry and self.entry.added_later)


@dataclass(frozen=True, slots=True)
class Record:
    treatment: Treatment
    course: Course
    days: Sequence[Day]  # newest first: written days, days with photos, and days on which a silence was found
    baseline: Sequence[Photo]
    flags: Sequence[Flag]

    @property
    def photos(self) -> list[Photo]:
        return [*self.baseline, *(photo for day in self.days for photo in day.photos)]

    @property
    def charts(self) -> list[charts.Chart]:
        bands = self.treatment.protocol.profile_for(self.course).bands
        return [charts.draw(bands[question], self.course.readings) for question in QUESTIONS]

    @property
    def missing(self) -> list[str]:
        """Stretches of days without an entry, in words; only of those up to the latest entry that are asked for."""
        written = [-1, *(reading.day for reading in self.course.readings if reading.day >= 0)]
        ends = [min(day, LAST_DAY + 1) for day in written]
        return [span(before + 1, after - 1, gettext) for before, after in pairwise(ends) if after - before > 1]


def read(treatment: Treatment, missed_by: datetime.datetime | None = None) -> Record:
    """Everything about one treatment that pages show, with the silences up to a moment if one is given."""
    entries = list(treatment.entries.select_related("logged_by").prefetch_related("revisions"))
    photos = list(treatment.photos.all())
    flags = list(treatment.flags.prefetch_related("reviews__by").order_by("-raised_at"))
    course = treatment.course(entries, now=None if treatment.cancelled_at else missed_by)
    findings = assess(course, treatment.protocol)
    days: dict[int, Day] = {}
    for entry in entries:
        entry.treatment = treatment
        day = treatment.day_of(entry.on)
        days[day] = Day(day, entry.on, entry)
    late = found_late(treatment, findings)
    for day, found in findings.items():
        told = days.setdefault(day, Day(day, treatment.date_of(day)))
        told.findings = found
        flagged = {flag.rule for flag in flags if told.iso in flag.fired_on}
        told.late = frozenset(one.rule for one in found if (day, one.rule) in late) - flagged
    for photo in photos:
        if not photo.baseline:
            day = treatment.day_of(photo.on)
            days.setdefault(day, Day(day, photo.on)).photos.append(photo)
    return Record(
        treatment=treatment,
        course=course,
        days=[days[day] for day in sorted(days, reverse=True)],
        baseline=[photo for photo in photos if photo.baseline],
        flags=flags,
    )


def standing_or_404(request: AuthenticatedRequest, treatment_id: uuid.UUID) -> Treatment:
    """A treatment that was not cancelled."""
    visible = Treatment.objects.visible_to(request.user).standing().select_related("patient__clinic")
    return get_object_or_404(visible, pk=treatment_id)


def note_look(request: HttpRequest, target: Patient | Treatment | Flag | Photo) -> None:
    """Record that staff looked at a patient's record; patients reading their own leave no trace."""
    if isinstance(request.user, User):
        AccessEvent.objects.note(by=request.user, verb="read", target=target, at=timezone.now())


def note_photo(request: AuthenticatedRequest, photo: Photo) -> None:
    """Record a look at a photo, whatever its size, unless one at its page or at itself stands from the last minutes."""
    if request.user.is_patient:
        return
    treatment = photo.treatment
    seen = AccessEvent.objects.reads(by=request.user, since=timezone.now() - NOTED_FOR)
    shown_by = {("photo", str(photo.pk)), ("treatment", str(treatment.pk)), ("patient", str(treatment.patient_id))}
    flags = [number for kind, number in seen if kind == "flag"]
    if not (seen & shown_by or (flags and treatment.flags.filter(pk__in=flags).exists())):
        note_look(request, photo)
