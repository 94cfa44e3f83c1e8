"""Why a rule fired, in a sentence that fills no gap; and what the patient is told."""

import json
import re
from dataclasses import replace

import pytest

from journal.recovery.course import Finding
from journal.recovery.scale import Tier
from journal.recovery.wording import message, why

from .tables import PROTOCOL, found

NAMES = {
    "clinic_name": "Riverside",
    "clinic_phone": "555 0100",
    "urgent_line": "111",
    "emergency_number": "999",
}


def finding(table, rule, **about):
    *_, findings = found(table, **about).values()
    return next(one for one in findings if one.rule == rule)


def reason(table, rule, **about):
    return why(finding(table, rule, **about), PROTOCOL)


@pytest.mark.parametrize(
    ("table", "rule", "expected"),
    [
        (
            "day redness\n7 0\n8 1",
            "R-1",
            "Redness was present on day 8 (mild). Expected on that day: none.",
        ),
        (
            "day redness\n3 2\n9 2",
            "R-1",
            "Redness was present on day 9 (moderate). Expected on that day: none. There is no score for days 4 to 8.",
        ),
        (
            "day dryness\n11 1\n13 1",
            "D-2",
            "Dryness was present on day 13 (mild). Expected on that day: none. "
            "It was also above the limit on day 11. There is no score for day 12.",
        ),
        (
            "day redness\n2 1\n3 0\n4 2",
            "R-4",
            "Redness rose from day 3 (none) to day 4 (moderate). Expected on that day: mild, up to moderate. "
            "It is within that range. It counts because it went up.",
        ),
        (
            "day redness\n3 0\n9 2",
            "R-4",
            "Redness rose at some time between day 3 (none) and day 9 (moderate). "
            "Expected on that day: none. There is no score for days 4 to 8.",
        ),
        (
            "day redness\n3 0\n5 1\n9 2",
            "R-4",
            "Redness rose at some time between day 3 (none) and day 9 (moderate). "
            "Expected on that day: none. There is no score for day 4, days 6 to 8.",
        ),
        (
            "day redness itch\n1 4 4",
            "V-2",
            "Logged on day 1: Redness (very severe), Itch (very severe). "
            "Expected on that day: Redness (moderate, up to severe), Itch (mild, up to moderate).",
        ),
        (
            "day signs\n2 pus",
            "N-1",
            "Noted on day 2: Thick or cloudy fluid from the skin that is yellow, green or white. "
            "That is not expected on any day.",
        ),
        (
            "day signs\n11 peeling",
            "FL-1",
            "Noted on day 11: Light peeling or flaking. "
            "Expected only on these days: Light peeling or flaking (days 1 to 10).",
        ),
        (
            "day signs\n-2 bruising",
            "W-2",
            "Noted 2 days before the treatment: A bruise. Expected only on these days: A bruise (days 0 to 13).",
        ),
        (
            "day redness signs temperature\n8 1 chills 38.2",
            "N-4",
            "Noted on day 8: Chills or shaking; a temperature of 38.2 °C; Redness on day 8 or later. "
            "That is not expected on any day.",
        ),
        ("day worried\n3 yes", "W-1", "Noted on day 3: worried, and would like a call."),
    ],
)
def test_the_reason_is_what_was_logged_and_names_what_was_not(table, rule, expected):
    assert reason(table, rule) == expected


def test_the_reason_names_what_made_it_more_urgent():
    assert reason("day signs\n3 blisters", "H-1", areas=["eyes"], risk_factors=["eczema"]) == (
        "Noted on day 3: Blisters on the treated skin. That is not expected on any day. "
        "Counted as more urgent because: eczema; the skin around the eyes was treated."
    )


@pytest.mark.parametrize("table", ["day redness\n3 2\n9 2", "day redness\n3 0\n9 2", "day dryness\n8 2\n10 2"])
def test_no_reason_and_no_message_claims_more_than_was_seen(table):
    for findings in found(table).values():
        for one in findings:
            said = f"{why(one, PROTOCOL)} {message(one, PROTOCOL, NAMES)}".lower()
            assert not any(
                claim in said for claim in ("lasted", "for 9 days", "did not", "came back", "still", "gone by")
            )


def test_a_message_is_filled_with_the_clinics_names():
    assert message(finding("day redness\n9 2", "R-1"), PROTOCOL, NAMES) == (
        "You logged moderate redness or color change on day 9. We expect it to have faded by the end of day 7. "
        "Please contact Riverside within a day: 555 0100."
    )


