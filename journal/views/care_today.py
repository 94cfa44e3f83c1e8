"""Care around a treatment on one day: what to leave out and until when, what to do, what may help, what is coming."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from journal.care_plan import ClinicClock, clocks_of
from journal.models import Entry, Flag, Treatment
from journal.recovery import aftercare
from journal.recovery.care import Advice, Clock
from journal.recovery.scale import Tier

from .care import Part, part, stages, upcoming
from .next_session import next_session_soon
from .progress import due_progress
from .writing import local_today

FELT_FOR = datetime.timedelta(days=1)  # what an entry says is felt on its day and the next


def around(user: User, treatment: Treatment, treatments: Sequence[Treatment], now: datetime.datetime) -> dict[str, Any]:
    """Everything of this on the page of today. `treatment` is the one of now, of all the patient's standing ones."""
    on = local_today(treatment.patient, treatments, now)
    day, soon = treatment.day_of(on), coming(treatments, on)
    told: dict[str, Any] = {"coming": soon, "due_progress": due_progress(treatment, day)}
    if day < 0:
        return told
    clocks = clocks_of(treatment.patient.clinic, treatment.protocol)
    session = next_session_soon(user, treatments, now)
    told["care"] = care_today(treatment, day, clocks, preparing=soon is not None)
    # That it is booked is told by the days to go; only what to ask first is not.
    told["next_session"] = session if session and (session.reasons or not soon) else None
    if not Flag.objects.visible_to(user).live().filter(tier__gte=Tier.URGENT).exists():
        told["helps"] = helps(treatment, on, clocks)  # else a call comes first
    if day == 0 and not treatment.visits.exists():
        told |= {"stages": stages(treatment), "on_the_day": _on_the_day(treatment)}
    return told


def _on_the_day(treatment: Treatment) -> list[str]:
    """How to prepare on the treatment day itself, beyond what was so on the days before."""
    return [_(advice.text) for advice in treatment.protocol.care.preparation if advice.from_day == 0]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Topics that are left out until the same date; None: no end is known."""

    topics: Sequence[str]
    to_day: int | None
    to_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of advice and the topic that it is about."""

    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class CareToday:
    """What holds on a day after a treatment: in short, and then all of it."""

    left_out: Sequence[LeftOut]
    new: Sequence[Told]  # what to do, or may be done again, from this day on
    daily: Sequence[str]  # topics of what is done each day
    all: Sequence[Told]


def care_today(treatment: Treatment, day: int, clocks: Sequence[ClinicClock], *, preparing: bool = False) -> CareToday:
    """For a day from 0 on. Who is `preparing` for the next treatment is not told what may be done again."""
    held = aftercare.on_day((one.clock for one in clocks), day)
    if preparing:
        held = tuple((clock, advice) for clock, advice in held if not advice.again)
    done = [(clock, advice) for clock, advice in held if advice.does]
    known = [(clock, advice) for clock, advice in done if advice.from_day < day]
    return CareToday(
        left_out=_left_out(treatment, [(clock, advice) for clock, advice in held if not advice.does]),
        new=[_told(clock, advice) for clock, advice in done if advice.from_day == day],
        daily=[_(clock.topic) for clock, advice in known if not advice.again],
        all=[_told(clock, advice) for clock, advice in held],
    )


def _told(clock: Clock, advice: Advice) -> Told:
    return Told(_(clock.topic), _(advice.text))


def _left_out(treatment: Treatment, held: Iterable[tuple[Clock, Advice]]) -> list[LeftOut]:
    """The soonest end first, what has none last."""
    topics: dict[int | None, list[str]] = {}
    for clock, advice in held:
        topics.setdefault(advice.to_day, []).append(_(advice.short or clock.topic))
    ends = sorted(day for day in topics if day is not None)
    lines = [LeftOut(topics[day], day, treatment.date_of(day)) for day in ends]
    return [*lines, LeftOut(topics[None], None, None)] if None in topics else lines


def helps(treatment: Treatment, on: datetime.date, clocks: Iterable[ClinicClock]) -> list[Part]:
    """For what the latest entry of a date or the day before it says is felt."""
    entries = [entry for entry in treatment.entries.all() if on - FELT_FOR <= entry.on <= on]
    felt = _felt(max(entries, key=lambda entry: entry.on)) if entries else set()
    products = {one.clock.code: one.products for one in clocks}
    return [
        part(treatment, comfort, products.get(comfort.clock, ()))
        for comfort in treatment.protocol.care.comforts
        if felt.intersection(comfort.eases)
    ]


def _felt(entry: Entry) -> set[str]:
    return {question for question, score in entry.scores().items() if score} | set(entry.signs)


@dataclass(frozen=True, slots=True)
class Coming:
    """A treatment in the days in which one prepares for it."""

    treatment: Treatment
    days: int  # until it
    prepare: Sequence[str]  # what holds on this day


def coming(treatments: Iterable[Treatment], on: datetime.date) -> Coming | None:
    """The next of a patient's standing treatments after a date, if the days before it have begun."""
    treatment = upcoming(treatments, on)
    if treatment is None:
        return None
    day, preparation = treatment.day_of(on), treatment.protocol.care.preparation
    if day < min((advice.from_day for advice in preparation), default=0):
        return None
    return Coming(treatment, -day, [_(advice.text) for advice in preparation if advice.holds_on(day)])
