"""How far a session is from the one before it, told to who sets its date. Nothing is refused."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.utils.formats import date_format
from django.utils.translation import ngettext

from accounts.http import AuthenticatedRequest
from journal.models import Treatment
from journal.recovery.aftercare import spacing_on
from journal.recovery.care import Spacing

from .origin import Origin, origin


@dataclass(frozen=True, slots=True)
class Window:
    """When a session may be, after the one before it."""

    before: Treatment
    origin: Origin

    @property
    def _spacing(self) -> Spacing:
        return self.before.protocol.care.spacing

    @property
    def opens_on(self) -> datetime.date:
        return self.before.date_of(self._spacing.from_day)

    @property
    def closes_on(self) -> datetime.date:
        return self.before.date_of(self._spacing.to_day)

    @property
    def apart(self) -> str:
        """How long after the session before it is, in whole weeks where it is."""
        first, last = self._spacing.from_day, self._spacing.to_day
        if first % 7 or last % 7:
            said = ngettext("%(first)s to %(last)s day", "%(first)s to %(last)s days", last)
            return said % {"first": first, "last": last}
        first, last = first // 7, last // 7
        return ngettext("%(first)s to %(last)s week", "%(first)s to %(last)s weeks", last) % {
            "first": first,
            "last": last,
        }

    def where(self, on: datetime.date) -> str:
        """Whether a date lies "before" the window, "in" it or "past" it."""
        return spacing_on(self._spacing, self.before.day_of(on))

    def said(self, on: datetime.date) -> str:
        """How long after the session before a date is, in a sentence."""
        days = self.before.day_of(on)
        told = {
            "days": days,
            "date": date_format(self.before.treated_on, "j F Y"),
            "from": _length(self._spacing.from_day),
            "to": _length(self._spacing.to_day),
        }
        return _sentence(self.where(on), days) % told


def window_after(before: Treatment) -> Window:
    return Window(before, origin(before.protocol, before.protocol.care.spacing))


def window_before(treatment: Treatment) -> Window | None:
    """The window that a session's date is held against; None for a first session. One without a date comes last."""
    others = treatment.patient.treatments.taking_place().exclude(pk=treatment.pk).order_by("-treated_on")
    before = (others.filter(treated_on__lt=treatment.treated_on) if treatment.treated_on else others).first()
    return window_after(before) if before else None


def too_early(treatment: Treatment) -> str:
    """A sentence where a session is sooner than the window after the one before it; else empty."""
    window = window_before(treatment)
    return window.said(treatment.treated_on) if window and window.where(treatment.treated_on) == "before" else ""


def tell_spacing(request: AuthenticatedRequest, treatment: Treatment) -> None:
    """A word on how long after the session before it a session is; a warning where that is early."""
    if window := window_before(treatment):
        is_early = window.where(treatment.treated_on) == "before"
        level = messages.WARNING if is_early else messages.INFO
        messages.add_message(request, level, window.said(treatment.treated_on))


def _sentence(where: str, days: int) -> str:
    return {
        "before": ngettext(
            "That is %(days)s day after the session of %(date)s: earlier than %(from)s.",
            "That is %(days)s days after the session of %(date)s: earlier than %(from)s.",
            days,
        ),
        "in": ngettext(
            "That is %(days)s day after the session of %(date)s: in the window of %(from)s to %(to)s.",
            "That is %(days)s days after the session of %(date)s: in the window of %(from)s to %(to)s.",
            days,
        ),
        "past": ngettext(
            "That is %(days)s day after the session of %(date)s: past %(to)s.",
            "That is %(days)s days after the session of %(date)s: past %(to)s.",
            days,
        ),
    }[where]


def _length(days: int) -> str:
    """Whole weeks where it is some."""
    if days % 7:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return ngettext("%(n)s week", "%(n)s weeks", days // 7) % {"n": days // 7}
