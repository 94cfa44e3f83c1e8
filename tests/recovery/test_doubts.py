"""What a readable draft is asked about, and where each remark stands in the document."""

import json
from itertools import pairwise

import pytest

from journal import protocols
from journal.recovery import protocol_reader
from journal.recovery.doubts import doubts
from journal.recovery.places import beside, split

from .tables import PROTOCOL


def changed_by(change):
    """The shipped document after one change."""
    changed = json.loads(protocols.text_of(protocols.CURRENT))
    change(changed)
    return changed


def doubted(change):
    """What is asked about it then, by place."""
    return {doubt.place: doubt.text for doubt in doubts(protocol_reader.read(changed_by(change)), PROTOCOL)}


def test_the_shipped_protocol_leaves_nothing_to_ask():
    assert doubts(PROTOCOL, PROTOCOL) == []


def step(from_day, score, like):
    return {**like, "from_day": from_day, "score": score}


def test_a_limit_that_rises_again_after_it_fell_is_asked_about():
    def rise(changed):
        limit = changed["profiles"][0]["bands"][0]["limit"]
        limit.append(step(14, 4, limit[-1]))

    last = len(changed_by(dict)["profiles"][0]["bands"][0]["limit"])
    place = f"protocol.profiles[0].bands[0].limit[{last}]"
    assert doubted(rise) == {place: "rises again on day 14 after it fell"}


def test_a_limit_that_rises_before_it_falls_is_how_dryness_comes():
    steps = PROTOCOL.profiles[0].bands["dryness"].typical_steps
    assert any(after.score > before.score for before, after in pairwise(steps))


def test_days_on_which_nothing_is_found_where_it_should_be_are_asked_about():
    """Without the rules about tightness and those about any severe score, nobody speaks of it."""

    def forget(changed):
        kept = [rule for rule in changed["rules"] if "tightness" not in json.dumps(rule["when"])]
        codes = {rule["code"] for rule in kept}
        changed["rules"] = [rule for rule in kept if set(rule.get("unless", ())) <= codes]
        changed["modifiers"] = []

    assert "nothing is found where tightness is beyond what is expected on any day" in doubted(forget).values()


def test_a_sign_that_nobody_speaks_of_on_some_days_is_asked_about():
    """W-2 is there for every sign that no other rule speaks of; firm bumps have one of their own from day 3 on only."""

    def forget(changed):
        changed["rules"] = [rule for rule in changed["rules"] if rule["code"] != "W-2"]

    asked = [doubt.text for doubt in doubts(protocol_reader.read(changed_by(forget)), PROTOCOL)]
    assert "nothing is found where firm_bumps is beyond what is expected on day 0, 1, 2" in asked
    assert not any("redness" in text for text in asked)


def test_a_message_that_is_hard_to_read_is_asked_about():
    hard = "Considerable erythema necessitates immediate professional consultation notwithstanding circumstances."

    def harden(changed):
        changed["rules"][0]["message"] = hard
        changed["care"]["results"][0]["text"] = hard

    said = doubted(harden)
    assert said.keys() == {"protocol.rules[0].message", "protocol.care.results[0].text"}
    assert all("years of school; 6 at most is plain" in text for text in said.values())


def test_an_urgent_message_without_its_closing_is_asked_about():
    at = next(at for at, rule in enumerate(PROTOCOL.rules) if rule.tier.text == "urgent")
    said = doubted(lambda changed: changed["rules"][at].update(complete=True))
    assert said[f"protocol.rules[{at}].complete"] == "a message at urgent without its closing"


def test_what_nothing_rests_on_is_asked_about():
    def spare(changed):
        changed["sources"]["E999"] = {"title": "A book", "address": "https://example.org", "read": "all of it"}
        changed["statements"]["S0:spare"] = {"source": "S0", "heading": "Aims", "says": "Nobody cites this."}

    assert doubted(spare) == {
        "protocol.statements.S0:spare": "no row rests on this statement",
        "protocol.sources.E999": "no statement is from this source",
    }


def test_a_topic_of_care_that_begins_late_is_asked_about():
    def late(changed):
        changed["care"]["clocks"][0]["advice"][0]["from_day"] = 2

    assert doubted(late) == {"protocol.care.clocks[0].advice[0]": "days 0 to 1 have no row"}


NESTED = {"rules": [{"code": "A", "when": [{"shape": "q"}]}], "statements": {"S0:a.b": {"says": "x"}, "S0:a": {}}}


@pytest.mark.parametrize(
    ("place", "row", "rest"),
    [
        ("protocol.rules[0].tier", "protocol.rules[0]", "tier: wrong"),
        ("protocol.rules[0]", "protocol.rules[0]", "wrong"),
        ("protocol.rules[0].when[0].shape", "protocol.rules[0].when[0]", "shape: wrong"),
        ("protocol.rules[7].code", "protocol", "rules[7].code: wrong"),
        ("protocol.statements.S0:a.b.heading", "protocol.statements.S0:a.b", "heading: wrong"),
        ("protocol.statements.S0:a.says", "protocol.statements.S0:a", "says: wrong"),
        ("protocol.statements", "protocol", "statements: wrong"),
        ("protocol", "protocol", "wrong"),
    ],
)
def test_a_remark_stands_beside_the_innermost_row_of_its_place(place, row, rest):
    [found] = beside(NESTED, [(place, "wrong")])
    assert (found.place, found.remarks) == (row, (rest,))
    assert bool(found.written) == (row != "protocol")


def test_remarks_on_one_row_stand_together():
    found = beside(NESTED, [("protocol.rules[0].tier", "a"), ("protocol", "b"), ("protocol.rules[0].code", "c")])
    assert [(row.place, row.remarks) for row in found] == [
        ("protocol.rules[0]", ("tier: a", "code: c")),
        ("protocol", ("b",)),
    ]


@pytest.mark.parametrize("document", [None, 7, [], "text", {"rules": None}, {"rules": [1]}])
def test_a_document_of_any_kind_can_be_remarked_on(document):
    [found] = beside(document, [("protocol.rules[0].tier", "wrong")])
    assert found.written == ""


def test_a_complaint_is_a_place_and_a_text():
    assert split("protocol.rules[0]: is: odd") == ("protocol.rules[0]", "is: odd")
    assert split("R-1 is missing") == ("protocol", "R-1 is missing")
