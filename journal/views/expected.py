"""What is expected on a day, in words, with where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from journal.models import Treatment
from journal.recovery.course import Course
from journal.recovery.rows import Band, Step
from journal.recovery.scale import QUESTION_LABELS, QUESTIONS, WORDS
from journal.words import sign_label

from .origin import Origin, origin


@dataclass(frozen=True, slots=True)
class Expectation:
    lines: Sequence[str]
    signs: Sequence[str]  # the signs that can come on this day
    origin: Origin
    for_this_treatment: bool  # False: the range is the one for 0.5 to 1.5 mm, for want of a better one


def expectation(treatment: Treatment, day: int) -> Expectation:
    """For a day from 0 on."""
    protocol, course = treatment.protocol, treatment.course(entries=())
    bands = protocol.profile_for(course).bands
    windows = [
        window for window in protocol.windows_for(course.areas).values() if window.from_day <= day <= window.to_day
    ]
    steps = [step for question in QUESTIONS for step in _steps_on(bands[question], day)]
    return Expectation(
        lines=[_line(bands[question], day) for question in QUESTIONS],
        signs=[sign_label(window.sign) for window in windows],
        origin=origin(protocol, *steps, *windows),
        for_this_treatment=_is_standard(course),
    )


def _is_standard(course: Course) -> bool:
    return course.modality == "microneedling" and (course.depth_mm is None or 0.5 <= course.depth_mm <= 1.5)


def _line(band: Band, day: int) -> str:
    question, typical, limit = QUESTION_LABELS[band.question], band.typical_on(day), band.limit_on(day)
    if limit == 0:
        return _("%(question)s: most often gone by now.") % {"question": _(question)}
    if typical == limit:
        return _("%(question)s: up to %(limit)s.") % {"question": _(question), "limit": _(WORDS[limit])}
    return _("%(question)s: most often %(typical)s, at most %(limit)s.") % {
        "question": _(question),
        "typical": _(WORDS[typical]),
        "limit": _(WORDS[limit]),
    }


def _steps_on(band: Band, day: int) -> list[Step]:
    """The two steps that hold on a day: the typical one and the limit's."""
    return [
        max((step for step in steps if step.from_day <= day), key=lambda step: step.from_day)
        for steps in (band.typical_steps, band.limit_steps)
    ]
