"""Files that no photo names are removed once they are an hour old; nothing else ever is."""

import datetime
import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from journal.actions import orphans, people, photos
from journal.actions.orphans import Swept, sweep
from journal.actions.photos import attach, path_of, storing
from journal.models import Photo
from journal.models.photo import PER_DAY, new_token
from journal.photos import SIZES

from .tables import files_kept, picture

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def photo(treatment, now):
    call = {"treatment": treatment, "on": treatment.date_of(3), "by": treatment.patient.user, "at": now}
    photos.add(photos=[picture("cheek")], **call)
    return Photo.objects.get()


def put(path, minutes=61):
    """A file that was last written so many minutes ago."""
    default_storage.save(path, ContentFile(b"skin"))
    aged(path, minutes)
    return path


def aged(path, minutes):
    then = (timezone.now() - datetime.timedelta(minutes=minutes)).timestamp()
    os.utime(default_storage.path(path), (then, then))


def leftovers(minutes=61, sizes=SIZES):
    token = new_token()
    return {put(path_of(token, size), minutes) for size in sizes}


def kept(photo):
    return {path_of(photo.token, size) for size in SIZES}


def test_before_the_first_photo_there_is_nothing_to_sweep(db, now):
    assert sweep(at=now) == Swept(removed=0, strange=0)


def test_an_hour_later_files_without_a_row_are_gone_and_those_of_a_photo_stay(photo, now):
    leftovers()
    leftovers(sizes=SIZES[:2])  # killed between two sizes
    for path in kept(photo):
        aged(path, 60 * 24 * 365)
    assert sweep(at=now) == Swept(removed=6, strange=0)
    assert files_kept() == kept(photo)


def test_what_is_younger_than_an_hour_may_still_get_its_row(photo, now):
    young = leftovers(minutes=59)
    assert sweep(at=now).removed == 0
    assert files_kept() == kept(photo) | young
    assert sweep(at=now + HOUR).removed == 4


def test_a_file_that_was_never_finished_goes_too_even_beside_a_photo(photo, now):
    put(f"photos/{photo.token[:2]}/{photo.token}-320.part")
    young = put(f"photos/{photo.token[:2]}/{photo.token}-160.part", minutes=5)
    put("photos/ab/abcdefghijklmnopqrstuv-2016.part")
    assert sweep(at=now).removed == 2
    assert files_kept() == kept(photo) | {young}


@pytest.mark.parametrize(
    "name",
    [
        "photos/README.txt",
        "photos/ab/holiday.jpg",
        "photos/ab/abcdefghijklmnopqrstuv-320.png",
        "photos/ab/abcdefghijklmnopqrstuv.jpg",
        "photos/zz/abcdefghijklmnopqrstuv-320.jpg",
        "photos/ab/abcdefghijklmnopqrstuvw-320.jpg",
        "photos/ab/deeper/abcdefghijklmnopqrstuv-320.jpg",
        "photos/.lost+found/abcdefghijklmnopqrstuv-320.jpg",
    ],
)
def test_a_name_that_is_none_of_ours_is_left_alone_and_counted(photo, now, name):
    put(name, minutes=60 * 24)
    assert sweep(at=now) == Swept(removed=0, strange=1)
    assert name in files_kept()


def test_what_lies_beside_the_photos_is_not_even_looked_at(photo, now):
    put("exports/abcdefghijklmnopqrstuv-320.jpg")
    assert sweep(at=now) == Swept(removed=0, strange=0)


def test_a_photo_that_gets_its_row_during_the_sweep_is_kept(treatment, photo, now, monkeypatch):
    """Files are listed before rows are asked for: here the row comes between the two."""
    call = {"treatment": treatment, "on": treatment.date_of(2), "by": treatment.patient.user, "at": now}
    listed = orphans._listed

    def listed_then_committed():
        for paths in list(listed()):
            for path in paths:
                aged(path, 120)
            attach(stored=stored, **call)
            yield paths

    with storing([picture("brow")]) as stored:
        monkeypatch.setattr(orphans, "_listed", listed_then_committed)
        assert sweep(at=now).removed == 0
    assert files_kept() == {path for one in Photo.objects.all() for path in kept(one)}


