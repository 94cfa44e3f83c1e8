"""One flag and what a clinician does about it: look, mark as seen, close; and who was first."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from accounts.models import AccessEvent, OpeningHours, User
from journal.actions import assignments, calls, flags, looks, messages, photos, silence
from journal.models import Call, CallTry, Flag, Look, Notice, Review
from tests.conftest import PASSWORD, make_treatment

from .shots import shoot
from .tables import asked, log, picture, words


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
    """Posts to the flag's page, as a page that was made this moment."""
    return lambda **fields: desk.post(f"/flag/{flag.pk}/", {"page_at": timezone.now().isoformat(), **fields})


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
    [row] = desk.get(f"/flag/{flag.pk}/").context["photos"]
    days = [cell.photo and (treatment.day_of(cell.photo.on), cell.photo.baseline) for cell in row.cells]
    assert list(zip([cell.heading for cell in row.cells], days, strict=True)) == [
        ("Before", (0, True)),
        ("When flagged", (8, False)),
        ("Now", (9, False)),
        ("Last session", None),
    ]


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


def named(flags):
    """Other flags as the page sends them back."""
    return [f"{one.pk} {one.fired_at.isoformat()}" for one in flags]


@pytest.fixture
def others(treatment, flag):
    """Two more live flags of the same session."""
    log(treatment, "day signs\n9 pus,yellow_crust")
    return list(Flag.objects.live().by_urgency().exclude(pk=flag.pk))


def test_other_flags_of_the_session_say_why_and_are_ticked_those_of_another_are_not(desk, cara, pat, treatment, flag):
    log(treatment, "day signs\n9 pus")
    earlier = make_treatment(pat, treatment.date_of(-40), cara)
    log(earlier, "day signs\n3 hives")
    page = desk.get(f"/flag/{flag.pk}/")
    here, there = Flag.objects.get(rule="N-1"), Flag.objects.get(treatment=earlier)
    ticked = re.findall(r'name="also" value="(.*?)"[^>]* checked', page.content.decode())
    assert ticked == [str(here.pk)]
    assert f'value="{there.pk}" id="also-{there.pk}">' in page.content.decode()
    assert "Thick or cloudy fluid from the skin" in words(page)
    assert "Session 1: not on this page" in words(page)


def test_what_is_ticked_is_closed_with_the_flag_and_what_is_not_stays(press, others, flag):
    first, *rest = others
    answer = press(
        close="", outcome="advised", shown=named(others), also=[str(first.pk)], seen=flag.fired_at.isoformat()
    )
    assert answer.status_code == 302
    assert {one.rule for one in Flag.objects.filter(state="closed")} == {flag.rule, first.rule}
    assert set(Flag.objects.live()) == set(rest)


def test_marking_as_seen_marks_every_flag_of_the_session(press, others, flag):
    press(acknowledge="", shown=named(others))
    assert {one.state for one in Flag.objects.all()} == {"acknowledged"}
    assert Look.objects.count() == 1


def test_the_one_that_moved_is_told_and_leads_back_to_what_still_waits(desk, press, treatment, others, flag):
    [moved] = [one for one in others if one.rule == "N-1"]
    before = named(others)
    log(treatment, "day signs\n10 pus", at=timezone.now())
    answer = press(close="", outcome="advised", shown=before, also=[str(one.pk) for one in others])
    assert (answer.status_code, answer.url) == (302, f"/flag/{moved.pk}/")
    assert f"Not saved: “{moved.title}” changed while you looked at it." in words(desk.get(answer.url))
    assert set(Flag.objects.live()) == {moved}


def test_where_the_flag_of_the_page_moved_the_others_are_saved_and_it_is_looked_at_again(press, others, flag):
    early = (flag.fired_at - datetime.timedelta(seconds=1)).isoformat()
    answer = press(
        close="", outcome="advised", note="Mine", seen=early, shown=named(others), also=[str(one.pk) for one in others]
    )
    assert answer.status_code == 409
    assert "changed while you looked at it. Please look again. The others were saved." in words(answer)
    assert set(Flag.objects.live()) == {flag}


