"""One course looked back on, by the patient and by the clinic: gaps stay gaps, and staff leave a trace."""

import datetime
import re

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import flags, photos, treatments
from journal.models import Flag
from tests.conftest import make_treatment

from .tables import log, picture, stop_clock, words

START = datetime.date(2026, 6, 15)


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def look(as_, treatment):
    return lambda person, **more: as_(person).get(f"/timeline/{treatment.pk}/", **more)


def add_photo(treatment, day, by, **more):
    call = {"on": treatment.date_of(day), "photos": [picture(f"day {day}")], "at": timezone.now()}
    photos.add(treatment=treatment, by=by, **call, **more)
    return treatment.photos.get(on=call["on"])


def days(page):
    """The days shown, in order."""
    return [int(day) for day in re.findall(r'id="day-(-?\d+)"', page.content.decode())]


def line_of(page, day):
    card = page.content.decode().split(f'id="day-{day}"')[1].split("</article>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", card).split())


def test_written_days_are_shown_newest_first(look, treatment, pat):
    log(treatment, "day redness\n-2 0\n0 3\n1 2\n5 1")
    assert days(look(pat)) == [5, 1, 0, -2]


def test_days_that_were_not_logged_are_said_to_be_unknown(look, treatment, pat):
    log(treatment, "day redness\n0 3\n3 2\n4 2\n8 1\n10 1")
    said = words(look(pat))
    assert "Days without an entry: days 1 and 2, days 5 to 7, day 9. What the skin was like then is not known." in said


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("13 1\n40 0", "days 0 to 12, day 14"),
        ("-3 0\n2 1", "days 0 and 1"),
        ("14 0\n400 0", "days 0 to 13"),
        ("20 0", "days 0 to 14"),
    ],
)
def test_no_day_after_the_daily_entries_or_before_the_treatment_is_one_without_an_entry(
    look, treatment, pat, table, told
):
    log(treatment, f"day redness\n{table}")
    assert f"Days without an entry: {told}. What" in words(look(pat))


def test_a_baseline_alone_has_no_day_without_an_entry(look, treatment, pat):
    log(treatment, "day redness\n-3 1")
    assert "Days without an entry" not in words(look(pat))


def test_a_missing_day_ends_the_line_of_the_chart(look, treatment, pat):
    log(treatment, "day redness\n0 3\n1 2\n2 2\n5 1\n6 1")
    page = look(pat).content.decode()
    redness = page.split('<svg class="chart')[1]
    assert [len(points.split()) for points in re.findall(r'<polyline class="line" points="(.*?)"', redness)] == [3, 2]
    assert redness.count('class="gap"') == 2


def test_without_a_gap_nothing_is_said_of_one(look, treatment, pat):
    log(treatment, "day redness\n0 3\n1 2")
    assert "Days without an entry" not in words(look(pat))


def test_unanswered_is_shown_as_not_answered(look, treatment, pat):
    log(treatment, "day redness dryness signs\n3 ? 0 .")
    said = line_of(look(pat), 3)
    assert "Redness can’t tell" in said
    assert "Dryness none" in said
    assert "Tightness not answered" in said
    assert "Signs not answered" in said


def test_signs_are_told_in_whole_sentences_and_none_ticked_is_not_no_signs(look, treatment, pat):
    log(treatment, "day signs\n3 pus,warmth\n4 -")
    page = look(pat)
    assert "Thick or cloudy fluid from the skin" in line_of(page, 3)
    assert "Signs none ticked" in line_of(page, 4)


def test_a_day_written_later_says_when(look, treatment, pat):
    after_midnight = datetime.datetime(2026, 6, 18, 23, 30, tzinfo=datetime.UTC)  # half past on the 19th in London
    log(treatment, "day redness\n3 1", at=after_midnight)
    assert "Added on 19 June" in line_of(look(pat), 3)
    log(treatment, "day redness\n4 1")
    assert "Added on" not in line_of(look(pat), 4)


