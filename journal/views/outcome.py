"""What an entry means, said to the patient: findings in plain words, why, what to do, whom to call, from where."""

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext

from accounts.models import Clinic, Patient, User
from journal import charts
from journal.actions import entries
from journal.models import Entry, Flag, Review
from journal.models.moves import found_late
from journal.models.photo import later_one
from journal.models.protocol import protocol_of
from journal.recovery import wording
from journal.recovery.assess import assess, tier_of
from journal.recovery.course import Finding
from journal.recovery.rows import Band
from journal.recovery.scale import QUESTIONS, Tier
from journal.words import hurry, is_wish, may_read

from .origin import Origin, origin
from .receipts import receipts_of
from .wish import Wish, wish_of


def names_of(clinic: Clinic) -> dict[str, str]:
    """What a message may name, as this clinic says it."""
    return {
        "clinic_name": clinic.name,
        "clinic_phone": clinic.phone,
        "urgent_line": clinic.urgent_line,
        "emergency_number": clinic.emergency_number,
    }


def told(flag: Flag, clinic: Clinic, *, leads: bool) -> str:
    """What the patient is told because of a flag; what to do only where it `leads` those that stand."""
    tell = wording.message if leads else wording.news
    return tell(flag.finding(), protocol_of(flag.protocol_version), names_of(clinic), gettext)


@dataclass(frozen=True, slots=True)
class Doors:
    """Until when the clinic answers, or from when on; both None where it has not written down its hours."""

    closes_at: datetime.time | None
    opens_at: datetime.datetime | None
    is_far: bool  # so many days away that the name of a weekday would not say which one


def doors(clinic: Clinic, now: datetime.datetime) -> Doors:
    opens_at = clinic.opens_at(now)
    away = opens_at.date() - now.astimezone(clinic.zone).date() if opens_at else datetime.timedelta()
    return Doors(clinic.closes_at(now), opens_at, away.days > 6)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A finding ready to be read."""

    finding: Finding
    news: str
    closing: str  # what to do; only the most urgent one that stands tells it
    why: str
    origin: Origin
    chart: charts.Chart | None
    flag: Flag | None
    hurry: str  # why not to wait any longer, or nothing
    is_settled: bool  # it is a wish for a call, and that call is over

    @property
    def tells_all(self) -> bool:
        """Whether it tells what its live flag tells: that may have become more urgent on another day."""
        return bool(self.flag and self.flag.is_live and self.flag.tier <= self.finding.tier)

    @property
    def is_wish(self) -> bool:
        return is_wish(self.finding)

    @property
    def is_dealt_with(self) -> bool:
        """The clinic closed it, and not because nobody could be reached."""
        look = self.flag.latest_look if self.flag and not self.flag.is_live else None
        return bool(look and look.outcome != Review.Outcome.NOT_REACHED)


def findings_of(entry: Entry) -> Sequence[Finding]:
    """What the patient may read of the entry's day, most urgent first, with all that was submitted."""
    treatment = entry.treatment
    found = assess(treatment.course(), treatment.protocol).get(entry.day, ())
    return [finding for finding in found if may_read(finding.tier, treatment.patient.clinic)]


def _without_late_alarms(found: Sequence[Finding], entry: Entry, flagged: Collection[str]) -> list[Finding]:
    """What a newer version would have said alarms nobody about a day that is past; `flagged` are rules with a flag."""
    late = found_late(entry.treatment, {entry.day: found})
    return [one for one in found if one.tier < Tier.CONTACT or one.rule in flagged or (one.day, one.rule) not in late]


def sentences(entry: Entry, found: Sequence[Finding]) -> list[dict[str, object]]:
    """Findings for a program that shows them to the patient."""
    treatment = entry.treatment
    names = names_of(treatment.patient.clinic)
    return [
        {
            "rule": finding.rule,
            "tier": finding.tier.text,
            "message": wording.message(finding, treatment.protocol, names, gettext),
            "why": wording.why(finding, treatment.protocol, gettext),
        }
        for finding in found
    ]


