"""A patient asks to be rung; the clinic rings and says what came of it; nobody promises a minute."""

import datetime
import threading
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import AccessEvent, OpeningHours
from journal.actions import calls, flags
from journal.call_forms import windows
from journal.models import Call, CallTry, Flag, Notice
from journal.views.call import calls_of, lines
from tests.conftest import make_patient

from .tables import asked, log, stop_clock, words

TUESDAY = datetime.datetime(2026, 6, 2, 13, 0, tzinfo=datetime.UTC)  # 14:00 in London
SATURDAY = TUESDAY + datetime.timedelta(days=4)
WISH = {"number": "+44 7700 900321", "window": "afternoon"}
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def phone(as_, pat):
    return as_(pat)


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


def ask(patient, at=TUESDAY, **wish):
    return calls.ask(patient=patient, **(WISH | wish), by=patient.user, at=at).call


@pytest.fixture
def call(pat):
    return ask(pat)


# What the actions do


def test_a_call_is_asked_for_once_and_the_duty_address_is_told_once(pat):
    made = calls.ask(patient=pat, **WISH, by=pat.user, at=TUESDAY)
    assert (made.corrected, made.call.clinic, made.call.closed_at) == (False, pat.clinic, None)
    [notice] = Notice.objects.all()
    assert (notice.kind, notice.desk, notice.call, notice.clinic) == ("asked", "duty", made.call, pat.clinic)


def test_asking_again_corrects_the_open_call_which_waits_as_long_as_before(pat, call):
    again = calls.ask(patient=pat, number="111 222", window="morning", by=pat.user, at=TUESDAY + MINUTE)
    assert (again.corrected, again.call.pk) == (True, call.pk)
    call.refresh_from_db()
    assert (call.number, call.window, call.asked_at) == ("111 222", "morning", TUESDAY)
    assert Notice.objects.count() == 1


def test_after_a_call_is_done_another_one_can_be_asked_for(pat, cara, call):
    calls.try_call(call=call, outcome="spoken", by=cara, at=TUESDAY + MINUTE)
    assert not calls.ask(patient=pat, **WISH, by=pat.user, at=TUESDAY + 2 * MINUTE).corrected
    assert (Call.objects.count(), Call.objects.live().count()) == (2, 1)


@pytest.mark.parametrize(("outcome", "still_open"), [("spoken", False), ("no_answer", True), ("not_needed", False)])
def test_only_no_answer_leaves_a_call_open(call, cara, outcome, still_open):
    calls.try_call(call=call, outcome=outcome, note="Rang twice.", by=cara, at=TUESDAY + MINUTE)
    assert Call.objects.live().exists() == still_open
    [tried] = CallTry.objects.all()
    assert (tried.outcome, tried.note, tried.by, tried.at) == (outcome, "Rang twice.", cara, TUESDAY + MINUTE)


def test_tries_are_added_and_the_one_who_comes_second_is_told(call, cara):
    for minute, outcome in enumerate(["no_answer", "no_answer", "spoken"]):
        calls.try_call(call=call, outcome=outcome, by=cara, at=TUESDAY + minute * MINUTE)
    with pytest.raises(calls.AlreadyClosed) as refused:
        calls.try_call(call=call, outcome="spoken", by=cara, at=TUESDAY + 9 * MINUTE)
    assert refused.value.call.closed_at == TUESDAY + 2 * MINUTE
    assert [tried.outcome for tried in call.tries.all()] == ["no_answer", "no_answer", "spoken"]


def test_a_wish_from_an_entry_is_a_call_at_the_patients_own_number(treatment, pat):
    log(treatment, "day worried\n3 yes", at=timezone.now())
    made = Call.objects.get()
    assert (made.patient, made.number, made.window) == (pat, pat.phone, "any")
    assert (made.flag, made.flag.rule) == (Flag.objects.get(), "W-1")


def test_a_wish_from_an_entry_is_one_mail_because_its_flag_tells_already(treatment):
    log(treatment, "day worried\n3 yes", at=timezone.now())
    assert [notice.kind for notice in Notice.objects.all()] == ["raised"]


def test_a_wish_from_an_entry_leaves_the_number_of_an_open_call_and_gives_it_the_flag(treatment, call):
    log(treatment, "day worried\n3 yes", at=timezone.now())
    made = Call.objects.get()
    assert (made.number, made.window, made.flag) == (WISH["number"], "afternoon", Flag.objects.get())


def test_the_clinic_logging_for_a_patient_asks_itself_for_no_call(treatment, cara):
    log(treatment, "day worried\n3 yes", by=cara, at=timezone.now())
    assert Flag.objects.exists()
    assert not Call.objects.exists()


