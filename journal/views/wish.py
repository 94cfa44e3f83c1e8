"""The call that a patient last asked for, as her own pages tell of it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Clinic, Patient
from journal.call_forms import PARTS
from journal.models import Call, CallTry, Flag
from journal.recovery.scale import Tier
from journal.words import is_wish, may_read


@dataclass(frozen=True, slots=True)
class Wish:
    """A call with its tries, waited for or over."""

    call: Call
    part_is_over: bool  # the part of the day that she chose has passed for today
    cannot_wait: bool  # something urgent of hers stands: she should call herself

    @property
    def is_waiting(self) -> bool:
        return self.call.closed_at is None

    @property
    def tried_at(self) -> datetime.datetime | None:
        """When the clinic last rang without an answer, while she still waits."""
        tries = self.call.tries.all() if self.is_waiting else ()
        return max((one.at for one in tries if one.outcome == CallTry.Outcome.NO_ANSWER), default=None)

    def settles(self, flag: Flag | None) -> bool:
        """Whether a flag speaks of this wish, and it is over: called, or taken back."""
        over = self.call.closed_at
        return bool(flag and over and is_wish(flag.finding()) and over >= flag.fired_at)


def wish_of(patient: Patient, flags: Iterable[Flag], now: datetime.datetime) -> Wish | None:
    """The latest; only one is ever waited for. `flags` are her live ones."""
    call = patient.calls.with_tries().order_by("-asked_at").first()
    if call is None:
        return None
    return Wish(call, _is_over(call, patient.clinic, now), _is_urgent(flags, patient.clinic))


def _is_over(call: Call, clinic: Clinic, now: datetime.datetime) -> bool:
    part = PARTS.get(Call.Window(call.window))
    return bool(part and now.astimezone(clinic.zone).time() >= part[1])


def _is_urgent(flags: Iterable[Flag], clinic: Clinic) -> bool:
    return any(flag.is_live and flag.holds and flag.is_urgent and may_read(Tier(flag.tier), clinic) for flag in flags)
