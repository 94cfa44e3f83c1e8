"""Until when each document would leave something out, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from journal.recovery.care import Clock
from journal.recovery.rows import Statement


@dataclass(frozen=True, slots=True)
class Claimed:
    """What some documents say of how long."""

    until: str
    statements: Sequence[Statement]

    @property
    def told(self) -> str:
        """With the codes of the documents."""
        return f"{self.until} ({', '.join(statement.source.code for statement in self.statements)})"


def claimed(clock: Clock) -> list[Claimed]:
    """As the protocol has it, the most cautious first; nothing where nothing is left out."""
    if clock.advice[0].does:
        return []
    days = groupby(clock.claims, key=lambda claim: claim.to_day)
    return [Claimed(until(day), [claim.statement for claim in claims]) for day, claims in days]


def until(day: int | None) -> str:
    """The last day on which something is left out, -1 for not at all, None where no end is named."""
    if day is None:
        return _("no end named")
    if day < 0:
        return _("not at all")
    return _("day 0 only") if day == 0 else _("until day %(day)s") % {"day": day}
