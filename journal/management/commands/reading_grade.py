"""How hard the patient's texts read. Needs no database."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, no_translations

from journal.management.documents import add_protocol, protocol_given
from journal.management.patient_texts import Text, texts
from journal.recovery.reading import grade

WORST = 20


class Command(BaseCommand):
    help = "Prints the Flesch-Kincaid grade of all texts for patients: the mean, and those that read hardest."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_protocol(parser)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        found = texts(protocol_given(options["protocol"], self.stderr))
        self.stdout.write("\n".join(_lines([one for one in found if not one.is_label], len(found))))


def _lines(sentences: Sequence[Text], number: int) -> Iterator[str]:
    """Labels are counted only: of a few words a grade says nothing."""
    together = grade(" ".join(f"{one.words}." for one in sentences))
    yield f"{number} texts, {number - len(sentences)} of them labels; of the others:"
    yield f"mean grade {fmean(one.grade for one in sentences):.1f}, read as one text {together:.1f}"
    yield f"above 6: {sum(one.grade > 6 for one in sentences)}"
    for one in sorted(sentences, key=lambda text: -text.grade)[:WORST]:
        yield f"{one.grade:5.1f}  {one.place}: {one.words}"
