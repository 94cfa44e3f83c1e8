"""A draft that takes care away, where nothing is wrong with any row that is left, is asked about each loss."""

import json

import pytest

from journal import protocols
from journal.recovery import protocol_reader
from journal.recovery.doubts import doubts
from journal.recovery.losses import unasked
from journal.recovery.scale import RISK_FACTORS

from .tables import PROTOCOL

CLOCKS = [clock.code for clock in PROTOCOL.care.clocks]
SUN, SUNSCREEN, EXERCISE = (f"protocol.care.clocks[{CLOCKS.index(code)}]" for code in ("sun", "sunscreen", "exercise"))


def draft(change):
    document = json.loads(protocols.text_of(protocols.CURRENT))
    change(document["care"])
    return protocol_reader.read(document)


def lost(change):
    """What is asked about it, without what is left unused by that."""
    found = doubts(draft(change), PROTOCOL)
    return {(one.place, one.text) for one in found if not one.place.startswith(("protocol.s", "protocol.rules"))}


def clock(care, code):
    return care["clocks"][CLOCKS.index(code)]


def advice(care, code):
    return clock(care, code)["advice"]


@pytest.mark.parametrize(
    "part", ["concerns", "preparation", "stages", "clocks", "comforts", "results", "goals", "milestones"]
)
def test_a_part_without_rows_is_asked_about(part):
    def empty(care):
        care[part] = []
        if part == "clocks":
            care["comforts"] = [row | {"clock": None} for row in care["comforts"]]
            for row in care["comforts"]:
                del row["clock"]

    assert (f"protocol.care.{part}", "there is nothing in it") in lost(empty)


def test_a_risk_factor_that_no_question_sets_any_more_is_asked_about():
    def ask_nothing(care):
        for concern in care["concerns"]:
            concern["risk_factors"] = []

    assert lost(ask_nothing) == {
        ("protocol.care.concerns", f"no question sets {factor} any more") for factor in RISK_FACTORS
    }
    assert unasked(PROTOCOL.care, PROTOCOL.care) == []


def test_a_factor_that_another_question_sets_is_not_missed():
    def move(care):
        moved = care["concerns"][0]["risk_factors"]
        care["concerns"][1]["risk_factors"] += moved
        care["concerns"][0]["risk_factors"] = []

    assert lost(move) == set()


@pytest.mark.parametrize(
    ("part", "code"), [("concerns", "open-sores"), ("preparation", "retinoids-before"), ("clocks", "picking")]
)
def test_a_row_that_is_missing_is_asked_about(part, code):
    def forget(care):
        care[part] = [row for row in care[part] if row["code"] != code]

    assert lost(forget) == {(f"protocol.care.{part}", f"{code} is missing")}


def begin_late(care):
    care["preparation"][0]["from_day"] = -1


def stop_early(care):
    care["preparation"][0]["to_day"] = -2


@pytest.mark.parametrize("change", [begin_late, stop_early])
def test_preparation_on_fewer_days_is_asked_about(change):
    assert lost(change) == {("protocol.care.preparation[0]", "holds on fewer days than in the shipped protocol")}


def end_exercise_on_day_2(care):
    first, again = advice(care, "exercise")
    first["to_day"], again["from_day"] = 2, 3


def forget_strong_sun(care):
    del advice(care, "sun")[1]


def allow_sun_after_a_day(care):
    first, strong = advice(care, "sun")
    first["to_day"], strong["from_day"] = 0, 1


def end_sunscreen(care):
    advice(care, "sunscreen")[1]["to_day"] = 2


def forget_to_leave_sport_out(care):
    del advice(care, "exercise")[0]
    advice(care, "exercise")[0]["from_day"] = 0


def next_session_after_two_weeks(care):
    care["spacing"]["from_day"] = 14


@pytest.mark.parametrize(
    ("change", "place", "texts"),
    [
        (
            end_exercise_on_day_2,
            EXERCISE,
            {
                "left out until day 2, in the shipped protocol until day 6",
                "left out until day 2, but S3 says until day 6",
            },
        ),
        (
            forget_to_leave_sport_out,
            EXERCISE,
            {
                "left out until no day, in the shipped protocol until day 6",
                "left out until no day, but S3 says until day 6",
                "left out until no day, but S0 says until day 1",
            },
        ),
        (
            forget_strong_sun,
            SUN,
            {
                "left out until day 6, in the shipped protocol until day 27",
                "told until day 6, in the shipped protocol until day 27",
            },
        ),
        (
            allow_sun_after_a_day,
            SUN,
            {
                "left out until day 0, in the shipped protocol until day 6",
                "left out until day 0, but S3 says until day 6",
                "left out until day 0, but S1 says until day 2",
                "left out until day 0, but S0 says until day 1",
            },
        ),
        (end_sunscreen, SUNSCREEN, {"told until day 2, in the shipped protocol until no known day"}),
        (
            next_session_after_two_weeks,
            "protocol.care.spacing.from_day",
            {"the next session may be from day 14, and not from day 28 on"},
        ),
    ],
)
def test_a_wait_that_ends_sooner_is_asked_about(change, place, texts):
    assert lost(change) == {(place, text) for text in texts}


def wait_longer(care):
    first, again = advice(care, "exercise")
    first["to_day"], again["from_day"] = 9, 10
    care["spacing"]["from_day"] = 35
    care["preparation"][0]["from_day"] = -14


def test_a_draft_that_asks_for_more_has_lost_nothing():
    assert lost(wait_longer) == set()
