"""Staff reach nothing with a password alone, and the admin site has no door of its own."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from tests.accounts.test_sign_in import sign_in
from tests.conftest import PASSWORD

INBOX, ADMIN = reverse("journal:inbox"), reverse("admin:index")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize(
    ("who", "address"), [("cara", INBOX), ("cara", "/patients/"), ("ada", ADMIN), ("ada", "/admin/accounts/user/")]
)
def test_a_password_alone_leads_to_setting_up_a_second_step(client, request, who, address):
    user = request.getfixturevalue(who)
    sign_in(client, user.email)
    assert client.get(address).url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


def test_a_program_with_a_password_alone_gets_403_in_json(client, cara):
    sign_in(client, cara.email)
    answer = client.get(INBOX, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "second_factor")


def test_a_patient_needs_none(client, pat):
    sign_in(client, pat.user.email)
    assert client.get(reverse("journal:today")).status_code == 200


def test_the_admin_has_no_sign_in_form_of_its_own(client, ada):
    page = client.get(reverse("admin:login"))
    assert page.url.startswith(reverse("account_login"))
    client.post(reverse("admin:login"), {"username": ada.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def set_up(client):
    """An authenticator app set up as the pages ask: its secret, and what the last page answered."""
    activate = reverse("mfa_activate_totp")
    page = client.get(activate)  # asks for the password again, even now
    client.post(page.url, {"password": PASSWORD})
    secret = client.get(activate).context["form"].secret
    return secret, client.post(activate, {"code": code(secret)})


def test_from_first_password_to_inbox_with_an_authenticator_app(client, cara):
    page = sign_in(client, cara.email)
    page = client.get(INBOX)
    assert page.url == reverse("mfa_index")
    secret, page = set_up(client)
    assert page.url == reverse("mfa_view_recovery_codes")
    assert len(client.get(page.url).context["unused_codes"]) == 10
    page = client.get(INBOX)
    assert page.url.startswith(reverse("mfa_reauthenticate")), "asking for the password would go in circles"
    page = client.post(page.url, {"code": code(secret)})
    assert page.url == INBOX
    assert client.get(INBOX).status_code == 200


def test_a_second_step_that_was_there_before_this_session_is_asked_for(client, cara):
    TOTP.activate(cara, generate_totp_secret())
    client.force_login(cara, backend=BACKEND)
    for _visit in range(2):
        assert client.get(INBOX).url.startswith(reverse("mfa_reauthenticate"))


def test_a_second_step_that_another_sign_in_set_up_is_asked_for(client, cara):
    """Whoever knew the password before there was a second step is not let in by the owner's setting one up."""
    stranger = Client()
    for browser in (stranger, client):
        sign_in(browser, cara.email)
        assert browser.get(INBOX).url == reverse("mfa_index")
    set_up(client)
    assert stranger.get(INBOX).url.startswith(reverse("mfa_reauthenticate"))


def test_signing_in_later_asks_for_the_code_before_anything(client, cara):
    secret = generate_totp_secret()
    TOTP.activate(cara, secret)
    page = sign_in(client, cara.email, next=INBOX)
    assert page.url.startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
    assert client.get(INBOX).url.startswith(reverse("account_login"))
    page = client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert page.url == INBOX
    assert client.get(INBOX).status_code == 200


def test_a_wrong_code_opens_nothing(client, cara):
    secret = generate_totp_secret()
    TOTP.activate(cara, secret)
    sign_in(client, cara.email)
    wrong = f"{(int(code(secret)) + 1) % 10**6:06}"
    client.post(reverse("mfa_authenticate"), {"code": wrong})
    assert "_auth_user_id" not in client.session


def test_a_code_works_once(client, cara):
    secret = generate_totp_secret()
    TOTP.activate(cara, secret)
    same = code(secret)
    for _ in range(2):
        client.cookies.clear()
        sign_in(client, cara.email)
        client.post(reverse("mfa_authenticate"), {"code": same})
    assert "_auth_user_id" not in client.session


def test_who_has_only_a_passkey_is_asked_for_the_passkey(client, cara):
    Authenticator.objects.create(user=cara, type=Authenticator.Type.WEBAUTHN, data={"name": "phone", "credential": {}})
    client.force_login(cara, backend=BACKEND)
    assert client.get(INBOX).url.startswith(reverse("mfa_reauthenticate_webauthn"))


def test_a_passkey_can_be_set_up_and_used_to_sign_in(client, cara):
    assert reverse("mfa_login_webauthn") in client.get(reverse("account_login")).content.decode()
    sign_in(client, cara.email)
    assert reverse("mfa_list_webauthn") in client.get(reverse("mfa_index")).content.decode()


def test_who_takes_the_second_step_away_is_out_again(as_, cara):
    browser = as_(cara)
    assert browser.get(INBOX).status_code == 200
    Authenticator.objects.filter(user=cara).delete()
    assert browser.get(INBOX).url == reverse("mfa_index")


def test_the_secret_is_not_readable_in_the_database(cara):
    secret = generate_totp_secret()
    TOTP.activate(cara, secret)
    stored = Authenticator.objects.get(user=cara).data["secret"]
    assert secret not in stored
    assert TOTP(Authenticator.objects.get(user=cara)).validate_code(code(secret))


def test_a_new_key_still_opens_what_the_one_before_locked(cara, settings):
    secret = generate_totp_secret()
    TOTP.activate(cara, secret)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another " * 8, [settings.SECRET_KEY]
    assert TOTP(Authenticator.objects.get(user=cara)).validate_code(code(secret))


@pytest.mark.parametrize(
    ("demo", "email", "enters"),
    [(True, "cara@demo.example", True), (True, "cara@test.example", False), (False, "cara@demo.example", False)],
)
def test_only_the_people_of_the_demo_in_the_demo_go_without(
    client, clinic, settings, django_user_model, demo, email, enters
):
    settings.DEMO = demo
    django_user_model.objects.create_user(email, PASSWORD, role="clinician", clinic=clinic)
    sign_in(client, email)
    assert client.get(INBOX).status_code == (200 if enters else 302)


def test_the_page_to_come_back_to_survives_the_second_step(client, cara):
    TOTP.activate(cara, generate_totp_secret())
    client.force_login(cara, backend=BACKEND)
    assert re.search(r"next=%2Fpatients%2F%3Fq%3Dmo", client.get("/patients/?q=mo").url)