def outcome(entry: Entry, now: datetime.datetime) -> dict[str, Any]:
    """Everything the result page shows."""
    treatment, clinic = entry.treatment, entry.treatment.patient.clinic
    prefetch_related_objects([treatment], "entries")  # read once for all that follows
    protocol = treatment.protocol
    course = treatment.course()
    hers = _flags_of(treatment.patient)
    told_of = _telling_of(entry, hers)
    wish = wish_of(treatment.patient, hers, now)
    flags = {flag.rule: flag for flag in told_of}
    found = _without_late_alarms(findings_of(entry), entry, flags)
    bands = protocol.profile_for(course).bands
    prompts = [
        Prompt(
            finding=finding,
            news=wording.news(finding, protocol, names_of(clinic), gettext),
            closing=wording.closing(finding, protocol, names_of(clinic), gettext),
            why=wording.why(finding, protocol, gettext),
            origin=origin(protocol, protocol.rule(finding.rule), finding.values.get("raised_by", ())),
            chart=_chart(finding, bands, course.readings),
            flag=(flag := flags.get(finding.rule)),
            hurry=_hurry(finding, flag, clinic, now, wish),
            is_settled=bool(wish and wish.settles(flag)),
        )
        for finding in found
    ]
    photos = treatment.photos.filter(on=entry.on, baseline=False)
    standing = [prompt for prompt in prompts if not prompt.is_dealt_with]
    return {
        "entry": entry,
        "treatment": treatment,
        "patient": treatment.patient,
        "clinic": clinic,
        "prompts": prompts,
        "receipt": receipts_of(treatment, treatment.entries.all(), told_of)[entry.pk],
        "wish": wish,
        "is_told": wish and any(prompt.is_wish for prompt in standing),
        "asks_only": _asks_only(standing),
        "leading": next(iter(standing), None),
        "tier": tier_of(prompt.finding for prompt in standing),
        "doors": doors(clinic, now),
        "unanswered": unanswered(entry),
        "above_typical": above_typical(entry, bands),
        "photos": photos,
        "later": later_one(photos, treatment.photos.all()),
        "here": "today",
    }


def _hurry(finding: Finding, flag: Flag | None, clinic: Clinic, now: datetime.datetime, wish: Wish | None) -> str:
    """A page that tells of less than its flag does not hurry her."""
    if flag is None or finding.tier < flag.tier:
        return ""
    return hurry(flag, clinic, now, wish.tried_at if wish else None)


def _asks_only(standing: Sequence[Prompt]) -> bool:
    """Whether nothing that stands asks for more than the call she would like."""
    to_clinic = [prompt for prompt in standing if prompt.finding.tier >= Tier.CONTACT]
    return bool(to_clinic) and all(prompt.is_wish for prompt in to_clinic)


def _flags_of(patient: Patient) -> list[Flag]:
    treatments = patient.treatments.prefetch_related("flags__reviews")
    return [flag for treatment in treatments for flag in treatment.flags.all()]


def _telling_of(entry: Entry, flags: Iterable[Flag]) -> list[Flag]:
    """Those that told of its date, oldest first; one closed before a later session took the day stays where it was."""
    on, mine = entry.on.isoformat(), entry.treatment_id
    told_of = [flag for flag in flags if on in flag.fired_on and (flag.treatment_id == mine or not flag.is_live)]
    return sorted(told_of, key=lambda flag: flag.raised_at)


def _chart(finding: Finding, bands: Mapping[str, Band], readings: Sequence[Any]) -> charts.Chart | None:
    band = bands.get(str(finding.values.get("question")))
    return charts.draw(band, readings) if band else None


def unanswered(entry: Entry) -> list[str]:
    """Codes of what was not answered, so that nothing is concluded about it."""
    missing = [name for name in QUESTIONS if getattr(entry, name) is None]
    if entry.redness_cant_tell:
        missing.remove("redness")
    return missing if entry.signs_answered else [*missing, "signs"]


def above_typical(entry: Entry, bands: Mapping[str, Band]) -> list[str]:
    """Questions scored above the typical line of that day, whether or not they are within its limit."""
    day = entry.day
    return [
        question for question, score in entry.scores().items() if day >= 0 and score > bands[question].typical_on(day)
    ]


def ask_for_call(entry: Entry, *, by: User, at: datetime.datetime) -> None:
    """The patient asks to be called, from the result page: a correction of the entry like any other."""
    entries.save(
        treatment=entry.treatment,
        on=entry.on,
        answers={"worried": True},
        client_id=uuid.uuid4(),
        by=by,
        at=at,
    )
