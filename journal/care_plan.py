"""Aftercare as one clinic has it: the protocol's clocks with the clinic's own last days and the products it names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accounts.models import Clinic
from journal.models import CareChange, Product
from journal.recovery import aftercare
from journal.recovery.care import Care, Clock
from journal.recovery.protocol import Protocol


@dataclass(frozen=True, slots=True)
class ClinicClock:
    """One topic of aftercare in a clinic."""

    clock: Clock  # as the clinic has it; without advice where nothing is left to tell
    written: Clock  # as the protocol has it
    change: CareChange | None
    products: Sequence[Product]


def clocks_of(clinic: Clinic, protocol: Protocol) -> list[ClinicClock]:
    """Every topic of the protocol in its order, in two queries."""
    care, changes = protocol.care, _standing(clinic, protocol.care)
    days = {code: change.avoid_to for code, change in changes.items() if change.avoid_to is not None}
    changed = {clock.code: clock for clock in aftercare.plan(care, days)}
    products = list(clinic.products.approved())
    return [
        ClinicClock(
            clock=changed.get(written.code, replace(written, advice=())),
            written=written,
            change=changes.get(written.code),
            products=[product for product in products if product.clock == written.code],
        )
        for written in care.clocks
    ]


def _standing(clinic: Clinic, care: Care) -> dict[str, CareChange]:
    """By clock the clinic's latest change, where there is one and it may hold under this protocol."""
    newest_last = reversed(clinic.care_changes.select_related("by"))
    latest = {change.clock: change for change in newest_last}
    return {code: change for code, change in latest.items() if _may_hold(change, care)}


def _may_hold(change: CareChange, care: Care) -> bool:
    """A day that tightened an earlier version may be too soon for this one: without a reason it does not loosen it."""
    if change.avoid_to is None or change.clock not in {clock.code for clock in care.clocks}:
        return False
    return bool(change.reason) or not aftercare.loosened(care, change.clock, change.avoid_to)
