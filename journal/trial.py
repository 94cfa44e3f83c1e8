"""A draft tried before anybody is judged by it: what it would find, and no longer find, and how often."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from journal import protocols
from journal.models import Treatment
from journal.recovery import noted
from journal.recovery.assess import assess
from journal.recovery.cases import Case, judge
from journal.recovery.course import Course, Finding
from journal.recovery.notation import found_in
from journal.recovery.protocol import Protocol
from journal.recovery.scale import Tier

Kind = tuple[Tier, str]  # of a finding: its tier and its rule
Fired = tuple[int, Tier, str]  # a finding in its course: the day too


@dataclass(frozen=True, slots=True)
class Change:
    """How often a rule speaks at a tier: with the draft only (`appear`), without it only (`vanish`), either way."""

    tier: Tier
    rule: str
    appear: int
    vanish: int
    stay: int
    courses: int  # that change by it

    @property
    def now(self) -> int:
        return self.vanish + self.stay

    @property
    def then(self) -> int:
        return self.appear + self.stay


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of some courses; most urgent first. A rule that speaks at another tier vanishes and appears."""

    courses: int
    entries: int
    touched: int  # courses in which anything changes
    changes: tuple[Change, ...]

    @property
    def changed(self) -> list[Change]:
        return [change for change in self.changes if change.appear or change.vanish]

    @property
    def appear(self) -> int:
        return sum(change.appear for change in self.changes)

    @property
    def vanish(self) -> int:
        return sum(change.vanish for change in self.changes)

    @property
    def appear_per_100(self) -> float:
        return 100 * self.appear / (self.entries or 1)

    @property
    def vanish_per_100(self) -> float:
        return 100 * self.vanish / (self.entries or 1)


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """A case of the bank that comes out differently, and what is wrong with it then; empty if nothing is."""

    case: Case
    appear: tuple[str, ...]
    vanish: tuple[str, ...]
    complaints: tuple[str, ...]


def on_courses(
    courses: Iterable[tuple[Treatment, Course]], draft: Protocol | None = None, most: int | None = None
) -> Trial:
    """Stored courses by their own protocols and by a draft, `most` of them at most. Without a draft all stays."""
    return _tally(_before_and_after(course, one.protocol, draft) for one, course in islice(courses, most))


def _before_and_after(course: Course, own: Protocol, draft: Protocol | None) -> tuple[int, set[Fired], set[Fired]]:
    before = _fired(course, own)
    return len(course.readings), before, _fired(course, draft) if draft and draft is not own else before


def newly_found(courses: Iterable[tuple[Treatment, Course]], draft: Protocol) -> dict[UUID, list[Finding]]:
    """What asks for a contact, or is more urgent, by a draft and not by the version of each treatment (its id)."""
    found = {one.pk: _contacts_of(course, one.protocol, draft) for one, course in courses}
    return {treatment: contacts for treatment, contacts in found.items() if contacts}


def _contacts_of(course: Course, own: Protocol, draft: Protocol) -> list[Finding]:
    return [one for one in noted.newly_found(course, own, draft) if one.tier >= Tier.CONTACT]


def on_cases(draft: Protocol, used: Protocol | None = None) -> tuple[Trial, list[CaseChanged]]:
    """The case bank by a protocol in use (or the shipped one) and by a draft, and the cases that come out differently.

    Each case says itself what is expected; what is wrong with it then is told by that, not by the other protocol.
    Wrong ones come first.
    """
    used, bank = used or protocols.load(protocols.CURRENT), protocols.case_bank()
    found = [(case, _fired_in_case(case, used), _fired_in_case(case, draft)) for case in bank]
    trial = _tally((case.entries, before, after) for case, before, after in found)
    changed = [
        CaseChanged(case, _told(after - before), _told(before - after), tuple(judge(case, draft).complaints))
        for case, before, after in found
        if before != after
    ]
    return trial, sorted(changed, key=lambda one: not one.complaints)


def _fired(course: Course, protocol: Protocol) -> set[Fired]:
    return {_as_fired(finding, day) for day, found in assess(course, protocol).items() for finding in found}


def _fired_in_case(case: Case, protocol: Protocol) -> set[Fired]:
    found = found_in(case.treatments, protocol)
    return {_as_fired(finding, day) for day, of_day in found.items() for _, finding in of_day}


def _as_fired(finding: Finding, day: int) -> Fired:
    return day, finding.tier, finding.rule


def _told(fired: Iterable[Fired]) -> tuple[str, ...]:
    return tuple(f"day {day}: {rule} ({tier.text})" for day, tier, rule in sorted(fired))


def _tally(courses: Iterable[tuple[int, set[Fired], set[Fired]]]) -> Trial:
    """From the entries of each course, and what is found in it before and after."""
    number = entries = touched = 0
    appear, vanish, stay, of = (Counter[Kind]() for _ in range(4))
    for readings, before, after in courses:
        number, entries, touched = number + 1, entries + readings, touched + (before != after)
        appear.update(_kinds(after - before))
        vanish.update(_kinds(before - after))
        stay.update(_kinds(before & after))
        of.update(set(_kinds(before ^ after)))
    kinds = sorted({*appear, *vanish, *stay}, key=lambda kind: (-kind[0], kind[1]))
    changes = tuple(Change(*kind, appear[kind], vanish[kind], stay[kind], of[kind]) for kind in kinds)
    return Trial(number, entries, touched, changes)


def _kinds(fired: Iterable[Fired]) -> Iterator[Kind]:
    return ((tier, rule) for _, tier, rule in fired)
