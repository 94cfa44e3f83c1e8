"""The sign table of the design, row by row: in the norm, beyond it, and with others."""

import pytest

from journal.recovery.scale import SIGNS

from .tables import fired, found, on

EXPECTED = {
    "warmth": (0, 2, "N-6B", "watch"),
    "swelling": (0, 3, "SW-1", "contact"),
    "peeling": (1, 10, "FL-1", "contact"),
    "bruising": (0, 13, "BR-2", "contact"),
    "bleeding": (0, 1, "BL-2", "contact"),
    "increasing_pain": (1, 1, "P-1", "contact"),
}
NEVER_EXPECTED = {
    "yellow_crust": ("N-6", "contact"),
    "bad_smell": ("N-6", "contact"),
    "open_wound": ("N-6", "contact"),
    "pus": ("N-1", "urgent"),
    "spreading_redness": ("N-2", "urgent"),
    "red_streaks": ("N-3", "urgent"),
    "fever": ("N-5", "contact"),
    "chills": ("N-5", "contact"),
    "blisters": ("H-1", "contact"),
    "cold_sore": ("H-1", "contact"),
    "hives": ("A-2", "urgent"),
    "face_or_throat_swelling": ("A-1", "emergency"),
    "breathing_trouble": ("A-1", "emergency"),
    "eye_pain_or_vision_change": ("E-1", "emergency"),
    "feeling_very_unwell": ("N-8", "emergency"),
    "raised_scar": ("SC-1", "contact"),
}
BY_DAY = {"swollen_glands", "dark_patches", "firm_bumps"}
MINOR = {
    "yellow_crust": 0,
    "bad_smell": 0,
    "open_wound": 0,
    "swollen_glands": 0,
    "increasing_pain": 2,
    "warmth": 3,
    "swelling": 4,
}
FEVER = {"fever", "chills"}
EMERGENCY = {sign for sign, (_, tier) in NEVER_EXPECTED.items() if tier == "emergency"}
SKIN = SIGNS.keys() - FEVER - EMERGENCY


def test_every_sign_is_in_one_of_these_tables():
    assert SIGNS.keys() == EXPECTED.keys() | NEVER_EXPECTED.keys() | BY_DAY


@pytest.mark.parametrize("sign", EXPECTED)
def test_an_expected_sign_is_silent_in_its_window_and_speaks_after_it(sign):
    first, last, rule, tier = EXPECTED[sign]
    assert on(first, sign) == {}
    assert on(last, sign) == {}
    assert on(last + 1, sign) == {rule: tier}
    assert on(last + 30, sign) == {rule: tier}


@pytest.mark.parametrize(("sign", "day"), [("peeling", 0), ("increasing_pain", 0), ("bruising", -1)])
def test_an_expected_sign_before_its_window_is_watched(sign, day):
    assert on(day, sign) == {"W-2": "watch"}


@pytest.mark.parametrize("sign", NEVER_EXPECTED)
@pytest.mark.parametrize("day", [-3, 0, 1, 5, 30])
def test_a_sign_that_is_never_expected_speaks_on_any_day(sign, day):
    rule, tier = NEVER_EXPECTED[sign]
    assert on(day, sign) == {rule: tier}


def test_swollen_glands_are_watched_to_day_7_and_then_for_the_clinic():
    assert on(0, "swollen_glands") == on(7, "swollen_glands") == {"N-6B": "watch"}
    assert on(8, "swollen_glands") == {"N-6": "contact"}


def test_dark_patches_are_watched_to_day_13_and_then_for_the_clinic():
    assert on(2, "dark_patches") == {"W-2": "watch"}
    assert on(3, "dark_patches") == on(13, "dark_patches") == {"PG-1": "watch"}
    assert on(14, "dark_patches") == on(60, "dark_patches") == {"PG-2": "contact"}


def test_firm_bumps_are_for_the_clinic_from_day_3_at_any_later_day():
    assert on(2, "firm_bumps") == {"W-2": "watch"}
    assert on(3, "firm_bumps") == on(21, "firm_bumps") == on(120, "firm_bumps") == {"BP-1": "contact"}


@pytest.mark.parametrize("sign", MINOR)
@pytest.mark.parametrize("other", MINOR)
def test_two_minor_signs_on_one_day_are_urgent(sign, other):
    day = max(MINOR[sign], MINOR[other])
    expected = {"N-7": "urgent"}
    assert (on(day, f"{sign},{other}") == expected) == (sign != other)


def test_a_minor_sign_counts_only_from_its_day():
    assert on(1, "increasing_pain,yellow_crust") == {"N-6": "contact"}
    assert on(2, "warmth,yellow_crust") == {"N-6": "contact"}
    assert on(3, "swelling,yellow_crust") == {"N-6": "contact"}
    assert on(2, "warmth,swelling,peeling,bruising") == {}


def test_an_expected_sign_beside_a_minor_one_is_not_a_second():
    assert on(5, "warmth,peeling") == {"N-6B": "watch"}
    assert on(5, "warmth,bruising,peeling") == {"N-6B": "watch"}


# What makes any other sign past its days urgent, by the first day from which it does.
HOT = {"warmth": 3, "swelling": 4, "increasing_pain": 2, "swollen_glands": 0}
PAST_THEIR_DAYS = {
    "blisters": 0,
    "cold_sore": 0,
    "raised_scar": 0,
    "firm_bumps": 3,
    "dark_patches": 3,
    "peeling": 11,
    "bruising": 14,
    "bleeding": 2,
}


