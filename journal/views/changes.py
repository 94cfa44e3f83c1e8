"""What changes with another version, told to who has to approve it: rows that came, went or say something else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.recovery.differences import Difference, differences
from journal.recovery.document import parse

KINDS: dict[str, Any] = {
    "document": gettext_lazy("The document itself"),
    "closings": gettext_lazy("What messages end with"),
    "profiles": gettext_lazy("Kinds of treatment"),
    "bands": gettext_lazy("Expected scores"),
    "typical": gettext_lazy("Expected scores"),
    "limit": gettext_lazy("Expected scores"),
    "windows": gettext_lazy("Expected signs"),
    "rules": gettext_lazy("Rules"),
    "modifiers": gettext_lazy("Who is called sooner"),
    "checkins": gettext_lazy("Late check-ins"),
    "concerns": gettext_lazy("Questions before a session"),
    "preparation": gettext_lazy("The week before"),
    "stages": gettext_lazy("The day"),
    "clocks": gettext_lazy("Aftercare"),
    "advice": gettext_lazy("Aftercare"),
    "claims": gettext_lazy("Aftercare"),
    "comforts": gettext_lazy("What helps"),
    "results": gettext_lazy("Results"),
    "goals": gettext_lazy("Goals and sessions"),
    "milestones": gettext_lazy("Goals and sessions"),
    "spacing": gettext_lazy("Goals and sessions"),
    "statements": gettext_lazy("Statements of sources"),
    "sources": gettext_lazy("Sources"),
}
ORDER = list(dict.fromkeys(map(str, KINDS)))
# What a row says, in the words of the page; of a row that came or went only these are told.
PARTS: dict[str, Any] = {
    "tier": gettext_lazy("Tier"),
    "score": gettext_lazy("Score"),
    "from_day": gettext_lazy("From day"),
    "to_day": gettext_lazy("To day"),
    "message": gettext_lazy("What the patient reads"),
    "text": gettext_lazy("What the patient reads"),
    "short": gettext_lazy("Named in lists as"),
    "staff": gettext_lazy("Note for staff"),
    "asks": gettext_lazy("Asks"),
    "advice": gettext_lazy("What a yes should make one think of"),
    "reason": gettext_lazy("Reason"),
    "raises": gettext_lazy("Raises"),
    "risk_factors": gettext_lazy("Risk factors"),
}
MORE_PARTS: dict[str, Any] = {
    "when": gettext_lazy("When it fires"),
    "title": gettext_lazy("Title"),
    "label": gettext_lazy("Title"),
    "topic": gettext_lazy("Topic"),
    "says": gettext_lazy("What the source says, or rests on"),
    "kind": gettext_lazy("How we know"),
    "basis": gettext_lazy("How we know"),
    "choice": gettext_lazy("Where sources disagree"),
    "complete": gettext_lazy("Says itself what to do"),
    "reopens": gettext_lazy("Asks for a new look on each new day"),
    "fixed": gettext_lazy("No clinic can loosen this"),
    "again": gettext_lazy("May be done again, and is no daily duty"),
    "does": gettext_lazy("Do, not leave out"),
    "order": gettext_lazy("In another order"),
    "rest": gettext_lazy("Something that no row says"),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A row; `parts` are its parts in words, before and after."""

    name: str
    is_new: bool
    is_gone: bool
    parts: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class ChangedRows:
    heading: str
    rows: Sequence[Changed]

    @property
    def counted(self) -> str:
        new, gone = sum(row.is_new for row in self.rows), sum(row.is_gone for row in self.rows)
        told = {"new": new, "gone": gone, "changed": len(self.rows) - new - gone}
        return _("%(new)s new, %(changed)s changed, %(gone)s gone") % told


def changes(before: str, after: str) -> list[ChangedRows]:
    """Between two documents as text, by kind in the order of the page."""
    found = sorted(differences(parse(before), parse(after)), key=lambda one: ORDER.index(one.kind))
    by_heading = groupby(found, key=lambda one: str(KINDS[one.kind]))
    return [ChangedRows(heading, [_changed(one) for one in rows]) for heading, rows in by_heading]


def _changed(one: Difference) -> Changed:
    return Changed(one.name, one.before is None, one.after is None, list(_parts(one)))


def _parts(one: Difference) -> Iterator[tuple[str, str, str]]:
    is_whole = one.before is None or one.after is None
    for part, before, after in one.parts:
        if not is_whole or part in PARTS:
            label = PARTS.get(part) or MORE_PARTS.get(part) or part.replace("_", " ")
            yield str(label), _said(before), _said(after)


def _said(value: Any) -> str:
    """A value of a document for people; conditions are told in words further down the page."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_said(one)}" for key, one in value.items())
    if isinstance(value, list):
        return _("see the rule") if any(isinstance(one, dict) for one in value) else ", ".join(map(str, value))
    return "" if value is None else str(value)
