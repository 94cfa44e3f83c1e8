"""The day's entry form from request to answer, for a patient and for a clinician who logs for one."""

import datetime
import json
import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import AuthenticatedRequest, json_refusal, wants_json
from accounts.models import Patient
from journal.actions import entries
from journal.actions.photos import NewPhoto
from journal.actions.photos import add as add_photos
from journal.forms import EntryForm
from journal.models import Photo, Treatment
from journal.models.treatment import DAY, current, governing
from journal.photo_inputs import hints_on
from journal.recovery.assess import tier_of

from .outcome import findings_of, sentences

# A script that keeps its page until the answer is in says so with this header. It is told where to go on, instead of
# being led there: it would fetch the page unseen, and what is told once would be told to nobody.
STAY = "Afterglow-Stay"
ABOUT_PHOTOS = "photos"  # messages with this tag wait until a page has said what is urgent


def local_today(patient: Patient, treatments: Sequence[Treatment], now: datetime.datetime) -> datetime.date:
    """The date at `now` where the patient's days are counted: the treatment's zone, or the clinic's before any."""
    treatment = current(treatments, now)
    if treatment is None:
        return now.astimezone(patient.clinic.zone).date()
    # A later session begins by its own clock: until then its date, and those after it, are still to come.
    today, following = treatment.today(now), treatment.following(treatments)
    return min(today, following - DAY) if following else today


def write(
    request: AuthenticatedRequest, patient: Patient, on: datetime.date | None, *, template: str, done: str
) -> HttpResponse:
    """Show the form for a day (today, if `on` is None), or take it in. `done` names the page to go on to."""
    form = _form(request, patient, on)
    if request.method != "POST":
        return _page(request, form, patient, template)
    if form.is_valid() and (answer := _save(request, form, done)):
        return answer
    if wants_json(request):
        return JsonResponse({"errors": form.errors, "photos_refused": form.refusals}, status=422)
    _keep_photos(request, form)
    return _page(request, form, patient, template, status=422)


def _form(request: AuthenticatedRequest, patient: Patient, on: datetime.date | None) -> EntryForm:
    treatments = list(patient.treatments.standing().select_related("patient__clinic"))
    today = local_today(patient, treatments, timezone.now())
    on = _posted_date(request) or on or today
    treatment = governing(treatments, on)
    entry = treatment.entries.filter(on=on).first() if treatment else None
    return EntryForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        treatments=treatments,
        today=today,
        on=on,
        entry=None if wants_json(request) else entry,
        takes_photos=patient.consents.standing().to_photos().exists(),
    )


def _posted_date(request: HttpRequest) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(request.POST.get("date", ""))
    except ValueError:
        return None


def _save(request: AuthenticatedRequest, form: EntryForm, done: str) -> HttpResponse | None:
    """The answer to a saved entry, or to a program whose entry was not; None where the form has to come back."""
    there = form.there if form.photos else []  # before these are among them
    try:
        saved = _submit(request, form)
    except entries.NoTreatment:
        form.add_error(None, _("Your clinic has taken the treatment of this day away. Call them before you write."))
        return None
    except entries.ChangedMeanwhile as changed:
        form.changed = changed.entry
        form.reopen_on(changed.entry)
        form.add_error(None, _("This day was changed after you opened this page. Look at both, then save again."))
        return None
    except entries.DayTaken:
        return json_refusal(409, "day_taken", _("This day was written on another device. Choose there which to keep."))
    except entries.OtherContent:
        return json_refusal(409, "other_content", _("This entry was sent before with other answers."))
    refusals = [*form.refusals, *saved.refusals]
    if wants_json(request):
        return _saved_as_json(saved, refusals)
    tell_refusals(request, refusals)
    if form.photos and not saved.refusals:  # these do not say which photos found no room
        tell_hints(request, form.photos, there)
    answer = redirect(done, saved.entry.pk)
    if STAY in request.headers:
        answer.status_code = 204
    return answer


