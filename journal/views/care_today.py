"""Care around a treatment on one day: what to leave out and until when, what to do, what may help, what is coming."""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from journal.care_plan import ClinicClock, clocks_of
from journal.models import Entry, Treatment
from journal.recovery import aftercare
from journal.recovery.care import Advice
from journal.recovery.scale import Tier

from .care import Part, awaited, comforts, stages
from .claims import reach
from .next_session import next_session_soon
from .progress import due_progress

FELT_FOR = datetime.timedelta(days=1)  # what an entry says is felt on its day and the next


def around(
    user: User, treatment: Treatment, treatments: Sequence[Treatment], on: datetime.date, tiers: Collection[int]
) -> dict[str, Any]:
    """Everything of this on the page of a date. `treatment` is the one of now, of all the patient's standing ones.

    `tiers` are those of all her live flags. While there is one, nothing is begun again; from urgent on, a call is all
    that counts.
    """
    day, next_one = treatment.day_of(on), awaited(treatment, treatments, on)
    put_off = next_one if next_one and next_one.put_off_at else None
    soon = coming(next_one, on) if next_one else None
    told: dict[str, Any] = {"coming": None if put_off else soon, "put_off": put_off, "flagged": bool(tiers)}
    if max(tiers, default=0) < Tier.URGENT and put_off != treatment:
        told["due_progress"] = due_progress(treatment, day)
    if day >= 0 and put_off != treatment:
        told |= _after(user, treatment, treatments, on, tiers, preparing=told["coming"] is not None)
    if day == 0 and next_one == treatment and not put_off:
        told |= {"stages": stages(treatment), "on_the_day": _prepared(treatment, day)}
    return told


def _after(
    user: User,
    treatment: Treatment,
    treatments: Sequence[Treatment],
    on: datetime.date,
    tiers: Collection[int],
    *,
    preparing: bool,
) -> dict[str, Any]:
    clocks = clocks_of(treatment.patient.clinic, treatment.protocol)
    session = next_session_soon(user, treatments, on)
    calls = max(tiers, default=0) >= Tier.URGENT
    return {
        "care": care_today(treatment, treatment.day_of(on), clocks, preparing=preparing, flagged=bool(tiers)),
        # That it is booked is told by the days to go; only what to ask first is not.
        "next_session": session if session and (session.reasons or not preparing) else None,
        "helps": () if calls else helps(treatment, on, clocks),
    }


def _prepared(treatment: Treatment, day: int) -> list[str]:
    """How to prepare on a day, the treatment day among them."""
    return [_(advice.text) for advice in treatment.protocol.care.preparation if advice.holds_on(day)]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Topics that are left out until the same date; None: no end is known."""

    topics: Sequence[str]
    to_day: int | None
    to_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of advice, the topic that it is about, and how long the documents would leave that out."""

    code: str
    topic: str
    text: str
    documents: str


@dataclass(frozen=True, slots=True)
class CareToday:
    """What holds on a day after a treatment: in short, and then all of it."""

    left_out: Sequence[LeftOut]
    waits: Sequence[str]  # topics left out until the clinic says so, which could begin again by their days
    new: Sequence[Told]  # what to do, or may be done again, from this day on
    daily: Sequence[str]  # topics of what is done each day
    all: Sequence[Told]


def care_today(
    treatment: Treatment, day: int, clocks: Sequence[ClinicClock], *, preparing: bool, flagged: bool
) -> CareToday:
    """For a day from 0 on. Who prepares for the next treatment, or has a live flag, is not told what may begin again.

    Under a flag what waits is named; who prepares is told by the preparation what to leave out.
    """
    own = {one.clock.code: one for one in clocks}
    on_day = [(own[clock.code], advice) for clock, advice in aftercare.on_day((one.clock for one in clocks), day)]
    waits, named = preparing or flagged, flagged and not preparing
    held = [(one, advice) for one, advice in on_day if not (waits and one.begins_again(advice))]
    done = [(one, advice) for one, advice in held if advice.does]
    return CareToday(
        left_out=_left_out(treatment, [(one, advice) for one, advice in held if not advice.does]),
        waits=[_left_out_name(one) for one, advice in on_day if named and one.begins_again(advice)],
        new=[_told(one, advice) for one, advice in done if advice.from_day == day],
        daily=[_name(one, advice) for one, advice in done if advice.from_day < day and not advice.again],
        all=[_told(one, advice) for one, advice in held],
    )


def _told(one: ClinicClock, advice: Advice) -> Told:
    documents = reach(one.written) if advice.code == one.written.advice[0].code else ""
    return Told(one.clock.code, _(one.clock.topic), _(advice.text), documents)


def _name(one: ClinicClock, advice: Advice) -> str:
    """What a list calls it, with a word where its last day is the clinic's own."""
    name = _(advice.short or one.clock.topic)
    if one.differs and advice.code == one.written.advice[0].code:
        return _("%(topic)s (your clinic’s date)") % {"topic": name}
    return name


def _left_out_name(one: ClinicClock) -> str:
    """What a list calls what is left out first, as the protocol has it."""
    return _(one.written.advice[0].short or one.written.topic)


def _left_out(treatment: Treatment, held: Iterable[tuple[ClinicClock, Advice]]) -> list[LeftOut]:
    """The soonest end first, what has none last."""
    topics: dict[int | None, list[str]] = {}
    for one, advice in held:
        topics.setdefault(advice.to_day, []).append(_name(one, advice))
    ends = sorted(day for day in topics if day is not None)
    lines = [LeftOut(topics[day], day, treatment.date_of(day)) for day in ends]
    return [*lines, LeftOut(topics[None], None, None)] if None in topics else lines


def helps(treatment: Treatment, on: datetime.date, clocks: Iterable[ClinicClock]) -> list[Part]:
    """For what the latest entry of a date or the day before it says is felt."""
    entries = [entry for entry in treatment.entries.all() if on - FELT_FOR <= entry.on <= on]
    felt = _felt(max(entries, key=lambda entry: entry.on)) if entries else set()
    rows = [comfort for comfort in treatment.protocol.care.comforts if felt.intersection(comfort.eases)]
    return comforts(treatment, rows, clocks, treatment.day_of(on))


def _felt(entry: Entry) -> set[str]:
    return {question for question, score in entry.scores().items() if score} | set(entry.signs)


@dataclass(frozen=True, slots=True)
class Coming:
    """A treatment in the days in which one prepares for it."""

    treatment: Treatment
    days: int  # until it
    prepare: Sequence[str]  # what holds on this day


def coming(treatment: Treatment, on: datetime.date) -> Coming | None:
    """A treatment that is still to come, if the days before it have begun."""
    day, preparation = treatment.day_of(on), treatment.protocol.care.preparation
    if not min((advice.from_day for advice in preparation), default=0) <= day < 0:
        return None
    return Coming(treatment, -day, _prepared(treatment, day))
