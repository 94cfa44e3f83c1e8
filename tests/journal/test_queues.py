"""The lists of the inbox: who is in which, in what order, on which page, how many, and marking a page as seen."""

import datetime
import re
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

from journal.actions import flags, looks, photos, treatments
from journal.models import Call, Flag, Look, Progress, Treatment
from journal.views import inbox, queues
from tests.conftest import make_patient, make_treatment

from .lists import colleague, form_of, wrote
from .tables import asked, log, picture, stop_clock, words

DAY = datetime.timedelta(days=1)


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


@pytest.fixture
def today(clinic):
    return timezone.now().astimezone(clinic.zone).date()


@pytest.fixture
def treat(clinic, cara, today):
    """Treats somebody of this name some days ago."""

    def treated(name, days_ago=5, **fields):
        patient = make_patient(clinic, name, f"{name.lower()}@test.example")
        return make_treatment(patient, today - days_ago * DAY, cara, **fields)

    return treated


@pytest.fixture
def shown(desk):
    """The names in a list, in its order."""

    def names(show, browser=None):
        lines = (browser or desk).get(f"/inbox/?show={show}").context["lines"]
        return [getattr(line, "patient", None) or line.treatment.patient for line in lines]

    return lambda *args: [patient.name for patient in names(*args)]


def sizes(response):
    return {queue.show: queue.counted for queue in response.context["queues"]}


# Flags, by who has looked and whose they are.


def test_what_nobody_looked_at_is_new_and_what_was_seen_waits_to_be_closed(shown, treat, cara):
    for name in ("Ann", "Bea"):
        log(treat(name, 10), "day redness\n8 2")
    seen = Flag.objects.get(treatment__patient__name="Ann")
    flags.acknowledge(flag=seen, by=cara, at=timezone.now())
    assert (shown("new"), shown("waiting")) == (["Bea"], ["Ann"])
    assert sorted(shown("all")) == ["Ann", "Bea"]
    flags.close(flag=seen, outcome="advised", note="", by=cara, at=timezone.now())
    assert (shown("waiting"), shown("all")) == ([], ["Bea"])


def test_a_patient_is_new_as_long_as_one_of_her_flags_is(shown, treat, cara):
    log(treat("Ann", 10), "day redness signs\n8 2 .\n9 2 pus")
    flags.acknowledge(flag=Flag.objects.get(tier=3), by=cara, at=timezone.now())
    assert (shown("new"), shown("waiting")) == (["Ann"], [])
    flags.acknowledge(flag=Flag.objects.get(tier=2), by=cara, at=timezone.now())
    assert (shown("new"), shown("waiting")) == ([], ["Ann"])


def test_mine_is_what_i_took_and_nobody_elses(as_, shown, treat, clinic, cara):
    for name in ("Ann", "Bea"):
        log(treat(name, 10), "day redness\n8 2")
    dora = colleague(clinic)
    Flag.objects.filter(treatment__patient__name="Ann").update(assigned_to=cara)
    Flag.objects.filter(treatment__patient__name="Bea").update(assigned_to=dora)
    assert shown("mine") == ["Ann"]
    assert shown("mine", as_(dora)) == ["Bea"]


# Calls and messages.


def test_a_message_is_told_against_the_promise_and_its_answer_is_a_click_away(as_, cara, vera, monkeypatch):
    monday = datetime.datetime(2026, 6, 1, 10, tzinfo=ZoneInfo("Europe/London"))
    wrote(vera, monday)
    for later, said in ((1, "due Tue, 18:00"), (30, "due today, 18:00"), (47.5, "overdue by 30 min")):
        stop_clock(monkeypatch, monday + later * DAY / 24)
        page = as_(cara).get("/inbox/?show=messages")
        assert f"{said} Not seen yet" in words(page)
    assert f'href="/patients/{vera.pk}/messages/#reply-text" data-act="r"' in page.content.decode()


def test_calls_and_messages_wait_oldest_first_and_a_patient_who_wrote_twice_is_one_line(shown, treat):
    now = timezone.now()
    ann, bea = treat("Ann").patient, treat("Bea").patient
    for patient, ago in ((ann, 1), (bea, 2)):
        asked_for = {"clinic": patient.clinic, "number": "1234", "asked_by": patient.user}
        Call.objects.create(patient=patient, asked_at=now - ago * DAY, **asked_for)
        wrote(patient, now - ago * DAY)
        wrote(patient, now)
    assert shown("calls") == ["Bea", "Ann"]
    assert shown("messages") == ["Bea", "Ann"]


# Silence.


