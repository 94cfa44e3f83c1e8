"""The care part of a document is read whole, or refused with every complaint and its place."""

from copy import deepcopy

import pytest

from journal.recovery.care_reader import read_care
from journal.recovery.document import Spot
from journal.recovery.rows import Source, Statement

from .small_care import ROW, SMALL_CARE

PAGE = Source("S4", "A page", "page.txt", "", "all of it")
SAID = {code: Statement(PAGE, "After", "Skin turns red.") for code in ("S4:red", "S4:sore", "S4:dry")}
SUN = ("clocks", 0)
NO_SUN = (*SUN, "advice", 0)


def changed(path, value):
    document = deepcopy(SMALL_CARE)
    *steps, last = path
    place = document
    for step in steps:
        place = place[step]
    place[last] = value
    return document


def complaints(document):
    spot = Spot(document, "care")
    read_care(spot, SAID)
    return spot.complaints


def test_care_without_fault_is_read():
    spot = Spot(SMALL_CARE, "care")
    care = read_care(spot, SAID)
    assert not spot.complaints
    assert care.concerns[0].risk_factors == ("eczema",)
    assert care.preparation[0].holds_on(-7)
    assert not care.preparation[0].holds_on(1)
    assert care.stages[0].minutes == (30, 60)
    assert care.stages[1].minutes is None
    assert care.comforts[0].eases == ("itch", "warmth")
    assert care.milestones[0].day == 14
    assert care.clock("sun").avoid_to == 6
    assert care.clock("water").avoid_to is None
    assert care.clock("picking").avoid_to is None


def test_the_most_cautious_source_comes_first_and_one_without_an_end_before_all():
    claims = read_care(Spot(SMALL_CARE, "care"), SAID).clock("sun").claims
    assert [claim.to_day for claim in claims] == [None, 6, 2]


