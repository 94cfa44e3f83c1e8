"""Two photos side by side, wiped and faded: where the line is, whose they are, how large."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK

from .screen import between, middle, press, style, touch


def test_modes_are_chosen_and_moved_by_keyboard_alone(compare):
    page, stage, slider = compare, compare.locator("[data-stage]"), compare.get_by_role("slider")
    page.get_by_role("button", name="Wipe").press("Enter")
    expect(page.get_by_role("button", name="Wipe")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("slider", name="Wipe")).to_be_visible()
    assert style(page, "clipPath") == "inset(0px 0px 0px 50%)"
    for _ in range(10):
        slider.press("ArrowRight")
    assert style(page, "clipPath") == "inset(0px 0px 0px 60%)"
    page.get_by_role("button", name="Fade").press("Space")
    expect(page.get_by_role("slider", name="Fade")).to_be_visible()
    slider.press("Home")
    assert (style(page, "opacity"), style(page, "clipPath")) == ("0", "")
    page.get_by_role("button", name="Side by side").press("Enter")
    expect(slider).to_be_hidden()
    expect(stage).to_have_attribute("data-mode", "side")
    assert style(page, "opacity") == ""


def test_a_drag_on_the_picture_moves_the_wipe(compare):
    page = compare
    press(page, "Wipe")
    page.mouse.move(*middle(page))
    page.mouse.down()
    page.mouse.move(*middle(page, 0.8), steps=4)
    page.mouse.up()
    assert float(page.get_by_role("slider").input_value()) == pytest.approx(80, abs=1)
    touch(page, between(middle(page, 0.5), middle(page, 0.2)))
    assert float(page.get_by_role("slider").input_value()) == pytest.approx(20, abs=1)


@pytest.mark.parametrize("screen", [None, DESK])
def test_the_line_of_a_wipe_is_where_the_photos_meet(compare, screen):
    page = compare
    if screen:
        page.set_viewport_size(screen)
    press(page, "Wipe")
    page.get_by_role("slider").fill("25")
    frame, line = page.locator(".frame").nth(1).bounding_box(), page.locator(".wipe-line").bounding_box()
    assert style(page, "clipPath") == "inset(0px 0px 0px 25%)"
    assert line["x"] + line["width"] / 2 == pytest.approx(frame["x"] + 0.25 * frame["width"], abs=1)
    assert frame["width"] < page.locator("[data-stage]").bounding_box()["width"]  # where the two could differ


def test_each_photo_is_named_in_its_corner_in_every_mode_and_the_slider_says_how_much_of_each_is_seen(compare):
    page, names = compare, compare.locator(".whose")
    for mode, said in (
        ("Wipe", "Before treatment: 30 %, Day 3: 70 %"),
        ("Fade", "Before treatment: 70 %, Day 3: 30 %"),
    ):
        press(page, mode)
        page.get_by_role("slider").fill("30")
        expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", said)
        left, right = [name.bounding_box() for name in names.all()]
        assert left["x"] + left["width"] <= right["x"]
        assert style(page, "opacity") == ("0.3" if mode == "Fade" else "")
        # Beside its photo the upper frame is clear: no grey is laid over the skin below.
        assert (
            page.locator(".frame").nth(1).evaluate("(one) => getComputedStyle(one).backgroundColor")
            == "rgba(0, 0, 0, 0)"
        )
    expect(page.locator("label").get_by_text("Before treatment")).to_be_visible()
    press(page, "Side by side")
    for frame, name in zip(page.locator(".frame").all(), names.all(), strict=True):
        assert name.bounding_box()["x"] == pytest.approx(frame.bounding_box()["x"] + 6, abs=1)


@pytest.mark.parametrize(("screen", "least"), [({"width": 740, "height": 360}, 280), (DESK, 470)])
def test_photos_are_as_tall_as_the_screen_allows(compare, screen, least):
    page = compare
    page.set_viewport_size(screen)
    for mode in ("Wipe", "Fade"):
        press(page, mode)
        assert page.locator(".frame").first.bounding_box()["height"] > least
        slider = page.get_by_role("slider").first.bounding_box()
        assert slider["y"] + slider["height"] <= screen["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


def test_large_letters_on_a_small_screen_stay_inside_it(compare):
    page = compare
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for mode in ("Fade", "Side by side"):
        press(page, mode)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    before, after = [one.bounding_box() for one in page.locator(".told > .moment").all()]
    assert before["y"] + before["height"] <= after["y"]


def test_the_next_pair_is_looked_at_in_the_same_way(compare):
    page = compare
    press(page, "Fade")
    page.get_by_role("link", name="Day 0").click()
    expect(page.get_by_role("heading", name="Day 0")).to_be_visible()
    expect(page.get_by_role("button", name="Fade")).to_have_attribute("aria-pressed", "true")
