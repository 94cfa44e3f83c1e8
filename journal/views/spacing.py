"""How far a session is from the one before it, told to who sets its date. Nothing is refused."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.http import AuthenticatedRequest
from journal.models import Treatment
from journal.recovery.aftercare import spacing_on

from .origin import Origin, origin


@dataclass(frozen=True, slots=True)
class Window:
    """When a session may be, after the one before it."""

    before: Treatment
    origin: Origin

    @property
    def opens_on(self) -> datetime.date:
        return self.before.date_of(self.before.protocol.care.spacing.from_day)

    @property
    def closes_on(self) -> datetime.date:
        return self.before.date_of(self.before.protocol.care.spacing.to_day)


def window_before(treatment: Treatment) -> Window | None:
    """The window that a session's date is held against; None for a first session. One without a date comes last."""
    before = _before(treatment)
    return Window(before, origin(before.protocol, before.protocol.care.spacing)) if before else None


def _before(treatment: Treatment) -> Treatment | None:
    others = treatment.patient.treatments.standing().exclude(pk=treatment.pk).order_by("-treated_on")
    return (others.filter(treated_on__lt=treatment.treated_on) if treatment.treated_on else others).first()


def tell_spacing(request: AuthenticatedRequest, treatment: Treatment) -> None:
    """A word on how long after the session before it a session is; a warning where that is early."""
    if before := _before(treatment):
        spacing, days = before.protocol.care.spacing, before.day_of(treatment.treated_on)
        where = spacing_on(spacing, days)
        told = {
            "days": days,
            "date": date_format(before.treated_on, "j F Y"),
            "from": _length(spacing.from_day),
            "to": _length(spacing.to_day),
        }
        level = messages.WARNING if where == "before" else messages.INFO
        messages.add_message(request, level, _sentence(where) % told)


def _sentence(where: str) -> str:
    return {
        "before": _("That is %(days)s days after the session of %(date)s: earlier than %(from)s."),
        "in": _("That is %(days)s days after the session of %(date)s: in the window of %(from)s to %(to)s."),
        "past": _("That is %(days)s days after the session of %(date)s: past %(to)s."),
    }[where]


def _length(days: int) -> str:
    """Whole weeks where it is some."""
    return _("%(n)s days") % {"n": days} if days % 7 else _("%(n)s weeks") % {"n": days // 7}
