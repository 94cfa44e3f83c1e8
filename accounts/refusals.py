"""How a refused request is told, as a page or as JSON."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .http import wants_json


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long, or in another sign-in. What was typed is one step back in the browser."""
    if wants_json(request):
        sentence = _("This form was open for too long. Open it again and send it once more.")
        return JsonResponse({"reason": "form_too_old", "error": sentence}, status=403)
    return render(request, "403_csrf.html", status=403)
