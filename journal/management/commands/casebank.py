"""Try a protocol on the case bank, and on made-up ordinary recoveries. Needs no database."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from journal import protocols
from journal.management.documents import add_protocol, complaining, protocol_given
from journal.recovery import ordinary, report
from journal.recovery.report import Alarms, BankReport

SEED = 1


class Command(BaseCommand):
    help = "Tries the protocol on every case of the case bank (exit 1 if one fails) and on ordinary recoveries."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        add_protocol(parser)
        parser.add_argument("--ordinary", type=int, default=1000, metavar="N", help="made-up recoveries for each depth")

    def handle(self, *args: Any, **options: Any) -> None:
        protocol = protocol_given(options["protocol"], self.stderr)
        with complaining():
            bank = report.on_cases(protocols.case_bank(), protocol)
        alarms = {
            kind.name: report.alarms(
                ordinary.recoveries(kind, protocol, seed=SEED, count=options["ordinary"]), protocol
            )
            for kind in ordinary.KINDS
        }
        told = _as_json(bank, alarms) if options["json"] else _as_text(protocol.version, bank, alarms)
        self.stdout.write(told)
        if bank.failed:
            raise CommandError(f"{len(bank.failed)} of {len(bank.verdicts)} cases failed", returncode=1)


def _as_json(bank: BankReport, alarms: dict[str, Alarms]) -> str:
    told = {
        "cases": len(bank.verdicts),
        "ordinary": bank.ordinary,
        "passed": len(bank.verdicts) - len(bank.failed),
        "entries": bank.entries,
        "sensitivity": bank.sensitivity,
        "specificity": bank.specificity,
        "findings_per_100_entries": round(bank.findings_per_100_entries, 1),
        "families": {family: {"cases": cases, "passed": passed} for family, (cases, passed) in bank.families.items()},
        "failed": {verdict.case.name: verdict.complaints for verdict in bank.failed},
        "ordinary_recoveries": {
            kind: {
                "patients": one.patients,
                "entries": one.entries,
                "patients_reaching_contact": one.patients_reached,
                "entries_reaching_contact": one.entries_reached,
                "rules": one.rules,
            }
            for kind, one in alarms.items()
        },
    }
    return json.dumps(told, indent=2)


def _as_text(version: str, bank: BankReport, alarms: dict[str, Alarms]) -> str:
    lines = [
        version,
        "",
        f"{len(bank.verdicts)} cases ({bank.ordinary} ordinary), {bank.entries} entries, {len(bank.failed)} failed",
        "Held against tiers that were worked out by hand; this says nothing about patients:",
        f"sensitivity {bank.sensitivity:.1%}, specificity {bank.specificity:.1%} (days at contact or above)",
        f"{bank.findings_per_100_entries:.1f} findings per 100 entries",
        "",
        *(f"  {family:32} {passed:4} of {cases}" for family, (cases, passed) in bank.families.items()),
        *(f"  {one.case.family}: {one.case.name}: {'; '.join(one.complaints)}" for one in bank.failed),
        "",
        "Made-up ordinary recoveries that reach contact:",
        *(_line(kind, one) for kind, one in alarms.items()),
    ]
    return "\n".join(lines)


def _line(kind: str, one: Alarms) -> str:
    entries, patients = one.entries_reached / (one.entries or 1), one.patients_reached / (one.patients or 1)
    rules = ", ".join(f"{rule} {number}" for rule, number in one.rules.items())
    return f"  {kind:16} {entries:6.2%} of entries, {patients:6.2%} of {one.patients} patients: {rules}"
