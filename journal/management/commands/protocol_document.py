"""The protocol as a document for people who do not read code. Needs no database."""

import re
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.template.loader import render_to_string

from journal.management.documents import add_protocol, protocol_given
from journal.recovery.protocol import Protocol
from journal.views.knowledge import whole_protocol

DOCUMENT = settings.BASE_DIR / "docs" / "protocol.md"


class Command(BaseCommand):
    help = "Prints the protocol in plain words, as Markdown: every number and rule, and where it comes from."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="put it into docs/protocol.md instead")
        add_protocol(parser)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"] and options["protocol"]:
            raise CommandError("docs/protocol.md is about the shipped protocol; a draft can only be printed.")
        written = document(protocol_given(options["protocol"], self.stderr))
        if options["write"]:
            DOCUMENT.write_text(written, "utf-8")
        else:
            self.stdout.write(written, ending="")


def document(protocol: Protocol) -> str:
    """The same content as the clinician's page, in Markdown."""
    lines = render_to_string("clinic/protocol.md", whole_protocol(protocol)).splitlines()
    # The template's own lines leave empty ones behind.
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip() + "\n"
