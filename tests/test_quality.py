"""The tools that read the code, as tests: one command, one summary."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent


def run(*command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing_to_mend():
    run("ruff", "check", ".")


def test_the_code_is_formatted():
    run("ruff", "format", "--check", ".")


def test_strict_types_hold():
    run("mypy")


def test_templates_are_well_formed():
    run("djlint", "--lint", "templates", "--quiet")


@pytest.mark.django_db
def test_no_model_change_is_without_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def pinned(name):
    return set(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_the_test_lock_holds_everything_the_run_lock_holds():
    assert pinned("requirements.txt") <= pinned("requirements-test.txt")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_a_lock_has_hashes_and_no_address(name):
    lock = (ROOT / name).read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