def tell_refusals(request: HttpRequest, refusals: Sequence[str]) -> None:
    """Say how many photos were not kept, and for each one why, on a line of its own."""
    if refusals:
        number = len(refusals)
        counted = ngettext("%(number)s photo was not kept.", "%(number)s photos were not kept.", number)
        said = [counted % {"number": number}, *dict.fromkeys(refusals)]
        _tell_once(request, messages.WARNING, "\n".join(said))


def tell_hints(request: HttpRequest, photos: Sequence[NewPhoto], there: Sequence[Photo]) -> None:
    """Say what the phone says before it sends: a browser without scripts could not."""
    for sentence in hints_on(photos, there):
        _tell_once(request, messages.INFO, sentence)


def _tell_once(request: HttpRequest, level: int, sentence: str) -> None:
    """Say something about photos, unless it waits to be read already: the answer that told it may have been lost."""
    waiting = messages.get_messages(request)
    if sentence not in [str(message) for message in waiting]:
        messages.add_message(request, level, sentence, extra_tags=ABOUT_PHOTOS)
    if isinstance(waiting, BaseStorage):
        waiting.used = False


def _submit(request: AuthenticatedRequest, form: EntryForm) -> entries.Saved:
    as_json = wants_json(request)
    client_id = form.cleaned_data["client_id"] or uuid.uuid4()
    call = {
        "treatment": form.home,
        "on": form.cleaned_data["date"],
        "answers": form.answers(),
        "photos": form.photos,
        "may_correct": not as_json,
        "by": request.user,
        "at": timezone.now(),
    }
    try:
        return entries.save(client_id=client_id, based_on=form.seen, **call)
    except entries.OtherContent:
        if as_json:
            raise
        # Sent, then changed with the back button and sent again: a correction of what that form itself wrote.
        # Its id follows from its answers, so that a second press of it is one submission too.
        of_answers = uuid.uuid5(client_id, json.dumps(form.answers(), sort_keys=True))
        return entries.save(client_id=of_answers, based_on=str(client_id), **call)


def _saved_as_json(saved: entries.Saved, refusals: list[str]) -> JsonResponse:
    entry = saved.entry
    found = findings_of(entry)
    body = {
        "id": str(entry.pk),
        "url": reverse("journal:entry", args=[entry.pk]),
        "date": entry.on.isoformat(),
        "day": entry.day,
        "tier": tier_of(found).text,
        "findings": sentences(entry, found),
        "photos_refused": refusals,
    }
    return JsonResponse(body, status=201 if saved.new else 200)


def _keep_photos(request: AuthenticatedRequest, form: EntryForm) -> None:
    """The answers go back into the form by themselves; a browser forgets its files, so they are kept here."""
    if "date" not in form.cleaned_data or not form.treatment or not form.photos:
        tell_refusals(request, form.refusals)
        return
    there = form.there
    refusals = add_photos(
        treatment=form.treatment,
        on=form.cleaned_data["date"],
        photos=form.photos,
        by=request.user,
        at=timezone.now(),
    )
    del form.there  # these are among them now
    tell_refusals(request, [*form.refusals, *refusals])
    if not refusals:
        tell_hints(request, form.photos, there)


def _page(
    request: AuthenticatedRequest, form: EntryForm, patient: Patient, template: str, status: int = 200
) -> HttpResponse:
    on = form.initial["date"]
    context = {
        "form": form,
        "patient": patient,
        "clinic": patient.clinic,
        "treatment": form.treatment,
        "on": on,
        "earlier": _earlier(form),
        "here": "today" if request.user.is_patient else "patients",
    }
    return render(request, template, context, status=status)


def _earlier(form: EntryForm) -> list[tuple[datetime.date, int]]:
    """Dates one can switch to with their day numbers, latest first: from the first treatment on, two weeks at most."""
    days = []
    for n in range(15):
        on = form.today - datetime.timedelta(days=n)
        treatment = governing(form.treatments, on)
        if treatment and treatment.day_of(on) >= 0:
            days.append((on, treatment.day_of(on)))
    return days
