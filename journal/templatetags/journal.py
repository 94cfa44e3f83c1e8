"""How scores, signs, days, tiers, photos and phone numbers are written on pages."""

import datetime
import re
from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _

from journal import words
from journal.models import Alignment, Photo, Treatment
from journal.models.photo import reference
from journal.recovery import scale, wording
from journal.recovery.course import Finding
from journal.recovery.scale import Tier
from journal.views.record import Record

register = template.Library()


@register.filter
def score_word(score: int | None) -> str:
    return "" if score is None else _(scale.WORDS[score])


@register.filter
def question_label(code: str) -> str:
    return _("Signs") if code == "signs" else _(scale.QUESTION_LABELS[code])


@register.filter
def question_hint(code: str) -> str:
    return str(words.HINTS[code])


@register.filter
def sign_label(code: str) -> str:
    return words.sign_label(code)


@register.filter
def area_label(code: str) -> str:
    return _(scale.AREAS.get(code, code))


@register.filter
def risk_label(code: str) -> str:
    return _(scale.RISK_FACTORS.get(code, code))


@register.filter
def tier_code(tier: int) -> str:
    return Tier(tier).text


@register.filter
def day_on(on: datetime.date, treatment: Treatment) -> int:
    """Day number of a local date in a treatment."""
    return treatment.day_of(on)


@register.simple_tag
def finding_line(finding: Finding, treatment: Treatment, for_patient: bool) -> str:
    """A finding in a line of the timeline; empty where the clinic keeps it to itself."""
    if for_patient and not words.may_read(finding.tier, treatment.patient.clinic):
        return ""
    return wording.why(finding, treatment.protocol, _)


@register.filter
def moment(photo: Photo) -> str:
    return words.moment(photo)


@register.filter
def place(photo: Photo) -> str:
    return words.place(photo.area, photo.view)


@register.filter
def photo_said(photo: Photo) -> str:
    return words.photo_said(photo)


@register.filter
def has_photos(record: Record) -> bool:
    return bool(_photos_of(record))


@register.simple_tag
def held_against(photos: Sequence[Photo], record: Record) -> list[tuple[Photo, Photo | None, words.Likeness | None]]:
    """Each photo with the reference of its area and view, and whether the two were taken alike."""
    rows = [(photo, reference(_photos_of(record), photo.area, photo.view)) for photo in photos]
    marked = Alignment.objects.among([photo for row in rows for photo in row if photo])
    by_pair = {frozenset((one.one_id, one.other_id)): one for one in marked}
    return [(photo, first, _likeness(first, photo, by_pair)) for photo, first in rows]


def _likeness(first: Photo | None, photo: Photo, marked: dict[frozenset[int], Alignment]) -> words.Likeness | None:
    if first is None or first == photo or photo.damaged_at:
        return None
    alignment = marked.get(frozenset((first.pk, photo.pk)))
    return words.likeness(first, photo, alignment.distance(first, photo) if alignment else None)


@register.simple_tag
def later_photo(photos: Sequence[Photo], treatment: Treatment) -> Photo | None:
    """The first of some photos that there is an earlier one of the same area and view for."""
    there = list(treatment.photos.all())
    held = ((photo, reference(there, photo.area, photo.view)) for photo in photos if not photo.damaged_at)
    return next((photo for photo, first in held if first not in (None, photo)), None)


def _photos_of(record: Record) -> list[Photo]:
    return [*record.baseline, *(photo for day in record.days for photo in day.photos)]


@register.filter
def tel(phone: str) -> str:
    """A phone number as a `tel:` address."""
    return "tel:" + re.sub(r"[^0-9+]", "", phone)
