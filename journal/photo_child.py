"""The only code that decodes an upload. `journal.photos` runs it as a process of its own, never imports it.

This process waits with Pillow loaded and forks a capped child for each photo: a fork takes a millisecond,
a fresh interpreter half as long as the work. A request on standard input is one byte, the seconds the photo
may take, and with it a connection. There the child sends one byte when it begins, reads the upload to its
end, and answers with a line of JSON and the renditions, largest first, or with the reason for refusing alone.
Nothing is unpickled, so a decoder taken over by a hostile file can only answer with wrong pixels. Standard
library and Pillow only: no settings, no secrets, no database.
"""

import contextlib
import io
import json
import math
import os
import re
import resource
import signal
import socket
import warnings

from PIL import Image, ImageCms, ImageFilter, ImageStat, PngImagePlugin, TiffImagePlugin, WebPImagePlugin
from PIL.Image import Resampling, Transpose

# Longest side, px. 2016 is half of a 12 MP phone photo, and libjpeg halves while decoding, for free.
SIZES = (2016, 1008, 320, 160)
HALVE_ABOVE = 1900  # px that do for a master, so that photos of 3840 and 4000 px are halved as well
SHORTEST_SIDE = 200  # px
MAX_PIXELS = 60_000_000
MAX_SCANS = 100  # progressive photos have about ten; each costs CPU, and Pillow sets no limit
MEMORY_BYTES = 1 << 30
QUALITY = 88  # baseline: a progressive file is 4 % smaller and costs a quarter more CPU

MEASURED = 1008  # px, the longest side of what is measured
LAPLACE = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), 1, 128)

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

PRELOADED = (TiffImagePlugin, WebPImagePlugin)  # Pillow would import these in every child, for EXIF and WebP
SCREEN = ImageCms.createProfile("sRGB")
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow refuses at twice this, before it sets memory aside
PngImagePlugin.MAX_TEXT_CHUNK = 1 << 20  # bytes of one text or colour profile, unpacked
PngImagePlugin.MAX_TEXT_MEMORY = 8 << 20


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
    """Bound this process. macOS knows no memory cap; the others hold there."""
    signal.alarm(seconds)  # nobody catches it: the kernel ends the process, in the middle of a decoder too
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),  # no core dump with a patient's photo in it
        (resource.RLIMIT_FSIZE, 0),  # it has no file to write
        (resource.RLIMIT_NPROC, 0),  # and nobody to start
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


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
    small = page.copy()
    small.thumbnail((MEASURED, MEASURED), Resampling.BOX)
    width, height = small.size
    middle = small.crop((width // 5, height // 5, width - width // 5, height - height // 5))
    red, green, blue = (channel.histogram() for channel in middle.split())
    pixels = sum(red)
    brightness, greenness, blueness = (
        sum(value * count for value, count in enumerate(channel)) / pixels for channel in (red, green, blue)
    )
    brightest = next(value for value in range(255, -1, -1) if sum(red[value:]) * 50 >= pixels)
    warmth = math.log2(max(greenness, 1) / max(blueness, 1))
    return [sharpness(middle), brightness, warmth, sum(green[250:]) / pixels, brightest]


def sharpness(middle: Image.Image) -> float:
    """Fine detail over coarse detail, whatever the contrast: the same for every skin tone."""
    grey = middle.convert("L")
    return rough(grey) / max(rough(grey.reduce(2)), 0.01)


def rough(grey: Image.Image) -> float:
    return ImageStat.Stat(grey.filter(LAPLACE)).var[0]


def decode(upload: bytes) -> Image.Image:
    """The first frame, whole, at most SIZES[0] on its longest side; colours and orientation as they came."""
    if upload.startswith(b"\xff\xd8") and scans(upload) > MAX_SCANS:
        raise Refused("scans")
    # Phones' multi-picture files open as MPO under the name JPEG; "MPO" in this list would be a KeyError.
    image: Image.Image = Image.open(io.BytesIO(upload), formats=("JPEG", "PNG", "WEBP"))
    if min(image.size) < SHORTEST_SIDE:
        raise Refused("small")
    longest = max(image.size)
    image.draft(None, (image.width * HALVE_ABOVE // longest, image.height * HALVE_ABOVE // longest))
    image.load()  # verify() would pass half a JPEG
    image = eight_bits(image)
    image.thumbnail((SIZES[0], SIZES[0]), Resampling.LANCZOS, reducing_gap=2.0)
    return image


def scans(upload: bytes) -> int:
    """Scans of a JPEG's first picture. A film or gain map after it holds markers by chance: not read."""
    count, at = 0, 2
    while count <= MAX_SCANS and (found := MARKER.search(upload, at)):
        at = found.end()
        match upload[at - 1]:
            case 0xD9:  # end of the picture
                break
            case 0x01 | 0xD8:  # no length follows
                continue
            case 0xDA:
                count += 1
        at += int.from_bytes(upload[at : at + 2])
    return count


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
