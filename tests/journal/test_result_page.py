"""What an entry means, as the patient reads it: the most urgent first, never more than was answered."""

import datetime
import re

import pytest
from django.utils import timezone

from accounts.models import OpeningHours
from journal.actions import flags, photos, treatments
from journal.actions.calls import try_call
from journal.models import Call, Entry, Flag, Review
from journal.recovery import scale
from tests.conftest import make_treatment

from .tables import log, picture, posted, stop_clock, words

START = datetime.date(2026, 6, 15)  # a Monday, in summer time
TUESDAY_NOON = datetime.datetime(2026, 6, 30, 11, 0, tzinfo=datetime.UTC)
SUNDAY_NIGHT = datetime.datetime(2026, 6, 28, 22, 0, tzinfo=datetime.UTC)


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def phone(as_, pat, monkeypatch):
    stop_clock(monkeypatch, TUESDAY_NOON)
    return as_(pat)


@pytest.fixture
def result(phone, treatment):
    """The page of the last entry of a table."""
    return lambda table: phone.get(f"/entry/{log(treatment, table).pk}/")


def cards(page):
    """The prompts of a page, each in markup, in the order in which they are read."""
    return re.findall(r'<section class="card call .*?</section>', page.content.decode(), flags=re.DOTALL)


def calls(page):
    return re.findall(r'<a class="[^"]*\bcallbtn\b[^"]*" href="tel:(.*?)"', page.content.decode())


def heading(page):
    return " ".join(re.search(r"<h1>(.*?)</h1>", page.content.decode(), re.DOTALL)[1].split())


def in_title(page):
    """What a browser's tab says, without the name of the site."""
    return re.search(r"<title>(.*?)</title>", page.content.decode(), re.DOTALL)[1].split("·")[0].strip()


def test_the_highest_tier_leads_in_the_title_and_in_the_first_card(result):
    page = result("day redness signs\n8 1 pus,breathing_trouble,warmth")
    tiers = [re.search(r'card call (\w+)"', card)[1] for card in cards(page)]
    assert tiers == sorted(tiers, key=["emergency", "urgent", "contact", "watch"].index)
    assert tiers[0] == "emergency"
    assert "Call the emergency number now" in words(page)


@pytest.mark.parametrize(
    ("signs", "title"),
    [
        ("breathing_trouble", "Call the emergency number now"),
        ("pus", "Please call now"),
        ("blisters", "Please contact your clinic"),
        ("dark_patches", "Saved. Keep an eye on it"),
        ("peeling", "Saved. Thank you"),
    ],
)
def test_the_title_says_how_soon(result, signs, title):
    page = result(f"day signs\n5 {signs}")
    assert heading(page) == title
    assert in_title(page) == title


def test_a_prompt_says_what_was_logged_and_why_with_days_and_values(result):
    said = words(result("day redness\n5 1\n8 1\n9 2"))
    assert "You logged moderate redness or color change on day 9" in said
    assert "Please contact Riverside Skin Clinic within a day: +44 20 7946 0000." in said
    why = said[said.index("Why you see this") :]
    assert "day 9" in why
    assert "moderate" in why
    assert "none" in why  # what was expected at most


def test_days_that_nobody_logged_are_said_to_be_missing(result):
    said = words(result("day redness\n5 0\n9 3"))
    assert "rose at some time between day 5" in said
    assert "There is no score for days 6 to 8" in said


def test_an_open_clinic_is_called_first(result):
    page = result("day signs\n5 pus")
    assert calls(page) == ["+442079460000"]
    assert "open until 18:00" in words(page)


def test_a_closed_clinic_gives_the_urgent_line_first_where_it_is_urgent(result, monkeypatch):
    stop_clock(monkeypatch, SUNDAY_NIGHT)
    page = result("day signs\n5 pus")
    assert calls(page) == ["111"]
    assert "The clinic is closed now (+44 20 7946 0000) and opens Monday 09:00." in words(page)
    assert "If you cannot wait, call the urgent line." in words(page)
    assert "tel:+442079460000" in page.content.decode()


