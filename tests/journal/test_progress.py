"""Weeks 2, 4 and 6: how the goals are coming along, as the patient says it, beside photos from before."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import progress, treatments
from journal.models import Flag, Progress
from journal.views.progress import due_progress
from tests.conftest import make_treatment

from .shots import shoot
from .tables import log, stop_clock_on, words

START = datetime.date(2026, 6, 15)  # week 2 is 29 June to 5 July


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara, goals_chosen=["acne-scars", "dark-spots"])


@pytest.fixture
def week(as_, treatment, monkeypatch):
    """The page of a week on a day after Pat's session, as somebody sees it."""

    def get(week, day, person):
        stop_clock_on(monkeypatch, START, day)
        return as_(person).get(f"/progress/{treatment.pk}/{week}/")

    return get


@pytest.fixture
def say(as_, treatment, pat, monkeypatch):
    def post(week, day, person=None, **answers):
        stop_clock_on(monkeypatch, START, day)
        sent = {goal.replace("_", "-"): answer for goal, answer in answers.items()}
        return as_(person or pat).post(f"/progress/{treatment.pk}/{week}/", sent, follow=True)

    return post


def kept(treatment):
    return {(one.week, one.goal): one.answer for one in treatment.progress.all()}


@pytest.mark.parametrize(
    ("day", "due"),
    [(13, None), (14, 2), (20, 2), (21, None), (28, 4), (34, 4), (35, None), (42, 6), (48, 6), (49, None)],
)
def test_weeks_two_four_and_six_are_asked_for_seven_days_each(treatment, day, due):
    found = due_progress(treatment, day)
    assert (found.week if found else None) == due


def test_a_week_that_was_answered_is_no_longer_due(treatment, say):
    say(2, 15, acne_scars="same")
    assert due_progress(treatment, 15) is None
    assert due_progress(treatment, 28).week == 4


def test_the_page_of_today_leads_to_it(as_, pat, treatment, monkeypatch):
    stop_clock_on(monkeypatch, START, 16)
    said = as_(pat).get("/")
    assert "Week 2: how is it going?" in words(said)
    assert "You can do it until Sunday, 5 July." in words(said)
    assert f'href="/progress/{treatment.pk}/2/"' in said.content.decode()
    stop_clock_on(monkeypatch, START, 21)
    assert "how is it going?" not in words(as_(pat).get("/"))


def test_each_goal_is_asked_by_its_name_and_none_is_answered_beforehand(week, pat):
    page = week(2, 14, pat)
    assert "Acne scars Better The same Worse I can’t tell Dark spots Better" in words(page)
    assert "checked" not in page.content.decode()


def test_answers_are_kept_with_who_and_when(treatment, say, pat):
    said = words(say(2, 14, acne_scars="better", dark_spots="cant_tell"))
    assert "Saved. Your clinic can read it." in said
    assert kept(treatment) == {(2, "acne-scars"): "better", (2, "dark-spots"): "cant_tell"}
    assert {(one.by, one.at) for one in Progress.objects.all()} == {(pat.user, timezone.now())}


def test_one_goal_may_be_left_open_and_said_later_in_the_week(treatment, say, week, pat):
    say(2, 14, acne_scars="same")
    assert kept(treatment) == {(2, "acne-scars"): "same"}
    page = week(2, 16, pat).content.decode()
    assert page.count(" checked") == 1
    say(2, 16, acne_scars="better", dark_spots="same")
    assert kept(treatment) == {(2, "acne-scars"): "better", (2, "dark-spots"): "same"}


def test_nothing_chosen_is_nothing_saved(treatment, say):
    page = say(2, 14)
    assert page.status_code == 422
    assert "Nothing was chosen. Choose one answer at least." in words(page)
    assert kept(treatment) == {}


def test_an_answer_that_is_none_of_the_four_is_refused(treatment, say):
    page = say(2, 14, acne_scars="wonderful")
    assert page.status_code == 422
    assert "Choose one of the four." in words(page)
    assert kept(treatment) == {}


@pytest.mark.parametrize(("asked", "day"), [(2, 13), (2, 21), (4, 14), (6, 50)])
def test_a_week_is_answered_in_its_own_days_only(treatment, say, asked, day):
    assert "This is not asked now, so nothing was saved." in words(say(asked, day, acne_scars="same"))
    assert kept(treatment) == {}


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (13, "This is asked from Monday, 29 June to Sunday, 5 July."),
        (21, "This was asked from Monday, 29 June to Sunday, 5 July."),
    ],
)
def test_before_and_after_its_days_the_page_says_when_it_is_asked(week, pat, day, told):
    page = week(2, day, pat)
    assert told in words(page)
    assert '<form method="post"' not in page.content.decode()


def test_a_week_that_is_none_of_those_asked_is_no_page(week, pat):
    assert week(3, 21, pat).status_code == 404


