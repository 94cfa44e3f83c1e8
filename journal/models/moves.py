"""What came to light only because a treatment was moved to another version of the protocol. It alarms nobody."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import chain

from journal.recovery.assess import assess
from journal.recovery.course import Course, Finding
from journal.recovery.noted import tells_of

from .protocol import protocol_of
from .treatment import DAY, Treatment

Found = Mapping[int, Sequence[Finding]]  # by day
MOVED_FROM = "moved_from"  # of a treatment's revision: the version that it had until then


def found_late(treatment: Treatment, course: Course, by_day: Found) -> frozenset[tuple[int, str]]:
    """Day and rule of each finding that came only by a move, of those that its version of now makes in a course.

    Nothing that it rests on was written after the move, and the version that held when that was written does not
    make it, whatever is known of the patient now. Who adds or corrects an old day says it anew. Takes nothing of a
    treatment that was never moved.
    """
    if treatment.moved_at is None:
        return frozenset()
    version_at, written_at = _versions(treatment), _writing(treatment)
    earlier = cache(lambda version: assess(course, protocol_of(version)))

    def is_late(finding: Finding) -> bool:
        version = version_at(written_at(finding))
        return version is not None and not any(tells_of(one, finding) for one in earlier(version).get(finding.day, ()))

    return frozenset((one.day, one.rule) for one in chain.from_iterable(by_day.values()) if is_late(one))


def _versions(treatment: Treatment) -> Callable[[datetime.datetime], str | None]:
    """Which version judged what was written at a moment; None for the one that still does."""
    moves = treatment.revisions.filter(answers__has_key=MOVED_FROM).values_list("at", f"answers__{MOVED_FROM}")
    held_until = list(moves)
    return lambda moment: next((version for at, version in held_until if moment <= at), None)


def _writing(treatment: Treatment) -> Callable[[Finding], datetime.datetime]:
    """When the last of what a finding rests on was written; a day without an entry stood when it was over."""
    written = {treatment.day_of(entry.on): entry.updated_at for entry in treatment.entries.all()}

    def at(finding: Finding) -> datetime.datetime:
        if finding.day in written:
            return max(written[day] for day in finding.days if day in written)
        return datetime.datetime.combine(treatment.date_of(finding.day) + DAY, datetime.time(), treatment.zone)

    return at
