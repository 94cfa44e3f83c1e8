"""Run the stored courses against their protocols, or beside those a draft, and count what is found. Changes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from journal import protocols, trial
from journal.management.documents import add_protocol, protocol_given
from journal.models import Treatment
from journal.models.courses import courses
from journal.recovery.course import Course
from journal.recovery.protocol import Protocol
from journal.trial import Trial

LINE = "{:<10} {:<12} {:>9} {:>9} {:>9} {:>9}"


class Command(BaseCommand):
    help = "Counts what is found in all stored courses, and what would appear or vanish with a draft."

    def add_arguments(self, parser: CommandParser) -> None:
        add_protocol(parser)

    def handle(self, **options: Any) -> None:
        draft = protocol_given(options["protocol"], self.stderr) if options["protocol"] else None
        versions = Counter[str]()
        try:
            made = trial.on_courses(_counted(courses(timezone.now()), versions), draft)
        except protocols.UnknownVersion as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        self.stdout.write("\n".join(_lines(made, versions, draft)))


def _counted(read: Iterable[tuple[Treatment, Course]], versions: Counter[str]) -> Iterator[tuple[Treatment, Course]]:
    for treatment, course in read:
        versions[treatment.protocol_version] += 1
        yield treatment, course


def _lines(made: Trial, versions: Counter[str], draft: Protocol | None) -> Iterator[str]:
    """The most urgent first."""
    findings = sum(change.then for change in made.changes)
    yield f"courses: {made.courses}, entries: {made.entries}, findings: {findings}"
    judged_by = ", ".join(f"{version} ({number})" for version, number in sorted(versions.items())) or "none"
    yield f"protocols: {judged_by}" + (f"; draft: {draft.version}" if draft else "")
    yield f"per 100 entries: {made.appear_per_100:.1f} appear, {made.vanish_per_100:.1f} vanish"
    if made.changes:
        yield LINE.format("tier", "rule", "findings", "appear", "vanish", "courses")
    for change in made.changes:
        yield LINE.format(change.tier.text, change.rule, change.then, change.appear, change.vanish, change.courses)