def test_after_a_later_session_began_nothing_more_is_asked_of_the_earlier_one(treatment, say, pat, cara):
    make_treatment(pat, START + datetime.timedelta(days=30), cara, session_number=2)
    say(4, 29, acne_scars="same")
    assert kept(treatment) == {(4, "acne-scars"): "same"}
    assert "This is not asked now" in words(say(4, 30, acne_scars="better"))
    assert kept(treatment) == {(4, "acne-scars"): "same"}


def test_a_goal_that_is_not_asked_about_is_refused(treatment, pat):
    noon = datetime.datetime(2026, 6, 30, 12, tzinfo=datetime.UTC)
    with pytest.raises(progress.NotAsked):
        progress.say(treatment=treatment, week=2, answers={"acne-scars": "same", "pores": "same"}, by=pat.user, at=noon)
    assert kept(treatment) == {}


@pytest.mark.parametrize(
    ("chosen", "words_of_clinic", "asked"),
    [
        ([], "", ["Skin overall"]),
        ([], "A calmer chin", ["A calmer chin"]),
        (["dark-spots"], "A calmer chin", ["Dark spots", "A calmer chin"]),
        (["of-a-later-version"], "", ["of a later version"]),
    ],
)
def test_what_is_asked_follows_the_goals_that_were_chosen(week, treatment, pat, chosen, words_of_clinic, asked):
    treatment.goals_chosen, treatment.goals = chosen, words_of_clinic
    treatment.save()
    page = words(week(2, 14, pat))
    assert " ".join(f"{goal} Better The same Worse I can’t tell" for goal in asked) in page


def test_the_latest_photos_stand_beside_those_from_before(week, treatment, pat):
    before, _early, late = shoot(treatment, 0, baseline=True), shoot(treatment, 3), shoot(treatment, 14)
    shoot(treatment, 14, view="left")  # without one from before of its view: nothing to hold it beside
    page = week(2, 14, pat).content.decode()
    assert f"/compare/?left={before.token}&amp;right={late.token}" in page
    assert page.count("/compare/?") == 2  # the photo, and its word
    assert "There are no two photos of the same view" not in page


def test_photos_that_were_not_taken_alike_say_so(week, treatment, pat):
    from .shots import DARKER, DONT

    shoot(treatment, 0, baseline=True)
    shoot(treatment, 14, measures=DARKER)
    assert DONT in words(week(2, 14, pat))


def test_without_photos_to_compare_she_may_add_one(week, treatment, pat):
    said = words(week(2, 14, pat))
    assert "There are no two photos of the same view to hold beside each other. You can add one of today first." in said
    pat.consents.to_photos().update(withdrawn_at=timezone.now())
    assert "You can add one of today" not in words(week(2, 14, pat))


def test_what_is_worse_leads_to_the_clinic(say, week, pat, cara):
    said = words(say(2, 15, acne_scars="worse", dark_spots="better"))
    assert "You said that something is worse. Please tell your clinic. Call Riverside Skin Clinic" in said
    assert "You said that something is worse" not in words(week(2, 15, cara))
    assert "You said that something is worse" not in words(say(2, 16, acne_scars="same"))
    assert Flag.objects.count() == 0


def test_why_that_week_has_its_sources(week, pat):
    said = words(week(2, 14, pat))
    assert "Why this week" in said
    assert " S0 " in said


def test_the_clinic_reads_and_does_not_write(week, say, treatment, cara):
    say(2, 14, acne_scars="better")
    page = week(2, 15, cara)
    assert "The patient is asked until Sunday, 5 July." in words(page)
    assert "Acne scars Better to come to come Dark spots not said" not in words(page)  # the week is not over
    assert "Acne scars Better to come to come Dark spots to come" in words(page)
    assert '<form method="post"' not in page.content.decode()
    assert say(2, 15, cara, acne_scars="worse").status_code == 403
    assert kept(treatment) == {(2, "acne-scars"): "better"}


def test_a_look_of_the_clinic_is_written_down_and_one_of_her_own_is_not(week, treatment, pat, cara):
    week(2, 14, pat)
    assert AccessEvent.objects.count() == 0
    week(2, 14, cara)
    assert AccessEvent.objects.get().target_id == str(treatment.pk)


def test_nobody_elses_answers_are_shown_or_written(week, say, treatment, vera, owen):
    say(2, 14, acne_scars="better")
    for person in (vera, owen):
        assert week(2, 15, person).status_code == 404
        assert say(2, 15, person, acne_scars="worse").status_code == 404
    assert kept(treatment) == {(2, "acne-scars"): "better"}


