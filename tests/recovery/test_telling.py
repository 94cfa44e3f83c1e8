"""Rules in plain words: whoever reads them can check every number, and never meets a code name."""

import re
from typing import get_args

import pytest

from journal.recovery import telling
from journal.recovery.conditions import (
    Above,
    Climbs,
    Clue,
    Condition,
    Present,
    Reaches,
    Rises,
    Silent,
    Together,
    Unclear,
)
from journal.recovery.rows import LAST_DAY, Profile, Who
from journal.recovery.scale import SIGNS, Tier
from journal.recovery.stretches import span, stretches

from .tables import PROTOCOL

RULE = PROTOCOL.rules[0]
PAIN = "More pain than yesterday"
SENTENCES = [
    (
        Above(question="redness", by=2, from_day=1, to_day=7),
        "Redness is above the limit of its day by 2 steps or more, on days 1 to 7.",
    ),
    (
        Above(question="itch", confirmed_within_days=2),
        "Itch is above the limit of its day, from day 0 on. "
        "It was above the limit on another entry too, at most 2 days before.",
    ),
    (
        Above(question="itch", from_day=8, confirmed_within_days=1),
        "Itch is above the limit of its day, from day 8 on. "
        "It was above the limit on another entry too, at most 1 day before.",
    ),
    (Reaches(questions=("itch",), score=3), "Itch is severe or more, from day 0 on."),
    (
        Reaches(questions=("redness", "itch"), score=4, from_day=0, to_day=0),
        "Any of these is very severe, on day 0: Redness; Itch",
    ),
    (
        Rises(question="redness", score=2, by=2, since_day=1, from_day=2),
        "Redness is moderate or more, from day 2 on, and 2 steps or more above the lowest score before it "
        "from day 1 on.",
    ),
    (
        Rises(question="redness", score=1, by=1, since_day=1, from_day=3, to_day=7, low_at_most=0),
        "Redness is mild or more, on days 3 to 7, and higher than the lowest score before it from day 1 on. "
        "That lowest score was none.",
    ),
    (
        Rises(question="itch", score=3, by=1, low_at_most=1),
        "Itch is severe or more, from day 0 on, and higher than the lowest score before it from day 0 on. "
        "That lowest score was mild or less.",
    ),
    (
        Climbs(question="redness", score=1, steps=2, within_days=2, from_day=3),
        "Redness is mild or more, from day 3 on, and went up from answer to answer 2 times in a row, "
        "each at most 2 days after the one before.",
    ),
    (
        Climbs(question="redness", score=2, steps=1, within_days=1, from_day=3),
        "Redness is moderate or more, from day 3 on, and higher than the answer before it, "
        "which is at most 1 day older.",
    ),
    (
        Unclear(question="redness", times=2, from_day=3),
        "Redness could not be judged 2 answers in a row, from day 3 on. "
        "Entries that say nothing of it are passed over.",
    ),
    (Silent(days=2, from_day=1, to_day=4), "No entry on 2 days in a row, all of them on days 1 to 4."),
    (
        Silent(days=2, from_day=0, after=Tier.WATCH),
        "No entry on 2 days in a row, right after an entry with a finding of watch or more, from day 0 on.",
    ),
    (Present(signs=("increasing_pain",)), f"On any day: {PAIN}."),
    (Present(signs=("increasing_pain",), from_day=2), f"From day 2 on: {PAIN}."),
    (Present(signs=("increasing_pain",), to_day=7), f"Up to day 7: {PAIN}."),
    (Present(signs=("increasing_pain",), past_window=True), f"{PAIN}, after its expected days (day 1)."),
    (
        Present(signs=("increasing_pain",), past_window=True, to_day=9),
        f"Up to day 9: {PAIN}, after its expected days (day 1).",
    ),
    (Present(worried=True), "On any day: The patient is worried and would like a call."),
    (
        Present(signs=("fever", "chills"), temperature_from=38.0),
        "On any day, any of these: A temperature of 38 °C (100.4 °F) or more; Chills or shaking; "
        "A measured temperature of 38.0 °C or more",
    ),
    (
        Present(uncovered=True),
        "A sign outside its expected days that no rule before this one speaks of, on any day.",
    ),
    (
        Together(
            at_least=2,
            clues=(
                Clue(signs=("pus",)),
                Clue(signs=("fever", "chills")),
                Clue(signs=("firm_bumps",), from_day=3),
                Clue(signs=("bruising", "peeling"), from_day=14),
                Clue(rules=(RULE.code,)),
            ),
        ),
        "At least 2 of these on one day: Thick or cloudy fluid from the skin that is yellow, green or white; "
        "Any of: A temperature of 38 °C (100.4 °F) or more; Chills or shaking; "
        "From day 3 on: Firm bumps that you can feel in the skin; "
        "From day 14 on, any of: A bruise; Light peeling or flaking; "
        f"Rule {RULE.code}: {RULE.title}",
    ),
    (
        Together(at_least=2, clues=(Clue(signs=("chills",)), Clue(signs=("hives",)))),
        "All of these on one day: Chills or shaking; Raised, itchy welts (hives)",
    ),
]
CONDITIONS = [(rule, condition) for rule in PROTOCOL.rules for condition in rule.when]


