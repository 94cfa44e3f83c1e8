"""Where an expectation or a prompt comes from, for the reader who asks."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from journal.recovery.protocol import Protocol
from journal.recovery.rows import Row

KINDS: dict[str, Any] = {
    "stated": _("A source says this."),
    "read": _("A source says it in words. The number is our reading."),
    "assumed": _("No source gives this number. We chose it with care."),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """A row of a protocol as far as it tells how we know: its basis, its choice, and what each source says."""

    row: Row
    version: str

    @property
    def standing(self) -> str:
        return str(KINDS[self.row.kind])


def origin(protocol: Protocol, row: Row) -> Origin:
    """What stands behind a row of this protocol."""
    return Origin(row, protocol.version)
