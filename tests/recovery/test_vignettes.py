"""The written vignettes of the clinical brief, as far as these questions can tell them."""

import pytest

from .tables import fired

SCORES = "day redness dryness tightness itch signs"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("0 3 1 2 1 -|1 2 2 2 1 -|2 1 2 1 1 -|3 1 2 1 0 -|4 0 1 0 0 -", {}, id="TC-01 typical"),
        pytest.param("4 2 0 0 0 -|5 1 0 0 0 -|6 1 0 0 0 -|7 1 0 0 0 -", {}, id="TC-02 day 7 is within a week"),
        pytest.param("6 1 0 0 0 -|7 1 0 0 0 -|8 1 0 0 0 -", {"R-1": "contact"}, id="TC-03 day 8 is over a week"),
        pytest.param("3 2 0 0 0 -|9 2 0 0 0 -", {"R-1": "contact"}, id="TC-04 a gap between"),
        pytest.param("3 0 0 0 0 -|9 2 0 0 0 -", {"R-1": "contact", "R-4": "contact"}, id="TC-05 rose in a gap"),
        pytest.param("3 2 0 0 0 -|9 0 0 0 0 -", {}, id="TC-06 gone after a gap"),
        pytest.param("1 2 0 0 0 -|2 1 0 0 0 -|3 0 0 0 0 -|4 2 0 0 0 -", {"R-4": "contact"}, id="TC-07 rebound"),
        pytest.param(
            "2 1 0 0 0 -|3 2 0 0 0 -|4 3 0 0 0 -",
            {"R-4": "contact", "R-7": "contact", "R-2": "watch"},
            id="TC-10 rising on three days",
        ),
        pytest.param("3 0 0 0 0 -|5 1 0 0 0 -", {"R-5": "watch"}, id="TC-08 slight return"),
        pytest.param("3 ? 0 0 0 -|4 ? 0 0 0 -", {"R-8": "watch"}, id="TC-31 color can't be told twice"),
        pytest.param("0 4 1 2 1 -", {"V-1": "watch"}, id="TC-11 very severe on day 0"),
        pytest.param("0 4 0 0 0 -|1 4 0 0 0 -", {"V-2": "contact", "R-2": "watch"}, id="TC-12 very severe on day 1"),
        pytest.param("7 0 2 0 0 -|8 0 2 0 0 -", {"D-1": "watch"}, id="TC-13 dry on day 8"),
        pytest.param("7 0 2 0 0 -|8 0 2 0 0 -|9 0 2 0 0 -", {"D-2": "contact"}, id="TC-14 dry on days 8 and 9"),
        pytest.param("3 0 2 0 0 -|4 0 3 0 0 -", {}, id="TC-15 dry on day 4"),
        pytest.param("1 1 0 0 1 -|2 1 0 0 3 -", {"IT-2": "contact", "IT-3": "contact"}, id="TC-16 severe itch"),
        pytest.param("1 2 1 1 0 warmth", {}, id="TC-19 warm on day 1"),
        pytest.param("4 1 1 0 0 warmth", {"N-6B": "watch"}, id="TC-20 warm on day 4"),
        pytest.param("4 1 1 0 0 warmth,increasing_pain", {"N-7": "urgent"}, id="TC-22 warm and more pain"),
        pytest.param("2 2 1 1 1 pus", {"N-1": "urgent"}, id="TC-23 thick fluid"),
        pytest.param("0 3 1 2 1 breathing_trouble", {"A-1": "emergency"}, id="TC-26 trouble breathing"),
        pytest.param("5 1 1 0 0 yellow_crust", {"N-6": "contact"}, id="TC-27 a crust"),
        pytest.param("4 1 2 0 0 peeling", {}, id="TC-29 peeling on day 4"),
        pytest.param("11 0 0 0 0 peeling", {"FL-1": "contact"}, id="TC-30 peeling on day 11"),
        pytest.param("10 0 0 0 0 bruising", {}, id="TC-37 a bruise on day 10"),
        pytest.param("14 0 0 0 0 bruising", {"BR-2": "contact"}, id="TC-38 a bruise on day 14"),
        pytest.param("21 0 0 0 0 firm_bumps", {"BP-1": "contact"}, id="TC-39 firm bumps on day 21"),
        pytest.param("4 1 1 0 0 swollen_glands", {"N-6B": "watch"}, id="TC-44 glands on day 4"),
        pytest.param("9 0 0 0 0 swollen_glands", {"N-6": "contact"}, id="TC-45 glands on day 9"),
        pytest.param("5 . 0 0 0 -", {}, id="TC-46 redness not answered"),
        pytest.param("0 3 1 2 2 hives", {"A-2": "urgent"}, id="TC-48 welts"),
        pytest.param(
            "5 0 0 0 0 -|6 0 0 0 1 -|7 0 0 0 3 -", {"IT-2": "contact", "IT-3": "contact"}, id="TC-52 itch from 1 to 3"
        ),
    ],
)
def test_a_vignette(rows, expected):
    assert fired("\n".join([SCORES, *rows.split("|")])) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("5 1 - 38.2 .", {"N-5": "contact"}, id="TC-24 fever alone"),
        pytest.param(
            "4 2 - . .|5 3 - 38.2 .", {"N-4": "urgent", "R-3": "contact", "R-6": "watch"}, id="TC-25 fever and redness"
        ),
        pytest.param("6 0 - . yes", {"W-1": "contact"}, id="TC-42 worried, all scores 0"),
    ],
)
def test_a_vignette_with_a_temperature_or_a_worry(rows, expected):
    assert fired("\n".join(["day redness signs temperature worried", *rows.split("|")])) == expected