def test_what_was_said_stays_on_the_timeline_week_by_week(as_, say, week, treatment, pat, cara, monkeypatch):
    look = lambda person: words(as_(person).get(f"/timeline/{treatment.pk}/"))  # noqa: E731
    stop_clock_on(monkeypatch, START, 14)
    assert "How it is going" not in look(pat)
    say(4, 30, acne_scars="better")
    for person in (pat, cara):
        assert "Acne scars not said Better to come Dark spots not said to come to come" in look(person)
    stop_clock_on(monkeypatch, START, 60)
    assert "Acne scars not said Better not said Dark spots not said not said not said" in look(cara)


def test_a_goal_that_is_no_longer_chosen_keeps_what_was_said_of_it(as_, say, treatment, cara):
    say(2, 14, dark_spots="worse")
    fields = {"goals_chosen": ["acne-scars"]}
    treatments.correct(treatment=treatment, fields=fields, by=cara, at=timezone.now())
    assert "Dark spots Worse" in words(as_(cara).get(f"/timeline/{treatment.pk}/"))


def test_weeks_that_the_next_session_cut_off_are_no_column(as_, say, treatment, pat, cara):
    say(2, 14, acne_scars="same")
    make_treatment(pat, START + datetime.timedelta(days=28), cara, session_number=2)
    said = words(as_(cara).get(f"/timeline/{treatment.pk}/"))
    assert "Goal Week 2 Acne scars The same" in said


def test_a_cancelled_treatment_asks_nothing(week, treatment, pat, cara):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert week(2, 14, pat).status_code == 404


def test_a_week_that_only_an_earlier_version_asked_for_keeps_what_was_said(week, say, treatment, cara, another_version):
    say(6, 42, acne_scars="better")
    treatment.protocol_version = another_version
    treatment.save()
    page = words(week(6, 43, cara))
    assert "This week is not asked about any more." in page
    assert "acne scars not said not said Better" in page
    assert "This is not asked now, so nothing was saved." in words(say(6, 43, acne_scars="worse"))
    assert kept(treatment) == {(6, "acne-scars"): "better"}
    treatment.progress.all().delete()
    assert week(6, 43, cara).status_code == 404


@pytest.mark.parametrize(
    ("begins", "day", "asked"),
    [
        (20, 10, "There is a later session, on Sunday, 5 July, so this week is not asked about."),
        (30, 29, "The patient is asked until Sunday, 19 July."),
        (30, 30, "There is a later session, on Wednesday, 15 July, so this week is not asked about."),
        (40, 36, "This was asked from Monday, 13 July to Sunday, 19 July."),
    ],
)
def test_a_week_that_a_later_session_cuts_off_says_so(week, treatment, pat, cara, begins, day, asked):
    make_treatment(pat, START + datetime.timedelta(days=begins), cara, session_number=2)
    assert asked in words(week(4, day, cara))


@pytest.mark.parametrize("path", ["/timeline/{treatment}/", "/patients/{patient}/", "/patients/{patient}/sessions/"])
def test_the_clinic_reaches_a_week_from_the_table_of_what_was_said(as_, say, treatment, pat, cara, path):
    say(2, 14, acne_scars="better")
    page = as_(cara).get(path.format(treatment=treatment.pk, patient=pat.pk)).content.decode()
    assert f'href="/progress/{treatment.pk}/2/"' in page


def test_what_is_worse_in_the_latest_week_is_marked_on_the_patients_page(as_, say, pat, cara, treatment):
    look = lambda: words(as_(cara).get(f"/patients/{pat.pk}/"))  # noqa: E731
    say(2, 14, acne_scars="worse", dark_spots="same")
    assert "Worse in week 2: Acne scars" in look()
    say(4, 28, acne_scars="same")
    assert "Worse in week" not in look()


def test_photos_from_before_the_week_say_which_day_they_are_of(week, treatment, pat, cara):
    shoot(treatment, 0, baseline=True)
    shoot(treatment, 3)
    older = "The latest photos are of day 3, before week 2."
    assert f"{older} You can add one of today first. Log today" in words(week(2, 14, pat))
    assert older in words(week(2, 14, cara))
    assert "You can add one of today" not in words(week(2, 14, cara))
    shoot(treatment, 14)
    assert "These are of day 14." in words(week(2, 14, pat))


def test_saying_how_it_goes_is_no_entry(say, treatment):
    log(treatment, "day redness\n0 2")
    say(2, 14, acne_scars="better")
    assert treatment.entries.count() == 1


@pytest.mark.parametrize(
    ("asked", "new"), [(2, {"couple-of-weeks"}), (4, {"several-weeks", "several-sessions", "may-differ"}), (6, set())]
)
def test_each_week_tells_what_may_be_seen_by_then_and_nothing_twice(week, treatment, pat, asked, new):
    texts = {result.code: result.text for result in treatment.protocol.care.results}
    said = words(week(asked, asked * 7, pat))
    assert all(texts[code] in said for code in new)
    assert not any(texts[code] in said for code in texts.keys() - new)
    assert ("What the documents say of this time" in said) == bool(new)