def line(told):
    return f"{told.sentence} {'; '.join(told.parts)}".strip()


@pytest.mark.parametrize(("condition", "expected"), SENTENCES)
def test_a_condition_in_words(condition, expected):
    assert line(telling.when(condition, PROTOCOL)) == expected


def test_every_shape_is_told():
    assert {type(condition) for condition, _ in SENTENCES} == set(get_args(Condition))


@pytest.mark.parametrize(("rule", "condition"), CONDITIONS, ids=lambda value: getattr(value, "code", ""))
def test_every_rule_of_the_shipped_protocol_is_told_without_a_code_name(rule, condition):
    told = telling.when(condition, PROTOCOL)
    assert re.match(r"[A-Z].*[.:]$", told.sentence)
    assert all(told.parts)
    assert told.sentence.endswith(":") == bool(told.parts)
    assert not re.search(r"[{}]|None|100000", line(told))
    assert not any(code in line(told) for code in SIGNS if "_" in code)


@pytest.mark.parametrize(("rule", "condition"), CONDITIONS, ids=lambda value: getattr(value, "code", ""))
def test_no_number_of_a_rule_is_left_out(rule, condition):
    """Days, steps and times stand in the sentence as digits; scores as words."""
    said = set(re.findall(r"\d+", line(telling.when(condition, PROTOCOL))))
    asked = [condition, *getattr(condition, "clues", ())]
    fields = ("from_day", "to_day", "confirmed_within_days", "since_day", "within_days", "times", "days")
    numbers = [getattr(one, field, 0) for one in asked for field in fields]
    assert {str(number) for number in numbers if 0 < number < 1000} <= said


def test_a_sign_with_other_days_for_some_areas_tells_both():
    told = line(telling.when(Present(signs=("swelling",), past_window=True), PROTOCOL))
    windows = [window for window in PROTOCOL.windows if window.sign == "swelling"]
    assert len(windows) == 2
    for window in windows:
        assert f"days {window.from_day} to {window.to_day}" in told
    assert "where this was treated: Around the eyes" in told


def test_every_piece_is_offered_for_translation():
    for condition, _ in SENTENCES:
        assert set(re.findall(r"\w+", line(telling.when(condition, PROTOCOL, lambda text: "x")))) == {"x"}
    english = line(telling.when(SENTENCES[0][0], PROTOCOL, lambda text: {"Redness": "Rougeur"}.get(text, text)))
    assert english.startswith("Rougeur is above")


