"""The patient's start page: which day it is, what to expect and from where, and what still waits."""

import datetime
import re

import pytest
from django.utils import timezone

from journal import protocols
from journal.actions import flags, silence, treatments, visits
from journal.actions.calls import try_call
from journal.actions.care import add_product, change_care
from journal.models import Flag, Visit
from journal.recovery import wording
from journal.recovery.rows import LAST_DAY
from journal.recovery.scale import QUESTION_LABELS, WORDS
from journal.views.outcome import names_of
from journal.words import sign_label
from tests.conftest import decide_before, make_treatment

from .tables import log, posted, stop_clock, stop_clock_on, words

START = datetime.date(2026, 6, 15)  # a Monday


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def today(as_, pat, monkeypatch):
    """The page on a day of the treatment, at noon."""

    def on(day):
        stop_clock_on(monkeypatch, START, day)
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
    assert "Redness: around moderate, up to severe." in said
    assert "Itch: around mild, up to moderate." in said
    signs = re.search(r"Can also come today: (.*?)\.", said)[1]
    expected = ("warmth", "swelling", "peeling", "bruising", "bleeding", "increasing_pain")
    assert set(signs.split("; ")) == {sign_label(code) for code in expected}
    later = words(today(8))
    assert "None expected any more: Redness, Tightness, Itch." in later
    assert f"Can also come today: {sign_label('peeling')}; {sign_label('bruising')}." in later


def test_every_day_of_the_bands_is_told_by_what_is_expected_and_up_to_where(today, treatment):
    """Each of the ways in which a day of the bands can read."""
    bands = treatment.protocol.profile_for(treatment.course()).bands
    for day in range(LAST_DAY + 1):
        said = words(today(day))
        limits = {question: band.limit_on(day) for question, band in bands.items()}
        over = [QUESTION_LABELS[question] for question, limit in limits.items() if limit == 0]
        assert (f"None expected any more: {', '.join(over)}." in said) == (len(over) > 1)
        assert (f"{over[0]}: none expected." in said if over else False) == (len(over) == 1)
        for question, band in bands.items():
            typical, limit = band.typical_on(day), limits[question]
            around = f"around {WORDS[typical]}, " if typical else "none, or "
            told = f"{QUESTION_LABELS[question]}: {around if typical < limit else ''}up to {WORDS[limit]}."
            assert (told in said) == (limit > 0), told


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


def test_missed_days_are_offered_while_entries_are_asked_for_each_day(today, treatment):
    assert missed(today(14)) == list(range(14))
    assert missed(today(15)) == []


AGAIN = "You were asked to look again."


@pytest.mark.parametrize("day", [20, 21])
def test_an_entry_is_asked_for_on_the_two_days_after_a_finding(today, treatment, day):
    log(treatment, "day redness signs\n18 0 -\n19 0 warmth")
    assert not Flag.objects.exists()  # else the prompt itself would ask
    said = words(today(day))
    assert AGAIN in said
    assert "Not logged yet" in said


@pytest.mark.parametrize(
    ("table", "day"),
    [
        ("18 0 -\n19 0 warmth", 22),  # three days ago
        ("18 0 warmth\n19 0 -", 20),  # nothing was found in the latest
        ("18 0 -\n19 0 -", 20),
        ("18 0 warmth\n19 0 warmth\n20 0 -", 20),  # it was written
    ],
)
def test_without_a_finding_in_the_days_before_nobody_is_asked_to_look_again(today, treatment, table, day):
    log(treatment, f"day redness signs\n{table}")
    assert AGAIN not in words(today(day))


def test_in_the_first_two_weeks_it_says_too_that_a_look_was_asked_for(today, treatment):
    log(treatment, "day redness signs\n4 1 warmth")
    assert AGAIN in words(today(5))
    assert AGAIN not in words(today(4))


def test_a_clinic_that_keeps_prompts_to_itself_did_not_ask_to_look_again(today, treatment, clinic):
    clinic.prompts_patients = False
    clinic.save()
    log(treatment, "day redness signs\n19 0 warmth")
    said = words(today(20))
    assert AGAIN not in said
    assert "You need not write every day any more." in said


