"""A protocol document is read whole, or refused with every complaint and its place."""

import json
from copy import deepcopy

import pytest

from journal import protocols
from journal.recovery.course import Course
from journal.recovery.document import Unreadable, parse
from journal.recovery.protocol_reader import read
from journal.recovery.scale import Tier

from .small_care import ROW, SMALL_CARE


def flat():
    return [{"from_day": 0, "score": 1, **ROW}]


SMALL = {
    "version": "draft-1",
    "title": "A draft",
    "sources": {"S4": {"title": "A page", "document": "page.txt", "read": "whole document"}},
    "statements": {
        code: {"source": "S4", "heading": "After", "says": "Skin turns red."}
        for code in ("S4:red", "S4:sore", "S4:dry")
    },
    "closings": {
        "watch": "Log again.",
        "contact": "Call {clinic_phone}.",
        "urgent": "Call {clinic_phone} now.",
        "emergency": "Call {emergency_number}.",
    },
    "profiles": [
        {
            "code": "standard",
            "label": "All",
            "bands": [
                {"question": question, "typical": flat(), "limit": [*flat(), {"from_day": 3, "score": 2, **ROW}]}
                for question in ("redness", "dryness", "tightness", "itch")
            ],
        }
    ],
    "windows": [{"sign": "warmth", "from_day": 0, "to_day": 2, **ROW}],
    "rules": [
        {
            "code": "A",
            "family": "redness",
            "tier": "contact",
            "when": [{"shape": "above", "question": "redness"}],
            "title": "A",
            "message": "You logged {word} redness on day {day}.",
            "staff": "Look.",
            **ROW,
        },
        {
            "code": "B",
            "family": "infection",
            "tier": "urgent",
            "when": [{"shape": "together", "at_least": 2, "clues": [{"signs": ["pus"]}, {"rules": ["A"]}]}],
            "unless": ["A"],
            "title": "B",
            "message": "You noted: {signs}.",
            "staff": "Look.",
            **ROW,
        },
        {
            "code": "C",
            "family": "infection",
            "tier": "watch",
            "when": [{"shape": "present", "signs": ["warmth"], "past_window": True}],
            "title": "C",
            "message": "You noted: {signs}.",
            "staff": "Look.",
            **ROW,
        },
    ],
    "modifiers": [
        {
            "code": "M",
            "reason": "eczema",
            "risk_factors": ["eczema"],
            "rules": ["A"],
            "raises": {"contact": "urgent"},
            **ROW,
        }
    ],
    "checkins": [{"day": 21, "title": "Three weeks", "asks": ["redness", "firm_bumps"], **ROW}],
    "care": SMALL_CARE,
}


def changed(path, value):
    """The small document with one place written differently, or left out if `value` is None."""
    document = deepcopy(SMALL)
    *steps, last = path
    place = document
    for step in steps:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return document


def complaints(document):
    with pytest.raises(Unreadable) as refused:
        read(document)
    return refused.value.complaints


def test_a_document_without_fault_is_read():
    protocol = read(SMALL)
    assert protocol.rule("A").tier is Tier.CONTACT
    assert protocol.profiles[0].bands["itch"].limit == (1, 1, 1, *[2] * 12)
    assert protocol.profiles[0].bands["itch"].limit_on(400) == 2