def test_one_that_a_colleague_closed_is_told_with_her_outcome(press, desk, dana, others, flag):
    flags.close(flag=Flag.objects.get(pk=others[0].pk), outcome="seen", note="", by=dana, at=timezone.now())
    answer = press(close="", outcome="advised", shown=named(others), also=[str(one.pk) for one in others])
    page = words(desk.get(answer.url))
    assert f"“{others[0].title}” was left as it is: Dana closed it on" in page
    assert not Flag.objects.live().exists()


def test_flags_of_somebody_else_are_never_touched(press, vera, cara, flag):
    theirs = make_treatment(vera, flag.treatment.treated_on, cara)
    log(theirs, "day signs\n5 pus")
    other = Flag.objects.get(treatment=theirs)
    press(close="", outcome="advised", shown=named([other]), also=[str(other.pk)])
    assert Flag.objects.get(pk=other.pk).state == "open"


@pytest.mark.parametrize(
    "wrong",
    [
        {"shown": ["x"]},
        {"shown": ["x y z"]},
        {"shown": ["\x00 \x00"]},
        {"shown": [f"{'0' * 32} 2026-03-12T10:00:00"]},  # of no time zone
        {"also": ["x"]},
        {"useful": "very"},
        {"page_at": "yesterday"},
    ],
)
def test_a_page_that_comes_back_broken_saves_nothing_and_keeps_what_was_typed(press, flag, wrong):
    answer = press(**{"close": "", "outcome": "advised", "note": "My own words", **wrong})
    assert answer.status_code == 422
    assert "Please check this" in words(answer)
    assert "My own words" in words(answer)
    assert not Review.objects.exists()


def test_the_answer_whether_it_was_useful_is_kept_and_need_not_be_given(press, flag):
    press(close="", outcome="advised", useful="no")
    assert Review.objects.get().useful == "no"


def test_marking_as_seen_returns_to_the_list_it_was_pressed_on(press):
    assert press(acknowledge="", next="/inbox/?show=new").url == "/inbox/?show=new"
    assert press(acknowledge="", next="https://elsewhere.example/").url.startswith("/flag/")


def test_after_closing_comes_what_waits_most_and_nobody_has(desk, press, vera, cara, dana, flag, clinic):
    treated = make_treatment(vera, flag.treatment.treated_on, cara)
    log(treated, "day signs\n5 pus,yellow_crust")
    first, second = Flag.objects.filter(treatment=treated).by_urgency()[:2]
    Flag.objects.filter(pk=first.pk).update(assigned_to=dana)
    answer = press(close="", outcome="advised")
    assert answer.url == f"/flag/{second.pk}/"
    page = desk.get(answer.url)
    assert f"{flag.treatment.patient.name}: closed (Advised). Open it again" in words(page)
    assert f'href="/flag/{flag.pk}/#act"' in page.content.decode()


def test_a_closed_flag_is_opened_again_with_a_reason(desk, press, flag):
    press(close="", outcome="advised")
    answer = press(reopen="", reason="She called back")
    assert (answer.status_code, answer.url) == (302, f"/flag/{flag.pk}/")
    page = words(desk.get(answer.url))
    assert "Opened again" in page
    assert "She called back" in page
    assert "Close the flag" in page
    assert "Not seen yet" in page


def test_opening_again_needs_a_reason(press, flag):
    press(close="", outcome="advised")
    assert press(reopen="", reason=" ").status_code == 422
    endless = press(reopen="", reason="x" * 1001)
    assert endless.status_code == 422
    assert "x" * 1001 in endless.content.decode()
    assert Flag.objects.get(pk=flag.pk).state == "closed"


def test_opening_again_tells_the_second_and_leads_to_a_newer_flag_of_the_rule(press, treatment, flag):
    assert press(reopen="", reason="It is open").status_code == 409
    press(close="", outcome="advised")
    log(treatment, "day redness\n9 3")
    newer = Flag.objects.live().get(rule="R-1")
    assert press(reopen="", reason="Hm").url == f"/flag/{newer.pk}/"
    assert Flag.objects.get(pk=flag.pk).state == "closed"


