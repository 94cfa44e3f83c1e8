"""Who may enter which page, for every address there is: a new page fails here until someone says who may."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts.models import AccessEvent, Invitation, Patient
from journal import protocols
from journal.actions import calls, photos
from journal.models import (
    Candidacy,
    CannedReply,
    CareChange,
    Consent,
    Entry,
    EntryRevision,
    Flag,
    Message,
    Photo,
    Product,
    Progress,
    Review,
    Treatment,
    Visit,
)

from .journal.tables import log, picture

# What a GET answers. Object pages are asked with what belongs to Pat: Vera is another patient of the clinic, Cara
# their clinician, Owen a clinician elsewhere, Ada the administrator. login, again, home: a redirect to the sign-in
# page, to give the password or second step once more, to `/`; on: to another page.
DOORS = """
page                                     anonymous pat   vera  cara  owen  ada
admin:index                              on        on    on    on    on    200
account_login                            200       home  home  home  home  home
account_logout                           login     200   200   200   200   200
account_inactive                         200       200   200   200   200   200
account_signup                           200       home  home  home  home  home
account_reauthenticate                   login     200   200   200   200   200
account_email                            login     200   200   200   200   200
account_email_verification_sent          200       200   200   200   200   200
account_change_password                  login     200   200   200   200   200
account_set_password                     login     on    on    on    on    on
account_reset_password                   200       200   200   200   200   200
account_confirm_login_code               on        home  home  home  home  home
account_confirm_email                    200       200   200   200   200   200
account_reset_password_from_key_done     200       200   200   200   200   200
account_reset_password_from_key          200       200   200   200   200   200
account_reset_password_done              200       200   200   200   200   200
account_request_login_code               200       home  home  home  home  home
mfa_index                                login     200   200   200   200   200
mfa_authenticate                         login     home  home  home  home  home
mfa_reauthenticate                       login     again again 200   200   200
mfa_activate_totp                        login     again again again again again
mfa_deactivate_totp                      login     404   404   again again again
mfa_view_recovery_codes                  login     404   404   again again again
mfa_generate_recovery_codes              login     again again again again again
mfa_download_recovery_codes              login     404   404   again again again
mfa_list_webauthn                        login     200   200   200   200   200
mfa_add_webauthn                         login     again again again again again
mfa_reauthenticate_webauthn              login     again again again again again
mfa_remove_webauthn                      login     again again again again again
mfa_edit_webauthn                        login     again again again again again
mfa_login_webauthn                       login     home  home  home  home  home
usersessions_list                        login     200   200   200   200   200
journal:today                            login     200   200   on    on    on
journal:log                              login     200   200   403   403   403
journal:log_on                           login     200   200   403   403   403
journal:entry                            login     200   404   on    404   403
journal:timeline_latest                  login     on    200   403   403   403
journal:timeline                         login     200   404   200   404   403
journal:sessions                         login     200   200   403   403   403
journal:progress                         login     200   404   200   404   403
journal:expected                         login     200   200   403   403   403
journal:care                             login     200   200   403   403   403
journal:care_calendar                    login     200   on    403   403   403
journal:clinic                           login     200   200   403   403   403
journal:photo_consent                    login     405   405   405   405   405
journal:call                             login     200   200   403   403   403
journal:messages                         login     200   200   403   403   403
journal:invite                           404       404   404   404   404   404
journal:inbox                            login     403   403   200   200   403
journal:inbox_seen                       login     405   405   405   405   405
journal:flag                             login     403   403   200   404   403
journal:flag_assign                      login     405   405   405   405   405
journal:review                           login     403   403   on    404   403
journal:call_try                         login     403   403   200   404   403
journal:patients                         login     403   403   200   200   403
journal:patient_new                      login     403   403   200   200   403
journal:patient                          login     403   403   200   404   403
journal:patient_messages                 login     403   403   200   404   403
journal:patient_sessions                 login     403   403   200   404   403
journal:patient_edit                     login     403   403   200   404   403
journal:patient_invite                   login     405   405   405   405   405
journal:treatment_new                    login     403   403   200   404   403
journal:treatment_edit                   login     403   403   200   404   403
journal:treatment_questions              login     403   403   200   404   403
journal:treatment_day                    login     403   403   200   404   403
journal:treatment_cancel                 login     403   403   200   404   403
journal:log_for                          login     403   403   200   404   403
journal:log_for_on                       login     403   403   200   404   403
journal:treatment_care                   login     403   403   200   404   403
journal:clinic_replies                   login     403   403   200   200   403
journal:clinic_care                      login     403   403   200   200   403
journal:clinic_yield                     login     403   403   200   200   403
journal:rules                            login     403   403   200   200   403
journal:rules_of                         login     403   403   200   200   200
journal:rules_approve                    login     405   405   405   405   405
journal:rules_withdraw                   login     405   405   405   405   405
journal:rules_move                       login     403   403   404   404   403
journal:photo                            login     200   404   200   404   403
journal:photo_size                       login     200   404   200   404   403
journal:photo_remove                     login     200   404   403   404   403
journal:film                             login     200   404   200   404   403
journal:compare                          login     200   404   200   404   403
journal:healthz                          200       200   200   200   200   200
"""
# What a POST answers where a page only takes those.
POSTS = """
page                                     anonymous pat   vera  cara  owen  ada
journal:photo_consent                    login     on    on    403   403   403
journal:inbox_seen                       login     403   403   422   422   403
journal:flag_assign                      login     403   403   on    404   403
journal:patient_invite                   login     403   403   on    404   403
journal:rules_approve                    login     403   403   on    on    403
journal:rules_withdraw                   login     403   403   on    on    403
"""
# Whoever works in the admin site may be shown these; nobody else comes past its door.
ADMIN = {
    "auth.group",
    "accounts.accessevent",
    "accounts.clinic",
    "accounts.invitation",
    "accounts.patient",
    "accounts.user",
    "journal.approval",
    "journal.candidacy",
    "journal.cannedreply",
    "journal.carechange",
    "journal.consent",
    "journal.entry",
    "journal.flag",
    "journal.message",
    "journal.notice",
    "journal.product",
    "journal.progress",
    "journal.review",
    "journal.treatment",
    "journal.uploadedprotocol",
    "journal.visit",
}
# Pages on which there is nothing to send; every other page has a form.
TO_READ_ONLY = {
    "account_inactive",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password_from_key_done",
    "account_reset_password_done",
    "mfa_index",
    "mfa_list_webauthn",
    "journal:today",
    "journal:timeline_latest",
    "journal:timeline",
    "journal:sessions",
    "journal:progress",  # before its days have come
    "journal:patient_sessions",
    "journal:expected",
    "journal:care",
    "journal:messages",  # before the clinic has written
    "journal:treatment_care",
    "journal:patient",
    "journal:clinic_yield",
    "journal:rules",
    "journal:rules_of",  # for who sets up protocols
    "journal:film",
    "journal:compare",  # of a single photo; two can be lined up
    "journal:healthz",
}
# Pages that are told by a question which photo is meant.
ASKED = {"journal:compare": "?right={token}"}
BYTES = {"journal:photo", "journal:photo_size", "journal:care_calendar"}  # no page at all
WHO = ["anonymous", "pat", "vera", "cara", "owen", "ada"]


def read(table):
    """Answers by page and person."""
    _header, *rows = [line.split() for line in table.strip().splitlines()]
    return {page: dict(zip(WHO, answers, strict=True)) for page, *answers in rows}


TABLE = read(DOORS)


def walk(resolver, path="", namespaces=()):
    """Every name in the project, with the address that it stands for."""
    for pattern in resolver.url_patterns:
        here = f"{path}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield ":".join([*namespaces, pattern.name or here]), here
        else:
            yield from walk(pattern, here, (*namespaces, *filter(None, [pattern.namespace])))


PAGES = dict(walk(get_resolver()))


@pytest.fixture
def places(treatment, pat, vera, cara, django_capture_on_commit_callbacks):
    """What addresses need, all of it Pat's."""
    log(treatment, "day redness signs\n2 1 pus")
    call = {"on": treatment.date_of(2), "by": pat.user, "at": timezone.now()}
    photos.add(treatment=treatment, photos=[picture("cheek")], **call)
    # Vera's, so that Pat's pages still have the form that asks for one.
    asked = calls.ask(patient=vera, number=vera.phone, window="any", by=vera.user, at=timezone.now())
    return {
        "call_id": asked.call.pk,
        "treatment_id": treatment.pk,
        "patient_id": pat.pk,
        "entry_id": Entry.objects.get().pk,
        "flag_id": Flag.objects.get().pk,
        "token": Photo.objects.get().token,
        "size": 320,
        "week": 2,
        "version": protocols.CURRENT,
        "on": treatment.date_of(2),
        "app_label": "journal",
        "url": "elsewhere",
        "key": "x",
        "uidb36": "0",
        **dict.fromkeys(("pk", "id", "object_id", "content_type_id"), 1),
    }