def test_a_closed_clinic_is_still_the_one_to_contact_within_a_day(result, monkeypatch):
    stop_clock(monkeypatch, SUNDAY_NIGHT)
    page = result("day signs\n5 blisters")
    assert calls(page) == ["+442079460000"]
    assert "The clinic is closed now" in words(page)


def test_a_clinic_without_opening_hours_counts_as_closed(result):
    OpeningHours.objects.all().delete()
    assert calls(result("day signs\n5 pus")) == ["111"]


@pytest.mark.parametrize("now", [TUESDAY_NOON, SUNDAY_NIGHT])
def test_an_emergency_calls_the_emergency_number_at_any_hour(result, monkeypatch, now):
    stop_clock(monkeypatch, now)
    page = result("day signs\n5 breathing_trouble")
    assert calls(page) == ["999"]
    [card] = cards(page)
    assert set(re.findall(r'href="tel:(.*?)"', card)) == {"999"}
    for said in ("Ask them to call me", "opens", "open until", "rgent line"):
        assert said not in words(page)


def test_there_is_one_number_to_press_even_with_many_prompts(result):
    page = result("day redness signs\n8 2 pus,hives,blisters")
    assert len(cards(page)) > 3
    assert len(calls(page)) == 1


def test_each_prompt_shows_where_it_comes_from_behind_a_question(result):
    shown = cards(result("day redness signs\n8 2 pus"))
    assert len(shown) > 1
    for card in shown:
        sources = card[card.index('<details class="sources">') :]
        assert "Where does this come from?" in sources
        assert re.search(r"<b>[SE]\d+</b>", sources)
        assert "<details open" not in sources


def test_a_score_is_shown_in_its_chart(result):
    [card] = cards(result("day redness\n7 1\n8 1"))
    assert card.count('class="dot') == 2
    assert "dot-beyond" in card


def test_within_the_expected_it_says_so_of_what_was_answered_and_that_nobody_has_looked(result):
    said = words(result("day redness\n3 1"))
    assert "What you answered is within what is expected on day 3" in said
    assert "Not answered, so we say nothing about it: Dryness, Tightness, Itch, Signs." in said
    assert "Nobody has looked at it yet" in said
    assert "call Riverside Skin Clinic" in said


def test_what_was_not_answered_is_named_beside_a_prompt_too(result):
    assert "Not answered: Redness, Dryness, Tightness, Itch." in words(result("day signs\n5 pus"))


def test_cant_tell_is_an_answer(result):
    said = words(result("day redness dryness tightness itch signs\n3 ? 1 1 0 -"))
    assert "Not answered" not in said
    assert "within what is expected" in said


def test_a_score_above_the_typical_line_is_said_to_be_within_the_range(result):
    said = words(result("day redness itch\n3 2 0"))
    assert "Higher than the middle of what we expect today, and still within the range: Redness." in said


def test_nothing_to_compare_is_not_called_within_the_expected(phone, treatment):
    entry = log(treatment, "day temperature\n3 36.8")
    said = words(phone.get(f"/entry/{entry.pk}/"))
    assert "There was nothing to compare" in said
    assert "within what is expected" not in said


def with_photo(entry):
    call = {"on": entry.on, "by": entry.treatment.patient.user, "at": TUESDAY_NOON}
    photos.add(treatment=entry.treatment, photos=[picture("face")], **call)
    return entry


def test_photos_alone_are_said_to_be_kept_and_looked_at_by_no_computer(phone, treatment):
    entry = with_photo(log(treatment, "day temperature\n3 36.8"))
    said = words(phone.get(f"/entry/{entry.pk}/"))
    assert "Your photos are kept." in said
    assert "You gave no scores" in said
    assert "There was nothing to compare" not in said


def test_a_photo_can_be_removed_from_here_and_one_comes_back(phone, treatment):
    entry = with_photo(log(treatment, "day redness\n3 1"))
    here = f"/entry/{entry.pk}/"
    [link] = re.findall(r'href="(/photo/[^"]*/remove/[^"]*)"', phone.get(here).content.decode())
    assert f'name="next" value="{here}"' in phone.get(link).content.decode()
    assert phone.post(link).url == here


