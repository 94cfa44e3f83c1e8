"""The photos of one treatment as strips: one for each area and view, in order of day, with its gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from journal import words
from journal.models import Entry, Photo
from journal.models.photo import View, reference
from journal.recovery.scale import AREAS
from journal.recovery.stretches import span

from .pair import Shot, in_order


@dataclass(frozen=True, slots=True)
class Tile:
    """A photo of a strip, or the days without one before it."""

    shot: Shot | None = None
    gap: str = ""

    @property
    def told(self) -> str:
        """The day and its scores in one line, for the film."""
        if not self.shot:
            return ""
        return " · ".join([self.shot.moment, *(f"{label} {word}" for label, word in self.shot.answers)])


@dataclass(frozen=True, slots=True)
class Strip:
    area: str
    view: str
    reference: Photo | None
    tiles: list[Tile] = field(default_factory=list)

    @property
    def place(self) -> str:
        return words.place(self.area, self.view)

    @property
    def shots(self) -> list[Shot]:
        """What can be shown: the film."""
        return [tile.shot for tile in self.tiles if tile.shot and not tile.shot.photo.damaged_at]

    @property
    def newest(self) -> Photo | None:
        return self.shots[-1].photo if self.shots else None


def of(photos: Sequence[Photo], entries: Mapping[int, Entry]) -> list[Strip]:
    """Strips in the order in which areas and views are asked for, what was not said last."""
    places = sorted({(photo.area, photo.view) for photo in photos}, key=_rank)
    return [_strip(place, photos, entries) for place in places]


def _rank(place: tuple[str, str]) -> tuple[int, int]:
    areas, views = list(AREAS), [*View.values, ""]
    return areas.index(place[0]) if place[0] in areas else len(areas), views.index(place[1])


def _strip(place: tuple[str, str], photos: Sequence[Photo], entries: Mapping[int, Entry]) -> Strip:
    strip = Strip(*place, reference(photos, *place))
    latest = -1
    for photo in sorted((one for one in photos if (one.area, one.view) == place), key=in_order):
        day = photo.treatment.day_of(photo.on)
        if not photo.baseline and day - latest > 1:
            strip.tiles.append(Tile(gap=span(latest + 1, day - 1, gettext)))
        if not photo.baseline:
            latest = max(latest, day)
        strip.tiles.append(Tile(Shot(photo, entries.get(photo.pk))))
    return strip
