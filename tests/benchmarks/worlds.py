"""Made-up worlds of clinics for `growth`: rows as they are, without the actions. Import it when Django is set up.

One clinic has a fifth of all patients, twenty others the rest, each of them the same again. A patient comes from a
number alone, and whatever a list shows fills its page in the smallest world too: two differ in what is not shown.
"""

import datetime
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import AutoField, Field, Model, UUIDField
from django.utils import timezone

from accounts.finding import keys_of
from accounts.models import AccessEvent, Clinic, OpeningHours, Patient, SearchKey, User
from journal.actions import protocols
from journal.models import (
    Approval,
    Call,
    CallTry,
    Consent,
    Entry,
    EntryRevision,
    Flag,
    Look,
    Message,
    Photo,
    Review,
    Treatment,
)
from journal.models.protocol import protocol_of, text_in_use
from journal.models.treatment import current_protocol
from journal.recovery.assess import assess
from journal.recovery.course import Course, Finding, Reading
from journal.recovery.scale import Tier

STEP = 500  # patients in memory at a time
OTHERS = 20  # clinics
DAY, MINUTE = datetime.timedelta(days=1), datetime.timedelta(minutes=1)
# Two in three are called COMMON; one patient of each clinic has the RARE name.
COMMON, RARE = "Maria", "Zephyrine"
FIRST = ["Ann", "Ben", "Carla", "Dana", "Eli", "Fatima", "Goran", "Hana", "Ivo", "June", "Kofi", "Lea", "Mina", "Noor"]
SYLLABLES = ["ba", "dor", "el", "fin", "gar", "hol", "in", "jan", "ker", "lo", "mar", "nov", "or", "pel", "ros", "ten"]
OUTCOMES = list(Review.Outcome)
# In the order in which they name each other.
PEOPLE = (User, Patient, SearchKey, Consent)
KEPT = (*PEOPLE, Treatment, Entry, EntryRevision, Photo, Flag, Review, Look, Message, Call, CallTry, AccessEvent)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many patients of a clinic have a live flag, are silent, or have news that nobody looked at."""

    flagged: int
    silent: int
    news: int

    def kind(self, rank: int) -> str:
        for kind in ("flagged", "silent", "news"):
            if rank < getattr(self, kind):
                return kind
            rank -= getattr(self, kind)
        return "past"


# The first of the big clinic are the same in every world, and first in every list.
CORE, IN_CORE = 200, Numbers(flagged=120, silent=60, news=10)


def build(patients: int) -> None:
    """A world of so many patients, in an empty SQLite database."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    more, others = patients // 5 - CORE, (patients - patients // 5) // OTHERS
    some = Numbers(others * 23 // 1000, others * 15 // 1000, others * 35 // 1000)
    _fill("Another", 1, [(others, some)])
    with transaction.atomic():
        for model in (Clinic, OpeningHours, Approval, *KEPT):
            _repeat(model, OTHERS - 1)
    _fill("The big one", 0, [(CORE, IN_CORE), (more, Numbers(more * 17 // 1000, more // 100, more * 35 // 1000))])


def _repeat(model: type[Model], times: int) -> None:
    """All rows so many times again, each time with keys of their own: those that are the first clinic's."""
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(rowid) FROM {model._meta.db_table}")
        (last,) = cursor.fetchone()
        for time in range(1, times + 1):
            again = ", ".join(_again(field, time) for field in fields)
            rows = f"SELECT {again} FROM {model._meta.db_table} WHERE rowid <= {last or 0}"
            cursor.execute(f"INSERT INTO {model._meta.db_table} ({columns}) {rows}")


def _again(field: Field, time: int) -> str:
    """A column of a row that is repeated for the n-th time; what names a row names the repeated one."""
    named = field.target_field if field.is_relation else field
    if isinstance(named, UUIDField):  # the 13th digit of a random one is 4: these have another
        return f'substr("{field.column}", 1, 12) || printf(\'%02x\', {0x50 + time}) || substr("{field.column}", 15)'
    if isinstance(named, AutoField):
        return f'"{field.column}" + {time} * 10000000'
    return f'{time} || "{field.column}"' if field.unique else f'"{field.column}"'


def _fill(name: str, number: int, groups: Sequence[tuple[int, Numbers]]) -> None:
    clinic = Clinic.objects.create(
        name=name, phone="1234", duty_email="duty@made-up.example", urgent_line="111", emergency_number="999"
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=weekday, opens=datetime.time(9), closes=datetime.time(18))
        for weekday in range(7)
    )
    staff = [
        User.objects.create_user(f"{who}{number}@made-up.example", role="clinician", clinic=clinic, first_name=who)
        for who in ("cara", "carl")
    ]
    version = current_protocol()
    protocols.approve(clinic=clinic, version=version, seen=text_in_use(version), by=staff[1], at=timezone.now())
    kinds = [numbers.kind(rank) for size, numbers in groups for rank in range(size)]
    for start in range(0, len(kinds), STEP):
        crowd = Crowd(clinic, staff, timezone.now())
        for rank, kind in enumerate(kinds[start : start + STEP], start):
            crowd.add(rank, number, kind)
        crowd.save()


class Crowd:
    """Some patients of a clinic with all that is written about them, kept until it is saved at once."""

    def __init__(self, clinic: Clinic, staff: list[User], now: datetime.datetime) -> None:
        self.clinic, self.staff, self.now = clinic, staff, now
        self.today = now.astimezone(clinic.zone).date()
        self.rows: dict[type, list] = {}

    def keep(self, row):
        self.rows.setdefault(type(row), []).append(row)
        return row

    def save(self) -> None:
        """Users first, because they get their numbers here."""
        with transaction.atomic():
            for model in KEPT:
                model.objects.bulk_create(self.rows.pop(model, []))
        assert not self.rows, self.rows.keys()

    def add(self, rank: int, clinic_number: int, kind: str) -> None:
        rng = random.Random(rank)
        user = self.keep(User(email=f"p{clinic_number}-{rank}@made-up.example", password="!", role="patient"))
        patient = self.keep(
            Patient(clinic=self.clinic, user=user, name=_name(rng, rank), birth_year=1990, phone=_phone(rng))
        )
        for key in sorted(keys_of(patient.name, patient.phone)):
            self.keep(SearchKey(patient=patient, clinic=self.clinic, key=key))
        for consent in Consent.Kind:
            self.keep(Consent(patient=patient, kind=consent, wording="1", given_at=self.now - 400 * DAY))
        ago = {"flagged": 3 + rank % 10, "silent": 5 + rank % 9, "news": 3 + rank % 10}.get(kind, 20 + rank * 7 % 340)
        if rank % 3 == 0:
            self._session(patient, user, "past", ago + 60, rng, rank)
        treatment = self._session(patient, user, kind, ago, rng, rank)
        {"flagged": self._flagged, "past": self._dealt_with}.get(kind, lambda *_: None)(treatment, rank)
        for _ in range(2):
            self._looked_at(treatment, rank)

    def _session(self, patient: Patient, user: User, kind: str, ago: int, rng: random.Random, rank: int) -> Treatment:
        on = self.today - ago * DAY
        last = {"silent": ago - 3, "past": 11}.get(kind, ago)
        treatment = self.keep(
            Treatment(
                patient=patient,
                clinic=self.clinic,
                treated_on=on,
                time_zone=self.clinic.time_zone,
                areas=["face"],
                depth_mm=1,
                recorded_at=self._at(on),
                recorded_by=self.staff[0],
                last_entry_on=on + last * DAY,
                unseen_since=None if kind == "past" else self._at(on + last * DAY) - 10 * DAY + rank * MINUTE,
                waits_until=self.now + 300 * DAY,
            )
        )
        for day in range(last + 1):
            self._entry(treatment, user, day, kind == "flagged", last, rng)
        if kind != "past" or rank % 4 == 0:
            self._photos(treatment, user, last)
        return treatment

    def _entry(self, treatment: Treatment, user: User, day: int, beyond: bool, last: int, rng: random.Random) -> None:
        redness = 3 if beyond else max(0, 3 - day // 2)
        answers = {"redness": redness, "dryness": rng.randrange(2), "tightness": 1, "itch": 0}
        at = self._at(treatment.date_of(day))
        signs = ["pus"] if beyond and day == last else []
        entry = self.keep(
            Entry(
                treatment=treatment,
                on=treatment.date_of(day),
                **answers,
                signs=signs,
                signs_answered=True,
                created_at=at,
                updated_at=at,
                logged_by=user,
                note="A note of some words." if day % 4 == 0 else "",
            )
        )
        answers |= {"signs": signs}
        self.keep(EntryRevision(entry=entry, client_id=uuid.uuid4(), answers=answers, at=at, by=user))

    def _photos(self, treatment: Treatment, user: User, last: int) -> None:
        for day, baseline in ((0, True), (1, False), (last // 2 + 1, False), (last, False)):
            self.keep(
                Photo(
                    treatment=treatment,
                    on=treatment.date_of(day),
                    area="face",
                    view="left",
                    baseline=baseline,
                    width=1512,
                    height=2016,
                    sha256=uuid.uuid4().hex,
                    added_at=self._at(treatment.date_of(day)),
                    added_by=user,
                )
            )

    def _flagged(self, treatment: Treatment, rank: int) -> None:
        """A live flag, for each tenth a second one; every other with a call to make or a message to read."""
        entries = [entry for entry in self.rows[Entry] if entry.treatment_id == treatment.pk]
        found = assess(treatment.course(entries), protocol_of(treatment.protocol_version))
        grave = [finding for finding in found[max(found)] if finding.tier >= Tier.CONTACT]
        for number, finding in enumerate(grave[: 2 if rank % 10 == 0 else 1]):
            flag = self._flag(treatment, finding, self.now - DAY + (rank + number) * MINUTE)
            if rank % 2:
                flag.state, flag.first_look_at = Flag.State.ACKNOWLEDGED, self.now - MINUTE
                self.keep(Review(flag=flag, state=flag.state, at=self.now - MINUTE, by=self.staff[1]))
            flag.assigned_to = self.staff[0] if rank % 4 in (1, 2) else None
            if rank % 2 == 0 and number == 0:
                self._call(treatment, flag, None)
        if rank % 2:
            self._message(treatment, True, self.now - DAY)
            self._message(treatment, False, self.now - DAY + (rank + 1) * MINUTE)

    def _dealt_with(self, treatment: Treatment, rank: int) -> None:
        """What of the past was flagged, told and called about."""
        at = self._at(treatment.date_of(9))
        self.keep(Look(treatment=treatment, seen_to=at, at=at, by=self.staff[0]))
        if rank % 5 == 0:
            flag = self._flag(treatment, SOME, at)
            flag.state, flag.first_look_at = Flag.State.CLOSED, at + rank % 600 * MINUTE
            outcome, useful = OUTCOMES[rank // 5 % len(OUTCOMES)], ["yes", "no", "unsure", ""][rank // 5 % 4]
            closed = {"state": flag.state, "outcome": outcome, "useful": useful}
            self.keep(Review(flag=flag, at=at + DAY, by=self.staff[0], **closed))
        if rank % 10 == 0:
            self._message(treatment, True, at)
            self._message(treatment, False, at + DAY, opened=True)
        if rank % 20 == 0:
            call = self._call(treatment, None, at + DAY)
            self.keep(CallTry(call=call, outcome="spoken", at=at + DAY, by=self.staff[0]))

    def _flag(self, treatment: Treatment, finding: Finding, at: datetime.datetime) -> Flag:
        on = treatment.date_of(finding.day)
        return self.keep(
            Flag(
                treatment=treatment,
                clinic=self.clinic,
                tier=finding.tier,
                rule=finding.rule,
                shape=finding.shape,
                protocol_version=finding.protocol,
                day=finding.day,
                on=on,
                days=list(finding.days),
                values=dict(finding.values),
                fired_on={on.isoformat(): []},
                raised_at=at,
                fired_at=at,
                waits_since=at,
            )
        )

    def _call(self, treatment: Treatment, flag: Flag | None, closed_at: datetime.datetime | None) -> Call:
        patient = treatment.patient
        asked_at = flag.raised_at if flag else (closed_at or self.now) - DAY
        call = Call(patient=patient, clinic=self.clinic, flag=flag, number=patient.phone, window="morning")
        call.asked_at, call.asked_by, call.closed_at = asked_at, patient.user, closed_at
        return self.keep(call)

    def _message(self, treatment: Treatment, from_clinic: bool, at: datetime.datetime, opened: bool = False) -> None:
        patient, reader = treatment.patient, self.staff[0]
        by, opened_by = (reader, patient.user) if from_clinic else (patient.user, reader)
        message = Message(patient=patient, clinic=self.clinic, treatment=treatment, from_clinic=from_clinic)
        message.text, message.client_id, message.at, message.by = "A few words.", uuid.uuid4(), at, by
        if from_clinic or opened:
            message.opened_at, message.opened_by = at + MINUTE, opened_by
        self.keep(message)

    def _looked_at(self, treatment: Treatment, rank: int) -> None:
        at = self.now - (rank % 300 + 1) * DAY
        target = {"target_kind": "treatment", "target_id": str(treatment.pk)}
        self.keep(AccessEvent(actor_id=self.staff[0].pk, actor_role="clinician", verb="read", at=at, **target))

    def _at(self, on: datetime.date) -> datetime.datetime:
        """The time that it is now, on another date."""
        return self.now - (self.today - on) - 5 * MINUTE


def _name(rng: random.Random, rank: int) -> str:
    first = COMMON if rank % 3 else rng.choice(FIRST)
    last = RARE if rank == 7 else "".join(rng.choices(SYLLABLES, k=3))
    return f"{first} {last.capitalize()}"


def _phone(rng: random.Random) -> str:
    return f"+44 7{rng.randrange(10**3):03} {rng.randrange(10**6):06}"


def _some() -> Finding:
    """A finding of redness that stays, for flags of the past."""
    readings = tuple(Reading(day=day, scores={"redness": 3}, signs_answered=True) for day in range(10))
    found = assess(Course(readings=readings, areas=frozenset({"face"})), protocol_of(current_protocol()))
    return next(finding for finding in found[9] if finding.tier >= Tier.CONTACT)


SOME = _some()
