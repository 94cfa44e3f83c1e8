import os
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Files on the local disk that are whole or not there: written aside, flushed to the disk, then renamed."""

    def _save(self, name: str, content: "File[Any] | IO[Any]") -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
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
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
