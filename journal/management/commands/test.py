import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Runs every check and test (ruff, mypy, migrations, unit, browser); arguments go to pytest as they are."

    def run_from_argv(self, argv: list[str]) -> None:
        # A fresh process, so that coverage sees the first import. Checks are tests: one summary closes it all.
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *(argv[2:] or ["--cov"])])

    def handle(self, **options: Any) -> None:
        raise NotImplementedError("run_from_argv does it all")
