"""The care of the first protocol: complete, cautious, and in words that a patient can read."""

import re

import pytest

from journal.recovery import aftercare
from journal.recovery.reading import grade
from journal.recovery.scale import AREAS, QUESTIONS, RISK_FACTORS

from .tables import PROTOCOL

CARE = PROTOCOL.care
AFTER = [advice for clock in CARE.clocks for advice in clock.advice]
SENTENCES = [row.text for row in (*CARE.preparation, *AFTER, *CARE.stages, *CARE.comforts, *CARE.results)]
HEADS = [row.title for row in (*CARE.stages, *CARE.comforts, *CARE.results)]
NAMES = [clock.topic for clock in CARE.clocks] + [goal.label for goal in CARE.goals]
FOR_STAFF = [text for concern in CARE.concerns for text in (concern.asks, concern.advice)]
NEVER = r"normal|abnormal|heal\w*|diagnos\w*|suitable|unsuitable|safe|fine|candidate|fit for"


def test_the_questions_can_set_every_risk_factor_that_rules_use():
    assert {factor for concern in CARE.concerns for factor in concern.risk_factors} == RISK_FACTORS.keys()


@pytest.mark.parametrize(
    "code",
    [
        "acne",
        "eczema",
        "psoriasis",
        "raised-scars",
        "open-sores",
        "sun",
        "clotting",
        "slow-wounds",
        "sensitive-skin",
        "blood-thinner",
        "acne-medicine",
        "radiation",
        "pregnancy",
        "earlier-scars",
    ],
)
def test_each_reason_of_the_five_documents_is_asked_for_and_says_which_of_them_names_it(code):
    concern = next(one for one in CARE.concerns if one.code == code)
    assert any(statement.source.document for statement in concern.says)


@pytest.mark.parametrize("clock", CARE.clocks, ids=lambda clock: clock.code)
def test_what_is_left_out_ends_with_the_most_cautious_of_the_five_documents_or_says_why_not(clock):
    ends = [claim.to_day for claim in clock.claims if claim.of_seed]
    first = clock.advice[0]
    if not first.does and ends and clock.avoid_to != max(ends):
        assert clock.avoid_to > max(ends), "sooner than a document says"
        assert first.choice


@pytest.mark.parametrize("clock", CARE.clocks, ids=lambda clock: clock.code)
def test_each_source_makes_one_claim_of_a_topic_and_stands_behind_its_advice(clock):
    codes = [claim.statement.source.code for claim in clock.claims]
    assert codes
    assert len(codes) == len(set(codes))
    assert set(codes) <= {code for advice in clock.advice for code in advice.sources}


@pytest.mark.parametrize("clock", CARE.clocks, ids=lambda clock: clock.code)
def test_where_sources_differ_the_first_advice_says_how_we_chose(clock):
    ends = {claim.to_day for claim in clock.claims}
    assert len(ends) == 1 or clock.advice[0].choice


# Last day on which it is left out; in words where sources of the seed say so.
LAST_DAYS = {
    "sun": 6,
    "sunscreen": 0,
    "make-up": 6,
    "retinoids-acids": 6,
    "exercise": 6,
    "washing": 1,
    "moisturizer": 0,
    "serums": 6,
    "water": None,
    "soothing": None,
    "pain-pills": 13,
    "picking": 10,
    "work": 0,
}


def test_until_which_day_each_topic_is_left_out():
    assert {clock.code: clock.avoid_to for clock in CARE.clocks} == LAST_DAYS


def test_nothing_but_sunscreen_and_a_cream_for_dry_skin_is_told_in_the_window_for_the_next_session():
    told = [clock.code for clock, _ in aftercare.on_day(CARE.clocks, CARE.spacing.from_day)]
    assert told == ["sunscreen", "moisturizer"]


def test_strong_sun_is_left_out_until_four_weeks_are_over_whatever_day_a_clinic_chose_for_the_first_wait():
    for last in (-1, 2, 6, 13, 26):
        sun = aftercare.plan(CARE, {"sun": last})[0]
        assert (sun.advice[-1].code, sun.advice[-1].from_day, sun.advice[-1].to_day) == ("no-strong-sun", last + 1, 27)
    assert [advice.code for advice in aftercare.plan(CARE, {"sun": 27})[0].advice] == ["no-sun"]
    assert aftercare.ends(CARE.clocks)[27] == ["sun"]


def test_what_is_done_each_day_has_a_name_for_a_list_and_what_may_be_done_is_no_duty():
    daily = {advice.short or "-" for advice in AFTER if advice.does and not advice.again}
    assert daily == {"Sunscreen, SPF 30 or more", "Mild cleanser", "Plain cream while dry", "Plenty of water"}
    for advice in (one for one in AFTER if one.does):
        assert advice.again == (" may " in advice.text or " can " in advice.text), advice.code


# Waits read as days from hours: they end with a date, not with an hour.
HOURS = ("no-sunscreen", "only-water", "clinic-cream-only")


