"""What a press did, said on the page that comes next: whose case it was, what still waits there, and the way back."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Patient, User
from journal.models import Call, Flag, Message, Treatment

from .following import beside_flag


def closed(flag: Flag, user: User) -> str:
    look, patient = flag.latest_look, flag.treatment.patient
    said = {"name": patient.name, "outcome": look.get_outcome_display() if look else ""}
    return format_html(
        '{} {}<a href="{}#act">{}</a>',
        _("%(name)s: closed (%(outcome)s).") % said,
        _still_open(patient, user),
        reverse("journal:flag", args=[flag.pk]),
        _("Open it again"),
    )


def seen(flag: Flag, user: User) -> str:
    """An urgent one is not done with: that, and where the next is, is said."""
    said = {"name": flag.treatment.patient.name}
    if not flag.is_urgent:
        return _("%(name)s: marked as seen. It stays in the inbox until somebody closes it.") % said
    beside = beside_flag(flag, user)
    return format_html(
        '{} <a href="{}">{}</a>',
        _("%(name)s: marked as seen. It is urgent, so it stays in the inbox until somebody closes it.") % said,
        beside.following or beside.back,
        _("Next case (j)") if beside.following else _("Inbox (i)"),
    )


def looked_at(treatment: Treatment) -> str:
    return format_html(
        '{} <a href="{}">{}</a>',
        _("%(name)s: marked as seen.") % {"name": treatment.patient.name},
        reverse("journal:review", args=[treatment.pk]),
        _("Look again"),
    )


def _still_open(patient: Patient, user: User) -> str:
    """Of a patient whose flag was closed: a call and messages that wait beside it."""
    waiting = [_("a call")] if Call.objects.visible_to(user).live().filter(patient=patient).exists() else []
    if n := Message.objects.visible_to(user).waiting().filter(patient=patient).count():
        waiting.append(ngettext("%(n)s message", "%(n)s messages", n) % {"n": n})
    return _("Still open: %(what)s.") % {"what": ", ".join(waiting)} + " " if waiting else ""
