from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from journal.actions import notices


class Command(BaseCommand):
    help = "Does what is due, and may be run at any time and twice at once: sends waiting notices."

    def handle(self, **options: Any) -> None:
        call_command("clearsessions")
        sent = notices.send_waiting(at=timezone.now())
        if sent or options["verbosity"] > 1:
            self.stdout.write(f"{sent} notices sent")
