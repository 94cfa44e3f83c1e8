"""Whether a photo's files are what was stored, and what follows where they are not."""

import datetime
import hashlib
import logging

from django.core.files.storage import default_storage

from journal.models import Photo
from journal.photos import SIZES

from .photos import FOLDER, path_of

log = logging.getLogger(__name__)


class Damaged(Exception):
    """A file is missing, or is not what was stored. Its text says which of the two."""


class Unreadable(Exception):
    """A file could not be read, which says nothing about the photo. Its text says why."""


def sum_of(photo: Photo, size: int) -> str | None:
    """SHA-256 of one size when it was stored; None for a smaller one that was lost before sums were kept."""
    kept: str | None = photo.sha256 if size == SIZES[0] else photo.sums.get(str(size))
    return kept


def read(photo: Photo, size: int) -> bytes:
    """The JPEG of one size, exactly as it was stored. Raises Damaged and Unreadable."""
    try:
        with default_storage.open(path_of(photo.token, size)) as file:
            content: bytes = file.read()
    except (FileNotFoundError, IsADirectoryError):
        if not default_storage.exists(FOLDER):  # a disk that is not mounted damages no photo
            raise Unreadable("the folder of photos is not there") from None
        raise Damaged("is missing") from None
    except OSError as error:
        raise Unreadable(error.strerror or type(error).__name__) from error
    if hashlib.sha256(content).hexdigest() != sum_of(photo, size):
        raise Damaged("is not what was stored")
    return content


def mark(*, photo: Photo, at: datetime.datetime) -> None:
    """Remember that a photo is damaged, since the first time that it was found out."""
    if Photo.objects.filter(pk=photo.pk, damaged_at=None).update(damaged_at=at):
        log.error("photo %s is damaged: run `manage.py verify_media`, and restore its files from a backup", photo.pk)


def lift(*, photo: Photo, at: datetime.datetime) -> bool:
    """Take the mark away of a photo that was found whole at a moment; False where it has none, or a later one."""
    return bool(Photo.objects.filter(pk=photo.pk, damaged_at__lte=at).update(damaged_at=None))
