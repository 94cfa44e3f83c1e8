"""What a clinic's flags brought in the last twelve months."""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from accounts.models import Clinic
from journal.models import Entry, Flag
from journal.models.protocol import protocol_of
from journal.worth import FEWEST, Raised, Worth, by_month, by_rule, worth

from .patients import clinic_of
from .waiting import in_hours

MONTHS = 12
OF_FLAG = ("pk", "rule", "state", "raised_at", "first_look_at")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what it is about, and what that brought, each figure with its name."""

    names: Sequence[str]
    cells: Sequence[tuple[str, str]]


@require_safe
@clinician_required
def clinic_yield(request: AuthenticatedRequest) -> HttpResponse:
    """How many flags there were, what came of them and how long they waited; no patient is named."""
    clinic = clinic_of(request.user)
    since = _first_month(timezone.now().astimezone(clinic.zone).date())
    begin = datetime.datetime.combine(since, datetime.time(), clinic.zone)
    flags = Flag.objects.visible_to(request.user).filter(clinic=clinic, raised_at__gte=begin)
    raised = list(_raised(flags, clinic))
    # Naming the clinic lets an index serve it.
    entries = _by_month(Entry.objects.visible_to(request.user).filter(treatment__clinic=clinic, on__gte=since))
    written, live = sum(entries.values()), sum(flag.live for flag in raised)
    titles = _titles(flags)
    context = {
        "clinic": clinic,
        "since": since,
        "is_told": len(raised) >= FEWEST,
        "facts": [
            (_("Entries"), _number(written)),
            *_cells(worth(raised, written)),
            (_("Not closed yet"), _count(live)),
        ],
        "fewest": FEWEST,
        "by_rule": [Line([titles[rule] for rule in rules], _cells(told)) for rules, told in by_rule(raised, written)],
        "by_month": [Line([_span(months)], _cells(told)) for months, told in by_month(raised, entries)],
        "here": "rules",
    }
    return render(request, "clinic/yield.html", context)


def _first_month(today: datetime.date) -> datetime.date:
    """The first day of the earliest of the months, this one being the last."""
    months = today.year * 12 + today.month - MONTHS
    return datetime.date(months // 12, months % 12 + 1, 1)


def _raised(flags: QuerySet[Flag], clinic: Clinic) -> Iterator[Raised]:
    closings = flags.filter(reviews__state=Flag.State.CLOSED).order_by("reviews__at", "reviews__id")
    said = {pk: said for pk, *said in closings.values_list("pk", "reviews__outcome", "reviews__useful")}
    for pk, rule, state, raised_at, looked_at in flags.order_by().values_list(*OF_FLAG):
        live = state in Flag.LIVE
        outcome, useful = ("", "") if live else said.get(pk, ("", ""))
        yield Raised(
            rule=rule,
            month=raised_at.astimezone(clinic.zone).date().replace(day=1),
            live=live,
            outcome=outcome,
            useful=useful,
            waited=clinic.opening.open_between(raised_at, looked_at) if looked_at else None,
        )


def _by_month(entries: QuerySet[Entry]) -> Counter[datetime.date]:
    """How many were written for each month; counted by date, because SQLite asks Python for the month of every row."""
    found: Counter[datetime.date] = Counter()
    for on, number in entries.order_by().values_list("on").annotate(Count("pk")):
        found[on.replace(day=1)] += number
    return found


def _titles(flags: QuerySet[Flag]) -> dict[str, str]:
    """Each rule's name in the latest version that raised a flag by it."""
    versions = flags.order_by("protocol_version").values_list("rule", "protocol_version").distinct()
    return {rule: protocol_of(version).rule(rule).title for rule, version in versions}


def _span(months: Sequence[datetime.date]) -> str:
    first, last = (date_format(month, "M Y") for month in (months[0], months[-1]))
    return first if len(months) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}


def _cells(told: Worth) -> list[tuple[str, str]]:
    return [
        (_("Flags"), _number(told.flags)),
        (_("For 100 entries"), _too_few() if told.per_100 is None else number_format(told.per_100, 1)),
        (_("Acted on"), _share(told.acted_on, told.closed)),
        (_("Useful"), _share(told.useful, told.closed)),
        (_("Half looked at within"), _time(told.usual_wait)),
        (_("Nine in ten within"), _time(told.longest_waits)),
    ]


def _count(number: int) -> str:
    return _("fewer than %(n)s") % {"n": FEWEST} if 0 < number < FEWEST else _number(number)


def _number(number: int) -> str:
    return number_format(number, force_grouping=True)


def _share(percent: int | None, closed: int) -> str:
    if not closed:
        return _("none closed yet")
    return _too_few() if percent is None else _("%(n)s %%") % {"n": percent}


def _time(wait: datetime.timedelta | None) -> str:
    return _too_few() if wait is None else in_hours(int(wait.total_seconds()) // 60)


def _too_few() -> str:
    return _("too few")
