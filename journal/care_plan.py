"""Aftercare as one clinic has it: the protocol's clocks with the clinic's own last days and the products it names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accounts.models import Clinic
from journal.models import CareChange, Product
from journal.recovery import aftercare
from journal.recovery.care import Advice, Care, Clock
from journal.recovery.protocol import Protocol


@dataclass(frozen=True, slots=True)
class ClinicClock:
    """One topic of aftercare in a clinic."""

    clock: Clock  # as the clinic has it; without advice where nothing is left to tell
    written: Clock  # as the protocol has it
    change: CareChange | None
    lapsed: CareChange | None  # a day that needs a reason for this version: till then the protocol's day stands
    products: Sequence[Product]

    @property
    def differs(self) -> bool:
        """Whether the clinic chose another day than the protocol's."""
        return self.change is not None and self.change.avoid_to != self.written.avoid_to

    @property
    def names_products(self) -> bool:
        """Whether there is a day on which its products may be used."""
        return any(advice.does for advice in self.written.advice)

    def begins_again(self, advice: Advice) -> bool:
        """Whether it is left out before, for longer than the first day: work that was begun long ago goes on."""
        return advice.again and not self.written.advice[0].does and self.written.avoid_to != 0

    def named_on(self, day: int) -> Sequence[Product]:
        """Its products on a day on which they may be used, else none."""
        return self.products if any(one.does and one.holds_on(day) for one in self.clock.advice) else ()


def clocks_of(clinic: Clinic, protocol: Protocol) -> list[ClinicClock]:
    """Every topic of the protocol in its order, in two queries."""
    care, made = protocol.care, list(clinic.care_changes.select_related("by"))
    latest = _latest(made)
    held = {code: _holding([one for one in made if one.clock == code], protocol) for code in latest}
    changes = {code: change for code, change in held.items() if change}
    days = {code: change.avoid_to for code, change in changes.items() if change.avoid_to is not None}
    changed = {clock.code: clock for clock in aftercare.plan(care, days)}
    products = list(clinic.products.approved())
    return [
        ClinicClock(
            clock=changed.get(written.code, replace(written, advice=())),
            written=written,
            change=changes.get(written.code),
            lapsed=None if written.code in changes else _lapsed(latest.get(written.code), written),
            products=[product for product in products if product.clock == written.code],
        )
        for written in care.clocks
    ]


def latest_changes(clinic: Clinic) -> dict[str, CareChange]:
    """By clock the clinic's latest change, whether or not it holds."""
    return _latest(list(clinic.care_changes.select_related("by")))


def _latest(newest_first: Sequence[CareChange]) -> dict[str, CareChange]:
    return {change.clock: change for change in reversed(newest_first)}


def _holding(newest_first: Sequence[CareChange], protocol: Protocol) -> CareChange | None:
    """The change of a topic that holds: one with a reason for another version ends nothing that was given for this."""
    for change in newest_first:
        if _may_hold(change, protocol):
            return change
        if not change.reason or change.protocol_version == protocol.version or change.avoid_to is None:
            return None
    return None


def _may_hold(change: CareChange, protocol: Protocol) -> bool:
    """A day that needs a reason holds under the version for which the reason was given, and under no other."""
    care = protocol.care
    if change.avoid_to is None or not leaves_out(care, change.clock):
        return False
    if not aftercare.needs_reason(care, change.clock, change.avoid_to):
        return True
    return bool(change.reason) and change.protocol_version == protocol.version


def leaves_out(care: Care, code: str) -> bool:
    """Whether it is a topic of this protocol in which something is left out, so that a last day means something."""
    return any(clock.code == code and not clock.advice[0].does for clock in care.clocks)


def _lapsed(change: CareChange | None, written: Clock) -> CareChange | None:
    """A change that does not hold, unless it took back another or there is nothing to leave out."""
    return change if change and change.avoid_to is not None and not written.advice[0].does else None