def test_an_entry_that_is_sent_twice_asks_once(phone, treatment):
    posted = {"date": str(treatment.date_of(3)), "worried": "on", "client_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    for _press in range(2):
        phone.post("/log/", posted, headers={"accept": "application/json"})
    assert Call.objects.count() == 1


def test_a_call_asked_for_on_its_own_page_belongs_to_the_flag_that_says_she_is_worried(treatment, pat, cara):
    log(treatment, "day worried signs\n3 yes pus", at=timezone.now())
    calls.cancel(call=Call.objects.get(), by=pat.user, at=timezone.now())
    worry, other = Flag.objects.get(rule="W-1"), Flag.objects.exclude(rule="W-1")
    assert ask(pat, at=timezone.now()).flag == worry
    assert other.exists()


@pytest.mark.parametrize(
    ("outcome", "said", "still_open"),
    [
        ("reassured", "spoken", False),
        ("advised", "spoken", False),
        ("seen", "spoken", False),
        ("referred", "spoken", False),
        ("not_reached", "no_answer", True),
        ("entered_in_error", "not_needed", False),
    ],
)
def test_closing_a_flag_says_what_came_of_the_call_it_asked_for(treatment, cara, outcome, said, still_open):
    log(treatment, "day worried\n3 yes", at=timezone.now())
    calls.close_with(flags=list(Flag.objects.all()), outcome=outcome, by=cara, at=timezone.now())
    assert [tried.outcome for tried in CallTry.objects.all()] == [said]
    assert Call.objects.live().exists() == still_open


def test_closing_a_flag_ends_no_call_that_was_asked_for_without_it(treatment, call, cara, vera):
    log(treatment, "day signs\n3 pus", at=timezone.now())
    ask(vera)
    calls.close_with(flags=list(Flag.objects.all()), outcome="advised", by=cara, at=timezone.now())
    assert Call.objects.live().count() == 2
    assert not CallTry.objects.exists()


# The patient's page


def test_the_page_is_filled_in_with_the_number_that_the_clinic_has(phone, pat):
    page = phone.get("/call/")
    assert f'value="{pat.phone}"' in page.text
    assert "Ask the clinic to call me" in words(page)


def test_she_asks_with_a_number_and_a_time_and_reads_what_she_asked_for(phone, monkeypatch):
    stop_clock(monkeypatch, TUESDAY)
    said = words(phone.post("/call/", WISH, follow=True))
    assert "Your clinic can see that you would like a call." in said
    assert "+44 7700 900321 · In the afternoon" in said
    assert "Received 2 Jun, 14:00." in said
    assert Call.objects.get().asked_by.is_patient


def test_she_corrects_it_and_is_told_that_it_is_a_correction(phone, call):
    said = words(phone.post("/call/", WISH | {"window": "morning"}, follow=True))
    assert "Saved. Your clinic sees the new number and time." in said
    assert Call.objects.get().window == "morning"


def test_she_takes_it_back(phone, call):
    said = words(phone.post("/call/", {"cancel": ""}, follow=True))
    assert "Your clinic can see that you no longer need a call." in said
    assert "that you no longer need it." in said
    assert not Call.objects.live().exists()
    assert "You are not waiting for a call." in words(phone.post("/call/", {"cancel": ""}, follow=True))


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("number", "", "Write the number to call you on."),
        ("number", "my mobile", "Use digits, spaces and a leading + only"),
        ("number", "1" * 31, "at most 30 characters"),
        ("number", "0\x0012345", "Null characters are not allowed"),
        ("window", "", "Choose one."),
        ("window", "midnight", "Choose one of the list."),
    ],
)
def test_a_slip_is_told_and_what_was_typed_is_kept(phone, field, typed, told):
    answer = phone.post("/call/", WISH | {field: typed})
    assert answer.status_code == 422
    assert told in words(answer)
    assert not Call.objects.exists()
    if field == "window":
        assert WISH["number"] in answer.text


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (TUESDAY, "The clinic calls when it is open. Today that is until 18:00."),
        (SATURDAY, "The clinic is closed now. It calls when it is open again, from Monday 8 June, 09:00."),
    ],
)
def test_she_reads_when_the_clinic_is_open_and_no_minute_is_promised(phone, call, monkeypatch, moment, told):
    stop_clock(monkeypatch, moment)
    said = words(phone.get("/call/"))
    assert told in said
    assert "minutes" not in said
    assert "Then call now. Do not wait for us to call." in said


