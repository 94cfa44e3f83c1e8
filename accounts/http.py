from django.http import HttpRequest

from .models import User


class AuthenticatedRequest(HttpRequest):
    """What a view gets once the middleware in `access.py` has let the sender in: `user` is somebody."""

    user: User


def wants_json(request: HttpRequest) -> bool:
    """True for the outbox and other programs, which must never take a page for an answer."""
    return "application/json" in request.headers.get("Accept", "")
