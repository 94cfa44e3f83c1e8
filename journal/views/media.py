"""One photo, after asking who wants it. The only door to uploads."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import reader_required
from accounts.headers import FORGET_PHOTOS
from accounts.http import AuthenticatedRequest
from journal.actions import damage, photos
from journal.models import Photo
from journal.photos import SIZES

from .ranges import respond
from .record import note_photo


@require_safe
@reader_required
def photo(request: AuthenticatedRequest, token: str, size: int = SIZES[0]) -> HttpResponse:
    """The bytes of one size, or a picture of words in their place. Not yours and not there look the same."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Http404
    shown = get_object_or_404(Photo.objects.visible_to(request.user).select_related("treatment"), token=token)
    if size not in SIZES:
        raise Http404
    note_photo(request, shown)
    response = _picture(request, shown, size)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Vary"] = "Cookie"
    return response


def _picture(request: AuthenticatedRequest, shown: Photo, size: int) -> HttpResponse:
    """Never bytes that are not what was stored: each time they are read, they are compared."""
    if shown.damaged_at:
        return _damaged(request)
    try:
        content, checksum = damage.read(shown, size)
    except damage.Missing:
        return _damaged(request)
    except damage.Damaged:
        damage.mark(photo=shown, at=timezone.now())
        return _damaged(request)
    except damage.Unreadable:
        return _words(request, _("Not available now"), status=503)
    response = respond(request, content, content_type="image/jpeg", etag=f'"{checksum}"')
    # A patient's own browser may keep her photos until she signs out; a clinic's shared computer keeps none.
    kept = request.user.is_patient and response.status_code in (200, 206, 304)
    response["Cache-Control"] = "private, max-age=31536000, immutable" if kept else "no-store"
    response["Content-Disposition"] = 'inline; filename="photo.jpg"'
    return response


def _damaged(request: AuthenticatedRequest) -> HttpResponse:
    return _words(request, _("This photo is damaged"), status=410)


def _words(request: AuthenticatedRequest, words: str, *, status: int) -> HttpResponse:
    """A picture that says why there is no photo, for the place where one would be."""
    picture = render(request, "journal/no_photo.svg", {"words": words}, content_type="image/svg+xml", status=status)
    picture["Cache-Control"] = "no-store"
    return picture


@require_http_methods(["GET", "HEAD", "POST"])
@reader_required
def remove(request: AuthenticatedRequest, token: str) -> HttpResponse:
    """A patient takes one of her photos away, the clinic one that it took itself; first a look at which one."""
    shown = get_object_or_404(Photo.objects.visible_to(request.user).select_related("treatment"), token=token)
    if request.user.is_clinician and not shown.baseline:
        raise PermissionDenied
    back = _back(request, shown)
    if request.method == "POST":
        photos.remove(photo=shown, by=request.user, at=timezone.now())
        messages.success(request, _("The photo was removed."))
        response = HttpResponseRedirect(back)
        response["Clear-Site-Data"] = FORGET_PHOTOS
        return response
    here = "timeline" if request.user.is_patient else "patients"
    return render(request, "journal/photo_remove.html", {"photo": shown, "back": back, "here": here})


def _back(request: AuthenticatedRequest, shown: Photo) -> str:
    """The page of ours that led here, as its link says; the photo's course where it says nothing we would go to."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else shown.treatment.get_absolute_url()
