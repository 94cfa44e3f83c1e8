"""What waits for a clinician, as lists; and marking several timelines without a flag as seen at once."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import clinician_required
from accounts.http import AuthenticatedRequest
from journal.actions import looks
from journal.models import Treatment
from journal.seen_form import SeenForm

from .clock import clock
from .pages import PER_PAGE, named_in
from .patients import clinic_of
from .places import back_to
from .queues import QUEUES, Calls, Flagged, Messages, Queue, Unflagged
from .waiting import opening_said, promises

# What inbox.js does; each of them is a button or a link of a line too.
MOVE = (("j", gettext_lazy("Next line")), ("k", gettext_lazy("Line before")), ("Enter", gettext_lazy("Open it")))
LISTS = ((f"1 – {len(QUEUES)}", gettext_lazy("The lists, in their order")),)
KEYS = {
    Flagged.part: (
        *MOVE,
        ("a", gettext_lazy("Mark as seen; what is urgent is opened for that")),
        ("m", gettext_lazy("Take it, or give it back")),
        ("c", gettext_lazy("Open it at its closing")),
        ("r", gettext_lazy("Open it at its messages")),
    ),
    Calls.part: (*MOVE, ("c", gettext_lazy("Write down what came of it"))),
    Messages.part: (*MOVE, ("r", gettext_lazy("Open it at its answer"))),
    Unflagged.part: (*MOVE, ("x", gettext_lazy("Tick it")), ("a", gettext_lazy("Mark the ticked as seen"))),
}


@require_safe
@clinician_required
def inbox(request: AuthenticatedRequest) -> HttpResponse:
    """One of the lists that `?show=` names, with the sizes of all of them. Reading changes nothing."""
    now = timezone.now()
    queues = [queue(request.user, now) for queue in QUEUES]
    shown = next((queue for queue in queues if queue.show == request.GET.get("show")), queues[0])
    return render(request, "clinic/inbox.html", _page(request, shown, queues))


@require_POST
@clinician_required
def seen(request: AuthenticatedRequest) -> HttpResponse:
    """Mark the ticked timelines as seen, each up to the newest thing that its line showed."""
    now, user = timezone.now(), request.user
    form = SeenForm(request.POST, treatments=Treatment.objects.visible_to(user).standing())
    if form.is_valid():
        shown_lines = form.cleaned_data["treatments"]
        passed = looks.look_at_all(shown=shown_lines, by=user, at=now)
        _tell(request, len(shown_lines) - len(passed), passed)
        return redirect(back_to(request, default=reverse("journal:inbox") + "?show=unflagged"))
    queues = [queue(user, now) for queue in QUEUES]
    shown = next(queue for queue in queues if isinstance(queue, Unflagged))
    shown.ticked = request.POST.getlist("treatments")
    context = _page(request, shown, queues) | {"form": form}
    return render(request, "clinic/inbox.html", context, status=422)


def _page(request: HttpRequest, shown: Queue[Any], queues: list[Queue[Any]]) -> dict[str, Any]:
    clinic, now = clinic_of(shown.user), shown.now
    after = named_in(request, shown.known)
    page = shown.page(after)
    return {
        "clinic": clinic,
        "clock": clock(clinic, now),
        "opening": opening_said(clinic, now),
        "promises": promises(clinic),
        "queues": queues,
        "shown": shown,
        "lines": shown.lines(page[:PER_PAGE]),
        "after": after,
        "last": page[PER_PAGE - 1] if len(page) > PER_PAGE else None,
        "place": _place(shown, after),
        "now": now,
        "keys": (*LISTS, *KEYS.get(shown.part, MOVE)),
        "here": "inbox",
    }


def _place(shown: Queue[Any], after: Model | None) -> str:
    """The address of a list where it begins."""
    asked = {"show": shown.show} | ({"after": str(after.pk)} if after else {})
    return f"{reverse('journal:inbox')}?{urlencode(asked)}"


def _tell(request: HttpRequest, marked: int, passed: list[Treatment]) -> None:
    if marked:
        said = ngettext("%(n)s timeline is marked as seen.", "%(n)s timelines are marked as seen.", marked)
        messages.success(request, said % {"n": marked})
    for treatment in passed:
        said = _("A flag came up for %(name)s meanwhile. That timeline was not marked: please open it.")
        messages.warning(request, said % {"name": treatment.patient.name})
