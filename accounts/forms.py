"""Forms of the sign-in pages, and the one that opens a journal."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from .models import User


class RequestCodeForm(allauth.RequestLoginCodeForm):  # type: ignore[misc]
    """Sends a sign-in code to confirmed addresses only: a mistyped one must not open somebody's journal.

    Others get the same answer, so that nobody learns who is a patient here.
    """

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if not EmailAddress.objects.is_verified(email):
            self._user = None
        return email


class ResetPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    """Lets in by mail, so to confirmed addresses only, as above."""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if not EmailAddress.objects.is_verified(email):
            self.users: list[User] = []
        return email


class InvitationForm(forms.Form):
    """What an invited patient fills in once."""

    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("You sign in with it. Check it twice: a wrong one locks you out."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={
            "required": _("Write your email address."),
            "invalid": _("This is not an email address."),
        },
    )
    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_(
            "At least 12 characters. Three or four words in a row are good. Not your address, not a common one."
        ),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )
    care = forms.BooleanField(
        label=_("I agree that my journal is kept and that my clinic can read it."),
        error_messages={"required": _("The journal needs this. Without it, close this page and call your clinic.")},
    )
    photos = forms.BooleanField(
        required=False,
        label=_("I also agree that my photos are kept and that my clinic can see them."),
        help_text=_("You can leave this out. The journal works without photos, and you can change it later."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned:
            try:
                validate_password(cleaned["password"], User(email=cleaned.get("email", "")))
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        return cleaned
