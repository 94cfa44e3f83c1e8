"""What every answer says about keeping and embedding it."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("address", ["/accounts/login/", "/no-such-page/", "/healthz", "/", "/invite/unknown/"])
def test_every_answer_is_kept_by_nobody_and_embedded_by_nobody(client, db, address):
    headers = client.get(address).headers
    assert "no-store" in headers["Cache-Control"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=()"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "'unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin")


def test_static_files_may_be_kept(client, db):
    answer = client.get("/static/journal/app.css")
    answer.close()
    assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["account_logout", "admin:logout"])
def test_signing_out_clears_what_the_browser_kept(as_, ada, name):
    browser = as_(ada)
    answer = browser.post(reverse(name))
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "_auth_user_id" not in browser.session


def test_asking_about_signing_out_clears_nothing(as_, pat):
    browser = as_(pat)
    answer = browser.get(reverse("account_logout"))
    assert "Clear-Site-Data" not in answer
    assert "_auth_user_id" in browser.session


def test_without_the_form_token_nobody_is_signed_out(pat):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(pat.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post(reverse("account_logout")).status_code == 403
    assert "_auth_user_id" in browser.session


def test_nothing_is_read_ahead_of_its_reader(as_, pat):
    """A prompt or a message that a browser fetched on a guess would count as opened."""
    browser = as_(pat)
    for purpose in ("prefetch", "prefetch;prerender"):
        assert browser.get("/", headers={"sec-purpose": purpose}).status_code == 503
    assert browser.get("/").status_code == 200
