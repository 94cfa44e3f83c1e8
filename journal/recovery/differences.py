"""What is different between two documents, row by row, for whoever has read the one and not the other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .written_rows import KINDS, LISTS, WrittenRow, rows

DOCUMENT = "document"  # the kind of what is said of the document itself
NAME = "version"  # is another one in every version
ORDER = "order"  # the part that tells in which order rows stand
REST = "rest"  # the part that tells that there is something else, which is no row

Rows = Mapping[tuple[str, ...], WrittenRow]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that was added (no `before`), is gone (no `after`), or says something else in `parts`.

    A list of rows in another order is one difference of their kind, named after what they are rows of.
    """

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
    """Of two documents (parsed JSON): of the document itself, what changed and came in the order of the new one, what
    is gone, and what stands in another order. None only where they are the same apart from the version's name.
    """
    old, new = _by_key(before), _by_key(after)
    changed = [
        Difference(row.kind, row.name, old[key].parts if key in old else None, row.parts)
        for key, row in new.items()
        if key not in old or old[key].parts != row.parts
    ]
    gone = [Difference(row.kind, row.name, row.parts, None) for key, row in old.items() if key not in new]
    found = [*_of_document(before, after), *changed, *gone, *_in_another_order(old, new)]
    if not found and _but_its_name(before) != _but_its_name(after):
        return [Difference(DOCUMENT, "", {REST: False}, {REST: True})]
    return found


def _by_key(document: Any) -> dict[tuple[str, ...], WrittenRow]:
    return {row.key: row for row in rows(document)}


def _but_its_name(document: Any) -> Any:
    return {part: one for part, one in document.items() if part != NAME} if isinstance(document, dict) else document


def _of_document(before: Any, after: Any) -> Iterator[Difference]:
    """Its title, and what else it may say beside its rows."""
    old, new = (
        {part: one for part, one in document.items() if part not in (NAME, "care", *KINDS)}
        if isinstance(document, dict)
        else {}
        for document in (before, after)
    )
    if old != new:
        yield Difference(DOCUMENT, "", old, new)


def _in_another_order(old: Rows, new: Rows) -> Iterator[Difference]:
    """One for each list: which row comes first decides what is fitting, and what the patient reads first."""
    then, now = _by_list(old, new), _by_list(new, old)
    for inside, codes in now.items():
        if codes != then[inside]:
            *parent, kind = inside
            name = new[tuple(parent)].name if parent else ""
            first, last = _moved_between(then[inside], codes)
            yield Difference(kind, name, {ORDER: then[inside][first:last]}, {ORDER: codes[first:last]})


def _by_list(some: Rows, others: Rows) -> dict[tuple[str, ...], list[str]]:
    """What the rows of each list are known by, those that are in both documents, in the order of the first."""
    found: dict[tuple[str, ...], list[str]] = {}
    for key, row in some.items():
        if key in others and row.kind in LISTS:
            found.setdefault(key[:-1], []).append(key[-1])
    return found


def _moved_between(before: list[str], after: list[str]) -> tuple[int, int]:
    """Where two orders of the same begin to differ, and where they end."""
    moved = [at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    return moved[0], moved[-1] + 1
