"""One patient's case on one screen: everything needed to deal with a flag, or with a timeline without one."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from journal.models import Entry, Flag, Message, Treatment
from journal.models.protocol import protocol_of
from journal.recovery import wording
from journal.words import may_read

from . import receipts, record
from .assigning import colleagues
from .call import calls_of
from .changed import Changed, changed
from .following import beside_flag, beside_timeline
from .origin import origin
from .outcome import names_of
from .past import closed_with, past
from .presence import others_at, others_at_treatment
from .progress import so_far
from .since import News, last_seen, latest_on_page
from .then_and_now import rows
from .threads import thread_of
from .waiting import wait_of

COUNTED = 100  # messages of a patient, the newest
# What review.js does; each of them is a button, a link or a choice of the page too.
SEEN_KEY = ("s", gettext_lazy("Mark as seen"))
CLOSING_KEYS = (
    ("c", gettext_lazy("To the closing form")),
    ("1 – 6", gettext_lazy("What came of it")),
    ("y n u", gettext_lazy("Was it useful: yes, no, not sure")),
    ("Enter", gettext_lazy("Close the flag")),
)
KEYS = (
    ("r", gettext_lazy("Write to the patient")),
    ("j", gettext_lazy("Next case")),
    ("k", gettext_lazy("Case before")),
    ("i", gettext_lazy("Inbox")),
)


@dataclass(frozen=True, slots=True)
class Other:
    """Another live flag of the patient; its `why` is on the page where it is of the same session."""

    flag: Flag
    why: str


def case(treatment: Treatment, shown: Flag | None, user: User, now: datetime.datetime, address: str) -> dict[str, Any]:
    """What the page shows, in a fixed number of queries. `address` is the page's own, to come back to.

    `treatment` comes with its patient and clinic, and is the flag's where one is shown.
    """
    whole, patient, clinic = record.read(treatment, now), treatment.patient, treatment.patient.clinic
    # Read once for all that follows.
    prefetch_related_objects([treatment], "looks__by", "revisions", "progress")
    prefetch_related_objects(whole.flags, "assignments__by", "assignments__to")
    receipts.note_on(whole)
    looks, news = treatment.looks.all(), _news(treatment, user)
    live = [flag for flag in whole.flags if flag.is_live]
    new = changed(whole, last_seen(looks, whole.flags), news)
    may_be_seen = _may_be_seen(shown, whole, new)
    question = shown.values.get("question") if shown else None
    today = treatment.today(now)
    return (_about_flag(shown, live, user, now) if shown else _about_timeline(treatment, user, now)) | {
        "treatment": treatment,
        "patient": patient,
        "clinic": clinic,
        "day": shown.day if shown else treatment.day_of(today),
        "record": whole,
        # What is marked as seen: all that came in until then is on this page.
        "page_at": latest_on_page(whole, news) or now,
        "changed": new,
        "photos": rows(whole, shown.on if shown else None, user, now),
        "others": _others(whole, shown, user),
        "charts": sorted(whole.charts, key=lambda chart: chart.question != question),
        "entry": _entry_told_of(shown, whole),
        "past": past(whole.flags, looks),
        "closed_with": closed_with(shown, user) if shown else (),
        "so_far": so_far(treatment, today, treatment.following(patient.treatments.standing())),
        "thread": thread_of(patient, user, now=now, back=address, flag=shown, treatment=None if shown else treatment),
        "calls": calls_of(patient, now),
        "address": address,
        "may_be_seen": may_be_seen,
        "keys": _keys(shown, may_be_seen),
        "here": "inbox",
    }


def _news(treatment: Treatment, user: User) -> News:
    written = Message.objects.visible_to(user).filter(patient=treatment.patient_id, from_clinic=False)
    newest = list(written.order_by("-at")[:COUNTED])
    return News(newest, list(treatment.revisions.all()), list(treatment.progress.all()))


def _about_timeline(treatment: Treatment, user: User, now: datetime.datetime) -> dict[str, Any]:
    return {
        "presence": others_at_treatment(treatment.pk, user, now),
        "beside": beside_timeline(treatment, user),
    }


def _about_flag(shown: Flag, live: Sequence[Flag], user: User, now: datetime.datetime) -> dict[str, Any]:
    """Why, on what grounds, what the patient reads about it, and who deals with it and with those of its session."""
    finding, protocol = shown.finding(), protocol_of(shown.protocol_version)
    clinic, rule = shown.treatment.patient.clinic, protocol.rule(shown.rule)
    return colleagues(shown, user) | {
        "flag": shown,
        "why": wording.why(finding, protocol, _),
        "rule": rule,
        "origin": origin(protocol, rule, finding.values.get("raised_by", ())),
        "message": wording.message(finding, protocol, names_of(clinic), _) if may_read(finding.tier, clinic) else "",
        "wait": wait_of(live, clinic, now),
        "presence": others_at(shown, user, now),
        "beside": beside_flag(shown, user),
    }


def _may_be_seen(shown: Flag | None, whole: record.Record, new: Changed) -> bool:
    """Whether there is something to mark as seen that nobody did; nothing is marked on a flag that is closed."""
    if shown is None or not shown.is_live:
        return shown is None
    return not new.is_empty or any(flag.is_live and flag.latest_look is None for flag in whole.flags)


def _keys(shown: Flag | None, may_be_seen: bool) -> Sequence[tuple[str, Any]]:
    closing = CLOSING_KEYS if shown and shown.is_live else ()
    return (SEEN_KEY, *closing, *KEYS) if may_be_seen else (*closing, *KEYS)


def _others(whole: record.Record, shown: Flag | None, user: User) -> list[Other]:
    """The patient's other live flags, the most urgent first, those of this session with why."""
    live = Flag.objects.visible_to(user).live().by_urgency().filter(treatment__patient=whole.treatment.patient_id)
    others = live.exclude(pk=shown.pk) if shown else live
    return [Other(one, _why(one) if one.treatment_id == whole.treatment.pk else "") for one in others]


def _why(flag: Flag) -> str:
    return wording.why(flag.finding(), protocol_of(flag.protocol_version), _)


def _entry_told_of(shown: Flag | None, whole: record.Record) -> Entry | None:
    """The entry that a flag speaks of; of a silence the one before it. Without a flag the latest."""
    if shown is None:
        return next((day.entry for day in whole.days if day.entry), None)
    last = shown.values.get("last_day")
    on = shown.on if last is None else shown.treatment.date_of(last)
    return next((day.entry for day in whole.days if day.on == on), None)
