"""What the demo's clinic and its patients say to each other: ready words, a short thread, and a call."""

import datetime
import uuid

from accounts.models import Clinic, Patient, User
from journal.actions import calls, messages, replies
from journal.models import Call, CallTry

READY = {
    "Thank you": "Hello {name}, thank you for your entry. We have looked at it. Please go on as you do.",
    "Please send a photo": "Hello {name}, please add a new photo to today’s entry, in good light and without make-up.",
}


def name_people(clinic: Clinic, cara: User, email: str, password: str) -> None:
    """Whom it is told to when something waits for longer than promised."""
    names = {"first_name": "Lena", "last_name": "Marsh"}
    clinic.lead = User.objects.create_user(email, password, role="clinician", clinic=clinic, **names)
    clinic.second_person = cara
    clinic.save(update_fields=["second_person", "lead"])


def set_up(clinic: Clinic, by: User, now: datetime.datetime) -> None:
    """Two canned replies, and a thread with Vera whose last words nobody has seen."""
    for title, text in READY.items():
        replies.add_reply(clinic=clinic, title=title, language="en", text=text, by=by, at=now)
    _thread(Patient.objects.get(clinic=clinic, name="Vera Stone"), by, now)
    _call(Patient.objects.get(clinic=clinic, name="Zola Adeyemi"), by, now)


def _thread(vera: Patient, cara: User, now: datetime.datetime) -> None:
    asked, answered = now - datetime.timedelta(hours=5), now - datetime.timedelta(hours=1)
    messages.send(
        patient=vera,
        text="Hello Vera, does your skin still feel warm in the evening?",
        asks_photo_of="face",
        client_id=uuid.uuid4(),
        by=cara,
        at=asked,
    )
    if vera.user:
        messages.open_messages(patient=vera, seen_to=asked, by=vera.user, at=answered)
        text = "It is less than yesterday. May I use my usual cream again?"
        messages.answer(patient=vera, text=text, client_id=uuid.uuid4(), by=vera.user, at=answered)


def _call(zola: Patient, cara: User, now: datetime.datetime) -> None:
    """Zola would like to be rung, and did not hear the phone."""
    if zola.user:
        asked, tried = now - datetime.timedelta(hours=3), now - datetime.timedelta(hours=2)
        wish = calls.ask(patient=zola, number=zola.phone, window=Call.Window.AFTERNOON, by=zola.user, at=asked)
        note = "Went to voicemail."
        calls.try_call(call=wish.call, outcome=CallTry.Outcome.NO_ANSWER, note=note, by=cara, at=tried)
