import logging
import signal
import socket
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from accounts.models import User
from journal.actions import heartbeat
from journal.management import demo

log = logging.getLogger(__name__)
BETWEEN_TICKS = 60  # seconds


class Command(BaseCommand):
    help = "Serves the site, and runs `tick` every minute beside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, **options: Any) -> None:
        _refuse_a_taken_port(options["host"], options["port"])
        _refuse_demo_people()
        # A service manager stops us with SIGTERM; the web server must not stay behind.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        heartbeat.beat(at=timezone.now())  # the first tick comes at once; until it is done nothing stands still
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
                *("--bind", f"{options['host']}:{options['port']}"),
                *("--worker-class", "gthread", "--workers", str(options["workers"]), "--threads", "4"),
                *("--log-level", "warning"),
            ]
        )
        try:
            while server.poll() is None:
                _tick()
                _wait(server)
        except KeyboardInterrupt:
            self.stdout.write("Stopping.")
        finally:
            server.terminate()
            server.wait()
        sys.exit(server.returncode)  # a server that died by itself must not look like one that was stopped


def _refuse_demo_people() -> None:
    try:
        there = User.objects.filter(email__endswith=demo.DOMAIN).exists()
    except DatabaseError as error:
        raise CommandError("The database is not ready. Run `manage.py migrate` first.") from error
    if there and not settings.DEMO:
        raise CommandError(
            "This database holds demo people, whose password everybody can read. Point DATABASE_URL at another one."
        )


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise CommandError(
                f"Port {port} is in use on {host}. Choose another, for example --port {port + 1}."
            ) from None


def _tick() -> None:
    """A minute that fails, for a database that is away for example, must not take the pages down."""
    try:
        call_command("tick")
    except Exception:
        log.exception("tick failed; it is tried again in a minute")
    close_old_connections()


def _wait(server: subprocess.Popen[bytes]) -> None:
    try:
        server.wait(BETWEEN_TICKS)
    except subprocess.TimeoutExpired:
        return
