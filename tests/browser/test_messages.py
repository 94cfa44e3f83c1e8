"""A nurse writes with a ready-made reply, a patient answers on her phone, and each sees what became of it."""

import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.actions import messages, replies
from journal.models import Message
from tests.browser.conftest import DESK, PHONE


@pytest.fixture
def ready(clinic, cara):
    said = {"title": "Thank you", "language": "en", "text": "Hello {name}, thank you."}
    return replies.add_reply(clinic=clinic, **said, by=cara, at=timezone.now())


@pytest.fixture
def thread(page, enter, live_server, ready, cara, pat, treatment):
    enter(cara)
    page.goto(f"{live_server.url}/patients/{pat.pk}/messages/")
    return page


def test_a_nurse_writes_a_patient_answers_and_both_see_what_became_of_it(
    thread, enter, live_server, look_over, pat, cara
):
    page = thread
    page.set_viewport_size(DESK)
    page.get_by_label("Message to the patient").fill("I saw your photo.")
    page.get_by_role("button", name="Thank you").click()
    expect(page.get_by_label("Message to the patient")).to_have_value("I saw your photo.\nHello Pat Moss, thank you.")
    expect(page.get_by_label("Message to the patient")).to_be_focused()
    page.get_by_label("Ask for a photo of").select_option("face")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Not opened yet")).to_be_visible()
    look_over(page)

    page.set_viewport_size(PHONE)
    enter(pat)
    page.goto(live_server.url)
    look_over(page)
    expect(page.get_by_text("Your clinic would like a new photo: Face.")).to_be_visible()
    page.get_by_role("link", name="Read it").click()
    expect(page.get_by_text("I saw your photo.")).to_be_in_viewport()
    look_over(page)
    page.get_by_label("Your message").fill("Thank you.\nMay I go swimming?")
    page.get_by_role("button", name="Send to the clinic").click()
    expect(page.get_by_text("Not seen yet")).to_be_visible()

    enter(cara)
    page.goto(f"{live_server.url}/patients/{pat.pk}/messages/")
    expect(page.get_by_text("May I go swimming?")).to_be_visible()
    look_over(page)
    page.get_by_role("button", name="Mark as seen, no answer").click()
    expect(page.get_by_text("Marked as seen.")).to_be_visible()
    assert Message.objects.get(from_clinic=False).opened_by == cara


def test_without_scripts_the_server_puts_the_words_in(
    ready, browser, browser_context_args, live_server, as_, pat, cara
):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": as_(cara).cookies["session"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/patients/{pat.pk}/messages/")
    page.get_by_label("Message to the patient").fill("I saw it.")
    page.get_by_role("button", name="Thank you").click()
    expect(page.get_by_label("Message to the patient")).to_have_value("I saw it.\nHello Pat Moss, thank you.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent. The patient finds it in the journal.")).to_be_visible()
    context.close()


def test_a_message_that_is_too_long_is_refused_where_it_was_written(page, enter, live_server, look_over, pat, cara):
    messages.send(patient=pat, text="Hello", client_id=uuid.uuid4(), by=cara, at=timezone.now())
    enter(pat)
    page.goto(f"{live_server.url}/messages/")
    box = page.get_by_label("Your message")
    box.fill("x" * 601)
    page.get_by_role("button", name="Send to the clinic").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Your message: This is too long").click()
    expect(box).to_be_focused()
    expect(box).to_have_value("x" * 601)
    look_over(page)


def test_a_clinic_keeps_its_replies_on_a_phone(page, enter, live_server, look_over, clinic, cara):
    enter(cara)
    page.goto(f"{live_server.url}/replies/")
    look_over(page)
    page.get_by_role("button", name="Start with our six").click()
    expect(page.get_by_role("heading", name="Keep it simple")).to_be_visible()
    look_over(page)
    page.get_by_text("Change: Thank you").click()
    first = page.get_by_role("region", name="Thank you")
    first.get_by_label("Text").fill("Thank you, {nickname}.")
    first.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("{nickname} is not known here.")
    look_over(page)
    first.get_by_label("Text").fill("Thank you, {name}.")
    first.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Thank you, {name}.").first).to_be_visible()
    assert clinic.canned_replies.standing().count() == 6
