"""What every answer tells the browser: keep nothing, let nobody embed it, and forget all at sign-out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

HEADERS = {
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORGET_PHOTOS = '"cache"'  # Clear-Site-Data: a patient's browser may keep her photos until then
SIGN_OUT = ("account_logout", "admin:logout")


def privacy_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Set the headers above where a view did not set its own (a photo does; static files never come here)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if (
            signed_in
            and request.method == "POST"
            and request.path in map(reverse, SIGN_OUT)
            and response.status_code < 400
        ):
            # Photos a patient's browser may keep, and the outbox: the next person here finds neither.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware
