"""A worried patient on her phone, and the clinic that rings her: from the tick to "spoken"."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.models import Call
from tests.conftest import make_treatment

from .conftest import DESK, PHONE


@pytest.fixture
def treated(pat, cara):
    today = timezone.now().astimezone(pat.clinic.zone).date()
    return make_treatment(pat, today - datetime.timedelta(days=3), cara)


def test_a_worried_tick_becomes_a_call_that_the_clinic_closes(page, enter, live_server, pat, cara, treated, look_over):
    enter(pat)
    page.goto(f"{live_server.url}/log/")
    page.get_by_text("Please call me").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="You asked for a call")).to_be_visible()
    look_over(page)

    page.get_by_role("link", name="Change the number or the time").click()
    page.get_by_label("Phone number").fill("+44 7700 900321")
    page.get_by_label("In the afternoon").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("+44 7700 900321 · In the afternoon")).to_be_visible()
    look_over(page)

    enter(cara)
    page.set_viewport_size(DESK)
    page.goto(f"{live_server.url}/inbox/?show=calls")
    expect(page.get_by_role("link", name="Call +44 7700 900321")).to_have_attribute("href", "tel:+447700900321")
    look_over(page)
    page.locator("#main").get_by_text("Write down what came of it").click()
    page.get_by_label("No answer").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main").get_by_text("No answer", exact=True).first).to_be_visible()
    assert page.url.endswith("/inbox/?show=calls")

    page.locator("#main").get_by_text("Write down what came of it").click()
    page.get_by_label("Spoken with the patient").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Call +44 7700 900321")).to_have_count(0)
    assert not Call.objects.live().exists()

    enter(pat)
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/call/")
    expect(page.get_by_text("that you have spoken")).to_be_visible()
    look_over(page)


def test_a_slip_in_the_number_is_told_beside_it_and_nothing_is_lost(page, enter, live_server, pat, look_over):
    enter(pat)
    page.goto(f"{live_server.url}/call/")
    page.get_by_label("Phone number").fill("my mobile")
    page.get_by_label("After 5 pm").check()
    page.get_by_role("button", name="Ask the clinic to call me").click()
    expect(page.get_by_role("alert")).to_contain_text("Use digits, spaces and a leading +")
    expect(page.get_by_label("Phone number")).to_have_value("my mobile")
    expect(page.get_by_label("After 5 pm")).to_be_checked()
    look_over(page)
    assert not Call.objects.exists()
