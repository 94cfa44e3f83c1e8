"""Files that no photo names: what a killed worker or a failing disk left behind."""

import datetime
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files.storage import default_storage

from journal.models import Photo
from journal.models.photo import PER_DAY
from journal.photos import SIZES

from .photos import FOLDER

OLD = datetime.timedelta(hours=1)  # by then an upload has its row, or never gets one
AT_ONCE = 4000  # files whose rows are asked for together: of about a thousand photos
FEW = PER_DAY * len(SIZES)  # files that one killed upload can leave
OURS = re.compile(rf"{FOLDER}/(..)/(\1[\w-]{{20}})-[0-9]+\.(?:jpg|part)", re.ASCII)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """Numbers of files: removed now, and left alone because their names are none of ours."""

    removed: int
    strange: int


def sweep(*, at: datetime.datetime, all_of_them: bool = False) -> Swept:
    """Remove files that have belonged to no photo for an hour, unless so many do that rows must be missing.

    More than one upload's worth and a tenth of all files is too many: the database is the wrong one, or came back
    from a backup older than the files. Somebody has to look; `all_of_them` is what she says then.

    Called outside transactions, because a disk is slow.
    """
    orphans: list[str] = []
    named = strange = 0
    for paths in _listed():
        tokens = {path: ours[2] for path in paths if (ours := OURS.fullmatch(path))}
        strange += len(paths) - len(tokens)
        # Files first, then rows: a photo that gets its row in between is seen to have one.
        known = set(Photo.objects.filter(token__in=set(tokens.values())).values_list("token", flat=True))
        lost = [path for path, token in tokens.items() if token not in known or path.endswith(".part")]
        named += len(tokens) - len(lost)
        orphans += lost
    old = [path for path in orphans if _is_older(path, at - OLD)]
    if not all_of_them and len(old) > max(FEW, named // 10):
        log.error(
            "%s files without a photo, %s with one: is this the right database, and as new as the files? "
            "Then `manage.py tick --sweep-all` removes them.",
            len(old),
            named,
        )
        return Swept(0, strange)
    return Swept(sum(map(_remove, old)), strange)


def _listed() -> Iterator[list[str]]:
    """The paths of all files, some folders' at a time; a folder where a file should be ends in a slash."""
    try:
        folders, paths = _names(f"{FOLDER}/")
    except FileNotFoundError:  # nothing was ever stored
        return
    for folder in folders:
        below, files = _names(folder)
        paths += below + files
        if len(paths) >= AT_ONCE:
            yield paths
            paths = []
    yield paths


def _names(folder: str) -> tuple[list[str], list[str]]:
    """Paths of the folders and of the files in a folder."""
    folders, files = default_storage.listdir(folder)
    return [f"{folder}{name}/" for name in folders], [f"{folder}{name}" for name in files]


def _is_older(path: str, moment: datetime.datetime) -> bool:
    """Whether a file was last written before a moment; one that is gone meanwhile was not."""
    try:
        return default_storage.get_modified_time(path) < moment
    except FileNotFoundError:
        return False


def _remove(path: str) -> bool:
    """Remove a file; whether it was there and is gone now."""
    try:
        if not default_storage.exists(path):  # somebody else was faster
            return False
        default_storage.delete(path)
    except OSError as error:
        log.warning("a file without a photo cannot be removed: %s", error.strerror)
        return False
    return True
