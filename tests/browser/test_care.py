"""Care on a phone: what to leave out today, the whole plan on screen and on paper, and a clinic's own days."""

import datetime
import re

import pytest
from django.utils import timezone
from icalendar import Calendar
from playwright.sync_api import expect

from journal.actions.care import add_product
from journal.models import CareChange, Visit
from tests.conftest import make_treatment
from tests.journal.tables import log

from .conftest import DESK

PHONES = [
    pytest.param({"width": 360, "height": 740}, id="360"),
    pytest.param({"width": 320, "height": 640}, id="320"),
]


@pytest.fixture
def treated(pat, cara):
    """Pat, so many days ago."""

    def days_ago(days):
        today = timezone.now().astimezone(pat.clinic.zone).date()
        return make_treatment(pat, today - datetime.timedelta(days=days), cara)

    return days_ago


@pytest.mark.parametrize("size", PHONES)
@pytest.mark.parametrize("day", [-7, 0, 3, 7])
def test_today_says_what_to_leave_out_and_opens_to_all_of_it(
    page, enter, live_server, pat, treated, look_over, day, size
):
    treated(day)
    enter(pat)
    page.set_viewport_size(size)
    page.goto(live_server.url)
    look_over(page)
    for summary in page.locator("main .more > summary").all():
        summary.click()
    look_over(page)
    expect(page.get_by_role("link", name="Your care plan").first).to_be_visible()


def test_the_plan_opens_line_by_line_and_its_dates_come_as_a_file(page, enter, live_server, pat, treated, look_over):
    treated(1)
    enter(pat)
    page.goto(f"{live_server.url}/care/")
    look_over(page)
    page.locator("summary", has_text="Make-up").click()
    expect(page.get_by_text("No make-up on the treated skin.")).to_be_visible()
    page.locator("summary:visible", has_text="where this comes from").first.click()
    look_over(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Get the calendar file").click()
    assert download.value.suggested_filename == "journal.ics"
    assert Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")


def test_on_paper_the_plan_is_open_and_fits_on_two_pages(page, enter, live_server, cara, treated, clinic):
    treatment = treated(-3)
    for number in range(6):
        add_product(clinic=clinic, clock="moisturizer", name=f"Plain Cream {number}", by=cara, at=timezone.now())
    enter(cara)
    page.goto(f"{live_server.url}/treatments/{treatment.pk}/care/")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
    page.emulate_media(media="print")
    expect(page.get_by_text("No make-up on the treated skin.")).to_be_visible()
    expect(page.get_by_text("Urgent line: 111.").first).to_be_visible()
    assert not page.get_by_text("Where this comes from").first.is_visible()


@pytest.mark.parametrize("size", [*PHONES, pytest.param(DESK, id="desk")])
def test_a_clinic_changes_a_day_and_is_asked_why(page, enter, live_server, cara, look_over, size):
    enter(cara)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/care-plan/")
    look_over(page)
    make_up = page.locator("#make-up")
    make_up.get_by_text("Change the day").click()
    make_up.get_by_label("Leave out").select_option("1")
    make_up.get_by_role("button", name="Save").click()
    expect(page).to_have_title(re.compile("^Please check: Our care"))
    expect(page.locator("#make-up-check")).to_be_focused()
    expect(page.locator("#make-up-check")).to_be_in_viewport()
    expect(make_up.locator(".invalid-feedback")).to_have_text(re.compile("This is shorter than in the protocol."))
    look_over(page)
    make_up.get_by_label("Reason").fill("Mineral powder is fine.")
    make_up.get_by_role("button", name="Save").click()
    expect(make_up.get_by_text("Mineral powder is fine.")).to_be_visible()
    expect(make_up).to_be_in_viewport()
    assert page.url.endswith("/care-plan/#make-up")
    assert CareChange.objects.get().avoid_to == 1
    make_up.get_by_text("Add a product").click()
    make_up.get_by_label("Product to name to patients").fill("Mineral Powder")
    make_up.get_by_role("button", name="Add").click()
    expect(make_up.get_by_text("Mineral Powder", exact=True)).to_be_visible()
    look_over(page)
    make_up.get_by_role("button", name="Remove Mineral Powder").click()
    expect(make_up.get_by_text("Mineral Powder", exact=True)).to_have_count(0)


def test_a_topic_on_today_leads_to_its_line_in_the_plan_and_opens_it(page, enter, live_server, pat, treated):
    treated(3)
    enter(pat)
    page.goto(live_server.url)
    page.get_by_text("Line by line").click()
    page.get_by_role("link", name="Picking and shaving").click()
    expect(page.get_by_text("Do not pick, scratch or rub.")).to_be_in_viewport()
    expect(page.locator("summary", has_text="Picking and shaving")).to_be_in_viewport()


def test_with_text_twice_as_large_short_answers_stay_words(page, enter, live_server, pat, cara, treated):
    treatment = treated(1)
    Visit.objects.create(treatment=treatment, mask="Moisturizing mask", at=timezone.now(), by=cara)
    enter(pat)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/care/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for text in page.locator(".facts.tight dd, .line.two > summary > :first-child").all():
        assert text.bounding_box()["width"] > 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_of_several_prompts_the_others_open_with_a_tap(page, enter, live_server, pat, treated, look_over):
    log(treated(8), "day redness signs\n8 1 pus,blisters")
    enter(pat)
    page.goto(live_server.url)  # the first time they stand open: what was folded was not read
    expect(page.locator(".card.call:visible").nth(1)).to_be_visible()
    page.reload()
    expect(page.locator(".card.call:visible")).to_have_count(1)
    look_over(page)
    page.locator("summary", has_text="more").first.click()
    assert page.locator(".card.call:visible").count() > 1
    look_over(page)
