"""An invitation from the link to the open journal, and every way it can go wrong."""

import datetime
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, Invitation, Patient, User
from accounts.models.invitation import LIFETIME, digest
from journal.actions import people
from journal.models import Photo
from tests.conftest import PASSWORD, make_treatment

FILLED = {"email": "new@test.example", "password": "four-quite-new-words", "care": "on"}


@pytest.fixture
def newcomer(clinic):
    return Patient.objects.create(clinic=clinic, name="Nia Reed", birth_year=1985, phone="+44 7700 900124")


@pytest.fixture
def link(newcomer, cara):
    token = people.invite(patient=newcomer, by=cara, at=timezone.now())
    return reverse("journal:invite", args=[token])


def token_of(link):
    return link.split("/")[-2]


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_says_what_the_journal_is_and_is_not_and_whom_to_call(client, link, clinic):
    page = words(client.get(link))
    for said in ("Nobody watches it live", "does not say what you have", clinic.name, clinic.phone, "111", "999"):
        assert said in page


def test_the_page_names_neither_the_patient_nor_a_third_party(client, link):
    page = client.get(link).content.decode()
    assert "Nia" not in page
    assert not re.search(r'(src|href|action)="(https?:)?//', page)


def test_the_address_is_a_key_and_goes_nowhere(client, link):
    headers = client.get(link).headers
    # Not "no-referrer": browsers then send the form with "Origin: null", and Django refuses it.
    assert headers["Referrer-Policy"] == "strict-origin"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in headers["Cache-Control"]


def test_opening_the_link_uses_nothing_because_mail_scanners_open_it_too(client, link):
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert Invitation.objects.get().used_at is None


def test_accepting_opens_the_journal_and_signs_in(client, link, newcomer):
    page = client.post(link, FILLED)
    assert (page.status_code, page.url) == (302, reverse("journal:today"))
    newcomer.refresh_from_db()
    user = newcomer.user
    assert (user.email, user.role, user.clinic) == ("new@test.example", "patient", None)
    assert user.check_password("four-quite-new-words")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get(page.url).status_code == 200


def test_the_address_is_not_confirmed_yet_and_gets_a_neutral_mail(client, link):
    client.post(link, FILLED)
    assert not EmailAddress.objects.get(email="new@test.example", primary=True).verified
    (letter,) = mail.outbox
    assert "/accounts/confirm-email/" in letter.body
    assert not re.search("skin|riverside|nia|reed|patient|needl|journal is", f"{letter.subject} {letter.body}".lower())


@pytest.mark.parametrize("ticked", [True, False])
def test_photos_are_agreed_to_separately(client, link, newcomer, ticked):
    client.post(link, FILLED | ({"photos": "on"} if ticked else {}))
    standing = set(newcomer.consents.standing().values_list("kind", "wording"))
    assert standing == {("care", people.WORDING)} | ({("photos", people.WORDING)} if ticked else set())


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"care": ""}, "care", "The journal needs this"),
        ({"email": "nope"}, "email", "This is not an email address"),
        ({"email": ""}, "email", "Write your email address"),
        ({"password": ""}, "password", "Choose a password"),
        ({"password": "short"}, "password", "at least 12 characters"),
        ({"password": "qwerty123456"}, "password", "too common"),
        ({"password": "new@test.example"}, "password", "too similar"),
    ],
)
def test_a_form_with_a_mistake_says_which_and_keeps_the_answers(client, link, change, field, said):
    page = client.post(link, FILLED | {"photos": "on"} | change)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert said in words(page)
    if field != "email":
        assert 'value="new@test.example"' in page.content.decode()
    assert re.search(r'<input[^>]+name="photos"[^>]+checked', page.content.decode())
    assert not re.search(r'<input[^>]+name="password"[^>]+value=', page.content.decode())
    assert Invitation.objects.get().used_at is None


@pytest.mark.parametrize("email", ["vera@test.example", "VERA@test.example", "second@test.example"])
def test_an_address_of_somebody_else_is_refused_and_the_link_still_works(client, link, vera, email):
    EmailAddress.objects.create(user=vera.user, email="second@test.example", verified=True)
    page = client.post(link, FILLED | {"email": email})
    assert page.status_code == 422
    assert "Use another one, or call your clinic" in words(page)
    assert client.post(link, FILLED).status_code == 302


@pytest.mark.parametrize(
    "extra", [{"role": "admin"}, {"clinic": "1"}, {"is_staff": "on"}, {"is_superuser": "on"}, {"patient": "x"}]
)
def test_posted_fields_raise_nobody(client, link, newcomer, vera, extra):
    client.post(link, FILLED | extra)
    user = Patient.objects.get(pk=newcomer.pk).user
    assert (user.role, user.clinic, user.is_staff, user.is_superuser) == ("patient", None, False, False)


def test_a_used_link_says_so_and_makes_nobody(client, link):
    client.post(link, FILLED)
    for answer in (Client().get(link), Client().post(link, FILLED | {"email": "other@test.example"})):
        assert answer.status_code == 410
        assert "A link works once" in words(answer)
    assert User.objects.filter(role="patient").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_link_says_so(client, link, method):
    Invitation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    answer = getattr(client, method)(link, FILLED)
    assert answer.status_code == 410
    assert "ask your clinic for a new link" in words(answer)


