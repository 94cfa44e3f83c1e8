"""The pages of what a clinic and a patient write to each other."""

import datetime
import uuid

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import clinician_required, patient_required
from accounts.http import AuthenticatedRequest
from accounts.models import Patient
from journal.actions.messages import NotJoined, NotWrittenTo, TooMany, answer, open_messages, send
from journal.message_forms import AnswerForm, MessageForm
from journal.models import Flag, Message, Treatment

from . import record
from .outcome import doors
from .pages import named_in
from .patients import mine_or_404
from .places import back_to
from .threads import PER_PAGE, Thread, lines_of, thread_of


@require_http_methods(["GET", "HEAD", "POST"])
@clinician_required
def patient_messages(request: AuthenticatedRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The clinic's side of a thread. Reading marks nothing: seen is what somebody answered, or said that she saw."""
    mine, now = mine_or_404(request, patient_id), timezone.now()
    record.note_look(request, mine)
    if request.method == "POST":
        return _press(request, mine, now)
    return _page(request, _thread(request, mine, now))


def _thread(
    request: AuthenticatedRequest, mine: Patient, now: datetime.datetime, posted: QueryDict | None = None
) -> Thread:
    before = named_in(request, Message.objects.visible_to(request.user).filter(patient=mine))
    back = _back(request, mine)
    return thread_of(mine, request.user, now=now, back=back, posted=posted, most=PER_PAGE, before=before)


def _back(request: AuthenticatedRequest, mine: Patient) -> str:
    """The page of ours that was written from; the thread's own where it says nothing we would go to."""
    return back_to(request, default=reverse("journal:patient_messages", args=[mine.pk]))


def _page(request: AuthenticatedRequest, thread: Thread, status: int = 200) -> HttpResponse:
    context = {"thread": thread, "patient": thread.patient, "here": "patients"}
    return render(request, "clinic/messages.html", context, status=status)


def _press(request: AuthenticatedRequest, mine: Patient, now: datetime.datetime) -> HttpResponse:
    thread = _thread(request, mine, now, request.POST)
    if "pick" in request.POST:
        return _pick(request, thread, now)
    if "mark" in request.POST:
        return _mark(request, thread, now)
    if not thread.form.is_valid() or not _send(request, mine, thread.form, now):
        return _page(request, thread, status=422)
    messages.success(request, _("Sent. The patient finds it in the journal."))
    return redirect(thread.back)


def _pick(request: AuthenticatedRequest, thread: Thread, now: datetime.datetime) -> HttpResponse:
    """Without the script: the same page, with the words put after what was typed."""
    picked = next((one for one in thread.ready if str(one.reply.pk) == request.POST["pick"]), None)
    if picked is None:
        messages.error(request, _("That reply was taken off the list. Nothing was changed."))
        return _page(request, thread)
    posted = request.POST.copy()
    posted["text"] = "\n".join(filter(None, [request.POST.get("text", "").strip(), picked.text]))
    return _page(request, _thread(request, thread.patient, now, posted))


def _mark(request: AuthenticatedRequest, thread: Thread, now: datetime.datetime) -> HttpResponse:
    """Seen without an answer; an answer that was begun stays on the page."""
    form = thread.form
    form.is_valid()  # what was typed may be anything; only the moment counts here
    seen_to = form.cleaned_data.get("seen_to")
    if seen_to and open_messages(patient=thread.patient, seen_to=seen_to, by=request.user, at=now):
        messages.success(request, _("Marked as seen. The patient can see that."))
    else:
        messages.info(request, _("Somebody was first: all of it was seen already."))
    if request.POST.get("text", "").strip():
        return _page(request, _thread(request, thread.patient, now, request.POST))
    return redirect(thread.back)


def _send(request: AuthenticatedRequest, mine: Patient, form: MessageForm, now: datetime.datetime) -> bool:
    said = form.cleaned_data
    flags = Flag.objects.visible_to(request.user).filter(treatment__patient=mine).select_related("treatment")
    treatments = Treatment.objects.visible_to(request.user).filter(patient=mine)
    try:
        send(
            patient=mine,
            treatment=treatments.filter(pk=said["treatment"]).first(),
            flag=flags.filter(pk=said["flag"]).first(),
            text=said["text"],
            asks_photo_of=said["asks_photo_of"],
            client_id=said["client_id"],
            seen_to=said["seen_to"],
            by=request.user,
            at=now,
        )
    except NotJoined:
        messages.error(request, _("This patient has not joined yet, so nobody would read it. Please call."))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@patient_required
def thread(request: AuthenticatedRequest) -> HttpResponse:
    """The patient's side. What is on the page has been before her from then on."""
    patient, now = request.user.patient, timezone.now()
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _answer(request, patient, form, now):
        messages.success(request, _("Sent. Your clinic reads it when it is open."))
        return redirect("journal:messages")
    mine = Message.objects.visible_to(request.user).filter(patient=patient)
    lines = lines_of(patient, request.user, before=named_in(request, mine))
    if lines.seen_to and request.method != "HEAD":
        open_messages(patient=patient, seen_to=lines.seen_to, by=request.user, at=now)
    context = {
        "clinic": patient.clinic,
        "lines": lines,
        "form": form if mine.filter(from_clinic=True).exists() else None,
        "doors": doors(patient.clinic, now),
        "here": "clinic",
    }
    return render(request, "journal/messages.html", context, status=422 if form.errors else 200)


def _answer(request: AuthenticatedRequest, patient: Patient, form: AnswerForm, now: datetime.datetime) -> bool:
    try:
        answer(patient=patient, **form.cleaned_data, by=request.user, at=now)
    except NotWrittenTo:
        form.add_error(None, _("You can write here once your clinic has written to you. Please call."))
    except TooMany:
        form.add_error("text", _("You sent many messages within an hour. Please wait a little, or call."))
    return form.is_valid()
