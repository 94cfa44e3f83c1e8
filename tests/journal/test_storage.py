"""Files that are whole or not there."""

import os
import resource
import stat
import uuid
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from journal.actions import entries
from journal.actions.photos import attach, path_of, storing
from journal.models import Photo
from journal.photos import SIZES
from journal.storage import DurableStorage

from .tables import files_kept, picture


class Torn(ContentFile):
    """An upload that breaks off while it is read."""

    def read(self, *size):
        raise OSError("the line went dead")


def mode(name):
    return stat.S_IMODE(os.stat(default_storage.path(name)).st_mode)


def test_it_is_the_storage_in_use():
    assert isinstance(default_storage, DurableStorage)


def test_what_is_saved_can_be_read_again_under_its_name():
    name = default_storage.save("photos/ab/abc-320.jpg", ContentFile(b"skin"))
    assert name == "photos/ab/abc-320.jpg"
    with default_storage.open(name) as file:
        assert file.read() == b"skin"


def test_a_write_that_breaks_off_leaves_nothing():
    with pytest.raises(OSError, match="line went dead"):
        default_storage.save("photos/ab/abc-320.jpg", Torn(b"skin"))
    assert not files_kept()


def test_a_write_that_broke_off_does_not_stand_in_the_way_of_the_next():
    with pytest.raises(OSError):
        default_storage.save("photos/ab/abc-320.jpg", Torn(b"skin"))
    assert default_storage.save("photos/ab/abc-320.jpg", ContentFile(b"skin")) == "photos/ab/abc-320.jpg"


def test_a_name_that_is_taken_is_never_overwritten():
    first = default_storage.save("photos/ab/abc-320.jpg", ContentFile(b"one"))
    second = default_storage.save("photos/ab/abc-320.jpg", ContentFile(b"two"))
    assert first != second
    with default_storage.open(first) as file:
        assert file.read() == b"one"


def test_nobody_else_on_the_machine_can_read_a_photo():
    default_storage.save("photos/ab/abc-320.jpg", ContentFile(b"skin"))
    assert mode("photos/ab/abc-320.jpg") == 0o600
    assert mode("photos/ab") == mode("photos") == 0o700


def test_a_name_cannot_leave_the_folder():
    with pytest.raises(SuspiciousFileOperation):
        default_storage.save("../outside.jpg", ContentFile(b"skin"))


@contextmanager
def files_no_larger_than(size):
    """The kernel itself refuses to write more, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def too_large(name):
    """A picture of which only the last size is more than the disk takes."""
    new = picture(name)
    renditions = new.cleaned.renditions | {SIZES[-1]: b"x" * 3_000_000}
    return replace(new, cleaned=replace(new.cleaned, renditions=renditions))


def test_what_a_full_disk_does_not_take_is_said_and_the_rest_is_kept(treatment, caplog):
    with files_no_larger_than(2_000_000):
        saved = entries.save(
            treatment=treatment,
            on=treatment.treated_on,
            answers={"signs": ["pus"]},
            photos=[picture("cheek"), too_large("brow")],
            client_id=uuid.uuid4(),
            by=treatment.patient.user,
            at=timezone.now(),
        )
    assert saved.entry.signs == ["pus"]
    assert saved.refusals == ["Face could not be kept just now. Please add it again later."]
    assert files_kept() == {path_of(Photo.objects.get().token, size) for size in SIZES}
    assert "File too large" in caplog.text


def test_a_failure_after_the_row_was_committed_takes_no_file(treatment, django_capture_on_commit_callbacks):
    """As when a connection breaks off while it commits: nobody can tell whether it did."""
    call = {"treatment": treatment, "on": treatment.date_of(3), "by": treatment.patient.user, "at": timezone.now()}

    def commits_and_breaks_off():
        with storing([picture("cheek")]) as stored:
            with transaction.atomic():
                attach(stored=stored, **call)
            raise ConnectionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ConnectionError):
        commits_and_breaks_off()
    assert files_kept() == {path_of(Photo.objects.get().token, size) for size in SIZES}