def test_before_the_treatment_what_is_expected_can_be_read(today, treatment, pat):
    link = 'href="/expected/">What is expected, and why</a>'
    assert link in today(-3).content.decode()
    assert link not in today(3).content.decode()  # the card of the day leads there
    treatment.delete()
    assert "/expected/" not in today(3).content.decode()


def test_before_the_treatment_there_is_a_baseline_to_write_and_nothing_to_expect(today, treatment):
    said = words(today(-3))
    assert "A photo and your usual scores now make it easier to compare later." in said
    assert "What to expect" not in said
    assert "Days without an entry" not in said


def test_more_than_thirty_days_ahead_there_is_nothing_to_log_and_no_button(today, treatment, as_, pat):
    page = today(-31)
    assert "Come back in the month before your treatment." in words(page)
    assert 'href="/log/"' not in page.content.decode()
    assert as_(pat).post("/log/", posted(treatment, -31, redness="1")).status_code == 422
    assert 'href="/log/"' in today(-30).content.decode()
    assert as_(pat).post("/log/", posted(treatment, -30, redness="1")).status_code == 302


def test_today_is_asked_in_the_zone_of_each_treatment(as_, treatment, pat, cara, monkeypatch):
    make_treatment(pat, START + datetime.timedelta(days=29), cara, time_zone="Pacific/Kiritimati")
    morning = datetime.datetime(2026, 7, 13, 10, 0, tzinfo=datetime.UTC)  # the 14th has just begun on Kiritimati
    stop_clock(monkeypatch, morning - datetime.timedelta(minutes=1))
    assert "Day 28 after treatment" in words(as_(pat).get("/"))
    stop_clock(monkeypatch, morning)
    assert "Your treatment day" in words(as_(pat).get("/"))


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
    assert "You logged mild redness or color change on day 8" in words(page)
    assert "Sent to the clinic, not seen yet" in words(page)
    assert f"/entry/{entry.treatment.entries.get(on=treatment.date_of(8)).pk}/" in page.content.decode()
    flags.acknowledge(flag=Flag.objects.get(), by=cara, at=timezone.now())
    assert "Seen by the clinic" in words(today(10))
    flags.close(flag=Flag.objects.get(), outcome="seen", note="", by=cara, at=timezone.now())
    assert "Contact within a day" not in words(today(10))


def at_noon(treatment, day):
    return datetime.datetime.combine(treatment.date_of(day), datetime.time(12), treatment.zone)


@pytest.fixture
def unreached(treatment, cara):
    """A flag of day 8, closed on day 9 because nobody answered."""
    log(treatment, "day redness\n8 1")
    flags.close(flag=Flag.objects.get(), outcome="not_reached", note="", by=cara, at=at_noon(treatment, 9))
    return Flag.objects.get()


TRIED = "The clinic tried to reach you 24 Jun, 12:00. Please call."


def test_what_was_closed_because_nobody_answered_still_stands_with_its_care(today, unreached):
    page = today(10)
    assert TRIED in words(page)
    assert "Contact within a day" in words(page)
    assert "callbtn" in page.text
    assert STOP in words(page)


def test_after_two_weeks_it_stands_no_longer(today, unreached):
    assert TRIED in words(today(21))
    assert TRIED not in words(today(23))


def test_once_they_have_spoken_it_stands_no_longer(today, unreached, pat, cara):
    try_call(call=pat.calls.get(), outcome="no_answer", by=cara, at=at_noon(unreached.treatment, 10))
    assert TRIED in words(today(10))
    try_call(call=pat.calls.get(), outcome="spoken", by=cara, at=at_noon(unreached.treatment, 10))
    assert TRIED not in words(today(10))


@pytest.mark.parametrize("closed", [False, True])
def test_a_newer_flag_of_the_rule_takes_its_place(today, unreached, cara, closed):
    log(unreached.treatment, "day redness\n10 1")
    newer = Flag.objects.live().get()
    if closed:
        flags.close(flag=newer, outcome="advised", note="", by=cara, at=at_noon(newer.treatment, 11))
    assert TRIED not in words(today(11))


