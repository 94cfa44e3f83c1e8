"""Whether a photo's files are what was stored, and what follows where they are not."""

import datetime
import hashlib
import logging
from collections.abc import Mapping

from django.core.files.storage import default_storage

from journal.models import Photo
from journal.photos import SIZES

from .photos import FOLDER, path_of

log = logging.getLogger(__name__)


class Damaged(Exception):
    """A file is not what was stored, or is Missing. Its text says which of the two."""


class Missing(Damaged):
    """A file is not there. It may be on a disk that is not: only `verify_media` takes that for damage."""


class Unreadable(Exception):
    """A file could not be read, which says nothing about the photo. Its text says why."""


def sum_of(photo: Photo, size: int) -> str:
    """SHA-256 of one size when it was stored; empty for a smaller one of the time before those were kept."""
    kept: str = photo.sha256 if size == SIZES[0] else photo.sums.get(str(size), "")
    return kept


def read(photo: Photo, size: int) -> tuple[bytes, str]:
    """The JPEG of one size, exactly as it was stored, and its SHA-256. Raises Damaged and Unreadable."""
    try:
        with default_storage.open(path_of(photo.token, size)) as file:
            content: bytes = file.read()
    except (FileNotFoundError, IsADirectoryError):
        if not default_storage.exists(FOLDER):  # a disk that is not mounted damages no photo
            raise Unreadable("the folder of photos is not there") from None
        raise Missing("is missing") from None
    except OSError as error:
        log.error("photo %s cannot be read: %s", photo.pk, error.strerror)
        raise Unreadable(error.strerror or type(error).__name__) from error
    found = hashlib.sha256(content).hexdigest()
    if found != (sum_of(photo, size) or found):
        raise Damaged("is not what was stored")
    return content, found


def mark(*, photo: Photo, at: datetime.datetime) -> None:
    """Remember that a photo is damaged, since the first time that it was found out."""
    if Photo.objects.filter(pk=photo.pk, damaged_at=None).update(damaged_at=at):
        log.error("photo %s is damaged: run `manage.py verify_media`, and restore its files from a backup", photo.pk)


def keep_sums(*, photo: Photo, sums: Mapping[int, str], at: datetime.datetime) -> bool:
    """Give the smaller sizes of an older photo the sums of what lies on the disk: nothing earlier is known of them."""
    unknown = {str(size): found for size, found in sums.items() if not sum_of(photo, size)}
    return bool(unknown and Photo.objects.filter(pk=photo.pk, sums=photo.sums).update(sums=photo.sums | unknown))


def lift(*, photo: Photo, at: datetime.datetime) -> bool:
    """Take the mark away of a photo that was found whole at a moment; False where it has none, or a later one."""
    return bool(Photo.objects.filter(pk=photo.pk, damaged_at__lte=at).update(damaged_at=None))