@pytest.fixture
def closed_together(press, others, flag):
    """The flag and two more, closed by one press."""
    press(close="", outcome="not_reached", shown=named(others), also=[str(one.pk) for one in others])
    assert not Flag.objects.live().exists()
    return [flag, *others]


def test_those_that_were_closed_by_the_same_press_are_ticked_to_be_opened_again(desk, press, closed_together):
    flag, first, second = closed_together
    page = desk.get(f"/flag/{flag.pk}/")
    assert "Open again with it" in words(page)
    ticked = re.findall(r'name="also" value="(.*?)"[^>]* checked', page.content.decode())
    assert set(ticked) == {str(first.pk), str(second.pk)}
    press(reopen="", reason="She called back", also=[str(first.pk)])
    assert set(Flag.objects.live()) == {flag, first}


def test_one_closed_by_another_press_is_not_offered_and_not_opened(desk, press, dana, others, flag):
    for one in others:
        flags.close(flag=one, outcome="seen", note="", by=dana, at=timezone.now())
    press(close="", outcome="advised")
    assert "Open again with it" not in words(desk.get(f"/flag/{flag.pk}/"))
    press(reopen="", reason="Hm", also=[str(others[0].pk)])
    assert set(Flag.objects.live()) == {flag}


def test_what_is_ticked_stays_ticked_where_a_reason_is_missing(press, closed_together):
    _flag, first, _second = closed_together
    answer = press(reopen="", reason="", also=[str(first.pk)])
    assert answer.status_code == 422
    assert re.findall(r'name="also" value="(.*?)"[^>]* checked', answer.content.decode()) == [str(first.pk)]
    assert press(reopen="", reason="Hm", also=["x"]).status_code == 422
    assert not Flag.objects.live().exists()


def test_a_wrong_look_is_taken_back_for_all_that_it_marked(desk, press, others, flag):
    press(acknowledge="", shown=named(others))
    page = desk.get(f"/flag/{flag.pk}/")
    assert page.content.decode().count('name="take_back"') == 3
    answer = press(take_back="")
    assert (answer.status_code, answer.url) == (302, f"/flag/{flag.pk}/")
    page = desk.get(answer.url)
    assert "Pat Moss: not seen yet. It waits in the inbox as before." in words(page)
    assert 'name="take_back"' not in page.content.decode()
    assert {one.state for one in Flag.objects.all()} == {"open"}


def test_a_look_that_somebody_closed_after_is_not_taken_back(press, dana, flag):
    press(acknowledge="")
    flags.close(flag=flag, outcome="seen", note="", by=dana, at=timezone.now())
    answer = press(take_back="")
    assert answer.status_code == 409
    assert "Dana closed this on" in words(answer)
    assert Flag.objects.get(pk=flag.pk).state == "closed"


def test_a_look_names_the_patient_and_an_urgent_one_is_not_done_with(desk, press, treatment, flag):
    said = words(desk.get(press(acknowledge="").url))
    assert "Pat Moss: marked as seen. It stays in the inbox until somebody closes it." in said
    Flag.objects.filter(pk=flag.pk).update(tier=3)
    said = words(desk.get(press(acknowledge="").url))
    assert "It is urgent, so it stays in the inbox until somebody closes it. Inbox (i)" in said


def test_a_look_at_an_urgent_one_leads_to_the_next(desk, press, vera, cara, flag):
    Flag.objects.filter(pk=flag.pk).update(tier=3)
    log(make_treatment(vera, flag.treatment.treated_on, cara), "day redness\n8 2")
    page = desk.get(press(acknowledge="").url)
    assert "Next case (j)" in words(page)
    assert f'<a href="/flag/{Flag.objects.get(treatment__patient=vera).pk}/">Next case' in page.content.decode()


