"""What a clinician fills in around a session: the questions before it, and what its day was like."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.models import Candidacy, Visit
from journal.models.treatment import DEEPEST_MM, SHALLOWEST_MM
from journal.models.visit import FACTS, LONGEST

MINUTES = tuple(name for name in FACTS if name.endswith("minutes"))
OFFERED = ("numbing", "device", "serum")  # often the same from one session to the next


class _OneSentence(forms.Field):
    """Says whatever is wrong with a value in the same sentence: what to write."""

    sentence: Any

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            raise forms.ValidationError(self.sentence, code="invalid") from None


class MinutesField(_OneSentence, forms.IntegerField):
    sentence = gettext_lazy("Write whole minutes from 1 to 600, for example 45, or leave it empty.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"min_value": 1, "max_value": LONGEST})


class DepthField(_OneSentence, forms.DecimalField):
    """A needle length in mm, with a point or a comma."""

    sentence = gettext_lazy("Write the depth in mm from 0.1 to 5, for example 1.5, or leave it empty.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"min_value": SHALLOWEST_MM, "max_value": DEEPEST_MM})

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class QuestionsForm(forms.Form):
    """What is asked before a session, by code, and a decision that is the clinician's own.

    `stands`: codes of what was answered "yes" or "not known" before, or is on record. "All others: no" does not reach
    them, so that nothing known is lost by one tick. `said`: what was answered for this same session; else nothing is.
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

    def __init__(
        self, posted: Any = None, *, asks: Mapping[str, str], stands: Collection[str], said: Mapping[str, str]
    ) -> None:
        self.names = {code: f"ask_{code}" for code in asks}
        super().__init__(posted, initial={self.names[code]: said[code] for code in asks if code in said})
        self.stands = stands
        asked = {self.names[code]: _question(label) for code, label in asks.items()}
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
            self.add_error(self.names[code], _("This was yes or not known before. Please answer it by itself."))
        else:
            self.cleaned_data[self.names[code]] = Candidacy.Answer.NO.value

    def answers(self) -> dict[str, str]:
        """The answers of a valid form by code; what was not asked is not in it."""
        cleaned = self.cleaned_data
        return {code: cleaned[name] for code, name in self.names.items() if cleaned.get(name)}


def _question(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=Candidacy.Answer.choices, widget=forms.RadioSelect)


class VisitForm(forms.ModelForm):  # type: ignore[type-arg]
    """The day of a treatment. Each field may stay empty, not all.

    `is_correction`: the day was written down before, and may be emptied. `last`: the day of the session before, if
    known.
    """

    depth_mm = DepthField(
        label=gettext_lazy("Deepest needle length (mm)"),
        required=False,
        max_digits=3,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    cleaned = forms.BooleanField(label=gettext_lazy("The skin was cleaned"), required=False)

    # In the order of the page, which is that of the list of errors.
    field_order = ("cleaned", "numbing", "numbing_minutes", "depth_mm", "needling_minutes", "device")

    class Meta:
        model = Visit
        fields = FACTS
        widgets = {
            **dict.fromkeys(MINUTES, forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})),
            "note": forms.Textarea(attrs={"rows": 2}),
        }
        field_classes = dict.fromkeys(MINUTES, MinutesField)

    def __init__(
        self, posted: Any = None, *, initial: Mapping[str, Any], is_correction: bool, last: Visit | None
    ) -> None:
        super().__init__(posted, initial=dict(initial))
        self.is_correction = is_correction
        #: What to choose from, by the id of its list: never filled in by itself.
        self.last_time: dict[str, str] = {}
        if depth := initial.get("depth_mm"):
            said = _("On record: %(depth)s mm. If you empty it, the depth becomes unknown.")
            self.fields["depth_mm"].help_text = said % {"depth": depth}
        for name in OFFERED if last else ():
            if value := getattr(last, name):
                self._offer(name, value)

    def _offer(self, name: str, value: str) -> None:
        self.last_time[f"last_{name}"] = value
        self.fields[name].widget.attrs["list"] = f"last_{name}"
        self.fields[name].help_text = _("Last time: %(value)s") % {"value": value}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self._says_anything() and not (self.is_correction and self.has_changed()):
            raise forms.ValidationError(_("Nothing is written down yet. Fill in what you know, or go back."))
        return cleaned

    def _says_anything(self) -> bool:
        """Any fact, or a depth that is not just the one on record. One that is emptied tells nothing of the day."""
        depth = self.cleaned_data["depth_mm"] if "depth_mm" in self.changed_data else None
        return depth is not None or any(self.facts().values())

    def facts(self) -> dict[str, Any]:
        """The values of a valid form, by the names of `FACTS`. No tick is not written down, and never a no."""
        facts = {name: self.cleaned_data[name] for name in FACTS}
        return facts | {"cleaned": facts["cleaned"] or None}
