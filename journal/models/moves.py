"""What came to light only because a treatment was moved to another version of the protocol. It alarms nobody."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from journal.recovery.conditions import Silent
from journal.recovery.course import Course, Finding
from journal.recovery.noted import newly_found, noted, says_more

from .protocol import protocol_of
from .treatment import Treatment

Found = Mapping[int, Sequence[Finding]]  # by day
Kept = list[Any]  # a finding in a snapshot: its rule, local date and tier, and what was noted
FOUND_BY_MOVE = "found_by_move"  # of a treatment's revision: the snapshot of the move


def found_by_move(treatment: Treatment, course: Course, before: str, after: str) -> list[Kept]:
    """A snapshot: what the version `after` finds in a course as it stands, and `before` does not, safe for JSON.

    Missed days are never among it: a silence that lasts has to alarm.
    """
    return [
        [one.rule, treatment.date_of(one.day).isoformat(), int(one.tier), noted(one)]
        for one in newly_found(course, protocol_of(before), protocol_of(after))
        if one.shape != Silent.shape
    ]


def found_late(treatment: Treatment, by_day: Found) -> frozenset[tuple[int, str]]:
    """Day and rule of each finding that a move of the treatment brought, as high and with nothing more noted since.

    Whatever a later entry, correction, risk factor or date brings besides is found in time. One query, and none for
    a treatment that was never moved.
    """
    if treatment.moved_at is None:
        return frozenset()
    moves = treatment.revisions.filter(answers__has_key=FOUND_BY_MOVE)
    kept: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
    for rule, on, tier, said in chain.from_iterable(moves.values_list(f"answers__{FOUND_BY_MOVE}", flat=True)):
        kept.setdefault((rule, on), []).append((tier, said))

    def is_late(one: Finding) -> bool:
        then = kept.get((one.rule, treatment.date_of(one.day).isoformat()), ())
        return one.shape != Silent.shape and any(one.tier <= tier and not says_more(one, said) for tier, said in then)

    return frozenset((one.day, one.rule) for one in chain.from_iterable(by_day.values()) if is_late(one))
