"""Who was treated where: tiers go up for some, never down, and an emergency stays what it is."""

import pytest

from journal.recovery.assess import assess
from journal.recovery.scale import AREAS, RISK_FACTORS, SIGNS

from .tables import PROTOCOL, course, found, on


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
    assert finding.values["raised_by"] == ["MOD-11", "MOD-8"]


def test_swelling_around_the_eyes_is_expected_two_days_longer():
    assert on(4, "swelling", areas=["face"]) == {"SW-1": "contact"}
    assert on(5, "swelling", areas=["face", "eyes"]) == {}
    assert on(0, "swelling", areas=["eyes"]) == {}
    assert on(6, "swelling", areas=["face", "eyes"]) == {"SW-1": "contact"}
    assert on(5, "swelling,yellow_crust", areas=["eyes"]) == {"N-6": "contact"}


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
