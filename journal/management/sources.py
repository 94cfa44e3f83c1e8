"""What the five source documents say, fact by fact, and where each shows: read from `journal/protocols/facts/`.

Needs no database. A row of the protocol is named by its kind and its code: "clock sun", "band redness", "rule R-1".
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journal import protocols
from journal.recovery.care import Care
from journal.recovery.protocol import Protocol
from journal.recovery.rows import Statement

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
    for name, says in (*_judgement(protocol), *_care(protocol.care)):
        found[name].update(codes[statement] for statement in says)
    return {name: frozenset(says) for name, says in found.items()}


Named = Iterator[tuple[str, Sequence[Statement]]]


def _judgement(protocol: Protocol) -> Named:
    for profile in protocol.profiles:
        for question, band in profile.bands.items():
            for step in (*band.typical_steps, *band.limit_steps):
                yield f"band {question}", step.says
    yield from ((f"window {window.sign}", window.says) for window in protocol.windows)
    yield from ((f"rule {rule.code}", rule.says) for rule in protocol.rules)
    yield from ((f"modifier {modifier.code}", modifier.says) for modifier in protocol.modifiers)
    yield from ((f"check-in {checkin.day}", checkin.says) for checkin in protocol.checkins)


def _care(care: Care) -> Named:
    yield from ((f"question {concern.code}", concern.says) for concern in care.concerns)
    yield from ((f"preparation {advice.code}", advice.says) for advice in care.preparation)
    yield from ((f"stage {stage.code}", stage.says) for stage in care.stages)
    for clock in care.clocks:
        yield from ((f"clock {clock.code}", advice.says) for advice in clock.advice)
        yield f"clock {clock.code}", [claim.statement for claim in clock.claims]
    yield from ((f"comfort {comfort.code}", comfort.says) for comfort in care.comforts)
    yield from ((f"result {result.code}", result.says) for result in care.results)
    yield from ((f"goal {goal.code}", goal.says) for goal in care.goals)
    yield from ((f"week {milestone.week}", milestone.says) for milestone in care.milestones)
    yield "spacing", care.spacing.says
