"""What waits for a clinician: whose, in which order, with what beside it, and in how many queries."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from journal.actions import flags, photos
from journal.models import Call, Flag
from journal.views import inbox, queues
from tests.conftest import make_patient, make_treatment

from .lists import colleague, form_of, wrote
from .tables import asked, log, picture, stop_clock, words


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


@pytest.fixture
def treat(cara):
    """Treats a patient some days ago."""

    def treated(patient, days_ago=10):
        on = timezone.now().astimezone(patient.clinic.zone).date() - datetime.timedelta(days=days_ago)
        return make_treatment(patient, on, cara)

    return treated


def test_only_clinicians_come_in(client, as_, pat, cara, ada):
    assert client.get("/inbox/").status_code == 302
    assert [as_(who).get("/inbox/").status_code for who in (pat, ada, cara)] == [403, 403, 200]


def test_a_flag_waits_in_the_inbox_of_its_own_clinic_only(as_, cara, owen, pat, treat):
    log(treat(pat), "day redness\n8 2")
    assert "Pat Moss" in words(as_(cara).get("/inbox/"))
    assert "Pat Moss" not in words(as_(owen).get("/inbox/"))


def test_an_empty_inbox_promises_nothing(desk):
    page = words(desk.get("/inbox/"))
    assert "Nobody is waiting." in page
    assert "nothing logged means nothing known" in page
    assert "well." not in page


def test_a_line_says_who_when_where_and_why(desk, pat, treat):
    log(treat(pat), "day redness\n0 3\n1 2\n8 2")
    page = words(desk.get("/inbox/"))
    assert "Within a day Pat Moss day 8 · Face · session 1" in page
    assert "Redness was present on day 8 (moderate). Expected on that day: none." in page
    assert "There is no score for days 2 to 7." in page


def test_the_most_urgent_comes_first_and_then_who_waits_longest(desk, clinic, treat):
    for name, table in [
        ("Early", "day redness\n8 2"),
        ("Later", "day redness\n9 2"),
        ("Urgent", "day signs\n9 pus"),
        ("Emergency", "day signs\n10 breathing_trouble"),
    ]:
        log(treat(make_patient(clinic, name, f"{name}@test.example")), table)
    page = words(desk.get("/inbox/"))
    assert sorted(["Early", "Later", "Urgent", "Emergency"], key=page.index) == [
        "Emergency",
        "Urgent",
        "Early",
        "Later",
    ]


def test_a_seen_flag_says_by_whom_and_a_closed_one_is_gone(desk, pat, cara, treat):
    log(treat(pat), "day redness\n8 2")
    flag = Flag.objects.get()
    flags.acknowledge(flag=flag, by=cara, at=timezone.now())
    assert "Seen by Cara" in words(desk.get("/inbox/"))
    flags.close(flag=flag, outcome="advised", note="", by=cara, at=timezone.now())
    assert "Pat Moss" not in words(desk.get("/inbox/"))


def test_a_flag_whose_entry_was_corrected_says_so_and_stays(desk, pat, treat):
    treatment = treat(pat)
    log(treatment, "day redness\n8 2")
    assert "Corrected since" not in words(desk.get("/inbox/"))
    log(treatment, "day redness\n8 0")
    assert "Corrected since" in words(desk.get("/inbox/"))


def test_the_newest_photo_stands_beside_a_flag_and_no_baseline(desk, pat, cara, treat):
    treatment = treat(pat)
    log(treatment, "day redness\n8 2")
    kept = {}
    for name, day, baseline in [("before", 0, True), ("older", 3, False), ("newer", 7, False)]:
        on = treatment.date_of(day)
        photos.add(treatment=treatment, on=on, photos=[picture(name)], by=cara, at=timezone.now(), baseline=baseline)
        kept[name] = treatment.photos.get(on=on).token
    page = desk.get("/inbox/").content.decode()
    assert f"/photo/{kept['newer']}/160/" in page
    assert kept["older"] not in page
    assert kept["before"] not in page


def test_the_number_of_queries_does_not_grow_with_the_flags(desk, clinic, treat):
    for n in range(2):
        log(treat(make_patient(clinic, f"First {n}", f"first{n}@test.example")), "day redness\n3 2\n8 2")
    desk.get("/inbox/")  # the first visit is written down
    few = asked(desk, "/inbox/")
    for n in range(6):
        log(treat(make_patient(clinic, f"More {n}", f"more{n}@test.example")), "day redness\n3 2\n8 2\n9 3")
    assert asked(desk, "/inbox/") == few <= 30


def test_the_number_of_queries_does_not_grow_with_flags_that_were_seen(desk, clinic, cara, treat):
    def seen(name):
        log(treat(make_patient(clinic, name, f"{name.lower()}@test.example")), "day redness dryness\n8 2 4")
        for flag in Flag.objects.live().filter(state="open"):
            flags.acknowledge(flag=flag, by=cara, at=timezone.now())

    seen("Ann")
    desk.get("/inbox/?show=waiting")
    few = asked(desk, "/inbox/?show=waiting")
    for name in ("Bea", "Cleo", "Dot"):
        seen(name)
    assert Flag.objects.live().count() >= 8  # two or more of each
    assert asked(desk, "/inbox/?show=waiting") == few


def test_pages_follow_each_other_without_a_gap_or_a_repeat(desk, clinic, cara, treat, monkeypatch):
    monkeypatch.setattr(inbox, "PER_PAGE", 2)
    monkeypatch.setattr(queues, "PER_PAGE", 2)
    # The same moment for some, so that the key has to decide.
    at = timezone.now()
    for n, table in enumerate(["8 2", "8 2", "8 2", "9 2", "10 3"]):
        log(treat(make_patient(clinic, f"Patient {n}", f"p{n}@test.example")), f"day redness\n{table}", at=at)
    seen, path = [], "/inbox/"
    while path:
        context = desk.get(path).context
        seen += [line.flag.pk for line in context["lines"]]
        path = f"/inbox/?show=all&after={context['last'].pk}" if context["last"] else None
    assert seen == list(Flag.objects.by_urgency().values_list("pk", flat=True))
    assert len(seen) > 4


def test_a_page_mark_that_was_closed_meanwhile_still_marks_its_place(desk, clinic, cara, treat):
    for n in range(2):
        log(treat(make_patient(clinic, f"Patient {n}", f"p{n}@test.example")), "day redness\n8 2", at=timezone.now())
    first, second = Flag.objects.by_urgency()
    flags.close(flag=first, outcome="advised", note="", by=cara, at=timezone.now())
    assert [line.flag for line in desk.get(f"/inbox/?after={first.pk}").context["lines"]] == [second]


@pytest.mark.parametrize("mark", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_page_mark_that_is_nothing_is_not_found(desk, mark):
    assert desk.get(f"/inbox/?after={mark}").status_code == 404


def test_another_clinics_flag_marks_no_page(as_, owen, pat, treat):
    log(treat(pat), "day redness\n8 2")
    assert as_(owen).get(f"/inbox/?after={Flag.objects.get().pk}").status_code == 404


def test_a_patient_with_several_flags_is_one_line_that_names_them_all(desk, pat, treat):
    log(treat(pat), "day redness signs\n8 2 .\n9 2 pus")
    lines = desk.get("/inbox/").context["lines"]
    assert len(lines) == 1
    assert lines[0].flag.is_urgent
    assert [one.rule for one in lines[0].others] == [Flag.objects.get(tier=2).rule]
    assert Flag.objects.get(tier=2).title in words(desk.get("/inbox/"))


MONDAY = datetime.datetime(2026, 6, 1, 10, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def waits(monkeypatch, as_, cara, vera):
    """What the inbox says of a patient's flag some time after Monday 1 June 2026, 10:00."""

    def said(table, raised, *, later):
        treatment = make_treatment(vera, MONDAY.date() - datetime.timedelta(days=8), cara)
        log(treatment, table, at=raised)
        stop_clock(monkeypatch, MONDAY + later)
        return words(as_(cara).get("/inbox/"))

    return said


