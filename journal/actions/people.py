"""Bringing a patient in: the record, the invitation, the account that comes of it, and what was agreed to."""

import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from accounts.models import AccessEvent, Clinic, Invitation, Patient, User
from journal.models import Consent

from . import photos

# Of the sentences agreed to on the welcome page; changes with them.
WORDING = "1"


class LinkRefused(Exception):
    """An invitation cannot be used. Its three kinds say why."""


class UnknownLink(LinkRefused):
    """Nobody was ever given this link."""


class UsedLink(LinkRefused):
    """An account came of it already."""


class ExpiredLink(LinkRefused):
    """Its time is over, or a newer link replaced it."""


class AlreadyJoined(Exception):
    """The patient has an account, and a second one would hide the journal from the first."""


class EmailTaken(Exception):
    """Another account signs in with this address."""


@transaction.atomic
def create_patient(
    *, clinic: Clinic, name: str, birth_year: int, phone: str, language: str, by: User, at: datetime.datetime
) -> Patient:
    patient = Patient.objects.create(clinic=clinic, name=name, birth_year=birth_year, phone=phone, language=language)
    AccessEvent.objects.record(by=by, verb="created", target=patient, at=at)
    return patient


@transaction.atomic
def correct_patient(
    *,
    patient: Patient,
    name: str,
    birth_year: int,
    phone: str,
    language: str,
    by: User,
    at: datetime.datetime,
) -> Patient:
    patient.name, patient.birth_year, patient.phone, patient.language = name, birth_year, phone, language
    patient.save(update_fields=["name", "birth_year", "phone", "language"])
    AccessEvent.objects.record(by=by, verb="corrected", target=patient, at=at)
    return patient


@transaction.atomic
def invite(*, patient: Patient, by: User, at: datetime.datetime) -> str:
    """The token of a new link, shown once; earlier links end. Raises AlreadyJoined."""
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    if patient.user_id:
        raise AlreadyJoined
    AccessEvent.objects.record(by=by, verb="invited", target=patient, at=at)
    return Invitation.issue(patient=patient, by=by, at=at)


def used_by(*, token: str, user: User) -> bool:
    """Whether this link is the one that made this person's account."""
    return Invitation.objects.with_token(token).filter(patient__user=user).exists()


def find_invitation(*, token: str, at: datetime.datetime, to_use: bool = False) -> Invitation:
    """The invitation behind a link that works now; `to_use` holds it for this transaction. Raises LinkRefused."""
    invitations = Invitation.objects.with_token(token).select_related("patient__clinic")
    # The lock puts those who press at the same time in a line: the first gets the account.
    invitation = (invitations.select_for_update(of=("self",)) if to_use else invitations).first()
    if invitation is None:
        raise UnknownLink
    if invitation.used_at or invitation.patient.user_id:
        raise UsedLink
    if invitation.expires_at <= at:
        raise ExpiredLink
    return invitation


def accept(*, token: str, email: str, password: str, photos: bool, at: datetime.datetime) -> User:
    """Make the account of the patient whom the link was given to. Raises LinkRefused and EmailTaken."""
    email = email.lower()
    hashed = make_password(password)  # slow on purpose, so before the transaction
    with transaction.atomic():
        invitation = find_invitation(token=token, at=at, to_use=True)
        user = _open_account(email, hashed)
        Patient.objects.filter(pk=invitation.patient_id).update(user=user)
        Invitation.objects.filter(pk=invitation.pk).update(used_at=at)
        _agree(invitation.patient, Consent.Kind.CARE, at)
        if photos:
            _agree(invitation.patient, Consent.Kind.PHOTOS, at)
    return user


def _open_account(email: str, hashed: str) -> User:
    if EmailAddress.objects.is_verified(email):
        raise EmailTaken
    try:
        with transaction.atomic():
            user = User.objects.create(email=email, password=hashed, role=User.Role.PATIENT)
    except IntegrityError:
        raise EmailTaken from None
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    return user


def give_photo_consent(*, patient: Patient, at: datetime.datetime) -> None:
    _agree(patient, Consent.Kind.PHOTOS, at)


@transaction.atomic
def withdraw_photo_consent(*, patient: Patient, at: datetime.datetime) -> None:
    """Take the consent back, which takes every photo away."""
    Patient.objects.select_for_update().get(pk=patient.pk)  # a photo on its way waits, and then is not kept
    by = User.objects.get(patient=patient)  # nobody else can take it back
    Consent.objects.standing().to_photos().filter(patient=patient).update(withdrawn_at=at)
    photos.remove_all(patient=patient, by=by, at=at)


def _agree(patient: Patient, kind: Consent.Kind, at: datetime.datetime) -> None:
    Consent.objects.get_or_create(
        patient=patient, kind=kind, withdrawn_at=None, defaults={"wording": WORDING, "given_at": at}
    )
