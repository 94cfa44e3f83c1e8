"""What docs/sources.md promises: each row that a fact names can be read on the page that it names."""

import datetime

import pytest
from django.urls import reverse

from journal.management.sources import cited, documents
from journal.models import Treatment
from journal.recovery.scale import AREAS, QUESTIONS
from tests.conftest import make_treatment
from tests.recovery.tables import PROTOCOL

from .tables import log, stop_clock, words

START = datetime.date(2026, 6, 15)
NOON = datetime.datetime(2026, 6, 15, 11, tzinfo=datetime.UTC)
CARE = PROTOCOL.care
# What a reader is told of a row, by its name.
TOLD = {
    **{f"question {one.code}": [one.asks] for one in CARE.concerns},
    **{f"preparation {one.code}": [one.text] for one in CARE.preparation},
    **{f"stage {one.code}": [one.text] for one in CARE.stages},
    **{f"clock {one.code}": [advice.text for advice in one.advice] for one in CARE.clocks},
    **{f"comfort {one.code}": [one.text] for one in CARE.comforts},
    **{f"result {one.code}": [one.text] for one in CARE.results},
    **{f"goal {one.code}": [one.label] for one in CARE.goals},
}


def promised(page, *kinds):
    """Names of the rows of these kinds that a fact puts on this page."""
    facts = [fact for one in documents() for fact in one.facts if page in fact.pages]
    rows = sorted({row for fact in facts for row in fact.rows if row.split()[0] in kinds})
    assert rows, f"no fact puts {kinds} on {page}"
    return rows


def missing(page, rows):
    """Names of rows of which a page does not tell everything."""
    said = words(page)
    return [row for row in rows if not all(text in said for text in TOLD[row])]


def unsourced(page, rows):
    """Statements that these rows cite and a page does not tell."""
    said, statements = words(page), {code for row in rows for code in cited(PROTOCOL)[row]}
    assert statements
    return [code for code in sorted(statements) if PROTOCOL.statements[code].says not in said]


@pytest.fixture
def treatment(pat, cara):
    """Of all areas, for all goals."""
    treatment = make_treatment(pat, START, cara)
    Treatment.objects.filter(pk=treatment.pk).update(areas=list(AREAS), goals_chosen=[one.code for one in CARE.goals])
    treatment.refresh_from_db()
    return treatment


@pytest.fixture
def on_day(monkeypatch):
    """Stops the clock at noon of a day of the treatment."""
    return lambda day: stop_clock(monkeypatch, NOON + datetime.timedelta(days=day))


def test_the_care_plan_tells_what_facts_say_it_tells(treatment, as_, pat, on_day):
    on_day(-5)
    rows = promised("care", "preparation", "stage", "clock", "comfort", "result")
    page = as_(pat).get(reverse("journal:care"))
    assert missing(page, rows) == []
    assert unsourced(page, rows) == []


def test_the_clinician_is_asked_what_facts_say_she_is_asked(treatment, as_, cara, on_day):
    on_day(-5)
    page = as_(cara).get(reverse("journal:treatment_questions", args=[treatment.pk]))
    rows = promised("treatment_questions", "question")
    assert missing(page, rows) == []
    assert unsourced(page, rows) == []


def test_the_page_of_the_day_tells_the_parts_of_the_day(treatment, as_, cara, on_day):
    on_day(0)
    page = as_(cara).get(reverse("journal:treatment_day", args=[treatment.pk]))
    rows = promised("treatment_day", "stage")
    assert missing(page, rows) == []
    assert unsourced(page, rows) == []


def test_goals_can_be_chosen_for_a_new_treatment(treatment, as_, cara, on_day):
    on_day(0)
    page = as_(cara).get(reverse("journal:treatment_new", args=[treatment.patient_id]))
    assert missing(page, promised("treatment_new", "goal")) == []


def test_each_goal_is_asked_about(treatment, as_, pat, on_day):
    on_day(14)
    page = as_(pat).get(reverse("journal:progress", args=[treatment.pk, 2]))
    assert missing(page, promised("progress", "goal")) == []


@pytest.mark.parametrize("day", [0, 1, 2, 6, 7, 13])
def test_today_tells_what_holds_on_that_day(treatment, as_, pat, on_day, day):
    on_day(day)
    said = words(as_(pat).get("/"))
    named = {row.removeprefix("clock ") for row in promised("today", "clock")}
    held = [
        advice.text for clock in CARE.clocks if clock.code in named for advice in clock.advice if advice.holds_on(day)
    ]
    assert held
    assert [text for text in held if text not in said] == []


@pytest.mark.parametrize("day", [-7, -1])
def test_today_tells_what_to_do_before(treatment, as_, pat, on_day, day):
    on_day(day)
    said = words(as_(pat).get("/"))
    named = promised("today", "preparation")
    held = [one.text for one in CARE.preparation if f"preparation {one.code}" in named and one.holds_on(day)]
    assert held
    assert [text for text in held if text not in said] == []


def test_today_tells_what_helps_with_what_was_logged(treatment, as_, pat, on_day):
    on_day(2)
    log(treatment, "day redness dryness tightness itch signs\n2 1 1 1 1 swelling")
    felt = {*QUESTIONS, "swelling"}
    easing = {f"comfort {one.code}" for one in CARE.comforts if felt.intersection(one.eases)}
    assert missing(as_(pat).get("/"), easing.intersection(promised("today", "comfort"))) == []
