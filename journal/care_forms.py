"""What a clinician fills in around a session: the questions before it, and what its day was like."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.actions.visits import FACTS
from journal.models import Candidacy, Treatment, Visit
from journal.models.treatment import DEEPEST_MM, SHALLOWEST_MM
from journal.recovery.care import Concern

MINUTES = tuple(name for name in FACTS if name.endswith("minutes"))
WHOLE_MINUTES = gettext_lazy("Write whole minutes, for example 45, or leave it empty.")


class QuestionsForm(forms.Form):
    """The protocol's concerns, none answered beforehand, and a decision that is the clinician's own.

    `stands`: codes of concerns that were answered "yes" before, or are on record. "All others: no" does not reach
    them, so that nothing known is lost by one tick.
    """

    rest = forms.BooleanField(label=gettext_lazy("I asked all the others. The answer is no."), required=False)
    decision = forms.ChoiceField(
        label=gettext_lazy("Your decision"),
        choices=Candidacy.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one. Nothing is decided for you.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        min_length=3,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A few words. The patient does not see them."),
        error_messages={
            "required": gettext_lazy("Write why, in a few words."),
            "min_length": gettext_lazy("Write why, in a few words."),
        },
    )

    def __init__(self, *args: Any, concerns: Sequence[Concern], stands: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {concern.code: f"ask_{concern.code}" for concern in concerns}
        self.stands = stands
        asked = {self.names[concern.code]: _question(concern) for concern in concerns}
        self.fields = asked | self.fields  # in the order of the page, which is that of the list of errors

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        open_ones = [code for code, name in self.names.items() if name not in self.errors and not cleaned.get(name)]
        if cleaned.get("rest"):
            for code in open_ones:
                self._answer_no(code)
        elif len(open_ones) == len(self.names):
            self.add_error("rest", _("Answer the questions first, or tick this if you asked them all."))
        return self.cleaned_data

    def _answer_no(self, code: str) -> None:
        if code in self.stands:
            self.add_error(self.names[code], _("This was so before. Please answer it by itself."))
        else:
            self.cleaned_data[self.names[code]] = Candidacy.Answer.NO.value

    def answers(self) -> dict[str, str]:
        """The answers of a valid form by the code of their concern; what was not asked is not in it."""
        cleaned = self.cleaned_data
        return {code: cleaned[name] for code, name in self.names.items() if cleaned.get(name)}


def _question(concern: Concern) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_(concern.asks), required=False, choices=Candidacy.Answer.choices, widget=forms.RadioSelect
    )


class VisitForm(forms.ModelForm):  # type: ignore[type-arg]
    """The day of a treatment. Every field may stay empty."""

    depth_mm = Treatment._meta.get_field("depth_mm").formfield(
        label=gettext_lazy("Deepest needle length (mm)"),
        help_text="",
        min_value=SHALLOWEST_MM,
        max_value=DEEPEST_MM,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Write the depth in mm, for example 1.5, or leave it empty.")},
    )
    cleaned = forms.BooleanField(label=gettext_lazy("The skin was cleaned"), required=False)

    class Meta:
        model = Visit
        fields = FACTS
        widgets = {
            **dict.fromkeys(MINUTES, forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        error_messages = {name: {"invalid": WHOLE_MINUTES} for name in MINUTES}

    def facts(self) -> dict[str, Any]:
        """The values of a valid form, by the names of `FACTS`. No tick is not written down, and never a no."""
        facts = {name: self.cleaned_data[name] for name in FACTS}
        return facts | {"cleaned": facts["cleaned"] or None}
