"""When the next session may be, and what to ask the clinic first. Never that somebody is ready: a person decides."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from journal.models import Entry, Flag, Treatment
from journal.models.treatment import current
from journal.recovery.aftercare import spacing_on
from journal.recovery.care import Spacing
from journal.recovery.course import Reading
from journal.recovery.scale import MAY_BE_UNCLEAR, QUESTION_LABELS, QUESTIONS, WORDS

from .origin import Origin, origin

LATELY = 7  # days, today among them: an older score says nothing of the skin as it is now
SOON, LONG_PAST = 7, 14  # days before and after the window on which Today tells of it


@dataclass(frozen=True, slots=True)
class NextSession:
    """The window for the session after `treatment`, as of `day`, and why the clinic should be asked first."""

    treatment: Treatment
    day: int
    interval: str  # since the session before
    reasons: Sequence[str]
    booked: Treatment | None
    for_patient: bool
    origin: Origin

    @property
    def _spacing(self) -> Spacing:
        return self.treatment.protocol.care.spacing

    @property
    def where(self) -> str:
        """Whether the day lies "before" the window, "in" it or "past" it."""
        return spacing_on(self._spacing, self.day)

    @property
    def opens_on(self) -> datetime.date:
        return self.treatment.date_of(self._spacing.from_day)

    @property
    def closes_on(self) -> datetime.date:
        return self.treatment.date_of(self._spacing.to_day)

    @property
    def apart(self) -> str:
        """How long after a session the window is, in whole weeks where it is."""
        first, last = self._spacing.from_day, self._spacing.to_day
        if first % 7 or last % 7:
            return _("%(first)s to %(last)s days") % {"first": first, "last": last}
        return _("%(first)s to %(last)s weeks") % {"first": first // 7, "last": last // 7}

    @property
    def booked_after(self) -> int | None:
        """Days from this session to the one that is booked."""
        return self.treatment.day_of(self.booked.treated_on) if self.booked else None

    @property
    def is_booked_early(self) -> bool:
        return self.booked_after is not None and spacing_on(self._spacing, self.booked_after) == "before"


def next_session(user: User, treatments: Iterable[Treatment], now: datetime.datetime) -> NextSession | None:
    """After the latest of a patient's standing `treatments` that has begun; None where none has. At most two queries.

    `user` is who reads it.
    """
    mine = list(treatments)
    latest = current(mine, now)
    if latest is None or latest.treated_on > latest.today(now):
        return None
    day = latest.day_of(latest.today(now))
    return NextSession(
        treatment=latest,
        day=day,
        interval=interval(latest, mine),
        reasons=[*_flagged(user, latest), *_not_back(user, latest, day)],
        booked=min((one for one in mine if one.treated_on > latest.treated_on), key=_date, default=None),
        for_patient=user.is_patient,
        origin=origin(latest.protocol, latest.protocol.care.spacing),
    )


def next_session_soon(user: User, treatments: Iterable[Treatment], now: datetime.datetime) -> NextSession | None:
    """The same, for a page of the day: None where the window is still far off or long over."""
    mine = list(treatments)
    latest = current(mine, now)
    if latest is None:
        return None
    spacing, day = latest.protocol.care.spacing, latest.day_of(latest.today(now))
    if not spacing.from_day - SOON <= day <= spacing.to_day + LONG_PAST:
        return None
    return next_session(user, mine, now)


def _date(treatment: Treatment) -> datetime.date:
    return treatment.treated_on


def interval(treatment: Treatment, treatments: Iterable[Treatment]) -> str:
    """Which session of the patient's standing `treatments` this is, and how long after the one before it."""
    before = max((one for one in treatments if one.treated_on < treatment.treated_on), key=_date, default=None)
    told = {"n": treatment.session_number}
    if before is None:
        return _("Session %(n)s") % told
    days = before.day_of(treatment.treated_on)
    said = ngettext(
        "Session %(n)s, %(days)s day after session %(before)s",
        "Session %(n)s, %(days)s days after session %(before)s",
        days,
    )
    return said % {**told, "days": days, "before": before.session_number}


def _flagged(user: User, treatment: Treatment) -> list[str]:
    """Whether something of any session waits for a person. What it is, is told elsewhere, to whom may read it."""
    live = Flag.objects.visible_to(user).live().filter(treatment__patient=treatment.patient_id).count()
    if not live:
        return []
    if user.is_patient:
        return [_("Your clinic has not closed something that you wrote.")]
    return [ngettext("%(n)s flag is not closed.", "%(n)s flags are not closed.", live) % {"n": live}]


def _not_back(user: User, treatment: Treatment, day: int) -> list[str]:
    """Scores of the last days above those from before, and what nobody knows. Before the window there is time yet."""
    if spacing_on(treatment.protocol.care.spacing, day) == "before":
        return []
    usual, lately = _readings(user, treatment, day)
    if not lately:
        return [_("Nothing was written in the last 7 days, so nobody knows how the skin is now.")]
    latest = {question: _latest(question, lately) for question in QUESTIONS}
    unknown = [_(QUESTION_LABELS[question]) for question, reading in latest.items() if reading is None]
    higher = [_higher(question, reading, usual) for question, reading in latest.items() if reading]
    missing = [_("Not known from the last 7 days: %(what)s.") % {"what": ", ".join(unknown)}] if unknown else []
    return [*filter(None, higher), *missing]


def _readings(user: User, treatment: Treatment, day: int) -> tuple[Mapping[str, int], list[Reading]]:
    """The highest scores from before any treatment, by question, and the readings of the last days, latest last.

    What is not among the highest was not asked before.
    """
    since = treatment.date_of(day - LATELY)
    of_patient = Entry.objects.visible_to(user).filter(treatment__patient=treatment.patient_id)
    asked = Q(on__lt=F("treatment__treated_on")) | Q(treatment=treatment, on__gt=since)
    read = [entry.reading() for entry in of_patient.filter(asked).select_related("treatment").order_by("on")]
    before = [reading.scores for reading in read if reading.day < 0]
    usual = {question: max(scores.get(question, 0) for scores in before) for question in set().union(*before)}
    return usual, [reading for reading in read if reading.day >= 0]


def _latest(question: str, lately: Sequence[Reading]) -> Reading | None:
    """The last one that answered; None where none did, or the last one could not tell."""
    for reading in reversed(lately):
        if question == MAY_BE_UNCLEAR and reading.cant_tell:
            return None
        if question in reading.scores:
            return reading
    return None


def _higher(question: str, reading: Reading, usual: Mapping[str, int]) -> str:
    """A sentence where a score is above what it was before; one that was never asked before counts as none."""
    score = reading.scores[question]
    if score <= usual.get(question, 0):
        return ""
    told = {"question": _(QUESTION_LABELS[question]), "now": _(WORDS[score]), "day": reading.day}
    if question not in usual:
        return _("%(question)s was %(now)s on day %(day)s. How it was before is not known.") % told
    return _("%(question)s was %(now)s on day %(day)s, and %(before)s before the treatment.") % {
        **told,
        "before": _(WORDS[usual[question]]),
    }
