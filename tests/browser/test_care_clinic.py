"""A nurse with a phone: the questions before a session, and the day itself, under the thumb and to be listened to."""

import pytest
from playwright.sync_api import expect

from journal.models import Candidacy, Visit
from tests.browser.conftest import DESK
from tests.journal.tables import log


@pytest.fixture
def open_(page, enter, live_server, cara, treatment):
    """A page of Pat's treatment, as Cara sees it."""

    def go(name):
        enter(cara)
        page.goto(f"{live_server.url}/treatments/{treatment.pk}/{name}/")
        return page

    return go


def test_a_nurse_asks_decides_and_says_why_with_a_few_taps(open_, look_over, treatment):
    page = open_("questions")
    look_over(page)
    question = page.get_by_role("radiogroup", name="Eczema, now or in the past?")
    advice = question.get_by_text("If yes:")
    expect(advice).to_be_hidden()
    question.get_by_role("radio", name="Yes").check()
    expect(advice).to_be_visible()
    page.get_by_label("I asked all the others.").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is decided for you.")
    look_over(page)
    expect(question.get_by_role("radio", name="Yes")).to_be_checked()
    page.get_by_role("radio", name="Treat", exact=True).check()
    page.get_by_label("Reason").fill("As a child only.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Decided: Treat, Cara")).to_be_visible()
    look_over(page)
    answers = Candidacy.objects.get().answers
    assert answers.pop("eczema") == "yes"
    assert set(answers.values()) == {"no"}


def test_a_list_left_unfinished_is_taken_up_where_it_was_left(open_, look_over, treatment):
    log(treatment, "day signs\n2 pus")
    page = open_("questions")
    page.get_by_role("radiogroup", name="Eczema, now or in the past?").get_by_role("radio", name="Not known").check()
    expect(page.get_by_text("1 flag is not closed:")).to_be_visible()
    page.get_by_role("radio", name="Wait", exact=True).check()
    page.get_by_label("Reason").fill("She will ask her mother.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("questions were not asked.")).to_be_visible()
    expect(page.locator(".chip", has_text="not asked")).to_be_visible()
    look_over(page)
    page = open_("questions")
    again = page.get_by_role("radiogroup", name="Eczema, now or in the past?")
    expect(again.get_by_role("radio", name="Not known")).to_be_checked()
    again.get_by_role("radio", name="No", exact=True).check()
    look_over(page)


def test_what_the_documents_say_opens_under_each_question(open_, look_over):
    page = open_("questions")
    question = page.get_by_role("radiogroup", name="Takes a blood thinner?")
    expect(question.locator(".says")).to_be_hidden()
    question.get_by_text("Takes a blood thinner?").click()
    expect(question.locator(".says")).to_be_visible()
    expect(question.get_by_text("If yes:")).to_be_visible()
    look_over(page)


def test_answers_are_reached_by_keys_alone(open_):
    page = open_("questions")
    page.locator("summary").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("radiogroup").first.get_by_role("radio", name="Yes")).to_be_checked()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radiogroup").first.get_by_role("radio", name="No", exact=True)).to_be_checked()


def test_the_day_is_written_down_on_one_screen(open_, look_over):
    page = open_("day")
    look_over(page)
    page.get_by_label("The skin was cleaned").check()
    page.get_by_label("Numbing, minutes").fill("an hour")
    page.get_by_label("Serum or gel").fill("HA gel")
    page.get_by_label("Lot number").fill("L-77")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Write whole minutes")
    look_over(page)
    page.get_by_label("Numbing, minutes").fill("45")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Day written down")).to_be_visible()
    expect(page.get_by_role("link", name="Timeline")).to_be_visible()
    expect(page.get_by_role("link", name="The day")).to_be_hidden()
    page.get_by_text("More", exact=True).click()
    expect(page.get_by_role("link", name="The day")).to_be_visible()
    look_over(page)
    visit = Visit.objects.get()
    assert (visit.cleaned, visit.numbing_minutes, visit.serum, visit.serum_lot) == (True, 45, "HA gel", "L-77")


def test_what_the_patient_is_told_of_the_day_opens_beside_it(open_, look_over):
    page = open_("day")
    page.set_viewport_size(DESK)
    for told in page.get_by_text("What the patient is told").all():
        told.click()
    expect(page.locator(".says").first).to_be_visible()
    look_over(page)
