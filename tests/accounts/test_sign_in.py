"""Passwords, codes and links: who gets in, and what the others are told."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from tests.conftest import PASSWORD

LOGIN, CODE, RESET = (
    reverse(name) for name in ("account_login", "account_request_login_code", "account_reset_password")
)


def sign_in(client, email, password=PASSWORD, **query):
    return client.post(LOGIN, {"login": email, "password": password}, query_params=query)


def confirmed(user):
    return EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)


@pytest.mark.parametrize("name", ["journal:today", "journal:inbox", "journal:patients", "journal:log", "admin:index"])
def test_signed_out_every_page_leads_to_sign_in_and_back(client, db, name):
    page = client.get(reverse(name))
    assert page.status_code == 302
    assert page.url.startswith((LOGIN, reverse("admin:login")))
    assert "next=" in page.url


def test_a_program_that_is_signed_out_gets_401_in_json_and_not_a_page(client, db):
    answer = client.post(reverse("journal:log"), {}, headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["reason"] == "signed_out"


def test_a_page_without_an_address_is_404_and_not_a_sign_in(client, db):
    assert client.get("/no-such-page/").status_code == 404


def test_a_patient_signs_in_with_password_and_lands_on_today(client, pat):
    page = sign_in(client, "pat@test.example")
    assert (page.status_code, page.url) == (302, reverse("journal:today"))
    assert client.get(page.url).status_code == 200


def test_an_address_in_other_letters_signs_in_too(client, clinic):
    from accounts.models import User

    User.objects.create_user("Mixed.Case@Test.Example", PASSWORD, role="patient")
    assert sign_in(client, "MIXED.case@test.example").status_code == 302


def test_a_wrong_password_and_an_unknown_address_read_the_same(client, pat):
    wrong = sign_in(client, "pat@test.example", "not-the-password")
    unknown = sign_in(client, "nobody@test.example", "not-the-password")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_guessing_is_stopped_after_a_few_tries(client, pat):
    for _ in range(10):
        sign_in(client, "pat@test.example", "not-the-password")
    page = sign_in(client, "pat@test.example")
    assert "Too many failed login attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "https:evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(client, pat, elsewhere):
    page = sign_in(client, "pat@test.example", next=elsewhere)
    assert page.url == reverse("journal:today")


def test_sign_up_is_closed_and_makes_nobody(client, db, django_user_model):
    for answer in (
        client.get(reverse("account_signup")),
        client.post(reverse("account_signup"), {"email": "new@test.example", "password1": PASSWORD}),
    ):
        assert "closed" in answer.content.decode().lower()
    assert not django_user_model.objects.exists()


def test_nothing_leads_to_sign_up(client, pat):
    assert reverse("account_signup") not in client.get(LOGIN).content.decode()
    client.post(CODE, {"email": "nobody@test.example"})
    assert "http" not in mail.outbox[0].body


def test_a_code_goes_to_a_confirmed_address_and_signs_in(client, pat):
    confirmed(pat.user)
    page = client.post(CODE, {"email": "pat@test.example"})
    (letter,) = mail.outbox
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", letter.body, re.M).group()
    assert code not in letter.subject
    client.post(page.url, {"code": code})
    assert client.session["_auth_user_id"] == str(pat.user.pk)


def test_an_unconfirmed_address_gets_no_code(client, pat):
    EmailAddress.objects.create(user=pat.user, email=pat.user.email, primary=True, verified=False)
    client.post(CODE, {"email": "pat@test.example"})
    assert not re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mail.outbox[0].body, re.M)


def test_an_address_that_allauth_never_saw_gets_no_code(client, pat):
    client.post(CODE, {"email": "pat@test.example"})
    assert not re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mail.outbox[0].body, re.M)


@pytest.mark.parametrize("address", [CODE, RESET])
def test_confirmed_unconfirmed_and_unknown_addresses_get_the_same_answer(client, pat, vera, address):
    confirmed(pat.user)
    answers = []
    for email in ("pat@test.example", "vera@test.example", "nobody@test.example"):
        client.cookies.clear()
        page = client.post(address, {"email": email}, follow=True)
        answers.append((page.redirect_chain, page.status_code, _without_what_was_typed(page, email)))
    assert answers[0] == answers[1] == answers[2]
    assert len(mail.outbox) == 3, "the time a mail takes would tell them apart"


def _without_what_was_typed(page, email):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode().replace(email, "EMAIL"))


def test_a_reset_link_goes_to_a_confirmed_address_only(client, pat, vera):
    confirmed(pat.user)
    EmailAddress.objects.create(user=vera.user, email=vera.user.email, primary=True, verified=False)
    for email in ("pat@test.example", "vera@test.example"):
        client.post(RESET, {"email": email})
    to_pat, to_vera = mail.outbox
    assert "/accounts/password/reset/key/" in to_pat.body
    assert "/accounts/password/reset/key/" not in to_vera.body


def test_a_reset_link_works_once(client, pat):
    confirmed(pat.user)
    client.post(RESET, {"email": "pat@test.example"})
    link = re.search(r"http://\S+", mail.outbox[0].body).group().removeprefix("http://localhost:8000")
    form = client.get(link, follow=True)
    new = {"password1": "four-quite-new-words", "password2": "four-quite-new-words"}
    client.post(form.request["PATH_INFO"], new)
    pat.user.refresh_from_db()
    assert pat.user.check_password("four-quite-new-words")
    client.cookies.clear()
    assert "password1" not in client.get(link, follow=True).content.decode()


@pytest.mark.parametrize("headers", [{"host": "127.0.0.1"}, {"x-forwarded-host": "evil.example"}])
def test_links_in_mails_lead_to_our_site_whatever_the_request_called_it(client, pat, settings, headers):
    settings.SITE_URL = "https://journal.clinic.example"
    confirmed(pat.user)
    client.post(RESET, {"email": "pat@test.example"}, headers=headers)
    links = re.findall(r"\w+://[^/\s]+", mail.outbox[0].body)
    assert links == ["https://journal.clinic.example"]
    assert "evil" not in mail.outbox[0].body


def test_a_request_under_a_foreign_host_is_refused(client, pat):
    assert client.post(RESET, {"email": "pat@test.example"}, headers={"host": "evil.example"}).status_code == 400
    assert not mail.outbox


def test_mails_name_no_health_and_no_clinic(client, pat):
    confirmed(pat.user)
    client.post(CODE, {"email": "pat@test.example"})
    client.post(RESET, {"email": "pat@test.example"})
    for letter in mail.outbox:
        words = f"{letter.subject} {letter.body}".lower()
        assert not re.search("skin|riverside|moss|patient|needl|clinic|recover", words)


def test_a_dead_mail_server_stops_no_page_and_leaves_no_address_in_the_log(client, pat, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    confirmed(pat.user)
    assert client.post(CODE, {"email": "pat@test.example"}).status_code == 302
    assert "could not be sent" in caplog.text
    assert "pat@" not in caplog.text


def _confirmation_link(client, user):
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    client.post(reverse("account_email"), {"action_send": "", "email": address.email})
    return re.search(r"http://\S+", mail.outbox[-1].body).group().removeprefix("http://localhost:8000"), address


def test_the_owner_of_an_account_confirms_its_address(as_, pat):
    browser = as_(pat)
    link, address = _confirmation_link(browser, pat.user)
    browser.post(link)
    address.refresh_from_db()
    assert address.verified


def test_a_stranger_with_the_confirmation_link_confirms_nothing(as_, pat, client):
    """The mail went to a mistyped address: whoever reads it there must not get a way in."""
    link, address = _confirmation_link(as_(pat), pat.user)
    page = client.post(link)
    assert page.url.startswith(LOGIN)
    address.refresh_from_db()
    assert not address.verified


def test_a_deactivated_person_is_out_at_once(as_, pat):
    browser = as_(pat)
    pat.user.is_active = False
    pat.user.save()
    assert browser.get(reverse("journal:today")).status_code == 302


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "hex", "rot13", "idna", "latin-1"])
def test_a_form_in_another_charset_is_refused_and_breaks_nothing(client, db, charset):
    body = b'--B\r\nContent-Disposition: form-data; name="login"\r\n\r\n\\ud800\r\n--B--\r\n'
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    assert client.generic("POST", "/accounts/login/", body, kind).status_code == 400


def test_a_form_that_names_the_charset_of_our_pages_is_read(client, db):
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert client.post("/accounts/login/", "login=a%40b.example", content_type=kind).status_code == 200
