"""Where every fact of the source documents shows, as a document. Needs no database."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, no_translations

from journal import protocols, urls
from journal.management.sources import Difference, Document, Fact, differences, documents
from journal.recovery.protocol import Protocol

DOCUMENT = settings.BASE_DIR / "docs" / "sources.md"
KINDS = {
    "question": "asked by the clinician before each session",
    "preparation": "what to do in the week before",
    "stage": "a part of the day of treatment",
    "clock": "a topic of aftercare: what to do or to leave out, until which day",
    "comfort": "what helps with a feeling",
    "result": "what may be seen, and from when on",
    "goal": "what a treatment is for",
    "week": "when each goal is asked about",
    "spacing": "when the next session may be",
    "band": "the expected scores of a question, by day and depth",
    "window": "the days on which a sign is expected",
    "rule": "when the journal speaks up",
    "modifier": "for whom it speaks up more urgently",
}
INTRODUCTION = """\
# What the five documents say, and where it shows

This document is made from `journal/protocols/facts/` by `manage.py sources_document --write`. Do not edit it.

Each fact stands in our own words, with its document, its heading and the line of the document's file. *Where it shows*
names rows of the protocol, as [`protocol.md`](protocol.md) tells them with all that speaks for and against them, and
pages. A fact that shows nowhere says why. S0 to S4 stand for the documents in the order in which we were given them.
Lines without a fact are listed too, so that nothing is missed.
"""


class Command(BaseCommand):
    help = "Prints every fact of the source documents and where it shows, as Markdown."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="put it into docs/sources.md instead")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        written = document()
        if options["write"]:
            DOCUMENT.write_text(written, "utf-8")
        else:
            self.stdout.write(written, ending="")


def document() -> str:
    protocol, told = protocols.load(protocols.CURRENT), documents()
    parts = [
        INTRODUCTION,
        *_figures(told, protocol),
        *_kinds(),
        *_pages(told),
        *(line for one in told for line in _facts(one, protocol)),
        *_differences(differences(), told),
    ]
    return "\n".join(parts) + "\n"


def _table(*columns: str) -> list[str]:
    return ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _figures(told: Sequence[Document], protocol: Protocol) -> Iterator[str]:
    yield from _table("", "document", "lines", "facts", "show", "do not, and why")
    for one in told:
        shown = sum(fact.shows for fact in one.facts)
        title = protocol.sources[one.source].title
        yield _row(one.source, title, one.lines, len(one.facts), shown, len(one.facts) - shown)
    facts = [fact for one in told for fact in one.facts]
    shown = sum(fact.shows for fact in facts)
    yield _row("", "all", sum(one.lines for one in told), len(facts), shown, len(facts) - shown)
    yield ""


def _kinds() -> Iterator[str]:
    yield "## Rows\n"
    yield from _table("row", "what it is")
    yield from (_row(kind, what) for kind, what in KINDS.items())
    yield ""


def _pages(told: Sequence[Document]) -> Iterator[str]:
    """Every page that a fact names, with its address."""
    named = {page for one in told for fact in one.facts for page in fact.pages}
    yield "## Pages\n"
    yield from _table("page", "address")
    yield from (_row(page, f"`/{address}`") for page, address in addresses().items() if page in named)
    yield ""


def addresses() -> dict[str, str]:
    """The journal's addresses by name."""
    return {str(pattern.name): str(pattern.pattern) for pattern in urls.urlpatterns}


def _facts(one: Document, protocol: Protocol) -> Iterator[str]:
    source = protocol.sources[one.source]
    yield f"## {one.source}: {source.title}\n"
    yield f"File `{source.document}`.\n"
    for heading, facts in one.by_heading.items():
        yield f"### {one.source}: {heading}\n"
        yield from _table("fact", "line", "what it says", "where it shows")
        yield from (_row(fact.code, fact.line, fact.says, _shows(fact)) for fact in facts)
        yield ""
    yield "Lines without a fact: " + "; ".join(f"{_lines(out.lines)} {out.holds}" for out in one.left_out) + ".\n"


def _lines(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines))


def _shows(fact: Fact) -> str:
    where = [", ".join(fact.rows), f"as {', '.join(fact.like)}" * bool(fact.like)]
    where += [", ".join(f"`{page}`" for page in fact.pages)]
    told = " · ".join(filter(None, where))
    if not told:
        return f"**Not shown.** {fact.note}"
    return f"{told}. {fact.note}" if fact.note else told


def _differences(found: Sequence[Difference], told: Sequence[Document]) -> Iterator[str]:
    says = {fact.code: fact.says for one in told for fact in one.facts}
    yield "## Where the documents differ, or one speaks alone\n"
    for difference in found:
        yield f"### {difference.topic}\n"
        yield from (f"- {code}: {says[code]}" for code in difference.facts)
        silent = difference.silent(told)
        if silent:
            yield f"- Not named in {', '.join(silent)}."
        yield f"\n**What we do:** {difference.chosen}"
        yield f"\nRows: {', '.join(difference.rows)}.\n" if difference.rows else ""
