"""When the next session may be, and what to ask the clinic first. It never says that somebody is ready."""

import datetime

import pytest
from django.utils import timezone

from journal.actions import candidacies, flags, treatments
from journal.models import Flag
from journal.views.next_session import next_session, next_session_soon
from tests.conftest import make_treatment

from .tables import asked, log, stop_clock_on, words

START = datetime.date(2026, 6, 15)  # the window is day 28, 13 July, to day 42, 27 July
CALM = "day redness dryness tightness itch signs\n{day} 0 0 0 0 -"


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def told(pat, treatment, monkeypatch):
    """What somebody is told on a day after Pat's session, at noon."""

    def on(day, by=None):
        stop_clock_on(monkeypatch, START, day)
        return next_session(by or pat.user, pat.treatments.standing(), START + datetime.timedelta(days=day))

    return on


@pytest.fixture
def scores(told):
    """The same of scores alone: some of them raise a flag as well."""
    return lambda day: [reason for reason in told(day).reasons if "still open" not in reason]


@pytest.fixture
def read(as_, pat, cara, treatment, monkeypatch):
    def on(day, person=None):
        stop_clock_on(monkeypatch, START, day)
        person = person or pat
        return words(as_(person).get(f"/patients/{pat.pk}/" if person == cara else "/sessions/"))

    return on


@pytest.mark.parametrize(("day", "where"), [(0, "before"), (27, "before"), (28, "in"), (42, "in"), (43, "past")])
def test_the_window_is_four_to_six_weeks_after_the_session(told, day, where):
    found = told(day)
    assert (found.where, found.window.apart) == (where, "4 to 6 weeks")
    assert (found.window.opens_on, found.window.closes_on) == (datetime.date(2026, 7, 13), datetime.date(2026, 7, 27))


def test_it_is_said_in_words_with_where_it_comes_from(read, treatment):
    window = "If you have another session: 13 July to 27 July. That is 4 to 6 weeks after this session."
    assert f"{window} Too early until 13 July." in read(20)
    assert window in read(30)
    assert "Too early" not in read(30)
    assert "The usual time for it was 13 July to 27 July." in read(50)
    assert "Where does this come from?" in read(50)


@pytest.mark.parametrize("day", [20, 30, 50])
def test_nobody_is_called_ready_and_a_person_decides(read, treatment, day):
    for quiet in range(day - 6, day + 1):
        log(treatment, CALM.format(day=quiet))
    said = read(day)
    assert "Whether and when is for you and your clinic to decide." in said
    assert "ready" not in said.lower()
    assert "Talk to your clinic first" not in said


def test_before_any_session_there_is_no_next_one(pat, cara):
    assert next_session(pat.user, pat.treatments.standing(), START) is None
    make_treatment(pat, START + datetime.timedelta(days=3), cara)
    assert next_session(pat.user, pat.treatments.standing(), START) is None


def test_scores_as_before_are_no_reason(scores, treatment):
    log(treatment, "day redness dryness tightness itch\n-4 1 0 0 0\n-2 0 1 0 0\n29 1 1 0 0")
    assert scores(30) == []


def test_a_score_above_what_was_before_is_a_reason(scores, treatment):
    log(treatment, "day redness dryness tightness itch\n-4 1 0 0 0\n29 2 0 0 0")
    assert scores(30) == ["Redness was moderate on day 29, and mild before the treatment."]


def test_what_was_never_asked_before_counts_as_none_and_says_so(scores, treatment):
    log(treatment, "day redness dryness tightness itch\n-4 1 . 0 0\n29 1 1 0 0")
    assert scores(30) == ["Dryness was mild on day 29. How it was before is not known."]


def test_the_latest_answer_of_the_week_counts_whatever_came_before(scores, treatment):
    log(treatment, "day redness dryness tightness itch\n-4 0 0 0 0\n27 3 0 0 0\n29 0 0 0 0")
    assert scores(30) == []
    log(treatment, "day redness dryness\n30 . 2")
    assert scores(30) == ["Dryness was moderate on day 30, and none before the treatment."]


def test_without_an_entry_of_the_last_week_nothing_is_known(told, read, treatment, cara):
    log(treatment, CALM.format(day=24))
    assert (told(30).reasons, told(30).is_unwritten) == ([], False)
    assert (told(31).reasons, told(31).is_unwritten) == ([], True)
    assert "Write an entry before you plan it, so that your clinic knows how your skin is now. Log today" in read(31)
    assert "Write an entry before" not in read(30)
    assert told(31, by=cara).reasons == ["Nothing was written in the last 7 days, so nobody knows how the skin is now."]
    assert not told(31, by=cara).is_unwritten


def test_what_is_worse_in_the_latest_week_is_a_reason(told, treatment, pat, cara):
    treatment.goals_chosen = ["acne-scars", "dark-spots"]
    treatment.save()
    say = lambda week, goal, answer: treatment.progress.create(  # noqa: E731
        week=week, goal=goal, answer=answer, at=timezone.now(), by=pat.user
    )
    say(2, "acne-scars", "worse")
    assert told(20).reasons == ["In week 2 you said that this is worse: Acne scars."]
    assert told(20, by=cara).reasons == ["In week 2 the patient said that this is worse: Acne scars."]
    say(4, "acne-scars", "same")
    assert told(20).reasons == []
    say(4, "dark-spots", "worse")
    assert told(20).reasons == ["In week 4 you said that this is worse: Dark spots."]


