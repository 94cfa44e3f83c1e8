"""How a clinic's care differs from its protocol's: other last days, and products that it names."""

import datetime

from django.db import transaction

from accounts.models import Clinic, User
from journal.models import CareChange, Product
from journal.recovery import aftercare
from journal.recovery.protocol import Protocol


class ReasonMissing(Exception):
    """Something would be left out for a shorter time than in the protocol, and nobody says why."""


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

    Raises ReasonMissing where that loosens this protocol, and KeyError for a clock that it does not have.
    """
    if avoid_to is not None and aftercare.loosened(protocol.care, clock, avoid_to) and not reason.strip():
        raise ReasonMissing
    return CareChange.objects.create(clinic=clinic, clock=clock, avoid_to=avoid_to, reason=reason.strip(), at=at, by=by)


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
