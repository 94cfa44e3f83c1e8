"""The lists of the inbox. Each says which rows are in it, in which order, and what a line of it tells."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model, Prefetch, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, User
from journal.models import Call, Flag, Message, Treatment
from journal.models.call import CallQuerySet
from journal.models.flag import FlagQuerySet
from journal.models.message import MessageQuerySet
from journal.models.treatment import TreatmentQuerySet

from . import call, lines, waiting
from .pages import PER_PAGE
from .patients import clinic_of

MOST = 99  # counted, and "99+" past it: a number that nobody can act on need not be exact
Row = TypeVar("Row", bound=Model)


class Queue(Generic[Row]):
    """What waits for one clinician, seen one way. `show` is its name in the address."""

    show: ClassVar[str]
    label: ClassVar[Any]
    part: ClassVar[str]  # the template of the list
    empty: ClassVar[Any]

    def __init__(self, user: User, now: datetime.datetime) -> None:
        self.user, self.now = user, now

    @property
    def known(self) -> QuerySet[Row]:
        """Every row that may mark the place where a page begins, though it may have left the list since."""
        raise NotImplementedError

    @property
    def rows(self) -> QuerySet[Row]:
        raise NotImplementedError

    def following(self, mark: Row) -> QuerySet[Row]:
        """Those that come after a row in the list's order."""
        raise NotImplementedError

    def lines(self, page: Sequence[Row]) -> Sequence[Any]:
        raise NotImplementedError

    @property
    def countable(self) -> QuerySet[Row]:
        """The rows in the order in which they are found fastest: an index that is the list's own serves that best."""
        return self.rows

    @cached_property
    def count(self) -> int:
        """As many as there are, and one more than `MOST` where there are more than that."""
        return self.countable[: MOST + 1].count()

    @property
    def counted(self) -> str:
        return f"{MOST}+" if self.count > MOST else str(self.count)

    def page(self, mark: Row | None) -> list[Row]:
        """One row more than a page holds tells that there is another page."""
        return list((self.following(mark) if mark else self.rows)[: PER_PAGE + 1])


class Flagged(Queue[Flag]):
    """Live flags, a line for each treatment, the most urgent and the longest waiting first."""

    show, label, part = "all", _("All"), "clinic/_inbox_flags.html"
    empty = _("Nobody is waiting.")

    @property
    def known(self) -> QuerySet[Flag]:
        return Flag.objects.visible_to(self.user)

    @property
    def rows(self) -> FlagQuerySet:
        return Flag.objects.visible_to(self.user).inbox_of(self.user)

    def following(self, mark: Flag) -> FlagQuerySet:
        return self.rows.after(mark)

    def page(self, mark: Flag | None) -> list[Flag]:
        rows = self.following(mark) if mark else self.rows
        mine = Prefetch(
            "treatment__flags", Flag.objects.visible_to(self.user).live().by_urgency().prefetch_related("reviews")
        )
        return list(rows.with_course().select_related("assigned_to").prefetch_related(mine)[: PER_PAGE + 1])

    def lines(self, page: Sequence[Flag]) -> Sequence[lines.Waiting]:
        return lines.waiting(page, self.user, self.now)


class Mine(Flagged):
    show, label, empty = "mine", _("Mine"), _("You have taken nothing that is still open.")

    @property
    def rows(self) -> FlagQuerySet:
        return super().rows.with_some(assigned_to=self.user)


class New(Flagged):
    show, label, empty = "new", _("New"), _("Somebody has looked at all of them.")

    @property
    def rows(self) -> FlagQuerySet:
        return super().rows.with_some(state=Flag.State.OPEN)


class SeenOnly(Flagged):
    show, label, empty = "waiting", _("Seen"), _("Nothing that was seen is still open.")

    @property
    def rows(self) -> FlagQuerySet:
        return super().rows.with_none(state=Flag.State.OPEN)


class Calls(Queue[Call]):
    show, label, part = "calls", _("Calls"), "clinic/_inbox_calls.html"
    empty = _("Nobody has asked for a call.")

    @property
    def known(self) -> QuerySet[Call]:
        return Call.objects.visible_to(self.user)

    @property
    def rows(self) -> CallQuerySet:
        return Call.objects.visible_to(self.user).queue_of(self.user)

    def following(self, mark: Call) -> CallQuerySet:
        return self.rows.after(mark)

    def lines(self, page: Sequence[Call]) -> Sequence[call.Line]:
        return call.lines(page, clinic_of(self.user), self.now)


@dataclass(frozen=True, slots=True)
class Letter:
    """A patient who wrote, told by the oldest message that nobody has seen."""

    message: Message
    patient: Patient
    overdue: bool
    due: str  # against the clinic's promise, in a few words


class Messages(Queue[Message]):
    show, label, part = "messages", _("Messages"), "clinic/_inbox_messages.html"
    empty = _("No message waits to be read.")

    @property
    def known(self) -> QuerySet[Message]:
        return Message.objects.visible_to(self.user)

    @property
    def rows(self) -> MessageQuerySet:
        return Message.objects.visible_to(self.user).queue_of(self.user)

    def following(self, mark: Message) -> MessageQuerySet:
        return self.rows.after(mark)

    def lines(self, page: Sequence[Message]) -> Sequence[Letter]:
        clinic = clinic_of(self.user)
        return [
            Letter(one, one.patient, one.is_overdue(clinic, self.now), waiting.due_of(one, clinic, self.now))
            for one in page
        ]


class Silent(Queue[Treatment]):
    """Courses under way whose patient writes nothing. Nothing logged means nothing known."""

    show, label, part = "silent", _("Silent"), "clinic/_inbox_silent.html"
    empty = _("Nobody has been silent since yesterday. Who has a flag is not in this list.")

    @property
    def known(self) -> QuerySet[Treatment]:
        return Treatment.objects.visible_to(self.user)

    @property
    def today(self) -> datetime.date:
        return self.now.astimezone(clinic_of(self.user).zone).date()

    @property
    def rows(self) -> TreatmentQuerySet:
        return Treatment.objects.visible_to(self.user).silent_of(self.user, self.today).select_related("patient")

    @property
    def countable(self) -> TreatmentQuerySet:
        return self.rows.order_by()  # no index knows how long a silence is

    def following(self, mark: Treatment) -> TreatmentQuerySet:
        return self.rows.silent_after(mark)

    def lines(self, page: Sequence[Treatment]) -> Sequence[lines.Quiet]:
        return lines.silent(page, self.today)


class Unflagged(Queue[Treatment]):
    """What came in within the expected range, or below what raises a flag, and was not looked at."""

    show, label, part = "unflagged", _("No flag"), "clinic/_inbox_unflagged.html"
    empty = _("Somebody has looked at all that came in.")
    ticked: Collection[str] = ()  # lines that were ticked on a page that came back, as they were

    @property
    def known(self) -> QuerySet[Treatment]:
        return Treatment.objects.visible_to(self.user)

    @property
    def rows(self) -> TreatmentQuerySet:
        rows = Treatment.objects.visible_to(self.user).unflagged_of(self.user)
        return rows.select_related("patient").prefetch_related("entries", "photos", "progress")

    def following(self, mark: Treatment) -> TreatmentQuerySet:
        return self.rows.unseen_after(mark)

    def lines(self, page: Sequence[Treatment]) -> Sequence[lines.Unseen]:
        return lines.unseen(page, self.user, self.now, self.ticked)


QUEUES: Sequence[type[Queue[Any]]] = (Flagged, Mine, New, SeenOnly, Calls, Messages, Silent, Unflagged)