def test_a_clock_that_a_version_does_not_have_is_refused():
    with pytest.raises(KeyError, match="no clock tea"):
        read_care(Spot(SMALL_CARE, "care"), SAID).clock("tea")


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("tea",), 1, ': does not know "tea"'),
        (("concerns",), None, ".concerns: must be a list"),
        (("concerns",), SMALL_CARE["concerns"] * 2, ".concerns: eczema is there twice"),
        (("concerns", 0, "code"), "Eczema now", ".concerns[0].code: must be of small letters, digits and - only"),
        (("concerns", 0, "code"), "", ".concerns[0].code: must be text of 1 to 30 characters"),
        (("concerns", 0, "asks"), "?" * 201, ".concerns[0].asks: must be text of 1 to 200 characters"),
        (("concerns", 0, "advice"), None, ".concerns[0].advice: must be text of 1 to 300 characters"),
        (("concerns", 0, "risk_factors"), ["age"], '.concerns[0].risk_factors[0]: "age" is not a known risk factor'),
        (("concerns", 0, "says"), [], ".concerns[0]: names no statement of a source"),
        (("concerns", 0, "kind"), "sure", '.concerns[0].kind: "sure" is not a known kind'),
        (("concerns", 0, "basis"), None, ".concerns[0].basis: must be text of 1 to 600 characters"),
        (("concerns", 0, "verdict"), "no", '.concerns[0]: does not know "verdict"'),
        (("preparation", 0, "from_day"), -31, ".preparation[0].from_day: must be a whole number from -30 to 100000"),
        (("preparation", 0, "to_day"), 1, ".preparation[0]: must end with the day of the treatment, or sooner"),
        (("preparation", 0, "to_day"), None, ".preparation[0]: must end with the day of the treatment, or sooner"),
        (("preparation", 0, "to_day"), -8, ".preparation[0]: ends before it begins"),
        (("preparation", 0, "does"), "no", ".preparation[0].does: must be true or false"),
        (("stages", 0, "minutes"), [60, 30], ".stages[0].minutes: must be the shortest and the longest time"),
        (("stages", 0, "minutes"), [30], ".stages[0].minutes: must be the shortest and the longest time"),
        (("stages", 0, "minutes"), [0, 30], ".stages[0].minutes[0]: must be a whole number from 1 to 600"),
        (("stages", 1, "areas"), ["knee"], '.stages[1].areas[0]: "knee" is not a known area'),
        ((*NO_SUN, "short"), "?" * 61, ".clocks[0].advice[0].short: must be text of 1 to 60 characters"),
        ((*NO_SUN, "again"), "yes", ".clocks[0].advice[0].again: must be true or false"),
        ((*SUN, "advice"), [], ".clocks[0].advice: must tell something"),
        ((*NO_SUN, "to_day"), 5, ".clocks[0].advice: some-sun must begin on the day after no-sun ends"),
        ((*NO_SUN, "to_day"), None, ".clocks[0].advice: some-sun must begin on the day after no-sun ends"),
        ((*NO_SUN, "does"), True, None),
        ((*SUN, "advice", 1, "code"), "no-sun", ".clocks[0].advice: no-sun is there twice"),
        ((*NO_SUN, "from_day"), -1, ".clocks[0].advice[0].from_day: must be a whole number from 0 to 100000"),
        ((*NO_SUN, "text"), "x" * 301, ".clocks[0].advice[0].text: must be text of 1 to 300 characters"),
        ((*SUN, "claims", 0, "says"), "S9:sun", '.clocks[0].claims[0].says: "S9:sun" is not a known statement'),
        ((*SUN, "claims", 1, "says"), "S4:red", ".clocks[0].claims: S4:red is there twice"),
        ((*SUN, "claims", 0, "to_day"), -2, ".clocks[0].claims[0].to_day: must be a whole number from -1 to 100000"),
        (("comforts", 0, "eases"), ["joy"], '.comforts[0].eases[0]: "joy" is not a known question or sign'),
        (("comforts", 0, "clock"), "tea", '.comforts[0].clock: "tea" is not a known clock'),
        (("results", 0, "from_day"), -1, ".results[0].from_day: must be a whole number from 0 to 100000"),
        (("results", 0, "title"), "", ".results[0].title: must be text of 1 to 80 characters"),
        (("goals", 0, "label"), 7, ".goals[0].label: must be text of 1 to 80 characters"),
        (("milestones",), [{"week": 2, **ROW}] * 2, ".milestones: week 2 is there twice"),
        (("milestones", 0, "week"), 0, ".milestones[0].week: must be a whole number from 1 to 52"),
        (("spacing", "to_day"), 27, ".spacing: ends before it begins"),
        (("spacing",), None, ".spacing: must be an object"),
    ],
)
def test_each_mistake_is_told_with_its_place(path, value, complaint):
    told = complaints(changed(path, value))
    assert complaint is None or f"care{complaint}" in told
    assert bool(told) == bool(complaint)


def test_what_is_left_out_comes_first():
    document = changed((*NO_SUN, "does"), True)
    document["clocks"][0]["advice"][1]["does"] = False
    assert complaints(document) == ["care.clocks[0].advice: must begin with what is left out"]


def test_two_things_may_be_left_out_after_each_other_and_nothing_once_it_may_be_done():
    assert complaints(changed((*SUN, "advice", 1, "does"), False)) == []
    document = changed((*SUN, "advice", 2, "does"), False)
    assert complaints(document) == ["care.clocks[0].advice: must begin with what is left out"]


def test_a_document_without_statements_is_refused_and_breaks_nothing():
    spot = Spot(SMALL_CARE, "care")
    read_care(spot, {})
    assert 'care.clocks[0].claims[0].says: "S4:red" is not a known statement' in spot.complaints


@pytest.mark.parametrize("document", [None, [], {}, "care", {"clocks": [None, 5]}, {"spacing": []}])
def test_a_document_of_another_shape_is_refused_and_breaks_nothing(document):
    assert complaints(document)