def test_who_cannot_wait_finds_the_urgent_line_when_the_clinic_is_closed(phone, monkeypatch):
    stop_clock(monkeypatch, SATURDAY)
    assert "Call the urgent line 111" in words(phone.get("/call/"))


@pytest.mark.parametrize(
    ("opens", "closes", "offered"),
    [
        (9, 18, ["any", "morning", "afternoon", "evening"]),
        (9, 17, ["any", "morning", "afternoon"]),
        (13, 16, ["any", "afternoon"]),
    ],
)
def test_only_parts_of_the_day_are_offered_in_which_the_clinic_opens(clinic, opens, closes, offered):
    OpeningHours.objects.all().update(opens=datetime.time(opens), closes=datetime.time(closes))
    assert [window for window, _label in windows(clinic)] == offered


def test_where_no_hours_are_written_down_every_part_of_the_day_is_offered(elsewhere):
    assert len(windows(elsewhere)) == 4


def test_a_part_of_the_day_that_is_no_longer_offered_stays_until_it_is_changed(phone, pat, clinic):
    ask(pat, window="evening")
    OpeningHours.objects.all().update(closes=datetime.time(17))
    page = phone.get("/call/")
    assert page.context["form"]["window"].value() == "evening"
    assert "After 5 pm" in words(page)


def test_today_tells_of_a_call_that_is_waited_for_and_of_a_try(phone, treatment, call, cara, monkeypatch):
    stop_clock(monkeypatch, TUESDAY + 60 * MINUTE)
    assert "You asked for a call" in words(phone.get("/"))
    calls.try_call(call=call, outcome="no_answer", note="Voicemail full.", by=cara, at=TUESDAY + 5 * MINUTE)
    said = words(phone.get("/"))
    assert "The clinic tried to reach you 2 Jun, 14:05." in said
    assert "Voicemail" not in said
    calls.try_call(call=call, outcome="spoken", by=cara, at=TUESDAY + 6 * MINUTE)
    assert "You asked for a call" not in words(phone.get("/"))
    assert "The clinic noted 2 Jun, 14:06 that you have spoken." in words(phone.get("/call/"))


def test_in_the_evening_nobody_who_asked_for_the_morning_is_told_that_the_clinic_still_calls_today(
    phone, pat, monkeypatch
):
    stop_clock(monkeypatch, TUESDAY)
    ask(pat, window="morning")
    for page in ("/", "/call/"):
        said = words(phone.get(page))
        assert "The clinic calls when it is open." in said
        assert "Today that is until" not in said


def test_the_form_starts_from_what_she_asked_for_last_time(phone, call, cara):
    calls.try_call(call=call, outcome="spoken", by=cara, at=TUESDAY + MINUTE)
    form = phone.get("/call/").context["form"]
    assert (form["number"].value(), form["window"].value()) == (WISH["number"], "afternoon")


def test_who_should_call_now_is_told_not_to_wait_for_a_call(phone, treatment, call, monkeypatch, clinic):
    stop_clock(monkeypatch, timezone.now())
    now = "Do not wait for this call: call now."
    entry = log(treatment, "day redness\n2 1", at=timezone.now())
    pages = ("/", "/call/", f"/entry/{entry.pk}/")
    assert [page for page in pages if now in words(phone.get(page))] == []
    log(treatment, "day signs\n3 pus", at=timezone.now())
    assert [page for page in pages if now in words(phone.get(page))] == list(pages)
    type(clinic).objects.update(prompts_patients=False)
    assert [page for page in pages if now in words(phone.get(page))] == []


def test_who_has_no_treatment_yet_can_ask_and_is_told_too(phone, call):
    assert "You asked for a call" in words(phone.get("/"))


def test_the_page_about_the_clinic_leads_to_it(phone):
    assert 'href="/call/"' in phone.get("/clinic/").text


# The clinic's page


def test_who_may_see_a_call_and_say_what_came_of_it(client, as_, call, pat, vera, cara, owen, ada):
    address = f"/calls/{call.pk}/"
    assert client.get(address).status_code == client.post(address).status_code == 302
    for who, status in ((pat, 403), (vera, 403), (ada, 403), (owen, 404), (cara, 200)):
        assert as_(who).get(address).status_code == status
    for who in (pat, vera, ada, owen):
        assert as_(who).post(address, {"outcome": "spoken"}).status_code in (403, 404)
    assert not CallTry.objects.exists()


