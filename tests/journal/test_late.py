"""After the daily entries a patient is asked on a few days only, and on no other."""

import datetime

import pytest

from tests.conftest import make_treatment

from .tables import log, stop_clock_on, words

START = datetime.date(2026, 6, 15)


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def today(as_, pat, monkeypatch):
    def on(day):
        stop_clock_on(monkeypatch, START, day)
        return words(as_(pat).get("/"))

    return on


def test_while_days_are_logged_no_later_look_is_spoken_of(treatment, today):
    assert "look again" not in today(14)
    assert "Your next look" not in today(14)


@pytest.mark.parametrize(("day", "told"), [(15, "Day 21, Monday, 6 July"), (28, None), (36, "Day 42, Monday, 27 July")])
def test_between_the_looks_the_next_one_is_named_and_nothing_is_asked(treatment, today, day, told):
    said = today(day)
    if told:
        assert f"Your next look {told}." in said
        assert "You need not write every day any more." in said
    else:
        assert "Your next look" not in said


def test_on_its_day_and_some_days_after_a_look_is_asked_for_with_what_to_look_for(treatment, today):
    for day in (21, 27):
        said = today(day)
        assert "Day 21: time to look again Three weeks after the treatment." in said
        assert "Firm bumps that you can feel in the skin" in said
        assert said.index("time to look again") < said.index("Not logged yet")


def test_a_look_that_was_written_is_asked_for_no_more(treatment, today):
    log(treatment, "day redness signs\n22 0 -")
    assert "time to look again" not in today(23)
    assert "Your next look Day 28" in today(23)


def test_an_entry_that_says_nothing_of_the_signs_is_no_look(treatment, today):
    log(treatment, "day redness signs\n20 0 -\n22 0 .")
    assert "Day 21: time to look again" in today(22)
    log(treatment, "day redness signs\n22 . -")
    assert "time to look again" not in today(22)


@pytest.mark.parametrize(("gap", "told"), [(42, False), (43, True)])
def test_none_is_promised_for_a_day_of_the_next_treatment(treatment, today, pat, cara, gap, told):
    make_treatment(pat, START + datetime.timedelta(days=gap), cara)
    assert ("Your next look Day 42" in today(36)) == told


def test_an_earlier_treatment_takes_none_away(treatment, today, pat, cara):
    make_treatment(pat, START - datetime.timedelta(days=28), cara)
    assert "Your next look Day 42" in today(36)


def test_the_last_look_is_for_some_only(treatment, today):
    assert "Your next look" not in today(60)
    treatment.risk_factors = ["keloid_history"]
    treatment.save()
    assert "Your next look Day 84" in today(60)


def test_after_the_daily_entries_no_missed_day_is_spoken_of(treatment, today):
    assert "Days without an entry" in today(14)
    for day in (15, 40):
        assert "Days without an entry" not in today(day)
