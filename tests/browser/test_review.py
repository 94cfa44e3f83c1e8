"""A case on one screen, played with the keys: few presses, photos really shown, and everything a button too."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.actions import looks, photos
from journal.actions.photos import NewPhoto
from journal.models import Flag, Look, Review
from journal.models.photo import View
from journal.photos import clean
from tests.browser.conftest import DESK, PHONE
from tests.conftest import make_treatment
from tests.journal.tables import log
from tests.photos.pictures import encoded, plain

SHOWN = """() => [...document.querySelectorAll('.then-and-now img')].filter(
    (one) => one.complete && one.naturalWidth > 0 && one.getBoundingClientRect().top < innerHeight).length"""


def shot(treatment, day, shade, baseline=False):
    picture = encoded(plain((shade, 120, 100), (480, 640)))
    photo = NewPhoto("face", clean(picture), View.FRONT)
    on, by = treatment.date_of(day), treatment.patient.user
    photos.add(treatment=treatment, on=on, photos=[photo], by=by, at=timezone.now(), baseline=baseline)


@pytest.fixture
def treatment(pat, cara):
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=9)
    return make_treatment(pat, on, cara)


@pytest.fixture
def pictured(treatment):
    shot(treatment, 0, 200, baseline=True)
    shot(treatment, 9, 90)
    return treatment


def read(page):
    """Waits until keys save, too: that long, nobody has read the page."""
    expect(page.locator("html")).to_have_attribute("data-keys", "all")
    return page


@pytest.fixture
def desk(page, enter, cara):
    page.set_viewport_size(DESK)
    enter(cara)
    return page


def test_an_ordinary_case_is_seen_with_two_keys_from_the_inbox(desk, live_server, look_over, pictured):
    page = desk
    log(pictured, "day redness signs\n1 2 -\n2 1 -")
    page.goto(live_server.url + "/inbox/?show=unflagged")
    expect(page.locator("[data-open]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/review/"))
    page.wait_for_function(f"({SHOWN})() === 2")
    look_over(page)
    read(page).keyboard.press("s")
    expect(page.get_by_text("Marked as seen.")).to_be_visible()
    assert Look.objects.count() == 1


def test_a_flagged_case_is_closed_with_four_keys_from_the_inbox(desk, live_server, look_over, pictured):
    page = desk
    log(pictured, "day redness\n9 2")
    page.goto(live_server.url + "/inbox/")
    expect(page.locator("[data-open]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/flag/"))
    page.wait_for_function(f"({SHOWN})() === 2")
    look_over(page)
    read(page).keyboard.press("2")
    expect(page.get_by_role("radio", name="Advised")).to_be_checked()
    page.keyboard.press("y")
    expect(page.get_by_role("radio", name="Yes")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text(": closed (")).to_be_visible()
    review = Review.objects.get()
    assert (review.outcome, review.useful) == ("advised", "yes")


def test_what_matters_is_on_one_screen(desk, live_server, pictured):
    page = desk
    log(pictured, "day redness signs\n8 2 -\n9 2 yellow_crust")
    page.goto(live_server.url + f"/flag/{Flag.objects.first().pk}/")
    for part in ("#why", ".then-and-now", "#changed-title", "button[name=close]"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= DESK["height"], part


def test_keys_go_to_the_next_case_the_reply_and_nowhere_while_somebody_types(desk, live_server, vera, cara, treatment):
    page = desk
    log(treatment, "day redness\n9 2")
    other = make_treatment(vera, treatment.treated_on, cara)
    log(other, "day signs\n5 pus")
    page.goto(live_server.url + f"/flag/{Flag.objects.get(treatment=other).pk}/")
    read(page).keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pat Moss")
    read(page).keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vera Stone")
    read(page).keyboard.press("r")
    expect(page.get_by_label("Message to the patient")).to_be_focused()
    page.keyboard.type("sjc1 y")
    expect(page.get_by_label("Message to the patient")).to_have_value("sjc1 y")
    expect(page.get_by_role("radio", name="Reassured")).not_to_be_checked()
    page.get_by_role("heading", level=1).click()
    read(page).keyboard.press("c")
    expect(page.get_by_role("radio", name="Reassured")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert not Review.objects.exists()


def test_on_a_phone_the_way_to_act_is_in_reach_and_a_closed_flag_is_opened_again(
    page, enter, cara, live_server, look_over, pictured
):
    page.set_viewport_size(PHONE)
    enter(cara)
    log(pictured, "day redness\n9 2")
    flag = Flag.objects.get()
    page.goto(live_server.url + f"/flag/{flag.pk}/")
    look_over(page)
    page.get_by_role("link", name="What to do").click()
    page.get_by_label("Not reached").check()
    page.get_by_role("button", name="Close the flag").click()
    page.get_by_role("link", name="Open it again").click()
    page.get_by_label("Why is it opened again?").fill("She called back.")
    look_over(page)
    page.get_by_role("button", name="Open again").click()
    expect(page.get_by_text("Not seen yet").first).to_be_visible()
    flag.refresh_from_db()
    assert flag.state == "open"


def test_without_a_script_everything_is_a_button(browser, live_server, enter, context, cara, pictured):
    log(pictured, "day redness\n9 2")
    enter(cara)
    plain_context = browser.new_context(java_script_enabled=False, storage_state=context.storage_state(), viewport=DESK)
    page = plain_context.new_page()
    page.goto(live_server.url + f"/flag/{Flag.objects.get().pk}/")
    page.get_by_label("Referred").check()
    page.get_by_role("radio", name="No", exact=True).check()
    page.get_by_role("button", name="Close the flag").click()
    expect(page.get_by_text(": closed (")).to_be_visible()
    plain_context.close()
    assert (Review.objects.get().outcome, Review.objects.get().useful) == ("referred", "no")


def test_what_came_in_since_a_look_is_told_on_the_page(desk, live_server, treatment, cara):
    page, now = desk, timezone.now()
    log(treatment, "day redness\n8 1", at=now - datetime.timedelta(hours=2))
    seen = now - datetime.timedelta(hours=1)
    looks.look(treatment=treatment, seen_to=seen, by=cara, at=seen)
    log(treatment, "day redness\n9 3", at=now)
    page.goto(live_server.url + f"/flag/{Flag.objects.get(rule='R-1').pk}/")
    expect(page.locator("#changed")).to_contain_text("mild")
    expect(page.locator("#changed")).to_contain_text("severe")
