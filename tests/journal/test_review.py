"""One flag and what a clinician does about it: look, mark as seen, close; and who was first."""

import datetime
import re

import pytest
from django.utils import timezone

from accounts.models import AccessEvent, User
from journal.actions import flags, photos, silence
from journal.models import Flag, Review
from tests.conftest import PASSWORD, make_treatment

from .tables import log, picture, words


@pytest.fixture
def treatment(pat, cara):
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=10)
    return make_treatment(pat, on, cara, depth_mm="1.5", risk_factors=["diabetes"], skin_tone=6)


@pytest.fixture
def flag(treatment):
    log(treatment, "day redness itch\n3 2 .\n8 2 1")
    return Flag.objects.get(rule="R-1")


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


@pytest.fixture
def dana(clinic):
    """Another clinician of the same clinic."""
    return User.objects.create_user("dana@test.example", PASSWORD, role="clinician", clinic=clinic, first_name="Dana")


@pytest.fixture
def press(desk, flag):
    """Posts to the flag's page."""
    return lambda **fields: desk.post(f"/flag/{flag.pk}/", fields)


def test_who_may_see_and_move_a_flag(client, as_, pat, vera, owen, ada, cara, flag):
    path = f"/flag/{flag.pk}/"
    for ask in ("get", "post"):
        assert getattr(client, ask)(path).status_code == 302
        answers = [getattr(as_(who), ask)(path, {"acknowledge": ""}).status_code for who in (pat, vera, owen, ada)]
        assert answers == [403, 403, 404, 403]
    assert as_(cara).get(path).status_code == 200
    flag.refresh_from_db()
    assert flag.state == "open"


def test_the_page_says_what_happened_and_what_the_patient_reads(desk, flag):
    page = words(desk.get(f"/flag/{flag.pk}/"))
    for said in (
        "Pat Moss, day 8",
        "Redness was present on day 8 (moderate).",
        "look at them before calling it that",  # the rule's words for staff
        "In the patient’s journal",
        "Where does this come from?",
        "Call +44 7700 900123",
        "1.50 mm",
        "Diabetes",
        "Nobody has reviewed anything yet.",
    ):
        assert said in page, said


def test_a_clinic_that_keeps_prompts_to_itself_is_told_so(desk, clinic, flag):
    clinic.prompts_patients = False
    clinic.save()
    page = words(desk.get(f"/flag/{flag.pk}/"))
    assert "The patient’s journal does not show this" in page
    assert "In the patient’s journal" not in page


def test_all_four_charts_are_there_and_the_flags_own_comes_first(desk, treatment):
    log(treatment, "day redness itch\n5 0 4")
    flag = Flag.objects.get(rule="IT-2")
    flag.values["question"] = "itch"
    flag.save()
    charts = desk.get(f"/flag/{flag.pk}/").context["charts"]
    assert [chart.question for chart in charts] == ["itch", "redness", "dryness", "tightness"]


def test_photos_from_before_of_the_day_and_the_newest_stand_side_by_side(desk, treatment, cara, flag):
    for name, day, baseline in [
        ("before", 0, True),
        ("between", 3, False),
        ("flagged", 8, False),
        ("newest", 9, False),
    ]:
        on = treatment.date_of(day)
        photos.add(treatment=treatment, on=on, photos=[picture(name)], by=cara, at=timezone.now(), baseline=baseline)
    shown = [row.photo for row in desk.get(f"/flag/{flag.pk}/").context["photos"]]
    assert [(treatment.day_of(photo.on), photo.baseline) for photo in shown] == [(0, True), (8, False), (9, False)]


def test_other_flags_of_the_patient_are_named(desk, treatment, flag):
    log(treatment, "day signs\n9 pus")
    other = Flag.objects.get(rule="N-1")
    assert f'href="/flag/{other.pk}/"' in desk.get(f"/flag/{flag.pk}/").content.decode()


