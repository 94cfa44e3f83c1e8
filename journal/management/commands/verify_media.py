from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from journal.actions import damage
from journal.models import Photo
from journal.photos import SIZES

AT_ONCE = 500  # photos held in memory


class Command(BaseCommand):
    help = (
        "Reads every size of every photo and compares it with what was stored. Damaged photos are named by number and "
        "shown to nobody until they are whole again. Exit code 1 if any is damaged or cannot be read."
    )

    def handle(self, **options: Any) -> None:
        photos = damaged = whole_again = unread = 0
        for photo in _all():
            began = timezone.now()
            sums, faults, hidden = self._compare(photo)
            if faults and not Photo.objects.filter(pk=photo.pk).exists():
                continue  # removed meanwhile
            for fault in faults + hidden:
                self.stdout.write(f"photo {photo.pk}: {fault}")
            photos += 1
            damaged += bool(faults)
            unread += bool(hidden and not faults)
            if faults:
                damage.mark(photo=photo, at=began)
            elif not hidden:
                damage.keep_sums(photo=photo, sums=sums, at=began)
                whole_again += damage.lift(photo=photo, at=began)
        summary = f"{photos} photos: {damaged} damaged, {whole_again} whole again, {unread} could not be read"
        if damaged or unread:
            raise CommandError(summary, returncode=1)
        self.stdout.write(summary)

    def _compare(self, photo: Photo) -> tuple[dict[int, str], list[str], list[str]]:
        """The sums of its sizes; what is wrong with them, and which could not be read, as sentences."""
        sums: dict[int, str] = {}
        faults, hidden = [], []
        for size in SIZES:
            try:
                _content, sums[size] = damage.read(photo, size)
            except damage.Damaged as fault:
                faults.append(f"{size} px {fault}")
            except damage.Unreadable as reason:
                hidden.append(f"{size} px cannot be read: {reason}")
        return sums, faults, hidden


def _all() -> Iterator[Photo]:
    """Every photo, some at a time and without a cursor kept open, because reading them all takes long."""
    last = 0
    while page := list(Photo.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        yield from page
        last = page[-1].pk
