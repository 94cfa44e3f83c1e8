import hashlib

from journal import demo_photos, photos

from .pictures import (
    ADOBE_CURVE,
    ADOBE_RGB,
    CANARY,
    assert_pixels_alone,
    chunk,
    corners,
    encoded,
    opened,
    plain,
    profile,
    segment,
    telling_exif,
)


def telling_jpeg():
    """Everything a JPEG may carry: EXIF with place, XMP, IPTC, comment, profile, a second picture and a film."""
    tint = profile(ADOBE_RGB, ADOBE_CURVE, b"CANARY profile")
    picture = encoded(corners(), quality=95, exif=telling_exif(), comment=b"CANARY comment", icc_profile=tint)
    extra = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>CANARY</x:xmpmeta>")
    extra += segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0bCANARY iptc\0")
    return picture[:2] + extra + picture[2:] + encoded(plain(), comment=b"CANARY second") + b"CANARY film"


def assert_nothing_left(cleaned):
    assert len(cleaned.renditions) == 4
    for rendition in cleaned.renditions.values():
        assert_pixels_alone(rendition)


def test_nothing_a_jpeg_carries_survives_but_its_pixels():
    upload = telling_jpeg()
    assert upload.count(CANARY) >= 9
    assert_nothing_left(photos.clean(upload))


def test_nothing_a_png_carries_survives():
    picture = encoded(corners(), "PNG", exif=telling_exif())
    texts = chunk(b"tEXt", b"Author\0CANARY") + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0CANARY")
    upload = picture[:33] + texts + picture[33:] + b"CANARY trailer"
    assert upload.count(CANARY) >= 5
    assert_nothing_left(photos.clean(upload))


def test_nothing_a_webp_carries_survives():
    upload = encoded(corners(), "WEBP", exif=telling_exif(), xmp=b"<x>CANARY</x>", icc_profile=b"CANARY" * 40)
    assert upload.count(CANARY) >= 5
    assert_nothing_left(photos.clean(upload))


def test_the_second_picture_of_a_phones_file_is_gone_and_the_first_kept():
    upload = encoded(plain((200, 60, 60)), "MPO", save_all=True, append_images=[plain((30, 60, 200))])
    cleaned = photos.clean(upload)
    assert_nothing_left(cleaned)
    assert opened(cleaned.renditions[2016]).getpixel((200, 150))[0] > 180


def test_a_demo_photo_says_where_it_was_taken_until_it_is_cleaned():
    upload = demo_photos.photo(person=1, tone=3, redness=2, dryness=1, day=2)
    assert opened(upload).getexif().get_ifd(0x8825)
    assert_nothing_left(photos.clean(upload))


def test_the_digest_is_of_the_master():
    cleaned = photos.clean(telling_jpeg())
    assert cleaned.sums[2016] == hashlib.sha256(cleaned.renditions[2016]).hexdigest()
