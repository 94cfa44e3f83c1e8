"""What still stands of what a patient's entries raised, as Today tells it."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Q

from accounts.models import Clinic, Patient, User
from journal.models import CallTry, Entry, Flag, Review
from journal.models.flag import IsLive
from journal.words import hurry, is_wish

from .outcome import told
from .wish import Wish

UNREACHED_FOR = datetime.timedelta(days=14)  # so long a flag stands that was closed because nobody answered


@dataclass(frozen=True, slots=True)
class Standing:
    """A flag that stands and that the patient may read."""

    flag: Flag
    entry: Entry | None  # of its day
    told: str
    leads: bool  # it says what to do
    hurry: str  # why not to wait any longer, or nothing
    is_wish: bool  # it says no more than that she asked for a call
    is_settled: bool  # that call is over


def standing_of(patient: Patient, user: User, now: datetime.datetime) -> list[Flag]:
    """Live flags, and those that were closed because nobody answered, most urgent first, with their reviews.

    Such a one stands until she was spoken with or its rule speaks up again.
    """
    recent = Q(fired_at__gt=now - UNREACHED_FOR, holds=True)
    mine = Flag.objects.visible_to(user).filter(IsLive("state") | recent).by_urgency()
    flags = list(mine.select_related("treatment").prefetch_related("reviews"))
    newest = {(flag.treatment_id, flag.rule): flag for flag in sorted(flags, key=lambda flag: flag.raised_at)}
    unreached = [flag for flag in newest.values() if not flag.is_live and _is_unreached(flag)]
    unspoken = _unspoken(patient, unreached) if unreached else []
    return [flag for flag in flags if flag.is_live or flag in unspoken]


def _is_unreached(flag: Flag) -> bool:
    look = flag.latest_look
    return bool(look and look.outcome == Review.Outcome.NOT_REACHED)


def _unspoken(patient: Patient, flags: Sequence[Flag]) -> list[Flag]:
    """Those after which no call says that she was spoken with."""
    calls = patient.calls.filter(tries__outcome=CallTry.Outcome.SPOKEN)
    spoken = calls.aggregate(last=Max("tries__at"))["last"]
    return [flag for flag in flags if not (spoken and flag.latest_look and spoken > flag.latest_look.at)]


def prompts_of(
    user: User, clinic: Clinic, flags: Sequence[Flag], wish: Wish | None, now: datetime.datetime
) -> dict[str, object]:
    """The one that leads, or else the most urgent, and the others. `flags` are what she may read, by urgency."""
    if not flags:
        return {"prompt": None, "more_prompts": []}
    entries = Entry.objects.visible_to(user).filter(on__in=[flag.on for flag in flags])
    by_date = {entry.on: entry for entry in entries}
    leading = next((flag for flag in flags if flag.holds), flags[0])
    rows = [
        Standing(
            flag=flag,
            entry=by_date.get(flag.on),
            told=told(flag, clinic, leads=flag is leading),
            leads=flag is leading,
            hurry=hurry(flag, clinic, now, wish.tried_at if wish else None),
            is_wish=is_wish(flag.finding()),
            is_settled=bool(wish and wish.settles(flag)),
        )
        for flag in (leading, *(flag for flag in flags if flag is not leading))
    ]
    # What she has not had before her stands open; later it is one line.
    new = any(row.flag.opened_at is None for row in rows[1:])
    return {"prompt": rows[0], "more_prompts": rows[1:], "more_are_new": new}
