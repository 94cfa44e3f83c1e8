"""The patient's start page: which day it is, what to expect and from where, and what still waits."""

import datetime
import re

import pytest
from django.utils import timezone

from journal.actions import flags, treatments
from journal.models import Flag
from journal.words import SHORT
from tests.conftest import make_treatment

from .tables import log, stop_clock, words

START = datetime.date(2026, 6, 15)  # a Monday


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def today(as_, pat, monkeypatch):
    """The page on a day of the treatment, at noon."""

    def on(day):
        noon = datetime.datetime.combine(START, datetime.time(11), datetime.UTC)
        stop_clock(monkeypatch, noon + datetime.timedelta(days=day))
        return as_(pat).get("/")

    return on


def missed(page):
    links = re.findall(r'href="/log/[0-9-]+/">(.*?)</a>', page.content.decode())
    return [int(label.removeprefix("Day ")) for label in links]


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (0, "Your treatment day"),
        (1, "Day 1 after treatment"),
        (8, "Day 8 after treatment"),
        (-1, "Your treatment is on 15 June"),
        (400, "Day 400 after treatment"),
    ],
)
def test_it_says_which_day_it_is(today, treatment, day, title):
    assert title in words(today(day))


def test_what_to_expect_is_said_for_each_question_and_for_the_signs_of_the_day(today, treatment):
    said = words(today(1))
    assert "Redness: most often moderate, at most severe." in said
    assert "Itch: most often mild, at most moderate." in said
    signs = re.search(r"Can also come today: (.*?)\.", said)[1]
    expected = ("warmth", "swelling", "peeling", "bruising", "bleeding", "increasing_pain")
    assert set(signs.split(", ")) == {SHORT[code] for code in expected}
    later = words(today(8))
    assert "Redness: most often gone by now." in later
    assert f"Can also come today: {SHORT['peeling']}, {SHORT['bruising']}." in later


def test_what_to_expect_shows_where_it_comes_from(today, treatment):
    page = today(3).content.decode()
    sources = page[page.index('<details class="sources">') :]
    assert "Where does this come from?" in sources
    assert re.search(r"<b>S\d</b>", sources)
    assert re.search(r"\d+ sources:", sources)


def test_the_one_thing_to_do_is_to_log(today, treatment):
    said = words(today(3))
    assert "Not logged yet" in said
    log(treatment, "day redness\n3 1")
    said = words(today(3))
    assert "Logged today" in said
    assert "Not logged yet" not in said


def test_days_without_an_entry_are_offered_without_blame(today, treatment):
    log(treatment, "day redness\n0 3\n3 1")
    page = today(5)
    assert missed(page) == [1, 2, 4]
    assert "It is fine if you do not remember." in words(page)


def test_with_every_day_written_nothing_is_said_of_missing_ones(today, treatment):
    log(treatment, "day redness\n0 3\n1 2")
    assert "Days without an entry" not in words(today(2))


def test_only_the_last_two_weeks_are_offered(today, treatment):
    assert missed(today(40)) == list(range(26, 40))


def test_before_the_treatment_there_is_a_baseline_to_write_and_nothing_to_expect(today, treatment):
    said = words(today(-3))
    assert "A photo and your usual scores now make it easier to compare later." in said
    assert "What to expect" not in said
    assert "Days without an entry" not in said


def test_the_days_of_a_second_session_count_from_it(today, treatment, pat, cara):
    make_treatment(pat, START + datetime.timedelta(days=28), cara)
    assert "Day 27 after treatment" in words(today(27))
    assert "Your treatment day" in words(today(28))


def test_a_cancelled_treatment_is_not_counted(today, treatment, cara):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert "Day 3" not in words(today(3))


def test_without_a_treatment_it_says_what_is_missing_and_whom_to_call(today, pat):
    said = words(today(3))
    assert "Your clinic has not written down a treatment for you yet." in said
    assert "Call Riverside Skin Clinic" in said
    assert "Log today" not in said


def test_without_a_treatment_an_open_clinic_is_not_called_closed(today, pat):
    assert "closed" not in words(today(0))


def test_a_prompt_stands_until_a_person_has_closed_it(today, treatment, cara):
    entry = log(treatment, "day redness\n8 1\n9 0")
    page = today(10)
    assert "Contact within a day" in words(page)
    assert "From your entry for day 8, 23 June." in words(page)
    assert "Sent to the clinic, not seen yet" in words(page)
    assert f"/entry/{entry.treatment.entries.get(on=treatment.date_of(8)).pk}/" in page.content.decode()
    flags.acknowledge(flag=Flag.objects.get(), by=cara, at=timezone.now())
    assert "Seen by the clinic" in words(today(10))
    flags.close(flag=Flag.objects.get(), outcome="seen", note="", by=cara, at=timezone.now())
    assert "Contact within a day" not in words(today(10))


def test_the_most_urgent_prompt_comes_first(today, treatment):
    log(treatment, "day redness signs\n8 1 pus,breathing_trouble")
    tiers = re.findall(r'<section class="card call (\w+)"', today(8).content.decode())
    assert tiers == ["emergency", "urgent", "contact"]


def test_a_clinic_that_keeps_prompts_to_itself_shows_emergencies_only(today, treatment, clinic):
    clinic.prompts_patients = False
    clinic.save()
    log(treatment, "day redness signs\n8 1 pus,breathing_trouble")
    assert re.findall(r'<section class="card call (\w+)"', today(8).content.decode()) == ["emergency"]


def test_it_says_that_nobody_watches_and_whom_to_call_in_an_emergency(today, treatment):
    page = today(3)
    assert "This journal is not watched live" in words(page)
    assert 'href="tel:999"' in page.content.decode()


def test_nothing_of_another_patient_is_on_it(today, treatment, vera, cara):
    hers = make_treatment(vera, START, cara)
    log(hers, "day signs\n3 pus")
    assert "Call now" not in words(today(3))


def test_staff_are_led_to_where_they_work(as_, cara, ada):
    assert as_(cara).get("/").url == "/inbox/"
    assert as_(ada).get("/").url == "/admin/"


def test_the_clinic_page_says_how_to_reach_it_now_and_when_it_is_open(today, treatment, as_, pat):
    today(0)  # a Monday at noon
    page = as_(pat).get("/clinic/")
    assert "open until 18:00" in words(page)
    assert "Monday 09:00–18:00" in words(page)
    for number in ("+442079460000", "111", "999"):
        assert f'href="tel:{number}"' in page.content.decode()
    today(6)
    assert "The clinic is closed now" in words(as_(pat).get("/clinic/"))


def test_the_clinic_page_says_what_was_agreed_to(today, treatment, as_, pat):
    said = words(as_(pat).get("/clinic/"))
    assert "that your photos are kept and shown to your clinic" in said
    assert "It is not watched live." in said


def test_looking_does_not_cost_more_queries_with_more_days(today, treatment, django_assert_max_num_queries):
    log(treatment, "day redness\n" + "\n".join(f"{day} 1" for day in range(30)))
    with django_assert_max_num_queries(40):  # sign-in included
        today(30)
