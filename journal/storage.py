import os
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Files on the local disk that are whole or not there: written aside, flushed to the disk, then renamed."""

    def _save(self, name: str, content: "File[Any] | IO[Any]") -> str:
        target = Path(self.path(name))
        _make(target.parent)
        aside = target.with_suffix(".part")
        try:
            with open(aside, "xb", opener=_private) as file:
                file.write(content.read())
                file.flush()
                os.fsync(file.fileno())
            aside.rename(target)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _flush(target.parent)
        return name


def _make(folder: Path) -> None:
    """Make a folder with those above it, so that they are there after a power cut like the files in them."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _flush(folder.parent)


def _flush(folder: Path) -> None:
    """The names in a folder to the disk."""
    open_folder = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(open_folder)
    finally:
        os.close(open_folder)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
