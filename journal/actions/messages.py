"""A few words between a clinic and a patient. The clinic begins; nothing is taken as seen that nobody saw."""

import datetime
import uuid

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Flag, Message, Notice, Treatment
from journal.models.treatment import current

AN_HOUR, MOST_AN_HOUR = datetime.timedelta(hours=1), 20  # of a patient


class NotJoined(Exception):
    """The patient has no account, so nobody would read it."""


class NotWrittenTo(Exception):
    """The clinic has not written to this patient, so there is nothing to answer."""


class TooMany(Exception):
    """The patient sent as many messages within the hour as there may be."""


@transaction.atomic
def send(
    *,
    patient: Patient,
    treatment: Treatment | None = None,
    flag: Flag | None = None,
    text: str,
    asks_photo_of: str = "",
    client_id: uuid.UUID,
    seen_to: datetime.datetime | None = None,
    by: User,
    at: datetime.datetime,
) -> Message:
    """The clinic writes, or asks for a photo of an area. Whoever answers has seen what she wrote until `seen_to`.

    Sent twice from one form with the same words it is one message. Raises NotJoined.
    """
    held = Patient.objects.select_for_update().get(pk=patient.pk)
    if held.user_id is None:
        raise NotJoined
    if seen_to:
        open_messages(patient=held, seen_to=seen_to, by=by, at=at)
    if treatment is None:
        treatment = flag.treatment if flag else current(held.treatments.standing(), at)
    message, is_new = _kept(held, treatment, text, asks_photo_of, client_id, by, at, flag=flag, from_clinic=True)
    if is_new:
        _tell(message, Notice.Kind.WROTE, Notice.Desk.PATIENT, patient=held)
    return message


@transaction.atomic
def answer(*, patient: Patient, text: str, client_id: uuid.UUID, by: User, at: datetime.datetime) -> Message:
    """The patient writes back. The duty address hears of the first of those that nobody has seen.

    Raises NotWrittenTo and TooMany; sent twice from one form with the same words it is one message.
    """
    held = Patient.objects.select_for_update().get(pk=patient.pk)
    if not held.messages.filter(from_clinic=True).exists():
        raise NotWrittenTo
    others_wait = held.messages.waiting().exists()
    treatment = current(held.treatments.standing(), at)
    message, is_new = _kept(held, treatment, text, "", client_id, by, at, from_clinic=False)
    if is_new and held.messages.filter(from_clinic=False, at__gt=at - AN_HOUR).count() > MOST_AN_HOUR:
        raise TooMany  # and what was written is taken back
    if is_new and not others_wait:
        _tell(message, Notice.Kind.ANSWERED, Notice.Desk.DUTY)
    return message


@transaction.atomic
def open_messages(*, patient: Patient, seen_to: datetime.datetime, by: User, at: datetime.datetime) -> int:
    """The other side has had before it what was written until `seen_to`. Returns how many were new to it."""
    others = patient.messages.unread() if by.is_patient else patient.messages.waiting()
    return others.filter(at__lte=min(seen_to, at)).update(opened_at=at, opened_by=by)


def _kept(
    patient: Patient,
    treatment: Treatment | None,
    text: str,
    asks_photo_of: str,
    client_id: uuid.UUID,
    by: User,
    at: datetime.datetime,
    *,
    flag: Flag | None = None,
    from_clinic: bool,
) -> tuple[Message, bool]:
    """The message of a form, and whether it is new."""
    # Going back in the browser brings the form's id back: with other words it is another message.
    content = uuid.uuid5(client_id, f"{patient.pk} {from_clinic} {asks_photo_of} {text}")
    return Message.objects.get_or_create(
        client_id=content,
        defaults={
            "patient": patient,
            "clinic_id": patient.clinic_id,
            "treatment": treatment,
            "flag": flag,
            "from_clinic": from_clinic,
            "text": text,
            "asks_photo_of": asks_photo_of,
            "at": at,
            "by": by,
        },
    )


def _tell(message: Message, kind: Notice.Kind, desk: Notice.Desk, patient: Patient | None = None) -> None:
    Notice.objects.create(
        clinic_id=message.clinic_id, message=message, kind=kind, desk=desk, patient=patient, created_at=message.at
    )
