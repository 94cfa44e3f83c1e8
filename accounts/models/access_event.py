import datetime
from collections.abc import Collection
from typing import ClassVar

from django.db import models

from .people import User


class AccessEventManager(models.Manager["AccessEvent"]):
    def record(self, *, by: User, verb: str, target: models.Model, at: datetime.datetime) -> "AccessEvent":
        """Note that a person looked at or changed a record: ids only, no content."""
        return self.create(
            actor_id=by.pk,
            actor_role=by.role,
            verb=verb,
            target_kind=target._meta.model_name or "",
            target_id=str(target.pk),
            at=at,
        )

    def note(self, *, by: User, verb: str, target: models.Model, at: datetime.datetime) -> None:
        """The same, where it may be a patient: what she does with her own record leaves no trace."""
        if not by.is_patient:
            self.record(by=by, verb=verb, target=target, at=at)

    def reads(self, *, by: User, since: datetime.datetime) -> set[tuple[str, str]]:
        """Kind and id of all that a person has looked at since a moment."""
        reads = self.filter(actor_id=by.pk, verb="read", at__gte=since)
        return set(reads.values_list("target_kind", "target_id"))

    def openings(
        self, targets: Collection[tuple[str, str]], *, since: datetime.datetime, besides: User
    ) -> list[tuple[tuple[str, str], int, datetime.datetime]]:
        """Of some records (kind, id): which were read since a moment by whom else, and when, the oldest first."""
        reads = self.filter(verb="read", at__gte=since, target_id__in={number for _kind, number in targets})
        rows = reads.exclude(actor_id=besides.pk).order_by("at", "id")
        found = rows.values_list("target_kind", "target_id", "actor_id", "at")
        return [((kind, number), actor, at) for kind, number, actor, at in found if (kind, number) in targets]


class AccessEvent(models.Model):
    """One look at a patient's record by staff. No foreign keys, so it outlives whom it names; add-only."""

    actor_id = models.BigIntegerField()
    actor_role = models.CharField(max_length=10)
    verb = models.CharField(max_length=20)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    objects: ClassVar[AccessEventManager] = AccessEventManager()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.actor_role} {self.actor_id} {self.verb} {self.target_kind} {self.target_id}"