def test_a_question_that_was_not_answered_is_not_known(scores, treatment):
    log(treatment, "day redness dryness tightness itch\n28 0 0 . 0\n29 ? 0 . 0")
    assert scores(30) == ["Not known from the last 7 days: Redness, Tightness."]


def test_before_the_window_scores_have_time_to_come_back(scores, treatment):
    log(treatment, "day redness\n-2 0\n27 3")
    assert scores(27) == []
    assert len(scores(28)) == 2


def test_an_open_flag_is_a_reason_at_any_time_and_of_any_session(told, treatment, pat, cara):
    log(treatment, "day signs\n3 pus")
    mine, clinics = told(20), told(20, by=cara)
    assert mine.reasons == ["Something you wrote is still open at your clinic."]
    assert clinics.reasons == ["1 flag is not closed."]
    make_treatment(pat, START + datetime.timedelta(days=30), cara, session_number=2)
    assert told(31).treatment != treatment
    assert told(31).reasons == mine.reasons


def test_a_closed_flag_is_none(told, treatment, cara):
    log(treatment, "day signs\n3 pus")
    for flag in Flag.objects.live():
        flags.close(flag=flag, outcome="seen", note="", by=cara, at=timezone.now())
    assert told(20).reasons == []


def test_what_the_clinic_keeps_to_itself_is_not_told_by_it(read, treatment, clinic):
    """That something is open is said, because a session too soon is the greater harm; what it is, is not."""
    clinic.prompts_patients = False
    clinic.save()
    log(treatment, "day signs\n3 yellow_crust")
    said = read(30)
    assert "Something you wrote is still open at your clinic." in said
    assert "crust" not in said


def test_a_session_that_is_booked_is_said_with_its_distance(told, read, treatment, pat, cara):
    later = make_treatment(pat, START + datetime.timedelta(days=21), cara, session_number=2)
    assert (told(10).booked, told(10).booked_after, told(10).is_booked_early) == (later, 21, True)
    assert "It is booked for Monday, 6 July, 21 days after this session. Earlier than 4 to 6 weeks" in read(10)
    treatments.correct(
        treatment=later, fields={"treated_on": START + datetime.timedelta(days=28)}, by=cara, at=timezone.now()
    )
    assert not told(10).is_booked_early
    assert "Earlier than" not in read(10)
    assert "The time for it is 13 July to 27 July." in read(10)


def test_a_session_that_was_put_off_is_not_told_as_booked(told, treatment, pat, cara):
    told(10)
    first = make_treatment(pat, START + datetime.timedelta(days=30), cara, session_number=2)
    later = make_treatment(pat, START + datetime.timedelta(days=60), cara, session_number=3)
    decide = lambda decision: candidacies.decide(  # noqa: E731
        treatment=first, answers={}, decision=decision, reason="Cold sore.", by=cara, at=timezone.now()
    )
    decide("treat")
    assert told(10).booked == first
    decide("wait")
    for person in (pat.user, cara):
        assert told(10, by=person).booked == later
    decide("treat")
    assert told(10).booked == first


def test_which_session_it_was_and_how_long_after_the_one_before(told, treatment, pat, cara):
    assert told(1).interval == "Session 1"
    make_treatment(pat, START + datetime.timedelta(days=35), cara, session_number=2)
    assert told(40).interval == "Session 2, 35 days after session 1"


def test_a_cancelled_session_is_none_of_them(told, treatment, pat, cara):
    later = make_treatment(pat, START + datetime.timedelta(days=35), cara, session_number=2)
    treatments.cancel(treatment=later, by=cara, at=timezone.now())
    assert told(40).interval == "Session 1"
    assert told(10).booked is None


def test_the_usual_skin_is_that_from_before_the_first_session(scores, treatment, pat, cara):
    """What was written between two sessions belongs to the first one's course: its scores are no baseline."""
    log(treatment, "day redness dryness tightness itch\n-3 1 0 0 0\n20 3 0 0 0")
    later = make_treatment(pat, START + datetime.timedelta(days=28), cara, session_number=2)
    log(later, "day redness dryness tightness itch\n30 1 0 0 0")
    assert scores(58) == []
    log(later, "day redness\n30 2")
    assert scores(58) == ["Redness was moderate on day 30, and mild before the treatment."]


@pytest.mark.parametrize(("day", "is_told"), [(20, False), (21, True), (42, True), (56, True), (57, False)])
def test_a_page_of_the_day_tells_of_it_a_week_before_and_for_two_weeks_after(pat, treatment, day, is_told):
    on = START + datetime.timedelta(days=day)
    assert bool(next_session_soon(pat.user, pat.treatments.standing(), on)) == is_told


def test_the_clinic_reads_it_on_the_patients_page(read, treatment, cara, vera):
    log(make_treatment(vera, START, cara), "day signs\n3 pus")
    said = read(30, cara)
    assert "The time for it is 13 July to 27 July." in said
    assert "Look at this first: Nothing was written in the last 7 days" in said
    assert "flag is not closed" not in said  # Vera's is
    assert "The journal decides nothing." in said


def test_the_patients_page_takes_no_more_queries_with_more_sessions(as_, read, treatment, pat, cara):
    browser, address = as_(cara), f"/patients/{pat.pk}/"
    read(30, cara)
    browser.get(address)  # the first visit is written down
    before = asked(browser, address)
    for number in (2, 3):
        later = make_treatment(pat, START - datetime.timedelta(days=35 * number), cara, session_number=number)
        log(later, "day redness\n1 1\n2 1")
    assert asked(browser, address) == before