@pytest.fixture(params=WHO)
def who(request):
    return request.param


@pytest.fixture
def browser_of(request, as_):
    return lambda name: Client() if name == "anonymous" else as_(request.getfixturevalue(name))


def address(page, places):
    needed = re.findall(r"<(?:\w+:)?(\w+)>", PAGES[page])
    return reverse(page, kwargs={place: places[place] for place in needed}) + ASKED.get(page, "").format(**places)


def ask(browser, method, path):
    """The answer, read to its end, because a photo's file is open until then."""
    response = getattr(browser, method)(path)
    b"".join(response)
    return response


FLAGS = re.DOTALL | re.IGNORECASE
SENT = r'<form\b(?![^>]*method="get").*?</form>'
AGAIN = re.compile(r"/accounts/(2fa/)?reauthenticate/")


def said(response):
    """An answer as the table writes it."""
    if response.status_code != 302:
        return str(response.status_code)
    to = response.url.split("?")[0]
    return {"/accounts/login/": "login", "/": "home"}.get(to, "again" if AGAIN.match(to) else "on")


def test_every_page_is_in_the_table_and_every_line_is_a_page():
    assert {page for page in PAGES if not page.startswith("admin:")} == TABLE.keys() - {"admin:index"}
    assert {model._meta.label_lower for model in admin.site._registry} == ADMIN


