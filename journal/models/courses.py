"""All stored courses, read many at a time, for who wants every one of them. Changes nothing."""

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from journal.recovery.course import Course, Reading
from journal.recovery.scale import QUESTIONS

from .entry import Entry
from .treatment import Treatment

CHUNK = 200  # courses in memory at a time, some thousand entries
RUNNING = datetime.timedelta(days=90)  # the last late check-in is on day 84
OF_COURSE = (
    "treated_on",
    "time_zone",
    "areas",
    "depth_mm",
    "modality",
    "skin_tone",
    "risk_factors",
    "protocol_version",
)
OF_READING = ("redness_cant_tell", "ticked", "signs_answered", "temperature_c", "worried")


def running(clinic: int, today: datetime.date) -> QuerySet[Treatment]:
    """A clinic's (its id) standing treatments that are to come, or that the journal may still ask about."""
    later = Treatment.objects.taking_place().filter(patient=OuterRef("patient"), treated_on__gt=OuterRef("treated_on"))
    over = Exists(later.filter(treated_on__lte=today))
    mine = Treatment.objects.standing().filter(patient__clinic=clinic, treated_on__gte=today - RUNNING)
    return mine.filter(~over).select_related("patient")


def courses(now: datetime.datetime, among: QuerySet[Treatment] | None = None) -> Iterator[tuple[Treatment, Course]]:
    """Every course of a treatment that was not cancelled, as it stands at `now`, in two queries for CHUNK of them.

    Of those `among` some treatments only, if any are named. Read piece by piece, so what is saved meanwhile may or
    may not be seen.
    """
    later = Treatment.objects.taking_place().filter(patient=OuterRef("patient"), treated_on__gt=OuterRef("treated_on"))
    following = Subquery(later.order_by("treated_on").values("treated_on")[:1])
    # Any, because types know nothing of an annotated column.
    standing: Any = Treatment.objects.standing().annotate(next_on=following).only(*OF_COURSE).order_by("pk")
    if among is not None:
        standing = standing.filter(pk__in=among.order_by().values("pk"))
    chunk = list(standing[:CHUNK])
    while chunk:
        readings = dict(_readings({treatment.pk: treatment.treated_on for treatment in chunk}))
        for treatment in chunk:
            as_of_day = treatment.day_of(treatment.missed_to(now, treatment.next_on))
            read = readings.get(treatment.pk, ())
            yield treatment, replace(treatment.course(entries=()), readings=read, as_of_day=as_of_day)
        chunk = list(standing.filter(pk__gt=chunk[-1].pk)[:CHUNK])


def _readings(treated_on: Mapping[UUID, datetime.date]) -> Iterator[tuple[UUID, tuple[Reading, ...]]]:
    """The readings of each treatment that has any, in order of their days.

    From bare columns: a million rows as models take too long, and so do the keys and the signs of each as anything
    but text, because the same few come again and again.
    """
    rows = (
        Entry.objects.filter(treatment__in=treated_on)
        .annotate(key=Cast("treatment_id", TextField()), ticked=Cast("signs", TextField()))
        .order_by("treatment_id", "on")
        .values_list("key", "on", *OF_READING, *QUESTIONS)
    )
    for key, of_course in groupby(rows.iterator(), key=itemgetter(0)):
        treatment = UUID(key)
        day_zero = treated_on[treatment]
        yield treatment, tuple(_reading((on - day_zero).days, *answers) for _, on, *answers in of_course)


def _reading(
    day: int,
    cant_tell: bool,
    ticked: str,
    signs_answered: bool,
    celsius: Decimal | None,
    worried: bool,
    *scores: int | None,
) -> Reading:
    return Reading(
        day=day,
        scores={question: score for question, score in zip(QUESTIONS, scores, strict=True) if score is not None},
        cant_tell=cant_tell,
        signs=_signs(ticked),
        signs_answered=signs_answered,
        temperature_c=None if celsius is None else float(celsius),
        worried=worried,
    )


@lru_cache
def _signs(ticked: str) -> frozenset[str]:
    return frozenset(json.loads(ticked))
