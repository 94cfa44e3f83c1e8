"""Where photos are put into a form: a file input for each view of an area, and one for any other photo."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from journal.actions.photos import NewPhoto
from journal.likeness import HINTS, LIMITS, hint
from journal.models import Photo
from journal.models.photo import View, reference, views_of
from journal.words import place


@dataclass(frozen=True, slots=True)
class PhotoInput:
    """A file input for photos of one area: one photo of a view, or any whose view is not said."""

    name: str
    area: str
    view: str = ""
    beside: Photo | None = None  # what its photo will be held against
    kept: bool = False  # the day has such a photo already
    errors: Sequence[str] = ()

    @property
    def label(self) -> str:
        return str(View(self.view).label) if self.view else _("Another photo")

    @property
    def title(self) -> str:
        """Area and view, as a refusal names the photo."""
        return place(self.area, self.view)


def photo_inputs(
    prefix: str, area: str, *, plain: str, there: Sequence[Photo] = (), kept: Sequence[Photo] = ()
) -> list[PhotoInput]:
    """One for each view of an area, in the order in which they are taken, and `plain` for any other photo.

    `there` are the photos that new ones may be held against, `kept` those that the day has already.
    """
    had = {(photo.area, photo.view) for photo in kept}
    views = [
        PhotoInput(f"{prefix}_{area}_{view}", area, view, reference(there, area, view), (area, view) in had)
        for view in views_of(area)
    ]
    return [*views, PhotoInput(plain, area)]


def measuring(places: Iterable[PhotoInput]) -> dict[str, Any]:
    """What a page's scripts judge light and sharpness by, JSON-safe: limits, hints, and what is held against."""
    beside = {place.name: asdict(place.beside.measures) for place in places if place.beside and place.beside.measures}
    return {"limits": LIMITS, "hints": HINTS, "beside": beside}


def hints_on(photos: Iterable[NewPhoto], there: Sequence[Photo]) -> list[str]:
    """A sentence for each thing that would make kept photos better, with the photos that it is said of."""
    said: dict[str, list[str]] = {}
    for new in photos:
        beside = reference(there, new.area, new.view)
        if code := hint(new.cleaned.measures, beside.measures if beside else None):
            said.setdefault(code, []).append(place(new.area, new.view))
    return [
        _("Kept: %(photos)s. %(hint)s") % {"photos": "; ".join(dict.fromkeys(places)), "hint": HINTS[code]}
        for code, places in said.items()
    ]
