"""The lines of the inbox's lists: what of a patient is told in one."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from journal import charts
from journal.models import Call, Entry, Flag, Message, Photo, Treatment
from journal.models.protocol import protocol_of
from journal.recovery import wording
from journal.recovery.rows import Band
from journal.recovery.scale import QUESTION_LABELS, QUESTIONS, WORDS
from journal.words import SHORT, goal_label, may_read

from .patients import clinic_of
from .presence import Opened, others_at_each
from .waiting import Wait, wait_of

FULL_DAYS = 3  # of a timeline, told in full; earlier ones are folded
MOST_PHOTOS = 6  # new ones of a timeline, shown in its line


@dataclass(frozen=True, slots=True)
class Waiting:
    """A patient with live flags, told by the leading one."""

    flag: Flag
    others: Sequence[Flag]  # live flags of the same treatment
    why: str
    chart: charts.Chart
    photo: Photo | None
    wait: Wait | None
    opened: Sequence[Opened]
    call: Call | None
    wrote: bool

    @property
    def treatment(self) -> Treatment:
        return self.flag.treatment

    @property
    def unlooked(self) -> bool:
        """Whether something of it fired that nobody has looked at since."""
        return any(one.latest_look is None for one in [self.flag, *self.others])

    @property
    def unopened(self) -> bool:
        """Whether the patient has not had the prompt before her that her journal shows."""
        flag = self.flag
        return flag.holds and flag.opened_at is None and may_read(flag.finding().tier, flag.clinic)


@dataclass(frozen=True, slots=True)
class Score:
    label: str
    word: str  # empty: not answered
    raised: bool  # more than is typical of the day


@dataclass(frozen=True, slots=True)
class Written:
    """What a patient wrote for one day, in short."""

    entry: Entry
    day: int
    scores: Sequence[Score]
    signs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A timeline without a live flag, and what came in since somebody looked."""

    treatment: Treatment
    days: Sequence[Written]  # the newest first
    earlier: Sequence[Written]
    photos: Sequence[Photo]  # the new ones, the newest first
    photo: Photo | None  # where there is no new one: the newest of the timeline
    worse: Sequence[str]  # goals
    is_other: bool  # there is an answer about progress that is not worse
    seen_to: datetime.datetime  # when the newest of all this came in
    day: int  # today
    elsewhere: Sequence[Flag]  # live flags of the patient's other sessions
    opened: Sequence[Opened]
    ticked: Collection[str] = ()  # what was ticked on a page that came back

    @property
    def is_whole(self) -> bool:
        """Whether all that came in is before the eyes in the line, so that it may be ticked."""
        return not self.earlier and len(self.photos) <= MOST_PHOTOS

    @property
    def shots(self) -> Sequence[Photo]:
        return self.photos[:MOST_PHOTOS]

    @property
    def tick(self) -> str:
        """What a tick says was looked at: the timeline, and how far."""
        return f"{self.treatment.pk} {self.seen_to.isoformat()}"

    @property
    def is_ticked(self) -> bool:
        """Never of a line that shows more by now than it did."""
        return self.tick in self.ticked


@dataclass(frozen=True, slots=True)
class Quiet:
    """A course under way whose patient writes nothing."""

    treatment: Treatment
    day: int
    silent_days: int


def waiting(flags: Sequence[Flag], user: User, now: datetime.datetime) -> list[Waiting]:
    """Lines of leading flags that were fetched `with_course`, and with the live flags of their treatments."""
    clinic, patients = clinic_of(user), {flag.treatment.patient_id for flag in flags}
    others = {flag.pk: [one for one in flag.treatment.flags.all() if one != flag] for flag in flags}
    each = {flag.treatment_id: [flag.pk, *(one.pk for one in others[flag.pk])] for flag in flags}
    opened = others_at_each(each, user, now)
    calls = {call.patient_id: call for call in Call.objects.visible_to(user).live().filter(patient__in=patients)}
    wrote = set(
        Message.objects.visible_to(user)
        .waiting()
        .filter(patient__in=patients)
        .order_by()
        .values_list("patient", flat=True)
    )
    lines = []
    for flag in flags:
        flag.clinic = clinic
        patient = flag.treatment.patient_id
        lines.append(
            Waiting(
                flag=flag,
                others=others[flag.pk],
                why=wording.why(flag.finding(), protocol_of(flag.protocol_version), _),
                chart=_spark(flag.treatment, flag.values.get("question", QUESTIONS[0])),
                photo=_newest(flag.treatment),
                wait=wait_of([flag, *others[flag.pk]], clinic, now),
                opened=opened.get(flag.treatment_id, ()),
                call=calls.get(patient),
                wrote=patient in wrote,
            )
        )
    return lines


