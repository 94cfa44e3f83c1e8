"""Run the stored courses against a protocol and count what is found. Changes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from journal import protocols
from journal.management.documents import add_protocol, protocol_of
from journal.models.courses import courses
from journal.recovery.assess import assess
from journal.recovery.course import Course, Finding
from journal.recovery.scale import Tier

LINE = "{:<24} {:<10} {:<12} {:>9} {:>9}"

Kind = tuple[str, Tier, str]  # of a finding: version of the protocol, tier and rule


class Command(BaseCommand):
    help = "Runs all stored courses against their protocols, or against a draft, and counts what is found."

    def add_arguments(self, parser: CommandParser) -> None:
        add_protocol(parser)

    def handle(self, **options: Any) -> None:
        tally, now = Tally(), timezone.now()
        draft = protocol_of(options["protocol"], self.stderr) if options["protocol"] else None
        try:
            for treatment, course in courses(now):
                found = assess(course, draft or treatment.protocol)
                tally.add(course, chain.from_iterable(found.values()))
        except protocols.UnknownVersion as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        self.stdout.write("\n".join(tally.lines()))


class Tally:
    """How many courses and entries were looked at, and how often each rule fired at each tier, in how many courses."""

    def __init__(self) -> None:
        self.courses = self.entries = 0
        self.findings: Counter[Kind] = Counter()
        self.in_courses: Counter[Kind] = Counter()

    def add(self, course: Course, findings: Iterable[Finding]) -> None:
        kinds = [(finding.protocol, finding.tier, finding.rule) for finding in findings]
        self.courses += 1
        self.entries += len(course.readings)
        self.findings.update(kinds)
        self.in_courses.update(set(kinds))

    def lines(self) -> Iterator[str]:
        """The most urgent first."""
        yield f"courses: {self.courses}, entries: {self.entries}, findings: {self.findings.total()}"
        if self.findings:
            yield LINE.format("protocol", "tier", "rule", "findings", "courses")
        for kind in sorted(self.findings, key=lambda kind: (kind[0], -kind[1], kind[2])):
            version, tier, rule = kind
            yield LINE.format(version, tier.text, rule, self.findings[kind], self.in_courses[kind])
