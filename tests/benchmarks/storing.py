"""Made-up courses put into the database, each of a patient of its own. Import it when Django is set up."""

import datetime
from collections.abc import Iterator

from accounts.models import Clinic, Patient, User
from journal.models import Entry, Treatment
from journal.recovery.course import Course

from .courses import courses

STEP = 500  # courses in memory at a time
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
CLINIC = {"phone": "1", "duty_email": "duty@made-up.example", "urgent_line": "1", "emergency_number": "1"}


def store(start: int, stop: int) -> None:
    """The courses of these numbers. Rows as they are, without the actions: no flag is raised."""
    clinic, _ = Clinic.objects.get_or_create(name="Made up", defaults=CLINIC)
    writer, _ = User.objects.get_or_create(email="writer@made-up.example")
    for some in courses(start, stop, STEP):
        patients = [Patient(clinic=clinic, name="Someone", birth_year=1990, phone="1") for _ in some]
        treatments = [treatment(patient, course, writer) for patient, course in zip(patients, some, strict=True)]
        Patient.objects.bulk_create(patients)
        Treatment.objects.bulk_create(treatments)
        Entry.objects.bulk_create(
            entry for one, course in zip(treatments, some, strict=True) for entry in entries(one, course, writer)
        )


def treatment(patient: Patient, course: Course, writer: User) -> Treatment:
    return Treatment(
        patient=patient,
        clinic_id=patient.clinic_id,
        treated_on=NOW.date(),
        time_zone=patient.clinic.time_zone,
        areas=sorted(course.areas),
        depth_mm=course.depth_mm,
        modality=course.modality,
        skin_tone=course.skin_tone,
        risk_factors=sorted(course.risk_factors),
        recorded_at=NOW,
        recorded_by=writer,
    )


def entries(treatment: Treatment, course: Course, writer: User) -> Iterator[Entry]:
    for reading in course.readings:
        yield Entry(
            treatment=treatment,
            on=treatment.date_of(reading.day),
            **reading.scores,
            redness_cant_tell=reading.cant_tell,
            signs=sorted(reading.signs),
            signs_answered=reading.signs_answered,
            temperature_c=reading.temperature_c,
            worried=reading.worried,
            created_at=NOW,
            updated_at=NOW,
            logged_by=writer,
        )