def test_a_try_is_written_down_and_leads_back_to_where_it_was_pressed(desk, call):
    tried = {"outcome": "no_answer", "note": "Try after lunch.", "next": "/inbox/?show=calls"}
    answer = desk.post(f"/calls/{call.pk}/", tried)
    assert (answer.status_code, answer.url) == (302, "/inbox/?show=calls")
    said = words(desk.get(f"/calls/{call.pk}/"))
    assert "No answer Try after lunch. Cara" in said
    assert "+44 7700 900321" in said


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil"])
def test_nobody_is_led_to_another_site(desk, call, elsewhere):
    answer = desk.post(f"/calls/{call.pk}/", {"outcome": "no_answer", "next": elsewhere})
    assert answer.url == f"/calls/{call.pk}/"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"note": "Kept words."}, "Choose one, so that others know what was done."),
        ({"outcome": "vanished", "note": "Kept words."}, "Choose one of the list."),
        ({"outcome": "spoken", "note": "Kept words." + "x" * 1000}, "at most 1000 characters"),
        ({"outcome": "spoken", "note": "Kept words.\0"}, "Null characters are not allowed"),
    ],
)
def test_a_slip_of_the_clinic_is_told_and_its_note_is_kept(desk, call, sent, told):
    answer = desk.post(f"/calls/{call.pk}/", sent)
    assert answer.status_code == 422
    assert told in words(answer)
    assert "Kept words." in answer.text
    assert not CallTry.objects.exists()


def test_whoever_presses_second_is_told_who_was_first_and_gets_her_note_back(desk, call, clinic, cara):
    calls.try_call(call=call, outcome="spoken", by=cara, at=TUESDAY + MINUTE)
    answer = desk.post(f"/calls/{call.pk}/", {"outcome": "no_answer", "note": "My own words."})
    assert answer.status_code == 409
    said = words(answer)
    assert "You closed this call on 2 Jun, 14:01: Spoken with the patient. Nothing was changed." in said
    assert "Your note was not saved: My own words." in said
    assert CallTry.objects.count() == 1


def test_the_clinic_is_told_that_the_patient_took_it_back(desk, call, pat):
    calls.cancel(call=call, by=pat.user, at=TUESDAY + MINUTE)
    answer = desk.post(f"/calls/{call.pk}/", {"outcome": "spoken"})
    assert "The patient closed this call on 2 Jun, 14:01: No longer needed." in words(answer)


def test_the_flags_page_tells_that_the_patient_took_her_wish_back(desk, treatment, pat):
    log(treatment, "day worried\n3 yes", at=TUESDAY)
    page = f"/flag/{Flag.objects.get().pk}/"
    told = "The patient took the wish for a call back 2 Jun, 14:01."
    assert told not in words(desk.get(page))
    calls.cancel(call=Call.objects.get(), by=pat.user, at=TUESDAY + MINUTE)
    assert told in words(desk.get(page))


def test_the_number_to_ring_from_a_flag_is_the_one_that_she_asked_to_be_rung_at(desk, treatment, pat, cara):
    log(treatment, "day worried\n3 yes", at=TUESDAY)
    ask(pat)
    page = f"/flag/{Flag.objects.get().pk}/"

    def head():
        return desk.get(page).text.split('id="do"')[1].split("</div>")[0]

    assert 'href="tel:+447700900321"' in head()
    calls.try_call(call=Call.objects.get(), outcome="spoken", by=cara, at=TUESDAY + MINUTE)
    assert "+447700900321" not in head()


def test_looking_at_a_call_leaves_a_trace_of_the_patient(desk, call, cara, pat):
    desk.get(f"/calls/{call.pk}/")
    assert AccessEvent.objects.filter(actor_id=cara.pk, target_kind="patient", target_id=str(pat.pk)).exists()


def test_a_line_tells_until_when_the_clinic_promised_and_whether_that_is_over(call, clinic):
    wednesday_evening = TUESDAY + datetime.timedelta(days=1, hours=4)
    for moment, overdue in ((wednesday_evening, False), (wednesday_evening + MINUTE, True)):
        [line] = lines([call], clinic, moment)
        assert (line.promised_by, line.overdue) == (wednesday_evening, overdue)


def test_a_patients_page_tells_of_her_calls_the_open_one_first(desk, pat, call, cara):
    calls.try_call(call=call, outcome="spoken", by=cara, at=TUESDAY + MINUTE)
    newer = ask(pat, at=TUESDAY + 2 * MINUTE, number="555 0101")
    assert [line.call for line in calls_of(pat, TUESDAY)] == [newer, call]
    page = desk.get(f"/patients/{pat.pk}/")
    assert "Call 555 0101" in words(page)
    assert f'action="/calls/{newer.pk}/"' in page.text
    assert f'action="/calls/{call.pk}/"' not in page.text


