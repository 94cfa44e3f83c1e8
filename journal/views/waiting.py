"""How long somebody has waited for the clinic, in its own opening hours, against what it promised."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Clinic
from journal.models import Flag, Message

LONG = datetime.timedelta(days=14)  # past it a date says more than hours do
WEEK = datetime.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Wait:
    """How it stands with one promise, in a few words."""

    flag: Flag
    said: str
    overdue: bool = False
    paused: bool = False  # the clinic is closed, so its minutes do not run


def wait_of(flags: Iterable[Flag], clinic: Clinic, now: datetime.datetime) -> Wait | None:
    """Of a patient's flags, the one that nobody has looked at and that is due first; None once somebody has."""
    dues = [(flag.promised_by(clinic), flag) for flag in flags if flag.state == Flag.State.OPEN]
    if not dues:
        return None
    due, flag = min(dues, key=lambda pair: pair[0])
    if now > due:
        return Wait(flag, _overdue(due, clinic, now), overdue=True)
    if flag.is_urgent:
        spent = _minutes(clinic.opening.open_between(flag.waits_since, now))
        said = _("%(spent)s of %(promised)s min") % {"spent": spent, "promised": clinic.urgent_minutes}
        return Wait(flag, said, paused=is_closed(clinic, now))
    return Wait(flag, _("due %(moment)s") % {"moment": moment(due, clinic, now)})


def due_of(message: Message, clinic: Clinic, now: datetime.datetime) -> str:
    """Until when somebody has to have seen what a patient wrote, or how long that has passed."""
    due = clinic.promised_by(message.at, urgent=False)
    if message.is_overdue(clinic, now):
        return _overdue(due, clinic, now)
    return _("due %(moment)s") % {"moment": moment(due, clinic, now)}


def is_closed(clinic: Clinic, now: datetime.datetime) -> bool:
    """A clinic without hours written down counts as never shut."""
    return bool(clinic.opening.hours) and clinic.closes_at(now) is None


def moment(at: datetime.datetime, clinic: Clinic, now: datetime.datetime) -> str:
    """A time as it is said: of today, of a weekday of the next days, or else its date."""
    local, today = at.astimezone(clinic.zone), now.astimezone(clinic.zone).date()
    if local.date() == today:
        return _("today, %(time)s") % {"time": date_format(local, "H:i")}
    return date_format(local, "D, H:i" if datetime.timedelta() < local.date() - today <= WEEK else "j M")


def opening_said(clinic: Clinic, now: datetime.datetime) -> str:
    """Whether the clinic is open, and until or from when."""
    if closes := clinic.opening.closes_at(now):
        return _("Open until %(time)s") % {"time": date_format(closes.astimezone(clinic.zone), "H:i")}
    if not clinic.opening.hours:
        return _("No opening hours are written down")
    opens = clinic.opens_at(now)
    return _("Closed, opens %(moment)s") % {"moment": moment(opens, clinic, now)} if opens else _("Closed")


def promises(clinic: Clinic) -> str:
    """What the clinic has promised, in words."""
    days = {0: _("on the same working day"), 1: _("by the end of the next working day")}
    within = days.get(clinic.contact_days) or _("within %(n)s working days") % {"n": clinic.contact_days}
    told = {"minutes": clinic.urgent_minutes, "within": within}
    said = _(
        "Our promise: urgent ones are looked at within %(minutes)s minutes of opening time, all others %(within)s."
    )
    return said % told


def _overdue(due: datetime.datetime, clinic: Clinic, now: datetime.datetime) -> str:
    """In opening time; where there was none since, or more than anybody counts, since when."""
    late = _minutes(clinic.opening.open_between(due, now)) if now - due <= LONG else 0
    if late:
        return _("overdue by %(time)s") % {"time": in_hours(late)}
    return _("overdue since %(moment)s") % {"moment": moment(due, clinic, now)}


def _minutes(time: datetime.timedelta) -> int:
    return int(time.total_seconds()) // 60


def in_hours(minutes: int) -> str:
    told = {"hours": minutes // 60, "minutes": minutes % 60}
    if minutes < 60:
        return _("%(minutes)s min") % told
    return _("%(hours)s h %(minutes)s min") % told if told["minutes"] else _("%(hours)s h") % told