def hours(number, minutes=0):
    return datetime.timedelta(hours=number, minutes=minutes)


def test_an_urgent_wait_is_counted_in_minutes_of_the_promise(waits):
    page = waits("day signs\n8 pus", MONDAY, later=hours(0, 42))
    assert "42 of 60 min Not seen yet" in page
    assert "Open until 18:00" in page


def test_an_urgent_wait_past_the_promise_says_by_how_much(waits):
    assert "overdue by 1 h 20 min" in waits("day signs\n8 pus", MONDAY, later=hours(2, 20))


def test_minutes_stand_still_while_the_clinic_is_closed_and_the_line_says_so(waits):
    page = waits("day signs\n8 pus", MONDAY + hours(7, 30), later=hours(10))  # 17:30, seen at 20:00
    assert "30 of 60 min Not seen yet · the clinic is closed now" in page
    assert "Closed, opens Tue, 09:00" in page


def test_what_is_not_urgent_says_when_it_is_due(waits):
    assert "due Tue, 18:00" in waits("day redness\n8 2", MONDAY, later=hours(1))


def test_what_is_due_today_says_so_and_what_is_late_counts_opening_time_only(waits, monkeypatch, as_, cara):
    assert "due today, 18:00" in waits("day redness\n8 2", MONDAY, later=hours(25))
    stop_clock(monkeypatch, MONDAY + hours(47, 30))  # Wednesday 09:30
    assert "overdue by 30 min" in words(as_(cara).get("/inbox/"))
    stop_clock(monkeypatch, MONDAY + hours(24 * 40))
    assert "overdue since 2 Jun" in words(as_(cara).get("/inbox/"))


def test_the_promise_is_in_words_and_nothing_says_that_somebody_watches(desk, clinic):
    assert "within 60 minutes of opening time, all others by the end of the next working day." in words(
        desk.get("/inbox/")
    )
    clinic.urgent_minutes, clinic.contact_days = 30, 0
    clinic.save()
    page = words(desk.get("/inbox/"))
    assert "within 30 minutes of opening time, all others on the same working day." in page
    assert "watch" not in page.lower()


