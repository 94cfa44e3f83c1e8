"""How a protocol does: on the case bank, and on made-up ordinary recoveries."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .assess import assess, tier_of
from .cases import Case, Verdict, judge
from .course import Course
from .protocol import Protocol
from .scale import Tier


@dataclass(frozen=True, slots=True)
class BankReport:
    """What came of all cases."""

    verdicts: Sequence[Verdict]

    @property
    def failed(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.complaints]

    @property
    def families(self) -> Mapping[str, tuple[int, int]]:
        """By family: cases, and how many passed."""
        every, failed = (Counter(one.case.family for one in some) for some in (self.verdicts, self.failed))
        return {family: (number, number - failed[family]) for family, number in every.items()}

    @property
    def ordinary(self) -> int:
        return sum(verdict.case.ordinary for verdict in self.verdicts)

    @property
    def entries(self) -> int:
        return sum(verdict.case.entries for verdict in self.verdicts)

    @property
    def sensitivity(self) -> float:
        """Of the days that should reach `contact`, the share that does."""
        return self._share(expected=True)

    @property
    def specificity(self) -> float:
        """Of the days that should not reach `contact`, the share that does not."""
        return self._share(expected=False)

    def _share(self, expected: bool) -> float:
        reached = [
            verdict.found[day] >= Tier.CONTACT
            for verdict in self.verdicts
            for day in verdict.found
            if (verdict.case.expected.get(day, Tier.NONE) >= Tier.CONTACT) == expected
        ]
        return reached.count(expected) / len(reached) if reached else 1.0

    @property
    def findings_per_100_entries(self) -> float:
        return 100 * sum(verdict.findings for verdict in self.verdicts) / (self.entries or 1)


def on_cases(cases: Iterable[Case], protocol: Protocol) -> BankReport:
    return BankReport([judge(case, protocol) for case in cases])


@dataclass(frozen=True, slots=True)
class Alarms:
    """How often some people reach `contact`, and by which rules (findings of `contact` and above, by code)."""

    patients: int
    entries: int
    patients_reached: int
    entries_reached: int
    rules: Mapping[str, int]


def alarms(courses: Iterable[Course], protocol: Protocol) -> Alarms:
    patients = entries = patients_reached = entries_reached = 0
    rules: Counter[str] = Counter()
    for course in courses:
        found = assess(course, protocol)
        reached = {day for day, findings in found.items() if tier_of(findings) >= Tier.CONTACT}
        patients, entries = patients + 1, entries + len(course.readings)
        patients_reached += bool(reached)
        entries_reached += sum(reading.day in reached for reading in course.readings)
        rules.update(one.rule for findings in found.values() for one in findings if one.tier >= Tier.CONTACT)
    return Alarms(patients, entries, patients_reached, entries_reached, dict(rules.most_common()))
