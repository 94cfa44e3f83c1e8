"""Lists by pages: each begins after a row that the address names, however many came before it."""

import uuid
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

PER_PAGE = 50
Row = TypeVar("Row", bound=Model)


def named_in(request: HttpRequest, rows: QuerySet[Row]) -> Row | None:
    """The row that `?after=` names: the last of the page before. None without it, 404 where it is nothing."""
    named = request.GET.get("after")
    if not named:
        return None
    try:
        return get_object_or_404(rows, pk=uuid.UUID(named))
    except ValueError:
        raise Http404 from None
