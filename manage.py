#!/usr/bin/env python3
"""Stock Django entry point, plus: `demo` and `test` build their own `.venv` where it is missing."""

import os
import sys

from config import bootstrap


def main() -> None:
    os.umask(0o077)  # databases, photos and demo secrets are nobody else's
    bootstrap.ensure(sys.argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
