"""Recording, correcting and cancelling treatments. Each time the days are counted anew and the rules run again."""

import datetime
import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import transaction

from accounts.models import AccessEvent, Patient, User
from journal.models import Entry, Flag, Photo, Treatment, TreatmentRevision
from journal.models.moves import FOUND_BY_MOVE, found_by_move
from journal.models.protocol import version_for
from journal.models.treatment import governing

from . import flags

FIELDS = (
    "treated_on",
    "time_zone",
    "areas",
    "depth_mm",
    "modality",
    "session_number",
    "goals_chosen",
    "goals",
    "products",
    "risk_factors",
    "skin_tone",
)


@transaction.atomic
def record(*, patient: Patient, fields: Mapping[str, Any], by: User, at: datetime.datetime) -> Treatment:
    """Write down a treatment, past or upcoming. `fields` are values of `FIELDS`.

    Risk factors that are not among them stay as they stood, until they are asked again.
    """
    _line_up(patient.pk)
    known = {"risk_factors": known_risk_factors(patient), **fields}
    version = version_for(patient.clinic_id)
    treatment = Treatment(patient=patient, protocol_version=version, recorded_at=at, recorded_by=by, **known)
    treatment.save(force_insert=True)
    _remember(treatment, by, at)
    _settle(patient, at)
    return treatment


def known_risk_factors(patient: Patient) -> list[str]:
    """What is on record of the latest session, and goes on to the next: one that is forgotten would quiet a rule."""
    latest = patient.treatments.standing().order_by("-treated_on").first()
    return list(latest.risk_factors) if latest else []


@transaction.atomic
def correct(*, treatment: Treatment, fields: Mapping[str, Any], by: User, at: datetime.datetime) -> Treatment:
    """Change what was recorded, the date included."""
    _line_up(treatment.patient_id)
    treatment = Treatment.objects.get(pk=treatment.pk)
    if fields.get("treated_on", treatment.treated_on) != treatment.treated_on:
        treatment.put_off_at = None  # what was decided was of the old date
    for name, value in fields.items():
        setattr(treatment, name, value)
    treatment.save(update_fields=[*fields, "put_off_at"])
    _remember(treatment, by, at)
    _settle(treatment.patient, at)
    return treatment


@transaction.atomic
def put_off(*, treatment: Treatment, off: bool, at: datetime.datetime) -> None:
    """Its date does not count while it is `off`: no day is counted from it that another treatment can govern."""
    _line_up(treatment.patient_id)
    others = Treatment.objects.filter(pk=treatment.pk, put_off_at__isnull=off)
    if others.update(put_off_at=at if off else None):
        _settle(treatment.patient, at)


@transaction.atomic
def move(*, treatment: Treatment, version: str, by: User, at: datetime.datetime) -> bool:
    """Judge a treatment by another version from now on. False where it has it already, or was cancelled.

    What only that finds in what is written is kept, and raises no flag (`models.moves`); flags that stand stay.
    """
    _line_up(treatment.patient_id)
    others = Treatment.objects.standing().filter(pk=treatment.pk).exclude(protocol_version=version)
    before = others.values_list("protocol_version", flat=True).first()
    if before is None:
        return False
    others.update(protocol_version=version, moved_at=at)
    treatment.refresh_from_db()
    found = found_by_move(treatment, treatment.course(now=at), before, version)
    _remember(treatment, by, at, {FOUND_BY_MOVE: found})
    AccessEvent.objects.note(by=by, verb="moved", target=treatment, at=at)
    flags.review_course(treatment=treatment, at=at)
    return True


@transaction.atomic
def cancel(*, treatment: Treatment, by: User, at: datetime.datetime) -> None:
    """It did not take place. Its entries go to the treatment before it, or stay where they are if there is none."""
    _line_up(treatment.patient_id)
    changed = Treatment.objects.filter(pk=treatment.pk, cancelled_at=None).update(cancelled_at=at, cancelled_by=by)
    if changed:
        treatment.refresh_from_db()
        _remember(treatment, by, at)
        _settle(treatment.patient, at)


def _line_up(patient_id: uuid.UUID) -> None:
    """Who changes treatments or saves an entry waits for the other, so that no entry falls between two treatments."""
    Patient.objects.select_for_update().get(pk=patient_id)


def _remember(
    treatment: Treatment, by: User, at: datetime.datetime, more: Mapping[str, Any] = MappingProxyType({})
) -> None:
    answers = {name: getattr(treatment, name) for name in FIELDS}
    answers |= {"cancelled": treatment.cancelled_at is not None, "protocol": treatment.protocol_version, **more}
    TreatmentRevision.objects.create(treatment=treatment, answers=answers, at=at, by=by)


def _settle(patient: Patient, at: datetime.datetime) -> None:
    """Give each entry, photo and flag to the treatment that now governs its date, then compare every course again."""
    treatments = list(Treatment.objects.filter(patient=patient).select_related("patient"))
    for entry in Entry.objects.filter(treatment__patient=patient):
        if home := _new_home(entry, treatments):
            Entry.objects.filter(pk=entry.pk).update(treatment=home)
    for photo in Photo.objects.filter(treatment__patient=patient, baseline=False):
        home = _new_home(photo, treatments)
        # Where the same picture is there already, as that treatment's baseline, the photo stays behind.
        if home and not Photo.objects.filter(treatment=home, on=photo.on, sha256=photo.sha256).exists():
            Photo.objects.filter(pk=photo.pk).update(treatment=home)
    for flag in Flag.objects.filter(treatment__patient=patient).select_related("treatment"):
        _settle_flag(flag, treatments)
    for treatment in treatments:
        treatment.note_last_entry(at)
        flags.review_course(treatment=treatment, at=at)


def _settle_flag(flag: Flag, treatments: list[Treatment]) -> None:
    """A flag stays where any of its dates stayed, and leaves the others; with none left it goes along with them."""
    homes = {on: governing(treatments, datetime.date.fromisoformat(on)) for on in flag.fired_on}
    staying = {on: flag.fired_on[on] for on, home in homes.items() if home is None or home == flag.treatment}
    if staying:
        if flag.is_live and staying != flag.fired_on:
            Flag.objects.filter(pk=flag.pk).update(fired_on=staying)
        return
    home = homes[max(homes)]
    # A live flag of the same rule there tells the clinic already; the other stays where it was raised.
    if home and not (flag.is_live and home.flags.live().filter(rule=flag.rule).exists()):
        Flag.objects.filter(pk=flag.pk).update(treatment=home)


def _new_home(row: Entry | Photo, treatments: list[Treatment]) -> Treatment | None:
    """The treatment that governs a row's date, if that is another than it has."""
    home = governing(treatments, row.on)
    return home if home and home.pk != row.treatment_id else None