@pytest.mark.parametrize("code", HOURS)
def test_where_hours_became_days_the_row_says_that_it_may_end_sooner(code):
    advice = next(one for one in AFTER if one.code == code)
    assert "which may end some hours sooner" in advice.basis
    assert re.search(r"counted in days, (it|they) may end some hours before", advice.choice)
    assert "longest" not in advice.choice


@pytest.mark.parametrize("comfort", CARE.comforts, ids=lambda comfort: comfort.code)
def test_what_helps_does_not_speak_of_what_has_days_of_its_own(comfort):
    """It is read on any day on which something is felt."""
    assert not re.search(r"\b(sun|heat|exercise|sauna)\b", comfort.text)
    assert "cloth" not in comfort.text or "not in the first 8 hours" in comfort.text
    if "your plan allows" in comfort.text:
        assert CARE.clock("moisturizer").advice[-1].to_day is None


@pytest.mark.parametrize(
    "advice",
    [advice for clock in CARE.clocks if not clock.advice[0].does for advice in clock.advice[1:]],
    ids=lambda advice: advice.code,
)
def test_what_follows_a_wait_is_true_where_a_clinic_has_nobody_wait(advice):
    assert not re.search(r"\b(again|back|now|yet|still)\b", advice.text)


def test_results_promise_nothing():
    for result in CARE.results:
        assert re.search(r"\b(may|can|some|depends|no one)\b", result.text, re.IGNORECASE), result.code
        assert not re.search(r"\bwill\b", re.sub("will not|do not", "", result.text)), result.code
    assert "within a couple of weeks" in next(one.text for one in CARE.results if one.code == "couple-of-weeks")


def test_the_week_before_covers_what_the_documents_ask_for():
    by_code = {advice.code: advice for advice in CARE.preparation}
    for code in ("retinoids-before", "acids-before", "sun-before"):
        assert (by_code[code].does, by_code[code].from_day, by_code[code].to_day) == (False, -7, 0)
    assert (by_code["make-up-before"].from_day, by_code["make-up-before"].to_day) == (-7, 0)


@pytest.mark.parametrize("advice", CARE.preparation, ids=lambda advice: advice.code)
def test_what_is_told_before_names_its_skin_and_its_day(advice):
    assert "that skin" not in advice.text
    assert "make-up" not in advice.text or advice.text.startswith("On the treatment day")


def test_the_day_has_a_length_for_each_area():
    for area in AREAS:
        codes = [stage.code for stage in aftercare.stages_for(CARE, [area])]
        assert codes[0] == "cleaning"
        assert codes[-1] == "visit"
        assert sum(code.startswith("time-") for code in codes) == 1, area


def test_the_times_that_the_documents_give():
    minutes = {stage.code: stage.minutes for stage in CARE.stages if stage.minutes}
    assert minutes["numbing"] == (30, 60)
    assert minutes["time-face"] == (30, 45)
    assert minutes["time-small"][0] == 15
    assert minutes["time-large"][1] >= 60
    assert minutes["visit"][1] == 120


def test_something_helps_with_each_symptom():
    eased = {code for comfort in CARE.comforts for code in comfort.eases}
    assert eased >= set(QUESTIONS)
    assert all(comfort.clock for comfort in CARE.comforts), "a clinic may name a product for each"


def test_no_comfort_is_offered_for_a_sign_that_is_never_expected():
    expected = {window.sign for window in PROTOCOL.windows}
    assert {code for comfort in CARE.comforts for code in comfort.eases} - set(QUESTIONS) <= expected


def test_progress_is_asked_for_at_two_four_and_six_weeks_and_the_next_session_may_be_at_four_to_six():
    assert [milestone.week for milestone in CARE.milestones] == [2, 4, 6]
    assert (CARE.spacing.from_day, CARE.spacing.to_day) == (28, 42)


@pytest.mark.parametrize("text", SENTENCES)
def test_patients_read_short_plain_sentences(text):
    assert grade(text) <= 6, grade(text)
    assert text.endswith(".")


@pytest.mark.parametrize("text", [*SENTENCES, *HEADS, *NAMES, *FOR_STAFF])
def test_no_word_promises_or_judges(text):
    assert not re.search(rf"\b({NEVER})\b", text, re.IGNORECASE)


@pytest.mark.parametrize("advice", AFTER, ids=lambda advice: advice.code)
def test_an_advice_names_no_day_that_a_clinic_may_move(advice):
    assert not re.search(r"\b(days|day \d+|weeks?|today|tomorrow|24|48)\b", advice.text, re.IGNORECASE)


@pytest.mark.parametrize("text", [text for text in SENTENCES if re.search(r"\b(pills?|medicine|doctor)\b", text)])
def test_who_reads_of_medicine_is_sent_to_ask_first(text):
    assert re.search(r"\b(Ask|Tell) your clinic\b|may give you\b|ask your clinic", text), text
