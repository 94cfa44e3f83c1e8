"""Mails to duty addresses. They were written with their flag; here they leave, outside any transaction."""

import datetime
import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Clinic
from journal.models import Notice

log = logging.getLogger(__name__)
A_TICK = 20  # mails; each may take as long as the mail server lets it


def send_waiting(*, at: datetime.datetime) -> int:
    """Send each clinic with something waiting one mail. Returns how many left; one that fails is tried again.

    Clinics whose mail failed before come last, so that one dead mailbox keeps nobody waiting.
    """
    waiting = Clinic.objects.filter(notices__in=Notice.objects.waiting().unclaimed(at))
    clinics = waiting.annotate(tries=Max("notices__tries")).order_by("tries", "pk")
    return sum(_send(clinic, at) for clinic in clinics[:A_TICK])


def _send(clinic: Clinic, at: datetime.datetime) -> bool:
    # One update decides who sends: two senders at once, or one that starts while another is at it, send once.
    mine = Notice.objects.filter(clinic=clinic, sent_at=None, claimed_at=at)
    free = Notice.objects.filter(clinic=clinic).waiting().unclaimed(at)
    if not free.update(claimed_at=at, tries=F("tries") + 1):
        return False
    try:
        send_mail(
            subject=_("Something new in your inbox"),
            # No name, no symptom, no urgency: mail is read by many machines.
            message=_("There is something new in your Afterglow inbox. Please sign in and have a look:\n%(link)s")
            % {"link": settings.SITE_URL + reverse("journal:inbox")},
            from_email=None,
            recipient_list=[clinic.duty_email],
        )
    except (OSError, ValueError) as error:  # a mail server that is away (smtplib's too); a mail it cannot write
        mine.update(claimed_at=None)
        log.warning("the mail to clinic %s was not sent: %s", clinic.pk, type(error).__name__)
        return False
    mine.update(sent_at=at)
    return True
