"""On a bare Python: which commands install, which say what to call, and when an environment is up to date.

Nothing is installed here: a root of its own stands for the project, and a script that says what it was asked to run
stands for the Python in its `.venv`.
"""

import fcntl
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def root(tmp_path):
    (tmp_path / "config").mkdir()
    for name in ("manage.py", "config/__init__.py", "config/bootstrap.py"):
        shutil.copy(PROJECT / name, tmp_path / name)
    (tmp_path / "requirements.txt").write_text("django==1\n")
    (tmp_path / "requirements-test.txt").write_text("django==1\npytest==1\n")
    return tmp_path


@pytest.fixture
def bootstrap(root):
    spec = importlib.util.spec_from_file_location("bootstrap_elsewhere", root / "config" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stamp(root, text):
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text('#!/bin/sh\necho "entered with: $@"\n')
    python.chmod(0o755)
    (root / ".venv" / "installed-lock").write_text(text)


def run(root, *arguments):
    """`manage.py` on a Python that has nothing but its standard library."""
    command = [sys.executable, "-S", "-E", "manage.py", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=20)


@pytest.mark.parametrize("command", [["migrate"], ["runserver", "8000"], ["assess", "-"], ["tick"], []])
def test_other_commands_say_which_of_the_two_to_call_and_build_nothing(root, command):
    done = run(root, *command)
    assert done.returncode == 1
    assert "python3 manage.py demo" in done.stderr
    assert "python3 manage.py test" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / ".venv").exists()


def test_other_commands_run_again_in_an_environment_that_is_there(root):
    stamp(root, "whatever was installed")
    done = run(root, "migrate", "--plan")
    assert done.stdout == f"entered with: {root}/manage.py migrate --plan\n"


@pytest.mark.parametrize("command", ["demo", "test"])
def test_the_two_run_again_in_an_environment_that_is_up_to_date(root, bootstrap, command):
    stamp(root, bootstrap._digest(bootstrap.LOCKS[command]))
    done = run(root, command, "--flag", "two words")
    assert done.stdout == f"entered with: {root}/manage.py {command} --flag two words\n"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("installed", "serves"),
    [(None, []), ("demo", ["demo"]), ("test", ["demo", "test"])],
)
def test_the_test_lock_serves_the_demo_and_not_the_other_way_round(root, bootstrap, installed, serves):
    if installed:
        stamp(root, bootstrap._digest(bootstrap.LOCKS[installed]))
    assert [command for command in ("demo", "test") if bootstrap._is_current(command)] == serves


def test_a_changed_lock_asks_for_a_new_install(root, bootstrap):
    stamp(root, bootstrap._digest(bootstrap.LOCKS["demo"]))
    (root / "requirements.txt").write_text("django==2\n")
    assert not bootstrap._is_current("demo")


def test_an_install_that_breaks_says_what_is_needed_and_leaves_no_stamp(root, bootstrap, capsys):
    stamp(root, "an older lock")
    (root / ".venv" / "pyvenv.cfg").mkdir()  # so that no environment can be made here
    with pytest.raises(SystemExit) as stopped:
        bootstrap._install("demo")
    assert "Could not build .venv" in str(stopped.value)
    assert "python3-venv" in str(stopped.value)
    assert not (root / ".venv" / "installed-lock").exists()


def test_a_second_install_waits_for_the_first_and_has_nothing_left_to_do(root, bootstrap):
    with (root / ".venv.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        second = threading.Thread(target=bootstrap._install, args=["demo"])
        second.start()
        second.join(0.2)
        assert second.is_alive()
        stamp(root, bootstrap._digest(bootstrap.LOCKS["demo"]))
    second.join(5)
    assert not second.is_alive()
    assert (root / ".venv" / "bin" / "python").read_text().startswith("#!/bin/sh")


def test_an_environment_of_ones_own_with_everything_in_it_is_left_alone(root, bootstrap, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    bootstrap.ensure(["manage.py", "test"])
    bootstrap.ensure(["manage.py", "migrate"])
    assert not (root / ".venv").exists()


def nothing_set(monkeypatch):
    """None of the settings that a demo makes for itself; they are put back after the test."""
    names = ("SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "MEDIA_ROOT", "EMAIL_URL", "AFTERGLOW_DEMO")
    for name in names:
        monkeypatch.setenv(name, "to be put back")
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ([], "http://localhost:8000"),
        (["--port", "8123"], "http://localhost:8123"),
        (["--reset", "--port", "8123", "--no-serve"], "http://localhost:8123"),
        (["--port"], "http://localhost:8000"),
    ],
)
def test_links_of_the_demo_lead_to_the_port_it_serves_on(root, bootstrap, monkeypatch, arguments, address):
    nothing_set(monkeypatch)
    bootstrap.ensure(["manage.py", "demo", *arguments])
    assert os.environ["SITE_URL"] == address


def test_the_demo_needs_no_setting_by_hand_and_keeps_its_key(root, bootstrap, monkeypatch):
    nothing_set(monkeypatch)
    bootstrap.ensure(["manage.py", "demo"])
    kept = root / "run" / "demo-secret"
    first = os.environ.pop("SECRET_KEY")
    bootstrap.ensure(["manage.py", "demo"])
    assert os.environ["SECRET_KEY"] == first == kept.read_text()
    assert len(first) >= 40
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert os.environ["AFTERGLOW_DEMO"] == "1"


def test_the_demo_leaves_a_key_that_is_set_alone(root, bootstrap, monkeypatch):
    nothing_set(monkeypatch)
    monkeypatch.setenv("SECRET_KEY", "my own")
    bootstrap.ensure(["manage.py", "demo"])
    assert os.environ["SECRET_KEY"] == "my own"
