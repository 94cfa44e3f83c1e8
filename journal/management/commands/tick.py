from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from journal.actions import notices, orphans, silence


class Command(BaseCommand):
    help = (
        "Does what is due, at any time and twice at once if need be: looks for missed days, sends notices, removes "
        "files that belong to no photo."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        many = "remove files that belong to no photo, however many there are (see the log for when this is asked for)"
        parser.add_argument("--sweep-all", action="store_true", help=many)

    def handle(self, **options: Any) -> None:
        call_command("clearsessions")
        # First what waits already: a course that cannot be compared must hold up no mail.
        sent = notices.send_waiting(at=timezone.now())
        looked = silence.review(at=timezone.now())
        sent += notices.send_waiting(at=timezone.now())
        swept = orphans.sweep(at=timezone.now(), all_of_them=options["sweep_all"])
        summary = f"courses looked at for missed days: {looked}, notices sent: {sent}"
        says_all = options["verbosity"] > 1
        if swept.removed or says_all:
            summary += f", files without a photo removed: {swept.removed}"
        if swept.strange and says_all:
            summary += f", files of others left alone: {swept.strange}"
        if looked or sent or swept.removed or says_all:
            self.stdout.write(summary)
