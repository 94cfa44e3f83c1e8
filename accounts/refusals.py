"""How a refused request is told, as a page or as JSON."""

import codecs
from collections.abc import Callable

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotFound,
    HttpResponseServerError,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from .http import json_refusal, wants_json


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = _("This could not be read. Send fewer or smaller photos.")
    return json_refusal(400, "not_understood", sentence) if wants_json(request) else HttpResponseBadRequest(_page(400))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = _("There is nothing at this address.")
    return json_refusal(404, "not_found", sentence) if wants_json(request) else HttpResponseNotFound(_page(404))


def failed(request: HttpRequest) -> HttpResponse:
    sentence = _("Something went wrong here. Your entry was not saved: try again.")
    return json_refusal(500, "failed", sentence) if wants_json(request) else HttpResponseServerError(_page(500))


def _page(status: int) -> str:
    """Without the request: what cannot be read must not be read again to say so."""
    return render_to_string(f"{status}.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long, or in another sign-in. What was typed is one step back in the browser."""
    if wants_json(request):
        sentence = _("This form was open for too long. Open it again and send it once more.")
        return json_refusal(403, "form_too_old", sentence)
    return render(request, "403_csrf.html", status=403)


def refuse_nul(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no address, question or cookie of ours holds a NUL, and PostgreSQL fails on one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.path_info + request.META.get("QUERY_STRING", "") + request.META.get("HTTP_COOKIE", "")
        if "\0" in asked or "%00" in asked or "\\000" in asked:
            return bad_request(request, ValueError("NUL"))
        return get_response(request)

    return middleware


def refuse_charsets(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: our pages are UTF-8 and browsers answer in it. Other codecs make text that nothing can store."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.encoding and codecs.lookup(request.encoding).name != "utf-8":
            return bad_request(request, ValueError("charset"))
        return get_response(request)

    return middleware


def refuse_guesses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a browser that fetches a page in case somebody goes there has nobody before it.

    Our pages note who had what before them, so nothing may be read ahead; the browser asks again when it is needed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.headers.get("Sec-Purpose", "").startswith("prefetch"):
            return HttpResponse(status=503)
        return get_response(request)

    return middleware
