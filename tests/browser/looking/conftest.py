"""A phone with a finger on two photos of a cheek."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from journal import demo_photos
from journal.actions import photos
from journal.actions.photos import NewPhoto
from journal.photos import clean
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
