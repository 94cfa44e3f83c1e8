"""Photos held against the first one of their area and view, and whether each was taken like it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from journal.models import Alignment, Photo
from journal.models.photo import reference
from journal.words import Likeness, likeness


@dataclass(frozen=True, slots=True)
class Beside:
    """A photo and its reference, both None where there is nothing to hold it against."""

    photo: Photo
    first: Photo | None
    likeness: Likeness | None

    @property
    def without_before(self) -> bool:
        """Whether it is held against one that was taken after the treatment."""
        return bool(self.likeness and self.first and not self.first.is_from_before)


def beside_first(photos: Iterable[Photo], among: Sequence[Photo], user: User) -> list[Beside]:
    """Each of some photos with its reference `among` those of its treatment. One query, for what was lined up."""
    pairs = [(photo, reference(among, photo.area, photo.view)) for photo in photos]
    shown = {photo for pair in pairs for photo in pair if photo}
    marked = Alignment.objects.visible_to(user).among(shown).by_pair()
    return [_beside(photo, first, marked) for photo, first in pairs]


def _beside(photo: Photo, first: Photo | None, marked: Mapping[frozenset[int], Alignment]) -> Beside:
    if first is None or first == photo:
        return Beside(photo, None, None)
    alignment = marked.get(frozenset((first.pk, photo.pk)))
    return Beside(photo, first, None if photo.damaged_at else likeness(first, photo, alignment))
