"""What an entry means, said to the patient: findings in plain words, why, what to do, whom to call, from where."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from accounts.models import Clinic, User
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
from journal.words import may_read

from .origin import Origin, origin


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


def doors(clinic: Clinic, now: datetime.datetime) -> Doors:
    return Doors(clinic.closes_at(now), clinic.opens_at(now))


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
    protocol = treatment.protocol
    course = treatment.course()
    flags = {flag.rule: flag for flag in _flags_of(entry)}
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
            flag=flags.get(finding.rule),
        )
        for finding in found
    ]
    photos = treatment.photos.filter(on=entry.on, baseline=False)
    return {
        "entry": entry,
        "treatment": treatment,
        "patient": treatment.patient,
        "clinic": clinic,
        "prompts": prompts,
        "looked": any(flag.latest_look for flag in flags.values()),
        "leading": next((prompt for prompt in prompts if not prompt.is_dealt_with), None),
        "tier": tier_of(prompt.finding for prompt in prompts if not prompt.is_dealt_with),
        "doors": doors(clinic, now),
        "unanswered": unanswered(entry),
        "above_typical": above_typical(entry, bands),
        "photos": photos,
        "later": later_one(photos, treatment.photos.all()),
        "here": "today",
    }


def _flags_of(entry: Entry) -> list[Flag]:
    """Those that told of its date, oldest first; one closed before a later session took the day stays where it was."""
    treatments = entry.treatment.patient.treatments.prefetch_related("flags__reviews")
    told_of = [
        flag
        for treatment in treatments
        for flag in treatment.flags.all()
        if entry.on.isoformat() in flag.fired_on and (treatment == entry.treatment or not flag.is_live)
    ]
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
