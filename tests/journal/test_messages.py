"""A clinic and a patient write to each other: who begins, what counts as seen, and what becomes of hostile input."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import messages, people
from journal.models import Flag, Message, Notice, Photo
from journal.views.threads import thread_of
from tests.conftest import make_patient, make_treatment

from .shots import shoot
from .tables import asked, log, words

NOON = datetime.datetime(2026, 3, 12, 12, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
URL = "/patients/{}/messages/"


def write(patient, by, text="How is it today?", at=NOON, **more):
    return messages.send(patient=patient, text=text, client_id=uuid.uuid4(), by=by, at=at, **more)


def answer(patient, text="Better.", at=NOON + MINUTE, client_id=None):
    return messages.answer(patient=patient, text=text, client_id=client_id or uuid.uuid4(), by=patient.user, at=at)


@pytest.fixture
def post(as_, pat, cara):
    """Cara presses on a page about Pat."""

    def press(**fields):
        said = {"client_id": str(uuid.uuid4()), "text": "", "send": ""} | fields
        return as_(cara).post(URL.format(pat.pk), said)

    return press


# -- the two actions


def test_a_message_of_the_clinic_waits_for_the_patient_and_a_mail_will_say_so(pat, cara, treatment):
    sent = write(pat, cara)
    assert (sent.from_clinic, sent.clinic, sent.treatment, sent.by) == (True, pat.clinic, treatment, cara)
    notice = Notice.objects.get(message=sent)
    assert (notice.kind, notice.desk, notice.patient) == ("wrote", "patient", pat)


def test_the_same_form_sent_twice_is_one_message_and_with_other_words_another(pat, cara):
    form = uuid.uuid4()
    for text in ("Hello", "Hello", "Hello again"):
        messages.send(patient=pat, text=text, client_id=form, by=cara, at=NOON)
    assert list(Message.objects.values_list("text", flat=True).order_by("text")) == ["Hello", "Hello again"]
    assert Notice.objects.count() == 2


def test_one_form_s_id_never_reaches_another_patient_s_message(pat, vera, cara):
    form = uuid.uuid4()
    for patient in (pat, vera):
        messages.send(patient=patient, text="Hello", client_id=form, by=cara, at=NOON)
    assert [one.messages.count() for one in (pat, vera)] == [1, 1]


def test_a_patient_answers_only_once_the_clinic_has_written(pat, cara):
    with pytest.raises(messages.NotWrittenTo):
        answer(pat)
    write(pat, cara)
    assert not answer(pat).from_clinic


def test_the_duty_address_hears_of_the_first_of_those_that_nobody_has_seen(pat, cara):
    write(pat, cara)
    told = Notice.objects.filter(kind="answered", desk="duty", patient=None)
    answer(pat, "One.")
    answer(pat, "Two.")
    assert told.count() == 1
    messages.open_messages(patient=pat, seen_to=NOON + 2 * MINUTE, by=cara, at=NOON + 3 * MINUTE)
    answer(pat, "Three.", at=NOON + 4 * MINUTE)
    assert told.count() == 2


def test_whoever_answers_has_seen_what_was_on_the_page_and_nothing_that_came_after_it(pat, cara):
    write(pat, cara)
    first, second = answer(pat, "One."), answer(pat, "Two.", at=NOON + 3 * MINUTE)
    write(pat, cara, at=NOON + 4 * MINUTE, seen_to=first.at)
    first, second = Message.objects.filter(from_clinic=False)
    assert (first.opened_by, first.opened_at) == (cara, NOON + 4 * MINUTE)
    assert second.opened_at is None


def test_a_moment_that_is_still_to_come_marks_nothing_ahead(pat, cara):
    write(pat, cara)
    later = answer(pat, at=NOON + 10 * MINUTE)
    messages.open_messages(patient=pat, seen_to=NOON + datetime.timedelta(days=9), by=cara, at=NOON + 5 * MINUTE)
    later.refresh_from_db()
    assert later.opened_at is None


def test_each_side_opens_what_the_other_wrote(pat, cara):
    ours, hers = write(pat, cara), answer(pat)
    for by in (cara, pat.user):
        assert messages.open_messages(patient=pat, seen_to=NOON + MINUTE, by=by, at=NOON + MINUTE) == 1
    ours.refresh_from_db()
    hers.refresh_from_db()
    assert (ours.opened_by, hers.opened_by) == (pat.user, cara)


def test_nobody_is_written_to_who_could_not_read_it(clinic, cara, post, pat):
    newcomer = people.create_patient(
        clinic=clinic, name="New", birth_year=1990, phone="1234", language="en", by=cara, at=NOON
    )
    with pytest.raises(messages.NotJoined):
        write(newcomer, cara)


def test_after_twenty_messages_an_hour_a_patient_is_asked_to_wait(pat, cara):
    write(pat, cara)
    for number in range(20):
        answer(pat, str(number))
    with pytest.raises(messages.TooMany):
        answer(pat, "one more")
    assert pat.messages.filter(from_clinic=False).count() == 20
    answer(pat, "an hour later", at=NOON + datetime.timedelta(hours=1, minutes=1, seconds=1))


# -- the clinic's page


def test_cara_writes_pat_reads_and_answers_and_both_see_what_became_of_it(as_, post, pat, cara, treatment):
    assert post(text="How is it today?").url == URL.format(pat.pk)
    hers = as_(pat)
    assert "Your clinic wrote to you" in words(hers.get("/"))
    assert "Not opened yet" in words(as_(cara).get(URL.format(pat.pk)))
    assert "How is it today?" in words(hers.get("/messages/"))
    assert "Your clinic wrote to you" not in words(hers.get("/"))
    assert "Opened by the patient" in words(as_(cara).get(URL.format(pat.pk)))
    hers.post("/messages/", {"client_id": str(uuid.uuid4()), "text": "Better."})
    assert "Not seen yet" in words(hers.get("/messages/"))
    page = as_(cara).get(URL.format(pat.pk))
    assert "Better." in words(page)
    post(text="Good to hear.", seen_to=page.context["thread"].lines.seen_to.isoformat())
    said = words(hers.get("/messages/"))
    assert re.search(r"Received .* · Seen by the clinic \d\d:\d\d · Replied \d\d:\d\d", said)
    assert "by Cara" in words(as_(cara).get(URL.format(pat.pk)))


def test_looking_at_a_thread_marks_nothing_as_seen_at_the_clinic(as_, pat, cara):
    write(pat, cara)
    answer(pat)
    as_(cara).get(URL.format(pat.pk))
    assert Message.objects.waiting().count() == 1
    assert AccessEvent.objects.filter(verb="read", target_kind="patient", target_id=str(pat.pk)).exists()


def test_a_press_marks_as_seen_and_the_second_one_hears_that_it_was_done(post, pat, cara):
    write(pat, cara)
    seen_to = answer(pat).at.isoformat()
    assert post(mark="", seen_to=seen_to).status_code == 302
    assert Message.objects.get(from_clinic=False).opened_by == cara
    again = post(mark="", seen_to=seen_to, text="I began to write")
    assert "Somebody was first" in words(again)
    assert "I began to write" in again.text


def test_a_press_without_a_moment_marks_nothing(post, pat, cara):
    write(pat, cara)
    answer(pat)
    for moment in ("", "yesterday", "9" * 400):
        post(mark="", seen_to=moment)
    assert Message.objects.waiting().exists()


def test_a_message_tells_which_flag_it_is_about_and_leads_back_to_its_page(post, pat, treatment):
    log(treatment, "day redness signs\n2 1 pus")
    flag = Flag.objects.get()
    answered = post(text="Please call us.", flag=str(flag.pk), next=f"/flag/{flag.pk}/#messages")
    assert answered.url == f"/flag/{flag.pk}/#messages"
    sent = Message.objects.get()
    assert (sent.flag, sent.treatment) == (flag, treatment)


def test_another_patient_s_flag_is_not_what_a_message_is_about(post, pat, vera, cara, treatment):
    of_vera = make_treatment(vera, treatment.treated_on, cara)
    log(of_vera, "day redness signs\n2 1 pus")
    post(text="Hello", flag=str(Flag.objects.get().pk), treatment=str(of_vera.pk))
    sent = Message.objects.get()
    assert (sent.flag, sent.treatment) == (None, treatment)


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "\\\\x"])
def test_nobody_is_led_out_of_the_journal(post, pat, to):
    assert post(text="Hello", next=to).url == URL.format(pat.pk)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "  \r\n "}, "Write something first, or ask for a photo."),
        ({"text": "x" * 601}, "This is too long: 601 letters, the most is 600."),
        ({"text": "a\0b"}, "One letter in it cannot be kept."),
        ({"text": "Hello", "asks_photo_of": "scalp"}, "Choose one of the treated areas."),
        ({"text": "Hello", "client_id": "x"}, "UUID"),
        ({"text": "Hello", "flag": "x"}, "UUID"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence_and_kept(post, pat, treatment, fields, sentence):
    answered = post(**fields)
    assert answered.status_code == 422
    assert sentence in words(answered)
    assert fields["text"].strip().replace("\0", "")[:600] in answered.text.replace("\0", "")
    assert not Message.objects.exists()


def test_nothing_of_a_long_message_is_cut_off_in_silence(as_, pat, cara, treatment):
    write(pat, cara)
    for who, page in ((pat, "/messages/"), (cara, URL.format(pat.pk))):
        shown = as_(who).get(page)
        assert "Up to 600 letters." in words(shown)
        assert "maxlength" not in re.search(r'<textarea name="text"[^>]*>', shown.text)[0]
    refused = as_(pat).post("/messages/", {"client_id": str(uuid.uuid4()), "text": "x" * 700})
    assert refused.status_code == 422
    assert "x" * 700 in refused.text


def test_a_wish_for_a_photo_leads_to_its_place_in_the_form(as_, pat, cara, treatment):
    write(pat, cara, asks_photo_of="face")
    browser = as_(pat)
    for page in ("/", "/messages/"):
        assert 'href="/log/#photo-face"' in browser.get(page).text
    assert 'id="photo-face"' in browser.get("/log/").text


def test_a_line_s_end_counts_as_one_letter(post):
    post(text="\r\n".join(["x" * 99] * 6))
    assert len(Message.objects.get().text) == 599


def test_words_are_shown_as_words_and_not_as_a_page(as_, post, pat):
    post(text="<script>alert(1)</script> & {{ x }}\nnext line")
    page = as_(pat).get("/messages/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ x }}<br>next line" in page


def test_a_patient_who_has_not_joined_is_called_instead(as_, clinic, cara):
    newcomer = people.create_patient(
        clinic=clinic, name="New", birth_year=1990, phone="1234", language="en", by=cara, at=NOON
    )
    browser = as_(cara)
    assert "has not joined yet" in words(browser.get(URL.format(newcomer.pk)))
    refused = browser.post(URL.format(newcomer.pk), {"client_id": str(uuid.uuid4()), "text": "Hello"})
    assert refused.status_code == 422
    assert "Please call." in words(refused)


def test_all_that_nobody_has_seen_is_shown_however_much_there_is(pat, cara, as_):
    write(pat, cara)
    for number in range(8):
        answer(pat, f"number {number}", at=NOON + number * MINUTE)
    thread = thread_of(pat, cara, now=timezone.now(), back="/")
    assert [line.message.text for line in thread.lines.shown] == [f"number {n}" for n in range(7, -1, -1)]
    assert len(thread.lines.new) == 8
    assert thread.lines.earlier


def test_a_long_thread_is_read_in_pages(as_, pat, cara):
    for number in range(55):
        write(pat, cara, f"number {number}.", at=NOON + number * MINUTE)
    messages.open_messages(patient=pat, seen_to=timezone.now(), by=pat.user, at=timezone.now())
    for browser, url in ((as_(cara), URL.format(pat.pk)), (as_(pat), "/messages/")):
        first = browser.get(url)
        assert "number 5." in words(first)
        assert "number 4." not in words(first)
        second = browser.get(url + re.search(r'href="(\?after=[^"]+)"', first.text)[1])
        assert "number 4." in words(second)
        assert "number 5." not in words(second)


def test_an_answer_on_a_later_page_is_the_reply_to_the_last_of_an_earlier_one(as_, pat, cara):
    write(pat, cara)
    question = answer(pat, "May I?")
    reply = write(pat, cara, "Yes.", at=NOON + 5 * MINUTE, seen_to=question.at)
    page = as_(cara).get(URL.format(pat.pk), {"after": reply.pk})
    assert "Replied 12:05" in words(page)
    assert "Yes." not in words(page)


def test_a_thread_costs_the_same_whether_it_is_short_or_long(as_, pat, cara, treatment):
    browser = as_(cara)
    write(pat, cara, asks_photo_of="face")
    answer(pat)
    browser.get(URL.format(pat.pk))  # the first visit writes down that she is here
    few = asked(browser, URL.format(pat.pk))
    for number in range(15):
        write(pat, cara, f"again {number}", asks_photo_of="face", at=NOON + MINUTE * number)
        answer(pat, f"and {number}", at=NOON + MINUTE * number)
    assert asked(browser, URL.format(pat.pk)) == few


# -- photos


def test_a_wish_for_a_photo_stands_on_today_until_one_of_that_area_came(as_, post, pat, cara, treatment):
    shoot(treatment, 1)
    post(asks_photo_of="face")
    as_(pat).get("/messages/")  # read, and it still stands
    assert "Your clinic would like a new photo: Face" in words(as_(pat).get("/"))
    assert "No photo yet" in words(as_(pat).get("/messages/"))
    Photo.objects.update(added_at=timezone.now())
    assert "would like a new photo" not in words(as_(pat).get("/"))
    assert "Photo received" in words(as_(pat).get("/messages/"))
    page = as_(cara).get(URL.format(pat.pk))
    assert "Photo received" in words(page)
    assert f"/photo/{Photo.objects.get().token}/" in page.text


def test_a_photo_of_another_area_or_of_the_clinic_is_not_what_was_asked_for(as_, post, pat, cara, treatment):
    treatment.areas = ["face", "neck"]
    treatment.save()
    post(asks_photo_of="neck")
    shoot(treatment, 1)
    shoot(treatment, 0, area="neck", baseline=True)
    Photo.objects.update(added_at=timezone.now())
    assert "Your clinic would like a new photo: Neck" in words(as_(pat).get("/"))


def test_no_photo_is_asked_for_where_the_patient_has_not_agreed_to_photos(as_, post, pat, cara, treatment):
    write(pat, cara, asks_photo_of="face")
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    assert "has not agreed to photos" in words(as_(cara).get(URL.format(pat.pk)))
    assert post(text="Hello", asks_photo_of="face").status_code == 422
    assert "would like a new photo" not in words(as_(pat).get("/"))


def test_nobody_goes_on_asking_for_the_skin_of_an_older_session(as_, pat, cara, treatment):
    write(pat, cara, asks_photo_of="face", at=timezone.now())
    assert "would like a new photo" in words(as_(pat).get("/"))
    make_treatment(pat, treatment.date_of(2), cara)
    assert "would like a new photo" not in words(as_(pat).get("/"))


# -- the patient's page


def test_before_the_clinic_wrote_there_is_nothing_to_answer_and_the_page_says_whom_to_call(as_, pat):
    page = as_(pat).get("/messages/")
    assert "<textarea" not in page.text
    assert pat.clinic.name in words(page)
    refused = as_(pat).post("/messages/", {"client_id": str(uuid.uuid4()), "text": "Hello"})
    assert refused.status_code == 422
    assert not Message.objects.exists()


def test_above_the_form_stands_when_it_is_read_and_what_to_do_when_it_is_urgent(as_, pat, cara):
    write(pat, cara)
    said = words(as_(pat).get("/messages/"))
    assert "Your clinic reads this when it is open." in said
    assert "the journal answers at once" in said
    assert "111" in said
    assert said.index("If it is urgent, call") < said.index("Your message")


@pytest.mark.parametrize("text", ["", "x" * 601, "a\0b"])
def test_an_answer_that_cannot_be_sent_is_refused_and_kept(as_, pat, cara, text):
    write(pat, cara)
    refused = as_(pat).post("/messages/", {"client_id": str(uuid.uuid4()), "text": text})
    assert refused.status_code == 422
    assert "Please check this" in words(refused)
    assert text.replace("\0", "") in refused.text.replace("\0", "")
    assert not Message.objects.filter(from_clinic=False).exists()


def test_too_many_answers_are_refused_kindly_and_kept(as_, pat, cara):
    write(pat, cara, at=timezone.now())
    for number in range(20):
        answer(pat, str(number), at=timezone.now())
    refused = as_(pat).post("/messages/", {"client_id": str(uuid.uuid4()), "text": "one more"})
    assert refused.status_code == 422
    assert "Please wait a little, or call." in words(refused)
    assert "one more" in refused.text


def test_asking_for_the_head_of_a_page_is_not_reading_it(as_, pat, cara):
    write(pat, cara)
    as_(pat).head("/messages/")
    assert Message.objects.unread().exists()


def test_a_patient_reads_her_own_thread_only(as_, pat, vera, cara):
    write(pat, cara, "for Pat")
    assert "for Pat" not in words(as_(vera).get("/messages/"))
    other = as_(vera).get("/messages/", {"after": Message.objects.get().pk})
    assert other.status_code == 404
    assert Message.objects.unread().count() == 1


def test_today_asks_once_whether_anything_was_written(as_, pat, cara, treatment):
    browser = as_(pat)
    browser.get("/")  # the first visit writes down that she is here
    before = asked(browser, "/")
    for number in range(5):
        write(pat, cara, str(number))
    assert "Your clinic wrote to you 5 times" in words(browser.get("/"))
    assert asked(browser, "/") == before


# -- the list of the inbox


def test_each_patient_waits_once_the_longest_first(clinic, pat, vera, cara, owen, elsewhere):
    for patient in (pat, vera):
        write(patient, cara)
    answer(vera, "First.", at=NOON + MINUTE)
    answer(pat, "Second.", at=NOON + 2 * MINUTE)
    answer(vera, "Third.", at=NOON + 3 * MINUTE)
    stranger = make_patient(elsewhere, "Stranger", "stranger@test.example")
    write(stranger, owen)
    answer(stranger)
    waiting = Message.objects.visible_to(cara).queue_of(cara)
    assert [one.text for one in waiting] == ["First.", "Second."]
    assert [one.text for one in waiting.after(waiting[0])] == ["Second."]
    messages.open_messages(patient=vera, seen_to=NOON + MINUTE, by=cara, at=NOON + 4 * MINUTE)
    assert [one.text for one in waiting.all()] == ["Second.", "Third."]
