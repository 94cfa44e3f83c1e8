"""Who was treated where: tiers go up for some, never down, and an emergency stays what it is."""

import pytest

from journal.recovery.assess import assess
from journal.recovery.scale import AREAS, RISK_FACTORS, SIGNS

from .tables import PROTOCOL, course, fired, found, on


@pytest.mark.parametrize("sign", ["blisters", "cold_sore"])
@pytest.mark.parametrize(
    "about", [{"areas": ["eyes"]}, {"risk_factors": ["immunosuppressed"]}, {"risk_factors": ["eczema"]}]
)
def test_blisters_near_the_eyes_or_with_a_weak_defence_are_urgent(sign, about):
    assert on(3, sign) == {"H-1": "contact"}
    assert on(3, sign, risk_factors=["diabetes"], areas=["face", "lips"]) == {"H-1": "contact"}
    assert on(3, sign, **about) == {"H-1": "urgent"}


def test_a_raised_finding_says_what_raised_it():
    ((finding,),) = found("day signs\n3 blisters", areas=["eyes"], risk_factors=["eczema"]).values()
    assert finding.values["raised_by"] == ["MOD-8H", "MOD-11"]


def test_swelling_around_the_eyes_is_expected_two_days_longer():
    assert on(4, "swelling", areas=["face"]) == {"SW-1": "contact"}
    assert on(5, "swelling", areas=["face", "eyes"]) == {}
    assert on(0, "swelling", areas=["eyes"]) == {}
    assert on(6, "swelling", areas=["face", "eyes"]) == {"SW-1": "urgent"}
    assert on(5, "swelling,yellow_crust", areas=["eyes"]) == {"N-6": "urgent"}


@pytest.mark.parametrize("factor", [*RISK_FACTORS, *AREAS])
def test_no_risk_factor_and_no_area_lowers_a_tier_or_touches_an_emergency(factor):
    about = {"areas": ["face", factor]} if factor in AREAS else {"risk_factors": [factor]}
    for sign in SIGNS.keys() - {"swelling"}:
        plain, raised = on(6, sign), on(6, sign, **about)
        assert plain.keys() == raised.keys()
        assert all((plain[code] == "emergency") == (raised[code] == "emergency") for code in plain)
    table = "day redness itch signs\n3 0 3 warmth,bad_smell\n9 3 2 blisters"
    before, after = (assess(course(table, **each), PROTOCOL) for each in ({}, about))
    assert all(one.tier <= other.tier for day in before for one, other in zip(before[day], after[day], strict=True))


# Who, what was noted on which day, and from what tier to what (the brief, section 3.5).
RAISED = [
    ({"risk_factors": ["diabetes"]}, "5 . . yellow_crust", "N-6", "contact", "urgent"),
    ({"risk_factors": ["diabetes"]}, "4 . . warmth", "N-6B", "watch", "contact"),
    ({"risk_factors": ["immunosuppressed"]}, "3 . . increasing_pain", "P-1", "contact", "urgent"),
    ({"risk_factors": ["immunosuppressed"]}, "5 . . swelling", "SW-1", "contact", "urgent"),
    ({"risk_factors": ["diabetes"]}, "4 3 . -", "R-2", "watch", "contact"),
    ({"risk_factors": ["isotretinoin"]}, "4 3 . -", "R-2", "watch", "contact"),
    ({"risk_factors": ["pregnancy"]}, "5 . . fever", "N-5", "contact", "urgent"),
    ({"risk_factors": ["psoriasis"]}, "6 . 2 -", "IT-1", "watch", "contact"),
    ({"risk_factors": ["poor_wound_healing"]}, "4 3 . -", "R-2", "watch", "contact"),
    ({"risk_factors": ["recent_radiation"]}, "0 . . peeling", "W-2", "watch", "contact"),
    ({"skin_tone": 7}, "4 . . warmth", "N-6B", "watch", "contact"),
    ({"skin_tone": 10}, "5 . . dark_patches", "PG-1", "watch", "contact"),
    ({"areas": ["face", "eyes"]}, "5 . . bad_smell", "N-6", "contact", "urgent"),
    ({"areas": ["eyes"]}, "4 . . warmth", "N-6B", "watch", "urgent"),
    ({"modality": "rf"}, "3 . . blisters", "H-1", "contact", "urgent"),
    ({"risk_factors": ["known_allergy"]}, "6 . 2 -", "IT-1", "watch", "contact"),
]


@pytest.mark.parametrize(("about", "row", "rule", "plain", "raised"), RAISED)
def test_a_modifier_raises_what_the_brief_says(about, row, rule, plain, raised):
    table = f"day redness itch signs\n{row}"
    assert fired(table)[rule] == plain
    assert fired(table, **about)[rule] == raised


@pytest.mark.parametrize("tone", [None, 1, 6])
def test_lighter_skin_and_skin_that_was_not_said_raise_nothing(tone):
    assert fired("day signs\n4 warmth", skin_tone=tone) == {"N-6B": "watch"}


def test_a_missed_day_is_not_more_urgent_for_anyone():
    for factor in RISK_FACTORS:
        silent = assess(course("day redness\n0 1", as_of_day=2, risk_factors=[factor]), PROTOCOL)[2]
        assert [(one.rule, one.tier.text) for one in silent] == [("M-3", "watch")]


def test_of_several_modifiers_the_highest_holds():
    about = {"areas": ["eyes"], "risk_factors": ["poor_wound_healing"], "skin_tone": 9}
    assert fired("day signs\n4 warmth", **about) == {"N-6B": "urgent"}
