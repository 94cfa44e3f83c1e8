"""When the next session may be, and what to ask the clinic first. Never that somebody is ready: a person decides."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from journal.models import Entry, Flag, Treatment
from journal.models.treatment import governing
from journal.recovery.course import Reading
from journal.recovery.scale import MAY_BE_UNCLEAR, QUESTION_LABELS, QUESTIONS, WORDS
from journal.words import goal_label

from .spacing import Window, window_after

LATELY = 7  # days, today among them: an older score says nothing of the skin as it is now
SOON, LONG_PAST = 7, 14  # days before and after the window on which Today tells of it


@dataclass(frozen=True, slots=True)
class NextSession:
    """The window for the session after `treatment`, as of a date, and why the clinic should be asked first."""

    treatment: Treatment
    on: datetime.date
    window: Window
    interval: str  # since the session before
    reasons: Sequence[str]
    is_unwritten: bool  # the patient has something to do first: nothing is known of the skin as it is now
    booked: Treatment | None
    for_patient: bool

    @property
    def where(self) -> str:
        """Whether the date lies "before" the window, "in" it or "past" it."""
        return self.window.where(self.on)

    @property
    def booked_after(self) -> int | None:
        """Days from this session to the one that is booked."""
        return self.treatment.day_of(self.booked.treated_on) if self.booked else None

    @property
    def is_booked_early(self) -> bool:
        return self.booked is not None and self.window.where(self.booked.treated_on) == "before"


def next_session(user: User, treatments: Iterable[Treatment], on: datetime.date) -> NextSession | None:
    """After the latest of a patient's standing `treatments` that has begun by a date; None where none has.

    `user` is who reads it. At most four queries.
    """
    mine = list(treatments)
    latest = governing(mine, on)
    if latest is None or latest.put_off_at or latest.treated_on > on:
        return None
    window, day = window_after(latest), latest.day_of(on)
    # Before the window there is time yet for scores to come back.
    recent = None if window.where(on) == "before" else _recent(user, latest, day)
    return NextSession(
        treatment=latest,
        on=on,
        window=window,
        interval=interval(latest, mine),
        reasons=[*_flagged(user, latest), *_worse(user, latest), *(_not_back(user, recent) if recent else ())],
        is_unwritten=user.is_patient and bool(recent and not recent.readings),
        booked=_booked(latest, mine),
        for_patient=user.is_patient,
    )


def next_session_soon(user: User, treatments: Iterable[Treatment], on: datetime.date) -> NextSession | None:
    """The same, for a page of the day: None where the window is still far off or long over."""
    mine = list(treatments)
    latest = governing(mine, on)
    if latest is None:
        return None
    spacing, day = latest.protocol.care.spacing, latest.day_of(on)
    if not spacing.from_day - SOON <= day <= spacing.to_day + LONG_PAST:
        return None
    return next_session(user, mine, on)


def _booked(latest: Treatment, treatments: Iterable[Treatment]) -> Treatment | None:
    """The next of them, but for those about which it was decided last to wait, or not to treat."""
    later = [one for one in treatments if one.treated_on > latest.treated_on and one.put_off_at is None]
    return min(later, key=_date, default=None)


def _date(treatment: Treatment) -> datetime.date:
    return treatment.treated_on


def interval(treatment: Treatment, treatments: Iterable[Treatment]) -> str:
    """Which session of the patient's standing `treatments` this is, and how long after the one before it."""
    earlier = [one for one in treatments if one.treated_on < treatment.treated_on and one.put_off_at is None]
    before = max(earlier, key=_date, default=None)
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
        return [_("Something you wrote is still open at your clinic.")]
    return [ngettext("%(n)s flag is not closed.", "%(n)s flags are not closed.", live) % {"n": live}]


def _worse(user: User, treatment: Treatment) -> list[str]:
    """What was said to be worse in the latest week that was asked about."""
    said = list(treatment.progress.all())
    week = max((one.week for one in said), default=0)
    worse = [goal_label(treatment, one.goal) for one in said if one.week == week and one.is_worse]
    if not worse:
        return []
    told = {"week": week, "what": ", ".join(worse)}
    if user.is_patient:
        return [_("In week %(week)s you said that this is worse: %(what)s.") % told]
    return [_("In week %(week)s the patient said that this is worse: %(what)s.") % told]


@dataclass(frozen=True, slots=True)
class Recent:
    """How the skin is now and was before."""

    usual: Mapping[str, int]  # the highest scores from before any treatment, of each question that was asked then
    readings: Sequence[Reading]  # of the last days, latest last


def _not_back(user: User, recent: Recent) -> list[str]:
    """Scores of the last days above those from before, and what nobody knows; that of all is no patient's reason."""
    if not recent.readings:
        unknown_all = _("Nothing was written in the last 7 days, so nobody knows how the skin is now.")
        return [] if user.is_patient else [unknown_all]
    latest = {question: _latest(question, recent.readings) for question in QUESTIONS}
    unknown = [_(QUESTION_LABELS[question]) for question, reading in latest.items() if reading is None]
    higher = [_higher(question, reading, recent.usual) for question, reading in latest.items() if reading]
    missing = [_("Not known from the last 7 days: %(what)s.") % {"what": ", ".join(unknown)}] if unknown else []
    return [*filter(None, higher), *missing]


def _recent(user: User, treatment: Treatment, day: int) -> Recent:
    since = treatment.date_of(day - LATELY)
    of_patient = Entry.objects.visible_to(user).filter(treatment__patient=treatment.patient_id)
    asked = Q(on__lt=F("treatment__treated_on")) | Q(treatment=treatment, on__gt=since)
    read = [entry.reading() for entry in of_patient.filter(asked).select_related("treatment").order_by("on")]
    before = [reading.scores for reading in read if reading.day < 0]
    usual = {question: max(scores.get(question, 0) for scores in before) for question in set().union(*before)}
    return Recent(usual, [reading for reading in read if reading.day >= 0])


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
