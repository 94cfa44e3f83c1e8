"""Times on pages are the clinic's, because that is where the phone rings and the days are counted."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .models import Clinic, Patient, User


def clinic_time(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: show times in the zone of the signed-in person's clinic; UTC for those without one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        clinic = _clinic_of(request.user) if isinstance(request.user, User) else None
        with timezone.override(clinic.zone if clinic else None):
            return get_response(request)

    return middleware


def _clinic_of(user: User) -> Clinic | None:
    if not user.is_patient:
        return user.clinic
    patient: Patient | None = getattr(user, "patient", None)  # kept on the user, for the view to find
    return patient.clinic if patient else None
