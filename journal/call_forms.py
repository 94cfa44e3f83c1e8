"""Asking to be rung, and writing down what came of it."""

import datetime
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from accounts.models.clinic import phone_validator
from journal.models import Call, CallTry
from journal.staff_forms import laid_out

NOON, FIVE = datetime.time(12), datetime.time(17)
# Parts of a day, as local times from and to.
PARTS = {
    Call.Window.MORNING: (datetime.time.min, NOON),
    Call.Window.AFTERNOON: (NOON, FIVE),
    Call.Window.EVENING: (FIVE, datetime.time.max),
}


def windows(clinic: Clinic, kept: str = "") -> list[tuple[str, str]]:
    """When a patient may ask to be rung: parts of the day in which her clinic is ever open, and one that she chose."""
    hours = clinic.opening.hours
    offered: Collection[str] = {
        window
        for window, (start, end) in PARTS.items()
        if not hours or any(opens < end and closes > start for _weekday, opens, closes in hours)
    }
    return [
        (window.value, str(window.label))
        for window in Call.Window
        if window in offered or window.value in (Call.Window.ANY, kept)
    ]


class WishForm(forms.Form):
    """At which number, and when."""

    number = forms.CharField(
        label=_("Phone number"),
        max_length=30,
        validators=[phone_validator],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Write the number to call you on.")},
    )
    window = forms.ChoiceField(
        label=_("When is good for you?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of the list.")},
    )

    def __init__(self, posted: Any = None, *, clinic: Clinic, number: str, window: str) -> None:
        super().__init__(posted, initial={"number": number, "window": window})
        self.fields["window"].choices = windows(clinic, kept=window)  # type: ignore[attr-defined]
        self.helper = laid_out("number", "window")


class TryForm(forms.Form):
    """What came of ringing."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=CallTry.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one, so that others know what was done."),
            "invalid_choice": _("Choose one of the list."),
        },
    )
    note = forms.CharField(
        label=_("Note for the clinic"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The patient does not see it."),
    )

    def __init__(self, posted: Any = None, *, call: Call) -> None:
        # Several stand on a page: each has names of its own.
        super().__init__(posted, auto_id=f"call-{call.pk}-%s")
        self.helper = laid_out("outcome", "note")