def test_rows_of_more_files_than_are_asked_for_at_once_are_all_found(treatment, photo, now, monkeypatch):
    monkeypatch.setattr(orphans, "AT_ONCE", 3)
    lost = set.union(*(leftovers() for _photo in range(5)))
    assert sweep(at=now).removed == len(lost)
    assert files_kept() == kept(photo)


def test_what_the_first_upload_of_all_left_is_swept(db, now):
    lost = set.union(*(leftovers() for _photo in range(PER_DAY)))
    assert sweep(at=now).removed == len(lost)


def test_an_empty_database_beside_ten_photos_is_the_wrong_one(db, now, caplog):
    lost = set.union(*(leftovers() for _photo in range(10)))
    assert sweep(at=now) == Swept(removed=0, strange=0)
    assert "is this the right database" in caplog.text
    assert files_kept() == lost


def test_a_database_that_knows_almost_none_of_the_files_is_the_wrong_one(photo, now, caplog):
    lost = set.union(*(leftovers() for _photo in range(PER_DAY + 1)))
    assert sweep(at=now) == Swept(removed=0, strange=0)
    assert "is this the right database" in caplog.text
    assert files_kept() == kept(photo) | lost
    call_command("tick", "--sweep-all")
    assert files_kept() == kept(photo)


def test_uploads_on_their_way_are_not_counted_as_lost(photo, now):
    young = set.union(*(leftovers(minutes=1) for _photo in range(PER_DAY + 1)))
    lost = leftovers()
    assert sweep(at=now).removed == len(lost)
    assert files_kept() == kept(photo) | young


def test_files_that_could_not_be_removed_with_the_consent_are_swept_later(
    pat, photo, now, django_capture_on_commit_callbacks, caplog
):
    stuck = Path(default_storage.path(path_of(photo.token, 1008)))
    stuck.unlink()
    (stuck / "within").mkdir(parents=True)  # neither a file nor an empty folder can be made of it
    with django_capture_on_commit_callbacks(execute=True):
        people.withdraw_photo_consent(patient=pat, at=now)
    assert not Photo.objects.exists()
    assert not files_kept()
    assert "is swept later" in caplog.text
    assert photo.token not in caplog.text
    (stuck / "within").rmdir()
    stuck.rmdir()
    put(path_of(photo.token, 1008))  # the disk gives it back
    assert sweep(at=now).removed == 1
    assert not files_kept()


def test_a_file_that_cannot_be_removed_holds_up_no_other(photo, now, monkeypatch, caplog):
    lost = sorted(leftovers())
    Path(default_storage.path(lost[0])).unlink()
    Path(default_storage.path(lost[0]), "within").mkdir(parents=True)
    aged(lost[0], 120)
    monkeypatch.setattr(orphans, "_listed", lambda: iter([lost]))
    assert sweep(at=now).removed == 3
    assert "cannot be removed" in caplog.text


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_no_transaction_is_open_while_files_are_removed(now, monkeypatch):
    leftovers()
    remove, open_then = orphans._remove, []

    def watched(path):
        open_then.append(transaction.get_connection().in_atomic_block)
        return remove(path)

    monkeypatch.setattr(orphans, "_remove", watched)
    sweep(at=now)
    assert open_then == [False] * 4


def test_tick_sweeps_and_says_how_many(photo, capsys):
    leftovers()
    put("photos/README.txt")
    call_command("tick")
    assert capsys.readouterr().out.endswith(", files without a photo removed: 4\n")
    call_command("tick")
    assert capsys.readouterr().out == ""
    call_command("tick", verbosity=2)
    assert capsys.readouterr().out.endswith(", files without a photo removed: 0, files of others left alone: 1\n")