@pytest.mark.parametrize("sign", HOT)
@pytest.mark.parametrize("other", PAST_THEIR_DAYS)
def test_heat_swelling_pain_or_glands_with_any_other_sign_past_its_days_are_urgent(sign, other):
    first = max(HOT[sign], PAST_THEIR_DAYS[other])
    for day in (first, first + 1, first + 30):
        assert on(day, f"{sign},{other}")["N-7"] == "urgent", day
    if first > 0:
        assert "N-7" not in on(first - 1, f"{sign},{other}")


@pytest.mark.parametrize("sign", PAST_THEIR_DAYS)
@pytest.mark.parametrize("other", PAST_THEIR_DAYS)
def test_other_signs_past_their_days_are_not_urgent_among_themselves(sign, other):
    assert "urgent" not in on(20, f"{sign},{other}").values()


@pytest.mark.parametrize("sign", HOT)
def test_one_of_them_alone_is_never_urgent(sign):
    for day in (0, 1, 5, 30):
        assert "urgent" not in on(day, sign).values()


def test_minor_signs_on_different_days_are_not_together():
    assert fired("day signs\n4 yellow_crust\n5 bad_smell") == {"N-6": "contact"}


@pytest.mark.parametrize("table", ["day redness signs\n8 1 warmth", "day redness signs\n5 2 warmth"])
def test_redness_for_the_clinic_counts_as_one_minor_sign(table):
    assert fired(table)["N-7"] == "urgent"


def test_redness_counts_once_however_many_of_its_rules_fire():
    both = fired("day redness signs\n3 0 -\n9 2 -")
    assert both == {"R-1": "contact", "R-4": "contact"}


def test_redness_that_is_only_watched_is_no_minor_sign():
    assert fired("day redness signs\n4 3 warmth") == {"R-2": "watch", "N-6B": "watch"}


@pytest.mark.parametrize("fever", ["fever -", "chills -", "- 38.0"])
def test_fever_alone_is_for_the_clinic(fever):
    assert fired(f"day signs temperature\n5 {fever}".replace(" -", " .")) == {"N-5": "contact"}


def test_a_temperature_below_38_is_no_fever():
    assert fired("day signs temperature\n5 - 37.9") == {}
    assert fired("day signs temperature\n5 peeling 37.9") == {}


@pytest.mark.parametrize("sign", sorted(SKIN))
@pytest.mark.parametrize("day", [1, 5])
def test_fever_with_any_sign_of_the_skin_is_urgent(sign, day):
    with_fever = on(day, f"fever,{sign}")
    assert with_fever["N-4"] == "urgent"
    assert "N-5" not in with_fever
    assert fired(f"day signs temperature\n{day} {sign} 38.2")["N-4"] == "urgent"


@pytest.mark.parametrize("redness", ["4 3", "5 2", "8 1"])
def test_fever_with_redness_beyond_its_limit_is_urgent(redness):
    assert fired(f"day redness temperature\n{redness} 38.2")["N-4"] == "urgent"


def test_fever_with_redness_that_came_back_is_urgent():
    assert fired("day redness temperature\n3 0 .\n4 2 38.2") == {"N-4": "urgent", "R-4": "contact"}


def test_fever_with_redness_within_its_limit_is_fever_alone():
    assert fired("day redness temperature\n5 1 38.2") == {"N-5": "contact"}


@pytest.mark.parametrize("sign", sorted(EMERGENCY))
@pytest.mark.parametrize("company", ["", ",fever", ",hives,pus", ",peeling,warmth"])
def test_an_emergency_is_one_in_any_company_and_comes_first(sign, company):
    assert next(iter(on(5, sign + company).values())) == "emergency"


def test_a_danger_sign_alone_is_enough_where_nothing_else_was_answered():
    assert fired("day redness signs\n2 . pus") == {"N-1": "urgent"}


def test_someone_who_is_worried_is_for_the_clinic_on_any_day_and_with_any_scores():
    table = "day redness dryness tightness itch signs worried\n{} 0 0 0 0 - {}"
    assert fired(table.format(6, ".")) == {}
    assert fired(table.format(6, "yes")) == {"W-1": "contact"}
    assert fired(table.format(-1, "yes")) == {"W-1": "contact"}


def test_a_worry_is_no_sign_of_the_skin_and_no_fever():
    assert fired("day signs worried\n6 yellow_crust yes") == {"N-6": "contact", "W-1": "contact"}
    assert fired("day signs worried\n6 fever yes") == {"N-5": "contact", "W-1": "contact"}


def test_no_ticked_sign_outside_its_window_is_met_with_silence():
    for day in (-5, 0, 1, 2, 3, 4, 8, 11, 14, 90):
        for sign in SIGNS:
            first, last = EXPECTED.get(sign, (1, 0, "", ""))[:2]
            assert first <= day <= last or on(day, sign), (day, sign)


def test_the_catch_all_names_only_what_no_other_rule_spoke_of():
    (*_, last) = found("day signs\n0 peeling,pus,warmth")[0]
    assert last.rule == "W-2"
    assert last.values["signs"] == ["peeling"]
