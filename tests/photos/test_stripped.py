import hashlib

from PIL import Image

from journal import demo_photos, photos

from .pictures import ADOBE_CURVE, ADOBE_RGB, chunk, corners, encoded, opened, plain, profile, segment

CANARY = b"CANARY"
PIXELS_AND_TABLES = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}  # SOI, JFIF, DQT, SOF0, DHT, SOS, EOI


def telling_exif():
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x013B], tags[0x9286] = "CANARY maker", "CANARY model", "CANARY me", "CANARY"
    tags[0x8769] = {0x9003: "2026:01:02 03:04:05", 0x927C: b"CANARY note"}
    tags[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0), 27: b"CANARY cell"}
    return tags.tobytes() + b"CANARY thumbnail"


def telling_jpeg():
    """Everything a JPEG may carry: EXIF with place, XMP, IPTC, comment, profile, a second picture and a film."""
    tint = profile(ADOBE_RGB, ADOBE_CURVE, b"CANARY profile")
    picture = encoded(corners(), quality=95, exif=telling_exif(), comment=b"CANARY comment", icc_profile=tint)
    extra = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>CANARY</x:xmpmeta>")
    extra += segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0bCANARY iptc\0")
    return picture[:2] + extra + picture[2:] + encoded(plain(), comment=b"CANARY second") + b"CANARY film"


def markers(jpeg):
    """The markers of a JPEG in order, and that nothing follows its end."""
    found, at = [0xD8], 2
    while found[-1] != 0xDA:
        assert jpeg[at] == 0xFF
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    assert jpeg.index(b"\xff\xd9", at) == len(jpeg) - 2
    return {*found, 0xD9}


def assert_nothing_left(cleaned):
    assert len(cleaned.renditions) == 4
    for rendition in cleaned.renditions.values():
        assert CANARY not in rendition
        assert CANARY.decode().encode("utf-16-be") not in rendition
        assert markers(rendition) == PIXELS_AND_TABLES
        assert not opened(rendition).getexif()


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
