"""Answering with bytes that never change: whole, in part, or not again (RFC 9110, sections 13 and 14)."""

import re

from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from accounts.http import AuthenticatedRequest

# One range: "0-499", "500-", or "-500" for the last ones. Several are answered with the whole, as is anything else.
ONE = re.compile(r"bytes=([0-9]{1,18})-([0-9]{0,18})|bytes=-([0-9]{1,18})")


class Unsatisfiable(Exception):
    """Nothing of what is there lies in the range that was asked for."""


def respond(request: AuthenticatedRequest, content: bytes, *, content_type: str, etag: str) -> HttpResponse:
    """The answer to a GET or HEAD for bytes whose strong ETag, in its quotes, is `etag`."""
    whole = HttpResponse(content, content_type=content_type)
    whole["ETag"], whole["Accept-Ranges"] = etag, "bytes"
    response = get_conditional_response(request, etag=etag, response=whole) or whole
    if response.status_code == 304 or (request.method == "HEAD" and response.status_code == 200):
        response["Content-Length"] = len(content)  # of the bytes, though none are sent
    if request.method == "HEAD":
        response.content = b""
    elif response.status_code == 200 and request.headers.get("If-Range", etag) == etag:
        _cut(response, request.headers.get("Range", ""))
    return response


def _cut(response: HttpResponse, wanted: str) -> None:
    """Leave the part of a whole answer that a Range header asks for."""
    length = len(response.content)
    try:
        part = _part(wanted, length)
    except Unsatisfiable:
        response.status_code, response.content = 416, b""
        response["Content-Range"] = f"bytes */{length}"
        return
    if part:
        response.status_code, response.content = 206, response.content[part.start : part.stop]
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{length}"


def _part(wanted: str, length: int) -> range | None:
    """The bytes that a Range header asks for; None where they are all of them. Raises Unsatisfiable."""
    asked = ONE.fullmatch(wanted.strip())
    if asked is None:
        return None
    first, last, ending = asked.groups()
    if ending is not None:
        part = range(max(0, length - int(ending)), length)
    elif last and int(last) < int(first):
        return None
    else:
        part = range(int(first), min(length, int(last) + 1) if last else length)
    if not part:
        raise Unsatisfiable
    return part
