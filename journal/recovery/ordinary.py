"""Made-up ordinary recoveries, to see how often a protocol alarms people who recover as expected.

They are no evidence about patients: they follow the bands they are judged by, with the slips that people make.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .course import Course, Reading
from .protocol import Protocol
from .rows import LAST_DAY, Band, Profile
from .scale import QUESTIONS

LOGGED = 0.85  # share of days that are written down
SLIPS = 0.1  # share of scores that are one off
# The typical line is the upper end of what most people log: a recovery runs along it faster or slower, and below it.
PACE = (0.8, 1.25)
STRENGTH = (0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of treatment that has bands of its own."""

    name: str
    depth_mm: float | None
    modality: str = "microneedling"


KINDS = (
    Kind("under 0.5 mm", 0.25),
    Kind("0.5 to 1.5 mm", 1.0),
    Kind("over 1.5 mm", 2.0),
    Kind("radio-frequency", 1.5, "rf"),
)


def recoveries(kind: Kind, protocol: Protocol, *, seed: int, count: int) -> Iterator[Course]:
    """The same ones for the same seed. Each day of the daily entries is logged or missed, and silence is judged."""
    random = Random(f"{seed} {kind.name}")  # noqa: S311  repeatable, and no secret
    empty = Course(readings=(), depth_mm=kind.depth_mm, modality=kind.modality, areas=frozenset({"face"}))
    profile = protocol.profile_for(empty)
    for _ in range(count):
        yield Course(
            readings=tuple(_readings(profile, random)),
            areas=empty.areas,
            depth_mm=kind.depth_mm,
            modality=kind.modality,
            as_of_day=LAST_DAY,
        )


def _readings(profile: Profile, random: Random) -> Iterator[Reading]:
    own = {question: (random.uniform(*PACE), random.uniform(*STRENGTH)) for question in QUESTIONS}
    for day in range(LAST_DAY + 1):
        scores = {question: _score(profile.bands[question], day, *own[question], random) for question in QUESTIONS}
        if random.random() < LOGGED:
            yield Reading(day, scores, signs_answered=True)


def _score(band: Band, day: int, pace: float, strength: float, random: Random) -> int:
    """What is typical for this person and never over the limit, then now and then a step off."""
    true = min(round(strength * band.typical_on(int(day * pace))), band.limit_on(day))
    if random.random() < SLIPS:
        return max(0, min(4, true + random.choice((-1, 1))))
    return true
