"""A patient's wish to be rung: asked for, corrected, tried, done."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Call, CallTry, Flag, Notice, Review

AN_HOUR = datetime.timedelta(hours=1)
MOST_AN_HOUR = 5  # new wishes: each is a mail to the clinic
# What the outcome of a review says of a call that its flag asked for. All but "no answer" end the call.
SAID_BY = {
    Review.Outcome.REASSURED: CallTry.Outcome.SPOKEN,
    Review.Outcome.ADVISED: CallTry.Outcome.SPOKEN,
    Review.Outcome.SEEN: CallTry.Outcome.SPOKEN,
    Review.Outcome.REFERRED: CallTry.Outcome.SPOKEN,
    Review.Outcome.NOT_REACHED: CallTry.Outcome.NO_ANSWER,
    Review.Outcome.ENTERED_IN_ERROR: CallTry.Outcome.NOT_NEEDED,
}


class TooMany(Exception):
    """The patient asked, and took it back, as often within the hour as there may be."""


class AlreadyClosed(Exception):
    """Somebody else was first; `.call` is how it stands now."""

    def __init__(self, call: Call) -> None:
        super().__init__(call.pk)
        self.call = call


@dataclass(frozen=True, slots=True)
class Asked:
    call: Call
    corrected: bool  # one was open already: it has another number or time now, and waits as long as before


@transaction.atomic
def ask(
    *, patient: Patient, number: str, window: str, flag: Flag | None = None, by: User, at: datetime.datetime
) -> Asked:
    """Ask to be rung; asking again corrects the call that is open. Without `flag` it is of the one that says so.

    Raises TooMany.
    """
    Patient.objects.select_for_update().get(pk=patient.pk)
    flag = flag or _worry_of(patient)
    call = _open_of(patient)
    if call is None:
        if patient.calls.filter(asked_at__range=(at - AN_HOUR, at)).count() >= MOST_AN_HOUR:
            raise TooMany
        return Asked(_begin(patient, number, window, flag, by, at), corrected=False)
    call.number, call.window = number, window
    call.flag = flag or call.flag
    call.save(update_fields=["number", "window", "flag"])
    return Asked(call, corrected=True)


@transaction.atomic
def ask_with_entry(*, patient: Patient, by: User, at: datetime.datetime) -> None:
    """An entry says "please call me". A call that is open keeps its number and time; else it is her usual number."""
    Patient.objects.select_for_update().get(pk=patient.pk)
    flag = _worry_of(patient)
    call = _open_of(patient)
    if call is None:
        _begin(patient, patient.phone, Call.Window.ANY, flag, by, at)
    elif flag and not (call.flag and call.flag.is_live):
        call.flag = flag
        call.save(update_fields=["flag"])


def _open_of(patient: Patient) -> Call | None:
    return Call.objects.live().select_for_update(of=("self",)).select_related("flag").filter(patient=patient).first()


def _worry_of(patient: Patient) -> Flag | None:
    """The live flag that says of her that she would like a call."""
    return Flag.objects.live().by_urgency().filter(treatment__patient=patient, values__worried=True).first()


def _begin(patient: Patient, number: str, window: str, flag: Flag | None, by: User, at: datetime.datetime) -> Call:
    call = Call.objects.create(
        patient=patient, clinic_id=patient.clinic_id, flag=flag, number=number, window=window, asked_at=at, asked_by=by
    )
    # A flag that was raised by the same press has a notice of its own: one mail is enough.
    if flag is None or flag.waits_since != at:
        Notice.objects.create(clinic_id=patient.clinic_id, call=call, kind=Notice.Kind.ASKED, created_at=at)
    return call


@transaction.atomic
def try_call(*, call: Call, outcome: str, note: str = "", by: User, at: datetime.datetime) -> CallTry:
    """Write down what came of ringing. "No answer" leaves the call open. Raises AlreadyClosed."""
    standing = Call.objects.select_for_update().get(pk=call.pk)
    if standing.closed_at:
        raise AlreadyClosed(standing)
    if outcome in CallTry.CLOSING:
        standing.closed_at = at
        standing.save(update_fields=["closed_at"])
    return CallTry.objects.create(call=standing, outcome=outcome, note=note, at=at, by=by)


def cancel(*, call: Call, by: User, at: datetime.datetime) -> CallTry:
    """The patient no longer needs to be rung. Raises AlreadyClosed."""
    return try_call(call=call, outcome=CallTry.Outcome.NOT_NEEDED, by=by, at=at)


@transaction.atomic
def close_with(*, flags: Collection[Flag], outcome: str, by: User, at: datetime.datetime) -> None:
    """Flags were closed with an outcome (`Review.Outcome`): the open calls that came of them get what it says of them.

    For the action that closes flags; one that somebody else ended meanwhile stays as it is. Who was not reached waits
    for a call, whether she asked for one or not.
    """
    if outcome == Review.Outcome.NOT_REACHED:
        waiting = [_still_to_ring(next(iter(flags)), by, at)]
    else:
        waiting = list(Call.objects.live().select_for_update().filter(flag__in=flags))
    for call in waiting:
        try_call(call=call, outcome=SAID_BY[Review.Outcome(outcome)], by=by, at=at)


def _still_to_ring(flag: Flag, by: User, at: datetime.datetime) -> Call:
    """The patient's open call, or one that the clinic begins itself: nobody has to be told of what they do."""
    patient = flag.treatment.patient
    return _open_of(patient) or Call.objects.create(
        patient=patient, clinic_id=patient.clinic_id, flag=flag, number=patient.phone, asked_at=at, asked_by=by
    )
