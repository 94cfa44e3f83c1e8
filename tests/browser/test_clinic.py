"""Cara's part: from a new patient to a reviewed flag, and what Pat sees of it."""

import datetime
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.models import Flag, Treatment
from tests.browser.conftest import DESK
from tests.conftest import PASSWORD


@pytest.fixture
def desk(page):
    page.set_viewport_size(DESK)
    return page


def test_a_new_patient_is_invited_joins_and_logs(desk, enter, look_over, live_server, settings, cara):
    settings.SITE_URL = live_server.url
    page = desk
    enter(cara)
    page.goto(live_server.url + "/patients/new/")
    page.get_by_label("Name").fill("Nora Quill")
    page.get_by_label("Birth year").fill("1991")
    page.get_by_label("Phone").fill("+44 7700 900456")
    look_over(page)
    page.get_by_role("button", name="Save").click()
    look_over(page)
    page.get_by_role("link", name="New treatment").click()
    page.get_by_label("Date").fill(timezone.now().astimezone(cara.clinic.zone).date().isoformat())
    page.get_by_label("Face", exact=True).check()
    look_over(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Questions before the session")
    page.get_by_label("I asked all the others.").check()
    page.get_by_role("radio", name="Treat", exact=True).check()
    page.get_by_label("Reason").fill("Skin is calm.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("last entry").or_(page.get_by_text("no entry")).first).to_be_visible()
    treatment = Treatment.objects.get()
    page.goto(live_server.url + f"/patients/{treatment.patient_id}/")
    page.get_by_role("button", name="Make an invitation link").click()
    link = page.get_by_label("Link, to copy").input_value()
    look_over(page)

    page.context.clear_cookies()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(link)
    look_over(page)
    page.get_by_label("Your email address").fill("nora@test.example")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("I agree that my journal is kept").check()
    page.get_by_role("button", name="Open my journal").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your treatment day")
    look_over(page)
    page.get_by_role("link", name="Log today").click()
    expect(page.locator("input[type=file]")).to_have_count(0)  # she did not agree to photos
    page.locator("#id_redness_2").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nobody has looked at it yet.")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Your recovery journal")


@pytest.fixture
def flagged(page, enter, live_server, treatment, pat):
    """Pat logs thick fluid."""
    enter(pat)
    page.goto(live_server.url + "/log/")
    page.get_by_text("pus, crust, smell").click()
    page.get_by_label(re.compile("Thick or cloudy fluid")).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please call now")
    return page


def test_a_flag_is_seen_closed_and_told_to_the_patient(flagged, enter, look_over, live_server, cara, pat):
    page = flagged
    expect(page.get_by_text("not seen yet").first).to_be_visible()
    result = page.url
    enter(cara)
    page.set_viewport_size(DESK)
    page.goto(live_server.url)
    look_over(page)
    page.get_by_role("link", name="Pat Moss").first.click()
    look_over(page)
    page.get_by_role("button", name="Mark as seen").click()
    expect(page.get_by_role("button", name="Mark as seen")).to_have_count(0)
    page.get_by_role("button", name="Close the flag").click()
    expect(page.get_by_text("Choose one, so that others know").first).to_be_visible()
    page.get_by_label("Advised").check()
    page.get_by_label("Note for the clinic").fill("Called her; comes in at four.")
    page.get_by_role("button", name="Close the flag").click()
    look_over(page)
    assert Flag.objects.get(rule="N-1").state == "closed"
    enter(pat)
    page.goto(result)
    expect(page.get_by_text("Seen by the clinic").first).to_be_visible()
    expect(page.get_by_text("comes in at four")).to_have_count(0)


def test_the_clinician_looks_at_the_course_and_logs_for_a_patient_who_phones(
    desk, enter, look_over, live_server, cara, treatment
):
    page = desk
    enter(cara)
    page.goto(live_server.url + f"/timeline/{treatment.pk}/")
    look_over(page)
    page.get_by_role("link", name="Log for the patient").click()
    look_over(page)
    page.locator("#id_redness_1").click()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"/timeline/{treatment.pk}/"))
    expect(page.get_by_text("the clinic, for the patient")).to_be_visible()


def test_moving_a_treatment_counts_the_days_anew(desk, enter, live_server, cara, treatment):
    page = desk
    enter(cara)
    page.goto(live_server.url + f"/treatments/{treatment.pk}/edit/")
    moved = treatment.treated_on - datetime.timedelta(days=2)
    page.get_by_label("Date").fill(moved.isoformat())
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"/timeline/{treatment.pk}/"))
    treatment.refresh_from_db()
    assert treatment.treated_on == moved
