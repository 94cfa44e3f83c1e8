"""Mails to clinics and patients: neutral, once each, and never lost to a mail server that is away."""

import datetime
import logging
import uuid
from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from journal.actions import flags, notices
from journal.models import Flag, Message, Notice, Treatment
from journal.recovery import scale
from tests.conftest import make_patient, make_treatment

from .tables import log


@pytest.fixture
def flagged(treatment):
    log(treatment, "day redness signs\n3 3 pus")
    return Flag.objects.get(rule="N-1")


def send():
    return notices.send_waiting(at=timezone.now())


class Away(EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


class Odd(EmailBackend):
    """Refuses one address in a way that is not a network's."""

    def send_messages(self, messages):
        if any("odd@" in message.to[0] for message in messages):
            raise ValueError("cannot be written in this encoding")
        return super().send_messages(messages)


class Picky(EmailBackend):
    """Takes no mail to a patient, as a full mailbox does."""

    def send_messages(self, messages):
        if any("pat@" in message.to[0] for message in messages):
            raise SMTPRecipientsRefused({})
        return super().send_messages(messages)


class Slow(EmailBackend):
    """While this one still talks to the mail server, another sender begins, and one goes on with an older list."""

    def send_messages(self, messages):
        if not Slow.ticking:
            Slow.ticking = True
            send()
            notices._send_to_desk(Slow.listed.pk, "duty", timezone.now())
        return super().send_messages(messages)

    ticking, listed = False, None


def away(settings, backend):
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


def test_a_mail_goes_to_the_duty_address_with_a_link_to_the_inbox(flagged, mailoutbox, settings):
    assert send() == 1
    [mail] = mailoutbox
    assert mail.to == ["duty@riverside.example"]
    assert f"{settings.SITE_URL}/inbox/" in mail.body
    assert mail.from_email == settings.DEFAULT_FROM_EMAIL


def test_a_mail_names_no_person_no_symptom_and_no_urgency(flagged, pat, mailoutbox):
    send()
    labels = [sign.label for sign in scale.SIGNS.values()]
    private = [*pat.name.split(), pat.phone, pat.user.email, pat.clinic.name, *scale.QUESTIONS, *scale.SIGNS, *labels]
    private += ["urgent", "emergency", "contact", "flag", "patient", "skin", str(flagged.pk), str(pat.pk)]
    for mail in mailoutbox:
        said = f"{mail.subject} {mail.body}".lower()
        assert not [word for word in private if word.lower() in said]


def test_all_mails_read_the_same_whatever_they_are_about(treatment, mailoutbox):
    for table in ("day signs\n1 pus", "day signs\n2 breathing_trouble", "day worried\n3 yes"):
        log(treatment, table)
        send()
    assert len(mailoutbox) == 3
    assert len({(mail.subject, mail.body) for mail in mailoutbox}) == 1


def test_all_that_waits_for_a_clinic_is_one_mail_and_it_is_sent_once(flagged, mailoutbox):
    log(flagged.treatment, "day worried\n3 yes")
    assert Notice.objects.count() == 2
    assert [send(), send()] == [1, 0]
    assert len(mailoutbox) == 1
    assert not Notice.objects.waiting().exists()


def test_a_flag_that_opens_again_is_a_mail_of_its_own(flagged, cara, mailoutbox):
    send()
    flags.acknowledge(flag=flagged, by=cara, at=timezone.now())
    log(flagged.treatment, "day signs\n4 pus", at=timezone.now())
    assert [notice.kind for notice in flagged.notices.order_by("pk")] == ["raised", "reopened"]
    assert (send(), len(mailoutbox)) == (1, 2)


def test_each_clinic_gets_its_own(flagged, vera, cara, elsewhere, mailoutbox):
    vera.clinic = elsewhere
    vera.save()
    log(make_treatment(vera, flagged.treatment.treated_on, cara), "day signs\n3 pus")
    send()
    assert sorted({mail.to[0] for mail in mailoutbox}) == ["duty@hilltop.example", "duty@riverside.example"]


def test_two_senders_that_read_the_same_list_send_it_once(flagged, clinic, mailoutbox):
    at = timezone.now()
    assert [notices._send_to_desk(clinic.pk, "duty", at) for _sender in range(2)] == [True, False]
    assert len(mailoutbox) == 1


def test_others_do_not_send_what_a_sender_is_still_at(flagged, clinic, mailoutbox, settings):
    Slow.ticking, Slow.listed = False, clinic
    away(settings, Slow)
    send()
    assert len(mailoutbox) == 1
    assert not Notice.objects.waiting().exists()


def test_a_sender_that_died_is_followed_by_another_after_ten_minutes(flagged, mailoutbox):
    at = timezone.now()
    Notice.objects.update(claimed_at=at)
    assert notices.send_waiting(at=at + datetime.timedelta(minutes=10)) == 0
    assert notices.send_waiting(at=at + datetime.timedelta(minutes=11)) == len(mailoutbox) == 1


def test_a_dead_mailbox_comes_last_and_keeps_nobody_waiting(
    flagged, vera, cara, elsewhere, mailoutbox, settings, monkeypatch
):
    """A tick sends so many mails: here one. The mailbox that fails was written to first."""
    monkeypatch.setattr(notices, "A_TICK", 1)
    clinic = flagged.clinic
    clinic.duty_email = "odd@riverside.example"
    clinic.save()
    away(settings, Odd)
    assert send() == 0
    vera.clinic = elsewhere
    vera.save()
    log(make_treatment(vera, flagged.treatment.treated_on, cara), "day signs\n3 pus")
    assert send() == 1
    assert [mail.to[0] for mail in mailoutbox] == ["duty@hilltop.example"]
    assert send() == 0  # and now it is tried again
    assert {notice.tries for notice in Notice.objects.waiting()} == {2}


def test_a_mail_server_that_is_away_keeps_the_mail_waiting(flagged, mailoutbox, settings, caplog):
    away(settings, Away)
    assert send() == 0
    assert Notice.objects.waiting().count() == Notice.objects.count()
    assert set(Notice.objects.values_list("tries", flat=True)) == {1}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send() == len(mailoutbox) == 1
    assert not Notice.objects.waiting().exists()


def test_what_is_logged_about_a_failure_names_nobody(flagged, settings, caplog, pat):
    away(settings, Away)
    with caplog.at_level(logging.WARNING):
        send()
    assert "ConnectionRefusedError" in caplog.text
    for word in (pat.name, pat.clinic.duty_email, "pus"):
        assert word not in caplog.text


def test_a_mail_that_cannot_be_written_holds_up_no_other(flagged, vera, cara, elsewhere, mailoutbox, settings):
    elsewhere.duty_email = "odd@hilltop.example"
    elsewhere.save()
    vera.clinic = elsewhere
    vera.save()
    log(make_treatment(vera, flagged.treatment.treated_on, cara), "day signs\n2 pus")
    away(settings, Odd)
    send()
    assert {mail.to[0] for mail in mailoutbox} == {"duty@riverside.example"}
    assert Notice.objects.waiting().get().clinic == elsewhere


def write_to(patient, cara, at=None):
    """A message of the clinic's, and the notice that goes with it."""
    at = at or timezone.now()
    whose = {"patient": patient, "clinic": patient.clinic}
    said = {"from_clinic": True, "text": "Wash it with water only.", "client_id": uuid.uuid4(), "at": at, "by": cara}
    message = Message.objects.create(**whose, **said)
    return Notice.objects.create(**whose, message=message, kind="wrote", desk="patient", created_at=at)


def confirm(patient, address=None, verified=True, primary=True):
    address = address or patient.user.email
    patient.user.emailaddress_set.create(email=address, verified=verified, primary=primary)


def test_a_patient_is_mailed_at_her_confirmed_address_with_a_link_to_the_first_page(pat, cara, mailoutbox, settings):
    confirm(pat)
    write_to(pat, cara)
    write_to(pat, cara)
    assert [send(), send()] == [1, 0]
    [mail] = mailoutbox
    assert mail.to == ["pat@test.example"]
    assert f"{settings.SITE_URL}/\n" in mail.body
    assert "nobody would read" in mail.body


def test_a_mail_to_a_patient_says_nothing_of_her_or_of_what_it_is_about(pat, cara, flagged, mailoutbox):
    confirm(pat)
    told = {"clinic": pat.clinic, "patient": pat, "flag": flagged, "desk": "patient", "created_at": timezone.now()}
    for kind in ("call_now", "unopened"):
        Notice.objects.create(**told, kind=kind)
        send()
    write_to(pat, cara)
    send()
    mails = [mail for mail in mailoutbox if mail.to == ["pat@test.example"]]
    assert len(mails) == 3
    [(subject, body)] = {(mail.subject, mail.body) for mail in mails}
    labels = [sign.label for sign in scale.SIGNS.values()]
    private = [*pat.name.split(), pat.phone, pat.user.email, pat.clinic.name, *scale.SIGNS, *labels, "call", "clinic"]
    private += ["urgent", "emergency", "flag", "skin", "water", str(pat.pk), str(flagged.pk)]
    assert not [word for word in private if word.lower() in f"{subject} {body}".lower()]


@pytest.mark.parametrize("language", ["en", "en-GB", "es", "tlh", "../../etc", ""])
def test_a_patients_language_that_there_is_no_translation_for_keeps_no_mail_back(pat, cara, mailoutbox, language):
    type(pat).objects.update(language=language)
    confirm(pat)
    write_to(pat, cara)
    assert send() == len(mailoutbox) == 1


@pytest.mark.parametrize("reason", ["unconfirmed", "no address", "signed up nowhere", "locked out"])
def test_a_patient_without_a_confirmed_address_is_mailed_nowhere_and_not_tried_again(pat, cara, mailoutbox, reason):
    user = pat.user
    if reason != "no address":
        confirm(pat, verified=reason != "unconfirmed")
    if reason == "signed up nowhere":
        type(pat).objects.update(user=None)
    if reason == "locked out":
        type(user).objects.filter(pk=user.pk).update(is_active=False)
    notice = write_to(pat, cara)
    assert [send(), send()] == [0, 0]
    notice.refresh_from_db()
    assert (notice.sent_at, notice.tries, mailoutbox) == (None, 1, [])
    assert notice.given_up_at
    assert not Notice.objects.waiting().exists()


def test_of_two_confirmed_addresses_the_one_she_signs_in_with_is_written_to(pat, cara, mailoutbox):
    confirm(pat, "old@test.example", primary=False)
    confirm(pat)
    write_to(pat, cara)
    send()
    assert mailoutbox[0].to == ["pat@test.example"]


def test_a_patients_mailbox_that_takes_nothing_is_given_up_after_three_days(pat, cara, mailoutbox, settings):
    confirm(pat)
    away(settings, Picky)
    written = timezone.now()
    notice = write_to(pat, cara, at=written)
    for days, waits in ((0, True), (2.9, True), (3.1, False)):
        assert notices.send_waiting(at=written + datetime.timedelta(days=days)) == 0
        assert Notice.objects.waiting().exists() == waits
    notice.refresh_from_db()
    assert (notice.sent_at, notice.tries) == (None, 3)


def test_a_clinics_mail_is_never_given_up(flagged, settings):
    away(settings, Away)
    assert notices.send_waiting(at=timezone.now() + datetime.timedelta(days=30)) == 0
    assert Notice.objects.waiting().count() == Notice.objects.count()


def test_many_mails_to_patients_keep_no_clinic_waiting(clinic, cara, flagged, mailoutbox, monkeypatch):
    monkeypatch.setattr(notices, "A_TICK", 2)
    Notice.objects.update(tries=5)  # the clinic's own mail failed before
    for n in range(4):
        patient = make_patient(clinic, f"Pat {n}", f"p{n}@test.example")
        confirm(patient)
        write_to(patient, cara)
    assert [send(), send(), send()] == [3, 2, 0]
    assert mailoutbox[0].to == ["duty@riverside.example"]


def test_each_desk_of_a_clinic_gets_a_mail_of_its_own(flagged, clinic, cara, mailoutbox):
    clinic.second_person = cara
    clinic.save()
    told = {"clinic": clinic, "flag": flagged, "created_at": timezone.now()}
    for desk, kind in (("second", "overdue"), ("lead", "long_overdue")):
        Notice.objects.create(**told, kind=kind, desk=desk)
    assert send() == 3
    said = {(mail.to[0], mail.subject) for mail in mailoutbox}
    assert said == {
        ("duty@riverside.example", "Something new in your inbox"),
        ("cara@test.example", "Something still waits in your inbox"),
    }
    words = " ".join(mail.subject + mail.body for mail in mailoutbox).lower()
    assert not [word for word in ("urgent", "overdue", "flag", "patient", "moss", "pus") if word in words]


def test_the_command_says_how_many_left_and_nothing_when_none_did(flagged, mailoutbox, capsys):
    # Written at eight in the evening: an hour later, by the real clock, its missed days would be looked at too.
    Treatment.objects.update(waits_until=timezone.now() + datetime.timedelta(hours=1))
    Flag.objects.update(waits_since=timezone.now())
    call_command("tick")
    told = f"courses looked at for missed days: 0, passed on: 0, notices sent: {len(mailoutbox)}\n"
    assert capsys.readouterr().out == told
    call_command("tick")
    assert capsys.readouterr().out == ""