def test_the_numbers_of_the_chart_can_be_heard(look, treatment, pat):
    log(treatment, "day redness\n-1 0\n0 3\n2 ?")
    said = words(look(pat))
    assert "Redness as a table" in said
    for row in ("-1 none before treatment", "0 severe very severe", "1 not logged severe", "2 can’t tell severe"):
        assert row in said


def test_a_baseline_is_marked_as_before_the_treatment(look, treatment, pat, cara):
    log(treatment, "day redness\n-3 1")
    assert line_of(look(pat), -3).startswith("> Before treatment")
    photo = add_photo(treatment, -1, cara, baseline=True)
    page = look(pat).content.decode()
    assert page.index("Before the treatment") < page.index(photo.token) < page.index('id="day--3"')


def test_photos_are_with_their_day_even_without_an_entry(look, treatment, pat):
    photo = add_photo(treatment, 2, pat.user)
    page = look(pat)
    assert days(page) == [2]
    assert f"/photo/{photo.token}/320/" in page.content.decode()
    assert f"/photo/{photo.token}/remove/" in page.content.decode()


def test_the_clinic_may_remove_the_photos_that_it_took_itself_and_the_patient_those_of_a_day(
    look, treatment, pat, cara
):
    of_a_day, before = add_photo(treatment, 2, pat.user), add_photo(treatment, -1, cara, baseline=True)
    for reader, photo, other in ((pat, of_a_day, before), (cara, before, of_a_day)):
        page = look(reader).content.decode()
        assert f"/photo/{photo.token}/remove/" in page
        assert f"/photo/{other.token}/remove/" not in page


def test_findings_are_told_with_whether_the_clinic_has_seen_them(look, treatment, pat, cara):
    log(treatment, "day redness signs\n5 2 dark_patches\n8 1 .")
    page = look(pat)
    assert "Keep an eye on it" in line_of(page, 5)
    assert "Sent to the clinic, not seen yet" in line_of(page, 8)
    for flag in Flag.objects.all():
        flags.acknowledge(flag=flag, by=cara, at=datetime.datetime(2026, 6, 24, 8, 0, tzinfo=datetime.UTC))
    assert "Seen by the clinic 24 Jun, 09:00" in line_of(look(pat), 8)


def test_a_clinic_that_keeps_prompts_to_itself_still_sees_them(look, treatment, pat, cara, clinic):
    clinic.prompts_patients = False
    clinic.save()
    log(treatment, "day redness\n8 1")
    assert "Contact within a day" not in words(look(pat))
    assert "Contact within a day" in words(look(cara))


def test_an_entry_that_the_clinic_wrote_says_so(look, treatment, pat, cara):
    log(treatment, "day redness\n3 1", by=cara)
    assert "Logged by the clinic, for the patient" in line_of(look(pat), 3)


def test_a_change_says_when_and_whether_the_clinic_made_it(look, treatment, pat, cara):
    log(treatment, "day redness\n3 1\n4 1")
    assert "Changed" not in line_of(look(pat), 3)
    at = datetime.datetime(2026, 6, 24, 8, 0, tzinfo=datetime.UTC)
    log(treatment, "day redness\n3 2", at=at)
    log(treatment, "day redness\n3 3", by=cara, at=at + datetime.timedelta(hours=1))
    for reader in (pat, cara):
        said = line_of(look(reader), 3)
        assert "Changed 24 Jun, 09:00 Changed 24 Jun, 10:00, by the clinic" in said
        assert "Logged by" not in said
        assert "Changed" not in line_of(look(reader), 4)


def test_seen_is_said_on_each_day_that_the_flag_told_of_and_on_no_other(look, treatment, pat, cara):
    log(treatment, "day redness\n8 1\n9 1")
    flags.close(flag=Flag.objects.get(), outcome="advised", note="", by=cara, at=timezone.now())
    log(treatment, "day redness\n10 1")
    page = look(pat)
    for day in (8, 9):
        assert "Seen by the clinic" in line_of(page, day)
        assert "not seen yet" not in line_of(page, day)
    assert "Sent to the clinic, not seen yet" in line_of(page, 10)
    assert "Seen by the clinic" not in line_of(page, 10)


