"""The inbox by keys alone, each key beside a button, and every list on a phone and on a desk."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.models import Call, Flag, Look
from journal.views.queues import QUEUES
from tests.browser.conftest import DESK, PHONE
from tests.conftest import make_patient, make_treatment
from tests.journal.lists import wrote
from tests.journal.tables import log

DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)


def read(page):
    """Waits until keys save, too: that long, nobody has read the page."""
    expect(page.locator("html")).to_have_attribute("data-keys", "all")
    return page


def marked(page, name):
    """A key has sent the line, and the list is back."""
    expect(page.get_by_text("Marked as seen.")).to_be_visible()
    assert Flag.objects.filter(treatment__patient__name=name, state="open").count() == 0


def treat(clinic, cara, name, days_ago):
    on = timezone.now().astimezone(clinic.zone).date() - days_ago * DAY
    return make_treatment(make_patient(clinic, name, f"{name.lower()}@test.example"), on, cara)


@pytest.fixture
def inbox(page, enter, live_server, clinic, cara):
    """Cara at her desk, with three patients who have flags, two without, and one who is silent."""
    page.set_viewport_size(DESK)
    now = timezone.now()
    flagged = {"Ann": "day signs\n9 pus", "Bea": "day redness\n8 2", "Cat": "day redness\n8 2"}
    for hour, (name, table) in enumerate(flagged.items()):
        treatment = treat(clinic, cara, name, 10)
        log(treatment, table, at=now - DAY + hour * HOUR)
        wrote(treatment.patient, now)
    for name, ago in (("Cleo", 2 * DAY), ("Dina", DAY)):
        log(treat(clinic, cara, name, 3), "day redness\n1 1", at=now - ago)
    treat(clinic, cara, "Eve", 5)
    enter(cara)

    def show(name="all"):
        page.goto(f"{live_server.url}/inbox/?show={name}")
        return read(page)

    return show


def in_hand(page, name):
    """The line of a patient has the focus."""
    expect(page.get_by_role("link", name=name, exact=True)).to_be_focused()


def test_j_and_k_go_through_the_lines_and_stop_at_both_ends(inbox):
    page = inbox()
    in_hand(page, "Ann")
    for key, name in (("k", "Ann"), ("j", "Bea"), ("j", "Cat"), ("j", "Cat"), ("k", "Bea")):
        page.keyboard.press(key)
        in_hand(page, name)


def test_a_marks_the_line_as_seen_and_leaves_her_where_she_was(inbox):
    page = inbox()
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("Seen by Cara")).to_have_count(1)
    in_hand(page, "Bea")
    assert Flag.objects.get(treatment__patient__name="Bea").state == "acknowledged"
    assert Flag.objects.filter(treatment__patient__name="Ann", state="open").exists()


def test_where_a_line_leaves_the_list_the_next_one_is_in_hand_and_not_marked_by_a_second_press(inbox):
    page = inbox("new")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("link", name="Bea", exact=True)).to_have_count(0)
    in_hand(page, "Cat")
    page.keyboard.press("a")  # at once: it was meant for the line before
    marked(read(page), "Bea")
    assert Flag.objects.filter(treatment__patient__name="Cat", state="open").exists()
    page.keyboard.press("a")
    expect(page.get_by_role("link", name="Cat", exact=True)).to_have_count(0)


def test_a_held_down_on_a_line_marks_no_other(inbox):
    page = inbox("new")
    page.keyboard.press("j")
    for _time in range(3):
        page.keyboard.down("a")
    expect(page.get_by_role("link", name="Bea", exact=True)).to_have_count(0)
    read(page)
    for _time in range(3):
        page.keyboard.down("a")
    page.keyboard.up("a")
    in_hand(page, "Cat")
    assert Flag.objects.filter(treatment__patient__name="Cat", state="open").exists()


def test_what_is_urgent_is_not_marked_by_a_key_but_opened(inbox):
    page = inbox()
    page.keyboard.press("a")
    flag = Flag.objects.by_urgency().first()
    expect(page).to_have_url(re.compile(f"/flag/{flag.pk}/$"))
    assert not Flag.objects.exclude(state="open").exists()


def test_what_is_typed_after_r_goes_into_the_message_and_marks_nothing(inbox):
    page = inbox()
    page.keyboard.press("r")
    box = page.get_by_label("Message to the patient")
    expect(box).to_be_focused()
    read(page)
    expect(box).to_be_focused()
    page.keyboard.type("a s 1 c")
    expect(box).to_have_value("a s 1 c")
    assert not Flag.objects.exclude(state="open").exists()


def test_c_then_an_outcome_then_enter_closes_from_the_list(inbox):
    page = inbox()
    page.keyboard.press("c")
    expect(page.get_by_role("radio", name="Reassured")).to_be_focused()
    read(page)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.get_by_text(": closed (")).to_be_visible()
    assert Flag.objects.get(treatment__patient__name="Ann").reviews.last().outcome == "advised"


def test_a_number_shows_another_list_and_each_chip_and_the_dialog_say_which(inbox):
    page = inbox()
    for number, queue in enumerate(QUEUES, 1):
        page.keyboard.press(str(number))
        expect(page).to_have_url(re.compile(f"show={queue.show}$"))
        expect(page.locator(".filters [aria-current] kbd")).to_have_text(str(number))
        expect(page.locator("html")).to_have_attribute("data-keys", re.compile("."))
    expect(page.locator(".filters kbd").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text("The lists, in their order")).to_be_visible()


def test_what_was_done_elsewhere_does_not_move_where_a_list_begins(inbox):
    page = inbox()
    page.keyboard.press("j")
    page.keyboard.press("a")
    marked(page, "Bea")
    in_hand(page, "Bea")
    in_hand(inbox(), "Ann")  # her place was used up
    in_hand(inbox("unflagged"), "Cleo")
    page.keyboard.press("j")
    page.locator("[data-tick-all]").evaluate("one => one.form.dispatchEvent(new Event('submit', {bubbles: true}))")
    in_hand(inbox(), "Ann")  # that place was another list's


def test_c_opens_the_form_of_a_call_and_r_a_thread_at_its_answer(inbox, clinic):
    ann = Flag.objects.by_urgency().first().treatment.patient
    asked_for = {"clinic": ann.clinic, "number": "1234", "asked_by": ann.user}
    Call.objects.create(patient=ann, asked_at=timezone.now(), **asked_for)
    page = inbox("calls")
    page.keyboard.press("c")
    expect(page.locator("article details")).to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.closest('article details form') !== null")
    page = inbox("messages")
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile("/messages/#reply-text$"))
    expect(page.get_by_label("Message to the patient")).to_be_focused()


def test_m_takes_a_line_and_gives_it_back(inbox):
    page = inbox()
    page.keyboard.press("m")
    expect(page.get_by_text("Yours")).to_have_count(1)
    in_hand(page, "Ann")
    read(page).keyboard.press("m")
    expect(page.get_by_text("Yours")).to_have_count(0)
    in_hand(page, "Ann")


@pytest.mark.parametrize(
    ("key", "place"), [("Enter", "/"), ("o", "/"), ("a", "/"), ("c", "/#act"), ("r", "/#messages")]
)
def test_a_line_is_opened_by_a_key_where_it_is_wanted(inbox, key, place):
    page = inbox()
    page.keyboard.press(key)
    flag = Flag.objects.by_urgency().first()
    expect(page).to_have_url(re.compile(f"/flag/{flag.pk}{place}$"))


def test_the_keys_are_listed_by_a_button_and_by_a_question_mark(inbox, look_over):
    page = inbox()
    dialog = page.get_by_role("dialog", name="Keys")
    page.keyboard.press("?")
    expect(dialog.get_by_text("Mark as seen")).to_be_visible()
    look_over(page)
    page.keyboard.press("j")  # nothing of the page behind it moves
    page.keyboard.press("Escape")
    in_hand(page, "Ann")
    page.get_by_role("button", name="Keys").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_single_keys_can_be_switched_off_and_on_and_the_browser_remembers(inbox):
    page = inbox()
    page.keyboard.press("?")
    page.get_by_label("Use single keys in this browser").uncheck()
    page.keyboard.press("Escape")
    inbox()
    expect(page.locator("body")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("body")).to_be_focused()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Use single keys in this browser").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    in_hand(page, "Ann")


@pytest.mark.parametrize("held", ["Control", "Alt", "Meta"])
def test_a_key_with_another_one_held_is_the_browsers(inbox, held):
    page = inbox()
    page.keyboard.press(f"{held}+j")
    in_hand(page, "Ann")


def test_a_key_that_is_held_down_presses_once(inbox):
    page = inbox()
    page.keyboard.down("m")
    page.keyboard.down("m")
    page.keyboard.up("m")
    expect(page.get_by_text("Yours")).to_have_count(1)


def test_lines_without_a_flag_are_ticked_and_marked_by_keys(inbox):
    page = inbox("unflagged")
    in_hand(page, "Cleo")
    expect(page.locator("[data-tick]:checked")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("a")
    expect(page.get_by_text("1 timeline is marked as seen.")).to_be_visible()
    assert [look.treatment.patient.name for look in Look.objects.all()] == ["Dina"]
    in_hand(page, "Cleo")


def test_all_that_is_shown_is_ticked_by_a_button(inbox):
    page = inbox("unflagged")
    page.get_by_role("button", name="Tick all shown").click()
    page.get_by_role("button", name="Mark the ticked as seen").click()
    expect(page.get_by_text("2 timelines are marked as seen.")).to_be_visible()
    expect(page.get_by_text("Somebody has looked at all that came in.")).to_be_visible()


def test_only_lines_that_have_been_on_the_screen_are_ticked_together(inbox):
    first = inbox("unflagged").locator("[data-lines] tbody tr").first.bounding_box()
    inbox("calls").set_viewport_size({"width": 1280, "height": round(first["y"] + first["height"] + 8)})
    page = inbox("unflagged")
    last = page.locator("[data-lines] tbody tr").last
    page.get_by_role("button", name="Tick all shown").evaluate("button => button.click()")
    expect(page.locator("[data-tick]:checked")).to_have_count(1)
    last.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    page.get_by_role("button", name="Tick all shown").evaluate("button => button.click()")
    expect(page.locator("[data-tick]:checked")).to_have_count(2)


def test_nothing_ticked_is_told_and_the_telling_is_read_first(inbox):
    page = inbox("unflagged")
    page.keyboard.press("a")
    expect(page.get_by_text("Tick the lines that you have looked at.")).to_be_visible()
    expect(page.locator(".errors")).to_be_focused()


@pytest.mark.parametrize("show", [queue.show for queue in QUEUES])
def test_every_list_can_be_read_by_everybody_on_a_desk_and_on_a_phone(inbox, look_over, show):
    page = inbox(show)
    for size in (DESK, {"width": 820, "height": 900}, PHONE):
        page.set_viewport_size(size)
        look_over(page)


def test_without_a_script_every_action_is_a_button(inbox, browser, browser_context_args, context, live_server):
    inbox()
    plain = browser.new_context(**browser_context_args, java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}/inbox/")
    expect(page.get_by_role("button", name="Keys")).to_be_hidden()
    page.get_by_role("button", name="Seen Bea").click()
    expect(page.get_by_text("Seen by Cara")).to_have_count(1)
    page.get_by_role("button", name="Take Ann").click()
    expect(page.get_by_text("Yours")).to_have_count(1)
    plain.close()