def test_a_link_lives_seven_days(newcomer, cara):
    at = timezone.now()
    token = people.invite(patient=newcomer, by=cara, at=at)
    assert people.find_invitation(token=token, at=at + LIFETIME - datetime.timedelta(seconds=1))
    with pytest.raises(people.ExpiredLink):
        people.find_invitation(token=token, at=at + datetime.timedelta(days=7))


def test_a_new_link_ends_the_one_before(client, link, newcomer, cara):
    again = people.invite(patient=newcomer, by=cara, at=timezone.now())
    assert client.get(link).status_code == 410
    assert client.get(reverse("journal:invite", args=[again])).status_code == 200


@pytest.mark.parametrize("token", ["x", "a" * 32, "%01", "' OR 1=1", "<script>", "é" * 40])
def test_an_unknown_link_says_so(client, link, token):
    answer = client.get(reverse("journal:invite", args=[token]))
    assert answer.status_code == 404
    assert "We do not know this link" in words(answer)


@pytest.mark.parametrize("path", ["/invite/a%00b/", "/invite/%2500/", "/log/?q=%00"])
def test_an_address_with_a_nul_is_refused_before_anything_reads_it(client, db, path):
    assert client.get(path).status_code == 400


def test_the_link_cannot_be_read_from_the_database(link):
    stored = Invitation.objects.get()
    assert stored.token_digest == digest(token_of(link))
    assert token_of(link) not in repr(vars(stored))


def test_whoever_is_signed_in_is_asked_to_sign_out_first(as_, link, cara):
    browser = as_(cara)
    for answer in (browser.get(link), browser.post(link, FILLED)):
        assert "You are signed in" in words(answer)
    assert browser.session["_auth_user_id"] == str(cara.pk)
    assert Invitation.objects.get().used_at is None


def test_signing_out_there_comes_back_to_the_link(as_, link, cara):
    browser = as_(cara)
    answer = browser.post(reverse("account_logout"), {"next": link})
    assert answer.url == link
    assert "Open your journal" in words(browser.get(link))


def test_without_the_form_token_nothing_is_accepted(link):
    assert Client(enforce_csrf_checks=True).post(link, FILLED).status_code == 403
    assert Invitation.objects.get().used_at is None


def test_who_has_an_account_is_not_invited_again(pat, cara):
    with pytest.raises(people.AlreadyJoined):
        people.invite(patient=pat, by=cara, at=timezone.now())
    assert not Invitation.objects.exists()


def test_twenty_in_a_row_make_one_account(link):
    outcomes = [_try(token_of(link), n) for n in range(20)]
    assert outcomes.count("in") == 1
    assert outcomes.count("used") == 19


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time anyway")
def test_twenty_at_once_make_one_account(link, newcomer):
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda n: _try(token_of(link), n, close=True), range(20)))
    assert sorted(outcomes) == ["in"] + ["used"] * 19
    assert User.objects.filter(role="patient").count() == EmailAddress.objects.count() == 1
    assert newcomer.consents.count() == 2


def _try(token, n, close=False):
    try:
        people.accept(token=token, email=f"n{n}@test.example", password=PASSWORD, photos=True, at=timezone.now())
    except people.UsedLink:
        return "used"
    finally:
        if close:
            connection.close()
    return "in"


def test_creating_correcting_and_inviting_leave_a_trace_without_content(clinic, cara):
    at = timezone.now()
    details = {"name": "Nia Reed", "birth_year": 1985, "phone": "+44 7700 900124", "language": "en"}
    patient = people.create_patient(clinic=clinic, **details, by=cara, at=at)
    people.correct_patient(patient=patient, **details | {"name": "Nia Read"}, by=cara, at=at)
    people.invite(patient=patient, by=cara, at=at)
    patient.refresh_from_db()
    assert patient.name == "Nia Read"
    events = AccessEvent.objects.order_by("id")
    assert [event.verb for event in events] == ["created", "corrected", "invited"]
    assert {event.target_id for event in events} == {str(patient.pk)}
    assert {event.actor_id for event in events} == {cara.pk}


def test_taking_back_photos_removes_every_row_and_every_file(pat, cara, settings, django_capture_on_commit_callbacks):
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from journal.actions.photos import path_of
    from journal.photos import SIZES

    treatment = make_treatment(pat, timezone.localdate(), cara)
    photo = Photo.objects.create(
        treatment=treatment,
        on=treatment.treated_on,
        area="face",
        width=9,
        height=9,
        sha256="0" * 64,
        added_at=timezone.now(),
        added_by=pat.user,
    )
    for size in SIZES:
        default_storage.save(path_of(photo.token, size), ContentFile(b"x"))
    with django_capture_on_commit_callbacks(execute=True):
        people.withdraw_photo_consent(patient=pat, at=timezone.now())
    assert not Photo.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert set(pat.consents.standing().values_list("kind", flat=True)) == {"care"}


def test_agreeing_twice_is_agreeing_once_and_a_new_agreement_is_a_new_row(pat):
    at = timezone.now()
    people.give_photo_consent(patient=pat, at=at)
    assert pat.consents.filter(kind="photos").count() == 1
    people.withdraw_photo_consent(patient=pat, at=at)
    people.give_photo_consent(patient=pat, at=at)
    assert pat.consents.filter(kind="photos").count() == 2
    assert pat.consents.standing().filter(kind="photos").count() == 1
