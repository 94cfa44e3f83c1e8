"""A silence reaches the clinic without a new entry: `tick` looks for missed days, once a day for each course."""

import datetime

import pytest
from django.core.management import call_command

from journal.actions import silence
from journal.models import Flag, Notice, Treatment

from .tables import log

NOON, EARLY = datetime.time(12, 30), datetime.time(9)


def at(treatment, day, time=NOON):
    return datetime.datetime.combine(treatment.date_of(day), time, treatment.zone)


@pytest.fixture
def watched(treatment):
    """Warm skin on day 4, which is watched, and nothing after it."""
    log(treatment, "\n".join(["day redness signs", *(f"{day} 1 -" for day in range(4)), "4 1 warmth"]))
    assert not Flag.objects.exists()
    return treatment


def test_two_missed_days_after_a_watched_entry_raise_a_flag_and_a_mail(watched):
    silence.review(at=at(watched, 5))
    assert not Flag.objects.exists()
    assert silence.review(at=at(watched, 6)) == 1
    flag = Flag.objects.get()
    assert (flag.rule, flag.tier, flag.on, flag.days) == ("M-2", 2, watched.date_of(6), [4, 6])
    assert flag.values["silent"] == [5, 6]
    assert Notice.objects.get().flag == flag


def test_the_morning_of_a_day_does_not_count_it_as_missed(watched):
    silence.review(at=at(watched, 6, EARLY))
    assert not Flag.objects.exists()


def test_a_course_is_looked_at_once_a_day(watched, django_assert_num_queries):
    assert silence.review(at=at(watched, 6)) == 1
    assert silence.review(at=at(watched, 6, datetime.time(18))) == 0
    with django_assert_num_queries(1):
        silence.review(at=at(watched, 6, datetime.time(19)))
    assert silence.review(at=at(watched, 7)) == 1
    assert Flag.objects.count() == Notice.objects.count() == 1


def test_an_entry_in_time_keeps_it_silent_and_a_late_one_takes_nothing_back(watched):
    log(watched, "day redness\n5 0")
    silence.review(at=at(watched, 6))
    assert not Flag.objects.exists()


def test_a_late_entry_leaves_the_flag_and_one_for_a_missed_day_says_that_it_no_longer_holds(watched):
    silence.review(at=at(watched, 6))
    log(watched, "day redness\n7 0")
    assert Flag.objects.get().holds
    log(watched, "day redness\n5 0", at=at(watched, 7))
    flag = Flag.objects.get()
    assert (flag.state, flag.holds) == ("open", False)


def test_an_entry_after_the_silence_raises_the_flag_that_no_tick_has_raised(watched):
    log(watched, "day redness\n9 0")
    assert [flag.rule for flag in Flag.objects.all()] == ["M-2"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"])
def test_the_day_is_that_of_the_treatments_own_zone(watched, zone):
    Treatment.objects.update(time_zone=zone)
    watched.refresh_from_db()
    silence.review(at=at(watched, 6, datetime.time(11, 59)))
    assert not Flag.objects.exists()
    silence.review(at=at(watched, 6, datetime.time(12)))
    assert Flag.objects.get().day == 6


def test_a_cancelled_treatment_and_one_of_long_ago_are_not_waited_for(watched, cara):
    assert silence.review(at=at(watched, 80)) == 0
    Treatment.objects.update(cancelled_at=at(watched, 5), cancelled_by=cara)
    assert silence.review(at=at(watched, 6)) == 0


def test_silence_ends_with_the_next_treatment(watched, pat, cara):
    again = Treatment.objects.get(pk=watched.pk)
    again.pk, again.treated_on = None, watched.date_of(6)
    again.save(force_insert=True)
    silence.review(at=at(watched, 9))
    assert not Flag.objects.filter(treatment=watched).exists()


def test_the_tick_looks_for_missed_days(watched, monkeypatch, mailoutbox, capsys):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(watched, 6))
    call_command("tick")
    assert Flag.objects.get().rule == "M-2"
    assert len(mailoutbox) == 1
    assert capsys.readouterr().out == "courses looked at for missed days: 1, notices sent: 1\n"