def test_what_waits_is_the_clinics_own_the_oldest_first(pat, vera, cara, owen, elsewhere):
    second, first = ask(pat, at=TUESDAY + MINUTE), ask(vera, at=TUESDAY)
    ask(make_patient(elsewhere, "Una Hill", "una@test.example"))
    queue = Call.objects.visible_to(cara).queue_of(cara)
    assert list(queue) == [first, second]
    assert list(queue.after(first)) == [second]
    assert Call.objects.visible_to(owen).queue_of(owen).count() == 1


def test_many_calls_take_as_many_queries_as_one(clinic, cara, django_assert_num_queries):
    for n in range(5):
        call = ask(make_patient(clinic, f"Patient {n}", f"p{n}@test.example"))
        calls.try_call(call=call, outcome="no_answer", by=cara, at=TUESDAY + MINUTE)
    with django_assert_num_queries(5):  # calls, tries and who tried; hours and holidays
        shown = lines(Call.objects.visible_to(cara).queue_of(cara), clinic, TUESDAY)
        assert len([tried.by for line in shown for tried in line.tries]) == 5


def test_a_patients_page_takes_as_many_queries_with_many_calls_as_with_two(desk, pat, cara):
    def tried(days=0):
        long_ago = timezone.now() - datetime.timedelta(days=days)
        calls.try_call(call=ask(pat, at=long_ago), outcome="spoken", by=cara, at=timezone.now())

    tried()
    ask(pat, at=timezone.now())
    desk.get(f"/patients/{pat.pk}/")
    few = asked(desk, f"/patients/{pat.pk}/")
    calls.cancel(call=Call.objects.live().get(), by=pat.user, at=timezone.now())
    for days in range(1, 5):
        tried(days)
    ask(pat, at=timezone.now())
    assert asked(desk, f"/patients/{pat.pk}/") == few


def test_no_address_of_a_call_says_what_it_is_about(call, phone):
    assert quote(call.number) not in phone.get("/call/").request["PATH_INFO"]
    assert str(call) == f"Call {str(call.pk)[:8]}"


def test_a_number_that_is_none_is_refused_by_the_record_too(pat):
    wish = Call(patient=pat, clinic=pat.clinic, number="call me", asked_at=TUESDAY, asked_by=pat.user)
    with pytest.raises(ValidationError, match="Use digits"):
        wish.full_clean()


def test_a_call_whose_flag_was_closed_takes_the_next_worry(treatment, pat, cara):
    log(treatment, "day worried\n2 yes", at=timezone.now())
    first = Flag.objects.get()
    flags.close(flag=first, outcome="not_reached", note="", by=cara, at=timezone.now())
    log(treatment, "day worried\n3 yes", at=timezone.now())
    assert Call.objects.get().flag == Flag.objects.live().get() != first


one_writer = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time anyway")


def at_once(*presses):
    """Run them at the same moment, each on a connection of its own, and return what each came to."""
    ready, came = threading.Barrier(len(presses)), []

    def run(press):
        try:
            ready.wait()
            came.append(press())
        except calls.AlreadyClosed as refused:
            came.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[press]) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@one_writer
@pytest.mark.django_db(transaction=True)
def test_of_two_who_close_a_call_at_once_one_is_told(pat, cara):
    call = ask(pat)
    came = at_once(
        *[lambda: calls.try_call(call=call, outcome="spoken", by=cara, at=TUESDAY + MINUTE) for _press in range(2)]
    )
    assert sorted(type(one).__name__ for one in came) == ["AlreadyClosed", "CallTry"]
    assert CallTry.objects.count() == 1


@one_writer
@pytest.mark.django_db(transaction=True)
def test_of_two_wishes_at_once_one_corrects_the_other(pat):
    came = at_once(*[lambda: calls.ask(patient=pat, **WISH, by=pat.user, at=TUESDAY) for _press in range(2)])
    assert sorted(one.corrected for one in came) == [False, True]
    assert (Call.objects.count(), Notice.objects.count()) == (1, 1)


def test_five_wishes_an_hour_are_enough_and_the_sixth_is_kept_on_the_page(phone, pat):
    for _wish in range(calls.MOST_AN_HOUR):
        phone.post("/call/", WISH)
        phone.post("/call/", {"cancel": "1"})
    page = phone.post("/call/", WISH | {"number": "07700 900555"})
    assert page.status_code == 422
    assert "07700 900555" in page.content.decode()
    assert "several times within the hour" in words(page)
    assert pat.calls.count() == calls.MOST_AN_HOUR
