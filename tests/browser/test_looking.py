"""Two photos on a phone: side by side, wiped, faded, enlarged, lined up; and the film of a recovery."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal import demo_photos
from journal.actions import photos
from journal.actions.photos import NewPhoto
from journal.models import Alignment
from journal.photos import clean
from tests.browser.conftest import DESK
from tests.journal.tables import log


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "has_touch": True}


@pytest.fixture
def shots(treatment):
    """A cheek before the treatment, on day 0 and on day 3, with what was written."""
    log(treatment, "day redness dryness\n0 3 1\n3 1 2")
    for day, redness, baseline in ((-1, 0, True), (0, 3, False), (3, 1, False)):
        shot = NewPhoto("face", clean(demo_photos.photo(1, 4, redness, 1, day)), "left")
        on = treatment.date_of(max(day, 0))
        by = treatment.patient.user
        photos.add(treatment=treatment, on=on, photos=[shot], by=by, at=timezone.now(), baseline=baseline)
    return list(treatment.photos.order_by("-baseline", "on"))


@pytest.fixture
def compare(page, enter, live_server, pat, shots):
    """The first photo beside that of day 3."""
    enter(pat)
    page.goto(f"{live_server.url}/compare/?right={shots[2].token}")
    expect(page.get_by_role("button", name="Wipe")).to_be_visible()
    return page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).locator("visible=true").click()


def drawn(page):
    """How each photo is moved and enlarged: scale, x, y."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".frame > img")].map((image) => {
          const { a, e, f } = new DOMMatrix(getComputedStyle(image).transform);
          return [a, e, f];
        })"""
    )


def style(page, name):
    return page.evaluate(f"document.querySelectorAll('.frame')[1].style.{name}")


def middle(page, x=0.5, y=0.5):
    """A point of the frame in view, fractions of its size, as the screen counts."""
    box = page.locator(".frame:visible").first.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def touch(page, *paths):
    """Fingers, each along its own points, at the same time."""
    session = page.context.new_cdp_session(page)
    for number, points in enumerate(zip(*paths, strict=True)):
        held = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": "touchMove" if number else "touchStart", "touchPoints": held})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def scrolls(page):
    """Whether the page moves within two seconds; then it is put back."""
    for _ in range(40):
        if page.evaluate("scrollY") > 30:
            page.evaluate("scrollTo(0, 0)")
            return True
        page.wait_for_timeout(50)
    return False


def between(start, end, steps=8):
    (x, y), (u, v) = start, end
    return [(x + (u - x) * step / steps, y + (v - y) * step / steps) for step in range(steps + 1)]


# --- modes ---


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


def test_the_next_pair_is_looked_at_in_the_same_way(compare):
    page = compare
    press(page, "Fade")
    page.get_by_role("link", name="Day 0").click()
    expect(page.get_by_role("heading", name="Day 0")).to_be_visible()
    expect(page.get_by_role("button", name="Fade")).to_have_attribute("aria-pressed", "true")


# --- zoom ---


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
    press(page, "Whole")
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


# --- lining up ---


def spots_meet(page):
    """Where the marked spots of both photos are on the screen now; laid on each other they are the same."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".frame")].map((frame, side) => {
          const image = frame.querySelector("img");
          const matrix = new DOMMatrix(getComputedStyle(image).transform);
          const sent = document.querySelector(`[name=${["left", "right"][side]}_spots]`).value;
          const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)));
          const fit = Math.min(frame.clientWidth / width, frame.clientHeight / height);
          const edge = [(frame.clientWidth - width * fit) / 2, (frame.clientHeight - height * fit) / 2];
          return sent.split(" ").map((spot) => {
            const [x, y] = spot.split(",").map(Number);
            const at = matrix.transformPoint(new DOMPoint(edge[0] + x * width * fit, edge[1] + y * height * fit));
            return [Math.round(at.x), Math.round(at.y)];
          });
        })"""
    )


def test_two_spots_tapped_on_each_photo_lay_one_on_the_other(compare, look_over):
    page = compare
    press(page, "Line up")
    for number, spot in enumerate(((0.3, 0.3), (0.6, 0.6), (0.35, 0.3), (0.6, 0.7))):
        expect(page.get_by_role("status")).to_contain_text(f"spot {number % 2 + 1}")
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
    for mode in ("Side by side", "Wipe", "Fade"):
        press(page, mode)
        left, right = spots_meet(page)
        assert right == [pytest.approx(spot, abs=1) for spot in left]
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


# --- the film ---


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


# --- everyone ---


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