def test_who_was_not_reached_stays_among_the_calls_and_reads_that_the_clinic_rings_again(
    desk, as_, press, pat, cara, flag
):
    assert "Not reached: the patient stays in “Calls”" in words(desk.get(f"/flag/{flag.pk}/"))
    answer = press(close="", outcome="not_reached")
    call = Call.objects.live().get()
    assert (call.number, call.window, call.flag, call.asked_by) == (pat.phone, "any", flag, cara)
    assert [(one.outcome, one.by) for one in call.tries.all()] == [("no_answer", cara)]
    assert not Notice.objects.filter(call=call).exists()
    assert "Pat Moss: closed (Not reached). Still open: a call." in words(desk.get(answer.url))
    page = words(desk.get(f"/flag/{flag.pk}/"))
    assert page.count("Not reached: ring again") == 2  # beside the name, and where the calls are
    assert "Asked" not in page
    assert "Not reached" in words(desk.get("/inbox/?show=calls"))
    for address in ("/", "/call/"):
        said = words(as_(pat).get(address))
        assert "Your clinic tried to reach you and will ring again." in said
        assert "You asked for a call" not in said
    assert "I no longer need a call" not in said


def test_who_asked_for_a_call_is_tried_where_she_asked(press, pat, flag):
    asked = calls.ask(patient=pat, number="+44 7700 900999", window="evening", by=pat.user, at=timezone.now())
    press(close="", outcome="not_reached")
    assert Call.objects.live().get() == asked.call
    assert not asked.call.is_second_try
    assert CallTry.objects.get().call == asked.call


@pytest.fixture
def letter(pat, cara):
    """What she answered to her clinic, that nobody has seen."""
    key, now = uuid.uuid4(), timezone.now()
    messages.send(patient=pat, text="How is it?", client_id=key, by=cara, at=now)
    return messages.answer(patient=pat, text="It burns " + "x" * 200, client_id=key, by=pat.user, at=now)


def test_her_own_words_and_her_wish_for_a_call_stand_where_one_decides(desk, press, pat, letter, flag):
    calls.ask(patient=pat, number=pat.phone, window="afternoon", by=pat.user, at=timezone.now())
    page = desk.get(f"/flag/{flag.pk}/")
    top, below = page.content.decode().split('class="cols case-below"')
    assert "“It burns x" in top
    assert "x" * 170 not in top
    assert "x" * 170 in below
    assert 'href="#messages"' in top
    assert "Asks for a call, in the afternoon" in words(page)
    assert "Wrote to you" in words(page)
    answer = press(close="", outcome="entered_in_error")
    assert "closed (Entered by mistake). Still open: a call, 1 message. Open it again" in words(desk.get(answer.url))


def test_who_else_has_it_open_stands_beside_the_name(desk, as_, dana, flag):
    as_(dana).get(f"/flag/{flag.pk}/")
    head = desk.get(f"/flag/{flag.pk}/").content.decode().split("<header")[1].split("</header>")[0]
    assert "Dana opened this just now" in head
    assert '<span class="unbroken">' in head


def test_while_the_clinic_is_closed_the_minutes_of_an_urgent_one_stand_still_and_it_says_so(desk, clinic, flag):
    now = timezone.now()
    OpeningHours.objects.filter(clinic=clinic).delete()
    away = (now.astimezone(clinic.zone).weekday() + 3) % 7
    OpeningHours.objects.create(clinic=clinic, weekday=away, opens="09:00", closes="17:00")
    Flag.objects.update(tier=3, waits_since=now)
    assert "0 of 60 min · the clinic is closed now" in words(desk.get(f"/flag/{flag.pk}/"))


def test_the_flag_of_the_session_that_is_late_is_named(desk, others, flag):
    now = timezone.now()
    Flag.objects.update(waits_since=now)
    Flag.objects.filter(pk=others[1].pk).update(waits_since=now - datetime.timedelta(days=30))
    assert re.search(rf"overdue since .*?: {others[1].title}", words(desk.get(f"/flag/{flag.pk}/")))
    own = re.search(r"overdue since[^:]*?Not seen yet", words(desk.get(f"/flag/{others[1].pk}/")))
    assert own