def test_a_baseline_is_compared_with_nothing(result):
    said = words(result("day redness itch signs\n-2 4 4 -"))
    assert "before the treatment" in said
    assert "within what is expected" not in said


TABLES = [
    "day redness dryness tightness itch signs\n3 0 0 0 0 -",
    "day redness\n3 0",
    "day redness\n14 0",
    "day redness signs\n8 1 pus,breathing_trouble",
    "day redness\n-3 0",
    "day redness itch signs\n20 0 0 -",
]


FORBIDDEN = re.compile(r"\b(normal\w*|heal\w*|infect\w*|cellulitis|diagnos\w*|all (is )?well)\b", re.IGNORECASE)
SOURCES = re.compile(rb'<details class="sources">.*?</details>', re.DOTALL)  # titles of other people's documents


@pytest.mark.parametrize("table", TABLES)
def test_no_page_says_normal_or_healed_or_names_a_disease(result, phone, treatment, table):
    for page in (result(table), phone.get("/"), phone.get(f"/timeline/{treatment.pk}/")):
        assert page.status_code == 200
        page.content = SOURCES.sub(b"", page.content)
        assert not FORBIDDEN.findall(words(page))


def test_a_clinic_that_keeps_prompts_to_itself_hides_all_but_emergencies(result, clinic):
    clinic.prompts_patients = False
    clinic.save()
    page = result("day redness signs\n8 3 pus")
    assert not cards(page)
    assert "Your clinic compares it; this page does not." in words(page)
    assert Flag.objects.filter(rule="N-1").exists()
    [card] = cards(result("day redness signs\n9 3 pus,breathing_trouble"))
    assert "card call emergency" in card
    assert "call 999 now" in words(page).lower()


def test_a_flag_that_nobody_has_seen_says_so(result):
    assert "Sent to the clinic, not seen yet" in words(result("day signs\n5 pus"))


def test_seen_by_the_clinic_is_told_with_the_local_time(phone, treatment, cara):
    entry = log(treatment, "day signs\n5 pus")
    at = datetime.datetime(2026, 6, 21, 14, 5, tzinfo=datetime.UTC)  # 15:05 in London
    flags.acknowledge(flag=Flag.objects.get(), by=cara, at=at)
    said = words(phone.get(f"/entry/{entry.pk}/"))
    assert "Seen by the clinic 21 Jun, 15:05" in said
    assert "not seen yet" not in said


def test_a_rule_that_fired_again_takes_the_seen_away(phone, treatment, cara):
    log(treatment, "day signs\n5 pus")
    flags.acknowledge(flag=Flag.objects.get(), by=cara, at=TUESDAY_NOON)
    entry = log(treatment, "day signs\n6 pus", at=TUESDAY_NOON + datetime.timedelta(seconds=1))
    assert "Sent to the clinic, not seen yet" in words(phone.get(f"/entry/{entry.pk}/"))


def test_an_older_page_tells_of_the_flag_of_its_own_day(phone, treatment, cara):
    first = log(treatment, "day redness\n8 1")
    flags.close(flag=Flag.objects.get(), outcome="advised", note="", by=cara, at=TUESDAY_NOON)
    second = log(treatment, "day redness\n9 1")
    assert "Seen by the clinic" in words(phone.get(f"/entry/{first.pk}/"))
    assert "not seen yet" in words(phone.get(f"/entry/{second.pk}/"))


@pytest.mark.parametrize("outcome", [one for one in Review.Outcome.values if one != "not_reached"])
def test_what_the_clinic_has_dealt_with_urges_nothing_more(phone, treatment, cara, outcome):
    entry = log(treatment, "day signs\n5 pus")
    flags.close(flag=Flag.objects.get(), outcome=outcome, note="", by=cara, at=TUESDAY_NOON)
    page = phone.get(f"/entry/{entry.pk}/")
    said = words(page)
    assert "Your clinic has dealt with this" in said
    assert "Seen by the clinic 30 Jun, 12:00" in said
    assert "If it changes or worries you, call +44 20 7946 0000, or 111 if it is closed, or write a new entry." in said
    assert heading(page) == in_title(page) == "Saved. Thank you"
    assert not calls(page)
    assert "Call now" not in said


