"""One day's entry, saved or corrected: the row, its revision, its photos and what follows from it, together."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Entry, EntryRevision, Treatment
from journal.recovery.scale import CANT_TELL

from . import calls, flags
from .photos import NewPhoto, StoredPhoto, attach, storing


class OtherContent(Exception):
    """This submission's id was used before, with other answers."""


class NoTreatment(Exception):
    """No treatment stands any more that the day could belong to."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the day's entry after the sender's form was opened; `.entry` is how it stands now."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.pk)
        self.entry = entry


class DayTaken(Exception):
    """The day has an entry from another device, and this sender did not ask to correct it."""


@dataclass(frozen=True, slots=True)
class Saved:
    entry: Entry
    new: bool  # False: the same submission came before, and nothing was done
    refusals: Sequence[str] = ()  # a sentence for each photo that found no room


def save(
    *,
    treatment: Treatment,
    on: datetime.date,
    answers: Mapping[str, Any],
    photos: Sequence[NewPhoto] = (),
    client_id: uuid.UUID,
    may_correct: bool = True,
    based_on: str | None = None,
    by: User,
    at: datetime.datetime,
) -> Saved:
    """Save what was answered for a day; a day that has an entry is corrected.

    `based_on` is the client id of the latest submission that the sender has seen ("" for none); None asks for no check.

    `answers` holds answered questions only, JSON-safe: scores 0-4 (redness also "cant_tell"), `signs` a list,
    `temperature_c` a decimal as text, `worried`, `note`. Raises OtherContent, DayTaken,
    ChangedMeanwhile and NoTreatment.
    """
    with storing(photos) as stored:
        return _save(treatment, on, answers, stored, client_id, may_correct, based_on, by, at)


@transaction.atomic
def _save(
    treatment: Treatment,
    on: datetime.date,
    answers: Mapping[str, Any],
    stored: Sequence[StoredPhoto],
    client_id: uuid.UUID,
    may_correct: bool,
    based_on: str | None,
    by: User,
    at: datetime.datetime,
) -> Saved:
    # The patient's row puts simultaneous writes in a line. A session recorded meanwhile may have taken the day.
    Patient.objects.select_for_update().get(pk=treatment.patient_id)
    treatments = Treatment.objects.select_related("patient")
    home = treatments.filter(patient=treatment.patient_id).governing(on)
    if home is None:
        raise NoTreatment
    before = EntryRevision.objects.filter(client_id=client_id).select_related("entry").first()
    if before:
        return _repeated(before, home, on, answers, stored, by, at)
    entry = Entry.objects.filter(treatment=home, on=on).first()
    if entry and not may_correct:
        raise DayTaken
    if entry and based_on is not None and based_on != entry.latest_client_id():
        raise ChangedMeanwhile(entry)
    entry = entry or Entry(treatment=home, on=on, created_at=at, logged_by=by)
    merge(entry, answers)
    entry.updated_at = at
    entry.save()
    EntryRevision.objects.create(
        entry=entry, client_id=client_id, answers=dict(answers), at=at, by=by, by_clinic=not by.is_patient
    )
    refusals = attach(treatment=home, on=on, stored=stored, by=by, at=at)
    home.note_last_entry(at)
    if by.is_patient:
        home.note_news(at)
    flags.review_course(treatment=home, at=at)
    if by.is_patient and answers.get("worried"):
        calls.ask_with_entry(patient=home.patient, by=by, at=at)
    return Saved(entry, new=True, refusals=refusals)


def _repeated(
    before: EntryRevision,
    treatment: Treatment,
    on: datetime.date,
    answers: Mapping[str, Any],
    stored: Sequence[StoredPhoto],
    by: User,
    at: datetime.datetime,
) -> Saved:
    entry = before.entry
    if (entry.treatment_id, entry.on) != (treatment.pk, on) or before.answers != dict(answers):
        raise OtherContent
    # The photos of a repeat are the same pictures, of which one copy is kept.
    refusals = attach(treatment=treatment, on=on, stored=stored, by=by, at=at)
    return Saved(entry, new=False, refusals=refusals)


def merge(entry: Entry, answers: Mapping[str, Any]) -> None:
    """Answered values replace; unanswered ones leave what was there; signs replace as a whole."""
    for name, value in answers.items():
        if name == "redness":
            entry.redness_cant_tell = value == CANT_TELL
            entry.redness = None if value == CANT_TELL else value
        elif name == "signs":
            entry.signs, entry.signs_answered = sorted(value), True
        elif name == "temperature_c":
            entry.temperature_c = None if value is None else Decimal(value)
        else:
            setattr(entry, name, value)