def test_names_that_are_missing_or_empty_are_replaced_by_neutral_words():
    told = message(finding("day signs\n2 breathing_trouble", "A-1"), PROTOCOL, {"emergency_number": ""})
    assert told.endswith("Call your local emergency number now. Do not wait for the clinic.")


def test_a_name_with_braces_is_only_a_name():
    told = message(finding("day redness\n9 2", "R-1"), PROTOCOL, {**NAMES, "clinic_name": "{day} Clinic"})
    assert "contact {day} Clinic within" in told


def test_a_raised_finding_ends_with_what_its_own_tier_asks_for():
    plain, raised = (finding("day signs\n3 blisters", "H-1", areas=areas) for areas in (["face"], ["eyes"]))
    assert message(plain, PROTOCOL, NAMES).endswith("Please contact Riverside within a day: 555 0100.")
    assert message(raised, PROTOCOL, NAMES).endswith("Please call 555 0100 now. If no one answers, call 111.")


def test_a_message_names_the_signs_and_the_questions_it_is_about():
    assert "A bad smell from the skin." in message(finding("day signs\n5 bad_smell", "N-6"), PROTOCOL, NAMES)
    assert "to: Redness, Itch." in message(finding("day itch redness\n2 4 4", "V-2"), PROTOCOL, NAMES)


def test_a_finding_kept_as_json_is_told_in_the_same_words():
    table = "day redness dryness signs temperature\n3 0 3 - .\n9 4 2 swelling,hives,peeling 39"
    for findings in found(table, areas=["eyes"]).values():
        for one in findings:
            values = json.loads(json.dumps(one.values, sort_keys=True))
            kept = Finding(one.rule, Tier(int(one.tier)), one.day, tuple(one.days), values, one.shape, one.protocol)
            assert why(kept, PROTOCOL) == why(one, PROTOCOL)
            assert message(kept, PROTOCOL, NAMES) == message(one, PROTOCOL, NAMES)


def test_every_piece_of_text_is_offered_for_translation():
    one = finding("day redness\n3 0\n9 2", "R-4")
    assert why(one, PROTOCOL, lambda text: "x") == "x x x"
    french = {"none": "aucune", "moderate": "modérée", "Redness": "Rougeur"}
    assert "Rougeur rose" in why(one, PROTOCOL, lambda text: french.get(text, text))


@pytest.mark.parametrize("slip", ["Jour {jour}", "Jour {", "Jour {0}"])
def test_a_slip_in_a_translation_does_not_hide_a_message(slip):
    one = finding("day signs\n2 breathing_trouble", "A-1")
    told = message(one, PROTOCOL, NAMES, lambda text: slip)
    assert "Call 999 now." in told


def test_a_score_that_is_on_its_way_down_again_is_not_told_as_rising():
    assert reason("day redness\n2 0\n3 3\n4 2", "R-4") == (
        "Redness rose from day 2 (none) to day 3 (severe). On day 4: moderate. "
        "Expected on that day: mild, up to moderate. It is within that range. It counts because it went up."
    )


def test_a_message_that_is_complete_has_no_closing_unless_its_tier_was_raised():
    told = message(finding("day worried\n3 yes", "W-1"), PROTOCOL, NAMES)
    assert told.startswith("You asked for a call, and Riverside can see that.")
    assert "within a day" not in told
    raised = replace(finding("day worried\n3 yes", "W-1"), tier=Tier.URGENT)
    assert message(raised, PROTOCOL, NAMES).endswith(PROTOCOL.closings[Tier.URGENT].format_map(NAMES))


def test_the_message_of_a_silence_names_its_days():
    told = message(finding("day signs\n4 warmth", "M-2", as_of_day=6), PROTOCOL, NAMES)
    assert told.startswith("There was no entry for days 5 and 6, after one that asked for another look.")


def test_a_flag_that_was_kept_before_ranges_were_can_still_be_told():
    one = finding("day redness\n3 0\n9 2", "R-4")
    kept = replace(one, values={key: value for key, value in one.values.items() if key not in ("typical", "limit")})
    assert why(kept, PROTOCOL) == (
        "Redness rose at some time between day 3 (none) and day 9 (moderate). There is no score for days 4 to 8."
    )
    very = finding("day redness\n1 4", "V-2")
    assert why(replace(very, values={"scores": {"redness": 4}}), PROTOCOL) == "Logged on day 1: Redness (very severe)."


def test_no_rule_says_that_something_lasted_or_is_still_there():
    for rule in PROTOCOL.rules:
        assert not re.search(r"\b(still|lasted|lasts|keeps)\b", rule.message), rule.code