def test_what_no_longer_holds_is_not_brought_up_again(today, treatment, cara):
    log(treatment, "day redness\n8 1\n8 0")
    flags.close(flag=Flag.objects.get(), outcome="not_reached", note="", by=cara, at=at_noon(treatment, 9))
    assert TRIED not in words(today(10))


@pytest.mark.parametrize(
    ("signs", "numbers"),
    [("breathing_trouble", ["999"]), ("pus", ["+442079460000"]), ("blisters", ["+442079460000"])],
)
def test_a_prompt_can_be_called_about_from_here(today, treatment, signs, numbers):
    log(treatment, f"day signs\n5 {signs}")
    page = today(7)  # a Monday at noon
    assert re.findall(r'<a class="btn callbtn[^"]*" href="tel:(.*?)"', page.content.decode()) == numbers


def test_each_prompt_has_its_own_words_and_those_of_earlier_sessions_are_here_too(today, treatment, pat, cara):
    log(treatment, "day signs\n5 pus")
    later = make_treatment(pat, START + datetime.timedelta(days=28), cara)
    log(later, "day worried\n1 yes")
    said = words(today(30))
    assert wording.message(Flag.objects.get(rule="N-1").finding(), treatment.protocol, names_of(pat.clinic)) in said
    assert "You asked for a call, and Riverside Skin Clinic can see that." in said
    assert said.index("Call now") < said.index("You asked for a call")


def test_prompts_stand_although_the_only_treatment_was_cancelled(today, treatment, cara):
    log(treatment, "day signs\n5 pus")
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    said = words(today(6))
    assert "This treatment was cancelled. As it stands, this prompt would not be there." in said
    assert "Your clinic has not written down a treatment for you yet." in said


def test_a_prompt_that_no_longer_holds_says_so_and_urges_nothing(today, treatment):
    log(treatment, "day signs\n5 pus\n5 -")
    page = today(6)
    assert "You changed your entry for day 5, 20 June. As it stands, this prompt would not be there." in words(page)
    assert "Call now" not in words(page)
    assert "callbtn" not in page.content.decode()


def headings(page):
    found = re.findall(r'<section class="card call.*?<h2>(.*?)</h2>', page.content.decode(), re.DOTALL)
    return [" ".join(heading.split()) for heading in found]


def test_each_prompt_says_of_which_day_it_is(today, treatment):
    log(treatment, "day signs\n-2 pus\n5 blisters")
    assert headings(today(6)) == ["Before treatment, Saturday 13 June", "Day 5, Saturday 20 June"]
    assert "aria-label" not in re.search(r'<section class="card call[^>]*>', today(6).content.decode())[0]


def test_a_prompt_of_another_session_says_of_which(today, treatment, pat, cara):
    log(treatment, "day signs\n5 pus")
    later = make_treatment(pat, START + datetime.timedelta(days=28), cara, session_number=2)
    log(later, "day worried\n1 yes")
    assert headings(today(30)) == ["Day 5, Saturday 20 June, session 1", "Day 1, Tuesday 14 July"]


def test_a_silence_that_was_filled_later_is_told_as_one(today, treatment):
    """The clinic was told of missing days; then one of them was written."""
    log(treatment, "day signs\n4 warmth")
    silence.review(at=datetime.datetime.combine(treatment.date_of(7), datetime.time(12), treatment.zone))
    assert "missed day since" not in words(today(7))
    log(treatment, "day signs\n5 -")
    said = words(today(7))
    assert "You have written for a missed day since then." in said
    assert "You changed your entry" not in said


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
    said = words(as_(pat).get("/clinic/"))
    assert "The clinic is closed now (+44 20 7946 0000) and opens Monday 09:00. Urgent line: 111." in said


