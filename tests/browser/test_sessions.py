"""Saying how the goals are coming along with a thumb, and sessions that can be told apart without colour."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal.models import Progress
from tests.conftest import make_treatment
from tests.journal.shots import shoot
from tests.journal.tables import log

from .conftest import DESK

COURSE = "day redness dryness tightness itch\n0 3 1 2 1\n1 2 2 1 1\n2 2 2 1 0\n4 1 1 0 0"


@pytest.fixture
def sessions(pat, cara):
    """Pat's third session was sixteen days ago, the others each five weeks before."""
    today = timezone.now().astimezone(pat.clinic.zone).date()
    made = []
    for number in (1, 2, 3):
        on = today - datetime.timedelta(days=16 + 35 * (3 - number))
        made.append(make_treatment(pat, on, cara, session_number=number, goals_chosen=["acne-scars", "dark-spots"]))
        log(made[-1], COURSE)
    return made


def test_a_week_is_told_in_a_few_taps(page, enter, live_server, sessions, pat, look_over):
    shoot(sessions[-1], 0, baseline=True)
    shoot(sessions[-1], 15)
    enter(pat)
    page.goto(live_server.url)
    page.get_by_role("link", name="Look and say").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Week 2: how is it going?")
    look_over(page)
    page.get_by_role("group", name="Acne scars").get_by_label("Better").check()
    page.get_by_role("group", name="Dark spots").get_by_label("I can’t tell").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    assert dict(Progress.objects.values_list("goal", "answer")) == {"acne-scars": "better", "dark-spots": "cant_tell"}
    look_over(page)
    expect(page.get_by_role("group", name="Acne scars").get_by_label("Better")).to_be_checked()


def test_a_form_without_an_answer_says_so_first(page, enter, live_server, sessions, pat, look_over):
    enter(pat)
    page.goto(f"{live_server.url}/progress/{sessions[-1].pk}/2/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look_over(page)


def test_sessions_laid_on_each_other_differ_in_dash_and_mark(page, enter, live_server, sessions, pat, look_over):
    enter(pat)
    page.goto(f"{live_server.url}/timeline/{sessions[-1].pk}/")
    look_over(page)
    page.get_by_role("link", name="Sessions beside each other").click()
    look_over(page)
    dashes = (
        page.locator("svg.chart")
        .first.locator(".trace")
        .evaluate_all("traces => traces.map(one => getComputedStyle(one.querySelector('polyline')).strokeDasharray)")
    )
    marks = page.locator(".key").first.locator("path").evaluate_all("all => all.map(one => one.getAttribute('d'))")
    assert len(set(dashes)) == len(set(marks)) == 3
    page.get_by_text("Redness as a table").click()
    look_over(page)
    expect(page.get_by_role("row", name="4 mild mild mild").first).to_be_visible()


def test_the_clinic_sees_them_on_its_wide_screen(page, enter, live_server, sessions, pat, cara, look_over):
    page.set_viewport_size(DESK)
    enter(cara)
    page.goto(f"{live_server.url}/patients/{pat.pk}/")
    look_over(page)
    page.get_by_role("link", name="Sessions beside each other").click()
    expect(page.get_by_role("heading", name="Next session")).to_be_visible()
    look_over(page)
    page.goto(f"{live_server.url}/progress/{sessions[-1].pk}/2/")
    look_over(page)
