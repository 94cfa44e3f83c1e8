"""The patient's pages: today, write a day, what it means, look back."""

import datetime
from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import patient_required, reader_required
from accounts.headers import FORGET_PHOTOS
from accounts.http import AuthenticatedRequest
from accounts.models import Patient
from journal.actions import people
from journal.actions.opened import note_opened
from journal.models import Entry, Flag, Treatment
from journal.models.treatment import current
from journal.recovery.rows import LAST_DAY
from journal.recovery.scale import Tier
from journal.words import is_wish, may_read

from . import record
from .care_today import around
from .expected import expectation
from .late import next_look
from .outcome import ask_for_call, doors, findings_of, outcome
from .progress import so_far
from .receipts import Receipt, note_on, receipts_of
from .standing import prompts_of, standing_of
from .threads import post_of
from .wish import wish_of
from .writing import local_today, write

ASKED_AGAIN = datetime.timedelta(days=2)  # so long after a finding the patient is asked how it is now


def home(request: AuthenticatedRequest) -> HttpResponseBase:
    """`/`: today for a patient; staff go to where they work."""
    if request.user.is_patient:
        return today(request)
    return redirect("journal:inbox" if request.user.is_clinician else "admin:index")


@require_safe
@patient_required
def today(request: AuthenticatedRequest) -> HttpResponse:
    patient = request.user.patient
    treatments = list(patient.treatments.standing())
    on = local_today(patient, treatments, timezone.now())
    treatment = current(treatments, timezone.now())
    context: dict[str, object] = {"clinic": patient.clinic, "treatment": treatment, "on": on, "here": "today"}
    prefetch_related_objects([patient.clinic], "hours")  # asked twice
    flags = standing_of(patient, request.user, timezone.now())
    wish = wish_of(patient, flags, timezone.now())
    read = [flag for flag in flags if may_read(Tier(flag.tier), patient.clinic)]
    context |= prompts_of(request.user, patient.clinic, read, wish, timezone.now())
    context["doors"] = doors(patient.clinic, timezone.now())
    context["post"] = post_of(patient, request.user, treatment)
    context["wish"] = wish
    context["is_told"] = wish and any(is_wish(flag.finding()) for flag in read if flag.holds)
    if treatment:
        context |= _day_so_far(treatment, treatments, on)
        context["receipt"] = _receipt(treatment, on, flags)
        context |= around(request.user, treatment, treatments, on, [flag.tier for flag in flags])
        context["asked"] = context["asked"] or bool(context["prompt"])
    page = render(request, "journal/today.html", context)
    _note_opened(request, read)
    return page


def _note_opened(request: AuthenticatedRequest, flags: Iterable[Flag]) -> None:
    if request.method == "GET":
        note_opened(flags=flags, by=request.user, at=timezone.now())


def _day_so_far(treatment: Treatment, treatments: Sequence[Treatment], on: datetime.date) -> dict[str, object]:
    prefetch_related_objects([treatment], "entries")  # read once for all that follows
    day = treatment.day_of(on)
    written = {entry.on: entry for entry in treatment.entries.all()}
    # No day is asked for that counts from a date which was put off.
    look = None if treatment.put_off_at else next_look(treatment, day, treatments)
    again = _looks_again(treatment, on)
    daily = range(day if day <= LAST_DAY and not treatment.put_off_at else 0)
    return {
        "day": day,
        "entry": written.get(on),
        "takes": treatment.takes(on),
        "missed": [date for n in daily if (date := treatment.date_of(n)) not in written],
        "look": look,
        "again": again,
        "asked": day <= LAST_DAY or again or bool(look and look.due),
        "expectation": expectation(treatment, day) if day >= 0 else None,
    }


def _receipt(treatment: Treatment, on: datetime.date, flags: Iterable[Flag]) -> Receipt | None:
    """What became of the entry of a day. Flags that stand are enough: whoever closed one had the page before her."""
    entries = list(treatment.entries.all())
    entry = next((one for one in entries if one.on == on), None)
    return receipts_of(treatment, entries, flags)[entry.pk] if entry else None


