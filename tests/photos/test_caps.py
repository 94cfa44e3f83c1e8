import concurrent.futures
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from journal import photo_child, photos

from .pictures import encoded, plain

# 59 MP of one colour in 40 bytes of WebP: within every limit, and two seconds of work.
SLOW = bytes.fromhex("5249464620000000574542505650384c140000002f13de8417075081540820000a9a22c78888fe07")


def capped(code, before=""):
    """Run code under the child's caps of one second, in an interpreter of its own."""
    script = f"import resource\nfrom journal import photo_child\n{before}\nphoto_child.cap(1)\n{code}"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=photos.CHILD.parents[1], capture_output=True, timeout=20)


def children(parent):
    """Processes of that parent, zombies too."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                yield stat.parent.name


def test_a_photo_that_takes_too_long_is_refused_in_time_and_its_child_is_gone(monkeypatch):
    monkeypatch.setattr(photos, "SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(photos.PhotoRefused) as caught:
        photos.clean(SLOW)
    assert caught.value.reason == "slow"
    while list(children(photos._forker().child.pid)):
        assert time.monotonic() - started < 4
        time.sleep(0.02)


def test_a_child_that_waits_for_an_upload_for_ever_is_ended_by_its_alarm():
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            socket.send_fds(photos._forker().requests, [bytes([1])], [theirs.fileno()])
        ours.settimeout(3)
        with ours.makefile("rb") as stream:
            assert stream.read() == b"."


def test_the_processor_cap_ends_a_child_whose_alarm_was_silenced():
    ended = capped("import signal\nsignal.alarm(0)\nwhile True: pass")
    assert ended.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not cap memory")
def test_memory_is_capped():
    ended = capped("bytearray(photo_child.MEMORY_BYTES)")
    assert b"MemoryError" in ended.stderr


def test_a_child_can_write_no_file(tmp_path):
    ended = capped(f"open({str(tmp_path / 'left')!r}, 'wb', buffering=0).write(b'x')")
    assert b"File too large" in ended.stderr


@pytest.mark.skipif(not resource.getrlimit(resource.RLIMIT_CORE)[1], reason="this machine never dumps core")
def test_a_child_leaves_no_core():
    as_much_as_allowed = (
        "most = resource.getrlimit(resource.RLIMIT_CORE)[1]\nresource.setrlimit(resource.RLIMIT_CORE, (most, most))"
    )
    ended = capped("print(resource.getrlimit(resource.RLIMIT_CORE))", before=as_much_as_allowed)
    assert ended.stdout.split() == [b"(0,", b"0)"]


def test_a_forker_that_died_is_started_again():
    upload = encoded(plain())
    photos.clean(upload)
    dead = photos._forker().child
    os.kill(dead.pid, signal.SIGKILL)
    dead.wait()
    assert photos.clean(upload).width == 400
    assert photos._forker().child.pid != dead.pid


def test_a_worker_killed_outright_leaves_no_process_behind():
    script = "import os; from journal import photos; print(photos._forker().child.pid, flush=True); os.abort()"
    told = subprocess.run([sys.executable, "-c", script], cwd=photos.CHILD.parents[1], capture_output=True, timeout=20)
    left, deadline = Path("/proc", told.stdout.decode().strip(), "cmdline"), time.monotonic() + 3
    while left.exists() and photos.CHILD.name in left.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


ENDS_AT_ONCE = ""
DIES_WHILE_IT_SPEAKS = """
import socket
requests = socket.socket(fileno=0)
connection = socket.socket(fileno=socket.recv_fds(requests, 1, 1)[1][0])
connection.makefile("rb").read()
connection.sendall(b'.{"size": [400, 300], "lengths": [9000, 9000, 9000, 9000]}\\n\\xff\\xd8')
"""


@pytest.mark.parametrize("code", [ENDS_AT_ONCE, DIES_WHILE_IT_SPEAKS])
def test_where_no_child_lives_the_patient_is_asked_to_try_later(monkeypatch, tmp_path, code):
    child = tmp_path / "child.py"
    child.write_text(code)
    monkeypatch.setattr(photos, "CHILD", child)
    monkeypatch.setattr(photos, "_current", None)
    with pytest.raises(photos.PhotoRefused) as caught:
        photos.clean(encoded(plain()))
    assert caught.value.reason == "busy"


def test_photos_of_several_threads_do_not_mix():
    colours = [(20 * n, 100, 255 - 20 * n) for n in range(8)]
    uploads = [encoded(plain(colour)) for colour in colours]
    alone = [photos.clean(upload) for upload in uploads]
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert list(threads.map(photos.clean, uploads)) == alone


def test_the_child_knows_no_secret_and_no_django():
    forker = photos._forker().child.pid
    if sys.platform == "linux":
        assert Path(f"/proc/{forker}/environ").read_bytes() == b""
    script = "import sys, runpy; runpy.run_path(sys.argv[1]); print('django' in sys.modules, 'journal' in sys.modules)"
    ran = subprocess.run([sys.executable, "-I", "-c", script, photos.CHILD], capture_output=True, text=True)
    assert ran.stdout.split() == ["False", "False"]


def test_both_sides_name_the_same_sizes_and_reasons():
    assert photo_child.SIZES == photos.SIZES
    reasons = [photo_child.reason(e) for e in (photo_child.Refused("small"), MemoryError(), ValueError())]
    assert set(reasons) <= set(photos.REFUSALS)
