"""One upload and what becomes of it, and the pictures that most of them begin with."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from .pictures import CANARY, box, corners, encoded, riff, vp8x

SKIN = (190, 140, 120)
FILM = box(b"ftyp", b"mp42\0\0\0\0mp42isom") + box(b"mdat", CANARY * 4000)
SCRIPT = b"<script>alert('CANARY')</script>"
PHP = b"<?php system($_GET['CANARY']); ?>"

KEPT = "kept"
IGNORED = "ignored"  # no file was sent, as far as the form can tell


@dataclass(frozen=True)
class Case:
    """An upload, the name and type it claims, and its end: KEPT, a reason of photos.REFUSALS, or IGNORED.

    Of what is kept: the size of the master in px, whether it shows CORNERS upright, the colour of its middle.
    """

    name: str
    make: Callable[[], bytes]
    end: str = KEPT
    file_name: str = "skin.jpg"
    declared: str = "image/jpeg"
    size: tuple[int, int] | None = None
    upright: bool = False
    pixel: tuple[int, int, int] | None = None


def scene(kind="JPEG", **options):
    return encoded(corners(), kind, **({"quality": 95} if kind == "JPEG" else {}), **options)


def carrying(*segments, picture=None):
    """A JPEG with these segments at its beginning."""
    picture = picture or scene()
    return picture[:2] + b"".join(segments) + picture[2:]


def png_carrying(*chunks):
    picture = scene("PNG")
    return picture[:33] + b"".join(chunks) + picture[33:]


def webp_carrying(*chunks, flags=0):
    picture = scene("WEBP", lossless=True)
    return riff(vp8x(300, 400, flags), (picture[12:16], picture[20:]), *chunks)


def tiff(*entries, then=0):
    """EXIF by hand: tag, type, count and value of each entry, and where the next directory stands."""
    packed = b"".join(struct.pack(">HHII", *entry) for entry in entries)
    return b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(entries)) + packed + struct.pack(">I", then)


def shown(name, make, **more):
    """A case that is kept and shows the scene upright."""
    return Case(name, make, size=(300, 400), upright=True, **more)


def claiming(width, height, picture=None):
    """A JPEG whose header claims this size."""
    picture = picture or scene()
    at = max(picture.find(b"\xff\xc0"), picture.find(b"\xff\xc2")) + 5
    return picture[:at] + struct.pack(">HH", height, width) + picture[at + 4 :]


def progressive(width, height, mode="RGB", **options):
    return encoded(Image.new(mode, (width, height)), progressive=True, optimize=False, **options)
