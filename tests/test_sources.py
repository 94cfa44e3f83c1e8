"""Every fact of the five documents has a place in the product or a reason, and `docs/sources.md` says so."""

import io
import re
from collections import Counter

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.urls.exceptions import NoReverseMatch

from journal.management.commands import sources_document
from journal.management.sources import cited, differences, documents

from .recovery.tables import PROTOCOL

DOCUMENTS = documents()
DIFFERENCES = differences()
FACTS = {fact.code: fact for one in DOCUMENTS for fact in one.facts}
ROWS = cited(PROTOCOL)
SEEDS = [code for code, source in PROTOCOL.sources.items() if source.document]
ID = "00000000-0000-0000-0000-000000000000"
# What an address may ask for.
PLACES = [{}, {"treatment_id": ID}, {"patient_id": ID}, {"entry_id": ID}, {"treatment_id": ID, "week": 2}]


def test_each_of_the_five_documents_is_there():
    assert [one.source for one in DOCUMENTS] == sorted(SEEDS)
    assert len(SEEDS) == 5


@pytest.mark.parametrize("one", DOCUMENTS, ids=lambda one: one.source)
def test_no_line_of_a_document_is_missed(one):
    with_facts = {fact.line for fact in one.facts}
    left_out = [line for out in one.left_out for line in out.lines]
    assert not with_facts.intersection(left_out)
    assert len(set(left_out)) == len(left_out)
    assert len(with_facts) + len(left_out) == one.lines


@pytest.mark.parametrize("one", DOCUMENTS, ids=lambda one: one.source)
def test_facts_are_numbered_in_the_order_of_the_document(one):
    assert [fact.code for fact in one.facts] == [f"{one.source}-{place:02}" for place in range(1, len(one.facts) + 1)]
    assert [fact.line for fact in one.facts] == sorted(fact.line for fact in one.facts)


def test_every_fact_shows_or_says_why_not():
    assert [fact.code for fact in FACTS.values() if not fact.shows and not fact.note] == []


def test_every_row_that_a_fact_names_is_in_the_protocol_and_cites_it():
    wrong = [
        (fact.code, row)
        for fact in FACTS.values()
        for row in fact.rows
        if ROWS.get(row, frozenset()).isdisjoint(fact.statements)
    ]
    assert wrong == []


def test_a_fact_leans_only_on_facts_that_show_by_themselves():
    wrong = [(fact.code, other) for fact in FACTS.values() for other in fact.like if not FACTS[other].rows]
    assert wrong == []


def test_every_fact_with_a_row_says_on_which_page():
    assert [fact.code for fact in FACTS.values() if fact.rows and not fact.pages] == []


def is_there(page):
    for places in PLACES:
        try:
            return bool(reverse(f"journal:{page}", kwargs=places))
        except NoReverseMatch:
            continue
    return False


@pytest.mark.parametrize("page", sorted({page for fact in FACTS.values() for page in fact.pages}))
def test_every_page_that_a_fact_names_is_there(page):
    assert is_there(page)


def test_a_page_that_is_not_there_is_noticed():
    assert not is_there("horoscope")


def test_every_statement_of_the_five_documents_belongs_to_a_fact_under_the_same_heading():
    stated = {
        code: statement.heading for code, statement in PROTOCOL.statements.items() if statement.source.code in SEEDS
    }
    told = {code: fact.heading for fact in FACTS.values() for code in fact.statements}
    assert told == stated


def test_every_kind_of_row_is_explained():
    used = {row.split()[0] for fact in FACTS.values() for row in fact.rows}
    assert used == sources_document.KINDS.keys()


def test_a_difference_names_facts_and_rows_that_speak_of_it():
    for difference in DIFFERENCES:
        said = {code for fact in difference.facts for code in FACTS[fact].statements}
        assert difference.chosen
        assert all(ROWS[row] & said for row in difference.rows), difference.topic
    assert max(Counter(difference.topic for difference in DIFFERENCES).values()) == 1


def test_every_clock_on_which_sources_name_other_days_is_among_the_differences():
    compared = {row for difference in DIFFERENCES for row in difference.rows}
    for clock in PROTOCOL.care.clocks:
        days = {claim.to_day for claim in clock.claims if claim.statement.source.code in SEEDS}
        if len(days) > 1:
            assert f"clock {clock.code}" in compared


def written(**options):
    out = io.StringIO()
    call_command("sources_document", stdout=out, **options)
    return out.getvalue()


def test_the_document_in_the_repository_is_in_step():
    assert sources_document.DOCUMENT.read_text("utf-8") == written(), (
        "docs/sources.md has drifted: run `manage.py sources_document --write`"
    )


def test_the_document_holds_every_fact_and_every_difference():
    told = written()
    for fact in FACTS.values():
        [line] = [line for line in told.splitlines() if line.startswith(f"| {fact.code} |")]
        assert fact.says in line
        assert fact.note in line
        assert all(row in line for row in fact.rows)
        assert ("**Not shown.**" in line) != fact.shows
    assert all(f"### {one.topic}\n" in told and one.chosen in told for one in DIFFERENCES)


def test_the_document_counts_what_it_holds():
    [total] = [line for line in written().splitlines() if line.startswith("|  | all |")]
    lines, facts, shown, not_shown = map(int, re.findall(r"\d+", total))
    assert facts == len(FACTS) == shown + not_shown
    assert lines == sum(one.lines for one in DOCUMENTS)
    assert not_shown == written().count("**Not shown.**")


def test_the_document_is_plain_markdown():
    told = written()
    assert "\n\n\n" not in told
    assert not re.search(r"&(amp|lt|gt|quot|#)|\{[{%]", told)
    tables = re.findall(r"(?:^\|.*\n)+", told, re.MULTILINE)
    assert all(len({line.count("|") for line in table.splitlines()}) == 1 for table in tables)


def test_it_is_written_where_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sources_document, "DOCUMENT", tmp_path / "sources.md")
    assert written(write=True) == ""
    assert (tmp_path / "sources.md").read_text("utf-8") == written()