def _looks_again(treatment: Treatment, on: datetime.date) -> bool:
    """Whether the latest entry before a date is no older than two days and told the patient of a finding."""
    latest = max((one for one in treatment.entries.all() if one.on < on), key=lambda one: one.on, default=None)
    return bool(latest and on - latest.on <= ASKED_AGAIN and findings_of(latest))


@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def log(request: AuthenticatedRequest, on: datetime.date | None = None) -> HttpResponse:
    """The day's entry form; with `Accept: application/json` the answer is JSON (design, section 5)."""
    return write(request, request.user.patient, on, template="journal/log.html", done="journal:entry")


@require_http_methods(["GET", "HEAD", "POST"])
@reader_required
def result(request: AuthenticatedRequest, entry_id: str) -> HttpResponse:
    """What an entry means, for the patient who wrote it; the clinic reads it in its course."""
    visible = Entry.objects.visible_to(request.user).select_related("treatment__patient__clinic")
    entry = get_object_or_404(visible, pk=entry_id)
    if not request.user.is_patient:
        return redirect(f"{entry.treatment.get_absolute_url()}#day-{entry.day}")
    if request.method == "POST":
        ask_for_call(entry, by=request.user, at=timezone.now())
        messages.success(request, _("Your clinic can see that you would like a call."))
        return redirect("journal:entry", entry.pk)
    shown = outcome(entry, timezone.now())
    page = render(request, "journal/entry.html", shown)
    _note_opened(request, [prompt.flag for prompt in shown["prompts"] if prompt.tells_all])
    return page


@require_safe
@patient_required
def timeline_latest(request: AuthenticatedRequest) -> HttpResponse:
    patient = request.user.patient
    treatments = list(patient.treatments.standing())
    treatment = current(treatments, timezone.now())
    if treatment is None:
        return render(request, "journal/timeline_none.html", {"clinic": patient.clinic, "here": "timeline"})
    return redirect(treatment)


@require_safe
@reader_required
def timeline(request: AuthenticatedRequest, treatment_id: str) -> HttpResponse:
    """One treatment's whole course, for the patient and for the clinic."""
    visible = Treatment.objects.visible_to(request.user).select_related("patient__clinic")
    treatment = get_object_or_404(visible, pk=treatment_id)
    record.note_look(request, treatment)
    # Nobody is reproached for a missed day: a patient reads of one only where it became a flag.
    now = timezone.now()
    missed_by = None if request.user.is_patient else now
    others = list(treatment.patient.treatments.standing().exclude(pk=treatment.pk))
    whole = record.read(treatment, missed_by)
    note_on(whole)
    context = {
        "treatment": treatment,
        "patient": treatment.patient,
        "clinic": treatment.patient.clinic,
        "record": whole,
        "others": others,
        "so_far": so_far(treatment, treatment.today(now), treatment.following(others)),
        "here": "timeline" if request.user.is_patient else "patients",
    }
    return render(request, "journal/timeline.html", context)


@require_safe
@patient_required
def clinic(request: AuthenticatedRequest) -> HttpResponse:
    """How to reach the clinic, what the journal is, and what was agreed to."""
    patient = request.user.patient
    context = {
        "patient": patient,
        "clinic": patient.clinic,
        "doors": doors(patient.clinic, timezone.now()),
        "hours": patient.clinic.hours.all(),
        "photos_agreed": patient.consents.standing().to_photos().first(),
        "here": "clinic",
    }
    return render(request, "journal/clinic.html", context)


@require_POST
@patient_required
def photo_consent(request: AuthenticatedRequest) -> HttpResponse:
    """Agree to photos, or take that back, which removes them."""
    patient: Patient = request.user.patient
    response = redirect("journal:clinic")
    if request.POST.get("photos") == "yes":
        people.give_photo_consent(patient=patient, at=timezone.now())
        messages.success(request, _("You can add photos from now on."))
    elif request.POST.get("photos") == "no" and request.POST.get("sure"):
        people.withdraw_photo_consent(patient=patient, at=timezone.now())
        messages.success(request, _("All your photos were removed. You can still write in your journal."))
        response["Clear-Site-Data"] = FORGET_PHOTOS
    else:
        messages.error(request, _("Nothing was changed. Tick the box first to remove your photos."))
    return response
