"""The five people with fixed meaning, their clinics, and a treatment of Pat's."""

import datetime
import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis.configuration import set_hypothesis_home_dir

from accounts.models import Clinic, OpeningHours, Patient, User
from journal.actions import candidacies
from journal.models import Consent, Treatment
from journal.models.protocol import published

# Read while tests are collected, so no fixture could come in time; the tree stays clean.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "afterglow-hypothesis")

PASSWORD = "a-long-enough-password"


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _published_anew():
    """A published version is kept for ever; one of a test is gone after it."""
    yield
    published.cache_clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """A live server's thread may still wait for a phone that is gone: PostgreSQL would not drop its database."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


@pytest.fixture
def clinic(db):
    clinic = Clinic.objects.create(
        name="Riverside Skin Clinic",
        phone="+44 20 7946 0000",
        duty_email="duty@riverside.example",
        urgent_line="111",
        emergency_number="999",
        out_of_hours_text="If you cannot wait, call the urgent line.",
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=day, opens=datetime.time(9), closes=datetime.time(18)) for day in range(5)
    )
    return clinic


@pytest.fixture
def elsewhere(db):
    return Clinic.objects.create(
        name="Hilltop Skin Clinic",
        phone="+44 20 7946 0999",
        duty_email="duty@hilltop.example",
        urgent_line="111",
        emergency_number="999",
    )


def make_patient(clinic, name, email):
    user = User.objects.create_user(email, PASSWORD, role="patient")
    patient = Patient.objects.create(clinic=clinic, user=user, name=name, birth_year=1990, phone="+44 7700 900123")
    for kind in Consent.Kind:
        Consent.objects.create(patient=patient, kind=kind, wording="1", given_at=timezone.now())
    return patient


@pytest.fixture
def pat(clinic):
    return make_patient(clinic, "Pat Moss", "pat@test.example")


@pytest.fixture
def vera(clinic):
    return make_patient(clinic, "Vera Stone", "vera@test.example")


@pytest.fixture
def cara(clinic):
    return User.objects.create_user("cara@test.example", PASSWORD, role="clinician", clinic=clinic, first_name="Cara")


@pytest.fixture
def owen(elsewhere):
    return User.objects.create_user(
        "owen@test.example", PASSWORD, role="clinician", clinic=elsewhere, first_name="Owen"
    )


@pytest.fixture
def ada(db):
    return User.objects.create_superuser("ada@test.example", PASSWORD, first_name="Ada")


@pytest.fixture
def treatment(pat, cara):
    """Pat's face was treated three days ago."""
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=3)
    return make_treatment(pat, on, cara)


def decide_before(treatment, decision, by):
    """What the clinic says of a treatment on the day before it."""
    noon = datetime.datetime.combine(treatment.date_of(-1), datetime.time(12), treatment.zone)
    return candidacies.decide(treatment=treatment, answers={}, decision=decision, reason="Sunburn.", by=by, at=noon)


def make_treatment(patient, on, by, **fields):
    return Treatment.objects.create(
        **{
            "patient": patient,
            "treated_on": on,
            "time_zone": patient.clinic.time_zone,
            "areas": ["face"],
            "recorded_at": timezone.now(),
            "recorded_by": by,
            **fields,
        }
    )


@pytest.fixture
def as_(db):
    """A browser signed in as somebody; staff with their second factor given."""

    def sign_in(who):
        user = who.user if isinstance(who, Patient) else who
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        if user.needs_second_factor:
            give_second_factor(client, user)
        return client

    return sign_in


def give_second_factor(client, user):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, generate_totp_secret())
        RecoveryCodes.activate(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": timezone.now().timestamp(), "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
