"""How long somebody stays signed in."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access import SEEN_AT, SIGNED_IN_AT
from tests.accounts.test_sign_in import sign_in

MINUTE, HOUR, DAY = 60, 3600, 86400


def later(client, *, seen, signed_in):
    """As if this session was last used, and begun, so many seconds ago."""
    session = client.session
    now = timezone.now().timestamp()
    session[SEEN_AT], session[SIGNED_IN_AT] = now - seen, now - signed_in
    session.save()


@pytest.mark.parametrize(
    ("who", "seen", "signed_in", "stays"),
    [
        ("cara", 29 * MINUTE, 11 * HOUR, True),
        ("cara", 31 * MINUTE, 1 * HOUR, False),
        ("cara", 1 * MINUTE, 12 * HOUR + MINUTE, False),
        ("ada", 31 * MINUTE, 1 * HOUR, False),
        ("pat", 13 * DAY, 100 * DAY, True),
        ("pat", 14 * DAY + MINUTE, 15 * DAY, False),
    ],
)
def test_staff_30_minutes_and_12_hours_patients_14_days(as_, request, who, seen, signed_in, stays):
    browser = as_(request.getfixturevalue(who))
    later(browser, seen=seen, signed_in=signed_in)
    browser.get("/accounts/password/change/")
    assert ("_auth_user_id" in browser.session) is stays


def test_the_person_is_told_why(as_, cara):
    browser = as_(cara)
    later(browser, seen=HOUR, signed_in=HOUR)
    page = browser.get(reverse("journal:inbox"), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "You were signed out" in page.content.decode()


def test_a_program_is_told_in_json(as_, pat):
    browser = as_(pat)
    later(browser, seen=15 * DAY, signed_in=15 * DAY)
    assert browser.get("/", headers={"accept": "application/json"}).status_code == 401


def test_the_clock_starts_with_the_sign_in_itself(client, cara):
    sign_in(client, cara.email)
    began = timezone.now() - datetime.datetime.fromtimestamp(client.session[SIGNED_IN_AT], datetime.UTC)
    assert began < datetime.timedelta(minutes=1)


def test_a_visit_moves_the_idle_limit_and_not_the_other(as_, cara):
    browser = as_(cara)
    browser.get(reverse("journal:inbox"))
    later(browser, seen=20 * MINUTE, signed_in=5 * HOUR)
    began = browser.session[SIGNED_IN_AT]
    browser.get(reverse("journal:inbox"))
    assert timezone.now().timestamp() - browser.session[SEEN_AT] < MINUTE
    assert browser.session[SIGNED_IN_AT] == began


def test_a_page_of_photos_is_not_a_page_of_writes(as_, cara, django_assert_num_queries):
    browser = as_(cara)
    browser.get(reverse("mfa_index"))
    with django_assert_num_queries(5):  # session, user, clinic (for its time), and the page's own two: no write
        browser.get(reverse("mfa_index"))
