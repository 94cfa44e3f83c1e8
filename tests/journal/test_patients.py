"""The clinic's patients: found, added, corrected, invited, and seen by their own clinic only."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessEvent, Invitation, Patient
from accounts.models.invitation import digest
from journal.actions import people, treatments
from journal.models import Consent
from journal.views import patients
from tests.conftest import make_patient, make_treatment

from .tables import log, words

NORA = {"name": "Nora Quill", "birth_year": "1988", "phone": "+44 7700 900555", "language": "en"}


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


@pytest.fixture
def nora(clinic):
    """In the books, not yet invited."""
    return Patient.objects.create(clinic=clinic, name="Nora Quill", birth_year=1988, phone="+44 7700 900555")


def find(browser, words_typed):
    """The list after a search, and nothing of it in an address."""
    answer = browser.post("/patients/", {"q": words_typed})
    assert (answer.status_code, answer.url) == (302, "/patients/")
    return browser.get(answer.url)


def listed(response):
    return [line.patient.name for line in response.context["lines"]]


@pytest.mark.parametrize("page", ["", "new/", "{id}/", "{id}/edit/"])
def test_who_may_open_the_pages_about_patients(client, as_, pat, vera, cara, owen, ada, page):
    path = f"/patients/{page.format(id=pat.pk)}"
    assert client.get(path).status_code == 302
    about_pat = "{id}" in page
    answers = [as_(who).get(path).status_code for who in (pat, vera, ada, owen, cara)]
    assert answers == [403, 403, 403, 404 if about_pat else 200, 200]


def test_who_may_correct_or_invite_a_patient(client, as_, pat, owen, ada, nora):
    for what in ("edit", "invite"):
        path = f"/patients/{nora.pk}/{what}/"
        assert client.post(path, NORA).status_code == 302
        assert [as_(who).post(path, NORA).status_code for who in (pat, owen, ada)] == [403, 404, 403]
    assert not Invitation.objects.exists()


def test_the_list_holds_the_clinics_own_patients_by_name(as_, cara, owen, vera, pat):
    assert listed(as_(cara).get("/patients/")) == ["Pat Moss", "Vera Stone"]
    assert listed(as_(owen).get("/patients/")) == []


def test_a_line_says_which_treatment_which_day_and_what_waits(desk, pat, cara):
    today = timezone.now().astimezone(pat.clinic.zone).date()
    make_treatment(pat, today - datetime.timedelta(days=60), cara)
    latest = make_treatment(pat, today - datetime.timedelta(days=9), cara)
    make_treatment(pat, today + datetime.timedelta(days=30), cara, session_number=3)
    log(latest, "day redness\n8 2")
    (line,) = desk.get("/patients/").context["lines"]
    assert (line.treatment, line.day, line.last_entry_on) == (latest, 9, latest.date_of(8))
    assert line.live_flags >= 1
    assert "day 9" in words(desk.get("/patients/"))


def test_a_treatment_to_come_is_not_counted_in_days(desk, pat, cara):
    make_treatment(pat, timezone.localdate() + datetime.timedelta(days=5), cara)
    assert "still to come" in words(desk.get("/patients/"))


def test_a_cancelled_treatment_is_not_the_latest(desk, pat, cara, treatment):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert "none recorded" in words(desk.get("/patients/"))


@pytest.mark.parametrize(
    "words_typed",
    ["nora", "QUILL", "quill nora", "900555", "07700 900555", "+447700900555", "0044 7700-900555", "(0)7700 900555"],
)
def test_a_patient_is_found_by_name_or_number_however_it_is_typed(desk, pat, nora, words_typed):
    assert listed(find(desk, words_typed)) == ["Nora Quill"]


def test_a_number_in_the_books_without_its_country_is_found_by_the_one_that_is_shown(desk, nora):
    nora.phone = "07700 900555"
    nora.save()
    assert listed(find(desk, "+44 7700 900555")) == ["Nora Quill"]


@pytest.mark.parametrize("words_typed", ["zzz", "nora moss", "%", "_", "99999999"])
def test_a_search_that_finds_nobody_says_so(desk, pat, nora, words_typed):
    answer = find(desk, words_typed)
    assert listed(answer) == []
    assert "Nobody here matches" in words(answer)


def test_what_was_searched_for_is_shown_as_text(desk):
    page = find(desk, "<script>alert(1)</script>").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("words_typed", ["\x00", "no\x00ra", "9\x000", "x" * 100_000, "\ud7ff"])
def test_a_search_for_what_no_name_holds_leaves_a_list_that_can_be_used(desk, nora, words_typed):
    assert find(desk, words_typed).status_code == 200
    assert listed(find(desk, "")) == ["Nora Quill"]


def test_a_search_stays_until_all_are_asked_for_and_belongs_to_one_sign_in(desk, as_, cara, pat, nora):
    find(desk, "nora")
    page = desk.get("/patients/")
    assert listed(page) == ["Nora Quill"]
    assert 'value="nora"' in page.content.decode()
    assert "Show all" in words(page)
    assert listed(as_(cara).get("/patients/")) == ["Nora Quill", "Pat Moss"]
    desk.post("/patients/")  # what "Show all" sends
    page = desk.get("/patients/")
    assert listed(page) == ["Nora Quill", "Pat Moss"]
    assert "Show all" not in words(page)


def test_show_all_is_a_form_of_its_own(desk, nora):
    page = find(desk, "nora").content.decode()
    [button] = re.findall(r"<button[^>]*>Show all</button>", page)
    [form] = re.findall(r'<form[^>]*id="all"[^>]*>.*?</form>', page, re.DOTALL)
    assert 'form="all"' in button
    assert 'name="q"' not in form


def test_pages_of_the_list_follow_each_other_also_for_people_of_one_name(desk, clinic, monkeypatch):
    monkeypatch.setattr(patients, "PER_PAGE", 2)
    for name in ["Ann Lee", "Ann Lee", "Ann Lee", "Ben Lee", "Cal Orr"]:
        Patient.objects.create(clinic=clinic, name=name, birth_year=1990, phone="+44 7700 900001")
    seen, path = [], "/patients/"
    while path:
        answer = desk.get(path)
        seen += [line.patient.pk for line in answer.context["lines"]]
        follows = re.search(r'href="(\?after=[^"]+)"', answer.content.decode())
        path = "/patients/" + follows[1] if follows else None
    assert len(seen) == len(set(seen)) == 5


def test_a_search_that_finds_many_goes_on_over_pages(desk, clinic, monkeypatch):
    monkeypatch.setattr(patients, "PER_PAGE", 2)
    for name in ["Ann Lee", "Bea Lee", "Bo Fox", "Cal Lee"]:
        Patient.objects.create(clinic=clinic, name=name, birth_year=1990, phone="+44 7700 900001")
    answer = find(desk, "lee")
    assert listed(answer) == ["Ann Lee", "Bea Lee"]
    follows = re.search(r'href="(\?after=[^"]+)"', answer.content.decode())[1]
    assert "lee" not in follows.lower()
    assert listed(desk.get(f"/patients/{follows}")) == ["Cal Lee"]


def test_a_name_that_is_searched_for_is_never_in_an_address(desk):
    page = desk.get("/patients/").content.decode()
    assert re.search(r'<form role="search" method="post"', page)
    assert listed(desk.get("/patients/?q=anybody")) == listed(desk.get("/patients/"))


@pytest.mark.parametrize("mark", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_page_mark_that_is_nobody_is_not_found(desk, mark):
    assert desk.get(f"/patients/?after={mark}").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_patients(desk, clinic, cara):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            desk.get("/patients/")
        return len(caught)

    def add(n):
        patient = make_patient(clinic, f"Patient {n}", f"p{n}@test.example")
        treatment = make_treatment(patient, timezone.localdate() - datetime.timedelta(days=9), cara)
        log(treatment, "day redness\n8 2")

    add(0)
    desk.get("/patients/")  # the first visit is written down
    few = queries()
    for n in range(1, 7):
        add(n)
    assert queries() == few <= 8


def test_a_new_patient_belongs_to_the_clinic_of_whoever_adds_her(desk, clinic, cara):
    answer = desk.post("/patients/new/", NORA)
    made = Patient.objects.get(name="Nora Quill")
    assert answer.url == f"/patients/{made.pk}/"
    assert (made.clinic, made.birth_year, made.user) == (clinic, 1988, None)
    assert AccessEvent.objects.filter(actor_id=cara.pk, verb="created", target_id=str(made.pk)).exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Write the patient’s name."),
        ("birth_year", "", "Write the year of birth."),
        ("birth_year", "88", "1900"),
        ("birth_year", "2099", "That year is still to come."),
        ("birth_year", "long ago", "Write the year with four digits"),
        ("phone", "", "it is how you reach the patient"),
        ("phone", "ask her", "Use digits, spaces and a leading + only"),
        ("language", "xx", "not one of the available choices"),
    ],
)
def test_a_form_with_a_slip_says_which_and_keeps_the_rest(desk, field, typed, said):
    answer = desk.post("/patients/new/", {**NORA, field: typed})
    assert answer.status_code == 422
    assert said in words(answer)
    kept = {name: value for name, value in NORA.items() if name not in {field, "language"}}
    assert all(f'value="{value}"' in answer.content.decode() for value in kept.values())
    assert not Patient.objects.exists()


def test_languages_are_those_of_the_clinic_and_the_patients_own(desk, clinic, nora):
    clinic.languages = "en, es"
    clinic.save()
    nora.language = "pl"
    nora.save()
    assert re.findall(r'<option value="(\w+)"', desk.get("/patients/new/").content.decode()) == ["en", "es"]
    assert re.findall(r'<option value="(\w+)"', desk.get(f"/patients/{nora.pk}/edit/").content.decode()) == [
        "en",
        "es",
        "pl",
    ]
    assert "Polski" in words(desk.get(f"/patients/{nora.pk}/"))


def test_details_can_be_corrected(desk, pat):
    answer = desk.post(f"/patients/{pat.pk}/edit/", {**NORA, "name": "Pat Moss-Reed"})
    assert answer.url == f"/patients/{pat.pk}/"
    pat.refresh_from_db()
    assert (pat.name, pat.birth_year) == ("Pat Moss-Reed", 1988)
    assert AccessEvent.objects.filter(verb="corrected", target_id=str(pat.pk)).exists()


def test_a_patients_page_shows_treatments_consents_and_what_waits(desk, pat, cara):
    treatment = make_treatment(pat, timezone.localdate() - datetime.timedelta(days=9), cara)
    log(treatment, "day redness\n8 2")
    page = desk.get(f"/patients/{pat.pk}/")
    for path in (
        f"/timeline/{treatment.pk}/",
        *(f"/treatments/{treatment.pk}/{what}/" for what in ("log", "edit", "cancel")),
    ):
        assert f'href="{path}"' in page.content.decode()
    assert "Joined, with pat@test.example." in words(page)
    assert "Keep my photos and show them to my clinic" in words(page)
    assert "Within a day" in words(page)


def test_a_consent_that_was_taken_back_says_when(desk, pat):
    people.withdraw_photo_consent(patient=pat, at=datetime.datetime(2026, 3, 12, 12, tzinfo=datetime.UTC))
    assert Consent.objects.standing().count() == 1
    assert "taken back on 12 March 2026" in words(desk.get(f"/patients/{pat.pk}/"))


def test_looking_at_a_patient_leaves_a_trace(desk, cara, pat):
    desk.get(f"/patients/{pat.pk}/")
    event = AccessEvent.objects.get(actor_id=cara.pk, target_kind="patient")
    assert (event.verb, event.target_id) == ("read", str(pat.pk))


def test_an_invitation_is_shown_once_and_opens_the_journal(desk, client, nora, settings):
    settings.SITE_URL = "https://journal.example"
    answer = desk.post(f"/patients/{nora.pk}/invite/")
    token = re.search(r"https://journal\.example/invite/([\w-]+)/", words(answer))[1]
    assert Invitation.objects.get().token_digest == digest(token)
    assert client.get(f"/invite/{token}/").status_code == 200
    assert "works once, and for 7 days" in words(answer)


def test_the_link_is_kept_nowhere_but_on_that_page(desk, nora, caplog):
    answer = desk.post(f"/patients/{nora.pk}/invite/")
    token = re.search(r"/invite/([\w-]+)/", words(answer))[1]
    assert answer["Cache-Control"] == "no-store"
    assert token not in str(dict(desk.session)) + str(answer.cookies) + caplog.text
    assert token not in desk.get(f"/patients/{nora.pk}/").content.decode()
    assert not any(token in str(row) for row in Invitation.objects.values())


def test_the_code_is_a_drawing_without_inline_style(desk, nora):
    page = desk.post(f"/patients/{nora.pk}/invite/").content.decode()
    drawing = re.search(r'<svg class="qr".*?</svg>', page, re.DOTALL)[0]
    assert len(re.findall(r"M\d+ \d+h1v1h-1z", drawing)) > 200
    assert "style" not in page.replace("stylesheet", "")


def test_a_link_cannot_be_made_by_opening_an_address(desk, nora):
    assert desk.get(f"/patients/{nora.pk}/invite/").status_code == 405
    assert not Invitation.objects.exists()


def test_whoever_has_joined_gets_no_second_link(desk, pat):
    answer = desk.post(f"/patients/{pat.pk}/invite/", follow=True)
    assert "has joined already" in words(answer)
    assert not Invitation.objects.exists()


def test_the_state_of_an_invitation_is_told(desk, nora, cara):
    def state():
        return words(desk.get(f"/patients/{nora.pk}/"))

    assert "Not invited yet." in state()
    people.invite(patient=nora, by=cara, at=timezone.now())
    assert "A link was made. It works until" in state()
    assert "A new link ends the one before." in state()
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(minutes=1))
    assert "The last link has ended without being used." in state()
