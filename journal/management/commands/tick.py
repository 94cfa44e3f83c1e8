import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from journal.actions import escalation, heartbeat, notices, orphans, silence


class Command(BaseCommand):
    help = (
        "Does what is due, at any time and twice at once if need be: looks for missed days, passes on what waits for "
        "longer than promised, sends notices, removes files that belong to no photo."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        many = "remove files that belong to no photo, however many there are (see the log for when this is asked for)"
        parser.add_argument("--sweep-all", action="store_true", help=many)
        moved = "an ISO moment with its offset, to be taken for now; in tests only"
        parser.add_argument("--at", type=_moment, help=moved)

    def handle(self, **options: Any) -> None:
        moved = options["at"]
        if moved and not settings.CLOCK_MAY_BE_MOVED:
            raise CommandError("--at is for tests: here the clock is not moved, and nothing was done.")

        def now() -> datetime.datetime:
            return moved or timezone.now()

        Session.objects.filter(expire_date__lt=now()).delete()
        # First what waits already: a course that cannot be compared must hold up no mail.
        sent = notices.send_waiting(at=now())
        looked = silence.review(at=now())
        passed_on = escalation.escalate(at=now())
        sent += notices.send_waiting(at=now())
        heartbeat.beat(at=now())
        swept = orphans.sweep(at=now(), all_of_them=options["sweep_all"])
        says_all = options["verbosity"] > 1
        summary = f"courses looked at for missed days: {looked}, passed on: {passed_on}, notices sent: {sent}"
        if swept.removed or says_all:
            summary += f", files without a photo removed: {swept.removed}"
        if swept.strange and says_all:
            summary += f", files of others left alone: {swept.strange}"
        if looked or passed_on or sent or swept.removed or says_all:
            self.stdout.write(summary)


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("it has no offset")
    return moment
