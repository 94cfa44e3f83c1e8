"""The days after the daily entries on which a patient is asked once more."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from journal.models import Treatment
from journal.recovery import telling
from journal.recovery.rows import LAST_DAY, CheckIn

STILL_DUE = 6  # days on which a check-in that was not written is still asked for


@dataclass(frozen=True, slots=True)
class Look:
    """One of these days: due now, or to come."""

    title: str
    day: int
    on: datetime.date
    due: bool
    asks: Sequence[str]  # what to look for, in words


def checkins_of(treatment: Treatment, treatments: Iterable[Treatment]) -> list[CheckIn]:
    """Those of the patient's check-ins that come before the next of her treatments: that one begins a new course."""
    following = treatment.following(treatments)
    mine = treatment.protocol.checkins_for(treatment.course(entries=()))
    return [checkin for checkin in mine if not following or treatment.date_of(checkin.day) < following]


def next_look(treatment: Treatment, day: int, treatments: Iterable[Treatment]) -> Look | None:
    """The check-in that is due on a day, or else the next one; none before the daily entries are over.

    An entry on the day of a check-in or after it is that check-in if it says something of the signs.
    """
    if day <= LAST_DAY:
        return None
    answered = [treatment.day_of(entry.on) for entry in treatment.entries.all() if entry.signs_answered]
    for checkin in checkins_of(treatment, treatments):
        if day < checkin.day:
            return _look(checkin, treatment, due=False)
        if day <= checkin.day + STILL_DUE and not any(checkin.day <= one <= day for one in answered):
            return _look(checkin, treatment, due=True)
    return None


def _look(checkin: CheckIn, treatment: Treatment, *, due: bool) -> Look:
    return Look(
        title=gettext(checkin.title),
        day=checkin.day,
        on=treatment.date_of(checkin.day),
        due=due,
        asks=telling.asks(checkin, gettext),
    )
