"""`manage.py verify_media`: every size of every photo is read and compared with what was stored."""

import datetime
import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.actions import photos
from journal.actions.photos import path_of
from journal.management.commands import verify_media
from journal.models import Photo
from journal.photos import SIZES

from .tables import picture

NOBODY = 65534


@pytest.fixture
def three(treatment):
    call = {"treatment": treatment, "by": treatment.patient.user, "at": timezone.now()}
    for day in range(3):
        photos.add(on=treatment.date_of(day), photos=[picture(f"day {day}")], **call)
    return list(Photo.objects.order_by("pk"))


def on_disk(photo, size):
    return Path(default_storage.path(path_of(photo.token, size)))


def verify(capsys):
    """The exit code, the lines that name a photo, and the summary."""
    code, summary = 0, ""
    try:
        call_command("verify_media")
    except CommandError as error:
        code, summary = error.returncode, str(error)
    lines = capsys.readouterr().out.splitlines()
    return (code, lines, summary) if code else (code, lines[:-1], lines[-1])


def marked():
    return set(Photo.objects.exclude(damaged_at=None).values_list("pk", flat=True))


def test_without_photos_all_is_well(db, capsys):
    assert verify(capsys) == (0, [], "0 photos: 0 damaged, 0 whole again, 0 could not be read")


def test_whole_photos_are_counted_and_not_named(three, capsys):
    assert verify(capsys) == (0, [], "3 photos: 0 damaged, 0 whole again, 0 could not be read")
    assert not marked()


@pytest.mark.parametrize("size", SIZES)
def test_a_changed_or_missing_file_is_named_by_number_and_size(three, capsys, size):
    first, second, _third = three
    on_disk(first, size).write_bytes(b"other")
    on_disk(second, size).unlink()
    code, lines, summary = verify(capsys)
    assert code == 1
    assert lines == [
        f"photo {first.pk}: {size} px is not what was stored",
        f"photo {second.pk}: {size} px is missing",
    ]
    assert summary == "3 photos: 2 damaged, 0 whole again, 0 could not be read"
    assert marked() == {first.pk, second.pk}


def test_neither_names_nor_addresses_are_printed(three, pat, capsys):
    on_disk(three[0], 320).unlink()
    said = str(verify(capsys))
    for private in (pat.name, pat.user.email, *(photo.token for photo in three)):
        assert private not in said


def test_what_was_restored_from_a_backup_is_shown_again(three, capsys):
    kept = on_disk(three[0], 320).read_bytes()
    on_disk(three[0], 320).write_bytes(b"other")
    assert verify(capsys)[0] == 1
    on_disk(three[0], 320).write_bytes(kept)
    assert verify(capsys) == (0, [], "3 photos: 0 damaged, 1 whole again, 0 could not be read")
    assert not marked()


def test_the_first_time_that_it_was_found_out_stays(three, capsys):
    then = timezone.now() - datetime.timedelta(days=9)
    Photo.objects.filter(pk=three[0].pk).update(damaged_at=then)
    on_disk(three[0], 320).unlink()
    assert verify(capsys)[0] == 1
    assert Photo.objects.get(pk=three[0].pk).damaged_at == then


def test_a_photo_that_is_removed_meanwhile_is_not_damaged(three, capsys, monkeypatch):
    read = verify_media.damage.read

    def removed_before(photo, size):
        if photo == three[1] and size == SIZES[0]:
            Photo.objects.filter(pk=photo.pk).delete()
            on_disk(photo, size).unlink()
        return read(photo, size)

    monkeypatch.setattr(verify_media.damage, "read", removed_before)
    assert verify(capsys) == (0, [], "2 photos: 0 damaged, 0 whole again, 0 could not be read")


@contextmanager
def without_permission(folder):
    """As a user who may not open what lies there."""
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
    else:
        folder.chmod(0)
    try:
        yield
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
        else:
            folder.chmod(0o700)


def test_a_file_that_may_not_be_read_is_said_to_be_that_and_is_not_damaged(three, capsys):
    last = three[-1]
    Photo.objects.exclude(pk=last.pk).delete()
    with without_permission(on_disk(last, 320).parent):
        code, lines, summary = verify(capsys)
    assert code == 1
    assert lines == [f"photo {last.pk}: {size} px cannot be read: Permission denied" for size in SIZES]
    assert summary == "1 photos: 0 damaged, 0 whole again, 1 could not be read"
    assert not marked()


def test_a_disk_that_is_not_there_damages_no_photo(three, capsys, settings):
    settings.MEDIA_ROOT = settings.MEDIA_ROOT / "not-mounted"
    code, lines, summary = verify(capsys)
    assert (code, len(lines)) == (1, 3 * len(SIZES))
    assert summary.endswith("0 damaged, 0 whole again, 3 could not be read")
    assert not marked()


def test_photos_are_read_from_the_database_some_at_a_time(three, capsys, monkeypatch):
    monkeypatch.setattr(verify_media, "AT_ONCE", 2)
    with CaptureQueriesContext(connection) as asked:
        assert verify(capsys)[2].startswith("3 photos")
    assert len([one for one in asked if "LIMIT 2" in one["sql"]]) == 3


# Photos from before every size had a sum


def sums():
    return dict(Photo.objects.values_list("pk", "sums"))


def test_older_photos_get_the_sums_of_the_files_as_they_lie_there(three, capsys):
    before = sums()
    Photo.objects.exclude(pk=three[2].pk).update(sums={})
    assert verify(capsys)[0] == 0
    assert sums() == before


def test_of_an_older_photo_that_is_not_whole_no_sum_is_taken(three, capsys):
    Photo.objects.update(sums={})
    on_disk(three[0], 320).unlink()
    assert verify(capsys)[:2] == (1, [f"photo {three[0].pk}: 320 px is missing"])
    assert sums()[three[0].pk] == {}
    on_disk(three[0], 320).write_bytes(b"from a backup")
    assert verify(capsys)[0] == 0
    assert set(sums()[three[0].pk]) == {"1008", "320", "160"}


def test_sums_that_are_there_are_not_taken_again(three, capsys):
    on_disk(three[0], 320).write_bytes(b"other")
    before = sums()
    assert verify(capsys)[0] == 1
    assert sums() == before
