"""Care around the demo's treatments: questions, the day, and somebody whose session is still to come."""

import datetime

from accounts.models import Clinic, User
from journal import protocols
from journal.actions import candidacies, care, people, progress, treatments, visits
from journal.actions.protocols import approve
from journal.models import Candidacy, Progress, Treatment
from journal.models.protocol import digest

DAYS_AHEAD = 5  # of Nora's treatment
# What was answered "yes" by whom; everything else was answered "no".
YES = {"Tom Reyes": ("blood-thinner",), "Vera Stone": ("eczema",)}
REASONS = {
    "Tom Reyes": "Low dose. His doctor agrees, and we needle at 1 mm only.",
    "Vera Stone": "Eczema as a child only, none for ten years.",
}
PRODUCTS = {"moisturizer": "Meadow Plain Cream", "sunscreen": "Meadow Shade SPF 50"}


def set_up(clinic: Clinic, by: User, at: datetime.datetime) -> None:
    """The clinic uses the protocol that comes with the journal, and names some products to its patients."""
    version = protocols.CURRENT
    approve(clinic=clinic, version=version, seen=digest(protocols.text_of(version)), by=by, at=at)
    for clock, name in PRODUCTS.items():
        care.add_product(clinic=clinic, clock=clock, name=name, by=by, at=at)


def ask(treatment: Treatment, by: User, at: datetime.datetime) -> None:
    """The questions before a session."""
    name = treatment.patient.name
    answers = {concern.code: Candidacy.Answer.NO.value for concern in treatment.protocol.care.concerns}
    candidacies.decide(
        treatment=treatment,
        answers=answers | dict.fromkeys(YES.get(name, ()), Candidacy.Answer.YES.value),
        decision=Candidacy.Decision.TREAT,
        reason=REASONS.get(name, "Skin is calm, nothing speaks against it today."),
        by=by,
        at=at,
    )


def treat(treatment: Treatment, by: User, at: datetime.datetime) -> None:
    """The day itself."""
    facts = {
        "cleaned": True,
        "numbing": "Lidocaine cream",
        "numbing_minutes": 40,
        "needling_minutes": 35,
        "device": "Pen, 12 needles",
        "serum": "Hyaluronic acid gel",
        "serum_lot": "HA-2201",
        "mask": "Cooling mask",
        "visit_minutes": 110,
        "note": "",
    }
    visits.record_visit(treatment=treatment, facts=facts, depth_mm=treatment.depth_mm, by=by, at=at)


def look_back(treatment: Treatment, by: User) -> None:
    """What the patient said of the goals some weeks later, before the next session."""
    for week, answer in ((2, Progress.Answer.SAME), (4, Progress.Answer.BETTER)):
        on = datetime.datetime.combine(treatment.date_of(7 * week), datetime.time(19), treatment.zone)
        answers = dict.fromkeys(treatment.goals_chosen, answer.value)
        progress.say(treatment=treatment, week=week, answers=answers, by=by, at=on)


def await_nora(clinic: Clinic, email: str, password: str, by: User, now: datetime.datetime) -> None:
    """Nora's first session is in a few days. Nobody has asked her the questions yet."""
    nora = people.create_patient(
        clinic=clinic, name="Nora Bell", birth_year=1985, phone="+44 7700 900109", language="en", by=by, at=now
    )
    token = people.invite(patient=nora, by=by, at=now)
    people.accept(token=token, email=email, password=password, photos=True, at=now)
    fields = {
        "treated_on": now.astimezone(clinic.zone).date() + datetime.timedelta(days=DAYS_AHEAD),
        "time_zone": clinic.time_zone,
        "areas": ["face", "neck"],
        "depth_mm": "1.0",
        "goals_chosen": ["acne-scars", "dark-spots"],
        "skin_tone": 6,
    }
    treatments.record(patient=nora, fields=fields, by=by, at=now)