def test_a_clinic_that_could_not_reach_the_patient_says_so_and_the_prompt_stands(phone, treatment, cara):
    entry = log(treatment, "day signs\n5 pus")
    flags.close(flag=Flag.objects.get(), outcome="not_reached", note="", by=cara, at=TUESDAY_NOON)
    page = phone.get(f"/entry/{entry.pk}/")
    assert "The clinic tried to reach you 30 Jun, 12:00" in words(page)
    assert "dealt with" not in words(page)
    assert heading(page) == "Please call now"
    assert calls(page)


def test_a_prompt_that_stands_beside_one_that_was_dealt_with_leads(phone, treatment, cara):
    entry = log(treatment, "day redness signs\n8 2 pus")
    flags.close(flag=Flag.objects.get(rule="N-1"), outcome="advised", note="", by=cara, at=TUESDAY_NOON)
    page = phone.get(f"/entry/{entry.pk}/")
    assert heading(page) == in_title(page) == "Please contact your clinic"


def test_a_day_that_was_dealt_with_in_an_earlier_session_stays_so(phone, treatment, cara):
    """The flag told of two days, and a later session took one of them."""
    log(treatment, "day signs\n3 pus\n10 pus")
    flags.close(flag=Flag.objects.get(), outcome="seen", note="", by=cara, at=TUESDAY_NOON)
    fields = {"treated_on": treatment.date_of(9), "time_zone": "Europe/London", "areas": ["face"]}
    treatments.record(patient=treatment.patient, fields=fields, by=cara, at=TUESDAY_NOON)
    entry = Entry.objects.get(on=treatment.date_of(10))
    assert "Your clinic has dealt with this" in words(phone.get(f"/entry/{entry.pk}/"))


def test_a_calm_page_leads_to_what_is_expected(result):
    assert 'href="/expected/">What is expected, and why</a>' in result("day redness\n3 1").content.decode()


def test_one_press_asks_for_a_call_and_changes_no_answer(phone, treatment):
    entry = log(treatment, "day redness signs\n3 1 -")
    assert "Ask them to call me" in words(phone.get(f"/entry/{entry.pk}/"))
    said = words(phone.post(f"/entry/{entry.pk}/", follow=True))
    assert "Your clinic can see that you would like a call." in said
    assert "Ask them to call me" not in said
    entry.refresh_from_db()
    assert (entry.worried, entry.redness, entry.signs_answered) == (True, 1, True)
    assert Flag.objects.get().rule == "W-1"


def test_who_asked_for_a_call_reads_what_the_clinic_knows_and_can_change_it(phone, treatment):
    entry = log(treatment, "day redness\n3 1")
    page = phone.post(f"/entry/{entry.pk}/", follow=True)
    assert f"{treatment.patient.phone} · Any time" in words(page)
    assert "If you feel worse before they call, do not wait" in words(page)
    assert 'href="/call/">Change the number or the time</a>' in page.text


def test_after_a_call_another_one_can_be_asked_for(phone, treatment, cara):
    entry = log(treatment, "day redness worried\n3 1 yes")
    try_call(call=Call.objects.get(), outcome="spoken", by=cara, at=timezone.now())
    page = phone.get(f"/entry/{entry.pk}/")
    assert "that you have spoken. You are not waiting for a call now." in words(page)
    assert "can see that" not in words(page)
    assert page.text.count('href="/call/">Ask for another call</a>') == 1


