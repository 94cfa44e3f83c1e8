"""Our answers to the questions allauth asks: who may sign up, where links lead, how secrets are kept."""

import logging
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts begin with an invitation or an administrator, never with a form that anyone can open."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        # "Successfully signed in as ..." tells nobody anything, and a name to whoever looks over a shoulder.
        if "account/messages/logged_in.txt" not in args:
            super().add_message(request, level, *args, **kwargs)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Only who is signed in to an account confirms its address.

        Else a stranger, whose mailbox a mistyped address hit, could confirm it by the link alone, have a
        sign-in code sent there, and read a journal.
        """
        if request.user.pk != email_address.user_id:
            messages.info(request, _("Please sign in first. Then confirm your email address."))
            raise ImmediateHttpResponse(redirect_to_login(request.get_full_path()))
        return bool(super().confirm_email(request, email_address))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links lead to SITE_URL, whatever host the request named; a dead mail server stops no page."""
        links = {name: _on_our_site(link) for name, link in context.items() if name.endswith("_url")}
        us = {"current_site": {"name": "Afterglow", "domain": urlsplit(settings.SITE_URL).netloc}}
        try:
            super().send_mail(template_prefix, email, context | links | us)
        except OSError as error:  # SMTP errors too; their text names the address, so it stays out of the log
            log.error("The mail %s could not be sent: %s", template_prefix, type(error).__name__)


def _on_our_site(link: str) -> str:
    return f"{settings.SITE_URL}{urlsplit(link)._replace(scheme='', netloc='').geturl()}"


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second-factor secrets are of no use to whoever has only the database."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    """Locks with SECRET_KEY; opens with that or an earlier one, as signatures do."""
    keys = (salted_hmac("accounts.second_factor", "", key, algorithm="sha256").digest() for key in _secrets())
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