def test_the_hours_are_said_as_the_clinics_own_clock_shows_them(today, clinic, as_, pat):
    clinic.time_zone = "Asia/Tokyo"
    clinic.save()
    today(0)  # Monday noon in London is 20:00 in Tokyo
    assert "and opens Tuesday 09:00." in words(as_(pat).get("/clinic/"))


def test_a_clinic_without_hours_does_not_say_that_it_is_closed(today, clinic, as_, pat):
    clinic.hours.all().delete()
    today(0)
    said = words(as_(pat).get("/clinic/"))
    assert "closed" not in said
    assert "opens" not in said
    assert "Urgent line: 111." in said


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ((15, 8, 59), (15, 9)),  # Monday before nine
        ((15, 9, 0), (16, 9)),  # open: the next time is tomorrow
        ((19, 18, 0), (22, 9)),  # Friday at closing time
        ((21, 23, 59), (22, 9)),
    ],
)
def test_when_the_doors_open_next(clinic, now, opens):
    day, hour, minute = now
    moment = datetime.datetime(2026, 6, day, hour, minute, tzinfo=clinic.zone)
    assert clinic.opens_at(moment) == datetime.datetime(2026, 6, *opens, tzinfo=clinic.zone)


def test_an_hour_in_the_middle_of_the_day_is_when_a_closed_door_opens_again(clinic):
    """Monday 9 to 12 and 14 to 18, asked at half past twelve."""
    clinic.hours.all().delete()
    for opens, closes in ((9, 12), (14, 18)):
        clinic.hours.create(weekday=0, opens=datetime.time(opens), closes=datetime.time(closes))
    noon = datetime.datetime(2026, 6, 15, 12, 30, tzinfo=clinic.zone)
    assert clinic.closes_at(noon) is None
    assert clinic.opens_at(noon) == datetime.datetime(2026, 6, 15, 14, tzinfo=clinic.zone)


def test_the_clinic_page_says_what_was_agreed_to(today, treatment, as_, pat):
    said = words(as_(pat).get("/clinic/"))
    assert "that your photos are kept and shown to your clinic" in said
    assert "It is not watched live." in said
    assert 'href="/expected/"' in as_(pat).get("/clinic/").content.decode()


MOST_QUERIES = 20  # of a signed-in patient


