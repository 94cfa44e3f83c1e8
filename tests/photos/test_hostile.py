"""Every hostile and awkward file goes through the real page, beside the day's answers and a good photo."""

import sys
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from journal.actions.photos import path_of
from journal.models import Entry, Photo
from journal.photos import REFUSALS, SIZES
from tests.journal.tables import files_kept, posted, words

from .cases import IGNORED, KEPT
from .hostile import CASES, Scales
from .pictures import assert_corners, assert_pixels_alone, encoded, near, opened, plain

SECONDS, BYTES = 10, 300e6
BOUNDARY = b"----a-boundary-of-a-browser"
on_linux = sys.platform == "linux"


@pytest.fixture(scope="module")
def scales():
    with Scales() as scales:
        yield scales


@pytest.fixture
def send(as_, pat, treatment, settings, tmp_path):
    """Posts one file for the face, a good photo for the neck and two answers; returns what a browser is shown."""
    treatment.areas = ["face", "neck"]
    treatment.save()
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    phone = as_(pat)
    good = encoded(plain((120, 160, 90)))

    def send(content, file_name, declared):
        answers = {name: (None, None, value.encode()) for name, value in posted(treatment, 3).items()}
        answers |= {"redness": (None, None, b"2"), "note": (None, None, b"Slept well.")}
        photos = {"photos": (file_name, declared, content), "photos_neck": ("good.jpg", "image/jpeg", good)}
        body = multipart(answers | photos)
        answer = phone.post("/log/", body, content_type=f"multipart/form-data; boundary={BOUNDARY.decode()}")
        assert answer.status_code == 302
        return phone.get(answer.url)

    return send


def multipart(parts):
    """A form as a browser puts it on the wire, but with names and types that none would write."""
    body = b""
    for name, (file_name, declared, content) in parts.items():
        body += b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="' + name.encode() + b'"'
        if file_name is not None:
            body += b'; filename="' + file_name.encode("utf-8", "surrogateescape") + b'"'
        if declared:
            body += b"\r\nContent-Type: " + declared.encode()
        body += b"\r\n\r\n" + content + b"\r\n"
    return body + b"--" + BOUNDARY + b"--\r\n"


def resident(line):
    """Bytes: "VmRSS" of this process now, or "VmHWM" at its highest."""
    told = Path("/proc/self/status").read_text()
    return int(told.split(f"{line}:")[1].split()[0]) * 1024


def stored(photo):
    for size in SIZES:
        with default_storage.open(path_of(photo.token, size)) as file:
            yield file.read()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_comes_to_its_end_and_takes_nothing_else_with_it(case, send, scales, tmp_path):
    upload = case.make()
    started = time.monotonic()
    shown = send(upload, case.file_name, case.declared)
    assert time.monotonic() - started < SECONDS
    assert_only_what_was_meant_is_there(tmp_path)
    photo = Photo.objects.filter(area="face").first()
    assert bool(photo) == (case.end == KEPT)
    if photo:
        assert_kept_as_stated(photo, case)
    if case.end in (KEPT, IGNORED):
        assert "not kept" not in words(shown)
    else:
        assert str(REFUSALS[case.end]) in words(shown), words(shown)
    if on_linux and upload:
        assert scales.weigh(upload) < BYTES


def assert_only_what_was_meant_is_there(tmp_path):
    """The answers, the good photo, the files of what has a row: no file more, not even of an upload on its way."""
    entry = Entry.objects.get()
    assert (entry.redness, entry.note) == (2, "Slept well.")
    assert Photo.objects.filter(area="neck").count() == 1
    assert files_kept() == {path_of(photo.token, size) for photo in Photo.objects.all() for size in SIZES}
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def assert_kept_as_stated(photo, case):
    assert case.size in (None, (photo.width, photo.height))
    for jpeg in stored(photo):
        assert_pixels_alone(jpeg)
        if case.upright:
            assert_corners(jpeg)
        if case.pixel:
            image = opened(jpeg)
            assert near(image.getpixel((image.width // 2, image.height // 2)), case.pixel)


@pytest.mark.parametrize("name", ["\U0001f9b5" * 300, "sk\udcff\udcfein.jpg", "s" * 5000])
def test_a_name_that_no_browser_could_send_breaks_nothing_and_keeps_nothing(name, as_, pat, treatment):
    answers = {key: (None, None, value.encode()) for key, value in posted(treatment, 3, redness="2").items()}
    body = multipart(answers | {"photos": (name, "image/jpeg", encoded(plain()))})
    answer = as_(pat).post("/log/", body, content_type=f"multipart/form-data; boundary={BOUNDARY.decode()}")
    assert answer.status_code in (302, 400)
    assert not files_kept()


HEAVIEST = ["40 MB", "exactly 20 MB", "JPEG of exactly 60 MP"]


@pytest.mark.skipif(not on_linux, reason="only Linux says how high memory was")
@pytest.mark.parametrize("case", [case for case in CASES if case.name in HEAVIEST], ids=lambda case: case.name)
def test_a_worker_grows_by_the_upload_and_not_by_the_picture(case, send):
    upload = case.make()
    Path("/proc/self/clear_refs").write_text("5")  # its highest is now
    before = resident("VmRSS")
    send(upload, case.file_name, case.declared)
    assert resident("VmHWM") - before < BYTES / 2
