"""Courses that a machine makes up, for what must hold for every course."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as some

from journal.recovery.course import Course, Reading
from journal.recovery.scale import AREAS, MODALITIES, QUESTIONS, RISK_FACTORS, SIGNS

tried = settings(deadline=None, database=None, max_examples=200)  # a slow machine is no failure

scores = some.dictionaries(some.sampled_from(QUESTIONS), some.integers(0, 4))
signs = some.frozensets(some.sampled_from(list(SIGNS)), max_size=4)


def answered(day, scores, cant_tell, signs, signs_answered, temperature_c, worried):
    """A reading as the journal keeps it: redness is a score or can't be told, and a ticked sign is an answer."""
    return Reading(
        day=day,
        scores=scores,
        cant_tell=cant_tell and "redness" not in scores,
        signs=signs,
        signs_answered=signs_answered or bool(signs),
        temperature_c=temperature_c,
        worried=worried,
    )


def readings_on(days):
    temperatures = some.none() | some.floats(34, 43).map(lambda degrees: round(degrees, 1))
    return some.builds(answered, days, scores, some.booleans(), signs, some.booleans(), temperatures, some.booleans())


def in_order(several):
    return tuple(sorted(several, key=lambda reading: reading.day))


NEVER_WAITED_FOR = some.none()


def courses(min_size=0, as_of=NEVER_WAITED_FOR):
    """Mostly of the first two weeks, where most rules look, with days before and long after."""
    days = some.integers(0, 16) | some.integers(-5, 90)
    several = some.lists(readings_on(days), min_size=min_size, max_size=9, unique_by=lambda reading: reading.day)
    return some.builds(
        Course,
        readings=several.map(in_order),
        areas=some.frozensets(some.sampled_from(list(AREAS)), max_size=3),
        depth_mm=some.none() | some.floats(0.1, 5),
        modality=some.sampled_from(list(MODALITIES)),
        skin_tone=some.none() | some.integers(1, 10),
        risk_factors=some.frozensets(some.sampled_from(list(RISK_FACTORS)), max_size=3),
        as_of_day=as_of,
    )


waited = some.none() | some.integers(-3, 100)


def with_last(course, **changes):
    """The same course with its latest reading changed."""
    *before, last = course.readings
    return replace(course, readings=(*before, replace(last, **changes)))
