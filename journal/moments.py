"""The moment of a page that a form sends back."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EARLIEST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
AHEAD = datetime.timedelta(days=1)  # clocks differ; what is later was made up


def moment_of(written: str) -> datetime.datetime:
    """A moment as pages write it, with its offset. ValueError where no page of ours can have written it."""
    try:
        moment = datetime.datetime.fromisoformat(written)
        if moment.tzinfo and EARLIEST <= moment <= timezone.now() + AHEAD:
            return moment
    except OverflowError:
        pass
    raise ValueError(written)


class MomentField(forms.Field):
    """When a page was made, or what it showed came in. Made-up moments are refused before a database meets them."""

    widget = forms.HiddenInput
    default_error_messages = {"invalid": _("This page was sent back broken. Please open it again.")}

    def to_python(self, value: Any) -> datetime.datetime | None:
        try:
            return moment_of(str(value)) if value else None
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
