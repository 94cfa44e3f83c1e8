"""Mails to a clinic's duty address: neutral, once each, and never lost to a mail server that is away."""

import datetime
import logging

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from journal.actions import flags, notices
from journal.models import Flag, Notice, Treatment
from journal.recovery import scale
from tests.conftest import make_treatment

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


class Slow(EmailBackend):
    """While this one still talks to the mail server, another sender begins, and one goes on with an older list."""

    def send_messages(self, messages):
        if not Slow.ticking:
            Slow.ticking = True
            send()
            notices._send(Slow.listed, timezone.now())
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
    assert [notices._send(clinic, at), notices._send(clinic, at)] == [True, False]
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


def test_the_command_says_how_many_left_and_nothing_when_none_did(flagged, mailoutbox, capsys):
    # Written at eight in the evening: an hour later, by the real clock, its missed days would be looked at too.
    Treatment.objects.update(waits_until=timezone.now() + datetime.timedelta(hours=1))
    call_command("tick")
    assert capsys.readouterr().out == f"courses looked at for missed days: 0, notices sent: {len(mailoutbox)}\n"
    call_command("tick")
    assert capsys.readouterr().out == ""
