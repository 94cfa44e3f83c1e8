"""What it costs to clean a phone photo, as a multiple of the least that Pillow can do, in the same run.

    python tests/benchmarks/photos.py [--megapixels 2 12 48] [--rounds 7]

The work inside the child that `journal.photos` starts: decode, turn upright, colours, measures, a master and three
renditions. `half` is the floor: half-scale decode, three renditions, nothing checked or measured; `naive` is what one
writes first. Each run is a process of its own, the three in turn; medians of CPU time, the libraries loaded before the
clock starts; memory is the peak above that. Start-up of the child is apart. Linux only.
"""

import argparse
import io
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from PIL import Image, ImageChops, ImageOps
from PIL.Image import Resampling

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from journal import photo_child

GOAL, MOST_MB = 1.2, 64
SIZES = (2016, 1008, 320)
SIDES = {2: (1632, 1224), 12: (4032, 3024), 48: (8064, 6048)}
STARTS = 21
LINE = "{:>4} {:>6} {:>6} {:>8} {:>8} {:>8} {:>10} {:>9}"


# --- the photos -----------------------------------------------------------------------------------------------


def phone_photo(size: tuple[int, int]) -> bytes:
    """A made-up photo of skin as a phone writes it: held upright, so stored turned, with place and model.

    The same bytes every time: 12 MP are about 4 MB.
    """
    rng = random.Random(0)
    texture = Image.new("L", size, 128)
    for cell, strength in ((1, 0.035), (2, 0.07), (5, 0.1), (16, 0.12), (90, 0.2), (600, 0.3)):
        columns, rows = size[0] // cell + 2, size[1] // cell + 2
        speckle = Image.frombytes("L", (columns, rows), rng.randbytes(columns * rows)).resize(size, Resampling.BICUBIC)
        level = [round(value * strength) for value in range(256)]
        texture = ImageChops.add(texture, speckle.point(level), 1, round(-127.5 * strength))
    colours = [[min(255, value * top // 160) for value in range(256)] for top in (224, 170, 146)]
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x0112] = "Maker", "Phone 12", 6
    tags[0x8825] = {1: "S", 2: (48.0, 52.0, 36.0), 3: "W", 4: (123.0, 23.0, 36.0)}
    file = io.BytesIO()
    photo = Image.merge("RGB", [texture.point(colour) for colour in colours])
    photo.save(file, "JPEG", quality=94, exif=tags)
    return file.getvalue()


# --- ways to clean one ----------------------------------------------------------------------------------------


def ours(upload: bytes) -> object:
    return photo_child.answer(upload)


def half(upload: bytes) -> object:
    """The decoder halves for free; each rendition comes from the one before."""
    image: Image.Image = Image.open(io.BytesIO(upload))
    image.draft("RGB", (SIZES[0], SIZES[0] * 3 // 4))
    image.thumbnail((SIZES[0], SIZES[0]), Resampling.LANCZOS, reducing_gap=2.0)
    image = ImageOps.exif_transpose(image)
    renditions = []
    for longest in SIZES:
        image.thumbnail((longest, longest), Resampling.LANCZOS, reducing_gap=2.0)
        renditions.append(jpeg(image))
    return renditions


def naive(upload: bytes) -> object:
    """Everything at full size, and each rendition from there."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(upload)))
    renditions = []
    for longest in SIZES:
        scale = longest / max(image.size)
        renditions.append(jpeg(image.resize([round(side * scale) for side in image.size], Resampling.LANCZOS)))
    return renditions


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80, progressive=True, optimize=True)
    return file.getvalue()


WAYS: dict[str, Callable[[bytes], object]] = {"ours": ours, "half": half, "naive": naive}


# --- measuring ------------------------------------------------------------------------------------------------


def once(way: str, photo: Path) -> None:
    """Print milliseconds of CPU and MB of memory of one cleaning in this process."""
    for kind in ("JPEG", "WEBP"):
        Image.new("RGB", (8, 8)).save(io.BytesIO(), kind)  # loads the codecs
    before, started = peak_memory(), time.process_time()
    WAYS[way](photo.read_bytes())
    print(json.dumps([(time.process_time() - started) * 1e3, peak_memory() - before]))


def peak_memory() -> float:
    """Of this process so far, in MB. What getrusage calls so may be that of the process it was started from."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def medians(photo: Path, rounds: int) -> dict[str, tuple[float, float]]:
    """Milliseconds and MB of each way."""
    found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
    for turn in range(rounds):
        for way in sorted(WAYS, reverse=bool(turn % 2)):
            command = [sys.executable, __file__, "--once", way, str(photo)]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[way].append(json.loads(said))
    return {way: (median(run[0] for run in runs), median(run[1] for run in runs)) for way, runs in found.items()}


def startup() -> tuple[float, float]:
    """Milliseconds until a child that was forked, and one from a fresh interpreter, has begun and ended."""
    return median(forked() for _ in range(STARTS)), median(fresh() for _ in range(STARTS))


def forked() -> float:
    started = time.perf_counter()
    child = os.fork()
    if not child:
        photo_child.cap(10)
        os._exit(0)
    os.waitpid(child, 0)
    return (time.perf_counter() - started) * 1e3


def fresh() -> float:
    """With nobody to ask it for anything, the forker ends as soon as it is ready."""
    started = time.perf_counter()
    ours, theirs = socket.socketpair()
    ours.close()
    with theirs:
        subprocess.run([sys.executable, "-I", photo_child.__file__], stdin=theirs.fileno(), check=True)
    return (time.perf_counter() - started) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megapixels", type=int, nargs="+", choices=SIDES, default=list(SIDES))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--once", nargs=2, metavar=("WAY", "PHOTO"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        once(options.once[0], Path(options.once[1]))
    else:
        compare(options.megapixels, options.rounds)


def compare(megapixels: list[int], rounds: int) -> None:
    warm, cold = startup()
    print(f"goals: {GOAL} x half, {MOST_MB} MB; start of a child: {warm:.1f} ms forked, {cold:.0f} ms afresh\n")
    print(LINE.format("MP", "MB", "ours", "x half", "half ms", "naive x", "peak MB", "half MB"))
    with tempfile.TemporaryDirectory() as folder:
        for each in megapixels:
            photo = Path(folder, f"{each}.jpg")
            photo.write_bytes(phone_photo(SIDES[each]))
            report(each, photo, rounds)


def report(megapixels: int, photo: Path, rounds: int) -> None:
    found = medians(photo, rounds)
    least = found["half"][0]
    figures = [f"{found['ours'][0]:.0f}", f"{found['ours'][0] / least:.2f}", f"{least:.0f}"]
    figures += [f"{found['naive'][0] / least:.2f}", f"{found['ours'][1]:.0f}", f"{found['half'][1]:.0f}"]
    print(LINE.format(megapixels, f"{photo.stat().st_size / 1e6:.1f}", *figures), flush=True)


if __name__ == "__main__":
    main()
