import io

import pytest
from PIL import ImageDraw

from journal import photos

from .pictures import SIDES, as_a_camera_stores_it, assert_upright, corners, encoded, exif, opened, plain


@pytest.mark.parametrize("orientation", SIDES)
def test_a_photo_comes_out_upright_however_the_phone_was_held(orientation):
    upload = encoded(as_a_camera_stores_it(orientation), exif=exif(orientation), quality=95)
    assert_upright(photos.clean(upload))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_png_and_webp_are_turned_as_well(kind):
    assert_upright(photos.clean(encoded(as_a_camera_stores_it(6), kind, exif=exif(6))))


@pytest.mark.parametrize("nonsense", [0, 9, 65535])
def test_a_senseless_orientation_leaves_the_photo_as_stored(nonsense):
    assert_upright(photos.clean(encoded(corners(), exif=exif(nonsense))))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("broken", [b"Exif\0\0garbage", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(40)])
def test_broken_metadata_leaves_the_photo_as_stored(kind, broken):
    assert_upright(photos.clean(encoded(corners(), kind, exif=broken)))


def test_a_phone_photo_is_halved_to_2016_px_and_its_renditions_follow():
    cleaned = photos.clean(encoded(plain(size=(4032, 3024)), exif=exif(6)))
    sizes = {size: opened(rendition).size for size, rendition in cleaned.renditions.items()}
    assert sizes == {2016: (1512, 2016), 1008: (756, 1008), 320: (240, 320), 160: (120, 160)}


@pytest.mark.parametrize(
    ("taken", "kept"),
    [(2016, 2016), (2017, 2016), (3799, 2016), (3800, 1900), (4000, 2000), (4080, 2016), (8064, 2016)],
)
def test_a_master_is_halved_while_decoding_where_that_leaves_1900_px_and_never_longer_than_2016(taken, kept):
    assert photos.clean(encoded(plain(size=(taken, 400)))).width == kept


def test_a_small_photo_is_never_enlarged():
    cleaned = photos.clean(encoded(plain(size=(500, 260))))
    widths = {size: opened(rendition).width for size, rendition in cleaned.renditions.items()}
    assert widths == {2016: 500, 1008: 500, 320: 320, 160: 160}


def test_the_same_upload_cleans_to_the_same_bytes():
    upload = encoded(corners())
    assert photos.clean(upload) == photos.clean(io.BytesIO(upload))


def test_needle_marks_survive_in_the_master():
    """One-pixel dots of a 12 MP photo are gone for anyone; dots of four pixels must still stand out."""
    skin = plain(size=(4032, 3024))
    draw = ImageDraw.Draw(skin)
    for x in range(200, 4000, 200):
        draw.rectangle((x, 1500, x + 3, 1503), fill=(120, 40, 40))
    master = opened(photos.clean(encoded(skin, quality=92)).renditions[2016])
    for x in range(200, 4000, 200):
        assert master.getpixel((x // 2, 750))[1] < 100
