"""Who was first, said to whoever came second: when, and with what outcome."""

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from journal.models import Flag


def already(shown: Flag, user: User) -> str:
    """Of the one flag that was pressed for."""
    look = shown.latest_look
    if look is None:  # a rule opened it again in between
        return _("This changed while you looked at it. Please look again. Nothing of yours was saved.")
    if look.state == Flag.State.CLOSED:
        return _("%(who)s closed this on %(when)s: %(outcome)s. Nothing was changed.") % _told(shown, user)
    return _("%(who)s marked this as seen on %(when)s. Nothing was changed.") % _told(shown, user)


def but_these(left: Iterable[Flag], user: User) -> list[str]:
    """Of those that moved while others that were pressed for together were saved."""
    return [_left(flag, user) for flag in left]


def _left(flag: Flag, user: User) -> str:
    look = flag.latest_look
    if look is None or look.state != Flag.State.CLOSED:
        said = _("Not saved: “%(title)s” changed while you looked at it. Please look again. The others were saved.")
        return said % {"title": flag.title}
    said = _("“%(title)s” was left as it is: %(who)s closed it on %(when)s: %(outcome)s. The others were saved.")
    return said % (_told(flag, user) | {"title": flag.title})


def _told(flag: Flag, user: User) -> dict[str, object]:
    look = flag.latest_look
    zone = flag.treatment.patient.clinic.zone
    return {
        "who": _("You") if look and look.by == user else look and look.by,
        "when": look and date_format(look.at.astimezone(zone), "j M, H:i"),
        "outcome": look and look.get_outcome_display(),
    }
