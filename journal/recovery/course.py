"""What was read of one treatment, and what was found in it: plain values that never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .scale import Tier


@dataclass(frozen=True, slots=True)
class Reading:
    """What a patient answered for one day. What is absent was not answered: it is neither zero nor no."""

    day: int  # treatment day is 0; a negative day is a baseline
    scores: Mapping[str, int]  # 0-4 by question, answered ones only
    cant_tell: bool = False  # the question that may be unclear was looked at, and could not be judged
    signs: frozenset[str] = frozenset()
    signs_answered: bool = False
    temperature_c: float | None = None
    worried: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """All readings of one treatment, by day and at most one a day, and who was treated how.

    Raises ValueError when the readings are out of order or a day comes twice.
    """

    readings: tuple[Reading, ...]
    areas: frozenset[str] = frozenset()
    depth_mm: float | None = None
    modality: str = "microneedling"
    skin_tone: int | None = None  # Monk scale, 1-10
    risk_factors: frozenset[str] = frozenset()
    # The last day that is judged for silence: the day it is now, as it stands, or the last before the next treatment.
    # None: silence is not judged.
    as_of_day: int | None = None

    def __post_init__(self) -> None:
        if any(after.day <= before.day for before, after in pairwise(self.readings)):
            raise ValueError("readings must be in order of their days, one for each day at most")


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule of a protocol that fired on a day, with what is needed to say why years later."""

    rule: str
    tier: Tier
    day: int
    days: tuple[int, ...]  # all days whose answers made it fire, this one included
    values: Mapping[str, Any]  # safe for JSON; which keys, the shape says
    shape: str
    protocol: str  # version