def test_a_rule_says_when_it_keeps_silent():
    quiet = [rule for rule in PROTOCOL.rules if rule.unless]
    assert quiet
    for rule in quiet:
        assert telling.unless(rule) == f"Not on a day on which one of these spoke up: {', '.join(rule.unless)}."
    assert telling.unless(RULE) == ""


def test_a_message_shows_what_depends_on_the_entry_and_names_no_clinic():
    assert telling.reads("You logged {word} itch on day {day}: {signs}, {questions}. Call {clinic_phone}.") == (
        "You logged [how strong] itch on day [number of the day]: [what was noted], [which scores]. "
        "Call the number your clinic gave you."
    )
    for rule in PROTOCOL.rules:
        assert "{" not in telling.reads(rule.message)


def test_a_slip_in_a_translated_message_is_shown_and_breaks_nothing():
    assert telling.reads("Call.", lambda text: "Appelez {" if text == "Call." else text) == "Appelez {"
    assert telling.reads("Call.", lambda text: "Jour {jour}" if text == "Call." else text) == "Jour {jour}"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Who(), "Everyone"),
        (Who(risk_factors=("eczema",)), "Eczema"),
        (Who(areas=("eyes",)), "treated: Around the eyes"),
        (Who(modalities=("rf",)), "Microneedling with radio-frequency heat"),
        (Who(skin_tone_from=7), "skin tone 7 to 10 on the Monk scale"),
        (Who(areas=("chest",), risk_factors=("eczema",)), "Any of these: Eczema; treated: Chest"),
    ],
)
def test_for_whom_a_row_is(who, expected):
    assert telling.whom(who) == expected


@pytest.mark.parametrize("modifier", PROTOCOL.modifiers, ids=lambda modifier: modifier.code)
def test_a_modifier_names_each_rule_that_it_raises_under_its_tier(modifier):
    told = telling.raises(modifier, PROTOCOL)
    raised = {code for code in modifier.rules if PROTOCOL.rule(code).tier in modifier.raises}
    assert {code for sentence in told for code in re.findall(r"[A-Z]+-\d+[A-Z]?", sentence)} == raised
    for sentence in told:
        tier, higher = re.match(r"From (\w+) to (\w+): ", sentence).groups()
        assert modifier.raises[Tier[tier.upper()]] is Tier[higher.upper()]


@pytest.mark.parametrize("checkin", PROTOCOL.checkins, ids=lambda checkin: str(checkin.day))
def test_a_late_check_in_says_what_it_asks(checkin):
    told = telling.asks(checkin)
    assert len(told) == len(checkin.asks)
    assert not any("_" in words for words in told)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, "every treatment that no other profile fits, and an unknown depth"),
        ({"modality": "rf"}, "Microneedling with radio-frequency heat"),
        ({"shallower_than_mm": 0.5}, "needles shorter than 0.5 mm"),
        ({"deeper_than_mm": 1.5}, "needles longer than 1.5 mm"),
    ],
)
def test_which_treatments_a_profile_is_for(selector, expected):
    assert telling.fits(Profile(code="x", label="X", bands={}, **selector)) == expected


@pytest.mark.parametrize(
    "band",
    [band for profile in PROTOCOL.profiles for band in profile.bands.values()],
    ids=lambda band: band.question,
)
def test_the_stretches_of_a_band_are_the_band(band):
    told = stretches(band)
    for day in range(LAST_DAY + 1):
        (held,) = [stretch for stretch in told if stretch.holds_on(day)]
        assert (held.typical.score, held.limit.score) == (band.typical[day], band.limit[day])
    assert [stretch.lasts for stretch in told] == [False] * (len(told) - 1) + [True]
    assert told[-1].holds_on(400)


@pytest.mark.parametrize(
    ("days", "expected"),
    [((0, 0), "day 0"), ((1, 4), "days 1 to 4"), ((8, 14), "days 8 to 14")],
)
def test_days_as_a_heading(days, expected):
    assert span(*days) == expected
    assert span(*days, lasts=True) == f"from day {days[0]} on"