def test_a_patient_is_silent_who_wrote_nothing_today_or_yesterday(shown, treat):
    for name, last in (("Today", 5), ("Yesterday", 4), ("Before", 3)):
        log(treat(name), f"day redness\n{last} 0")
    treat("Never")
    assert shown("silent") == ["Never", "Before"]


@pytest.mark.parametrize(("days_ago", "is_silent"), [(1, False), (2, True), (14, True), (15, False)])
def test_silence_is_looked_for_on_days_2_to_14(shown, treat, days_ago, is_silent):
    treat("Ann", days_ago)
    assert bool(shown("silent")) is is_silent


def test_a_baseline_is_no_word_since_the_treatment(shown, treat, desk):
    log(treat("Ann", 4), "day redness\n-3 0")
    assert desk.get("/inbox/?show=silent").context["lines"][0].silent_days == 4


def test_who_has_a_flag_was_cancelled_put_off_or_treated_again_is_not_silent(shown, treat, cara, today):
    log(treat("Flagged", 12), "day redness\n8 2")
    cancelled = treat("Cancelled")
    treatments.cancel(treatment=cancelled, by=cara, at=timezone.now())
    treat("Off", put_off_at=timezone.now())
    again = treat("Again", 12)
    make_treatment(again.patient, today, cara)
    soon = treat("Soon", 12)
    make_treatment(soon.patient, today + 9 * DAY, cara)
    assert shown("silent") == ["Soon"]


def test_a_silent_line_gives_the_number_to_call_and_says_who_has_not_joined(desk, treat):
    patient = treat("Ann", 6).patient
    page = words(desk.get("/inbox/?show=silent"))
    assert "Ann day 6 Face · session 1 6 days nothing written yet Call +44 7700 900123" in page
    patient.user = None
    patient.save()
    assert "has not joined yet" in words(desk.get("/inbox/?show=silent"))


# What came in without a flag.


def test_what_came_in_without_a_flag_waits_for_a_look_oldest_first(shown, treat, cara):
    now = timezone.now()
    for name, ago in (("Late", 1), ("Early", 2)):
        log(treat(name), "day redness\n2 1", at=now - ago * DAY)
    log(treat("Flagged", 10), "day redness\n8 2")
    treat("Nothing")
    assert shown("unflagged") == ["Early", "Late"]
    early = Treatment.objects.get(patient__name="Early")
    looks.look(treatment=early, seen_to=now, by=cara, at=now)
    assert shown("unflagged") == ["Late"]


def test_a_line_tells_each_new_day_in_words_and_what_is_more_than_typical(desk, treat):
    treatment = treat("Ann")
    log(treatment, "day redness dryness itch signs temperature\n1 3 3 . warmth 37.4\n2 ? 0 0 - .")
    entry = treatment.entries.get(on=treatment.date_of(2))
    entry.note = "<b>Slept</b> well."
    entry.save()
    page = words(desk.get("/inbox/?show=unflagged"))
    assert "day 2 Redness can’t tell Dryness none Tightness not answered Itch none Signs none ticked" in page
    assert "<b>Slept</b> well." in page
    assert "Dryness severe more than is typical of the day" in page
    assert "Signs heat 37.4 °C" in page


def test_an_unanswered_list_of_signs_is_not_taken_for_none(desk, treat):
    log(treat("Ann"), "day redness\n1 1")
    assert "Signs not answered" in words(desk.get("/inbox/?show=unflagged"))


def test_only_what_came_in_since_the_last_look_is_told(desk, treat, cara):
    treatment, now = treat("Ann"), timezone.now()
    log(treatment, "day redness\n1 1", at=now - 3 * DAY)
    looks.look(treatment=treatment, seen_to=now - 2 * DAY, by=cara, at=now - 2 * DAY)
    log(treatment, "day redness\n2 0", at=now - DAY)
    line = desk.get("/inbox/?show=unflagged").context["lines"][0]
    assert [day.day for day in line.days] == [2]


def test_more_days_than_fit_are_counted_and_such_a_line_is_opened_not_ticked(desk, treat):
    log(treat("Ann", 8), "day redness\n" + "\n".join(f"{day} 0" for day in range(5)))
    line = desk.get("/inbox/?show=unflagged").context["lines"][0]
    assert ([day.day for day in line.days], [day.day for day in line.earlier]) == ([4, 3, 2], [1, 0])
    page = desk.get("/inbox/?show=unflagged")
    assert "and 2 earlier days" in words(page)
    assert "Open to review : Ann" in words(page)
    assert "data-tick>" not in page.content.decode()