def test_a_call_that_was_taken_back_is_promised_on_no_page(phone, treatment):
    entry = log(treatment, "day redness worried\n3 1 yes")
    assert "You asked for a call, and Riverside Skin Clinic can see that." in words(phone.get(f"/entry/{entry.pk}/"))
    assert "You asked for a call" in words(phone.get(f"/log/{entry.on}/"))
    phone.post("/call/", {"cancel": ""})
    for page in (f"/entry/{entry.pk}/", "/"):
        said = words(phone.get(page))
        assert "You said 30 Jun, 12:00 that you no longer need it. You are not waiting for a call now." in said
        assert "You asked for a call, and" not in said
    form = phone.get(f"/log/{entry.on}/")
    assert "You asked for a call" not in words(form)
    assert '<input type="checkbox" class="form-check-input" name="worried">' in form.text


def test_saving_a_day_again_after_a_call_asks_for_no_other_one(phone, treatment):
    entry = log(treatment, "day redness worried\n3 1 yes")
    phone.post("/call/", {"cancel": ""})
    phone.post(f"/log/{entry.on}/", posted(treatment, 3, redness=2))
    assert Entry.objects.get().redness == 2
    assert not Call.objects.live().exists()


def test_a_call_that_is_taken_back_is_told_where_the_clinic_keeps_prompts_too(phone, treatment, clinic):
    clinic.prompts_patients = False
    clinic.save()
    entry = log(treatment, "day redness worried\n3 1 yes")
    phone.post("/call/", {"cancel": ""})
    assert "You are not waiting for a call now." in words(phone.get(f"/entry/{entry.pk}/"))


def test_who_only_asked_for_a_call_is_not_told_to_make_one(phone, treatment, monkeypatch):
    entry = log(treatment, "day redness worried\n3 1 yes")
    page = phone.get(f"/entry/{entry.pk}/")
    assert heading(page) == in_title(page) == "You asked for a call"
    assert "Contact within a day" not in words(page) + words(phone.get("/"))
    assert words(phone.get("/")).count("You asked for a call") == 2  # a chip, and the rule's own sentence
    stop_clock(monkeypatch, SUNDAY_NIGHT)
    for path in (f"/entry/{entry.pk}/", "/"):
        assert "Call when it opens" not in words(phone.get(path))
        assert "Call the urgent line 111" in words(phone.get(path))
    other = log(treatment, "day signs worried\n4 yellow_crust yes")
    assert heading(phone.get(f"/entry/{other.pk}/")) == "Please contact your clinic"


def test_when_the_clinic_is_closed_one_number_is_named_first(phone, treatment, monkeypatch):
    entry = log(treatment, "day signs\n5 pus")
    first = "The clinic is closed now, so call the urgent line: 111. "
    for moment, told in ((TUESDAY_NOON, False), (SUNDAY_NIGHT, True)):
        stop_clock(monkeypatch, moment)
        for page in (f"/entry/{entry.pk}/", "/"):
            said = words(phone.get(page))
            assert (first in said) == told
            assert not told or said.index(first) < said.index("Please call +44 20 7946 0000 now.")


def test_within_a_day_is_told_apart_while_the_clinic_is_closed(phone, treatment, monkeypatch):
    entry = log(treatment, "day signs\n5 yellow_crust")
    told = "Call when it opens, Monday 09:00: +44 20 7946 0000. If it gets worse before that, call 111."
    assert told not in words(phone.get(f"/entry/{entry.pk}/"))
    stop_clock(monkeypatch, SUNDAY_NIGHT)
    for page in (f"/entry/{entry.pk}/", "/"):
        answer = phone.get(page)
        assert told in words(answer)
        assert calls(answer) == ["+442079460000"]
        assert '<a class="btn quiet" href="tel:111">Call the urgent line 111</a>' in answer.text


def test_seen_is_not_said_to_be_more_than_that(phone, treatment, cara):
    told = "Seen does not mean that somebody is calling you. If you have not spoken with them, call."
    entry = log(treatment, "day signs\n5 pus")
    log(treatment, "day signs\n4 yellow_crust")
    for page in (f"/entry/{entry.pk}/", "/"):
        assert told not in words(phone.get(page))
    for flag in Flag.objects.all():
        flags.acknowledge(flag=flag, by=cara, at=TUESDAY_NOON)
    for page in (f"/entry/{entry.pk}/", "/"):
        assert words(phone.get(page)).count(told) == 1


