"""Uploaded bytes in; an upright, stripped, sRGB, bounded photo and its renditions out.

Nothing here decodes: `photo_child.py` does, in a process of its own with CPU, memory and time caps, so that a
hostile or broken file costs a sentence and never a worker. The sentences patients read stand here.
"""

import atexit
import contextlib
import hashlib
import json
import logging
import math
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from journal.likeness import Measures

SIZES = (2016, 1008, 320, 160)  # longest side, px, in the order of the child's answer
MAX_BYTES = 20_000_000
MAX_ANSWER = 20_000_000  # bytes; the noisiest photo comes to six million
SECONDS = 8  # a phone photo takes a sixth of one; with the page around it, an answer in ten
LEAST = 2  # of these, what a photo gets that had to wait for its turn
CHILD = Path(__file__).with_name("photo_child.py")
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}  # names mif1 as well

REFUSALS = {
    "empty": _("This photo arrived empty. Please choose it again."),
    "large": _("This photo is larger than 20 MB. Please send a smaller copy, or take a new one at a lower quality."),
    "heic": _(
        "This photo is a HEIC file, which we cannot open. On an iPhone, choose it in Photos, not in Files. "
        "On Android, turn off HEIC or “high efficiency” in the camera’s settings and take it again."
    ),
    "kind": _("This file is not a photo we can open. Please send a JPEG, PNG or WebP photo."),
    "damaged": _("We could not open this photo. It may be cut off. Please choose it again, or take a new one."),
    "scans": _("This photo is saved in an unusual way that we do not open. Please take a new one."),
    "pixels": _("This photo has too many pixels for us. Please send a smaller copy."),
    "small": _("This photo is too small to see your skin well. Please send the original, not a preview of it."),
    "slow": _("This photo took too long to open. Please take a new one."),
    "busy": _("We could not look at your photo just now. Please try again in a few minutes."),
}

log = logging.getLogger(__name__)


class PhotoRefused(Exception):
    """A photo that is not taken. Its text is for the patient: what is wrong, and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(REFUSALS[reason]))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A photo with nothing left of the upload but what can be seen.

    `width` and `height` are the master's, in px; `renditions` holds a JPEG for each of SIZES, by its longest side
    in px, the first being the master. A small photo is never enlarged.
    """

    width: int
    height: int
    renditions: Mapping[int, bytes]
    measures: Measures

    @property
    def sums(self) -> dict[int, str]:
        """SHA-256 of each rendition, by its longest side in px."""
        return {size: hashlib.sha256(jpeg).hexdigest() for size, jpeg in self.renditions.items()}


_turns: set[Hashable] = set()
_turned = threading.Condition()


@contextlib.contextmanager
def turn_of(patient: Hashable) -> Iterator[bool]:
    """Whether the photos of a patient's form are looked at now: one form at a time, so that nobody fills a process.

    A second one, pressed twice or sent again, waits a little for the first.
    """
    with _turned:
        mine = _turned.wait_for(lambda: patient not in _turns, timeout=LEAST)
        if mine:
            _turns.add(patient)
    try:
        yield mine
    finally:
        if mine:
            with _turned:
                _turns.discard(patient)
                _turned.notify_all()


# Decoding is the one thing here that a stranger's file can make heavy: so many at once in a process, the rest wait.
SLOTS = threading.BoundedSemaphore(2)


def clean(upload: bytes | IO[bytes]) -> Cleaned:
    """Clean one upload, whatever its name and declared type say.

    Raises PhotoRefused for all that is not a whole JPEG, PNG or WebP photo within the limits, and where the
    photo could not be looked at in time.
    """
    content = upload if isinstance(upload, bytes) else upload.read(MAX_BYTES + 1)
    if reason := _at_first_sight(content):
        raise PhotoRefused(reason)
    arrived = time.monotonic()
    if not SLOTS.acquire(timeout=SECONDS - LEAST):
        raise PhotoRefused("busy")
    try:
        answer = _answer(content, max(LEAST, SECONDS - int(time.monotonic() - arrived)))
    finally:
        SLOTS.release()
    try:
        return _cleaned(*_read(answer))
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError) as error:
        # It died while it spoke, or was taken over.
        log.error("no sense in the answer about a photo of %s bytes: %r", len(content), error)
        raise PhotoRefused("busy") from error


