import datetime

from django.urls import path, register_converter

from journal.views import (
    approval,
    assigning,
    call,
    candidacy,
    care,
    clinic_care,
    diary,
    inbox,
    knowledge,
    looking,
    media,
    messages,
    patients,
    progress,
    replies,
    review,
    sessions,
    site,
    treatments,
    visit,
    welcome,
    worth,
)


class DateConverter:
    """A calendar date as YYYY-MM-DD; a date that does not exist is an address that does not exist."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> datetime.date:
        return datetime.date.fromisoformat(value)

    def to_url(self, value: datetime.date) -> str:
        return value.isoformat()


register_converter(DateConverter, "date")

app_name = "journal"
urlpatterns = [
    # the patient
    path("", diary.home, name="today"),
    path("log/", diary.log, name="log"),
    path("log/<date:on>/", diary.log, name="log_on"),
    path("entry/<uuid:entry_id>/", diary.result, name="entry"),
    path("timeline/", diary.timeline_latest, name="timeline_latest"),
    path("timeline/<uuid:treatment_id>/", diary.timeline, name="timeline"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("expected/", knowledge.expected, name="expected"),
    path("care/", care.care, name="care"),
    path("care/calendar.ics", care.calendar, name="care_calendar"),
    path("clinic/", diary.clinic, name="clinic"),
    path("clinic/photos/", diary.photo_consent, name="photo_consent"),
    path("call/", call.call, name="call"),
    path("messages/", messages.thread, name="messages"),
    path("invite/<str:token>/", welcome.invite, name="invite"),
    # the clinician
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/seen/", inbox.seen, name="inbox_seen"),
    path("flag/<uuid:flag_id>/", review.flag, name="flag"),
    path("flag/<uuid:flag_id>/assign/", assigning.assign, name="flag_assign"),
    path("review/<uuid:treatment_id>/", review.review, name="review"),
    path("calls/<uuid:call_id>/", call.call_try, name="call_try"),
    path("patients/", patients.patient_list, name="patients"),
    path("patients/new/", patients.create, name="patient_new"),
    path("patients/<uuid:patient_id>/", patients.patient, name="patient"),
    path("patients/<uuid:patient_id>/edit/", patients.edit, name="patient_edit"),
    path("patients/<uuid:patient_id>/invite/", patients.invite, name="patient_invite"),
    path("patients/<uuid:patient_id>/messages/", messages.patient_messages, name="patient_messages"),
    path("patients/<uuid:patient_id>/sessions/", sessions.patient_sessions, name="patient_sessions"),
    path("patients/<uuid:patient_id>/treatments/new/", treatments.new, name="treatment_new"),
    path("treatments/<uuid:treatment_id>/edit/", treatments.edit, name="treatment_edit"),
    path("treatments/<uuid:treatment_id>/questions/", candidacy.questions, name="treatment_questions"),
    path("treatments/<uuid:treatment_id>/day/", visit.day, name="treatment_day"),
    path("treatments/<uuid:treatment_id>/cancel/", treatments.cancel, name="treatment_cancel"),
    path("treatments/<uuid:treatment_id>/log/", treatments.log_for, name="log_for"),
    path("treatments/<uuid:treatment_id>/log/<date:on>/", treatments.log_for, name="log_for_on"),
    path("treatments/<uuid:treatment_id>/care/", care.treatment_care, name="treatment_care"),
    path("replies/", replies.clinic_replies, name="clinic_replies"),
    path("care-plan/", clinic_care.clinic_care, name="clinic_care"),
    path("yield/", worth.clinic_yield, name="clinic_yield"),
    path("rules/", approval.rules, name="rules"),
    path("rules/<str:version>/", approval.rules_of, name="rules_of"),
    path("rules/<str:version>/approve/", approval.rules_approve, name="rules_approve"),
    path("rules/<str:version>/withdraw/", approval.rules_withdraw, name="rules_withdraw"),
    path("rules/<str:version>/move/", approval.rules_move, name="rules_move"),
    # both
    path("photo/<str:token>/", media.photo, name="photo"),
    path("photo/<str:token>/<int:size>/", media.photo, name="photo_size"),
    path("photo/<str:token>/remove/", media.remove, name="photo_remove"),
    path("progress/<uuid:treatment_id>/<int:week>/", progress.progress, name="progress"),
    path("photos/<uuid:treatment_id>/", looking.film, name="film"),
    path("compare/", looking.compare, name="compare"),
    path("healthz", site.healthz, name="healthz"),
]