def test_whoever_waits_for_a_call_already_is_not_offered_a_second_one(phone, treatment):
    log(treatment, "day redness worried\n2 1 yes")
    calm, flagged = log(treatment, "day redness\n3 1"), log(treatment, "day signs\n4 pus")
    for entry in (calm, flagged):
        said = words(phone.get(f"/entry/{entry.pk}/"))
        assert "You asked for a call" in said
        assert "Ask them to call me" not in said
        assert "You can ask for a call below" not in said


def test_asking_twice_is_one_flag(phone, treatment):
    entry = log(treatment, "day redness\n3 1")
    for _press in range(2):
        phone.post(f"/entry/{entry.pk}/")
    assert Flag.objects.count() == 1


def test_only_the_patient_asks_for_a_call(as_, treatment, vera, cara, owen):
    entry = log(treatment, "day redness\n3 1")
    for person, status in ((vera, 404), (owen, 404), (cara, 302)):
        assert as_(person).post(f"/entry/{entry.pk}/").status_code == status
    assert not Entry.objects.get().worried


def test_a_clinician_is_led_to_the_day_in_its_course(as_, treatment, cara):
    entry = log(treatment, "day redness\n3 1")
    assert as_(cara).get(f"/entry/{entry.pk}/").url == f"/timeline/{treatment.pk}/#day-3"


def test_the_photos_of_its_day_are_shown_and_no_others(phone, treatment):
    entry = log(treatment, "day redness\n3 1")
    for day in (2, 3):
        call = {"on": treatment.date_of(day), "by": treatment.patient.user, "at": TUESDAY_NOON}
        photos.add(treatment=treatment, photos=[picture(f"day {day}")], **call)
    page = phone.get(f"/entry/{entry.pk}/").content.decode()
    assert [photo.on for photo in treatment.photos.all() if photo.token in page] == [entry.on]


def test_the_page_tells_of_its_own_day_only(phone, treatment):
    first = log(treatment, "day signs\n3 pus")
    log(treatment, "day redness signs\n4 1 -")
    assert "Please call now" in words(phone.get(f"/entry/{first.pk}/"))


@pytest.mark.parametrize("code", scale.SIGNS)
def test_every_sign_has_a_page_that_can_be_read(result, code):
    page = result(f"day signs\n16 {code}")
    assert page.status_code == 200
    assert "{" not in words(page)


def test_of_several_findings_only_the_most_urgent_says_what_to_do(result):
    said = words(result("day redness dryness signs\n9 2 4 yellow_crust"))
    assert said.count("Please call +44 20 7946 0000 now.") == 1
    assert "Please contact Riverside Skin Clinic within a day" not in said
    assert "You logged moderate redness" in said
    assert "On day 9 you gave the top score." in said


def test_an_emergency_that_was_dealt_with_still_names_the_emergency_number(phone, treatment, cara):
    entry = log(treatment, "day signs\n3 breathing_trouble")
    flags.close(flag=Flag.objects.get(), outcome="seen", note="", by=cara, at=TUESDAY_NOON)
    said = words(phone.get(f"/entry/{entry.pk}/"))
    assert "If it comes back, call 999 now." in said
    assert "Hard to breathe" in said


def test_where_the_clinic_keeps_prompts_a_wish_for_a_call_is_confirmed_and_a_look_is_not_denied(
    phone, treatment, clinic, cara
):
    clinic.prompts_patients = False
    clinic.save()
    entry = log(treatment, "day signs worried\n3 pus yes")
    assert "You asked for a call, and Riverside Skin Clinic can see that." in words(phone.get(f"/entry/{entry.pk}/"))
    other = log(treatment, "day signs\n4 bad_smell")
    assert "Nobody has looked at it yet." in words(phone.get(f"/entry/{other.pk}/"))
    flags.acknowledge(flag=Flag.objects.get(rule="N-6"), by=cara, at=timezone.now())
    assert "Nobody has looked at it yet." not in words(phone.get(f"/entry/{other.pk}/"))
