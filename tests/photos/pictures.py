"""Small pictures with known pixels, and the bytes around them that cameras, editors and attackers add."""

import io
import struct
import zlib

from PIL import Image, ImageCms

RED, GREEN, BLUE, YELLOW = (200, 40, 40), (40, 160, 60), (40, 60, 190), (220, 200, 60)
CORNERS = {"top left": RED, "top right": GREEN, "bottom left": BLUE, "bottom right": YELLOW}


def encoded(image, kind="JPEG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def plain(colour=(190, 140, 120), size=(400, 300)):
    return Image.new("RGB", size, colour)


def corners(colours=None, size=(300, 400)):
    """A picture of four plain quarters, by default CORNERS in reading order."""
    image = Image.new("RGB", size)
    width, height = size[0] // 2, size[1] // 2
    for number, colour in enumerate(colours or CORNERS.values()):
        image.paste(colour, (number % 2 * width, number // 2 * height, size[0], size[1]))
    return image


def opened(jpeg):
    image = Image.open(io.BytesIO(jpeg), formats=["JPEG"])
    image.load()
    return image


def near(pixel, colour, within=6):
    return max(abs(a - b) for a, b in zip(pixel, colour, strict=True)) <= within


def segment(marker, content):
    """A JPEG segment."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content


def chunk(kind, content):
    """A PNG chunk."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, *chunks, rows=b""):
    """A PNG of 8-bit grey by hand: as large, as empty and as loaded as wanted."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = [chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def riff(*chunks):
    """A WebP of these kinds and contents."""
    packed = (kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2) for kind, content in chunks)
    body = b"WEBP" + b"".join(packed)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def vp8x(width, height, flags=0):
    """What an extended WebP begins with: its canvas."""
    return b"VP8X", struct.pack("<I", flags) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def box(kind, content=b""):
    """A box of a film, or of a format made of the same boxes."""
    return struct.pack(">I", len(content) + 8) + kind + content


def large_png(width, height, colour_type=2, depth=8, interlaced=0, extra=b""):
    """A whole PNG of zeros, too large to be held here: grey (0), RGB (2), palette (3), grey and alpha (4), RGBA (6)."""
    bits = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type] * depth
    passes = ADAM7 if interlaced else [(0, 0, 1, 1)]
    packer, packed = zlib.compressobj(1), []
    for x, y, across, down in passes:
        row = bytes(1 + (len(range(x, width, across)) * bits + 7) // 8)
        for _row in range(y, height, down):
            packed.append(packer.compress(row))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, interlaced)
    pixels = b"".join([*packed, packer.flush()])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def raw_png(image, depth=8, interlaced=0):
    """A PNG of 8 or 16 bits RGB as Pillow would not write it."""
    width, height = image.size
    samples, rows = image.tobytes(), b""
    for x, y, across, down in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        for row in range(y, height, down):
            line = samples[row * width * 3 : (row + 1) * width * 3]
            taken = b"".join(line[at * 3 : at * 3 + 3] for at in range(x, width, across))
            rows += b"\0" + (bytes(byte for sample in taken for byte in (sample, sample)) if depth == 16 else taken)
    header = struct.pack(">IIBBBBB", *image.size, depth, 2, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# --- colour profiles, by hand: littlecms can only build sRGB, Lab and XYZ ones --------------------------------

# Red, green and blue of each space as XYZ under D50, as its published profile has them.
DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
ADOBE_CURVE = (2.19921875,)


def profile(primaries, curve, name=b"by hand"):
    """An ICC v4 profile of a screen: three primaries and one parametric curve."""
    described = b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2 * len(name), 28)
    described += name.decode().encode("utf-16-be")
    numbers = b"".join(fixed(number) for number in curve)
    bend = b"para" + bytes(4) + struct.pack(">HH", 3 if len(curve) > 1 else 0, 0) + numbers
    tags = {b"desc": described, b"cprt": described, b"wtpt": xyz((0.96420, 1, 0.82491))}
    tags |= {tag: xyz(primary) for tag, primary in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True)}
    tags |= {b"rTRC": bend, b"gTRC": bend, b"bTRC": bend}
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += tag + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s", at + len(body), bytes(4), 0x04000000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + b"".join(fixed(v) for v in (0.96420, 1, 0.82491)) + bytes(48)
    return header + table + body


def xyz(values):
    return b"XYZ " + bytes(4) + b"".join(fixed(value) for value in values)


def fixed(number):
    return struct.pack(">i", round(number * 65536))


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def cmyk_profile():
    """An ICC profile of a printer whose inks all darken alike: a table of two steps for each of four inks."""
    table = bytes(v for inks in range(16) for v in (255 - 63 * inks.bit_count(), 128, 128))
    straight = bytes(range(256))
    numbers = b"".join(fixed(n) for n in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + numbers + straight * 4 + table + straight * 3
    header = struct.pack(">I4sI4s4s4s", 144 + len(lut), bytes(4), 0x02000000, b"prtr", b"CMYK", b"Lab ")
    header += bytes(12) + b"acsp" + bytes(28) + b"".join(fixed(v) for v in (0.96420, 1, 0.82491)) + bytes(48)
    return header + struct.pack(">I4sII", 1, b"A2B0", 144, len(lut)) + lut


def lossless_jpeg(width, height):
    """One grey, in the kind of JPEG that some scanners of X-rays write."""
    body = segment(0xC3, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
    body += segment(0xC4, b"\0\x01" + bytes(16)) + segment(0xDA, b"\x01\x01\0\x01\0\0")
    return b"\xff\xd8" + body + bytes(width * height // 8 + 8) + b"\xff\xd9"


# --- how cameras store what they saw --------------------------------------------------------------------------

# EXIF: which side of the scene the stored first row is, and which the stored first column.
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
OPPOSITE = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}


def as_a_camera_stores_it(orientation):
    """The scene of CORNERS, 300 wide and 400 high, stored the way this orientation says."""
    row, column = SIDES[orientation]
    quarters = [(r, c) for r in (row, OPPOSITE[row]) for c in (column, OPPOSITE[column])]
    colours = [CORNERS[" ".join(sorted(quarter, key="bottom top left right".index))] for quarter in quarters]
    return corners(colours, (300, 400) if row in ("top", "bottom") else (400, 300))


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def assert_upright(cleaned):
    assert (cleaned.width, cleaned.height) == (300, 400)
    for rendition in cleaned.renditions.values():
        assert_corners(rendition)


def assert_corners(jpeg):
    image = opened(jpeg)
    for place, colour in CORNERS.items():
        x, y = 0.25 + 0.5 * ("right" in place), 0.25 + 0.5 * ("bottom" in place)
        assert near(image.getpixel((int(x * image.width), int(y * image.height))), colour), place


# --- what must not be kept ------------------------------------------------------------------------------------

CANARY = b"CANARY"  # stands wherever a file can tell more than its pixels
PIXELS_AND_TABLES = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}  # SOI, JFIF, DQT, SOF0, DHT, SOS, EOI


def telling_exif():
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x013B], tags[0x9286] = "CANARY maker", "CANARY model", "CANARY me", "CANARY"
    tags[0x8769] = {0x9003: "2026:01:02 03:04:05", 0x927C: b"CANARY note"}
    tags[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0), 27: b"CANARY cell"}
    return tags.tobytes() + b"CANARY thumbnail"


def markers(jpeg):
    """The markers of a JPEG in order, and that nothing follows its end."""
    found, at = [0xD8], 2
    while found[-1] != 0xDA:
        assert jpeg[at] == 0xFF
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    assert jpeg.index(b"\xff\xd9", at) == len(jpeg) - 2
    return {*found, 0xD9}


def assert_pixels_alone(jpeg):
    """A stored JPEG holds nothing but what can be seen, and the tables to decode it."""
    assert CANARY not in jpeg
    assert CANARY.decode().encode("utf-16-be") not in jpeg
    assert markers(jpeg) == PIXELS_AND_TABLES
    assert not opened(jpeg).getexif()
