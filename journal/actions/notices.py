"""Mails to duty addresses. They were written with their flag; here they leave, outside any transaction."""

import datetime
import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from journal.models import Notice

log = logging.getLogger(__name__)


def send_waiting(*, at: datetime.datetime) -> int:
    """Send what waits, oldest first. Returns how many left; one that fails is tried again next time."""
    return sum(_send(notice, at) for notice in Notice.objects.waiting().unclaimed(at).select_related("clinic")[:100])


def _send(notice: Notice, at: datetime.datetime) -> bool:
    # One update decides who sends it: two senders at once, or one that starts while another is at it, send it once.
    claimed = Notice.objects.waiting().unclaimed(at).filter(pk=notice.pk).update(claimed_at=at, tries=F("tries") + 1)
    if not claimed:
        return False
    try:
        send_mail(
            subject=_("Something new in your inbox"),
            # No name, no symptom, no urgency: mail is read by many machines.
            message=_("There is something new in your Afterglow inbox. Please sign in and have a look:\n%(link)s")
            % {"link": settings.SITE_URL + reverse("journal:inbox")},
            from_email=None,
            recipient_list=[notice.clinic.duty_email],
        )
    except (OSError, ValueError) as error:  # a mail server that is away (smtplib's too); a mail it cannot write
        Notice.objects.filter(pk=notice.pk).update(claimed_at=None)
        log.warning("notice %s was not sent (try %s): %s", notice.pk, notice.tries + 1, type(error).__name__)
        return False
    Notice.objects.filter(pk=notice.pk).update(sent_at=at)
    return True
