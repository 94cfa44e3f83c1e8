"""What rules over daily entries cost when nothing but the comparison is done: plain functions that say yes or no.

Fifteen made-up rules of the kinds that a protocol has, without reasons, windows, modifiers or findings. No engine
that reads its rules from a document can be expected to be as lean; how near it comes is the measure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from journal.recovery.course import Course


@dataclass(slots=True)
class Entry:
    """A day as flat as Python has it."""

    day: int
    redness: int
    dryness: int
    tightness: int
    itch: int
    signs: frozenset[str]

    @property
    def sum(self) -> int:
        return self.redness + self.dryness + self.tightness + self.itch


Entries = Sequence[Entry]
RULES: tuple[Callable[[Entries, int], bool], ...] = (
    # thresholds
    lambda past, at: past[at].redness >= 3,
    lambda past, at: past[at].itch >= 2,
    lambda past, at: past[at].redness > (3 if past[at].day < 4 else 1),
    # signs
    lambda past, at: "pus" in past[at].signs,
    lambda past, at: "fever" in past[at].signs,
    lambda past, at: "spreading_redness" in past[at].signs and past[at].redness >= 2,
    # rises
    lambda past, at: at >= 1 and past[at].redness - past[at - 1].redness >= 2,
    lambda past, at: at >= 2 and past[at].itch > past[at - 1].itch > past[at - 2].itch,
    lambda past, at: past[at].day >= 4 and past[at].sum > max(entry.sum for entry in past[:at]),
    lambda past, at: at >= 7 and past[at].sum >= 6 and past[at].sum >= past[at - 7].sum,
    # means
    lambda past, at: at >= 3 and sum(entry.dryness for entry in past[at - 3 : at + 1]) > 5,
    lambda past, at: (
        at >= 5
        and sum(entry.redness for entry in past[at - 2 : at + 1]) > sum(e.redness for e in past[at - 5 : at - 2]) + 1
    ),
    # streaks
    lambda past, at: past[at].day >= 5 and at >= 2 and all(entry.tightness >= 2 for entry in past[at - 2 : at + 1]),
    lambda past, at: at >= 3 and sum(entry.redness >= 2 for entry in past[at - 3 : at + 1]) >= 3,
    lambda past, at: past[at].itch >= 1 and at >= 3 and all(entry.itch >= 1 for entry in past[at - 3 : at]),
)


def entries(course: Course) -> list[Entry]:
    """The same course for these rules, which know no question without an answer."""
    return [
        Entry(
            reading.day,
            *(reading.scores.get(question, 0) for question in ("redness", "dryness", "tightness", "itch")),
            reading.signs,
        )
        for reading in course.readings
    ]


def judge(past: Entries) -> int:
    """How often any rule says yes in a course."""
    return sum(rule(past, at) for at in range(len(past)) for rule in RULES)