def test_a_clinic_that_could_not_reach_the_patient_is_not_said_to_have_seen_it(look, treatment, pat, cara):
    log(treatment, "day redness\n8 1")
    flags.close(flag=Flag.objects.get(), outcome="not_reached", note="", by=cara, at=timezone.now())
    assert "The clinic tried to reach you" in line_of(look(pat), 8)
    assert "Seen by the clinic" not in line_of(look(pat), 8)


def test_the_head_says_whose_timeline_it_is_also_on_paper(look, treatment, pat, cara):
    assert "Pat Moss · Face · session 1 · 15 June 2026" in words(look(pat))
    assert words(look(cara)).count("Pat Moss") >= 1


def test_other_treatments_are_one_press_away(look, treatment, pat, cara):
    other = make_treatment(pat, START + datetime.timedelta(days=28), cara, session_number=2)
    assert f'href="/timeline/{other.pk}/"' in look(pat).content.decode()
    treatments.cancel(treatment=other, by=cara, at=timezone.now())
    assert str(other.pk) not in look(pat).content.decode()


def test_a_cancelled_treatment_says_so(look, treatment, pat, cara):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert "This treatment was cancelled." in words(look(pat))


def test_the_short_address_leads_to_the_treatment_of_today(as_, treatment, pat, cara, monkeypatch):
    second = make_treatment(pat, START + datetime.timedelta(days=28), cara)
    for day, home in ((27, treatment), (28, second)):
        noon = datetime.datetime.combine(START, datetime.time(11), datetime.UTC) + datetime.timedelta(days=day)
        stop_clock(monkeypatch, noon)
        assert as_(pat).get("/timeline/").url == f"/timeline/{home.pk}/"


def test_without_a_treatment_there_is_nothing_to_show(as_, pat):
    assert "Nothing to show yet" in words(as_(pat).get("/timeline/"))


def test_the_clinic_reads_who_was_treated_how(look, treatment, cara):
    treatment.risk_factors, treatment.skin_tone = ["rosacea"], 6
    treatment.save()
    said = words(look(cara))
    for shown in ("Pat Moss", "Born 1990", "depth not known", "Rosacea", "Skin tone (Monk) 6", "not verified"):
        assert shown in said


def test_a_clinicians_look_is_recorded_once_each_time(look, treatment, cara):
    look(cara)
    look(cara)
    assert [(event.actor_id, event.verb, event.target_id) for event in AccessEvent.objects.all()] == [
        (cara.pk, "read", str(treatment.pk))
    ] * 2


def test_a_patients_own_look_leaves_no_trace(look, pat):
    look(pat)
    assert not AccessEvent.objects.exists()


def test_others_find_nothing_and_leave_no_trace_of_a_look_that_was_none(look, vera, owen, ada):
    for person in (vera, owen):
        assert look(person).status_code == 404
    assert look(ada).status_code == 403
    assert not AccessEvent.objects.exists()


@pytest.mark.parametrize("reader", ["pat", "cara"])
def test_thirty_days_take_as_many_queries_as_three(request, as_, treatment, cara, reader):
    browser = as_(request.getfixturevalue(reader))
    counts = []
    for length in (3, 30):
        log(treatment, "day redness signs\n" + "\n".join(f"{day} 3 pus" for day in range(length)))
        for day in range(length):
            if not treatment.photos.filter(on=treatment.date_of(day)).exists():
                add_photo(treatment, day, cara)
        browser.get(f"/timeline/{treatment.pk}/")  # the first look may note the visit
        with CaptureQueriesContext(connection) as counted:
            assert browser.get(f"/timeline/{treatment.pk}/").status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1] <= 20


def test_it_can_be_printed():
    with open(finders.find("journal/app.css")) as style:
        assert "@media print" in style.read()


def test_the_clinic_sees_a_silence_where_it_was_found_and_the_patient_reads_no_reproach(look, treatment, pat, cara):
    log(treatment, "day redness signs\n0 3 -\n4 1 warmth")
    assert days(look(pat)) == [4, 0]
    page = look(cara)
    assert set(days(page)) >= {2, 4, 6}
    assert "day 4" in line_of(page, 6)
