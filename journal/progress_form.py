"""How goals are coming along, as a form: a question for each goal, none answered beforehand."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.models import Progress


class ProgressForm(forms.Form):
    """`goals` are labels by code, `said` what was answered for this week already. One may be left open, not all."""

    def __init__(self, posted: Any = None, *, goals: Mapping[str, str], said: Mapping[str, str]) -> None:
        super().__init__(posted, initial=dict(said))
        for code, label in goals.items():
            self.fields[code] = forms.ChoiceField(
                label=label,
                choices=Progress.Answer.choices,
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": gettext_lazy("Choose one of the four.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()):
            raise forms.ValidationError(_("Nothing was chosen. Choose one answer at least."))
        return cleaned

    def answers(self) -> dict[str, str]:
        """What was chosen, by the code of its goal."""
        return {code: answer for code, answer in self.cleaned_data.items() if answer}
