"""Documents row by row: what a row is called, and what is different in another version."""

import json
import time
from copy import deepcopy
from importlib.resources import files

import pytest

from journal import protocols
from journal.recovery.differences import differences
from journal.recovery.places import beside
from journal.recovery.written_rows import rows

DOCUMENT = json.loads(files(protocols).joinpath(f"{protocols.CURRENT}.json").read_text("utf-8"))


def changed(change):
    document = deepcopy(DOCUMENT)
    change(document)
    return differences(DOCUMENT, document)


def test_a_document_is_no_different_from_itself():
    assert differences(DOCUMENT, deepcopy(DOCUMENT)) == []


def test_each_row_is_known_by_something_of_its_own():
    known = [row.key for row in rows(DOCUMENT)]
    assert len(known) == len(set(known)) > 600


def change_a_score(document):
    document["profiles"][1]["bands"][0]["limit"][2]["score"] = 4


def move_a_step(document):
    document["profiles"][1]["bands"][0]["limit"][2]["from_day"] = 4


def change_a_message(document):
    document["rules"][0]["message"] = "Something else."


def take_a_question_out(document):
    document["care"]["concerns"] = [row for row in document["care"]["concerns"] if row["code"] != "acne"]


def wait_longer(document):
    document["care"]["clocks"][0]["advice"][0]["to_day"] = 20


def change_an_ending(document):
    document["closings"]["watch"] = "Log again."


def correct_a_statement(document):
    document["statements"]["S0:aims"]["says"] = "Something else."


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (change_a_score, [("limit", "Shallow, less than 0.5 mm · Redness · limit, from day 3", ["score"])]),
        (change_a_message, [("rules", "R-1 Redness on day 8 or later", ["message"])]),
        (wait_longer, [("advice", "Sun · no-sun", ["to_day"])]),
        (change_an_ending, [("closings", "", ["watch"])]),
        (correct_a_statement, [("statements", "S0:aims", ["says"])]),
    ],
)
def test_a_row_that_says_something_else_is_named_with_the_part(change, found):
    assert [(one.kind, one.name, [part for part, _, _ in one.parts]) for one in changed(change)] == found


def swap_profiles(document):
    some = document["profiles"]
    some[0], some[2] = some[2], some[0]


def swap_rules(document):
    some = document["rules"]
    some[4], some[5] = some[5], some[4]


def swap_advice_of_a_clock(document):
    document["care"]["clocks"][0]["advice"].reverse()


@pytest.mark.parametrize(
    ("change", "kind", "name", "rows"),
    [
        (swap_profiles, "profiles", "", lambda document: document["profiles"][:3]),
        (swap_rules, "rules", "", lambda document: document["rules"][4:6]),
        (swap_advice_of_a_clock, "advice", "Sun", lambda document: document["care"]["clocks"][0]["advice"]),
    ],
)
def test_rows_in_another_order_are_one_difference(change, kind, name, rows):
    (found,) = changed(change)
    after = deepcopy(DOCUMENT)
    change(after)
    before_and_after = [[row["code"] for row in rows(document)] for document in (DOCUMENT, after)]
    assert (found.kind, found.name, found.parts) == (kind, name, [("order", *before_and_after)])


def test_a_row_that_comes_first_or_goes_moves_no_other():
    (gone,) = changed(lambda document: document["rules"].pop(3))
    assert gone.kind == "rules"


def test_another_title_of_the_document_is_a_difference():
    (found,) = changed(lambda document: document.update(title="Another", version="another-2"))
    assert (found.kind, found.parts) == ("document", [("title", DOCUMENT["title"], "Another")])


def test_only_another_name_is_none():
    assert changed(lambda document: document.update(version="another-2")) == []


def test_whatever_else_is_different_is_said():
    (found,) = changed(lambda document: document["profiles"].append("no row"))
    assert found.kind == "document"


@pytest.mark.parametrize("document", [None, [], "text", {"rules": 5}])
def test_documents_of_another_shape_are_compared_too(document):
    assert differences(document, deepcopy(document)) == []
    assert differences(DOCUMENT, document)
    assert differences(document, DOCUMENT)


def test_a_row_that_is_gone_is_named():
    (gone,) = changed(take_a_question_out)
    assert (gone.kind, gone.name, gone.after) == ("concerns", "acne", None)
    assert gone.before["asks"]


def test_a_step_on_another_day_is_a_new_one_and_one_that_is_gone():
    new, gone = changed(move_a_step)
    assert (new.name[-5:], new.before) == ("day 4", None)
    assert (gone.name[-5:], gone.after) == ("day 3", None)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("protocol.profiles[1].bands[0].limit[2].says[0]", "Shallow, less than 0.5 mm · Redness · limit, from day 3"),
        ("protocol.rules[0].when[0].signs", "R-1 Redness on day 8 or later"),
        ("protocol.care.clocks[0].advice[0].text", "Sun · no-sun"),
        ("protocol.statements.S0:aims", "S0:aims"),
        ("protocol.care.spacing", "spacing"),
        ("protocol", ""),
    ],
)
def test_a_place_has_a_name(place, name):
    (remarked,) = beside(DOCUMENT, [(place, "is wrong")])
    assert remarked.name == name


def test_a_place_that_makes_no_sense_has_what_there_is_of_a_name():
    odd = {"rules": [{"code": ["x"], "title": 3}], "profiles": {"bands": 1}, "care": None}
    places = ["protocol.rules[0].tier", "protocol.rules[7]", "protocol.profiles.bands", "protocol.care.clocks[0]"]
    assert [one.name for one in beside(odd, [(place, "?") for place in places])] == ["x", "", "profiles"]


def test_many_remarks_on_a_large_document_take_no_time():
    document = {"statements": {f"a.{number}": {} for number in range(20_000)}}
    remarks = [(f"protocol.statements.a.{number}.says", "is wrong") for number in range(2_000)]
    before = time.perf_counter()
    assert len(beside(document, remarks)) == 2_000
    assert time.perf_counter() - before < 2
