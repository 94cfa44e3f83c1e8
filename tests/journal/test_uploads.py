"""What arrives before it is looked at: never under a name on our disk, and never more than a day's photos."""

import functools
import gc
import io
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from accounts.models import User
from journal import uploads
from journal.models import Entry, Photo
from tests.photos.pictures import encoded, plain

from .tables import posted, words

LARGE = settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1


@pytest.fixture
def folder(settings, tmp_path):
    """Where uploads wait."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.FILE_UPLOAD_TEMP_DIR


def sent(*contents):
    files = [SimpleUploadedFile(f"IMG_{n}.jpg", content, "image/jpeg") for n, content in enumerate(contents)]
    return RequestFactory().post("/log/", {"photos": files})


def test_a_large_upload_has_no_name_while_it_waits(folder):
    request = sent(b"a" * LARGE, b"b")
    first, second = request.FILES.getlist("photos")
    assert (first.size, first.read(), second.read()) == (LARGE, b"a" * LARGE, b"b")
    assert (first.name, first.content_type) == ("IMG_0.jpg", "image/jpeg")
    assert not list(folder.iterdir())
    request.close()
    assert first.closed


def test_what_a_full_disk_does_not_take_arrives_empty_and_the_answers_stay(as_, pat, treatment, monkeypatch):
    full = functools.partial(open, "/dev/full", "w+b")
    monkeypatch.setattr(uploads, "TemporaryFile", lambda dir: full())
    large = SimpleUploadedFile("IMG.jpg", bytes(LARGE), "image/jpeg")
    answer = as_(pat).post("/log/", posted(treatment, 3, redness="1", photos=large), follow=True)
    assert answer.status_code == 200
    assert "This photo arrived empty." in words(answer)
    assert Entry.objects.get().redness == 1


def test_a_small_upload_never_reaches_the_disk(folder, settings):
    settings.FILE_UPLOAD_TEMP_DIR = folder / "nowhere"
    assert sent(b"a").FILES["photos"].read() == b"a"


def test_an_upload_that_breaks_off_leaves_nothing(folder):
    head = b'--x\r\nContent-Disposition: form-data; name="photos"; filename="IMG.jpg"\r\n\r\n'
    request = RequestFactory().generic("POST", "/log/", head + b"a" * LARGE, "multipart/form-data; boundary=x")
    assert not request.FILES
    gc.collect()  # what was not closed would be told here
    assert not list(folder.iterdir())


KILLED = """
import os, signal, sys
import django
from django.test import RequestFactory
from django.core.files.uploadedfile import SimpleUploadedFile
django.setup()
photo = SimpleUploadedFile("IMG.jpg", b"GPS" * 2_000_000, "image/jpeg")
assert RequestFactory().post("/log/", {"photos": photo}).FILES["photos"].size == 6_000_000
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_that_is_killed_leaves_nothing_either(tmp_path):
    environment = os.environ | {"TMPDIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", KILLED], env=environment, cwd=settings.BASE_DIR, timeout=60)
    assert done.returncode == -9
    assert not list(tmp_path.iterdir())


def test_a_large_photo_comes_through_the_form(as_, pat, treatment, folder):
    big = encoded(plain(size=(1600, 2400)))
    big += b"\0" * (LARGE - len(big))
    photo = SimpleUploadedFile("IMG.jpg", big, "image/jpeg")
    assert as_(pat).post("/log/", posted(treatment, 3, photos=photo)).status_code == 302
    assert Photo.objects.count() == 1
    assert not list(folder.iterdir())


@pytest.fixture
def narrow(monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 10_000)


def test_more_than_a_days_photos_are_refused_with_a_way_out(as_, pat, treatment, narrow):
    photo = SimpleUploadedFile("IMG.jpg", b"x" * 10_000, "image/jpeg")
    answer = as_(pat).post("/log/", posted(treatment, 3, photos=photo))
    assert answer.status_code == 413
    assert "Send fewer photos, or smaller ones." in words(answer)
    assert "Go back one page: your answers are still there." in words(answer)
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_outbox_is_told_so_too(as_, pat, treatment, narrow):
    photo = SimpleUploadedFile("IMG.jpg", b"x" * 10_000, "image/jpeg")
    answer = as_(pat).post("/log/", posted(treatment, 3, photos=photo), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (413, "too_large")


@pytest.mark.parametrize(("length", "refused"), [(10_000, False), (10_001, True), (50_001, True)])
def test_only_the_length_decides(as_, pat, narrow, length, refused):
    answer = as_(pat).post("/healthz", b"x" * length, content_type="application/octet-stream")
    assert (answer.status_code == 413) == refused


def test_whoever_is_not_signed_in_sends_little_and_is_not_heard(client, db, monkeypatch):
    monkeypatch.setattr(uploads, "FROM_STRANGERS", 10_000)
    assert client.post("/log/", {"note": "x" * 20_000}).status_code == 413
    assert client.post("/log/", {"note": "x" * 5_000}).status_code == 302
    assert answered(20_000, AnonymousUser()) == (413, 0)


@pytest.mark.parametrize("length", ["", "-1", "much", "²"])
def test_a_length_that_is_none_is_left_to_those_who_read(client, db, narrow, length):
    assert client.get("/healthz", CONTENT_LENGTH=length).status_code == 200


class Line(io.RawIOBase):
    """A request's body from a phone that is gone after its first part."""

    heard = 0

    def read(self, size=-1):
        if self.heard:
            raise OSError("the line went dead")
        self.heard = size
        return b"x" * size


def answered(length, user=None):
    """What a phone with a dying line is answered, and how much of it was heard."""
    line = Line()
    request = RequestFactory().post("/log/", **{"wsgi.input": line, "CONTENT_LENGTH": str(length)})
    request.user = user or User()
    return uploads.refuse_too_much(lambda request: None)(request).status_code, line.heard


def test_a_browser_is_heard_out_because_it_reads_only_then(narrow):
    assert answered(20_000) == (413, 20_000)


def test_what_never_ends_is_not_heard(narrow, monkeypatch):
    monkeypatch.setattr(uploads, "HEARD_OUT", 30_000)
    assert answered(40_000) == (413, 0)


def test_eight_photos_of_the_largest_size_are_not_too_much():
    assert uploads.LARGEST > 8 * 20_000_000
