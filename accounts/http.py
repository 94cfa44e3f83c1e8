from django.http import HttpRequest, JsonResponse

from .models import User


class AuthenticatedRequest(HttpRequest):
    """What a view gets once the middleware in `access.py` has let the sender in: `user` is somebody."""

    user: User


def wants_json(request: HttpRequest) -> bool:
    """True for the outbox and other programs, which must never take a page for an answer."""
    return "application/json" in request.headers.get("Accept", "")


def json_refusal(status: int, reason: str, sentence: str) -> JsonResponse:
    """What a program gets instead of a page: `reason` to act on, a sentence to show."""
    return JsonResponse({"reason": reason, "error": sentence}, status=status)
