"""Makes the two newcomer commands work on a bare Python: `.venv` from the hashed lock, then the same command in it.

Standard library only, because it runs before anything is installed.
"""

import fcntl
import hashlib
import importlib.util
import os
import secrets
import subprocess
import sys
import venv
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed-lock"
LOCKS = {"demo": ROOT / "requirements.txt", "test": ROOT / "requirements-test.txt"}
# Commands that need no database and no settings.
ON_PAPER = ("assess", "casebank", "protocol_document", "sources_document", "reading_grade")
NEEDS = {"demo": ("django",), "test": ("django", "pytest_django")}


def ensure(argv: list[str]) -> None:
    """Continue here when the packages are here; else re-run `argv` in `.venv`, which only demo and test may build."""
    command = argv[1] if len(argv) > 1 else "help"
    if command in LOCKS:
        _prepare(command, argv)
    elif not _has(("django",)):
        _enter(argv) if STAMP.exists() else _point_the_way(command)
    if command == "demo":
        _demo_environment(argv)
    elif command in ON_PAPER:
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(48))  # they sign nothing
    elif command == "test":
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def _prepare(command: str, argv: list[str]) -> None:
    if not _inside() and _has(NEEDS[command]):
        return  # somebody's own environment, with everything in it: leave it alone
    if not _is_current(command):
        _install(command)
        _enter(argv)
    if not _inside():
        _enter(argv)


def _inside() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def _has(packages: tuple[str, ...]) -> bool:
    return all(importlib.util.find_spec(name) for name in packages)


def _is_current(command: str) -> bool:
    """The test lock holds everything the run lock holds, so either stamp serves the demo."""
    usable = STAMP.exists() and (VENV / "bin" / "python").exists()  # a Python that was removed leaves a dead link
    stamp = STAMP.read_text() if usable else ""
    locks = [LOCKS["test"]] if command == "test" else list(LOCKS.values())
    return stamp in {_digest(lock) for lock in locks}


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _install(command: str) -> None:
    """One at a time; the stamp comes last, so that a broken install is made again."""
    with (ROOT / ".venv.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if _is_current(command):
            return
        print(f"Building {VENV.name} for `{command}` (once, about half a minute) ...", flush=True)
        STAMP.unlink(missing_ok=True)
        try:
            if not _inside():  # whoever runs in it already has it, and only an older lock
                venv.create(VENV, with_pip=True)
            pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
            subprocess.run([*pip, "--disable-pip-version-check", "-r", str(LOCKS[command])], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            sys.exit(
                f"Could not build .venv: {error}\n"
                "Needed: Python 3.11 or newer with venv (on Debian: apt install python3-venv) and a package "
                "registry that pip can reach. Then run the same command again."
            )
        STAMP.write_text(_digest(LOCKS[command]))


def _enter(argv: list[str]) -> None:
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, str(ROOT / "manage.py"), *argv[1:]])


def _point_the_way(command: str) -> None:
    sys.exit(
        f"`{command}` needs Django, and it is not installed here. Run one of these first, they install it:\n"
        "  python3 manage.py demo    to try Afterglow\n"
        "  python3 manage.py test    to work on it"
    )


def _demo_environment(argv: list[str]) -> None:
    """A demo needs no settings by hand; its key is made once and stays out of git."""
    secret = ROOT / "run" / "demo-secret"
    secret.parent.mkdir(exist_ok=True)
    if not secret.exists():
        secret.write_text(secrets.token_urlsafe(48))
        secret.chmod(0o600)
    os.environ.setdefault("SECRET_KEY", secret.read_text())
    os.environ.setdefault("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    words = [part for word in argv for part in word.split("=", 1)]  # --port N and --port=N
    port = dict(pairwise(words)).get("--port", "8000")
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    # Its own database and photos, so that nobody goes live on people whose password is in the README.
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{ROOT / 'run' / 'demo.sqlite3'}")
    os.environ.setdefault("MEDIA_ROOT", str(ROOT / "run" / "demo-media"))
    os.environ.setdefault("EMAIL_URL", "consolemail://")
    os.environ["AFTERGLOW_DEMO"] = "1"