def test_looking_does_not_cost_more_queries_with_more_entries(
    as_, pat, treatment, monkeypatch, django_assert_max_num_queries
):
    stop_clock_on(monkeypatch, START, 30)
    browser, counts = as_(pat), []
    browser.get("/")  # signs in to the end
    for length in (17, 30):
        log(treatment, "day redness\n" + "\n".join(f"{day} 1" for day in range(length)))
        browser.get("/")  # what is new has been before her
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            browser.get("/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_of_several_prompts_only_the_most_urgent_says_what_to_do(treatment, today):
    log(treatment, "day signs\n3 breathing_trouble,fever\n4 bad_smell")
    said = words(today(4))
    assert "Call 999 now. Do not wait for the clinic." in said
    assert "within a day" not in said.replace("Contact within a day", "")
    assert "That is worth a check." in said


CARE = protocols.load(protocols.CURRENT).care


def held(day):
    return [advice.text for advice in CARE.preparation if advice.holds_on(day)]


@pytest.mark.parametrize("day", [-7, -3, -1])
def test_in_the_week_before_it_counts_the_days_and_says_how_to_prepare(today, treatment, day):
    said = words(today(day))
    assert f"{-day} day{'s' if day < -1 else ''} to go" in said
    assert held(day)
    assert [text for text in held(day) if text not in said] == []


def test_earlier_than_that_the_plan_can_be_read(today, treatment):
    page = today(-8)
    assert "to go" not in words(page)
    assert 'href="/care/"' in page.content.decode()


def test_the_days_to_the_next_treatment_are_counted_during_the_course_of_this_one(today, treatment, pat, cara):
    make_treatment(pat, START + datetime.timedelta(days=35), cara)
    said = words(today(30))
    assert "5 days to go Your next treatment is on Monday, 20 July." in said
    assert [text for text in held(-5) if text not in said] == []
    assert "to go" not in words(today(27))


def test_who_prepares_is_not_told_what_may_be_done_again(today, treatment, pat, cara):
    again = CARE.clock("make-up").advice[1].text
    assert again in words(today(9))
    make_treatment(pat, START + datetime.timedelta(days=14), cara)
    assert again not in words(today(9))


SPOKEN = "Until you have spoken with your clinic"
STOP = "Do not start anything again until you have spoken with your clinic."


def test_while_something_is_not_closed_nothing_is_said_to_be_fine_again(today, treatment, cara):
    again = CARE.clock("make-up").advice[1].text
    assert again in words(today(8))
    assert STOP not in words(today(8))
    log(treatment, "day redness\n8 1")
    said = words(today(8))
    assert again not in said
    assert f"What your clinic tells you comes first. {STOP}" in said
    flags.acknowledge(flag=Flag.objects.get(), by=cara, at=timezone.now())
    assert again not in words(today(8))
    flags.close(flag=Flag.objects.get(), outcome="seen", note="", by=cara, at=timezone.now())
    assert again in words(today(8))


def test_a_cool_cloth_and_work_are_nothing_that_begins_again(today, treatment):
    log(treatment, "day signs\n2 pus")
    assert CARE.clock("soothing").advice[0].text in words(today(3))
    assert CARE.clock("work").advice[1].again
    assert SPOKEN not in left_out(today(2))


def test_under_a_flag_what_waits_is_named_beside_what_is_left_out(today, treatment):
    again = [clock for clock in CARE.clocks if any(advice.again and advice.from_day == 7 for advice in clock.advice)]
    assert SPOKEN not in left_out(today(7))
    log(treatment, "day signs\n5 pus")
    assert SPOKEN not in left_out(today(6))
    assert left_out(today(7))[SPOKEN] == [clock.advice[0].short or clock.topic for clock in again]
    assert len(again) == 4


def test_who_prepares_for_the_next_treatment_is_not_told_to_ask_whether_to_begin_again(today, treatment, pat, cara):
    log(treatment, "day signs\n5 pus")
    make_treatment(pat, START + datetime.timedelta(days=14), cara)
    assert SPOKEN not in left_out(today(9))


def test_it_waits_too_where_a_clinic_keeps_prompts_to_itself(today, treatment, clinic):
    clinic.prompts_patients = False
    clinic.save()
    log(treatment, "day redness\n8 1")
    assert STOP in words(today(8))
    assert CARE.clock("make-up").advice[1].text not in words(today(8))


@pytest.mark.parametrize(("signs", "asked"), [("pus", False), ("-", True)])
def test_nobody_is_asked_how_it_is_going_who_should_call_now(today, treatment, signs, asked):
    log(treatment, f"day redness signs\n14 1 {signs}")
    assert Flag.objects.exists()
    assert ("how is it going?" in words(today(14))) == asked


def put_off(treatment, by, decision="wait"):
    decide_before(treatment, decision, by)


ASK = "Ask your clinic about your date"


@pytest.mark.parametrize("day", [-20, -3, 0, 1, 30])
def test_a_treatment_that_was_put_off_is_not_counted_down_to(today, treatment, cara, day):
    put_off(treatment, cara, "treat")
    assert ASK not in words(today(day))
    put_off(treatment, cara)
    page = today(day)
    said = words(page)
    assert ASK in said
    assert 'href="tel:+442079460000">Call Riverside Skin Clinic' in page.content.decode()
    never = (
        "to go",
        "Your treatment is on",
        "Your treatment day",
        "What happens today",
        "fter treatment",
        "Days without",
    )
    for told in never:
        assert told not in said


def test_a_next_treatment_that_was_put_off_is_not_counted_down_to(today, treatment, pat, cara):
    later = make_treatment(pat, START + datetime.timedelta(days=35), cara)
    put_off(later, cara, "decline")
    said = words(today(30))
    assert ASK in said
    assert "to go" not in said
    assert "Day 30 after treatment" in said


def test_what_was_done_was_not_put_off(today, treatment, cara):
    put_off(treatment, cara)
    facts = {"facts": {"cleaned": True}, "depth_mm": None, "by": cara, "at": timezone.now()}
    visits.record_visit(treatment=treatment, **facts)
    assert ASK not in words(today(0))
    assert "After the treatment, today" in words(today(0))


def test_the_clinic_can_be_called_while_one_prepares(today, treatment):
    for day in (-3, 0):
        assert 'href="tel:+442079460000">Call Riverside Skin Clinic: +44' in today(day).content.decode()


def test_of_several_prompts_the_leading_one_is_open_and_the_others_are_a_tap_away(today, treatment):
    log(treatment, "day redness signs\n8 1 pus,breathing_trouble")
    assert '<details class="more card slim" open>' in today(8).content.decode()  # the first time all is before her
    page = today(8).content.decode()
    first, rest = page.split('<details class="more card slim">')
    assert "card call emergency" in first
    assert "card call urgent" not in first
    folded, below = rest.split("</details>", 1)
    assert "<span>2 more things your clinic knows of, 2 of today</span>" in folded
    assert folded.count('<section class="card call') == 2
    assert "Logged today" in below


def test_how_many_of_the_folded_prompts_are_of_today_is_told_where_any_are(today, treatment):
    log(treatment, "day signs\n2 pus\n5 breathing_trouble,fever\n6 pus")
    more = helping(today(6))[0]
    assert re.fullmatch(r"\d more things your clinic knows of, 1 of today", more)
    assert helping(today(7))[0] == more.removesuffix(", 1 of today")


def test_of_one_folded_prompt_it_speaks_as_of_one(today, treatment):
    log(treatment, "day redness signs\n8 1 pus")
    assert helping(today(9))[0] == "1 more thing your clinic knows of"


def test_a_prompt_that_stands_goes_before_one_that_no_longer_holds(today, treatment):
    log(treatment, "day redness signs\n4 1 pus\n4 1 -\n8 1 -")
    assert headings(today(8)) == ["Day 8, Tuesday 23 June", "Day 4, Friday 19 June"]


def test_line_by_line_says_how_far_apart_the_documents_are(today, treatment):
    said = words(today(2))
    make_up, sun = CARE.clock("make-up").advice[0], CARE.clock("sun").advice[0]
    assert f"Make-up : {make_up.text} (documents: no wait, through day 6)" in said
    assert f"Sun : {sun.text} (documents: day 1 to 6)" in said
    assert f"Picking and shaving : {CARE.clock('picking').advice[0].text} (documents: no end named)" in said
    assert f"Water to drink : {CARE.clock('water').advice[0].text} Cool cloth" in said


def test_a_date_of_the_clinics_own_is_marked(today, treatment, cara, clinic):
    assert "your clinic’s date" not in words(today(1))
    change = {"clinic": clinic, "protocol": treatment.protocol, "clock": "make-up", "by": cara, "at": timezone.now()}
    change_care(**change, avoid_to=8, reason="")
    assert "Through Tue 23 Jun (day 8): Make-up (your clinic’s date)" in words(today(1))


def test_a_product_is_not_named_on_a_day_on_which_it_is_left_out(today, treatment, cara, clinic):
    log(treatment, "day redness dryness itch signs\n0 0 2 0 -")
    add_product(clinic=clinic, clock="moisturizer", name="Plain Cream", by=cara, at=timezone.now())
    assert "Plain Cream" not in words(today(0))
    assert "Riverside Skin Clinic names: Plain Cream." in words(today(1))


def test_on_the_day_it_says_what_happens_until_the_clinic_has_written_it_down(today, treatment, cara):
    said = words(today(0))
    assert "What happens today" in said
    assert [stage.code for stage in CARE.stages if not stage.areas and stage.text not in said] == []
    assert [text for text in held(0) if text not in said.split("Before and during your visit")[1]] == []
    Visit.objects.create(treatment=treatment, cleaned=True, at=timezone.now(), by=cara)
    assert "What happens today" not in words(today(0))


def under(page, heading):
    """What the care of the day says under a heading."""
    found = re.search(rf"<h3>{heading}</h3>(.*?)(?=<h3>|<details)", page.content.decode(), re.DOTALL)
    return found[1] if found else ""


def left_out(page):
    """By date, the topics to leave out."""
    lines = re.findall(r"<li><b>(?:Through )?(.*?):</b>(.*?)</li>", under(page, "Leave out"))
    return {until: what.strip().split("\u00a0· ") for until, what in lines}


def test_what_to_leave_out_is_told_with_the_date_until_which(today, treatment):
    lines = left_out(today(1))
    for clock in CARE.clocks:
        if clock.avoid_to is not None and clock.avoid_to > 1:
            on = START + datetime.timedelta(days=clock.avoid_to)
            assert (clock.advice[0].short or clock.topic) in lines[f"{on:%a} {on.day} {on:%b} (day {clock.avoid_to})"]
    last = {clock.advice[0].short or clock.topic for clock in CARE.clocks if clock.avoid_to == 1}
    assert set(lines["Today, all day"]) == last


def test_what_may_be_done_again_is_told_on_its_day_and_not_each_day(today, treatment):
    again = CARE.clock("make-up").advice[1]
    assert again.text in under(today(again.from_day), "From today on")
    later = today(again.from_day + 1)
    assert under(later, "From today on") == ""
    assert "Sunscreen" in under(later, "Each day")
    assert "Make-up" not in under(later, "Each day")


def test_a_clinic_that_loosens_makes_no_daily_duty_of_it(today, treatment, cara, clinic):
    change_care(
        clinic=clinic,
        protocol=treatment.protocol,
        clock="make-up",
        avoid_to=0,
        reason="Mineral powder.",
        by=cara,
        at=timezone.now(),
    )
    assert CARE.clock("make-up").advice[1].text in under(today(1), "From today on")
    assert "Plenty of water" in under(today(2), "Each day")
    assert "Make-up" not in under(today(2), "Each day")


def test_when_the_weeks_are_over_hardly_anything_is_left_to_say(today, treatment):
    page = today(28)
    assert under(page, "Leave out") == under(page, "From today on") == ""
    assert re.sub(r"<.*?>", "", under(page, "Each day")).split("\u00a0· ")[0].strip() == "Sunscreen, SPF 30 or more"
    assert under(page, "Each day").count("·") == 1  # and a cream while the skin is dry


def helping(page):
    return re.findall(r"<summary><span>(.*?)</span>", page.content.decode())


def test_what_was_felt_today_or_yesterday_gets_what_may_help(today, treatment, clinic, cara):
    assert "What can help" not in words(today(3))
    log(treatment, "day redness dryness itch signs\n3 0 2 0 -")
    add_product(clinic=clinic, clock="moisturizer", name="Plain Cream", by=cara, at=timezone.now())
    for day in (3, 4):
        page = today(day)
        dryness = next(one for one in CARE.comforts if "dryness" in one.eases)
        assert dryness.title in helping(page)
        assert dryness.text in words(page)
        assert "Riverside Skin Clinic names: Plain Cream." in words(page)
        assert next(one for one in CARE.comforts if "itch" in one.eases).title not in helping(page)
    assert "What can help" not in words(today(5))
    log(treatment, "day redness dryness itch signs\n4 0 0 0 -")
    assert "What can help" not in words(today(4))


def test_while_somebody_should_be_called_now_nothing_else_is_said_to_help(today, treatment):
    log(treatment, "day redness dryness itch signs\n3 0 2 0 pus")
    assert "What can help" not in words(today(3))


def test_while_a_prompt_stands_the_clinics_word_comes_first(today, treatment):
    first = "What your clinic tells you comes first."
    assert first not in words(today(8))
    log(treatment, "day redness\n8 1")
    assert first in words(today(8))


def test_only_creams_of_ones_own_wait_on_the_first_day(today, treatment):
    first = words(today(0))
    assert "Today, all day: Sunscreen · Creams of your own" in first.replace("\u00a0", " ")
    assert "Moisturizer ·" not in first