def test_each_page_lets_in_whom_it_should_and_says_what_a_browser_may_do_with_it(places, who, browser_of):
    browser, answers, before = browser_of(who), {}, counts()
    for page in TABLE:
        response = ask(browser, "get", address(page, places))
        answers[page] = said(response)
        assert_guarded(response, page)
    assert answers == {page: row[who] for page, row in TABLE.items()}
    assert counts() | {"AccessEvent": 0} == before | {"AccessEvent": 0}  # looking writes nothing but who looked


def assert_guarded(response, page):
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy, page
    assert "unsafe" not in policy, page
    assert response["X-Content-Type-Options"] == "nosniff", page
    assert response["X-Frame-Options"] == "DENY", page
    assert response["Referrer-Policy"] in ("same-origin", "strict-origin"), page  # neither tells others the path
    assert re.search(r"\b(no-store|private)\b", response["Cache-Control"]), page


def test_whoever_may_not_look_may_not_write(places, who, browser_of):
    browser = browser_of(who)
    shut = {page: row[who] for page, row in TABLE.items() if row[who] in ("login", "403", "404")}
    before = counts()
    answers = {page: said(ask(browser, "post", address(page, places))) for page in shut}
    assert {page: answer for page, answer in answers.items() if answer not in (shut[page], "405")} == {}
    assert counts() == before


def counts():
    kept = (Entry, EntryRevision, Photo, Flag, Review, Treatment, Consent, Patient, Invitation, AccessEvent)
    kept += (Candidacy, CannedReply, CareChange, Message, Product, Progress, Visit)
    return {model.__name__: model.objects.count() for model in kept}


def test_pages_that_only_take_a_press_take_it_from_whom_they_should(places, who, browser_of):
    browser = browser_of(who)
    answers = {page: said(ask(browser, "post", address(page, places))) for page in read(POSTS)}
    assert answers == {page: row[who] for page, row in read(POSTS).items()}


def test_the_admin_site_opens_for_the_administrator_alone(places, who, browser_of):
    browser = browser_of(who)
    pages = [page for page in PAGES if page.startswith("admin:") and "/" not in page]
    for page in pages:
        response = ask(browser, "get", address(page, places))
        if who == "ada":
            assert response.status_code in (200, 302, 403, 404, 405), page
        elif page == "admin:login":
            assert said(response) == ("login" if who == "anonymous" else "403")
        else:
            assert response.status_code == 302, page
            assert response.url.split("?")[0] in ("/admin/login/", "/accounts/login/", "/admin/"), page


@pytest.mark.parametrize("who", ["anonymous", "pat", "cara", "ada"], indirect=True)
def test_every_form_that_is_sent_carries_its_token(places, who, browser_of):
    browser = browser_of(who)
    for page in [page for page, row in TABLE.items() if row[who] == "200" and page not in BYTES]:
        forms = re.findall(SENT, browser.get(address(page, places)).text, FLAGS)
        assert forms or page in TO_READ_ONLY, page
        assert all(re.search(r'name="csrfmiddlewaretoken" value="\w+"', form) for form in forms), page


def test_an_address_that_is_none_is_guarded_too(who, browser_of):
    response = ask(browser_of(who), "get", "/no-such-page/")
    assert said(response) in ("404", "login")
    assert_guarded(response, "404")


def test_a_link_that_invites_is_told_to_nobody(places, pat, cara, client):
    Patient.objects.filter(pk=pat.pk).update(user=None)
    token = Invitation.issue(patient=pat, by=cara, at=timezone.now())
    response = ask(client, "get", f"/invite/{token}/")
    assert response.status_code == 200
    assert response["Referrer-Policy"] == "strict-origin"
    assert_guarded(response, "invite")
