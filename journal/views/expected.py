"""What is expected after a treatment, in words and day by day, with where it comes from."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from journal import charts
from journal.models import Treatment
from journal.recovery import telling
from journal.recovery.protocol import Protocol
from journal.recovery.rows import Band, CheckIn
from journal.recovery.scale import QUESTION_LABELS, QUESTIONS, WORDS
from journal.recovery.stretches import Stretch, span, stretches
from journal.words import sign_label

from .late import checkins_of
from .origin import Origin, origin


@dataclass(frozen=True, slots=True)
class Expectation:
    """One day of it, in short."""

    lines: Sequence[str]
    signs: Sequence[str]  # the signs that can come on this day
    sources: int  # how many speak of this day


def expectation(treatment: Treatment, day: int) -> Expectation:
    """For a day from 0 on."""
    protocol, course = treatment.protocol, treatment.course(entries=())
    bands = protocol.profile_for(course).bands
    windows = [window for window in protocol.windows_for(course.areas).values() if window.holds_on(day)]
    held = [stretch for question in QUESTIONS for stretch in stretches(bands[question]) if stretch.holds_on(day)]
    rows = [*windows, *(step for stretch in held for step in (stretch.typical, stretch.limit))]
    return Expectation(
        lines=_lines(bands, day),
        signs=[sign_label(window.sign) for window in windows],
        sources=len({code for row in rows for code in row.sources}),
    )


def _lines(bands: Mapping[str, Band], day: int) -> list[str]:
    """A line for each question; those of which nothing is expected share the last one."""
    over = [_(QUESTION_LABELS[question]) for question in QUESTIONS if not bands[question].limit_on(day)]
    lines = [_line(bands[question], day) for question in QUESTIONS if bands[question].limit_on(day)]
    if len(over) == 1:
        lines.append(_("%(question)s: none expected.") % {"question": over[0]})
    elif over:
        lines.append(_("None expected any more: %(questions)s.") % {"questions": ", ".join(over)})
    return lines


def _line(band: Band, day: int) -> str:
    typical, limit = band.range_on(day)
    if typical == limit:
        told = _("%(question)s: up to %(limit)s.")
    elif typical:
        told = _("%(question)s: around %(typical)s, up to %(limit)s.")
    else:
        told = _("%(question)s: none, or up to %(limit)s.")
    words = {"typical": _(WORDS[typical]), "limit": _(WORDS[limit])}
    return told % {"question": _(QUESTION_LABELS[band.question]), **words}


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of days of one question, and where its two numbers come from."""

    stretch: Stretch
    days: str
    days_short: str
    is_today: bool
    typical: Origin
    limit: Origin


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    chart: charts.Chart
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class SignLine:
    label: str
    days: str
    is_today: bool
    origin: Origin


@dataclass(frozen=True, slots=True)
class Later:
    """A day on which this patient is asked once more."""

    checkin: CheckIn
    on: datetime.date
    asks: Sequence[str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that is expected after one treatment."""

    needles: str
    asked: Sequence[Asked]
    signs: Sequence[SignLine]
    later: Sequence[Later]


def outlook(treatment: Treatment, day: int, treatments: Iterable[Treatment]) -> Outlook:
    """`day` is the one it is now, before the treatment none of those told of; `treatments` are all of the patient's."""
    protocol, course = treatment.protocol, treatment.course(entries=())
    bands = protocol.profile_for(course).bands
    windows = protocol.windows_for(course.areas).values()
    return Outlook(
        needles=_needles(treatment),
        asked=[_asked(bands[question], day, protocol) for question in QUESTIONS],
        signs=[
            SignLine(
                label=sign_label(window.sign),
                days=span(window.from_day, window.to_day, _),
                is_today=window.holds_on(day),
                origin=origin(protocol, window),
            )
            for window in windows
        ],
        later=[
            Later(checkin, treatment.date_of(checkin.day), telling.asks(checkin, _), origin(protocol, checkin))
            for checkin in checkins_of(treatment, treatments)
            if checkin.day >= day
        ],
    )


def _needles(treatment: Treatment) -> str:
    """Their length as the clinic wrote it down, with one digit after the point where that is enough."""
    if treatment.depth_mm is None:
        return _("Depth not written down")
    return _("Needles of %(length)s mm") % {"length": f"{treatment.depth_mm:.2f}".removesuffix("0")}


def _short(stretch: Stretch) -> str:
    """Its days for a narrow column."""
    if stretch.lasts:
        return _("%(day)s on") % {"day": stretch.from_day}
    return str(stretch.from_day) if stretch.from_day == stretch.to_day else f"{stretch.from_day}–{stretch.to_day}"


def _asked(band: Band, day: int, protocol: Protocol) -> Asked:
    lines = [
        Line(
            stretch=stretch,
            days=span(stretch.from_day, stretch.to_day, _, lasts=stretch.lasts),
            days_short=_short(stretch),
            is_today=stretch.holds_on(day),
            typical=origin(protocol, stretch.typical),
            limit=origin(protocol, stretch.limit),
        )
        for stretch in stretches(band)
    ]
    return Asked(band.question, charts.draw(band, (), height=96), lines)
