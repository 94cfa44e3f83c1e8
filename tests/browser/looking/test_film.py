"""The film of a recovery plays when asked, and says which frames mislead."""

import pytest
from playwright.sync_api import expect

from .screen import press


@pytest.fixture
def film(page, enter, live_server, pat, shots, treatment):
    enter(pat)
    page.goto(f"{live_server.url}/photos/{treatment.pk}/")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    return page


def test_a_film_plays_when_asked_and_stops_at_its_end(film, shots):
    page, told = film, film.locator("p[data-told]")
    page.wait_for_timeout(1300)
    expect(told).to_have_text("Before treatment")  # it does not start by itself
    press(page, "Play")
    expect(told).to_contain_text("Day 0 · Redness severe", timeout=2500)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(told).to_contain_text("Day 3 · Redness mild", timeout=2500)
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=2500)
    expect(page.locator(".player img")).to_have_attribute("src", f"/photo/{shots[2].token}/1008/")
    assert page.get_by_role("slider").input_value() == "3"


def test_a_frame_that_was_taken_otherwise_says_so_while_it_is_seen(page, enter, live_server, pat, shots, treatment):
    treatment.photos.filter(pk=shots[1].pk).update(brightness=40.0, brightest=60.0)
    enter(pat)
    page.goto(f"{live_server.url}/photos/{treatment.pk}/")
    player, warned = page.locator("[data-player]"), page.locator("[data-warned]")
    expect(warned).to_be_hidden()
    press(page, "Next photo")
    expect(warned).to_have_text("“Day 0” differs from “Before treatment” in: light. Do not judge redness by these two.")
    expect(player).to_have_attribute("data-differs", "")
    place = page.get_by_role("button", name="Next photo").bounding_box()
    press(page, "Next photo")
    expect(warned).to_be_hidden()
    assert page.get_by_role("button", name="Next photo").bounding_box() == place
    assert min(place["width"], place["height"]) >= 44
    expect(page.locator(".strip li").nth(1)).to_contain_text("Differs in: light. Do not judge redness.")


def test_a_film_is_turned_by_hand_and_rests_when_nobody_looks(film):
    page, told = film, film.locator("p[data-told]")
    page.get_by_role("slider").press("End")
    expect(told).to_contain_text("Day 3")
    press(page, "Previous photo")
    expect(told).to_contain_text("Day 0")
    press(page, "Play")
    page.evaluate(
        """Object.defineProperty(document, 'hidden', { value: true });
        document.dispatchEvent(new Event('visibilitychange'))"""
    )
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(told).to_contain_text("Day 0")