def test_looking_leaves_a_trace_and_changes_nothing(desk, cara, flag):
    for _ in range(2):
        desk.get(f"/flag/{flag.pk}/?acknowledge=&close=&outcome=advised")
    looks = AccessEvent.objects.filter(actor_id=cara.pk, verb="read", target_kind="flag", target_id=str(flag.pk))
    assert looks.count() == 2
    flag.refresh_from_db()
    assert flag.state == "open"
    assert not Review.objects.exists()


def test_marking_as_seen_keeps_the_flag_and_says_who_and_what_was_noted(desk, press, cara, flag):
    answer = press(acknowledge="", note="Left a message")
    assert (answer.status_code, answer.url) == (302, f"/flag/{flag.pk}/")
    review = Review.objects.get()
    assert (review.state, review.outcome, review.note, review.by) == ("acknowledged", "", "Left a message", cara)
    page = words(desk.get(answer.url))
    assert "Seen by Cara" in page
    assert "Left a message" in page
    assert "Mark as seen" not in page


def test_one_form_has_both_buttons_and_what_the_page_showed(desk, flag):
    page = desk.get(f"/flag/{flag.pk}/").content.decode()
    [form] = [form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="close"' in form]
    assert 'name="acknowledge"' in form
    assert datetime.datetime.fromisoformat(re.search(r'name="seen" value="(.*?)"', form)[1]) == flag.fired_at


def test_the_page_as_it_is_can_be_sent_back(desk, press, flag):
    page = desk.get(f"/flag/{flag.pk}/").content.decode()
    seen = re.search(r'name="seen" value="(.*?)"', page)[1]
    assert press(acknowledge="", seen=seen).status_code == 302
    assert press(close="", outcome="advised", note="", seen=seen).status_code == 302
    flag.refresh_from_db()
    assert flag.state == "closed"


@pytest.mark.parametrize("button", [{"acknowledge": ""}, {"close": "", "outcome": "advised"}])
def test_what_came_in_since_the_page_was_opened_is_looked_at_first(desk, press, treatment, flag, button):
    seen = flag.fired_at.isoformat()
    log(treatment, "day redness\n9 3", at=timezone.now())
    answer = press(**button, seen=seen, note="My own words")
    assert answer.status_code == 409
    page = words(answer)
    assert "This changed while you looked at it. Please look again." in page
    assert "day 9" in page
    assert "My own words" in page
    assert 'name="outcome"' in answer.content.decode()
    assert not Review.objects.exists()
    flag.refresh_from_db()
    again = re.search(r'name="seen" value="(.*?)"', answer.content.decode())[1]
    assert press(**button, seen=again, note="My own words").status_code == 302


def test_a_flag_that_fired_again_since_it_was_seen_says_so_and_can_be_seen_anew(desk, press, treatment, flag):
    press(acknowledge="")
    log(treatment, "day redness\n9 3", at=timezone.now())
    for path in ("/inbox/", f"/flag/{flag.pk}/"):
        assert "Fired again since it was seen" in words(desk.get(path))
    assert "Mark as seen" in words(desk.get(f"/flag/{flag.pk}/"))
    press(acknowledge="")
    assert "Seen by Cara" in words(desk.get("/inbox/"))


def test_an_outcome_chosen_beside_the_other_button_closes_nothing(press, flag):
    assert press(acknowledge="", outcome="advised").status_code == 302
    assert (Review.objects.get().state, Review.objects.get().outcome) == ("acknowledged", "")


@pytest.mark.parametrize("wrong", ["soon", "2026-02-30T10:00:00+00:00", "\x00"])
def test_a_moment_that_makes_no_sense_moves_nothing(press, flag, wrong):
    assert press(acknowledge="", seen=wrong).status_code == 422
    assert not Review.objects.exists()


def test_closing_needs_an_outcome_and_keeps_what_was_typed(press, flag):
    answer = press(close="", note="Called at noon, no answer")
    assert answer.status_code == 422
    assert "Called at noon, no answer" in words(answer)
    assert "Choose one, so that others know what was done." in words(answer)
    flag.refresh_from_db()
    assert flag.state == "open"


@pytest.mark.parametrize("outcome", Review.Outcome.values)
def test_closing_writes_a_review_and_goes_back_to_the_inbox(desk, press, cara, flag, outcome):
    answer = press(close="", outcome=outcome, note="Used a new cream")
    assert (answer.status_code, answer.url) == (302, "/inbox/")
    review = Review.objects.get()
    assert (review.state, review.outcome, review.note, review.by) == ("closed", outcome, "Used a new cream", cara)
    page = words(desk.get(f"/flag/{flag.pk}/"))
    assert "Closed by Cara" in page
    assert "Used a new cream" in page
    assert "Close the flag" not in page


def test_an_unknown_outcome_or_an_endless_note_is_refused(press, flag):
    assert press(close="", outcome="cured", note="").status_code == 422
    assert press(close="", outcome="advised", note="x" * 1001).status_code == 422
    assert not Review.objects.exists()


def test_the_second_to_close_is_told_and_overwrites_nothing(press, dana, flag):
    flags.close(flag=flag, outcome="seen", note="Came in", by=dana, at=timezone.now())
    answer = press(close="", outcome="reassured", note="My own words")
    assert answer.status_code == 409
    page = words(answer)
    assert "Dana closed this on" in page
    assert "Seen in the clinic. Nothing was changed." in page
    assert "Your note was not saved: My own words" in page
    assert Review.objects.get().note == "Came in"


def test_a_second_clinician_may_mark_it_as_seen_too(desk, press, dana, cara, flag):
    flags.acknowledge(flag=flag, note="I call at noon", by=dana, at=timezone.now())
    assert press(acknowledge="", note="So do I").status_code == 302
    assert [(review.by, review.note) for review in Review.objects.all()] == [
        (dana, "I call at noon"),
        (cara, "So do I"),
    ]
    page = words(desk.get(f"/flag/{flag.pk}/"))
    assert "I call at noon" in page
    assert "So do I" in page


def test_closing_twice_is_told_as_ones_own_doing(press, flag):
    press(close="", outcome="advised", note="")
    assert "You closed this on" in words(press(close="", outcome="advised", note=""))
    assert Review.objects.count() == 1


def test_a_flag_that_somebody_marked_as_seen_can_be_closed_by_another(press, dana, flag):
    flags.acknowledge(flag=flag, by=dana, at=timezone.now())
    assert press(close="", outcome="advised", note="").status_code == 302
    assert [review.state for review in Review.objects.all()] == ["acknowledged", "closed"]


def test_a_flag_that_no_longer_holds_says_so_and_still_wants_closing(desk, treatment, flag):
    log(treatment, "day redness\n8 0")
    page = words(desk.get(f"/flag/{flag.pk}/"))
    assert "The entry or the treatment was corrected." in page
    assert "Close the flag" in page


def test_times_are_those_of_the_clinic(desk, clinic, cara, flag):
    clinic.time_zone = "Asia/Tokyo"
    clinic.save()
    flags.acknowledge(flag=flag, by=cara, at=datetime.datetime(2026, 3, 12, 20, 30, tzinfo=datetime.UTC))
    assert "13 March 2026, 05:30" in words(desk.get(f"/flag/{flag.pk}/"))


def test_a_review_of_an_earlier_flag_is_part_of_the_story(desk, treatment, cara, flag):
    flags.close(flag=flag, outcome="advised", note="Cooler water", by=cara, at=timezone.now())
    log(treatment, "day redness\n9 3")
    newer = Flag.objects.live().get(rule="R-1")
    page = desk.get(f"/flag/{newer.pk}/")
    assert f"Advised {flag.title}, day 8 Cooler water" in words(page)
    assert f'href="/flag/{flag.pk}/"' in page.content.decode()


def test_a_flag_about_missed_days_shows_the_entry_before_them(treatment, as_, cara):
    treatment.risk_factors = []
    treatment.save()
    log(treatment, "day redness signs\n4 1 warmth")
    silence.review(at=datetime.datetime.combine(treatment.date_of(7), datetime.time(1), treatment.zone))
    flag = Flag.objects.get()
    page = words(as_(cara).get(f"/flag/{flag.pk}/"))
    assert "There is no entry for days 5 and 6. The entry before that is of day 4." in page
    assert "What was answered for" in page
    assert "Skin that feels warmer than the skin around it" in page
