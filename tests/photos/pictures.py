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
