"""What arrives before it is looked at: never under a name on our disk, and never more than a day's photos."""

import logging
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

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
FROM_STRANGERS = PER_DAY * 600_000 + 1_000_000  # photos made small on the phone, sent after the sign-in has ended
HEARD_OUT = 5 * LARGEST  # a browser shows an answer only once it has sent all; past this it is no browser

log = logging.getLogger(__name__)


class NamelessUploadHandler(FileUploadHandler):
    """Keeps an upload in a file without a name: a worker that is killed leaves no photo, and not where it was taken.

    What a full disk does not take arrives empty, and is refused as that: the answers beside it are kept.
    """

    file: "UploadedFile[bytes]"
    lost = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.lost = False
        try:
            kept: IO[bytes] = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115  # closed with the request
        except OSError as error:
            kept = self._nothing(error)
        self.file = UploadedFile(kept, self.file_name, self.content_type, 0, self.charset, self.content_type_extra)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.lost:
            return
        try:
            self.file.write(raw_data)
            self.file.flush()  # a full disk is noticed here, not by who reads it
        except OSError as error:
            with suppress(OSError):  # it still holds what did not fit
                self.file.close()
            self.file.file = self._nothing(error)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes]":
        self.file.seek(0)
        self.file.size = 0 if self.lost else file_size
        return self.file

    def _nothing(self, error: OSError) -> IO[bytes]:
        log.error("an upload was not kept: %s", error.strerror)
        self.lost = True
        return BytesIO()

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


def refuse_too_much(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a request larger than LARGEST is answered 413 before anything of it is kept.

    Whoever is not signed in may send less, and is not heard out: checking a form reads all of it to the disk.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        known = request.user.is_authenticated
        if not length.isdecimal() or int(length) <= (LARGEST if known else FROM_STRANGERS):
            return get_response(request)
        if known:
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
