"""Canned replies: filled in for a patient, kept with their history, changed before they are sent."""

import datetime
import re
import uuid

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import replies
from journal.models import CannedReply, Message
from journal.models.message import VARIABLES, named_in_braces
from journal.recovery.reading import grade
from journal.views.threads import thread_of
from tests.conftest import make_treatment

from .tables import words

HIGHEST = 6  # years of school


@pytest.fixture
def add(clinic, cara):
    def make(title, text, language="en"):
        said = {"title": title, "language": language, "text": text}
        return replies.add_reply(clinic=clinic, **said, by=cara, at=timezone.now())

    return make


@pytest.fixture
def ready(cara):
    """What stands ready for a patient: texts by title."""

    def get(patient):
        thread = thread_of(patient, cara, now=timezone.now(), back="/")
        return {one.reply.title: one.text for one in thread.ready}

    return get


@pytest.fixture
def post(as_, cara):
    def press(**fields):
        return as_(cara).post("/replies/", {"title": "Hello", "language": "en", "text": "Hello {name}"} | fields)

    return press


# -- filled in


def test_each_variable_is_filled_in_for_the_patient(add, ready, pat, treatment):
    add("All", "{name}|{day}|{clinic}|{phone}|{urgent_line}|{ name }")
    assert ready(pat) == {"All": "Pat Moss|3|Riverside Skin Clinic|+44 20 7946 0000|111|Pat Moss"}


def test_braces_in_a_name_or_in_a_text_stay_what_they_are(add, ready, pat):
    pat.name = "{phone} {0} %(x)s"
    add("Odd", "{name} } { {} {{ 100 % {0.__class__}")
    assert ready(pat) == {"Odd": "{phone} {0} %(x)s } { {} {{ 100 % {0.__class__}"}


def test_words_that_name_a_day_are_offered_only_once_a_treatment_has_begun(add, ready, pat, cara):
    add("Day", "It is day {day}.")
    add("Plain", "Thank you.")
    assert ready(pat).keys() == {"Plain"}
    coming = make_treatment(pat, timezone.now().date() + datetime.timedelta(days=5), cara)
    assert ready(pat).keys() == {"Plain"}
    coming.delete()
    make_treatment(pat, timezone.now().date() - datetime.timedelta(days=2), cara)
    assert ready(pat).keys() == {"Day", "Plain"}


def test_the_patient_s_language_comes_first_and_others_say_which_they_are(add, ready, pat, as_, cara):
    add("Thank you", "Thank you.")
    add("Gracias", "Gracias.", language="es")
    assert list(ready(pat)) == ["Thank you", "Gracias"]
    pat.language = "es"
    pat.save()
    assert list(ready(pat)) == ["Gracias", "Thank you"]
    page = as_(cara).get(f"/patients/{pat.pk}/messages/")
    assert re.search(r'lang="en">Thank you \(en\)<', page.text)


def test_nothing_of_another_clinic_is_offered(ready, pat, elsewhere, owen):
    said = {"title": "Theirs", "language": "en", "text": "Hello"}
    replies.add_reply(clinic=elsewhere, **said, by=owen, at=timezone.now())
    assert ready(pat) == {}


# -- picked without the script


def test_picked_words_come_after_what_was_typed_and_nothing_is_sent_yet(add, as_, pat, cara):
    reply = add("Thank you", "Thank you, {name}.")
    said = {"client_id": str(uuid.uuid4()), "text": " I saw it. ", "pick": reply.pk, "next": "/inbox/"}
    page = as_(cara).post(f"/patients/{pat.pk}/messages/", said)
    assert page.status_code == 200
    assert re.search(r"<textarea[^>]*>\s*I saw it.\nThank you, Pat Moss.</textarea>", page.text)
    assert 'name="next" value="/inbox/"' in page.text
    assert not Message.objects.exists()


@pytest.mark.parametrize("picked", ["0", "x", "9" * 400, ""])
def test_words_that_were_taken_off_meanwhile_change_nothing(as_, pat, cara, picked):
    said = {"client_id": str(uuid.uuid4()), "text": "I saw it.", "pick": picked}
    page = as_(cara).post(f"/patients/{pat.pk}/messages/", said)
    assert "That reply was taken off the list." in words(page)
    assert "I saw it.</textarea>" in page.text


# -- the clinic's list


def test_six_plain_ones_are_there_to_start_with_and_only_once(as_, cara, clinic):
    browser = as_(cara)
    assert "Start with our six" in words(browser.get("/replies/"))
    for _press in range(2):
        browser.post("/replies/", {"start": ""})
    assert clinic.canned_replies.count() == 6
    assert "Start with our six" not in words(browser.get("/replies/"))


