"""Awkward photos: odd in how they were stored, named or mixed with something else, and kept all the same."""

import struct
import zlib

from PIL import Image

from .cases import (
    FILM,
    IGNORED,
    PHP,
    SCRIPT,
    SKIN,
    Case,
    carrying,
    claiming,
    png_carrying,
    progressive,
    scene,
    shown,
    tiff,
    webp_carrying,
)
from .pictures import (
    ADOBE_CURVE,
    ADOBE_RGB,
    CANARY,
    DISPLAY_P3,
    SIDES,
    SRGB_CURVE,
    as_a_camera_stores_it,
    box,
    chunk,
    cmyk_profile,
    corners,
    encoded,
    exif,
    large_png,
    plain,
    profile,
    raw_png,
    segment,
    srgb_profile,
    telling_exif,
)

# --- upright --------------------------------------------------------------------------------------------------

TURNED = (3, 16, 1, 6 << 16)  # an orientation of 6 as an entry of EXIF


def turned():
    for n in SIDES:
        yield shown(f"JPEG, orientation {n}", lambda n=n: encoded(as_a_camera_stores_it(n), exif=exif(n), quality=95))
    for n in (3, 6, 8):
        yield shown(f"PNG, orientation {n}", lambda n=n: encoded(as_a_camera_stores_it(n), "PNG", exif=exif(n)))
    for n in (3, 6, 8):
        yield shown(
            f"WebP, orientation {n}",
            lambda n=n: encoded(as_a_camera_stores_it(n), "WEBP", exif=exif(n), lossless=True),
        )
    for n in (0, 9, 65535):
        yield shown(f"JPEG, orientation {n}, which is none", lambda n=n: scene(exif=exif(n)))
    yield shown("JPEG, orientation as a text", lambda: carrying(segment(0xE1, tiff((0x0112, 2, 4, 0x36000000)))))
    said = b'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta tiff:Orientation="6">CANARY</x:xmpmeta>'
    yield shown(
        "JPEG, orientation in XMP alone",
        lambda: carrying(segment(0xE1, said), picture=encoded(as_a_camera_stores_it(6), quality=95)),
    )


# --- what files tell beside their pixels ----------------------------------------------------------------------

XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>CANARY</x:xmpmeta>"


def second(**options):
    return encoded(plain((30, 60, 200)), comment=b"CANARY second", **options)


def multi(*others):
    return encoded(
        corners(), "MPO", quality=95, save_all=True, append_images=list(others), exif=telling_exif(), comment=b"CANARY"
    )


def telling_jpegs():
    segments = {
        "GPS, maker and thumbnail in EXIF": segment(0xE1, b"Exif\0\0" + telling_exif()),
        "XMP": segment(0xE1, XMP),
        "a long XMP in parts": segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + CANARY * 9000) * 20,
        "IPTC": segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0b\x1c\x02\x78\0\x06CANARY\0"),
        "a Photoshop thumbnail (8BIM)": segment(
            0xED, b"Photoshop 3.0\x008BIM\x04\x0c\0\0" + struct.pack(">I", 28 + len(second())) + bytes(28) + second()
        ),
        "a comment": segment(0xFE, CANARY),
        "a JFXX thumbnail": segment(0xE0, b"JFXX\0\x10" + second()),
        "C2PA": segment(0xEB, b"JP\0\x01\0\0\0\x01" + box(b"jumb", CANARY)),
        "a Ducky of Photoshop": segment(0xEC, b"Ducky\0\x02\0\x06CANARY"),
        "every kind of segment": b"".join(segment(0xE0 + n, CANARY * 50) for n in range(1, 16) if n != 0xE),
    }
    for name, extra in segments.items():
        yield shown(f"JPEG with {name}", lambda extra=extra: carrying(extra))
    yield shown("motion photo: a film behind the photo", lambda: carrying(segment(0xE1, XMP)) + FILM)
    yield shown("Samsung's trailer", lambda: scene() + b"\0\0\x01\x0aCANARY" * 90 + b"SEFHCANARYSEFT")
    yield shown("MPO of two pictures", lambda: multi(plain((30, 60, 200))))
    yield shown("MPO of three pictures", lambda: multi(plain((30, 60, 200)), plain((200, 200, 0), (800, 800))))
    gain = segment(0xE1, b'http://ns.adobe.com/xap/1.0/\0<rdf hdrgm:Version="1.0">CANARY</rdf>')
    yield shown("a gain map behind the photo", lambda: carrying(gain) + carrying(gain, picture=second()))
    yield shown("MPO whose second picture is a pixel bomb", lambda: scene() + claiming(65_000, 65_000))


