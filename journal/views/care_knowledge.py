"""The care of a protocol for whoever checks it: what is asked, told and shown around a treatment, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from journal.recovery.care import Advice, Clock, Comfort, Concern, Stage
from journal.recovery.protocol import Protocol
from journal.recovery.rows import Row
from journal.recovery.scale import AREAS, QUESTION_LABELS, RISK_FACTORS, SIGNS
from journal.recovery.stretches import span

from .claims import claimed
from .origin import Origin, origin


@dataclass(frozen=True, slots=True)
class CareLine:
    """One row: what it is called, what is read there, and what else counts."""

    title: str
    text: str
    facts: Sequence[str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class CareSection:
    """Rows that belong together; `code` names the place on the page."""

    code: str
    heading: str
    note: str
    lines: Sequence[CareLine]


def care_sections(protocol: Protocol) -> list[CareSection]:
    """Everything of `protocol.care`, in the order in which a treatment goes."""
    return [CareSection(code, heading, note, list(lines)) for code, heading, note, lines in _sections(protocol)]


def _sections(protocol: Protocol) -> Iterator[tuple[str, str, str, Iterator[CareLine]]]:
    yield (
        "concerns",
        _("Questions before a session"),
        _("Asked by the clinician. A yes sets the risk factors that rules use, and decides nothing."),
        _concerns(protocol),
    )
    yield "preparation", _("The week before"), _("What the patient reads, by day."), _preparation(protocol)
    yield "stages", _("The day"), _("What the patient reads about the visit."), _stages(protocol)
    yield (
        "clocks",
        _("Aftercare"),
        _("The most cautious of the five documents counts. A clinic may tighten freely, and loosen with a reason."),
        _clocks(protocol),
    )
    yield (
        "comforts",
        _("What helps"),
        _("Shown for what was logged. Products are named by the clinic."),
        _eases(protocol),
    )
    yield "results", _("Results"), _("What may be seen, and from which day on it is told."), _results(protocol)
    yield (
        "sessions",
        _("Goals and sessions"),
        _("What is asked for later, and when the next may be."),
        _sessions(protocol),
    )


def _line(protocol: Protocol, row: Row, title: str, text: str = "", *facts: str) -> CareLine:
    return CareLine(title, text, [fact for fact in facts if fact], origin(protocol, row))


def _concerns(protocol: Protocol) -> Iterator[CareLine]:
    for concern in protocol.care.concerns:
        yield _line(protocol, concern, _(concern.asks), _(concern.advice), _sets(concern))


def _sets(concern: Concern) -> str:
    labels = "; ".join(_(RISK_FACTORS[code]) for code in concern.risk_factors)
    return _("Sets: %(labels)s") % {"labels": labels} if labels else _("Sets no risk factor")


def _preparation(protocol: Protocol) -> Iterator[CareLine]:
    for advice in protocol.care.preparation:
        yield _line(protocol, advice, _days(advice), _(advice.text), *_facts(advice))


def _days(advice: Advice) -> str:
    last = advice.from_day if advice.to_day is None else advice.to_day
    told = span(advice.from_day, last, _, lasts=advice.to_day is None)
    return told[:1].upper() + told[1:]


def _facts(advice: Advice) -> Iterator[str]:
    yield _("Do") if advice.does else _("Leave out")
    if advice.again:
        yield _("May be done again, and is no daily duty")
    if advice.short:
        yield _("Named in lists: %(name)s") % {"name": _(advice.short)}


def _stages(protocol: Protocol) -> Iterator[CareLine]:
    for stage in protocol.care.stages:
        areas = ", ".join(_(AREAS[area]) for area in stage.areas)
        yield _line(protocol, stage, _(stage.title), _(stage.text), _minutes(stage), areas)


def _minutes(stage: Stage) -> str:
    if stage.minutes is None:
        return ""
    first, last = stage.minutes
    return _("%(first)s to %(last)s minutes") % {"first": first, "last": last}


def _clocks(protocol: Protocol) -> Iterator[CareLine]:
    for clock in protocol.care.clocks:
        for advice in clock.advice:
            title = f"{_(clock.topic)} · {_days(advice)}"
            documents = _by_document(clock) if advice is clock.advice[0] else ""
            yield _line(protocol, advice, title, _(advice.text), *_facts(advice), documents)


def _by_document(clock: Clock) -> str:
    told = ", ".join(one.told for one in claimed(clock))
    return _("By document: %(told)s") % {"told": told} if told else ""


def _eases(protocol: Protocol) -> Iterator[CareLine]:
    for comfort in protocol.care.comforts:
        yield _line(
            protocol, comfort, _(comfort.title), _(comfort.text), _shown_for(comfort), _products(protocol, comfort)
        )


def _shown_for(comfort: Comfort) -> str:
    eased = (QUESTION_LABELS[code] if code in QUESTION_LABELS else SIGNS[code].label for code in comfort.eases)
    labels = "; ".join(_(label) for label in eased)
    return _("Shown for: %(labels)s") % {"labels": labels} if labels else _("Shown in the plan only")


def _products(protocol: Protocol, comfort: Comfort) -> str:
    if not comfort.clock:
        return ""
    return _("With the clinic’s products for: %(topic)s") % {"topic": _(protocol.care.clock(comfort.clock).topic)}


def _results(protocol: Protocol) -> Iterator[CareLine]:
    for result in protocol.care.results:
        told = _("From day %(day)s on") % {"day": result.from_day}
        yield _line(protocol, result, _(result.title), _(result.text), told)


def _sessions(protocol: Protocol) -> Iterator[CareLine]:
    for goal in protocol.care.goals:
        yield _line(protocol, goal, _("Goal: %(label)s") % {"label": _(goal.label)})
    for milestone in protocol.care.milestones:
        told = {"week": milestone.week, "day": milestone.day}
        yield _line(protocol, milestone, _("Goals are asked about in week %(week)s, from day %(day)s on") % told)
    spacing = protocol.care.spacing
    told = {"first": spacing.from_day, "last": spacing.to_day}
    yield _line(protocol, spacing, _("The next session may be on days %(first)s to %(last)s") % told)
