"""Run the stored courses against their protocols, or beside those a draft, and count what is found. Changes nothing."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from journal import protocols, trial
from journal.management.documents import add_protocol, protocol_of
from journal.models.courses import courses
from journal.trial import Trial

LINE = "{:<10} {:<12} {:>9} {:>9} {:>9} {:>9}"


class Command(BaseCommand):
    help = "Counts what is found in all stored courses, and what would appear or vanish with a draft."

    def add_arguments(self, parser: CommandParser) -> None:
        add_protocol(parser)

    def handle(self, **options: Any) -> None:
        draft = protocol_of(options["protocol"], self.stderr) if options["protocol"] else None
        try:
            made = trial.on_courses(courses(timezone.now()), draft)
        except protocols.UnknownVersion as wrong:
            raise CommandError(str(wrong), returncode=2) from wrong
        self.stdout.write("\n".join(_lines(made)))


def _lines(made: Trial) -> Iterator[str]:
    """The most urgent first."""
    findings = sum(change.then for change in made.changes)
    yield f"courses: {made.courses}, entries: {made.entries}, findings: {findings}"
    yield f"per 100 entries: {made.appear_per_100:.1f} appear, {made.vanish_per_100:.1f} vanish"
    if made.changes:
        yield LINE.format("tier", "rule", "findings", "appear", "vanish", "courses")
    for change in made.changes:
        yield LINE.format(change.tier.text, change.rule, change.then, change.appear, change.vanish, change.courses)
