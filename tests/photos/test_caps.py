import concurrent.futures
import contextlib
import ctypes
import json
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

from .hostile import CASES
from .pictures import encoded, plain


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


SLOW = f"""
import runpy, time
child = runpy.run_path({str(photos.CHILD)!r})
child["serve"].__globals__["answer"] = lambda upload: time.sleep(60)
child["main"]()
"""


def test_a_photo_that_takes_too_long_is_refused_in_time_and_its_child_is_gone(monkeypatch, forker_of):
    monkeypatch.setattr(photos, "SECONDS", 1)
    monkeypatch.setattr(photos, "LEAST", 1)
    forker_of(SLOW)
    started = time.monotonic()
    assert refused() == "slow"
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
    ended = capped("del bytearray(photo_child.MEMORY_BYTES * 9 // 10)[0]\nbytearray(photo_child.MEMORY_BYTES)")
    assert b"line 6" in ended.stderr
    assert b"MemoryError" in ended.stderr


def test_a_child_can_write_to_no_file_that_it_inherits(tmp_path):
    ended = capped("file.write(b'x')", before=f"file = open({str(tmp_path / 'left')!r}, 'wb', buffering=0)")
    assert b"File too large" in ended.stderr


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "open('/proc/self/maps')",
        "socket.socket()",
        "socket.socketpair()",
        "os.pipe()",
    ],
)
def test_a_child_can_open_nothing(code):
    ended = capped(code, before="import os, socket")
    assert b"Too many open files" in ended.stderr


landlocked = pytest.mark.skipif(
    sys.platform != "linux" or ctypes.CDLL(None).syscall(444, None, 0, 1) < 6, reason="this Linux has no Landlock 6"
)


@landlocked
@pytest.mark.parametrize(
    "code",
    [
        "os.unlink({file!r})",
        "os.rename({file!r}, {file!r} + '2')",
        "os.truncate({file!r}, 0)",
        "os.mkdir({file!r} + '2')",
        "os.listdir('/')",
        "os.kill(os.getppid(), 0)",
    ],
)
def test_a_child_reaches_no_path_and_no_other_process(tmp_path, code):
    file = tmp_path / "photo"
    file.write_bytes(b"skin")
    ended = capped(code.format(file=str(file)), before="import os")
    assert b"Permission denied" in ended.stderr or b"not permitted" in ended.stderr or b"Too many" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["photo"]
    assert file.read_bytes() == b"skin"


@landlocked
def test_a_child_cannot_look_into_the_worker():
    attach = "import ctypes\nsystem = ctypes.CDLL(None, use_errno=True)"
    ended = capped(
        "print(system.ptrace(0x4206, os.getppid(), 0, 0), ctypes.get_errno())", before=f"import os\n{attach}"
    )
    assert ended.stdout.split() == [b"-1", b"1"]


def test_everything_a_photo_may_need_is_loaded_before_the_first():
    """Where nothing can be opened nothing can be imported either: that would refuse a whole photo as damaged."""
    script = """if True:
        import sys, warnings
        from journal import photo_child
        from PIL import Image
        Image.preinit()
        warnings.simplefilter("ignore")
        there = set(sys.modules)
        uploads = [bytes.fromhex(line) for line in sys.stdin]
        print({photo_child.answer(upload)[:9] for upload in uploads}, set(sys.modules) - there)
    """
    kept = [case.make().hex() for case in CASES if case.end == "kept" and case.upright]
    small = "\n".join(upload for upload in kept if len(upload) < 1_000_000)
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=photos.CHILD.parents[1], input=small, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("{b'{\"size\": '} set()\n", "")


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


LISTENS = """
import socket, sys, time
requests = socket.socket(fileno=0)
connection = socket.socket(fileno=socket.recv_fds(requests, 1, 1)[1][0])
connection.makefile("rb").read()
"""
ANSWERS = LISTENS + "connection.sendall(b'.' + open(sys.argv[0] + '.answer', 'rb').read())"
NEVER_STOPS = LISTENS + "while True: time.sleep(0.1); connection.sendall(b'.')"

