"""Photos of a course for tests, how two were lined up, and what a page shows of them."""

import datetime
import re
from dataclasses import replace

from django.utils import timezone

from journal.actions import alignments, photos
from journal.models import Photo

from .tables import ALIKE, picture

DARKER = replace(ALIKE, brightness=90.0)
BLURRED = replace(ALIKE, sharpness=0.2)
DONT = "Do not judge redness by these two."

START = datetime.date(2026, 6, 15)
LEFT_SPOTS, RIGHT_SPOTS = [[0.2, 0.3], [0.6, 0.3]], [[0.25, 0.35], [0.65, 0.35]]


def shoot(treatment, day, *, view="front", area="face", measures=ALIKE, baseline=False):
    """A photo of a day, kept by the patient."""
    name = f"{treatment.pk} {day} {area} {view} {baseline} {measures}"
    on = treatment.date_of(day)
    photos.add(
        treatment=treatment,
        on=on,
        photos=[picture(name, area, view, measures)],
        by=treatment.patient.user,
        at=timezone.now(),
        baseline=baseline,
    )
    return Photo.objects.latest("pk")


def line_up(treatment, left, right, left_spots=LEFT_SPOTS, right_spots=RIGHT_SPOTS):
    by = treatment.patient.user
    return alignments.save(one=left, other=right, spots=(left_spots, right_spots), by=by, at=timezone.now())


def damage(photo):
    Photo.objects.filter(pk=photo.pk).update(damaged_at=timezone.now())


def frames(page):
    """The photos shown large, from left to right."""
    tokens = re.findall(r'data-full="/photo/([\w-]+)/"', page.content.decode())
    return [Photo.objects.get(token=token) for token in tokens]
