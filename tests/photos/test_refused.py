import io
import struct
import time
import zlib

import pytest
from django.utils.functional import Promise
from PIL import Image

from journal import photos

from .pictures import chunk, encoded, plain, png, segment

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(500)
NOT_PHOTOS = {
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n(/etc/passwd) run\n",
    "a document": b"%PDF-1.7\n1 0 obj\n",
    "a GIF": encoded(plain(), "GIF"),
    "a BMP": encoded(plain(), "BMP"),
    "a TIFF": encoded(plain(), "TIFF"),
    "a JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(200),
    "an AVIF": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(500),
    "a film": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(500),
    "text": b"hello",
    "zeros": bytes(5000),
    "another RIFF": b"RIFF\x24\0\0\0WAVEfmt " + bytes(200),
}


def refusal(upload):
    with pytest.raises(photos.PhotoRefused) as caught:
        photos.clean(upload)
    return caught.value


@pytest.mark.parametrize("name", NOT_PHOTOS)
def test_what_is_no_photo_is_refused_by_its_bytes(name):
    assert refusal(NOT_PHOTOS[name]).reason == "kind"


def test_a_heic_photo_is_refused_with_the_way_to_send_it():
    refused = refusal(HEIC)
    assert refused.reason == "heic"
    assert "On an iPhone, choose it in Photos, not in Files." in str(refused)
    assert "On Android, turn off HEIC" in str(refused)


def test_an_empty_file_and_one_over_20_mb_are_refused_before_they_are_opened():
    assert refusal(b"").reason == "empty"
    photo = encoded(plain())
    assert photos.clean(photo + bytes(photos.MAX_BYTES - len(photo))).width == 400
    assert refusal(io.BytesIO(photo + bytes(photos.MAX_BYTES - len(photo) + 1))).reason == "large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.95])
def test_a_photo_cut_off_on_the_way_is_never_half_a_face(kind, share):
    whole = encoded(Image.effect_noise((600, 600), 60).convert("RGB"), kind)
    assert refusal(whole[: max(12, int(len(whole) * share))]).reason in ("damaged", "kind")


@pytest.mark.parametrize("start", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\xff\0\0WEBPVP8 "])
def test_a_right_beginning_with_nonsense_behind_is_refused(start):
    assert refusal(start + bytes(3000)).reason == "damaged"
    assert refusal(start + b"\xff" * 3000).reason == "damaged"


def test_a_photo_with_a_side_under_200_px_is_too_small():
    assert refusal(encoded(plain(size=(199, 900)))).reason == "small"
    assert photos.clean(encoded(plain(size=(200, 900)))).width == 200


def test_a_pixel_bomb_is_refused_by_its_header():
    assert refusal(png(30_000, 30_000)).reason == "pixels"
    assert refusal(png(7_750, 7_750)).reason == "pixels"
    vast = b"VP8X" + struct.pack("<II", 10, 0) + (16_000).to_bytes(3, "little") * 2
    assert refusal(b"RIFF" + struct.pack("<I", len(vast) + 4) + b"WEBP" + vast).reason == "pixels"


def test_a_jpeg_that_claims_65_000_px_a_side_is_refused_by_its_header():
    photo = encoded(plain())
    at = photo.index(b"\xff\xc0") + 5
    assert refusal(photo[:at] + struct.pack(">HH", 65_000, 65_000) + photo[at + 4 :]).reason == "pixels"


def scan_bomb(scans):
    photo = encoded(plain(size=(1000, 1000)), progressive=True)
    last = photo.rindex(b"\xff\xda")
    return photo[:last] + photo[last:-2] * scans + b"\xff\xd9"


def test_a_scan_bomb_is_refused_before_it_costs_anything():
    started = time.monotonic()
    assert refusal(scan_bomb(20_000)).reason == "scans"
    assert time.monotonic() - started < 3


def test_an_ordinary_progressive_photo_is_taken():
    assert photos.clean(scan_bomb(1)).width == 1000


def test_a_scan_by_chance_in_the_film_behind_a_photo_does_not_count():
    assert photos.clean(encoded(plain()) + bytes(2) + b"\xff\xda\0\x02" * 500).width == 400


def test_a_long_run_of_fill_bytes_is_searched_once():
    assert refusal(b"\xff\xd8" + b"\xff" * 1_000_000 + b"\0").reason == "damaged"  # else "slow"


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])
def test_a_png_with_packed_megabytes_of_text_or_profile_is_refused(kind):
    packed = b"name\0\0" + zlib.compress(bytes(30_000_000), 9)
    assert refusal(png(300, 300, chunk(kind, packed), rows=bytes(301 * 300))).reason == "damaged"


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xED, 0xDB, 0xC4, 0xDD])
def test_a_jpeg_with_a_broken_segment_is_read_or_refused_but_never_fails(marker):
    photo, outcomes = encoded(plain()), set()
    for content in (b"", b"Exif\0\0", b"ICC_PROFILE\0\x01", b"MPF\0MM\0*\xff\xff\xff\xff", bytes(300)):
        try:
            outcomes.add(photos.clean(photo[:2] + segment(marker, content) + photo[2:]).width)
        except photos.PhotoRefused as refused:
            outcomes.add(refused.reason)
    assert outcomes <= {400, "damaged"}


@pytest.mark.parametrize("reason", photos.REFUSALS)
def test_every_refusal_is_a_sentence_that_says_what_to_do(reason):
    text = str(photos.PhotoRefused(reason))
    assert text[0].isupper()
    assert text.endswith(".")
    assert len(text) <= 190
    assert any(word in text for word in ("Please", "choose"))


def test_refusals_wait_for_the_readers_language():
    assert all(isinstance(sentence, Promise) for sentence in photos.REFUSALS.values())
