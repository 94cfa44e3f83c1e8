"""Until when each document would leave something out, in words, and which documents some rows rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from journal.recovery.care import Clock
from journal.recovery.rows import Row, Statement


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
    """The last day on which something is left out, -1 for no wait, None where no end is named."""
    if day is None:
        return _("no end named")
    if day < 0:
        return _("no wait")
    return _("day 0 only") if day == 0 else _("through day %(day)s") % {"day": day}


def reach(clock: Clock) -> str:
    """From the shortest to the longest that a document would leave it out; empty where none says how long."""
    days = [claim.to_day for claim in reversed(clock.claims)]
    if not days or clock.advice[0].does:
        return ""
    first, last = days[0], days[-1]
    if first is None or last is None or first < 0 or first == last:
        ends = [until(first)] if first == last else [until(first), until(last)]
        return ", ".join(ends)
    return _("day %(first)s to %(last)s") % {"first": first, "last": last}


def codes(row: Row) -> str:
    """The documents that a row rests on, by their codes, each once."""
    return ", ".join(dict.fromkeys(statement.source.code for statement in row.says))