def unseen(
    treatments: Sequence[Treatment], user: User, now: datetime.datetime, ticked: Collection[str] = ()
) -> list[Unseen]:
    """Lines of timelines that nobody has looked at, their entries, photos and progress fetched."""
    opened = others_at_each({one.pk: () for one in treatments}, user, now)
    flagged = _live_by_patient(treatments, user)
    return [
        Unseen(
            **_came_in(one),
            treatment=one,
            day=one.day_of(one.today(now)),
            elsewhere=flagged.get(one.patient_id, ()),
            opened=opened.get(one.pk, ()),
            ticked=ticked,
        )
        for one in treatments
    ]


def _live_by_patient(treatments: Sequence[Treatment], user: User) -> dict[uuid.UUID, list[Flag]]:
    """The live flags of their patients, the most urgent first."""
    found: dict[uuid.UUID, list[Flag]] = {}
    patients = {one.patient_id for one in treatments}
    live = Flag.objects.visible_to(user).live().by_urgency().filter(treatment__patient__in=patients)
    for flag in live.select_related("treatment"):
        found.setdefault(flag.treatment.patient_id, []).append(flag)
    return found


def _came_in(treatment: Treatment) -> dict[str, Any]:
    """What a line tells of what nobody has looked at; at least one thing is new, or was and is gone."""
    since, bands = treatment.unseen_since, treatment.protocol.profile_for(treatment.course()).bands
    entries = [entry for entry in treatment.entries.all() if since and entry.updated_at >= since]
    days = [_written(entry, treatment, bands) for entry in sorted(entries, key=lambda entry: entry.on, reverse=True)]
    photos = [one for one in treatment.photos.all() if since and one.added_at >= since and not one.baseline]
    photos.sort(key=lambda photo: (photo.on, photo.pk), reverse=True)
    progress = [one for one in treatment.progress.all() if since and one.at >= since]
    moments = [entry.updated_at for entry in entries] + [photo.added_at for photo in photos]
    return {
        "days": days[:FULL_DAYS],
        "earlier": days[FULL_DAYS:],
        "photos": photos,
        "photo": None if photos else _newest(treatment),
        "worse": [goal_label(treatment, one.goal) for one in progress if one.is_worse],
        "is_other": not all(one.is_worse for one in progress),
        "seen_to": max([*moments, *(one.at for one in progress)], default=since),
    }


def _written(entry: Entry, treatment: Treatment, bands: Mapping[str, Band]) -> Written:
    day, scores = treatment.day_of(entry.on), entry.scores()
    unclear = {QUESTIONS[0]: _("can’t tell")} if entry.redness_cant_tell else {}
    return Written(
        entry=entry,
        day=day,
        scores=[
            Score(
                label=_(QUESTION_LABELS[question]),
                word=_(WORDS[scores[question]]) if question in scores else unclear.get(question, ""),
                raised=day >= 0 and scores.get(question, 0) > bands[question].typical_on(day),
            )
            for question in QUESTIONS
        ],
        signs=[str(SHORT.get(code, code)) for code in entry.signs],
    )


def silent(treatments: Sequence[Treatment], today: datetime.date) -> list[Quiet]:
    """Lines of `silent_of`."""
    return [Quiet(one, one.day_of(today), (today - one.silent_since).days) for one in treatments]


def _spark(treatment: Treatment, question: str) -> charts.Chart:
    course = treatment.course()
    band = treatment.protocol.profile_for(course).bands[question]
    return charts.draw(band, course.readings, width=150, height=44, ticks=False)


def _newest(treatment: Treatment) -> Photo | None:
    photos = [photo for photo in treatment.photos.all() if not photo.baseline]
    return max(photos, key=lambda photo: (photo.on, photo.pk), default=None)