def test_the_six_are_read_with_six_years_of_school_and_hold_to_their_variables():
    for text in replies.STARTERS.values():
        assert grade(text) <= HIGHEST, (round(grade(text), 1), text)
        assert named_in_braces(text) <= set(VARIABLES)
        assert len(text) < 400


def test_the_six_promise_nothing_and_judge_nothing():
    said = " ".join(replies.STARTERS.values()).lower()
    assert not re.search(r"\bnormal|healed|infect|always here|any time|at once|24\b", said)


def test_words_are_added(post, clinic, cara):
    assert post(title="  Thank   you ", text="Thank you, {name}.\r\nSee you.").status_code == 302
    kept = clinic.canned_replies.get()
    assert (kept.title, kept.text, kept.made_by) == ("Thank you", "Thank you, {name}.\nSee you.", cara)


def test_a_change_takes_the_old_words_off_and_puts_new_ones_beside_them(add, post, clinic, cara):
    old = add("Thank you", "Thanks.")
    assert post(title="Thank you", text="Thank you!", edit=old.pk).status_code == 302
    assert clinic.canned_replies.standing().get().text == "Thank you!"
    old.refresh_from_db()
    assert (old.text, old.removed_at is None) == ("Thanks.", False)
    assert AccessEvent.objects.get(verb="removed", target_kind="cannedreply").actor_id == cara.pk


def test_words_are_taken_off_the_list_and_stay_in_what_was_sent(add, post, clinic, ready, pat):
    old = add("Thank you", "Thanks.")
    post(remove=old.pk)
    assert ready(pat) == {}
    assert clinic.canned_replies.count() == 1


def test_the_second_who_changes_the_same_words_is_told_and_loses_nothing(add, post, clinic):
    old = add("Thank you", "Thanks.")
    post(title="Thank you", text="Thank you!", edit=old.pk)
    second = post(title="Thank you", text="Thanks a lot!", edit=old.pk)
    assert second.status_code == 409
    assert "Somebody changed this reply first" in words(second)
    assert "Thanks a lot!</textarea>" in second.text
    assert clinic.canned_replies.standing().get().text == "Thank you!"


def test_words_of_another_clinic_are_not_there_to_change(post, elsewhere, owen):
    said = {"title": "Theirs", "language": "en", "text": "Hello"}
    theirs = replies.add_reply(clinic=elsewhere, **said, by=owen, at=timezone.now())
    assert post(edit=theirs.pk).status_code == 404
    assert post(remove=theirs.pk).status_code == 404
    assert CannedReply.objects.standing().get() == theirs


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": " "}, "Give it a short title."),
        ({"title": "x" * 61}, "60"),
        ({"text": ""}, "Write something first."),
        ({"text": "x" * 601}, "This is too long: 601 letters, the most is 600."),
        ({"text": "a\0b"}, "One letter in it cannot be kept."),
        (
            {"text": "Hello {Name}"},
            "{Name} is not known here. You can use: {name} {day} {clinic} {phone} {urgent_line}",
        ),
        ({"text": "Hello {first_name}"}, "{first_name} is not known here."),
        ({"language": "tlh"}, "tlh"),
        ({"title": "Taken"}, "There is a reply with this title in that language already."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence_and_stays_on_the_page(add, post, clinic, fields, sentence):
    add("Taken", "Hello")
    refused = post(**fields)
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert fields.get("text", "Hello {name}").replace("\0", "") in refused.text.replace("\0", "")
    assert clinic.canned_replies.count() == 1


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "٣"])
def test_an_odd_number_is_no_reply(post, number):
    assert post(edit=number).status_code == 404
    assert post(remove=number).status_code == 404


def test_there_is_an_end_to_the_list(add, post, clinic):
    for number in range(replies.MOST):
        add(f"Number {number}", "Hello")
    refused = post()
    assert refused.status_code == 422
    assert "40 replies are the most." in words(refused)
    assert post(title="Instead", edit=clinic.canned_replies.first().pk).status_code == 302


def test_a_language_that_the_clinic_no_longer_names_stays_that_of_its_words(add, as_, cara, clinic, post):
    reply = add("Gracias", "Gracias.", language="es")
    assert "Español" in words(as_(cara).get("/replies/"))
    assert post(title="Gracias", text="Gracias.", language="es", edit=reply.pk).status_code == 302
