"""Without scripts, and for whoever looks."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK
from tests.journal.tables import log

from .screen import press


def test_without_scripts_both_photos_their_scores_and_every_choice_are_there(
    browser, browser_context_args, live_server, as_, pat, shots
):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": as_(pat).cookies["session"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/compare/?right={shots[2].token}")
    boxes = [image.bounding_box() for image in page.locator(".frame img").all()]
    assert len(boxes) == 2
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"]
    for name in ("Wipe", "Fade", "Zoom in", "Line up"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_label("Left", exact=True).select_option(shots[1].token)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Day 0")).to_be_visible()
    page.get_by_role("link", name="All photos").click()
    expect(page.get_by_role("button", name="Play")).to_have_count(0)
    page.locator(".strip a").nth(1).click()
    expect(page.get_by_role("heading", name="Before treatment")).to_be_visible()
    context.close()


@pytest.mark.parametrize(("who", "screen"), [("pat", None), ("cara", DESK)])
def test_every_way_to_look_is_in_reach_of_everyone(
    page, enter, look_over, live_server, request, treatment, shots, pat, cara, who, screen
):
    if screen:
        page.set_viewport_size(screen)
    enter(request.getfixturevalue(who))
    page.goto(f"{live_server.url}/timeline/{treatment.pk}/")
    page.get_by_role("link", name="Photos side by side and as a film").click()
    look_over(page)
    page.locator(".strip a").last.click()
    look_over(page)
    for mode in ("Wipe", "Fade"):
        press(page, mode)
        look_over(page)
    page.goto(f"{live_server.url}/compare/?right={shots[0].token}")
    look_over(page)


def test_nothing_of_a_photo_is_cut_away_where_it_is_judged_by(page, enter, live_server, treatment, shots, cara):
    log(treatment, "day signs\n3 pus")
    enter(cara)
    page.goto(f"{live_server.url}/flag/{treatment.flags.get(rule='N-1').pk}/")
    photos = page.locator(".then-and-now img.photo")
    expect(photos).to_have_count(2)
    for photo in photos.all():
        expect(photo).to_have_css("object-fit", "contain")
