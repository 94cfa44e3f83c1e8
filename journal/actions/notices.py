"""Mails to clinics and patients. They were written with what they are about; here they leave, outside a transaction."""

import datetime
import logging
import uuid

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Clinic, Patient, User
from journal.models import Notice
from journal.models.notice import NoticeQuerySet

log = logging.getLogger(__name__)
A_TICK = 20  # mails to clinics, and as many to patients; each may take as long as the mail server lets it
GIVEN_UP = datetime.timedelta(days=3)  # a patient's mailbox that takes nothing for so long


def send_waiting(*, at: datetime.datetime) -> int:
    """Send each desk of a clinic, and each patient, one mail for all that waits. Returns how many left.

    One that fails is tried again, and comes after those that did not fail: a dead mailbox keeps nobody waiting. Nor
    do many mails to patients keep a clinic waiting.
    """
    waiting = Notice.objects.waiting().unclaimed(at)
    to_clinics = waiting.exclude(desk=Notice.Desk.PATIENT).values_list("clinic", "desk")
    to_patients = waiting.filter(desk=Notice.Desk.PATIENT).values_list("patient")
    desks = to_clinics.annotate(tried=Max("tries")).order_by("tried", "clinic", "desk")[:A_TICK]
    patients = to_patients.annotate(tried=Max("tries")).order_by("tried", "patient")[:A_TICK]
    sent = [_send_to_desk(clinic, desk, at) for clinic, desk, _tried in desks]
    return sum(sent + [_send_to_patient(patient, at) for patient, _tried in patients])


def _send_to_desk(clinic_id: int, desk: str, at: datetime.datetime) -> bool:
    mine = Notice.objects.filter(clinic=clinic_id, desk=desk)
    if not _claim(mine, at):
        return False
    clinic = Clinic.objects.select_related("second_person", "lead").get(pk=clinic_id)
    # No name, no symptom, no urgency: mail is read by many machines.
    if desk == Notice.Desk.DUTY:
        subject = _("Something new in your inbox")
        text = _("There is something new in your Afterglow inbox. Please sign in and have a look:\n%(link)s")
    else:
        subject = _("Something still waits in your inbox")
        text = _("Something in your Afterglow inbox has waited for a while. Please sign in and have a look:\n%(link)s")
    return _send(mine, address_of(clinic, desk), subject, text % {"link": _link("journal:inbox")}, at)


def address_of(clinic: Clinic, desk: str) -> str:
    """Where a desk's mail goes. Where nobody holds it (any more) it goes to the next who is there."""
    second, lead = clinic.second_person, clinic.lead
    asked = {Notice.Desk.SECOND: (second, lead), Notice.Desk.LEAD: (lead, second)}.get(Notice.Desk(desk), ())
    return next((user.email for user in asked if user and _works_at(user, clinic)), clinic.duty_email)


def _works_at(user: User, clinic: Clinic) -> bool:
    return user.is_active and user.is_clinician and user.clinic_id == clinic.pk


def _send_to_patient(patient_id: uuid.UUID, at: datetime.datetime) -> bool:
    mine = Notice.objects.filter(patient=patient_id)
    if not _claim(mine, at):
        return False
    patient = Patient.objects.get(pk=patient_id)
    known = EmailAddress.objects.filter(user=patient.user_id, user__is_active=True, verified=True).order_by("-primary")
    address = known.values_list("email", flat=True).first()
    if address is None:
        _claimed(mine, at).update(given_up_at=at)
        return False
    with translation.override(_language(patient)):
        subject = _("Something new in your journal")
        text = _(
            "There is something new in your journal. Please sign in and have a look:\n%(link)s\n\n"
            "Please do not answer this mail: nobody would read it."
        )
        said = text % {"link": _link("journal:today")}
    sent = _send(mine, address, subject, said, at)
    mine.waiting().filter(created_at__lt=at - GIVEN_UP).update(given_up_at=at)
    return sent


def _language(patient: Patient) -> str:
    try:
        return str(translation.get_supported_language_variant(patient.language))
    except LookupError:
        return str(settings.LANGUAGE_CODE)


def _link(page: str) -> str:
    return f"{settings.SITE_URL}{reverse(page)}"


def _claim(mine: NoticeQuerySet, at: datetime.datetime) -> bool:
    """One update decides who sends: two senders at once, or one that starts while another is at it, send once."""
    return bool(mine.waiting().unclaimed(at).update(claimed_at=at, tries=F("tries") + 1))


def _claimed(mine: NoticeQuerySet, at: datetime.datetime) -> NoticeQuerySet:
    return mine.waiting().filter(claimed_at=at)


def _send(mine: NoticeQuerySet, address: str, subject: str, text: str, at: datetime.datetime) -> bool:
    try:
        send_mail(subject=subject, message=text, from_email=None, recipient_list=[address])
    except (OSError, ValueError) as error:  # a mail server that is away (smtplib's too); a mail it cannot write
        rows = _claimed(mine, at)
        log.warning("the mail of notices %s was not sent: %s", _ids(rows), type(error).__name__)
        rows.update(claimed_at=None)
        return False
    _claimed(mine, at).update(sent_at=at)
    return True


def _ids(rows: NoticeQuerySet) -> str:
    return ", ".join(str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True))