@pytest.mark.parametrize(("new", "may_be_ticked"), [(6, True), (7, False)])
def test_all_new_photos_are_in_the_line_or_it_is_not_ticked(desk, treat, new, may_be_ticked):
    treatment = treat("Ann", 6)
    by = {"by": treatment.patient.user, "at": timezone.now() - DAY}
    for day in range(4):
        log(treatment, f"day redness\n{day} 1", at=timezone.now() - 3 * DAY)
    looks.look(treatment=treatment, seen_to=timezone.now() - 2 * DAY, by=treatment.recorded_by, at=timezone.now())
    for number in range(new):
        shot = picture(f"new {number}")
        photos.add(treatment=treatment, on=treatment.date_of(number // 3), photos=[shot], **by)
    Treatment.objects.update(unseen_since=by["at"])
    page = desk.get("/inbox/?show=unflagged").content.decode()
    assert page.count('alt="New photo: ') == 6
    assert f"{new} new photos" in page
    assert ("data-tick>" in page) is may_be_ticked


def test_a_line_says_when_the_treatment_was_and_which_day_it_is_today(desk, treat):
    treatment = treat("Ann", 5)
    log(treatment, "day redness\n2 1")
    said = words(desk.get("/inbox/?show=unflagged"))
    assert f"Ann treated {date_format(treatment.treated_on, 'j F')}, today day 5 · Face · session 1" in said


def test_a_live_flag_of_another_session_is_told_with_its_urgency_and_a_way_to_it(desk, treat, cara, today):
    before = treat("Ann", 30, session_number=1)
    log(before, "day signs\n9 pus")
    again = make_treatment(before.patient, today - 3 * DAY, cara, session_number=2)
    log(again, "day redness\n1 1")
    log(treat("Bea"), "day redness\n1 1")
    page = desk.get("/inbox/?show=unflagged")
    elsewhere = {line.treatment: list(line.elsewhere) for line in page.context["lines"]}
    assert elsewhere == {again: [Flag.objects.get()], Treatment.objects.get(patient__name="Bea"): []}
    assert "Now flag of session 1" in words(page)
    assert f'href="/flag/{Flag.objects.get().pk}/"' in page.content.decode()


def test_new_photos_are_counted_and_a_goal_that_is_worse_is_named(desk, treat, cara):
    treatment, now = treat("Ann", 40), timezone.now()
    by = {"by": treatment.patient.user, "at": now}
    photos.add(treatment=treatment, on=treatment.date_of(1), photos=[picture("new"), picture("newer")], **by)
    Progress.objects.create(treatment=treatment, week=4, goal="skin_overall", answer="worse", **by)
    Treatment.objects.update(unseen_since=now)
    page = words(desk.get("/inbox/?show=unflagged"))
    assert "Says it is worse: Skin overall" in page
    assert "2 new photos" in page


def test_an_answer_about_progress_alone_is_said_to_be_one(desk, treat):
    treatment, now = treat("Ann", 40), timezone.now()
    by = {"by": treatment.patient.user, "at": now}
    Progress.objects.create(treatment=treatment, week=4, goal="skin_overall", answer="better", **by)
    Treatment.objects.update(unseen_since=now)
    assert "An answer about progress" in words(desk.get("/inbox/?show=unflagged"))


# Marking a page as seen.


@pytest.fixture
def listed(desk, treat):
    """Two timelines without a flag and the form of the page that lists them."""
    ticked = [treat("Ann"), treat("Bea")]
    for treatment in ticked:
        log(treatment, "day redness\n1 1", at=timezone.now() - DAY)
    page = desk.get("/inbox/?show=unflagged")
    ticks = re.findall(r'name="treatments" value="([^"]+)"', page.content.decode())
    return ticked, form_of(page, "data-tick") | {"ticks": ticks}


def mark(desk, form, *ticked):
    """Sends ticks: of a treatment the one that the page had, else as it is given."""
    had = {one.partition(" ")[0]: one for one in form["ticks"]}
    sent = [had[str(one.pk)] if isinstance(one, Treatment) else one for one in ticked]
    return desk.post(form["action"], form["fields"] | {"treatments": sent}, follow=True)


def test_nothing_is_ticked_for_anybody(desk, listed):
    assert "checked" not in desk.get("/inbox/?show=unflagged").content.decode()


def test_what_was_ticked_is_seen_and_nothing_else(desk, listed, shown, cara):
    (ann, _bea), form = listed
    page = words(mark(desk, form, ann))
    assert "1 timeline is marked as seen." in page
    assert shown("unflagged") == ["Bea"]
    assert [(look.treatment, look.by) for look in Look.objects.all()] == [(ann, cara)]


def test_what_came_in_after_the_page_was_made_still_waits(desk, listed, shown):
    (ann, _bea), form = listed
    log(ann, "day redness\n2 1", at=timezone.now())
    mark(desk, form, ann)
    assert shown("unflagged") == ["Bea", "Ann"]


def test_what_was_saved_while_the_page_was_made_still_waits_though_its_moment_is_earlier(desk, treat, shown):
    ann, now = treat("Ann"), timezone.now()
    log(ann, "day redness\n1 1", at=now - DAY)
    page = desk.get("/inbox/?show=unflagged")
    log(ann, "day redness\n2 1", at=now - DAY / 24)  # before the page, but not on it
    ticks = re.findall(r'name="treatments" value="([^"]+)"', page.content.decode())
    mark(desk, form_of(page, "data-tick") | {"ticks": ticks}, ann)
    assert Look.objects.get().seen_to == now - DAY
    assert shown("unflagged") == ["Ann"]


def test_a_flag_that_is_raised_while_a_page_is_marked_is_found_once_the_patients_row_is_held(treat, cara):
    ann, bea = sorted((treat("Ann"), treat("Bea")), key=lambda one: one.patient_id)
    for treatment in (ann, bea):
        log(treatment, "day redness\n1 1", at=timezone.now() - DAY)
    waited = []

    def raised_first(execute, sql, params, many, context):
        """Somebody else had the second patient's row, and raised a flag before she let go of it."""
        asks = str(bea.patient_id).replace("-", "") in str(params).replace("-", "")
        if not waited and 'FROM "accounts_patient"' in sql and asks:
            waited.append(sql)
            log(bea, "day signs\n2 pus")
        return execute(sql, params, many, context)

    now = timezone.now()
    with connection.execute_wrapper(raised_first):
        passed = looks.look_at_all(shown=[(ann, now), (bea, now)], by=cara, at=now)
    assert (len(waited), passed) == (1, [bea])
    assert [look.treatment for look in Look.objects.all()] == [ann]


def test_a_flag_that_came_up_meanwhile_is_told_and_that_timeline_is_not_marked(desk, listed):
    (ann, bea), form = listed
    log(ann, "day signs\n2 pus")
    page = words(mark(desk, form, ann, bea))
    assert "A flag came up for Ann meanwhile. That timeline was not marked" in page
    assert "1 timeline is marked as seen." in page
    assert [look.treatment for look in Look.objects.all()] == [bea]


@pytest.mark.parametrize(
    ("ticked", "said"),
    [
        ([], "Tick the lines that you have looked at."),
        (["nonsense"], "One of the lines is not on your list any more."),
        (["\0"], "One of the lines is not on your list any more."),
        ([f"{uuid.UUID(int=1)} 2026-05-04T10:00:00+00:00"], "One of the lines is not on your list any more."),
    ],
)
def test_ticks_that_are_none_mark_nothing_and_say_why(desk, listed, ticked, said):
    answer = mark(desk, listed[1], *ticked)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Look.objects.exists()


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-13-01", "9" * 5000, "0001-01-01T00:00:00+14:00"])
def test_a_line_without_its_moment_marks_nothing_and_the_others_keep_their_ticks(desk, listed, moment):
    (ann, bea), form = listed
    answer = mark(desk, form, f"{ann.pk} {moment}", bea)
    assert answer.status_code == 422
    assert "This page was not sent whole." in words(answer)
    assert answer.content.decode().count("checked") == 1
    assert not Look.objects.exists()


def test_a_line_that_shows_more_by_now_does_not_come_back_ticked(desk, listed):
    (ann, bea), form = listed
    log(ann, "day redness\n2 1", at=timezone.now())
    answer = mark(desk, form, ann, bea, "nonsense")
    assert {line.treatment: line.is_ticked for line in answer.context["lines"]} == {ann: False, bea: True}


def test_more_than_a_page_is_not_marked(desk, listed, clinic, cara, today):
    patients = [make_patient(clinic, f"P{n}", f"p{n}@test.example") for n in range(51)]
    many = [make_treatment(patient, today, cara) for patient in patients]
    answer = mark(desk, listed[1], *(f"{one.pk} 2026-05-04T10:00:00+00:00" for one in many))
    assert answer.status_code == 422
    assert "Mark at most 50 at a time." in words(answer)
    assert not Look.objects.exists()


def test_a_moment_of_the_future_sees_no_more_than_is_there(desk, listed, shown):
    (ann, bea), form = listed
    ahead = (timezone.now() + DAY / 2).isoformat()
    mark(desk, form, *(f"{one.pk} {ahead}" for one in (ann, bea)))
    log(ann, "day redness\n2 1", at=timezone.now() + DAY / 24)
    assert shown("unflagged") == ["Ann"]


def test_another_clinics_timeline_is_not_there_to_mark(as_, owen, listed):
    (ann, _bea), form = listed
    answer = mark(as_(owen), form, ann)
    assert answer.status_code == 422
    assert "Ann" not in words(answer)
    assert not Look.objects.exists()


# All of them.


def test_every_list_shows_its_own_clinics_patients_only(as_, owen, treat, shown):
    log(treat("Flagged", 10), "day redness\n8 2")
    log(treat("Seen", 5), "day redness\n1 1")
    silent = treat("Silent").patient
    Call.objects.create(
        patient=silent, clinic=silent.clinic, number="1234", asked_at=timezone.now(), asked_by=silent.user
    )
    wrote(silent, timezone.now())
    there = as_(owen)
    for queue in queues.QUEUES:
        assert shown(queue.show, there) == []
    assert set(sizes(there.get("/inbox/")).values()) == {"0"}


def test_sizes_are_counted_up_to_99_and_then_said_to_be_more(desk, clinic, cara, today):
    for n in range(101):
        patient = make_patient(clinic, f"P{n}", f"p{n}@test.example")
        make_treatment(patient, today - 5 * DAY, cara)
        if n < 99:
            wrote(patient, timezone.now())
    counted = sizes(desk.get("/inbox/"))
    assert (counted["silent"], counted["messages"], counted["all"]) == ("99+", "99", "0")


@pytest.mark.parametrize("show", ["calls", "messages", "silent", "unflagged"])
def test_pages_of_every_list_follow_each_other_without_a_gap_or_a_repeat(desk, treat, shown, monkeypatch, show):
    now = timezone.now()
    for n in range(5):
        treatment = treat(f"P{n}")
        patient, at = treatment.patient, now - (n // 2) * DAY  # some at the same moment
        Call.objects.create(patient=patient, clinic=patient.clinic, number="1234", asked_at=at, asked_by=patient.user)
        wrote(patient, at)
        if show == "unflagged":
            log(treatment, "day redness\n1 1", at=at)
    whole = shown(show)
    assert len(whole) == 5
    for module in (inbox, queues):
        monkeypatch.setattr(module, "PER_PAGE", 2)
    seen, path = [], f"/inbox/?show={show}"
    while path:
        context = desk.get(path).context
        seen += [(getattr(line, "patient", None) or line.treatment.patient).name for line in context["lines"]]
        path = f"/inbox/?show={show}&after={context['last'].pk}" if context["last"] else None
    assert seen == whole


def test_a_place_that_was_marked_as_seen_leads_to_the_start(desk, listed, cara):
    (ann, _bea), _form = listed
    looks.look(treatment=ann, seen_to=timezone.now(), by=cara, at=timezone.now())
    lines = desk.get(f"/inbox/?show=unflagged&after={ann.pk}").context["lines"]
    assert [line.treatment.patient.name for line in lines] == ["Bea"]


@pytest.mark.parametrize("show", [queue.show for queue in queues.QUEUES])
def test_the_number_of_queries_of_a_list_does_not_grow_with_it(desk, treat, show, cara):
    def more(first, last):
        for n in range(first, last):
            now = timezone.now()
            flagged, calm, quiet = treat(f"F{n}", 10), treat(f"C{n}"), treat(f"Q{n}")
            log(flagged, "day redness\n8 2\n9 3")
            log(calm, "day redness\n1 1\n2 1")
            patient = quiet.patient
            Call.objects.create(
                patient=patient, clinic=patient.clinic, number="1234", asked_at=now, asked_by=patient.user
            )
            wrote(patient, now)
        flags_of = {"mine": {"assigned_to": cara}, "waiting": {"state": "acknowledged"}}
        Flag.objects.update(**flags_of.get(show, {}))

    more(0, 2)
    desk.get("/inbox/")  # the first visit is written down
    few = asked(desk, f"/inbox/?show={show}")
    more(2, 6)
    assert asked(desk, f"/inbox/?show={show}") == few <= 31


def test_an_older_page_brings_back_nothing_that_a_colleague_has_seen(treat, cara, clinic):
    treatment = treat("Ann")
    log(treatment, "day redness\n2 1")
    now = timezone.now()
    looks.look(treatment=treatment, seen_to=now, by=cara, at=now)
    looks.look(treatment=treatment, seen_to=now - datetime.timedelta(hours=3), by=colleague(clinic), at=now)
    treatment.refresh_from_db()
    assert treatment.unseen_since is None
