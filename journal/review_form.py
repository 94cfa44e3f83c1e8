"""What a clinician says of a case: seen, or closed and how; and why a closed flag is opened again."""

import datetime
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.models import Review
from journal.moments import MomentField, moment_of

MOST_FLAGS = 100  # named on one page: a patient has one for each rule
NOTE_LENGTH = 1000


class ShownField(forms.Field):
    """Flags as a page showed them: lines of an id and the moment it last fired, read to moments by id."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Sequence[str] | None) -> dict[uuid.UUID, datetime.datetime]:
        try:
            pairs = [line.split(" ") for line in (value or ())[:MOST_FLAGS]]
            return {uuid.UUID(key): moment_of(fired_at) for key, fired_at in pairs}
        except ValueError:
            raise forms.ValidationError(_("This page was sent back broken. Please open it again.")) from None


class WithOthers(forms.Form):
    """Flags that go with the one that the page is about. Whose they are is for the view to ask."""

    also = forms.TypedMultipleChoiceField(coerce=uuid.UUID, required=False)

    def allow(self, keys: Iterable[str]) -> None:
        """Name those that may be ticked."""
        self.fields["also"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str] | None:
        """What was ticked on a page that came back; None on a new one."""
        return set(self["also"].value() or ()) if self.is_bound else None


class ReviewForm(WithOthers):
    """How a case was dealt with; only closing asks for an outcome."""

    # When the page's flag last fired, as the page showed it: what fired since has not been seen.
    seen = MomentField(required=False)
    # Until when what came in was on the page; a line of a list sends none, for it is no whole timeline.
    page_at = MomentField(required=False)
    # The patient's other live flags on the page.
    shown = ShownField(required=False)

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=Review.Outcome.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Not reached: the patient stays in “Calls” until somebody has spoken with them."),
        error_messages={
            "required": gettext_lazy("Choose one, so that others know what was done."),
            "invalid_choice": gettext_lazy("Choose one of the list."),
        },
    )
    useful = forms.ChoiceField(
        label=gettext_lazy("Was this flag useful?"),
        choices=Review.Useful.choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the list.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the clinic"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The patient does not see it."),
    )

    def __init__(self, *args: Any, closing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.closing = closing
        self.fields["outcome"].required = closing or not self.is_bound
        named = self["shown"].value() or () if self.is_bound else ()
        self.allow(line.split(" ")[0] for line in named)  # of the flags that the page showed


class ReopenForm(WithOthers):
    """Why a closed flag waits again, and which of those that were closed with it do too."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it opened again?"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The patient does not see it."),
        error_messages={"required": gettext_lazy("Write why, so that others know what to look at.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allow(self["also"].value() or () if self.is_bound else ())
