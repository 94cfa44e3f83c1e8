"""Joins the admin site, sign-in and the journal. Uploads are never mapped here."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# Without this the admin's own login page would let staff in with a password alone.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400, handler404 = "accounts.refusals.bad_request", "accounts.refusals.not_found"
handler500 = "accounts.refusals.failed"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("journal.urls")),
]