def _at_first_sight(content: bytes) -> str:
    """The reason to refuse before a decoder is near, or nothing."""
    if not content:
        return "empty"
    if len(content) > MAX_BYTES:
        return "large"
    if content[4:8] == b"ftyp" and _is_heic(content):
        return "heic"
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return ""
    return "" if content.startswith(b"RIFF") and content[8:12] == b"WEBP" else "kind"


def _is_heic(content: bytes) -> bool:
    """Whether one of the brands in a file's first box is HEIC's; some phones name it second."""
    end = min(int.from_bytes(content[:4]), 256)
    brands = {content[8:12], *(content[at : at + 4] for at in range(16, end, 4))}
    return bool(brands & HEIF_BRANDS) and not brands & AVIF_BRANDS


def _answer(content: bytes, seconds: int) -> bytes:
    """What the child says. Where it says nothing, a refusal: its time was up, it crashed, or never began."""
    heard, asked = b"", time.monotonic()
    ours, theirs = socket.socketpair()
    with ours, contextlib.suppress(OSError):
        ours.settimeout(seconds + 1)  # the child's own alarm rings first
        with theirs:
            socket.send_fds(_forker().requests, [bytes([seconds])], [theirs.fileno()])
        ours.sendall(content)
        ours.shutdown(socket.SHUT_WR)
        heard = _heard(ours, asked + seconds + 1)
    if len(heard) > 1:
        return heard[1:]
    reason = "slow" if time.monotonic() - asked >= seconds else "damaged" if heard else "busy"
    log.error("no answer about a photo of %s bytes: %s", len(content), reason)
    raise PhotoRefused(reason)


def _heard(child: socket.socket, until: float) -> bytes:
    """All the child says. One that was taken over might never stop: then what it said in its time, and no more."""
    heard = bytearray()
    while len(heard) <= MAX_ANSWER and (left := until - time.monotonic()) > 0:
        child.settimeout(left)
        part = child.recv(1 << 18)
        if not part:
            break
        heard += part
    return bytes(heard)


def _read(answer: bytes) -> tuple[Mapping[str, Any], bytes]:
    """What the child says about the photo, and its renditions."""
    header, _newline, pictures = answer.partition(b"\n")
    said = json.loads(header)
    if "refused" in said:
        log.info("photo refused, %s: %r", said["refused"], said["because"])
        raise PhotoRefused(said["refused"])
    return said, pictures


def _cleaned(said: Mapping[str, Any], pictures: bytes) -> Cleaned:
    """Raises one of several built-in errors where that is no answer: a child may be what a hostile file made of it."""
    renditions, at = {}, 0
    for longest, length in zip(SIZES, said["lengths"], strict=True):
        renditions[longest] = pictures[at : at + length]
        at += length
    measured = [float(number) for number in said["measures"]]
    width, height = map(int, said["size"])
    if at != len(pictures) or not all(jpeg.startswith(b"\xff\xd8\xff") for jpeg in renditions.values()):
        raise ValueError("not four JPEGs")
    if not (0 < width <= SIZES[0] and 0 < height <= SIZES[0] and all(map(math.isfinite, measured))):
        raise ValueError(f"not a photo: {width} x {height}, {measured}")
    return Cleaned(width, height, renditions, Measures(*measured))


class _Forker:
    """A running `photo_child.py`. It ends by itself once `requests` is closed or this process is gone."""

    def __init__(self) -> None:
        self.requests, theirs = socket.socketpair()
        command = [sys.executable, "-I", str(CHILD)]
        with theirs:  # no environment: a decoder has no business with our secrets; no Ctrl-C either
            self.child = subprocess.Popen(command, stdin=theirs.fileno(), env={}, cwd="/", start_new_session=True)
        atexit.register(self.stop)

    def stop(self) -> None:
        self.requests.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(timeout=1)


_starting = threading.Lock()
_current: _Forker | None = None


def _forker() -> _Forker:
    """This process's own forker: started with its first photo, and again where it has died."""
    global _current
    with _starting:
        if _current and _current.child.poll() is not None:
            _current.stop()
            _current = None
        _current = _current or _Forker()
        return _current
