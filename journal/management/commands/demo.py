from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import AccessEvent, Clinic, Patient, User
from journal.actions.photos import path_of
from journal.management import demo
from journal.models import Approval, CannedReply, CareChange, Photo, Product, UploadedProtocol
from journal.photos import SIZES


class Command(BaseCommand):
    help = "Fills an empty database with made-up people and recoveries, says how to sign in, and serves."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="fill and stop")
        parser.add_argument("--reset", action="store_true", help="throw the demo people away and make new ones")

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Run it as `python3 manage.py demo`: that sets the demo's own environment.")
        call_command("migrate", verbosity=0, interactive=False)
        if real := demo.real_people():
            raise CommandError(
                f"This database holds {real} people who are not of the demo, so nothing was changed.\n"
                "Point DATABASE_URL at an empty database, for example DATABASE_URL=sqlite:///demo.sqlite3"
            )
        if options["reset"]:
            self._clear()
        if not demo.is_here():
            self.stdout.write("Making people, recoveries and photos ...")
            with transaction.atomic():  # all of it or none, so that a broken run can be run again
                demo.fill(timezone.now())
        self.stdout.write(demo.sign_ins(options["port"]))
        if not options["no_serve"]:
            call_command("serve", port=options["port"])

    def _clear(self) -> None:
        for token in Photo.objects.values_list("token", flat=True):
            for size in SIZES:
                default_storage.delete(path_of(token, size))
        # Patients take everything clinical with them; only then may those who wrote it go.
        for model in (Patient, AccessEvent, Approval, CannedReply, CareChange, Product, UploadedProtocol, User, Clinic):
            model._default_manager.all().delete()
