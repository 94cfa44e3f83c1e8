"""The photos of a patient to choose from, by session, each with a name of its own."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby

from django.utils.formats import time_format
from django.utils.translation import gettext as _

from journal import words
from journal.models import Photo


def of(photos: Sequence[Photo], right: Photo) -> list[tuple[str, list[tuple[Photo, str]]]]:
    """Every photo by session, the latest session first; in each, those of the right one's area and view first."""
    by_session = sorted(photos, key=_session_order, reverse=True)
    return [
        (words.session(treatment), _options(sorted(of_session, key=_rank(right.subject)), right))
        for treatment, of_session in groupby(by_session, key=lambda one: one.treatment)
    ]


def _session_order(photo: Photo) -> tuple[int, str]:
    return photo.treatment.treated_on.toordinal(), str(photo.treatment_id)


def _rank(wanted: tuple[str, str]) -> Callable[[Photo], tuple[object, ...]]:
    """One area and view first, then the others, each in order of day."""
    return lambda one: (one.subject != wanted, one.subject, one.order)


def _options(photos: Sequence[Photo], right: Photo) -> list[tuple[Photo, str]]:
    """Photos as choices. Those that would be called the same say when they came, and which of them they are."""
    named = [named_beside(photo, right) for photo in photos]
    alike, met, options = Counter(named), Counter[str](), []
    for photo, name in zip(photos, named, strict=True):
        met[name] += 1
        if alike[name] > 1:
            came = time_format(photo.added_at.astimezone(photo.treatment.zone), "H:i")
            said = {"photo": name, "time": came, "n": met[name], "all": alike[name]}
            name = _("%(photo)s, added at %(time)s (%(n)s of %(all)s)") % said
        options.append((photo, _("%(photo)s (damaged)") % {"photo": name} if photo.damaged_at else name))
    return options


def named_beside(photo: Photo, right: Photo) -> str:
    """A photo as a choice; of another session it says so, because a closed list does not show its headings."""
    said = {"moment": words.moment(photo), "place": words.place(photo.area, photo.view)}
    if photo.treatment_id == right.treatment_id:
        return _("%(moment)s · %(place)s") % said
    said["session"] = words.session(photo.treatment)
    return _("%(moment)s · %(place)s · %(session)s") % said