RULE = ("rules", 0)
WHEN = (*RULE, "when", 0)
BAND = ("profiles", 0, "bands", 0)
GO_UP = ".profiles[0].bands[0].limit: must start on day 0 and go up in days"
OR_ELSE = ".rules[0].when[0]: must name what is noted, or else be uncovered"
ONLY_UP = ".modifiers[0].raises.contact: may only raise, and to urgent at most"


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("version",), "", ".version: must be text of 1 to 60 characters"),
        (("extra",), 1, ': does not know "extra"'),
        (("sources",), [], ".sources: must be an object"),
        (("sources", "S4"), {"title": "A page"}, ".sources.S4: needs a document or an address"),
        (("sources", "S4", "read"), None, ".sources.S4.read: must be text of 1 to 100 characters"),
        (("statements",), None, ".statements: must be an object"),
        (("statements", "S4:red", "source"), "S9", '.statements.S4:red.source: "S9" is not a known source'),
        (("statements", "S4:red", "heading"), "", ".statements.S4:red.heading: must be text of 1 to 200 characters"),
        (("closings", "urgent"), None, ".closings.urgent: must be text of 1 to 500 characters"),
        (("closings", "urgent"), "Call now.", ".closings.urgent: must name {clinic_phone}"),
        (("closings", "emergency"), "All is well.", ".closings.emergency: must name {emergency_number}"),
        (("checkins",), SMALL["checkins"] * 2, ".checkins: day 21 is there twice"),
        (("closings", "urgent"), "Call on day {day}.", ".closings.urgent: cannot fill the placeholder {day} here"),
        (("profiles", 0, "code"), "deep", '.profiles: one must have the code "standard", for all that no other fits'),
        ((*BAND, "question"), "itch", ".profiles[0].bands: itch is there twice"),
        ((*BAND, "question"), "itch", ".profiles[0].bands: has no band for redness"),
        ((*BAND, "question"), "pain", '.profiles[0].bands[0].question: "pain" is not a known question'),
        ((*BAND, "typical", 0, "score"), 2, ".profiles[0].bands[0]: the limit is below what is typical on day 0"),
        (
            (*BAND, "typical", 0, "score"),
            True,
            ".profiles[0].bands[0].typical[0].score: must be a whole number from 0 to 4",
        ),
        ((*BAND, "limit", 1, "from_day"), 0, GO_UP),
        ((*BAND, "limit", 0, "from_day"), 1, GO_UP),
        (
            (*BAND, "limit", 1, "from_day"),
            15,
            ".profiles[0].bands[0].limit[1].from_day: must be a whole number from 0 to 14",
        ),
        ((*BAND, "limit"), [], GO_UP),
        ((*BAND, "limit", 0, "says"), [], ".profiles[0].bands[0].limit[0]: names no statement of a source"),
        ((*BAND, "limit", 0, "kind"), None, ".profiles[0].bands[0].limit[0].kind: null is not a known kind"),
        (("windows", 0, "sign"), "mood", '.windows[0].sign: "mood" is not a known sign'),
        (("windows", 0, "to_day"), -1, ".windows[0].to_day: must be a whole number from 0 to 100000"),
        (("windows", 0, "from_day"), 5, ".windows[0]: ends before it begins"),
        (("windows",), SMALL["windows"] * 2, ".windows: warmth is there twice"),
        ((*RULE, "code"), "B", ".rules: B is there twice"),
        ((*RULE, "says"), None, ".rules[0]: names no statement of a source"),
        ((*RULE, "says"), ["S9:x"], '.rules[0].says[0]: "S9:x" is not a known statement'),
        ((*RULE, "choice"), "", ".rules[0].choice: must be text of 1 to 600 characters"),
        ((*RULE, "kind"), "guessed", '.rules[0].kind: "guessed" is not a known kind'),
        ((*RULE, "basis"), None, ".rules[0].basis: must be text of 1 to 600 characters"),
        ((*RULE, "tier"), "none", '.rules[0].tier: "none" is not a known tier'),
        ((*RULE, "unless"), ["B"], '.rules[0].unless[0]: "B" is not a known rule further up'),
        ((*RULE, "when"), [], ".rules[0].when: must name at least one condition"),
        ((*RULE, "message"), "Hi {name}.", ".rules[0].message: cannot fill the placeholder {name} here"),
        ((*RULE, "message"), "You noted: {signs}.", ".rules[0].message: cannot fill the placeholder {signs} here"),
        ((*RULE, "message"), "Day {day!r}.", ".rules[0].message: cannot fill the placeholder {day!r} here"),
        ((*RULE, "message"), "Day {day.real}.", ".rules[0].message: cannot fill the placeholder {day.real} here"),
        ((*RULE, "message"), "Day {.", ".rules[0].message: cannot fill the placeholder {...} here"),
        ((*RULE, "message"), "Day {{day}}.", ".rules[0].message: has doubled braces"),
        ((*RULE, "message"), "All\u200b.", ".rules[0].message: holds a character that cannot be seen"),
        (("closings", "harmless"), "Rest.", '.closings: does not know "harmless"'),
        (("closings", "emergency"), "Call {{emergency_number}}.", ".closings.emergency: must name {emergency_number}"),
        (("sources", "S 4\x1b"), {}, '.sources: "S 4\\u001b" is no code: letters, digits and .:_- only'),
        (
            ("sources", "S4", "address"),
            "javascript:alert(1)",
            ".sources.S4.address: must begin with https:// or http://",
        ),
        (("profiles", 0, "bands"), [], ".profiles[0].bands: has no band for redness"),
        (
            ("windows", 0, "areas"),
            ["eyes"],
            ".rules[2].when[0]: warmth has no window to be past",
        ),
        ((*WHEN, "shape"), "wobbles", '.rules[0].when[0].shape: "wobbles" is not a known shape'),
        ((*WHEN, "question"), None, ".rules[0].when[0].question: null is not a known question"),
        ((*WHEN, "by"), 0, ".rules[0].when[0].by: must be a whole number from 1 to 4"),
        ((*WHEN, "signs"), ["pus"], '.rules[0].when[0]: does not know "signs"'),
        (
            WHEN,
            {"shape": "above", "question": "itch", "from_day": 4, "to_day": 2},
            ".rules[0].when[0]: ends before it begins",
        ),
        (WHEN, {"shape": "reaches", "score": 4}, ".rules[0].when[0].questions: must be a list"),
        (WHEN, {"shape": "present"}, OR_ELSE),
        (WHEN, {"shape": "present", "signs": ["pus"], "uncovered": True}, OR_ELSE),
        (
            WHEN,
            {"shape": "present", "signs": ["pus"], "past_window": True},
            ".rules[0].when[0]: pus has no window to be past",
        ),
        (
            WHEN,
            {"shape": "present", "temperature_from": 100.4},
            ".rules[0].when[0].temperature_from: must be a number from 34 to 43",
        ),
        (
            WHEN,
            {"shape": "together", "at_least": 2, "clues": [{"signs": ["pus"]}]},
            ".rules[0].when[0]: must ask for two or more of its clues, and for no more than it has",
        ),
        (
            WHEN,
            {"shape": "together", "at_least": 2, "clues": [{}, {}]},
            ".rules[0].when[0].clues[1]: must name what is noted",
        ),
        (
            ("rules", 1, "when", 0, "clues", 1, "rules"),
            ["B"],
            '.rules[1].when[0].clues[1].rules[0]: "B" is not a known rule further up',
        ),
        (("modifiers", 0, "rules"), ["Z"], '.modifiers[0].rules[0]: "Z" is not a known rule'),
        (("modifiers", 0, "rules"), [], ".modifiers[0]: names no family and no rule"),
        (("modifiers", 0, "families"), ["mood"], '.modifiers[0].families[0]: "mood" is not a known family'),
        (("modifiers", 0, "risk_factors"), None, ".modifiers[0]: does not say for whom"),
        (
            ("modifiers", 0, "skin_tone_from"),
            11,
            ".modifiers[0].skin_tone_from: must be a whole number from 1 to 10",
        ),
        (("modifiers", 0, "raises"), {"contact": "emergency"}, ONLY_UP),
        (("modifiers", 0, "raises"), {"contact": "watch"}, ONLY_UP),
        (("modifiers", 0, "raises"), {"urgent": "emergency"}, '.modifiers[0].raises: does not know "urgent"'),
        (("modifiers", 0, "raises"), {}, ".modifiers[0].raises: raises nothing"),
        (("checkins", 0, "day"), 14, ".checkins[0].day: must be a whole number from 15 to 100000"),
        (("checkins", 0, "asks"), ["mood"], '.checkins[0].asks[0]: "mood" is not a known question or sign'),
        (
            WHEN,
            {"shape": "unclear", "question": "itch", "times": 2},
            ".rules[0].when[0]: only redness may be answered so",
        ),
        (WHEN, {"shape": "silent", "days": 0}, ".rules[0].when[0].days: must be a whole number from 1 to 60"),
        (WHEN, {"shape": "silent", "days": 2, "after": "none"}, '.rules[0].when[0].after: "none" is not a known tier'),
        (
            WHEN,
            {"shape": "climbs", "question": "redness", "score": 1, "within_days": 2},
            ".rules[0].when[0].steps: must be a whole number from 1 to 4",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(path, value, complaint):
    assert f"protocol{complaint}" in complaints(changed(path, value))


@pytest.mark.parametrize("document", [None, [], "text", 7])
def test_what_is_no_object_is_refused(document):
    assert complaints(document) == ("protocol: must be an object",)


def test_all_faults_are_told_at_once():
    document = changed((*RULE, "kind"), "guessed")
    document["title"] = 5
    assert len(complaints(document)) == 2


def test_a_key_written_twice_is_a_fault():
    text = json.dumps(SMALL).replace('"version"', '"version": "old", "version"', 1)
    assert complaints(parse(text)) == ('protocol: "version" is written twice',)


def test_a_profile_for_a_depth_or_a_modality_is_used_where_it_fits():
    document = deepcopy(SMALL)
    standard = document["profiles"][0]
    document["profiles"] += [
        {**standard, "code": "rf", "modality": "rf"},
        {**standard, "code": "shallow", "shallower_than_mm": 0.5},
        {**standard, "code": "deep", "deeper_than_mm": 1.5},
    ]
    protocol = read(document)

    def profile(**about):
        return protocol.profile_for(Course(readings=(), **about)).code

    assert profile() == "standard"
    assert profile(depth_mm=0.5) == profile(depth_mm=1.5) == "standard"
    assert profile(depth_mm=0.4) == "shallow"
    assert profile(depth_mm=1.6) == "deep"
    assert profile(depth_mm=1.6, modality="rf") == "rf"


def test_a_code_that_a_version_does_not_have_is_refused():
    with pytest.raises(KeyError, match="draft-1 has no rule R-1"):
        read(SMALL).rule("R-1")
    with pytest.raises(KeyError, match="draft-1 has no modifier MOD-1"):
        read(SMALL).modifier("MOD-1")


def test_an_unknown_version_is_refused_and_leads_to_no_file():
    for version in ("microneedling-0", "", "../protocols/microneedling-1", "__init__"):
        with pytest.raises(protocols.UnknownVersion, match="there is no protocol"):
            protocols.load(version)


def test_a_row_knows_each_source_that_speaks_to_it_once():
    document = deepcopy(SMALL)
    document["statements"]["S4:dry"] = {"source": "S4", "heading": "Later", "says": "Skin is dry."}
    document["rules"][0]["says"] = ["S4:red", "S4:dry"]
    rule = read(document).rule("A")
    assert rule.sources == ("S4",)
    assert [said.heading for said in rule.says] == ["After", "Later"]


def test_a_modifier_takes_whole_families_and_single_rules():
    document = deepcopy(SMALL)
    document["modifiers"][0] |= {"families": ["infection"], "rules": ["A"]}
    assert read(document).modifier("M").rules == ("A", "B", "C")


@pytest.mark.parametrize(
    ("who", "about", "included"),
    [
        ({}, {}, True),
        ({"areas": ["eyes"]}, {"areas": frozenset({"face", "eyes"})}, True),
        ({"areas": ["eyes"]}, {"areas": frozenset({"face"})}, False),
        ({"risk_factors": ["eczema"]}, {"risk_factors": frozenset({"eczema"})}, True),
        ({"modalities": ["rf"]}, {"modality": "rf"}, True),
        ({"modalities": ["rf"]}, {}, False),
        ({"skin_tone_from": 7}, {"skin_tone": 7}, True),
        ({"skin_tone_from": 7}, {"skin_tone": 6}, False),
        ({"skin_tone_from": 7}, {}, False),
        ({"areas": ["eyes"], "modalities": ["rf"]}, {"modality": "rf"}, True),
    ],
)
def test_a_check_in_is_for_those_it_names_and_for_everyone_if_it_names_nobody(who, about, included):
    document = deepcopy(SMALL)
    document["checkins"][0] |= who
    assert [one.day for one in read(document).checkins_for(Course(readings=(), **about))] == [21] * included
