"""Made-up people and five recoveries, put in through the same actions that real people use."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import Clinic, OpeningHours, Patient, User
from journal import demo_photos
from journal.actions import entries, flags, people, photos, treatments
from journal.actions.photos import NewPhoto
from journal.management import demo_care, demo_loop
from journal.models import Flag, Treatment
from journal.models.photo import View
from journal.photos import clean
from journal.recovery.scale import CANT_TELL, QUESTIONS

DOMAIN = "@demo.example"
PASSWORD = "afterglow-demo"  # noqa: S105  # printed on purpose; refused outside the demo
EVENING = datetime.time(20, 0)


@dataclass(frozen=True, slots=True)
class Recovery:
    """`course` has a line a day: the day, the four scores (redness "?": can't tell), and the signs ticked.

    `earlier`: such a course of the session before, five weeks ago, with photos on the same days.
    """

    who: str
    name: str
    birth_year: int
    tone: int  # Monk scale
    story: str
    treated_days_ago: int
    course: str
    photo_days: Sequence[int]
    note: tuple[int, str]
    earlier: str = ""


RECOVERIES = (
    Recovery(
        "pat",
        "Pat Moss",
        1988,
        3,
        "an ordinary recovery",
        4,
        """0 3 1 2 1 warmth bleeding
           1 2 2 2 1 warmth
           2 2 2 2 1
           3 1 2 1 0 peeling""",
        (0, 1, 3),
        (1, "Slept well. Skin feels like after a day at the sea."),
    ),
    Recovery(
        "vera",
        "Vera Stone",
        1979,
        2,
        "redness that lasts over a week",
        8,
        """0 4 1 2 1 warmth
           1 3 2 2 1
           2 3 3 2 1
           3 2 2 1 1 peeling
           4 2 2 1 0 peeling
           6 1 1 0 0
           7 1 1 0 0
           8 1 0 0 0""",
        (0, 3, 8),
        (8, "Cheeks are still pink in the morning."),
    ),
    Recovery(
        "ines",
        "Ines Marlow",
        1994,
        4,
        "signs of infection",
        5,
        """0 3 1 2 1
           1 2 2 2 1
           2 2 2 1 1
           3 1 2 1 0 yellow_crust
           4 2 2 1 1 yellow_crust warmth
           5 2 2 1 1 yellow_crust warmth pus""",
        (0, 3, 5),
        (5, "It is on the left cheek, near the nose."),
    ),
    Recovery(
        "tom",
        "Tom Reyes",
        1971,
        5,
        "days that were not logged",
        9,
        """0 3 1 1 0
           1 2 1 1 0
           3 0 1 0 0
           9 2 0 0 1""",
        (0, 9),
        (9, "Was away without a phone."),
    ),
    Recovery(
        "zola",
        "Zola Adeyemi",
        1990,
        9,
        "darker skin, where redness stays low",
        6,
        """0 1 1 2 1 warmth
           1 ? 2 2 1 warmth
           2 1 2 2 1
           3 ? 2 1 1
           4 1 2 1 1 warmth
           5 1 2 1 1 warmth increasing_pain""",
        (0, 1, 2, 4, 5),
        (5, "No color I can see, but it is hot and sore."),
        earlier="""0 1 1 2 1 warmth
           1 ? 2 2 1
           2 ? 2 1 1
           3 0 1 1 0 peeling
           4 0 1 0 0
           5 0 1 0 0
           7 0 0 0 0""",
    ),
)


def fill(now: datetime.datetime) -> None:
    """Clinics, people who can sign in, and the recoveries, as of `now`."""
    riverside, hilltop = _clinic("Riverside Skin Clinic", "0000"), _clinic("Hilltop Skin Clinic", "0999")
    cara = User.objects.create_user(
        "cara" + DOMAIN, PASSWORD, role="clinician", clinic=riverside, first_name="Cara", last_name="Lind"
    )
    demo_loop.name_people(riverside, cara, "lena" + DOMAIN, PASSWORD)
    User.objects.create_user(
        "owen" + DOMAIN, PASSWORD, role="clinician", clinic=hilltop, first_name="Owen", last_name="Hale"
    )
    User.objects.create_superuser("ada" + DOMAIN, PASSWORD, first_name="Ada", last_name="Quist")
    for number, recovery in enumerate(RECOVERIES):
        _recover(recovery, number, riverside, cara, now)
    demo_care.set_up(riverside, cara, now)
    demo_care.await_nora(riverside, "nora" + DOMAIN, PASSWORD, cara, now)
    for person in User.objects.all():
        known = {"verified": True, "primary": True}
        EmailAddress.objects.update_or_create(user=person, email=person.email, defaults=known)
    demo_loop.set_up(riverside, cara, now)
    # One flag has been seen already, so that its patient sees that.
    tom = Flag.objects.live().filter(treatment__patient__name="Tom Reyes").by_urgency()
    flags.acknowledge(flag=tom[0], by=cara, at=now)


def _clinic(name: str, ending: str) -> Clinic:
    clinic = Clinic.objects.create(
        name=name,
        phone=f"+44 20 7946 {ending}",
        duty_email=f"duty{DOMAIN}",
        urgent_line="111",
        emergency_number="999",
        out_of_hours_text="If you cannot wait until we open, call the urgent line.",
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=weekday, opens=datetime.time(9), closes=datetime.time(18))
        for weekday in range(5)
    )
    return clinic


def _recover(recovery: Recovery, number: int, clinic: Clinic, cara: User, now: datetime.datetime) -> None:
    treated_on = now.astimezone(clinic.zone).date() - datetime.timedelta(days=recovery.treated_days_ago)
    days_between = demo_photos.EARLIER_BY if recovery.earlier else 0
    first_on = treated_on - datetime.timedelta(days=days_between)
    before = _evening(first_on - datetime.timedelta(days=1), clinic, now)
    patient = people.create_patient(
        clinic=clinic,
        name=recovery.name,
        birth_year=recovery.birth_year,
        phone=f"+44 7700 90010{number}",
        language="en",
        by=cara,
        at=before,
    )
    token = people.invite(patient=patient, by=cara, at=before)
    user = people.accept(token=token, email=recovery.who + DOMAIN, password=PASSWORD, photos=True, at=before)
    if recovery.earlier:
        earlier = replace(recovery, course=recovery.earlier, note=(0, ""))
        _session(earlier, number, patient, first_on, cara, user, now)
        demo_care.look_back(patient.treatments.get(), user)
    _session(recovery, number, patient, treated_on, cara, user, now)


def _session(
    recovery: Recovery,
    number: int,
    patient: Patient,
    treated_on: datetime.date,
    cara: User,
    user: User,
    now: datetime.datetime,
) -> None:
    """One treatment and its days."""
    clinic, evening_before = patient.clinic, _evening(treated_on - datetime.timedelta(days=1), patient.clinic, now)
    treatment = treatments.record(
        patient=patient,
        fields=_fields(recovery, patient.treatments.count() + 1, treated_on, clinic),
        by=cara,
        at=evening_before,
    )
    demo_care.ask(treatment, cara, evening_before)
    demo_care.treat(Treatment.objects.get(pk=treatment.pk), cara, _evening(treated_on, clinic, now))
    # The clinic's baseline photo: a calm skin, taken before the needles.
    photos.add(
        treatment=treatment,
        on=treated_on,
        photos=[_photo(number, recovery, treatment, 0, 0, -1)],
        by=cara,
        at=evening_before,
        baseline=True,
    )
    for line in recovery.course.splitlines():
        _log(recovery, number, line, treatment, user, now)


def _fields(recovery: Recovery, session: int, treated_on: datetime.date, clinic: Clinic) -> dict[str, Any]:
    return {
        "treated_on": treated_on,
        "time_zone": clinic.time_zone,
        "areas": ["face"],
        "depth_mm": "1.0",
        "modality": "microneedling",
        "session_number": session,
        "goals_chosen": ["dark-spots" if recovery.tone > 6 else "acne-scars"],
        "skin_tone": recovery.tone,
    }


def _log(recovery: Recovery, number: int, line: str, treatment: Treatment, user: User, now: datetime.datetime) -> None:
    day, *scores, signs = _read(line)
    answers: dict[str, Any] = dict(zip(QUESTIONS, scores, strict=True)) | {"signs": sorted(signs)}
    if recovery.note[0] == day and recovery.note[1]:
        answers["note"] = recovery.note[1]
    redness, dryness = (score if isinstance(score, int) else 1 for score in scores[:2])
    shots = [_photo(number, recovery, treatment, redness, dryness, day)] if day in recovery.photo_days else []
    entries.save(
        treatment=treatment,
        on=treatment.date_of(day),
        answers=answers,
        photos=shots,
        client_id=uuid.uuid4(),
        by=user,
        at=_evening(treatment.date_of(day), treatment.patient.clinic, now),
    )


def _read(line: str) -> list[Any]:
    day, redness, *rest = line.split()
    return [int(day), CANT_TELL if redness == "?" else int(redness), *map(int, rest[:3]), rest[3:]]


def _photo(number: int, recovery: Recovery, treatment: Treatment, redness: int, dryness: int, day: int) -> NewPhoto:
    """A cheek, seen from the left like all that are drawn."""
    jpeg = demo_photos.photo(number, recovery.tone, redness, dryness, day, treatment.session_number)
    return NewPhoto("face", clean(jpeg), View.LEFT)


def _evening(on: datetime.date, clinic: Clinic, now: datetime.datetime) -> datetime.datetime:
    return min(now, datetime.datetime.combine(on, EVENING, clinic.zone))


def is_here() -> bool:
    return User.objects.filter(email="pat" + DOMAIN).exists()


def real_people() -> int:
    """How many people in this database are not of the demo."""
    return User.objects.exclude(email__endswith=DOMAIN).count()


def sign_ins(port: int) -> str:
    stories = "\n".join(f"  {recovery.name:13} {recovery.story}" for recovery in RECOVERIES)
    return (
        f"Afterglow demo: http://localhost:{port}/   (admin: http://localhost:{port}/admin/)\n"
        f"Password for everyone: {PASSWORD}\n"
        "  pat@demo.example    a patient on day 4, not logged yet today\n"
        "  vera@demo.example   a patient whose redness lasts\n"
        "  nora@demo.example   a patient whose treatment is in five days\n"
        "  cara@demo.example   their clinician\n"
        "  lena@demo.example   who leads their clinic, and is told what waits for too long\n"
        "  owen@demo.example   a clinician of another clinic, who sees none of this\n"
        "  ada@demo.example    the administrator\n"
        f"Recoveries in Cara's clinic:\n{stories}\n"
        "Everything is made up."
    )
