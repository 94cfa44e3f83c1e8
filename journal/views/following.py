"""From case to case in the order of the inbox: the ones beside it, and the one that waits most."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from journal.models import Flag, Treatment


@dataclass(frozen=True, slots=True)
class Beside:
    """Addresses of the cases before and after one in its list; None at an end. `back` is the list."""

    previous: str | None
    following: str | None
    back: str


def beside_flag(flag: Flag, user: User) -> Beside:
    lines = Flag.objects.visible_to(user).inbox_of(user).exclude(treatment=flag.treatment_id)
    before, after = lines.before(flag).first(), lines.after(flag).first()
    return Beside(_of_flag(before), _of_flag(after), reverse("journal:inbox"))


def beside_timeline(treatment: Treatment, user: User) -> Beside:
    """Of a timeline without a flag: it is left to the one that has waited for a look for less long."""
    lines, since = Treatment.objects.visible_to(user).unflagged_of(user), treatment.unseen_since
    at_once = Q(unseen_since=since, id__lt=treatment.pk)
    before = lines.filter(Q(unseen_since__lt=since) | at_once).reverse().first() if since else None
    after = lines.unseen_after(treatment).exclude(pk=treatment.pk).first()
    return Beside(_of_timeline(before), _of_timeline(after), unflagged())


def most_waiting(user: User, besides: Flag) -> Flag | None:
    """The most urgent flag that nobody has looked at and no colleague has, of another treatment than this flag's."""
    lines = Flag.objects.visible_to(user).live().by_urgency().filter(clinic=user.clinic_id)
    return lines.unlooked(user).exclude(treatment=besides.treatment_id).first()


def longest_unseen(user: User) -> Treatment | None:
    """The timeline without a flag that has waited for a look the longest."""
    return Treatment.objects.visible_to(user).unflagged_of(user).first()


def unflagged() -> str:
    return reverse("journal:inbox") + "?show=unflagged"


def _of_flag(flag: Flag | None) -> str | None:
    return reverse("journal:flag", args=[flag.pk]) if flag else None


def _of_timeline(treatment: Treatment | None) -> str | None:
    return reverse("journal:review", args=[treatment.pk]) if treatment else None
