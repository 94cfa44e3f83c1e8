"""Files that are whole or not there."""

import os
import stat

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from journal.storage import DurableStorage

from .tables import files_kept


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
    assert mode("photos/ab") == 0o700


def test_a_name_cannot_leave_the_folder():
    with pytest.raises(SuspiciousFileOperation):
        default_storage.save("../outside.jpg", ContentFile(b"skin"))
