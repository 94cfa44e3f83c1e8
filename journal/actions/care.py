"""How a clinic's care differs from its protocol's: other last days, and products that it names."""

import datetime

from django.db import transaction

from accounts.models import Clinic, User
from journal.care_plan import leaves_out
from journal.models import CareChange, Product
from journal.models.care import SHORTEST_REASON
from journal.recovery import aftercare
from journal.recovery.protocol import Protocol


class ReasonMissing(Exception):
    """The day needs a reason (`aftercare.needs_reason`), and nobody says why."""


class NothingLeftOut(Exception):
    """The topic is none of this protocol, or one in which nothing is left out."""


@transaction.atomic
def change_care(
    *,
    clinic: Clinic,
    protocol: Protocol,
    clock: str,
    avoid_to: int | None,
    reason: str,
    by: User,
    at: datetime.datetime,
) -> CareChange:
    """From now on patients of the clinic leave something out until this day; None: as the protocol has it.

    Raises ReasonMissing where this protocol asks for a reason, and NothingLeftOut.
    """
    reason = reason.strip()
    if avoid_to is not None:
        if not leaves_out(protocol.care, clock):
            raise NothingLeftOut(clock)
        if aftercare.needs_reason(protocol.care, clock, avoid_to) and len(reason) < SHORTEST_REASON:
            raise ReasonMissing
    return CareChange.objects.create(
        clinic=clinic,
        clock=clock,
        protocol_version=protocol.version,
        avoid_to=avoid_to,
        reason=reason,
        at=at,
        by=by,
    )


@transaction.atomic
def add_product(*, clinic: Clinic, clock: str, name: str, by: User, at: datetime.datetime) -> Product:
    """The product, which may be on the list already."""
    product, _made = Product.objects.get_or_create(
        clinic=clinic, clock=clock, name=name, removed_at=None, defaults={"added_at": at, "added_by": by}
    )
    return product


@transaction.atomic
def remove_product(*, product: Product, by: User, at: datetime.datetime) -> None:
    """Name it to nobody any more. Who takes it off first is the one who did."""
    Product.objects.filter(pk=product.pk, removed_at=None).update(removed_at=at, removed_by=by)
