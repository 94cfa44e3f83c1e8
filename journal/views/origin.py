"""Where an expectation or a prompt comes from, for the reader who asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from journal.recovery.protocol import Protocol
from journal.recovery.rows import Row, Source

KINDS: dict[str, Any] = {
    "stated": _("A source says this."),
    "read": _("A source says it in words. The number is our reading."),
    "assumed": _("No source gives this number. We chose it with care."),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """One sentence on how we know, and the documents."""

    kind: str
    basis: Sequence[str]
    sources: Sequence[Source]

    @property
    def standing(self) -> str:
        return str(KINDS[self.kind])


def origin(protocol: Protocol, *rows: Row) -> Origin:
    """What stands behind some rows of a protocol; together they are as well founded as the weakest of them."""
    order = list(KINDS)
    return Origin(
        kind=max((row.kind for row in rows), key=order.index),
        basis=_once(row.basis for row in rows),
        sources=[protocol.sources[code] for code in _once(code for row in rows for code in row.sources)],
    )


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
