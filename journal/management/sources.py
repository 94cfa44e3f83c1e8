"""What the five source documents say, fact by fact, and where each shows: read from `journal/protocols/facts/`.

Needs no database. A row of the protocol is named by its kind and its code: "clock sun", "band redness", "rule R-1".
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journal import protocols
from journal.recovery import contents
from journal.recovery.protocol import Protocol

FACTS = Path(protocols.__file__).parent / "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that one document says, in our words, and where it shows.

    `line` is that of the document's file; `statements` are codes of the protocol, `rows` names of rows that cite one
    of them, `like` facts that say the same and show, `pages` names of addresses. `note` tells why it shows nowhere, or
    what to know about how it shows.
    """

    code: str
    line: int
    heading: str
    says: str
    statements: Sequence[str] = ()
    rows: Sequence[str] = ()
    like: Sequence[str] = ()
    pages: Sequence[str] = ()
    note: str = ""

    @property
    def shows(self) -> bool:
        return bool(self.rows or self.like or self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Lines of a document that state no fact, and what they hold."""

    lines: Sequence[int]
    holds: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All facts of one source in the order of its lines; `lines` counts those that are not empty."""

    source: str
    lines: int
    left_out: Sequence[LeftOut]
    facts: Sequence[Fact]

    @property
    def by_heading(self) -> Mapping[str, Sequence[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.heading].append(fact)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where documents differ, or one speaks alone: the facts by code, and what the journal makes of them."""

    topic: str
    facts: Sequence[str]
    chosen: str
    rows: Sequence[str] = ()

    def silent(self, documents: Sequence[Document]) -> Sequence[str]:
        """The sources that say nothing of it."""
        speaking = {code.split("-")[0] for code in self.facts}
        return [one.source for one in documents if one.source not in speaking]


def documents() -> list[Document]:
    """In the order of the sources."""
    return [_document(json.loads(file.read_text("utf-8"))) for file in sorted(FACTS.glob("S*.json"))]


def differences() -> list[Difference]:
    return [Difference(**written) for written in json.loads((FACTS / "differences.json").read_text("utf-8"))]


def _document(written: Mapping[str, Any]) -> Document:
    return Document(
        source=written["source"],
        lines=written["lines"],
        left_out=[LeftOut(**one) for one in written["left_out"]],
        facts=[Fact(heading=part["heading"], **fact) for part in written["parts"] for fact in part["facts"]],
    )


def cited(protocol: Protocol) -> Mapping[str, frozenset[str]]:
    """Every row of a protocol by its name, with the codes of the statements that it cites."""
    codes = {statement: code for code, statement in protocol.statements.items()}
    found: dict[str, set[str]] = defaultdict(set)
    for held in contents.rows(protocol):
        found[held.name].update(codes[statement] for statement in held.says)
    return {name: frozenset(says) for name, says in found.items()}
