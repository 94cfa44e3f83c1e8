"""The days after the daily entries on which a patient is asked once more."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from journal.models import Treatment
from journal.recovery.rows import LAST_DAY, CheckIn
from journal.recovery.scale import QUESTION_LABELS
from journal.words import sign_label

STILL_DUE = 6  # days on which a check-in that was not written is still asked for


@dataclass(frozen=True, slots=True)
class Look:
    """One of these days: due now, or to come."""

    title: str
    day: int
    on: datetime.date
    due: bool
    asks: Sequence[str]  # what to look for, in words


def next_look(treatment: Treatment, day: int, written: Collection[int]) -> Look | None:
    """The check-in that is due on a day, or else the next one; none before the daily entries are over.

    `written` are the days that have an entry: one on the day of a check-in or after it is that check-in.
    """
    if day <= LAST_DAY:
        return None
    for checkin in treatment.protocol.checkins_for(treatment.course(entries=())):
        if day < checkin.day:
            return _look(checkin, treatment, due=False)
        if day <= checkin.day + STILL_DUE and not any(checkin.day <= one <= day for one in written):
            return _look(checkin, treatment, due=True)
    return None


def _look(checkin: CheckIn, treatment: Treatment, *, due: bool) -> Look:
    return Look(
        title=gettext(checkin.title),
        day=checkin.day,
        on=treatment.date_of(checkin.day),
        due=due,
        asks=[gettext(QUESTION_LABELS[code]) if code in QUESTION_LABELS else sign_label(code) for code in checkin.asks],
    )
