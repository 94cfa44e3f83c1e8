"""A draft that speaks up later or less urgently than the fixed rules is named, and one that is stricter is not."""

import json
from copy import deepcopy
from importlib.resources import files

import pytest

from journal import protocols
from journal.recovery import protocol_reader
from journal.recovery.floor import loosened

from .tables import PROTOCOL

DOCUMENT = json.loads(files(protocols).joinpath(f"{protocols.CURRENT}.json").read_text("utf-8"))


def draft(change):
    document = deepcopy(DOCUMENT)
    change(document)
    return protocol_reader.read(document)


def rule(document, code):
    return next(row for row in document["rules"] if row["code"] == code)


def named(rows, **wanted):
    return next(row for row in rows if all(row.get(key) == value for key, value in wanted.items()))


def limits(document, profile, question):
    bands = named(document["profiles"], code=profile)["bands"]
    return named(bands, question=question)["limit"]


def test_the_shipped_protocol_loosens_nothing():
    assert loosened(PROTOCOL, PROTOCOL) == []


def take_out_pus(document):
    document["rules"].remove(rule(document, "N-1"))


def watch_spreading(document):
    rule(document, "N-2")["tier"] = "contact"


def wait_to_day_10(document):
    rule(document, "R-1")["when"][0]["from_day"] = 10


def quiet_the_eye(document):
    rule(document, "E-1")["unless"] = ["R-1"]


def allow_redness_on_day_9(document):
    limits(document, "rf", "redness")[-1]["from_day"] = 10


def give_the_deep_limits_to_everyone(document):
    named(document["profiles"], code="deep")["deeper_than_mm"] = 0.1


def take_a_hair_from_the_shallow_ones(document):
    named(document["profiles"], code="superficial")["shallower_than_mm"] = 0.49


def look_once_at_a_worry(document):
    del rule(document, "W-1")["reopens"]


def leave_out_what_to_do(document):
    rule(document, "N-1")["complete"] = True


def give_the_rf_limits_to_everyone(document):
    del named(document["profiles"], code="rf")["modality"]


def allow_more_on_the_day_before(document):
    limits(document, "superficial", "redness")[0]["score"] = 4


def set_free(document):
    rule(document, "A-1")["fixed"] = False


def calm_down(document):
    rule(document, "A-1")["message"] = "This is quite usual. There is nothing to do."


def send_to_bed(document):
    document["closings"]["emergency"] = "Rest, and call {emergency_number} next week."


def expect_warmth_for_a_week(document):
    named(document["windows"], sign="warmth")["to_day"] = 7


def raise_nothing_for_eczema(document):
    document["modifiers"].remove(named(document["modifiers"], code="MOD-8H"))


def raise_no_pain_around_the_eyes(document):
    named(document["modifiers"], code="MOD-11")["rules"] = ["N-6", "N-6B", "H-1"]


def raise_less_around_the_eyes(document):
    named(document["modifiers"], code="MOD-11")["raises"] = {"watch": "contact", "contact": "urgent"}


def forget_diabetes(document):
    named(document["modifiers"], code="MOD-1")["risk_factors"] = ["immunosuppressed"]


def ask_for_darker_skin(document):
    named(document["modifiers"], code="MOD-10")["skin_tone_from"] = 9


def ask_no_more(factor):
    def forget(document):
        for concern in document["care"]["concerns"]:
            concern["risk_factors"] = [code for code in concern["risk_factors"] if code != factor]

    return forget


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (take_out_pus, "N-1 is missing"),
        (watch_spreading, "N-2 is only contact"),
        (wait_to_day_10, "R-1 no longer fires on all that it should fire on"),
        (quiet_the_eye, "E-1 is silent where another rule fires"),
        (allow_redness_on_day_9, "R-1: the limit for redness is higher for some treatments"),
        (give_the_deep_limits_to_everyone, "R-3: the limit for redness is higher for some treatments"),
        (give_the_rf_limits_to_everyone, "R-3: the limit for redness is higher for some treatments"),
        (allow_more_on_the_day_before, "R-3: the limit for redness is higher for some treatments"),
        (set_free, "A-1 is no longer fixed"),
        (calm_down, "A-1 tells the patient something else"),
        (send_to_bed, "what the patient is told to do at emergency is something else"),
        (take_a_hair_from_the_shallow_ones, "R-3: the limit for redness is higher for some treatments"),
        (look_once_at_a_worry, "W-1 no longer asks for a new look on each day"),
        (leave_out_what_to_do, "N-1 no longer ends with what to do"),
        (expect_warmth_for_a_week, "N-6B: warmth is expected for longer"),
        (raise_nothing_for_eczema, "MOD-8H is missing"),
        (raise_no_pain_around_the_eyes, "MOD-11 no longer raises all that it should raise"),
        (raise_less_around_the_eyes, "MOD-11 raises less"),
        (forget_diabetes, "MOD-1 is for fewer people"),
        (ask_for_darker_skin, "MOD-10 is for fewer people"),
        (ask_no_more("diabetes"), "MOD-1: no question sets diabetes any more"),
    ],
)
def test_a_looser_draft_is_named(change, complaint):
    assert complaint in loosened(draft(change), PROTOCOL)


def call_sooner(document):
    rule(document, "R-1")["when"].append({"shape": "above", "question": "redness", "by": 1, "from_day": 6})
    rule(document, "N-6")["tier"] = "urgent"
    named(document["windows"], sign="warmth")["to_day"] = 1
    named(document["modifiers"], code="MOD-10")["skin_tone_from"] = 5


def loosen_dryness(document):
    document["rules"].remove(rule(document, "D-1"))
    limits(document, "standard", "dryness")[-1]["from_day"] = 13


@pytest.mark.parametrize("change", [call_sooner, loosen_dryness])
def test_a_stricter_draft_and_one_that_loosens_comfort_only_are_not_named(change):
    assert loosened(draft(change), PROTOCOL) == []


def test_a_message_without_a_closing_has_to_name_whom_to_call():
    code = next(rule.code for rule in PROTOCOL.rules if rule.complete)
    said = loosened(
        draft(lambda changed: rule(changed, code).update(message="We have seen it. Please wait.")), PROTOCOL
    )
    assert f"{code} says itself what to do, but names nobody to call" in said


def test_no_rule_loses_the_words_that_say_what_to_do():
    code = next(rule.code for rule in PROTOCOL.rules if not rule.complete and not rule.fixed)
    said = loosened(draft(lambda changed: rule(changed, code).update(complete=True)), PROTOCOL)
    assert said == [f"{code} no longer ends with what to do"]
