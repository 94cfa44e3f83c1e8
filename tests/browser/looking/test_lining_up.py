"""Two spots on each photo lay one on the other, by finger, mouse and keyboard."""

import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import expect

from journal.actions import alignments
from journal.actions.photos import path_of
from journal.models import Alignment
from journal.photos import SIZES

from .screen import drawn, laid, middle, press


def test_two_spots_tapped_on_each_photo_lay_one_on_the_other(compare, look_over):
    page = compare
    press(page, "Line up")
    for number, spot in enumerate(((0.3, 0.3), (0.6, 0.6), (0.35, 0.3), (0.6, 0.7))):
        expect(page.locator("[data-now]")).to_contain_text(
            f"{('Before treatment', 'Day 3')[number // 2]}: spot {number % 2 + 1}."
        )
        expect(page.get_by_role("button", name=re.compile("Next|Save")).locator("visible=true")).to_be_disabled()
        page.touchscreen.tap(*middle(page, *spot))
        if number == 2:
            look_over(page)
        press(page, "Save" if number == 3 else "Next")
    expect(page.get_by_text("The photos are lined up now.")).to_be_visible()
    kept = Alignment.objects.get()
    assert kept.spots["one"] == [pytest.approx(spot, abs=0.01) for spot in ([0.3, 0.3], [0.6, 0.6])]
    assert kept.spots["other"] == [pytest.approx(spot, abs=0.01) for spot in ([0.35, 0.3], [0.6, 0.7])]
    expect(page.get_by_text("Not checked")).to_have_count(0)
    expect(page.get_by_text("Lined up by Pat Moss")).to_be_visible()
    press(page, "Side by side")
    assert drawn(page) == [[1, 0, 0], [1, 0, 0]]  # whole photos: nothing of them is cut off
    press(page, "Zoom in")
    assert laid(page)
    press(page, "Whole photo")
    for mode in ("Wipe", "Fade"):
        press(page, mode)
        assert laid(page)
    press(page, "Undo")
    expect(page.get_by_text("The photos are no longer lined up.")).to_be_visible()
    assert not Alignment.objects.exists()


def test_spots_are_marked_and_mended_by_keyboard_alone(compare):
    page = compare
    page.get_by_role("button", name="Line up").press("Enter")
    for number in range(4):
        spot = page.get_by_role("button", name=f"Spot {number % 2 + 1}")
        expect(spot).to_be_focused()
        if number < 3:
            spot.press("ArrowDown")
        else:
            spot.press("Enter")  # right where it is
        page.get_by_role("button", name=re.compile("Next|Save")).locator("visible=true").press("Enter")
    expect(page.get_by_text("The photos are lined up now.")).to_be_visible()
    spots = Alignment.objects.get().spots
    assert spots["one"][0][1] > 0.45
    assert spots["other"] == [[0.35, pytest.approx(2 * spots["one"][0][1] - 0.45, abs=0.001)], spots["one"][1]]
    # Marked again: what was there is the start, and a mark is dragged.
    press(page, "Line up")
    page.mouse.move(*page.get_by_role("button", name="Spot 1").evaluate(CENTRE))
    page.mouse.down()
    page.mouse.move(*middle(page, 0.1, 0.1), steps=3)
    page.mouse.up()
    for name in ("Next", "Next", "Next", "Save"):
        press(page, name)
    expect(page.get_by_text("The photos are lined up now.")).to_be_visible()
    assert Alignment.objects.get().spots["one"][0] == pytest.approx([0.1, 0.1], abs=0.01)


@pytest.mark.parametrize("height", [740, 640])
def test_what_is_pressed_while_lining_up_stays_in_one_place_in_view(compare, height):
    page = compare
    page.set_viewport_size({"width": 360 if height == 740 else 320, "height": height})
    press(page, "Line up")
    places = set()
    for _ in range(4):
        page.locator(".mark:not(:disabled)").locator("visible=true").press("Enter")
        button = page.get_by_role("button", name=re.compile("Next|Save")).locator("visible=true")
        box, bar = button.bounding_box(), page.locator("nav.tabs").bounding_box()
        assert box["y"] + box["height"] <= bar["y"]
        assert page.locator("[data-now]").bounding_box()["y"] >= 0
        places.add(box["y"])
        if button.inner_text() == "Next":
            button.click()
    assert len(places) == 1


def test_what_the_clinic_lined_up_stays_for_the_patient(page, enter, live_server, pat, cara, shots):
    spots = ([[0.3, 0.3], [0.6, 0.6]], [[0.35, 0.3], [0.6, 0.7]])
    alignments.save(one=shots[0], other=shots[2], spots=spots, by=cara, at=timezone.now())
    enter(pat)
    page.goto(f"{live_server.url}/compare/?right={shots[2].token}")
    press(page, "Wipe")
    assert laid(page)
    expect(page.get_by_text(re.compile("Lined up by Cara"))).to_be_visible()
    for name in ("Line up", "Undo"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


@pytest.mark.parametrize("size", [1008, SIZES[0]])
def test_photos_of_which_one_turns_out_to_be_damaged_are_no_longer_compared(page, enter, live_server, pat, shots, size):
    path = path_of(shots[2].token, size)
    default_storage.delete(path)
    default_storage.save(path, ContentFile(b"other bytes"))
    enter(pat)
    page.goto(f"{live_server.url}/compare/?right={shots[2].token}")
    if size == SIZES[0]:  # nobody asks for the largest before it is worth its bytes
        press(page, "Wipe")
        for _ in range(2):
            press(page, "Zoom in")
    expect(page.get_by_role("alert")).to_contain_text("One of these photos is damaged or not there now.")
    for said in ("about alike", "Not checked"):
        expect(page.get_by_text(said)).to_be_hidden()
    expect(page.locator("button[data-mode], [data-line-up], [data-zoom]").locator("visible=true")).to_have_count(0)
    expect(page.locator("[data-stage]")).to_have_attribute("data-mode", "side")


CENTRE = "(mark) => { const b = mark.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; }"


def test_marking_that_is_left_changes_nothing(compare):
    page = compare
    press(page, "Line up")
    page.touchscreen.tap(*middle(page))
    press(page, "Next")
    press(page, "Back")
    press(page, "Cancel")
    expect(page.get_by_role("button", name="Line up")).to_be_focused()
    expect(page.get_by_role("button", name="Spot 1")).to_have_count(0)
    assert not Alignment.objects.exists()


def test_two_spots_too_close_are_refused_in_words(compare):
    page = compare
    press(page, "Line up")
    for spot in ((0.3, 0.3), (0.31, 0.31), (0.3, 0.3), (0.6, 0.7)):
        page.touchscreen.tap(*middle(page, *spot))
        page.get_by_role("button", name=re.compile("Next|Save")).locator("visible=true").click()
    expect(page.get_by_text("too close together")).to_be_visible()
    assert not Alignment.objects.exists()
