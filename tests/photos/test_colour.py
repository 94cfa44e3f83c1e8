import math
from statistics import mean

import pytest
from PIL import Image, ImageCms, ImageStat

from journal import demo_photos, photos

from .pictures import (
    ADOBE_CURVE,
    ADOBE_RGB,
    DISPLAY_P3,
    SRGB_CURVE,
    encoded,
    near,
    opened,
    plain,
    profile,
    srgb_profile,
)

# Inside sRGB, so that a right answer exists. Red skin loses green most, red hardly at all.
AT_REST = demo_photos.TONES
RED = [(round(0.97 * red), round(0.7 * green), round(0.75 * blue)) for red, green, blue in AT_REST]
OTHERS = [(128, 128, 128), (235, 235, 235), (20, 20, 20), (150, 60, 60), (230, 190, 60), (60, 110, 80), (70, 90, 140)]
CHARTS = {"skin at rest": AT_REST, "red skin": RED, "other colours": OTHERS}

# Linear light to linear sRGB; published matrices, so that littlecms is not checked against itself.
P3_TO_SRGB = ((1.2249, -0.2247, 0), (-0.0420, 1.0419, 0), (-0.0197, -0.0786, 1.0979))
ADOBE_TO_SRGB = ((1.39836, -0.39836, 0), (0, 1, 0), (0, -0.04293, 1.04293))


def to_light(value, gamma):
    value /= 255
    if gamma:
        return value**gamma
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def on_screen(light):
    light = min(max(light, 0), 1)
    return 255 * (12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055)


def seen(pixel, matrix, gamma):
    """The sRGB pixel that looks like `pixel` of another space."""
    light = [to_light(value, gamma) for value in pixel]
    return tuple(on_screen(sum(m * v for m, v in zip(row, light, strict=True))) for row in matrix)


def chart(patches):
    """The patches, four in a row, 100 px each."""
    image = Image.new("RGB", (400, 100 * math.ceil(len(patches) / 4)))
    for number, patch in enumerate(patches):
        image.paste(patch, box(number))
    return image


def box(number):
    x, y = number % 4 * 100, number // 4 * 100
    return x, y, x + 100, y + 100


def kept(patches, kind, tint):
    """How the patches come out of a photo in this profile."""
    options = {} if kind == "PNG" else {"quality": 95}
    cleaned = photos.clean(encoded(chart(patches), kind, icc_profile=tint, **options))
    master = opened(cleaned.renditions[2016])
    return [ImageStat.Stat(master.crop(box(number))).median for number in range(len(patches))]


def errors(found, wanted):
    """Of each patch, by the channel that is off most, of 255."""
    return [max(abs(f - w) for f, w in zip(*pair, strict=True)) for pair in zip(found, wanted, strict=True)]


@pytest.mark.parametrize("patches", CHARTS.values(), ids=CHARTS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("tint", "matrix", "gamma"),
    [
        (profile(DISPLAY_P3, SRGB_CURVE), P3_TO_SRGB, None),
        (profile(ADOBE_RGB, ADOBE_CURVE), ADOBE_TO_SRGB, 2.19921875),
    ],
    ids=["Display P3", "Adobe RGB"],
)
def test_every_colour_comes_out_within_6_of_255(kind, tint, matrix, gamma, patches):
    wanted = [seen(patch, matrix, gamma) for patch in patches]
    off = errors(kept(patches, kind, tint), wanted)
    print(f"colour error: mean {mean(off):.2f}, worst {max(off):.2f}; untouched {mean(errors(patches, wanted)):.2f}")
    assert max(off) <= 6
    assert mean(off) < mean(errors(patches, wanted)) / 2  # it had work to do


@pytest.mark.parametrize("tint", [None, srgb_profile(), b"not a profile", srgb_profile()[:200]])
def test_plain_srgb_or_a_broken_profile_leaves_the_pixels(tint):
    assert max(errors(kept(AT_REST, "JPEG", tint), AT_REST)) <= 4


def test_a_profile_for_another_kind_of_picture_leaves_the_pixels():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert max(errors(kept(AT_REST, "JPEG", lab), AT_REST)) <= 4


def centre(upload):
    cleaned = photos.clean(upload)
    return opened(cleaned.renditions[2016]).getpixel((cleaned.width // 2, cleaned.height // 2))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_see_through_is_white_behind(kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    half = Image.new("RGBA", (300, 300), (200, 0, 0, 128))
    assert near(centre(encoded(half, kind, **options)), (227, 127, 127), within=4)
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    assert near(centre(encoded(clear, kind, **options)), (255, 255, 255), within=2)


def test_a_png_with_one_clear_colour_is_white_there():
    assert near(centre(encoded(plain((10, 20, 30)), "PNG", transparency=(10, 20, 30))), (255, 255, 255), within=2)


@pytest.mark.parametrize("level", [0, 10_000, 30_000, 65_535])
def test_sixteen_bit_grey_is_scaled_not_clipped(level):
    image = Image.new("I;16", (300, 300), level)
    assert near(centre(encoded(image, "PNG")), (level / 257,) * 3, within=2)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_png_is_read(mode):
    assert near(centre(encoded(plain((255, 255, 255)).convert(mode), "PNG")), (255, 255, 255), within=2)


@pytest.mark.parametrize("mode", ["1", "P"])
def test_a_picture_of_few_colours_is_shrunk_as_smoothly_as_any(mode):
    stripes = Image.frombytes("L", (4032, 400), bytes((0, 255)) * (2016 * 400))
    assert near(centre(encoded(stripes.convert(mode), "PNG")), (128, 128, 128), within=8)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_mode_of_jpeg_is_read(mode):
    assert near(centre(encoded(plain((128, 128, 128)).convert(mode))), (128, 128, 128), within=4)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_is_kept(kind):
    first, second = plain((200, 40, 40)), plain((40, 40, 200))
    assert near(centre(encoded(first, kind, save_all=True, append_images=[second])), (200, 40, 40), within=8)
