"""A silence reaches the clinic without a new entry: `tick` looks for missed days, once a day for each course."""

import datetime
import logging

import pytest
from django.core.management import call_command

from journal.actions import flags, silence
from journal.models import Flag, Notice, Treatment
from journal.models.treatment import NEVER

from .tables import log

NIGHT, EVENING = datetime.time(0, 1), datetime.time(23, 59)


def at(treatment, day, time=NIGHT):
    return datetime.datetime.combine(treatment.date_of(day), time, treatment.zone)


@pytest.fixture
def watched(treatment):
    """Warm skin on day 4, which is watched, and nothing after it."""
    log(treatment, "\n".join(["day redness signs", *(f"{day} 1 -" for day in range(4)), "4 1 warmth"]))
    assert not Flag.objects.exists()
    return treatment


def test_two_missed_days_after_a_watched_entry_raise_a_flag_and_a_mail(watched):
    silence.review(at=at(watched, 6, EVENING))
    assert not Flag.objects.exists()  # she may still write on day 6
    assert silence.review(at=at(watched, 7)) == 1
    flag = Flag.objects.get()
    assert (flag.rule, flag.tier, flag.on, flag.days) == ("M-2", 2, watched.date_of(6), [4, 6])
    assert flag.values["silent"] == [5, 6]
    assert Notice.objects.get().flag == flag


def test_a_course_is_looked_at_once_a_day_and_again_when_something_was_saved(watched, django_assert_num_queries):
    assert silence.review(at=at(watched, 7)) == 1
    with django_assert_num_queries(1):
        assert silence.review(at=at(watched, 7, EVENING)) == 0
    assert silence.review(at=at(watched, 8)) == 1
    assert Flag.objects.count() == Notice.objects.count() == 1
    log(watched, "day redness\n8 0")
    assert silence.review(at=at(watched, 8, EVENING)) == 1


def test_a_query_fetches_only_courses_that_are_due(watched):
    silence.review(at=at(watched, 7))
    assert not Treatment.objects.waited_for(at(watched, 7, EVENING)).exists()
    assert Treatment.objects.waited_for(at(watched, 8)).exists()


def test_an_entry_in_time_keeps_it_silent(watched):
    log(watched, "day redness\n5 0")
    silence.review(at=at(watched, 7))
    assert not Flag.objects.exists()


def test_a_late_entry_leaves_the_flag_and_one_for_a_missed_day_says_that_it_no_longer_holds(watched):
    silence.review(at=at(watched, 7))
    log(watched, "day redness\n7 0")
    assert Flag.objects.get().holds
    log(watched, "day redness\n5 0", at=at(watched, 7))
    flag = Flag.objects.get()
    assert (flag.state, flag.holds) == ("open", False)


def test_days_that_are_added_one_after_the_other_raise_no_flag_in_between(watched):
    late = at(watched, 9)
    log(watched, "day redness\n8 0\n7 0\n6 0\n5 0", at=late)
    silence.review(at=late)
    assert not Flag.objects.exists()


def test_a_day_that_has_a_flag_of_its_own_is_not_waited_for_with_another(treatment):
    log(treatment, "day signs\n4 yellow_crust")
    silence.review(at=at(treatment, 7))
    assert [flag.rule for flag in Flag.objects.all()] == ["N-6"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"])
def test_the_day_is_that_of_the_treatments_own_zone(watched, zone):
    Treatment.objects.update(time_zone=zone)
    watched.refresh_from_db()
    silence.review(at=at(watched, 6, EVENING))
    assert not Flag.objects.exists()
    silence.review(at=at(watched, 7, datetime.time(0)))
    assert Flag.objects.get().day == 6


def test_a_cancelled_treatment_and_one_of_long_ago_are_not_waited_for(watched, cara):
    silence.review(at=at(watched, 80))
    watched.refresh_from_db()
    assert watched.waits_until == NEVER
    assert silence.review(at=at(watched, 300)) == 0
    Treatment.objects.update(cancelled_at=at(watched, 5), cancelled_by=cara, waits_until=None)
    assert silence.review(at=at(watched, 7)) == 0


def test_a_treatment_that_is_still_to_come_is_looked_at_when_its_first_day_is_over(treatment):
    silence.review(at=at(treatment, -20))
    treatment.refresh_from_db()
    assert treatment.waits_until == at(treatment, 1, datetime.time(0))


def test_silence_ends_with_the_next_treatment(watched):
    again = Treatment.objects.get(pk=watched.pk)
    again.pk, again.treated_on = None, watched.date_of(6)
    again.save(force_insert=True)
    silence.review(at=at(watched, 9))
    assert not Flag.objects.filter(treatment=watched).exists()


def test_a_course_that_cannot_be_compared_holds_up_no_other_and_is_tried_again_later(watched, vera, cara, caplog):
    from tests.conftest import make_treatment

    Treatment.objects.update(protocol_version="lost-1")
    other = make_treatment(vera, watched.treated_on, cara)
    log(other, "day redness signs\n4 1 warmth")
    with caplog.at_level(logging.ERROR):
        assert silence.review(at=at(watched, 7)) == 1
    assert [record.getMessage() for record in caplog.records] == [
        f"the course of treatment {watched.pk} could not be compared: UnknownVersion"
    ]
    assert Flag.objects.get().treatment == other
    watched.refresh_from_db()
    assert watched.waits_until == at(watched, 7, datetime.time(1, 1))


def test_the_tick_looks_for_missed_days(watched, monkeypatch, mailoutbox, capsys):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(watched, 7))
    call_command("tick")
    assert Flag.objects.get().rule == "M-2"
    assert len(mailoutbox) == 1
    assert capsys.readouterr().out == "courses looked at for missed days: 1, passed on: 0, notices sent: 1\n"


def test_a_silence_after_a_flag_that_was_closed_as_not_reached_is_raised(treatment, cara):
    log(treatment, "day signs\n4 yellow_crust")
    flags.close(flag=Flag.objects.get(), outcome="not_reached", note="", by=cara, at=at(treatment, 5))
    silence.review(at=at(treatment, 7))
    assert [flag.rule for flag in Flag.objects.live()] == ["M-2"]


def test_a_silence_of_long_ago_alarms_nobody(watched):
    log(watched, "\n".join(["day redness", *(f"{day} 0" for day in range(7, 15))]))
    silence.review(at=at(watched, 16))
    assert not Flag.objects.exists()


def test_after_something_was_saved_there_is_an_hour_to_add_the_other_days(watched):
    now = at(watched, 9)
    log(watched, "day redness\n8 0", at=now)
    assert silence.review(at=now + datetime.timedelta(minutes=59)) == 0
    log(watched, "day redness\n5 0\n6 0", at=now + datetime.timedelta(minutes=30))
    silence.review(at=now + datetime.timedelta(hours=2))
    assert not Flag.objects.exists()
