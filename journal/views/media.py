"""One photo, after asking who wants it. The only door to uploads."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import reader_required
from accounts.http import AuthenticatedRequest
from journal.actions import photos
from journal.models import Photo
from journal.photos import SIZES

from .record import note_look

THUMBNAIL = 320  # up to here a photo is part of a page, whose look is noted already


@require_safe
@reader_required
def photo(request: AuthenticatedRequest, token: str, size: int = SIZES[0]) -> HttpResponseBase:
    """The bytes of one size. Not yours and not there look the same from outside."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Http404
    shown = get_object_or_404(Photo.objects.visible_to(request.user), token=token)
    if size not in SIZES:
        raise Http404
    if size > THUMBNAIL:
        note_look(request, shown)
    try:
        response = FileResponse(default_storage.open(photos.path_of(shown.token, size)), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None
    # A patient's own browser may keep her photos until she signs out; a clinic's shared computer keeps none.
    response["Cache-Control"] = "private, max-age=31536000, immutable" if request.user.is_patient else "no-store"
    response["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Vary"] = "Cookie"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@reader_required
def remove(request: AuthenticatedRequest, token: str) -> HttpResponse:
    """A patient takes one of her photos away, the clinic one that it took itself; first a look at which one."""
    shown = get_object_or_404(Photo.objects.visible_to(request.user).select_related("treatment"), token=token)
    if request.user.is_clinician and not shown.baseline:
        raise PermissionDenied
    if request.method == "POST":
        photos.remove(photo=shown, by=request.user, at=timezone.now())
        messages.success(request, _("The photo was removed."))
        return redirect(shown.treatment)
    here = "timeline" if request.user.is_patient else "patients"
    return render(request, "journal/photo_remove.html", {"photo": shown, "here": here})