def telling_others():
    texts = [chunk(b"tEXt", b"Author\0CANARY"), chunk(b"zTXt", b"Comment\0\0" + zlib.compress(CANARY))]
    texts += [chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x>CANARY</x>"), chunk(b"tIME", bytes(7))]
    texts += [chunk(b"eXIf", telling_exif()[6:]), chunk(b"caBX", CANARY), chunk(b"prVt", CANARY)]
    yield shown("PNG with texts, XMP, EXIF, C2PA", lambda: png_carrying(*texts) + b"CANARY trailer")
    after = scene("PNG")
    yield shown("PNG with texts behind its pixels", lambda: after[:-12] + b"".join(texts) + after[-12:])
    yield shown("PNG with a film behind", lambda: after + FILM)
    told = [(b"EXIF", telling_exif()), (b"XMP ", b"<x>CANARY</x>"), (b"JUNK", CANARY)]
    yield shown("WebP with EXIF, XMP and a chunk of its own", lambda: webp_carrying(*told, flags=0x0C) + CANARY)


def tangled_exif():
    many = [(0x0110 + n, 7, 60_000, 8) for n in range(4000)]
    for name, told in {
        "EXIF whose directory comes after itself": tiff(TURNED[:0] or (0x010F, 2, 6, 8), then=8),
        "EXIF whose parts name the directory above": tiff((0x8769, 4, 1, 8), (0x8825, 4, 1, 8), then=8),
        "EXIF cut off": tiff((0x010F, 2, 6, 8))[:-9],
        "EXIF with values beyond its end": tiff((0x010F, 2, 0xFFFFFFF0, 0xFFFFFFF0)),
        "EXIF that names the same bytes 4000 times": tiff(*many) + CANARY * 2000,
        "EXIF of garbage": b"Exif\0\0" + CANARY * 100,
        "EXIF without a word": b"Exif\0\0",
    }.items():
        yield shown(f"JPEG, {name}", lambda told=told: carrying(segment(0xE1, told)))
    whole = b"Exif\0\0" + CANARY * 10_000
    yield shown("JPEG, EXIF of 6 MB in parts", lambda: carrying(*[segment(0xE1, whole)] * 100))
    yield shown("PNG, EXIF of 15 MB", lambda: png_carrying(chunk(b"eXIf", b"MM\0*\0\0\0\x08" + bytes(15_000_000))))
    heap = tiff(*[(n, 7, 1_000_000, 8) for n in range(5000)])[6:] + bytes(1_000_000)
    yield shown("WebP, EXIF that names the same megabyte 5000 times", lambda: webp_carrying((b"EXIF", heap), flags=8))
    yield shown(
        "JPEG, pictures of a phone named by nonsense", lambda: carrying(segment(0xE2, b"MPF\0MM\0*" + bytes(40)))
    )


# --- colours and kinds of pixels ------------------------------------------------------------------------------


def coloured():
    for name, primaries, curve, pixel in (
        ("Display P3", DISPLAY_P3, SRGB_CURVE, (202, 137, 116)),
        ("Adobe RGB", ADOBE_RGB, ADOBE_CURVE, (210, 139, 118)),
    ):
        tint = profile(primaries, curve, b"CANARY")
        yield Case(f"JPEG in {name}", lambda tint=tint: encoded(plain(), icc_profile=tint, quality=95), pixel=pixel)
        yield Case(f"PNG in {name}", lambda tint=tint: encoded(plain(), "PNG", icc_profile=tint), pixel=pixel)
    for name, tint in {
        "garbage": CANARY * 90,
        "half a profile": srgb_profile()[:200],
        "a profile for inks": cmyk_profile(),
        "a profile of 6 MB": srgb_profile() + CANARY * 1_000_000,
    }.items():
        yield shown(f"JPEG with {name} for colours", lambda tint=tint: scene(icc_profile=tint))
    ink = Image.new("CMYK", (400, 300), (65, 115, 135, 0))
    yield Case("JPEG in CMYK", lambda: encoded(ink, quality=95, comment=CANARY), size=(400, 300), pixel=SKIN)
    yield Case("JPEG in CMYK with its profile", lambda: encoded(ink, icc_profile=cmyk_profile()), size=(400, 300))
    yield Case("JPEG in CMYK with a screen's", lambda: encoded(ink, icc_profile=srgb_profile()), pixel=SKIN)
    yield Case("JPEG in Adobe's YCCK", ycck, pixel=SKIN)
    yield Case("JPEG in grey", lambda: encoded(Image.new("L", (400, 300), 150)), pixel=(150, 150, 150))


def ycck():
    """Four channels whose first three are light and colour of the negative, and an Adobe segment that says so."""
    light = Image.new("RGB", (1, 1), tuple(255 - value for value in SKIN)).convert("YCbCr").getpixel((0, 0))
    jpeg = encoded(Image.new("CMYK", (400, 300), (*(255 - value for value in light), 0)), quality=95)
    at = jpeg.index(b"Adobe\0") + 11
    return jpeg[:at] + b"\x02" + jpeg[at + 1 :]


def pixels_of_other_kinds():
    grey = (128, 128, 128)
    deep = Image.new("I;16", (400, 300), 128 * 257)
    yield Case("PNG, grey of 16 bits", lambda: encoded(deep, "PNG"), pixel=grey)
    yield shown("PNG, colours of 16 bits", lambda: raw_png(corners(), depth=16))
    yield shown("PNG, interlaced", lambda: raw_png(corners(), interlaced=1))
    yield shown("PNG, interlaced, 16 bits", lambda: raw_png(corners(), depth=16, interlaced=1))
    half = (*SKIN, 128)
    clear = Image.new("RGBA", (400, 300), half)
    over_white = tuple(round(value * 128 / 255 + 127) for value in SKIN)
    yield Case("PNG, half transparent", lambda: encoded(clear, "PNG"), pixel=over_white)
    yield Case(
        "WebP, half transparent, with EXIF", lambda: encoded(clear, "WEBP", exif=telling_exif()), pixel=over_white
    )
    yield Case("PNG, grey and transparency", lambda: encoded(Image.new("LA", (400, 300), (0, 127)), "PNG"), pixel=grey)
    few = corners().quantize(8)
    yield shown("PNG, a palette", lambda: encoded(few, "PNG"))
    blank = Image.new("P", (400, 300), 0)
    yield Case("PNG, a palette with transparency", lambda: encoded(blank, "PNG", transparency=0), pixel=(255, 255, 255))
    yield Case("PNG, black and white", lambda: encoded(Image.new("1", (400, 300), 1), "PNG"), pixel=(255, 255, 255))
    moving = {"save_all": True, "append_images": [plain((30, 60, 200), (300, 400))] * 3, "duration": 90}
    yield shown("PNG, moving", lambda: scene("PNG", **moving))
    yield shown("PNG, moving, with a still before", lambda: scene("PNG", default_image=True, **moving))
    yield shown("WebP, moving", lambda: scene("WEBP", lossless=True, **moving))
    yield shown("WebP, lossless", lambda: scene("WEBP", lossless=True))
    yield shown("JPEG, progressive", lambda: scene(progressive=True))
    yield shown("JPEG with a restart at every block", lambda: scene(restart_marker_blocks=1))
    yield Case("GIF, moving", lambda: encoded(corners(), "GIF", **moving), "kind")


# --- sizes at their limits, and those that phones send --------------------------------------------------------


def phone(width, height, kind="JPEG", **options):
    return encoded(plain(size=(width, height)), kind, **options)


def sized():
    yield Case("JPEG of 12 MP", lambda: phone(4032, 3024), size=(2016, 1512), pixel=SKIN)
    yield Case("JPEG of 24 MP", lambda: phone(5712, 4284), size=(2016, 1512), pixel=SKIN)
    yield Case("JPEG of 48 MP", lambda: phone(8064, 6048), size=(2016, 1512), pixel=SKIN)
    yield Case("JPEG of 50 MP", lambda: phone(8160, 6120), size=(2016, 1512), pixel=SKIN)
    yield Case("JPEG of exactly 60 MP", lambda: phone(10_000, 6_000), size=(2016, 1210), pixel=SKIN)
    yield Case("JPEG, progressive, 12 MP", lambda: phone(4032, 3024, progressive=True), size=(2016, 1512), pixel=SKIN)
    yield Case("JPEG, progressive, 48 MP", lambda: phone(8064, 6048, progressive=True), size=(2016, 1512))
    yield Case("JPEG, progressive 4:4:4, 30 MP", lambda: progressive(6400, 4800, subsampling=0), size=(2016, 1512))
    yield Case("PNG of 12 MP", lambda: large_png(4032, 3024), size=(2016, 1512), pixel=(0, 0, 0))
    yield Case("PNG of 45 MP", lambda: large_png(6_700, 6_700, 2, 16, 1), size=(2016, 2016))
    yield Case("PNG with transparency, 23 MP", lambda: large_png(4_800, 4_800, 6, 16), pixel=(255, 255, 255))
    yield Case("PNG, grey of 16 bits, 45 MP", lambda: large_png(6_700, 6_700, 0, 16), size=(2016, 2016))
    yield Case("PNG, black and white, 45 MP", lambda: large_png(6_700, 6_700, 0, 1), size=(2016, 2016))
    yield Case("WebP of 12 MP", lambda: phone(4032, 3024, "WEBP", method=0), size=(2016, 1512), pixel=SKIN)
    clear = Image.new("RGBA", (3900, 3900), (*SKIN, 0))
    yield Case("WebP with transparency, 15 MP", lambda: encoded(clear, "WEBP", method=0), size=(2016, 2016))
    yield Case("JPEG 199 px wide", lambda: phone(199, 900), "small")
    yield Case("JPEG 200 px wide", lambda: phone(200, 900), size=(200, 900), pixel=SKIN)
    yield Case("PNG of one pixel", lambda: phone(1, 1, "PNG"), "small")
    yield Case("WebP of one pixel", lambda: phone(1, 1, "WEBP"), "small")
    yield Case("JPEG very long and thin", lambda: phone(200, 65_000), size=(6, 2016))
    yield Case("PNG very wide and low", lambda: large_png(50_000, 200), size=(2016, 8))
    yield shown("15 MB of zeros behind a JPEG", lambda: scene() + bytes(15_000_000))
    yield shown("15 MB of zeros behind a PNG", lambda: scene("PNG") + bytes(15_000_000))
    yield shown("15 MB of zeros behind a WebP", lambda: scene("WEBP", lossless=True) + bytes(15_000_000))
    yield shown("exactly 20 MB", lambda: scene().ljust(20_000_000, b"\0"))
    yield Case("20 MB and a byte", lambda: scene().ljust(20_000_001, b"\0"), "large")
    yield Case("40 MB", lambda: scene().ljust(40_000_000, b"\0"), "large")


def polyglots():
    """Whole photos that are something else as well: kept, and nothing of the other is."""
    jar = b"PK\x03\x04CANARY" + bytes(200) + b"PK\x05\x06" + bytes(18)
    yield shown("JPEG and a page", lambda: scene() + b"<html>" + SCRIPT, file_name="skin.html", declared="text/html")
    yield shown("JPEG and PHP behind it", lambda: scene() + PHP, file_name="skin.php.jpg")
    yield shown("JPEG and PHP in its comment", lambda: carrying(segment(0xFE, PHP)), file_name="skin.jpg.php")
    yield shown("JPEG and PHP in its EXIF", lambda: carrying(segment(0xE1, tiff((0x010F, 2, 60, 26)) + PHP)))
    yield shown("JPEG and a Java archive", lambda: scene() + jar, file_name="skin.jar")
    script = segment(0xFE, b"*/=alert('CANARY');/*".ljust(0x2F2A - 2))
    yield shown("JPEG and JavaScript", lambda: carrying(script), declared="text/javascript")
    yield shown("PNG and a script in its text", lambda: png_carrying(chunk(b"tEXt", b"Comment\0" + SCRIPT)))
    yield shown("WebP and a page", lambda: webp_carrying((b"JUNK", SCRIPT)) + SCRIPT, file_name="skin.html")


# --- names and types ------------------------------------------------------------------------------------------


def named():
    names = {
        "up three folders": "../../../etc/cron.d/skin.jpg",
        "up, the other slash": "..\\..\\..\\windows\\skin.jpg",
        "from the root": "/etc/passwd",
        "up, in percent": "..%2f..%2fskin.jpg",
        "a NUL": "skin.php\0.jpg",
        "written from right to left": "skin\u202egpj.exe",
        "300 letters": "s" * 296 + ".jpg",
        "200 emoji": "\U0001f9b5" * 200 + ".jpg",
        "a dot before": ".htaccess",
        "a line break": "skin\r\nX-Injected: CANARY\r\n.jpg",
        "quotes": 'sk"in";name="note.jpg',
        "a tag": "<img src=x onerror=alert(1)>.jpg",
        "an emoji": "\U0001f9b5.jpg",
        "no extension": "skin",
        "HEIC on a JPEG": "IMG_0002.HEIC",
        "a drawing's": "skin.svg",
        "a device's": "CON.jpg",
        "spaces alone": "   ",
        "a formula": "=cmd|'/c calc'!A1.jpg",
    }
    for name, file_name in names.items():
        yield shown(f"file name: {name}", lambda: scene(comment=CANARY), file_name=file_name)
    yield Case("file name: two dots", scene, IGNORED, "..")
    for declared in (
        "text/html",
        "image/svg+xml",
        "application/octet-stream",
        "image/heic",
        "",
        "nonsense",
        "a" * 500,
    ):
        shown_as = declared[:30] or "none"
        yield shown(f"declared type: {shown_as}", lambda: scene(comment=CANARY), declared=declared)
    yield Case("a page declared a photo", lambda: b"<html>" + SCRIPT, "kind", "skin.png", "image/png")


GROUPS = (
    turned,
    telling_jpegs,
    telling_others,
    tangled_exif,
    coloured,
    pixels_of_other_kinds,
    sized,
    polyglots,
    named,
)
