"""`manage.py serve`, as a service manager runs it: it answers, and nothing of it stays behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import pytest
from django.conf import settings

SOON = 30  # seconds, on a machine that has much else to do


@pytest.fixture
def environment(tmp_path):
    return os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'serve.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "SECRET_KEY": "serve-only-" + "x" * 40,
    }


def manage(*arguments):
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def answer(port):
    """What /healthz says, asked until somebody is there."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        with suppress(OSError):
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
        time.sleep(0.05)
    return None


def test_it_serves_and_ends_with_all_its_processes(environment):
    port = free_port()
    subprocess.run(manage("migrate", "-v0"), env=environment, check=True, timeout=SOON)
    command = manage("serve", "--port", str(port), "--workers", "1")
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        assert answer(port) == b"ok"
        server.send_signal(signal.SIGTERM)
        assert server.wait(SOON) == 0
        with pytest.raises(ProcessLookupError):  # of its group nobody is left, the web server neither
            os.killpg(server.pid, 0)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)


def test_a_port_that_is_taken_is_named_with_a_way_out(environment):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            manage("serve", "--port", str(port)), env=environment, capture_output=True, text=True, timeout=SOON
        )
    assert f"Port {port} is in use on 127.0.0.1. Choose another, for example --port {port + 1}." in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


def test_the_test_command_hands_its_arguments_to_pytest(environment):
    command = [sys.executable, "-m", "django", "test", "--version"]
    environment["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=SOON)
    assert done.stdout.startswith("pytest ")
    assert done.returncode == 0
