"""What people of the clinic did about a treatment so far: reviews of its flags, looks, and who took it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from journal.models import Assignment, Flag, Look, Review


@dataclass(frozen=True, slots=True)
class Deed:
    """One of them; nobody did it where a rule opened a flag again."""

    what: str
    at: datetime.datetime
    by: User | None
    flag: Flag | None = None
    note: str = ""
    may_be_taken_back: bool = False


def past(flags: Iterable[Flag], looks: Iterable[Look]) -> list[Deed]:
    """All of it, the latest first. `reviews` and `assignments` of the flags are fetched, with who did them."""
    flags = list(flags)
    reviews = [(flag, review) for flag in flags for review in flag.reviews.all()]
    # A look that was saved together with a review is told by it.
    told = {(review.at, review.by_id) for _flag, review in reviews}
    deeds = [Deed(_reviewed(one), one.at, one.by, flag, one.note, _stands(one, flag)) for flag, one in reviews]
    deeds += [
        Deed(_("Whole timeline seen"), look.at, look.by, note=look.note)
        for look in looks
        if (look.at, look.by_id) not in told
    ]
    # All flags of a treatment are given together: one line tells of them.
    given = {(one.at, one.by_id, one.to_id): one for flag in flags for one in flag.assignments.all()}
    deeds += [Deed(_given(one), one.at, one.by) for one in given.values()]
    return sorted(deeds, key=lambda deed: deed.at, reverse=True)


def closed_with(flag: Flag, user: User) -> list[Flag]:
    """Of a closed flag those of the same patient that were closed by the same press and still are."""
    look = flag.latest_look
    if flag.is_live or look is None:
        return []
    visible = Flag.objects.visible_to(user).filter(treatment__patient=flag.treatment.patient_id)
    pressed = visible.filter(reviews__at=look.at, reviews__by=look.by_id, state=Flag.State.CLOSED).exclude(pk=flag.pk)
    found = pressed.by_urgency().prefetch_related("reviews").select_related("treatment__patient")
    return [one for one in found if one.latest_look and one.latest_look.at == look.at]


def _stands(review: Review, flag: Flag) -> bool:
    """Whether it is a look that the flag is marked as seen by."""
    return review.state == flag.state == Flag.State.ACKNOWLEDGED and review == flag.latest_look


def _reviewed(review: Review) -> str:
    if review.state == Flag.State.CLOSED:
        useful = review.get_useful_display() if review.useful else ""
        said = {"outcome": review.get_outcome_display(), "useful": useful}
        return _("%(outcome)s. Useful: %(useful)s") % said if useful else str(said["outcome"])
    if review.state == Flag.State.ACKNOWLEDGED:
        return _("Seen")
    return _("Opened again") if review.by_id else _("Open again: it came up again or more urgently")


def _given(one: Assignment) -> str:
    if one.to is None:
        return _("Given back")
    return _("Taken") if one.to_id == one.by_id else _("Given to %(who)s") % {"who": one.to}