def test_a_timeline_without_a_flag_names_those_of_other_sessions(desk, cara, pat, treatment, flag):
    later = make_treatment(pat, treatment.date_of(9), cara)
    log(later, "day redness\n0 1")
    page = desk.get(f"/review/{later.pk}/")
    assert "Nothing is flagged for this session" in words(page)
    assert f'href="/flag/{flag.pk}/">{flag.title}</a>' in page.content.decode()
    assert "session 1" in words(page)


def test_the_page_says_what_is_new_since_the_last_review_and_that_nothing_is(desk, press, treatment, flag):
    assert "Not reviewed yet: everything is new" in words(desk.get(f"/flag/{flag.pk}/"))
    page = desk.get(f"/flag/{flag.pk}/").content.decode()
    press(acknowledge="", page_at=re.search(r'name="page_at" value="(.*?)"', page)[1])
    assert "New since the last review Cara" in words(desk.get(f"/flag/{flag.pk}/"))
    assert "Nothing came in since then." in words(desk.get(f"/flag/{flag.pk}/"))
    log(treatment, "day redness\n9 1", at=timezone.now())
    page = words(desk.get(f"/flag/{flag.pk}/"))
    assert "Redness moderate → then, now mild" in page
    assert "Mark as seen" in page


def test_what_came_in_while_the_page_was_open_is_not_marked_as_seen(desk, press, treatment, flag):
    page = desk.get(f"/flag/{flag.pk}/").content.decode()
    log(treatment, "day itch\n9 1", at=timezone.now())
    press(acknowledge="", page_at=re.search(r'name="page_at" value="(.*?)"', page)[1])
    treatment.refresh_from_db()
    assert treatment.unseen_since is not None


def test_a_moment_that_is_still_to_come_sees_nothing_that_has_not_come_in(press, treatment, flag):
    press(acknowledge="", page_at=(timezone.now() + datetime.timedelta(hours=1)).isoformat())
    assert Look.objects.get().seen_to <= timezone.now()