SAID = {"size": [400, 300], "measures": [1, 180, 0.3, 0, 220], "lengths": [4, 4, 4, 4]}
PICTURES = b"\xff\xd8\xff\xe0" * 4
NO_ANSWERS = {
    "half of one": (SAID, PICTURES[:9]),
    "pages for pictures": (SAID, b"<htm" * 4),
    "a list": ([], PICTURES),
    "nothing in it": ({}, PICTURES),
    "a reason without a sentence": ({"refused": "because", "because": ""}, b""),
    "no size": (SAID | {"size": [0, 10**9]}, PICTURES),
    "a size without end": (SAID | {"size": [float("inf"), 1]}, PICTURES),
    "measures that are no numbers": (SAID | {"measures": [float("nan")] * 5}, PICTURES),
    "too few measures": (SAID | {"measures": []}, PICTURES),
    "one picture for four": (SAID | {"lengths": [16]}, PICTURES),
    "more than anybody listens to": (SAID, bytes(30_000_000)),
}


@pytest.fixture
def forker_of(monkeypatch, tmp_path):
    """Runs this code as the forker, with something to say."""

    def run(code, answer=b""):
        child = tmp_path / "child.py"
        child.write_text(code)
        Path(f"{child}.answer").write_bytes(answer)
        monkeypatch.setattr(photos, "CHILD", child)
        monkeypatch.setattr(photos, "_current", None)

    return run


def refused():
    with pytest.raises(photos.PhotoRefused) as caught:
        photos.clean(encoded(plain()))
    return caught.value.reason


def test_where_no_child_lives_the_patient_is_asked_to_try_later(forker_of):
    forker_of("")
    assert refused() == "busy"


def test_an_answer_that_makes_sense_is_taken(forker_of):
    """So that the refusals below are for what is wrong in each."""
    forker_of(ANSWERS, json.dumps(SAID).encode() + b"\n" + PICTURES)
    assert photos.clean(encoded(plain())).width == 400


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_a_child_that_a_file_has_taken_over_can_say_nothing_that_does_harm(forker_of, name):
    said, pictures = NO_ANSWERS[name]
    forker_of(ANSWERS, json.dumps(said).encode() + b"\n" + pictures)
    assert refused() == "busy"


@pytest.mark.parametrize("answer", [bytes(90), b"[" * 100_000, b"\xff\xfe\n"])
def test_an_answer_that_is_no_json_is_none(forker_of, answer):
    forker_of(ANSWERS, answer)
    assert refused() == "busy"


def test_a_child_that_never_stops_is_not_heard_out(forker_of, monkeypatch):
    monkeypatch.setattr(photos, "SECONDS", 1)
    monkeypatch.setattr(photos, "LEAST", 1)
    forker_of(NEVER_STOPS)
    started = time.monotonic()
    assert refused() == "slow"
    assert time.monotonic() - started < 4


def test_photos_of_several_threads_do_not_mix():
    colours = [(20 * n, 100, 255 - 20 * n) for n in range(8)]
    uploads = [encoded(plain(colour)) for colour in colours]
    alone = [photos.clean(upload) for upload in uploads]
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert list(threads.map(photos.clean, uploads)) == alone


def test_a_photo_that_finds_no_turn_is_told_so_in_time(monkeypatch):
    monkeypatch.setattr(photos, "SECONDS", 3)
    started = time.monotonic()
    with photos.SLOTS, photos.SLOTS:
        assert refused() == "busy"
    assert time.monotonic() - started < 3
    photos.clean(encoded(plain((100, 90, 80))))


def test_of_one_patient_one_form_of_photos_is_looked_at_at_a_time(monkeypatch):
    monkeypatch.setattr(photos, "LEAST", 0.2)
    with photos.turn_of("pat") as first, photos.turn_of("pat") as second, photos.turn_of("vera") as other:
        assert (first, second, other) == (True, False, True)
    with photos.turn_of("pat") as later:
        assert later


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
