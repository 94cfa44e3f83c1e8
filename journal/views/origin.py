"""Where an expectation or a prompt comes from, for the reader who asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from journal.recovery.care import Advice, Comfort, Concern, Goal, Milestone, Result, Spacing, Stage
from journal.recovery.protocol import Protocol
from journal.recovery.rows import CheckIn, Modifier, Row, Rule

# Of rows that stand for a number: a score or the days of a sign.
NUMBERS: dict[str, Any] = {
    "stated": _("A source says this."),
    "read": _("A source says it in words. The number is our reading."),
    "assumed": _("No source gives this number. We chose it with care."),
}
# Of rows that say when somebody should act or look again.
ACTS: dict[str, Any] = {
    "stated": _("A source says this."),
    "read": _("A source says it in words. How soon to act is our reading."),
    "assumed": _("No source says how soon. We chose it with care."),
}
# Of rows about the care around a treatment: some have days in them, some only words.
CARES: dict[str, Any] = {
    "stated": _("A source says this."),
    "read": _("A source says it in other words. This is our reading."),
    "assumed": _("No source says this. We chose it with care."),
}
CARE_ROWS = (Advice, Comfort, Concern, Goal, Milestone, Result, Spacing, Stage)


@dataclass(frozen=True, slots=True)
class Origin:
    """A row of a protocol as far as it tells how we know: its basis, its choice, and what each source says."""

    row: Row
    version: str
    sooner: Sequence["Origin"] = ()  # of the modifiers that made a finding of this rule more urgent

    @property
    def standing(self) -> str:
        if isinstance(self.row, CARE_ROWS):
            return str(CARES[self.row.kind])
        kinds = ACTS if isinstance(self.row, Rule | Modifier | CheckIn) else NUMBERS
        return str(kinds[self.row.kind])


def origin(protocol: Protocol, row: Row, raised_by: Iterable[str] = ()) -> Origin:
    """What stands behind a row of this protocol, and behind the modifiers (codes) that raised its finding."""
    return Origin(row, protocol.version, [origin(protocol, protocol.modifier(code)) for code in raised_by])
