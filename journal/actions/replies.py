"""A clinic's canned replies. Add-only: with a change the old words are taken off and the new ones come beside them."""

import datetime

from django.db import transaction

from accounts.models import AccessEvent, Clinic, User
from journal.models import CannedReply

MOST = 40  # all of them stand beside each message that is written
STARTERS = {
    "Thank you": "Hello {name}, thank you for your entry. We have looked at it. Please go on as you do.",
    "This is expected": "Hello {name}, what you describe is expected on day {day}. It should get less from day to day. "
    "If it gets more, or you feel ill, call us: {phone}.",
    "Please send a photo": "Hello {name}, please add a new photo to today’s entry, in good light and without make-up. "
    "We will look at it when we are open.",
    "Keep it simple": "Please wash with lukewarm water, use only the cream we named to you, and stay out of the sun. "
    "Leave make-up and strong creams off for now.",
    "We would like to see you": "Hello {name}, we would like to see your skin. Please call us for a time: {phone}. "
    "If it gets worse before that, do not wait: {urgent_line}.",
    "We could not reach you": "Hello {name}, we tried to call you. Please call us back: {phone}. "
    "When we are closed, the urgent line is {urgent_line}.",
}


class TitleTaken(Exception):
    """There is a reply with this title in that language."""


class TooMany(Exception):
    """The clinic has as many replies as there may be."""


class AlreadyGone(Exception):
    """Somebody changed the reply first, or took it off the list."""


@transaction.atomic
def add_reply(*, clinic: Clinic, title: str, language: str, text: str, by: User, at: datetime.datetime) -> CannedReply:
    """Raises TitleTaken and TooMany."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    standing = clinic.canned_replies.standing()
    if standing.filter(title=title, language=language).exists():
        raise TitleTaken
    if standing.count() >= MOST:
        raise TooMany
    return CannedReply.objects.create(clinic=clinic, title=title, language=language, text=text, made_at=at, made_by=by)


@transaction.atomic
def edit_reply(*, reply: CannedReply, by: User, at: datetime.datetime, **said: str) -> CannedReply:
    """What it says from now on: title, language and text. Raises AlreadyGone and TitleTaken."""
    remove_reply(reply=reply, by=by, at=at)
    return add_reply(clinic=reply.clinic, **said, by=by, at=at)


@transaction.atomic
def remove_reply(*, reply: CannedReply, by: User, at: datetime.datetime) -> None:
    """Take it off the list; what was sent stays. Raises AlreadyGone."""
    if not CannedReply.objects.standing().filter(pk=reply.pk).update(removed_at=at):
        raise AlreadyGone
    AccessEvent.objects.record(by=by, verb="removed", target=reply, at=at)


@transaction.atomic
def start_replies(*, clinic: Clinic, by: User, at: datetime.datetime) -> int:
    """Six plain ones in English, where the clinic has none. Returns how many were added."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    if clinic.canned_replies.standing().exists():
        return 0
    for title, text in STARTERS.items():
        add_reply(clinic=clinic, title=title, language="en", text=text, by=by, at=at)
    return len(STARTERS)
