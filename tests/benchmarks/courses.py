"""Made-up courses of thirty entries: most fade as expected, some slowly, a few turn for the worse.

Each comes from its own number alone, so a thousand of them are the first thousand of a million.
"""

import random
from collections.abc import Iterator

from journal.recovery.course import Course, Reading
from journal.recovery.scale import QUESTIONS, RISK_FACTORS, SIGNS

ENTRIES = 30
LOUDNESS = {"redness": 1.0, "dryness": 0.7, "tightness": 0.7, "itch": 0.5}
# Signs that ordinary skin shows, by their last usual day, and how often.
USUAL = {"warmth": (2, 0.4), "swelling": (3, 0.3), "bleeding": (0, 0.3), "peeling": (7, 0.4), "bruising": (9, 0.08)}
TROUBLE = ("warmth", "increasing_pain", "yellow_crust", "pus", "spreading_redness", "hives")


def courses(start: int, stop: int, step: int) -> Iterator[list[Course]]:
    """The courses of these numbers, `step` at a time, so that no more than that are in memory."""
    for first in range(start, stop, step):
        yield [course(number) for number in range(first, min(first + step, stop))]


def course(number: int) -> Course:
    rng = random.Random(number)
    readings = tuple(_readings(rng))
    return Course(
        readings=readings,
        areas=frozenset(rng.choices(["face", "eyes", "neck", "lips"], [8, 1, 2, 1], k=2)),
        depth_mm=rng.choice([None, 0.25, 0.5, 1.0, 1.5, 2.5]),
        modality=rng.choices(["microneedling", "rf"], [9, 1])[0],
        skin_tone=rng.choice([None, *range(1, 11)]),
        risk_factors=frozenset(rng.sample(list(RISK_FACTORS), rng.choice([0, 0, 0, 1, 2]))),
        as_of_day=readings[-1].day + rng.randrange(5),
    )


def _readings(rng: random.Random) -> Iterator[Reading]:
    level, fades = rng.uniform(1.0, 3.0), rng.choices([0.55, 0.65, 0.75, 0.9], [8, 8, 4, 1])[0]
    rest = rng.choice([0.0, 0.0, 0.2, 0.4])  # some skin is never quite quiet
    turns_on = rng.randrange(3, 20) if rng.random() < 0.08 else None
    day = 0
    for _ in range(ENTRIES):
        if day == turns_on:
            level += 2.0
        yield _reading(rng, day, level, troubled=turns_on is not None and 0 <= day - turns_on < 4)
        level = max(rest, level * fades)
        day += 1 if rng.random() < 0.9 else rng.randrange(2, 5)  # a day or more without an entry


def _reading(rng: random.Random, day: int, level: float, *, troubled: bool) -> Reading:
    scores = {
        question: min(4, max(0, round(level * LOUDNESS[question] + rng.gauss(0, 0.1 + level / 10))))
        for question in QUESTIONS
        if rng.random() < 0.97
    }
    cant_tell = rng.random() < 0.01
    if cant_tell:
        scores.pop("redness", None)
    return Reading(
        day=day,
        scores=scores,
        cant_tell=cant_tell,
        signs=frozenset(_signs(rng, day, troubled)),
        signs_answered=True,
        temperature_c=round(rng.gauss(36.8, 0.5), 1) if rng.random() < 0.03 else None,
        worried=rng.random() < 0.005,
    )


def _signs(rng: random.Random, day: int, troubled: bool) -> Iterator[str]:
    for sign, (until, chance) in USUAL.items():
        if day <= until and rng.random() < chance:
            yield sign
    if troubled:
        yield rng.choice(TROUBLE)
    if rng.random() < 0.004:
        yield rng.choice(list(SIGNS))
