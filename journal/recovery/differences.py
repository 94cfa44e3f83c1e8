"""What is different between two documents, row by row, for whoever has read the one and not the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .written_rows import WrittenRow, rows


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that was added (no `before`), is gone (no `after`), or says something else in `parts`."""

    kind: str
    name: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def parts(self) -> list[tuple[str, Any, Any]]:
        """What each part says before and after, None where it says nothing; of one that changed those that differ."""
        before, after = self.before or {}, self.after or {}
        names = dict.fromkeys([*before, *after])
        return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def differences(before: Any, after: Any) -> list[Difference]:
    """Of two documents (parsed JSON): what changed and came in the order of the new one, then what is gone."""
    old, new = _by_key(before), _by_key(after)
    found = [
        Difference(row.kind, row.name, old[key].parts if key in old else None, row.parts)
        for key, row in new.items()
        if key not in old or old[key].parts != row.parts
    ]
    return found + [Difference(row.kind, row.name, row.parts, None) for key, row in old.items() if key not in new]


def _by_key(document: Any) -> dict[tuple[str, ...], WrittenRow]:
    return {row.key: row for row in rows(document)}
