"""What waits for a clinician: whose, in which order, with what beside it, and in how many queries."""

import datetime

import pytest
from django.utils import timezone

from journal.actions import flags, photos
from journal.models import Flag
from journal.views import inbox
from tests.conftest import make_patient, make_treatment

from .tables import asked, log, picture, words


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
    assert "Within a day Pat Moss day 8 · Face" in page
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
    assert asked(desk, "/inbox/") == few <= 10


def test_pages_follow_each_other_without_a_gap_or_a_repeat(desk, clinic, cara, treat, monkeypatch):
    monkeypatch.setattr(inbox, "PER_PAGE", 2)
    # The same moment for some, so that the key has to decide.
    at = timezone.now()
    for n, table in enumerate(["8 2", "8 2", "8 2", "9 2", "10 3"]):
        log(treat(make_patient(clinic, f"Patient {n}", f"p{n}@test.example")), f"day redness\n{table}", at=at)
    seen, path = [], "/inbox/"
    while path:
        context = desk.get(path).context
        seen += [line.flag.pk for line in context["waiting"]]
        path = f"/inbox/?after={context['last'].pk}" if context["last"] else None
    assert seen == list(Flag.objects.by_urgency().values_list("pk", flat=True))
    assert len(seen) > 4


def test_a_page_mark_that_was_closed_meanwhile_still_marks_its_place(desk, clinic, cara, treat):
    for n in range(2):
        log(treat(make_patient(clinic, f"Patient {n}", f"p{n}@test.example")), "day redness\n8 2", at=timezone.now())
    first, second = Flag.objects.by_urgency()
    flags.close(flag=first, outcome="advised", note="", by=cara, at=timezone.now())
    assert [line.flag for line in desk.get(f"/inbox/?after={first.pk}").context["waiting"]] == [second]


@pytest.mark.parametrize("mark", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_page_mark_that_is_nothing_is_not_found(desk, mark):
    assert desk.get(f"/inbox/?after={mark}").status_code == 404


def test_another_clinics_flag_marks_no_page(as_, owen, pat, treat):
    log(treat(pat), "day redness\n8 2")
    assert as_(owen).get(f"/inbox/?after={Flag.objects.get().pk}").status_code == 404
