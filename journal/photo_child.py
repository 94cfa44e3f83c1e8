"""The only code that decodes an upload. `journal.photos` runs it as a process of its own, never imports it.

This process waits with Pillow loaded and forks a capped child for each photo: a fork takes a millisecond,
a fresh interpreter half as long as the work. A request on standard input is one byte, the seconds the photo
may take, and with it a connection. There the child sends one byte when it begins, reads the upload to its
end, and answers with a line of JSON and the renditions, largest first, or with the reason for refusing alone.
Nothing is unpickled and nothing can be opened. Where Linux has Landlock, a decoder taken over by a hostile file
reaches no file, no network and no other process either: it can answer with wrong pixels, and change a file's mode.
Standard library and Pillow only: no settings, no secrets, no database.
"""

import contextlib
import ctypes
import io
import json
import math
import os
import re
import resource
import signal
import socket
import struct
import sys
import warnings

from PIL import (
    Image,
    ImageCms,
    ImageFilter,
    ImageStat,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL.Image import Resampling, Transpose

# Longest side, px. 2016 is half of a 12 MP phone photo, and libjpeg halves while decoding, for free.
SIZES = (2016, 1008, 320, 160)
HALVE_ABOVE = 1900  # px that do for a master, so that photos of 3840 and 4000 px are halved as well
SHORTEST_SIDE = 200  # px
MAX_SCANS = 100  # progressive photos have about ten; each costs CPU, and Pillow sets no limit
MAX_SCANNED = 1_000_000_000  # pixels of all scans: ten scans of the largest photo, and more of ordinary ones
MAX_SEGMENTS = 1000  # of a JPEG; Pillow keeps all, and joins those of EXIF again for each
MAX_GAP = 1000  # bytes of nothing before one of them; Pillow takes half a second over a million
MAX_CHUNKS = 20_000  # of a PNG; libpng cuts 20 MB into 2500

# Memory, in bytes. What decoding a picture holds is reckoned before it begins, so that the patient is told.
MEMORY_BYTES = 300_000_000  # of address space, on top of what the child begins with: the cap, should we be mistaken
HEAVIEST = 250_000_000  # of pixels; the rest is for the upload, of which WebP's decoder makes a copy
WHOLE_PIXEL = 5.5  # four bytes, and a strip to shrink it through; of a JPEG those left by draft()
CLEAR_PIXEL = 10.5  # with transparency: a copy that is multiplied by it as well
WEBP_PIXEL = 16  # two canvases, one more as bytes, and Pillow's own
# By first byte. A JPEG's 60 MP are for CPU: 50 MP phones are real.
MOST_PIXELS = {b"\xff": 60_000_000, b"\x89": int(HEAVIEST / WHOLE_PIXEL), b"R": HEAVIEST // WEBP_PIXEL}
QUALITY = 88  # baseline: a progressive file is 4 % smaller and costs a quarter more CPU

MEASURED = 280  # px, the longest side of what is measured
ACROSS = ImageFilter.Kernel((3, 3), (0, 0, 0, 1, -2, 1, 0, 0, 0), 1, 128)  # 128 is none
DOWN = ImageFilter.Kernel((3, 3), (0, 1, 0, 0, -2, 0, 0, 1, 0), 1, 128)
DISTANCE = [abs(value - 128) for value in range(256)]

ORIENTATION = 0x0112
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # stuffed zeros and restart markers belong to a scan
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
BASELINE, PROGRESSIVE = {0xC0, 0xC1}, 0xC2

# Pillow would import these for phones' files, EXIF and WebP in every child, where nothing can be opened any more.
PRELOADED = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
SCREEN = ImageCms.createProfile("sRGB")
PngImagePlugin.MAX_TEXT_CHUNK = 1 << 20  # bytes of one text or colour profile, unpacked
PngImagePlugin.MAX_TEXT_MEMORY = 8 << 20


# Landlock's system calls have the same numbers on every processor; rights by the version that brought them.
LANDLOCK_CREATE, LANDLOCK_RESTRICT, PR_SET_NO_NEW_PRIVS = 444, 446, 38
ON_FILES = {1: 0x1FFF, 2: 0x2000, 3: 0x4000, 5: 0x8000}  # open, make, remove, rename; link; truncate; devices
ON_NETWORK = {4: 0b11}  # listen, connect
ON_OTHERS = {6: 0b11}  # abstract sockets, signals


class Refused(Exception):
    """Carries a reason that `journal.photos` has a sentence for."""


def main() -> None:
    """Fork a child for each request, until nobody is left to ask."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries the children: no zombies
    warnings.simplefilter("ignore")
    Image.preinit()
    with socket.socket(fileno=0) as requests:
        while True:
            seconds, connections, _flags, _address = socket.recv_fds(requests, 1, 1)
            if not seconds:
                return
            with socket.socket(fileno=connections[0]) as connection:
                if os.fork() == 0:
                    requests.close()
                    serve(connection, seconds[0])


def serve(connection: socket.socket, seconds: int) -> None:
    """Answer one upload and end this process, whatever happens."""
    try:
        cap(seconds)
        connection.sendall(b".")
        with connection.makefile("rb") as upload:
            connection.sendall(answer(upload.read()))
    finally:
        os._exit(0)


def cap(seconds: int) -> None:
    """Bound this process. Memory on Linux alone, which says how much there is; the other caps hold on macOS too."""
    signal.alarm(seconds)  # nobody catches it: the kernel ends the process, in the middle of a decoder too
    caps = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,  # no core dump with a patient's photo in it
        resource.RLIMIT_FSIZE: 0,  # it has no file to write
        resource.RLIMIT_NPROC: 0,  # nobody to start
        resource.RLIMIT_NOFILE: 0,  # and no file or socket to open: those it has stay
    }
    with contextlib.suppress(OSError):
        caps[resource.RLIMIT_AS] = address_space() + MEMORY_BYTES
    lock()  # it opens a file, and ends the reading of /proc
    for what, most in caps.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def lock() -> None:
    """Leave this process, where Landlock is there, no path, no network, no signal to others and no look into them."""
    system = ctypes.CDLL(None)
    version = system.syscall(LANDLOCK_CREATE, None, 0, 1) if sys.platform == "linux" else 0
    if version < 1:
        return
    everything = (ON_FILES, ON_NETWORK, ON_OTHERS)
    refused = [sum(right for since, right in rights.items() if since <= version) for rights in everything]
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = system.syscall(LANDLOCK_CREATE, struct.pack("=3Q", *refused)[:size], size, 0)
    system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    system.syscall(LANDLOCK_RESTRICT, ruleset, 0)


def address_space() -> int:
    """Bytes of it that this process takes."""
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[0]) * resource.getpagesize()


def answer(upload: bytes) -> bytes:
    try:
        size, measured, pictures = renditions(upload)
    except Exception as error:  # Pillow raises what its parsers stumble on: ValueError, struct.error, ...
        return json.dumps({"refused": reason(error), "because": repr(error)[:200]}).encode()
    header = {"size": size, "measures": measured, "lengths": [len(picture) for picture in pictures]}
    return json.dumps(header).encode() + b"\n" + b"".join(pictures)


def reason(error: Exception) -> str:
    match error:
        case Refused():
            return str(error)
        case Image.DecompressionBombError() | MemoryError():
            return "pixels"
        case _:
            return "damaged"


def renditions(upload: bytes) -> tuple[tuple[int, int], list[float], list[bytes]]:
    """Width and height of the master, its measures, and a JPEG for each of SIZES, from one decode."""
    page = clean(decode(upload))
    size, measured, pictures = page.size, measures(page), [jpeg(page)]
    for longest in SIZES[1:]:
        if longest < max(page.size):
            page.thumbnail((longest, longest), Resampling.LANCZOS)
            pictures.append(jpeg(page))
        else:  # never enlarged
            pictures.append(pictures[-1])
    return size, measured, pictures


def measures(page: Image.Image) -> list[float]:
    """What `likeness.Measures` holds, in its order."""
    red, green, blue = middle(page).split()
    light = red.histogram()
    pixels = sum(light)
    brightness, greenness, blueness = (ImageStat.Stat(channel).mean[0] for channel in (red, green, blue))
    warmth = math.log2(max(greenness, 1) / max(blueness, 1))
    brightest = next(value for value in range(255, -1, -1) if sum(light[value:]) * 50 >= pixels)
    return [sharpness(red), brightness, warmth, sum(light[250:]) / pixels, brightest]


def middle(page: Image.Image) -> Image.Image:
    width, height = page.size
    longest = max(page.size)
    shown = min(MEASURED, longest * 3 // 5)
    size = max(24, width * shown // longest // 8 * 8), max(24, height * shown // longest // 8 * 8)
    box = (width // 5, height // 5, width - width // 5, height - height // 5)
    return page.resize(size, Resampling.BOX, box)


def sharpness(red: Image.Image) -> float:
    """Fine detail over coarse, along the direction with less of it: a shaken photo is sharp in the other one."""
    coarse = red.reduce(8)
    return min(bend(red, way) / max(bend(coarse, way), 0.02) for way in (ACROSS, DOWN))


def bend(grey: Image.Image, way: ImageFilter.Kernel) -> float:
    """How far a pixel is from going on as its neighbours on both sides do, on average.

    The variance would mostly be that of a few sharp edges: flakes of dry skin, a hair.
    """
    width, height = grey.size
    bends = grey.filter(way).crop((1, 1, width - 1, height - 1))
    return ImageStat.Stat(bends.point(DISTANCE)).mean[0]


def decode(upload: bytes) -> Image.Image:
    """The first frame, whole, at most SIZES[0] on its longest side; colours and orientation as they came."""
    scans, kept = coefficients(upload) if upload.startswith(b"\xff") else (1, 0.0)
    if upload.startswith(b"\x89") and crowded(upload):
        raise Refused("scans")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS[upload[:1]] // 2  # Pillow refuses at twice this, before it sets memory aside
    # Phones' multi-picture files open as MPO under the name JPEG; "MPO" in this list would be a KeyError.
    image: Image.Image = Image.open(io.BytesIO(upload), formats=("JPEG", "PNG", "WEBP"))
    if min(image.size) < SHORTEST_SIDE:
        raise Refused("small")
    pixels = image.width * image.height
    if scans * pixels > MAX_SCANNED:
        raise Refused("scans")
    longest = max(image.size)
    image.draft(None, (image.width * HALVE_ABOVE // longest, image.height * HALVE_ABOVE // longest))
    if kept * pixels + image.width * image.height * bytes_a_pixel(image) > HEAVIEST:
        raise Refused("pixels")
    image.load()  # verify() would pass half a JPEG
    image = eight_bits(image)
    image.thumbnail((SIZES[0], SIZES[0]), Resampling.LANCZOS, reducing_gap=2.0)
    return image


def bytes_a_pixel(image: Image.Image) -> float:
    """What decoding and shrinking an opened picture holds at its peak, as measured."""
    if image.format == "WEBP":
        return WEBP_PIXEL
    return CLEAR_PIXEL if image.has_transparency_data else WHOLE_PIXEL


def coefficients(upload: bytes) -> tuple[int, float]:
    """Scans of a JPEG's first picture, and bytes a pixel that libjpeg keeps until the last; 0 where one holds all.

    A film or gain map after the picture holds markers by chance: not read. Raises Refused for what no camera or
    editor writes: other kinds of frame, gaps, and so many scans or segments that they cost more than any picture.
    """
    found, scans, components, whole, samples, at = None, 0, 0, True, 0.0, 2
    for _segment in range(MAX_SEGMENTS):
        found = MARKER.search(upload, at)
        if not scans and (not found or found.end() - at > MAX_GAP):
            break
        if not found or (marker := found[0][1]) == 0xD9:  # cut off, or the end of the picture
            return scans, 0.0 if whole else 2 * samples
        at = found.end()
        if marker in (0x01, 0xD8):  # no length follows
            continue
        if marker in FRAMES:
            if marker not in BASELINE and marker != PROGRESSIVE:
                break
            components = upload[at + 7]
            factors = [(factor >> 4) * (factor & 15) for factor in upload[at + 9 : at + 8 + 3 * components : 3]]
            samples = sum(factors) / max(factors)
            whole = marker != PROGRESSIVE
        elif marker == 0xDA:
            scans += 1
            whole = whole and upload[at + 2] == components
        if scans > MAX_SCANS:
            break
        at += int.from_bytes(upload[at : at + 2])
    raise Refused("scans" if found else "damaged")


def crowded(upload: bytes) -> bool:
    """Whether a PNG has more chunks than anyone would cut it into: Pillow takes its time over each, and keeps many."""
    at = 8
    for _chunk in range(MAX_CHUNKS):
        if at >= len(upload) or upload[at + 4 : at + 8] == b"IEND":
            return False
        at += int.from_bytes(upload[at : at + 4]) + 12
    return True


def eight_bits(image: Image.Image) -> Image.Image:
    """The same picture in a mode that can be shrunk: eight bits a channel, no palette."""
    if image.mode.startswith("I"):  # 16-bit grey, which convert() would clip, not scale
        return image.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("1", "P") else image


def clean(image: Image.Image) -> Image.Image:
    """Pixels alone: upright, in sRGB, on white. A new image: saving the opened one keeps its comment."""
    upright = orientation(image)
    profile = image.info.get("icc_profile")
    if image.mode == "RGBA":
        on_white = Image.new("RGB", image.size, "white")
        on_white.paste(image, mask=image)
        image = on_white
    if profile:
        image = in_srgb(image, profile)
    if upright is not None:
        image = image.transpose(upright)
    page = Image.new("RGB", image.size)
    page.paste(image)
    return page


def orientation(image: Image.Image) -> Transpose | None:
    try:
        return UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # broken metadata: the picture stays as stored
        return None


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Phones send Display P3: shown as sRGB without this, red skin would look paler than it was."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        return ImageCms.profileToProfile(image, source, SCREEN, intent, outputMode="RGB") or image
    except Exception:  # a broken profile, or one for another kind of picture: the pixels stay as stored
        return image


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=QUALITY, optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    main()