@pytest.mark.parametrize("days", [2, 5])
def test_a_promise_of_several_days_counts_them(desk, clinic, days):
    clinic.contact_days = days
    clinic.save()
    assert f"all others within {days} working days." in words(desk.get("/inbox/"))


def test_a_line_says_who_asks_for_a_call_who_wrote_and_who_has_not_opened_the_prompt(desk, pat, cara, treat):
    log(treat(pat), "day redness\n8 2")
    page = words(desk.get("/inbox/"))
    assert "Not opened by the patient" in page
    assert "Asks for a call" not in page
    assert "Wrote to you" not in page
    now = timezone.now()
    Call.objects.create(
        patient=pat, clinic=pat.clinic, number="1234", window="afternoon", asked_at=now, asked_by=pat.user
    )
    wrote(pat, now)
    Flag.objects.update(opened_at=now)
    page = words(desk.get("/inbox/"))
    assert "Asks for a call, in the afternoon" in page
    assert "Wrote to you" in page
    assert "Not opened by the patient" not in page


def test_a_prompt_that_the_clinic_keeps_to_itself_is_not_said_to_be_unopened(desk, clinic, pat, treat):
    clinic.prompts_patients = False
    clinic.save()
    log(treat(pat), "day redness\n8 2")
    assert "Not opened by the patient" not in words(desk.get("/inbox/"))


def test_who_opened_the_same_flag_a_moment_ago_is_told_to_the_next(as_, desk, clinic, pat, treat, monkeypatch):
    log(treat(pat), "day redness\n8 2")
    dora = colleague(clinic)
    as_(dora).get(f"/flag/{Flag.objects.get().pk}/")
    assert "Dora opened this just now" in words(desk.get("/inbox/"))
    assert "Dora opened this" not in words(as_(dora).get("/inbox/"))
    opened = timezone.now()
    stop_clock(monkeypatch, opened + datetime.timedelta(minutes=3))
    assert "Dora opened this 3 minutes ago" in words(desk.get("/inbox/"))
    stop_clock(monkeypatch, opened + datetime.timedelta(minutes=11))
    assert "Dora opened this" not in words(desk.get("/inbox/"))


CONTACT = "day redness dryness\n9 2 4"  # several rules speak up, none of them urgently


def test_a_line_is_marked_as_seen_without_leaving_the_list(desk, pat, treat):
    log(treat(pat), CONTACT)
    assert Flag.objects.count() > 1
    form = form_of(desk.get("/inbox/?show=new"), 'name="acknowledge"')
    answer = desk.post(form["action"], form["fields"] | {"acknowledge": ""})
    assert answer.status_code == 302
    assert answer.url.startswith("/inbox/?show=new#line-")
    assert {flag.state for flag in Flag.objects.all()} == {"acknowledged"}
    assert desk.get("/inbox/?show=new").context["lines"] == []
    assert 'name="acknowledge"' not in desk.get("/inbox/").content.decode()


def test_what_fired_after_the_list_was_made_is_not_marked_by_it(desk, pat, treat):
    treatment = treat(pat)
    log(treatment, CONTACT)
    form = form_of(desk.get("/inbox/"), 'name="acknowledge"')
    log(treatment, "day redness\n10 3")
    desk.post(form["action"], form["fields"] | {"acknowledge": ""})
    assert [flag.rule for flag in Flag.objects.filter(state="open")] == ["R-1"]
    assert Flag.objects.filter(state="acknowledged").exists()


@pytest.mark.parametrize("sign", ["pus", "breathing_trouble"])
def test_nothing_urgent_is_marked_from_one_line_its_case_is_opened(desk, pat, treat, sign):
    log(treat(pat), f"day redness signs\n8 2 .\n9 2 {sign}")
    page = desk.get("/inbox/").content.decode()
    assert 'name="acknowledge"' not in page
    urgent = Flag.objects.by_urgency().first()
    assert re.search(rf'<a [^>]*href="/flag/{urgent.pk}/" data-act="a">Look ', page)


def test_a_clock_that_stands_still_is_told_on_the_inbox(desk, settings):
    said = words(desk.get("/inbox/"))
    assert "Mails and reminders do not run." in said


@pytest.mark.parametrize("show", ["", "nonsense", "%00", "all' OR 1=1"])
def test_a_list_that_is_none_is_the_whole_inbox(desk, show):
    assert desk.get("/inbox/", {"show": show}).context["shown"].show == "all"


def test_a_seen_flag_beside_one_that_is_not_says_which_of_them_waits(waits, as_, cara):
    waits("day redness signs\n8 2 pus", MONDAY, later=hours(0))
    flags.acknowledge(flag=Flag.objects.get(tier=3), by=cara, at=timezone.now())
    page = words(as_(cara).get("/inbox/"))
    assert f"due Tue, 18:00 Not seen yet: {Flag.objects.get(tier=2).title} Seen by Cara" in page


def test_what_became_overdue_when_the_clinic_had_just_closed_says_since_when(waits, monkeypatch, as_, cara):
    page = waits("day redness\n8 2", MONDAY, later=hours(24 + 9))  # Tuesday, 19:00
    assert "overdue since today, 18:00" in page