@pytest.mark.parametrize(
    "made_up", ["2099-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
@pytest.mark.parametrize("field", ["page_at", "seen"])
def test_a_moment_that_no_page_can_have_written_is_refused(press, treatment, flag, field, made_up):
    assert press(acknowledge="", **{field: made_up}).status_code == 422
    assert not Look.objects.exists()


def test_more_lines_than_a_page_has_are_left_aside(press, treatment, flag):
    lines = [f"{uuid.uuid4()} {timezone.now().isoformat()}" for _line in range(150)]
    assert press(acknowledge="", shown=lines).status_code == 302


def test_looks_and_who_took_it_are_part_of_the_story(desk, cara, dana, treatment, flag):
    now = timezone.now()
    looks.look(treatment=treatment, seen_to=now, note="All calm", by=dana, at=now)
    assignments.assign(flag=flag, to=dana, expected=None, by=cara, at=now)
    page = words(desk.get(f"/flag/{flag.pk}/"))
    assert "Whole timeline seen All calm" in page
    assert "Given to Dana" in page


def test_a_timeline_without_a_flag_has_the_same_page(as_, cara, owen, pat, treatment):
    log(treatment, "day redness signs\n1 2 -\n2 1 warmth")
    assert as_(owen).get(f"/review/{treatment.pk}/").status_code == 404
    assert as_(pat).get(f"/review/{treatment.pk}/").status_code == 403
    page = as_(cara).get(f"/review/{treatment.pk}/")
    for said in (
        "Nothing is flagged for this session",
        "Not reviewed yet: everything is new",
        "Mark as seen",
        "Diabetes",
    ):
        assert said in words(page), said
    assert "What came of it?" not in words(page)
    assert AccessEvent.objects.filter(target_kind="treatment", target_id=str(treatment.pk)).exists()


def test_a_timeline_with_a_live_flag_leads_to_the_most_urgent_one(desk, treatment, flag, others):
    assert desk.get(f"/review/{treatment.pk}/").url == f"/flag/{others[0].pk}/"


def test_looking_at_a_timeline_is_saved_and_leads_to_the_next(as_, cara, vera, treatment):
    log(treatment, "day redness\n1 2")
    other = make_treatment(vera, treatment.treated_on, cara)
    log(other, "day redness\n2 1")
    desk = as_(cara)
    page = desk.get(f"/review/{treatment.pk}/").content.decode()
    page_at = re.search(r'name="page_at" value="(.*?)"', page)[1]
    answer = desk.post(f"/review/{treatment.pk}/", {"acknowledge": "", "page_at": page_at, "note": "Calm"})
    assert answer.url == f"/review/{other.pk}/"
    assert "Pat Moss: marked as seen. Look again" in words(desk.get(answer.url))
    look = Look.objects.get()
    assert (look.treatment, look.note, look.by) == (treatment, "Calm", cara)
    treatment.refresh_from_db()
    assert treatment.unseen_since is None
    last = desk.post(f"/review/{other.pk}/", {"acknowledge": "", "page_at": timezone.now().isoformat()})
    assert last.url == "/inbox/?show=unflagged"


def test_a_look_without_the_moment_of_its_page_is_none(as_, cara, treatment):
    log(treatment, "day redness\n1 2")
    for wrong in ("", "soon"):
        answer = as_(cara).post(f"/review/{treatment.pk}/", {"acknowledge": "", "page_at": wrong, "note": "My words"})
        assert answer.status_code == 422
        assert "My words" in words(answer)
    assert not Look.objects.exists()


def test_a_flag_that_came_up_meanwhile_is_looked_at_first(as_, cara, treatment):
    log(treatment, "day redness\n1 2")
    now = timezone.now().isoformat()
    log(treatment, "day redness\n8 2")
    answer = as_(cara).post(f"/review/{treatment.pk}/", {"acknowledge": "", "page_at": now, "note": "My words"})
    assert answer.status_code == 409
    page = words(answer)
    assert "A flag came up while you looked at it." in page
    assert "My words" in page
    assert "Close the flag" in page
    assert not Look.objects.exists()


def test_the_cases_before_and_after_are_links(desk, vera, cara, treatment, flag):
    others = make_treatment(vera, treatment.treated_on, cara)
    log(others, "day signs\n5 pus")
    log(others, "day redness\n8 1", at=timezone.now())
    urgent = Flag.objects.get(treatment=others, rule="N-1")
    assert f'href="/flag/{urgent.pk}/" data-key="k"' in desk.get(f"/flag/{flag.pk}/").content.decode()
    page = desk.get(f"/flag/{urgent.pk}/").content.decode()
    assert f'href="/flag/{flag.pk}/" data-key="j"' in page
    assert 'data-key="k"' not in page


def test_the_page_takes_as_many_queries_for_a_long_course_as_for_a_short_one(desk, treatment, cara, flag):
    log(treatment, "day redness signs\n9 2 pus")
    shoot(treatment, 9)
    flags.acknowledge(flag=flag, by=cara, at=timezone.now())
    assignments.assign(flag=flag, to=cara, expected=None, by=cara, at=timezone.now())
    few = asked(desk, f"/flag/{flag.pk}/")
    log(treatment, "day redness signs itch\n2 4 hives 4\n4 4 yellow_crust 4\n6 3 blisters 3\n7 3 bad_smell 3")
    for day in (2, 4, 6):
        for view in ("front", "left", "right"):
            shoot(treatment, day, view=view)
    for other in Flag.objects.live():
        flags.acknowledge(flag=other, by=cara, at=timezone.now())
        assignments.assign(flag=other, to=cara, expected=other.assigned_to, by=cara, at=timezone.now())
    assert Flag.objects.count() > 5
    assert asked(desk, f"/flag/{flag.pk}/") <= few
