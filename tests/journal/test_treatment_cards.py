"""The cards of a patient's treatments: what waits comes first, and what was decided goes on being said."""

import datetime

import pytest
from django.utils import timezone

from journal.actions import candidacies, treatments, visits
from journal.views.treatment_cards import LINKS, cards
from tests.conftest import decide_before, make_treatment

from .tables import words
from .test_visit import NOTHING

TODAY = datetime.date(2026, 6, 15)
CLEANED = NOTHING | {"cleaned": True}


@pytest.fixture
def of(pat, cara):
    """The card of a session so many days from today, its day written down or not, decided on or not."""

    def make(days, written=False, decision=None):
        one = make_treatment(pat, TODAY + datetime.timedelta(days=days), cara)
        if decision:
            by = {"by": cara, "at": datetime.datetime.combine(TODAY, datetime.time(12), one.zone)}
            candidacies.decide(treatment=one, answers={}, decision=decision, reason="So it is.", **by)
        if written:
            visits.record_visit(treatment=one, facts=CLEANED, depth_mm=None, by=cara, at=timezone.now())
        return cards(pat, TODAY)[0]

    return make


@pytest.mark.parametrize(
    ("days", "written", "decision", "first"),
    [
        (7, False, None, ["Questions", "Care plan"]),
        (0, False, None, ["Questions", "The day"]),
        (0, False, "treat", ["The day", "Timeline", "Log for the patient"]),
        (-3, False, None, ["The day", "Timeline", "Log for the patient"]),
        (0, True, "treat", ["Timeline", "Log for the patient"]),
        (-3, True, None, ["Timeline", "Log for the patient"]),
    ],
)
def test_what_a_treatment_waits_for_comes_first_and_the_rest_is_behind_more(of, days, written, decision, first):
    card = of(days, written, decision)
    assert [label for label, _address in card.first] == first
    assert {label for label, _address in (*card.first, *card.more)} == {str(label) for label in LINKS.values()}
    assert len(card.first) + len(card.more) == len(LINKS)


@pytest.mark.parametrize(
    ("days", "written", "decision", "said"),
    [
        (2, False, "wait", True),
        (0, False, "decline", True),
        (0, True, "wait", False),
        (-1, False, "wait", False),
        (2, False, "treat", False),
        (2, False, None, False),
    ],
)
def test_a_decision_against_a_date_still_ahead_goes_on_being_said(of, days, written, decision, said):
    assert bool(of(days, written, decision).put_off) == said


def test_it_goes_on_being_said_when_the_date_has_passed(pat, cara):
    one = make_treatment(pat, TODAY - datetime.timedelta(days=2), cara)
    decide_before(one, "wait", cara)
    [card] = cards(pat, TODAY)
    assert card.put_off
    assert [label for label, _address in card.first] == ["Questions", "Care plan"]
    fields = {"treated_on": TODAY + datetime.timedelta(days=9)}
    treatments.correct(treatment=one, fields=fields, by=cara, at=timezone.now())
    assert not cards(pat, TODAY)[0].put_off  # a new date is a new word


@pytest.fixture
def page(as_, pat, cara):
    return lambda: as_(cara).get(f"/patients/{pat.pk}/")


def test_it_leads_to_another_date_and_to_cancelling(page, pat, cara, treatment):
    later = make_treatment(pat, treatment.treated_on + datetime.timedelta(days=40), cara)
    candidacies.decide(treatment=later, answers={}, decision="wait", reason="Ill.", by=cara, at=timezone.now())
    said = page()
    assert "Decided: Wait. The patient is told" in words(said)
    inside = said.content.decode().split("to ask about her date")[1].split("</p>")[0]
    for address in ("edit", "cancel"):
        assert f'href="/treatments/{later.pk}/{address}/"' in inside
    treatments.cancel(treatment=later, by=cara, at=timezone.now())
    assert "to ask about her date" not in words(page())


def test_risk_factors_goals_and_the_day_stand_on_it(page, treatment, cara):
    treatment.risk_factors, treatment.goals_chosen, treatment.goals = ["eczema"], ["acne-scars"], "A calm chin"
    treatment.save()
    said = words(page())
    assert "Risk factors: Eczema · Goals: Acne scars, A calm chin" in said
    assert "Day not written down yet" in said
    visits.record_visit(treatment=treatment, facts=CLEANED, depth_mm=None, by=cara, at=timezone.now())
    assert "Day written down" in words(page())


def test_who_moved_it_to_which_rules_and_when_stands_on_its_timeline(as_, treatment, cara, another_version):
    look = lambda: words(as_(cara).get(f"/timeline/{treatment.pk}/"))  # noqa: E731
    assert f"Rules {treatment.protocol_version} " in look()
    assert "moved on" not in look()
    treatments.move(treatment=treatment, version=another_version, by=cara, at=timezone.now())
    treatments.correct(treatment=treatment, fields={"products": "x"}, by=cara, at=timezone.now())
    on = treatment.today(timezone.now())
    assert f"Rules {another_version}, moved on {on.day} {on:%B %Y} by Cara" in look()
