"""What arrives before it is looked at: never under a name on our disk, and never more than a day's photos."""

from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.http import json_refusal, wants_json
from journal.models.photo import PER_DAY
from journal.photos import MAX_BYTES

LARGEST = PER_DAY * MAX_BYTES + 1_000_000  # bytes of a request: a day's photos, and the answers
HEARD_OUT = 5 * LARGEST  # a browser shows an answer only once it has sent all; past this it is no browser


class NamelessUploadHandler(FileUploadHandler):
    """Keeps an upload in a file without a name: a worker that is killed leaves no photo, and not where it was taken."""

    file: "UploadedFile[bytes]"

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        kept = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  # Django closes it with the request
        self.file = UploadedFile(kept, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def refuse_too_much(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a request larger than LARGEST is answered 413 before anything of it is kept."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) <= LARGEST:
            return get_response(request)
        _hear_out(request, int(length))
        sentence = _("This is too much to send at once. Send fewer photos, or smaller ones.")
        if wants_json(request):
            return json_refusal(413, "too_large", sentence)
        return render(request, "413.html", {"sentence": sentence}, status=413)

    return middleware


def _hear_out(request: HttpRequest, length: int) -> None:
    with suppress(UnreadablePostError):
        while length <= HEARD_OUT and request.read(1_000_000):
            pass
