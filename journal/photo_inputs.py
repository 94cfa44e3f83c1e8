"""Where photos are put into a form: a file input for each view of an area, and one for any other photo."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.actions.photos import NewPhoto
from journal.likeness import HINDSIGHT, HINTS, LIMITS, hint
from journal.models import Photo
from journal.models.photo import PER_DAY, View, reference, views_of
from journal.photos import MAX_BYTES, REFUSALS, PhotoRefused, clean
from journal.words import place

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PATIENCE = 20  # seconds for all photos of a form; ordinary ones take two. The answers wait for them.

# What to do for a view: "left" alone could be the left of the screen, of the mirror, or of the one who looks.
POSES: "Mapping[str, StrOrPromise]" = {
    View.FRONT: gettext_lazy("Look straight at the camera"),
    View.LEFT: gettext_lazy("Left cheek to the camera"),
    View.RIGHT: gettext_lazy("Right cheek to the camera"),
    View.OVERVIEW: gettext_lazy("The whole area"),
    View.CLOSE: gettext_lazy("One spot, close up"),
}
AT_ONCE = ("empty", "large", "heic", "kind", "small")  # refusals that a browser can foresee
SHORTEST_SIDE = 200  # px, as in photo_child.py, which runs alone


@dataclass(frozen=True, slots=True)
class PhotoInput:
    """A file input for photos of one area: one photo of a view, or any whose view is not said."""

    name: str
    area: str
    view: str = ""
    beside: Photo | None = None  # what its photo will be held against
    kept: Sequence[Photo] = ()  # those that the day has already
    errors: Sequence[str] = ()

    @property
    def label(self) -> str:
        return str(View(self.view).label) if self.view else _("Another photo")

    @property
    def title(self) -> str:
        """Area and view, as a refusal names the photo."""
        return place(self.area, self.view)

    @property
    def pose(self) -> str:
        return str(POSES[self.view]) if self.view else ""


def photo_inputs(
    prefix: str, area: str, *, plain: str, there: Sequence[Photo] = (), kept: Sequence[Photo] = ()
) -> list[PhotoInput]:
    """One for each view of an area, in the order in which they are taken, and `plain` for any other photo.

    `there` are the photos that new ones may be held against, `kept` those that the day has already.
    """
    views = views_of(area)
    had = {view: [one for one in kept if one.subject == (area, view)] for view in views}
    others = [one for one in kept if one.area == area and one.view not in had]
    by_view = [
        PhotoInput(f"{prefix}_{area}_{view}", area, view, reference(there, area, view), had[view]) for view in views
    ]
    return [*by_view, PhotoInput(plain, area, kept=others)]


def take(input: PhotoInput, upload: IO[bytes], *, looked_at: int, until: float) -> NewPhoto | str:
    """The photo of an upload, or a sentence why it is not kept.

    `looked_at` is how many of the form were before it, kept or not: each costs as much. From `until` (of
    `time.monotonic`) on none is opened any more.
    """
    if looked_at >= PER_DAY:
        return _("At most %(day)s photos a day can be kept.") % {"day": PER_DAY}
    try:
        if time.monotonic() > until:
            raise PhotoRefused("busy")
        return NewPhoto(input.area, clean(upload), input.view)
    except PhotoRefused as refused:
        return str(refused)


def measuring(inputs: Iterable[PhotoInput]) -> dict[str, Any]:
    """What a page's scripts judge photos by, JSON-safe: limits, hints, refusals, and what is held against."""
    beside = {each.name: asdict(each.beside.measures) for each in inputs if each.beside and each.beside.measures}
    refused = {"most": MAX_BYTES, "least": SHORTEST_SIDE, "said": {reason: REFUSALS[reason] for reason in AT_ONCE}}
    return {"limits": LIMITS, "hints": HINTS, "beside": beside, "refused": refused}


def hints_on(photos: Iterable[NewPhoto], there: Sequence[Photo]) -> list[str]:
    """A sentence for each thing that would make the next photos better, with the photos that it is said of.

    `there` are those that were there before these.
    """
    said: dict[str, list[str]] = {}
    for new in photos:
        beside = reference(there, new.area, new.view) if new.view else None
        if code := hint(new.cleaned.measures, beside.measures if beside else None):
            said.setdefault(code, []).append(place(new.area, new.view))
    return [
        _("Kept: %(photos)s. %(hint)s") % {"photos": "; ".join(dict.fromkeys(places)), "hint": HINDSIGHT[code]}
        for code, places in said.items()
    ]
