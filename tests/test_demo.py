"""The demo: made-up people through the real actions, and never among real ones."""

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AccessEvent, Patient, User
from journal.actions.photos import path_of
from journal.management import demo
from journal.models import Consent, Entry, Flag, Photo, Treatment
from journal.photos import SIZES

from .journal.tables import files_kept, words


@pytest.fixture
def as_demo(settings, db):
    settings.DEMO = True


@pytest.fixture
def filled(as_demo, capsys):
    call_command("demo", no_serve=True)
    return capsys.readouterr().out


def test_outside_the_demos_own_environment_it_does_nothing(db):
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        call_command("demo", no_serve=True)
    assert not User.objects.exists()


@pytest.mark.parametrize("reset", [False, True])
def test_it_refuses_a_database_with_real_people_in_it(as_demo, pat, treatment, reset):
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("demo", no_serve=True, reset=reset)
    assert Treatment.objects.get() == treatment
    assert demo.real_people() == User.objects.count()


def test_one_real_person_among_the_made_up_is_enough_to_refuse(as_demo):
    for email in ("pat@demo.example", "pat@demo.example.org"):
        User.objects.create_user(email, role="patient")
    with pytest.raises(CommandError, match="1 people"):
        call_command("demo", no_serve=True, reset=True)


def test_five_recoveries_and_the_people_to_sign_in_with(filled, client):
    """One filling is asked everything, because it takes a moment: photos are drawn and cleaned for it."""
    names = ("pat", "vera", "nora", "cara", "lena", "owen", "ada")
    assert all(f"{name}@demo.example" in filled for name in names)
    assert demo.PASSWORD in filled
    assert Patient.objects.count() == 6  # Nora, whose treatment is still to come
    assert Treatment.objects.count() == 7  # Zola's second session, and her first
    assert Consent.objects.count() == 12
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()
    assert_stories_are_as_told()
    assert_photos_are_whole()
    for name in names:
        assert signs_in(client, name)
    today = words(client_of(client, "pat").get("/"))
    assert "Day 4 after treatment" in today
    assert "Not logged yet" in today
    before = kept()
    call_command("demo", no_serve=True)
    assert kept() == before  # a second call changes nothing
    call_command("demo", no_serve=True, reset=True)
    assert not kept() & before  # and this one makes everything anew
    assert len(kept()) == len(before)
    assert_photos_are_whole()


def kept():
    """What can be told apart by its own id."""
    return {*User.objects.values_list("pk"), *Photo.objects.values_list("token"), *Flag.objects.values_list("pk")}


def assert_stories_are_as_told():
    rules = {
        patient.user.email.split("@")[0]: {flag.rule for flag in Flag.objects.filter(treatment__patient=patient)}
        for patient in Patient.objects.select_related("user")
    }
    assert rules["pat"] == set()
    assert "R-1" in rules["vera"]
    assert "N-1" in rules["ines"]
    assert rules["tom"]
    assert rules["zola"]
    assert Flag.objects.filter(state="acknowledged").count() == 1
    earlier = Treatment.objects.get(patient__name="Zola Adeyemi", session_number=1)
    assert not earlier.flags.exists()
    assert earlier.photos.exclude(view="left").count() == 0
    assert len(days_of_photos(earlier) & days_of_photos(earlier.patient.treatments.get(session_number=2))) >= 3
    now = timezone.now()
    assert all(entry.created_at <= now for entry in Entry.objects.all())
    days = [entry.day for entry in Entry.objects.filter(treatment__patient__name="Tom Reyes")]
    assert days == [0, 1, 3, 9]
    assert AccessEvent.objects.filter(verb="created").count() >= 5


def days_of_photos(treatment):
    return {treatment.day_of(photo.on) for photo in treatment.photos.filter(baseline=False)}


def assert_photos_are_whole():
    expected = {path_of(photo.token, size) for photo in Photo.objects.all() for size in SIZES}
    assert expected == files_kept()
    assert Photo.objects.filter(baseline=True).count() == 6
    assert all(default_storage.size(path) > 500 for path in expected)


def client_of(client, name):
    client.logout()
    client.force_login(
        User.objects.get(email=f"{name}@demo.example"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def signs_in(client, name):
    client.logout()
    sent = {"login": f"{name}@demo.example", "password": demo.PASSWORD}
    client.post("/accounts/login/", sent)
    return client.get("/", follow=True).status_code == 200 and "_auth_user_id" in client.session
