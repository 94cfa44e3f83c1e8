"""Both photos are enlarged and moved as one."""

import pytest
from playwright.sync_api import expect

from .screen import between, drawn, middle, press, scrolls, touch


def test_both_photos_are_enlarged_and_moved_together_by_buttons_and_keys(compare, shots):
    page, stage = compare, compare.locator("[data-stage]")
    press(page, "Zoom in")
    stage.press("+")
    first, second = drawn(page)
    assert first == second
    assert first[0] == pytest.approx(2.25)
    stage.press("ArrowRight")
    stage.press("ArrowDown")
    moved, second = drawn(page)
    assert moved == second
    assert moved[1] < first[1]
    assert moved[2] < first[2]
    # Only now is the largest size worth its bytes.
    for image, shot in zip(page.locator(".frame > img").all(), (shots[0], shots[2]), strict=True):
        expect(image).to_have_attribute("src", f"/photo/{shot.token}/")
    press(page, "Whole photo")
    assert drawn(page) == [[1, 0, 0], [1, 0, 0]]


def test_fingers_and_the_wheel_enlarge_where_they_point_and_a_double_tap_goes_back(compare):
    page = compare
    press(page, "Wipe")
    start = middle(page, 0.25, 0.25)
    page.mouse.move(*start)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(page.locator("[data-stage][data-zoomed]")).to_be_visible()
    first, second = drawn(page)
    assert first == second
    assert first[0] == pytest.approx(2.72, abs=0.1)
    box = page.locator(".frame").first.bounding_box()
    # What was under the pointer is there still.
    assert first[1] == pytest.approx(0.25 * box["width"] * (1 - first[0]), abs=1)
    page.touchscreen.tap(*middle(page))
    page.touchscreen.tap(*middle(page))
    assert drawn(page)[0][0] == 1
    touch(page, between(middle(page, 0.45), middle(page, 0.2)), between(middle(page, 0.55), middle(page, 0.8)))
    assert drawn(page)[0][0] > 2


def test_at_its_whole_size_a_photo_does_not_hold_the_page(compare):
    page = compare
    page.mouse.move(*middle(page))
    page.mouse.wheel(0, 100)
    assert scrolls(page)
    page.locator("[data-stage]").press("ArrowDown")
    assert scrolls(page)
    touch(page, between(middle(page, 0.5, 0.9), middle(page, 0.5, 0.1), 20))
    assert scrolls(page)
    press(page, "Zoom in")
    page.evaluate("scrollTo(0, 0)")
    page.locator("[data-stage]").press("ArrowDown")
    touch(page, between(middle(page, 0.5, 0.9), middle(page, 0.5, 0.1), 20))
    assert not scrolls(page)  # now it is the photo that moves
