"""Which timelines a clinician has looked at, as a list of ticks."""

import datetime
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from journal.actions.looks import Shown
from journal.models import Treatment
from journal.moments import moment_of

MOST = 50  # lines of a page


class TickedField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Lines, each "<id> <moment>" as `views.lines.Unseen.tick` says; cleaned to timelines with their moments."""

    def clean(self, value: Any) -> Any:
        pairs = [str(one).partition(" ") for one in value or ()]
        try:
            keys = [str(uuid.UUID(key)) for key, _space, _moment in pairs]
        except ValueError:  # told like a line that is gone
            raise forms.ValidationError(self.error_messages["invalid_choice"]) from None
        moments = dict(zip(keys, (self._moment(said) for _key, _space, said in pairs), strict=True))
        return [(treatment, moments[str(treatment.pk)]) for treatment in super().clean(keys)]

    def _moment(self, said: str) -> datetime.datetime:
        try:
            return moment_of(said)
        except ValueError:
            raise forms.ValidationError(self.error_messages["no_moment"]) from None


class SeenForm(forms.Form):
    """Ticked lines, each with the moment of the newest thing it showed: what came in after that was not seen."""

    def __init__(self, *args: Any, treatments: QuerySet[Treatment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["treatments"] = TickedField(
            queryset=treatments.select_related("patient"),
            widget=forms.MultipleHiddenInput,
            error_messages={
                "required": _("Tick the lines that you have looked at."),
                "invalid_choice": _("One of the lines is not on your list any more. Please look again."),
                "no_moment": _("This page was not sent whole. Please look at the list again, then mark it."),
            },
        )

    def clean_treatments(self) -> list[Shown]:
        """Refuses more than a page: nobody has looked at those."""
        ticked: list[Shown] = self.cleaned_data["treatments"]
        if len(ticked) > MOST:
            raise forms.ValidationError(_("Mark at most 50 at a time."))
        return ticked
