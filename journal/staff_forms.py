"""What a clinician fills in: a patient, a treatment."""

import datetime
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row
from django import forms
from django.conf.locale import LANG_INFO
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Clinic, Patient
from accounts.models.clinic import time_zones
from journal.actions.photos import NewPhoto
from journal.actions.treatments import FIELDS
from journal.care_forms import DepthField
from journal.models import Photo, Treatment
from journal.photo_inputs import PATIENCE, PhotoInput, measuring, photo_inputs, take
from journal.recovery import scale
from journal.words import goal_label

TONES = range(1, 11)
# Asked with the treatment; risk factors follow from the questions before it, products from what its day says.
ASKED = tuple(name for name in FIELDS if name not in ("risk_factors", "products"))
# A date outside these is a slip of the pen: the journal would wait for years, or count thousands of days.
LONGEST_AGO, LONGEST_AHEAD = datetime.timedelta(days=5 * 365), datetime.timedelta(days=365)


def laid_out(*layout: Any) -> FormHelper:
    """Fields of a form that the page itself wraps."""
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*layout)
    return helper


class PatientForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Patient
        fields = ("name", "birth_year", "phone", "language")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "birth_year": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        }
        error_messages = {
            "name": {"required": gettext_lazy("Write the patient’s name.")},
            "birth_year": {
                "required": gettext_lazy("Write the year of birth."),
                "invalid": gettext_lazy("Write the year with four digits, for example 1988."),
            },
            "phone": {"required": gettext_lazy("Write a phone number: it is how you reach the patient.")},
        }

    helper = laid_out("name", Row(Column("birth_year"), Column("language")), "phone")

    def __init__(self, *args: Any, clinic: Clinic, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        codes = [code.strip() for code in clinic.languages.split(",") if code.strip()]
        # A language the clinic no longer names stays the patient's until somebody changes it.
        if not self.instance._state.adding and self.instance.language not in codes:
            codes.append(self.instance.language)
        self.fields["language"] = forms.ChoiceField(
            label=gettext_lazy("Language"), choices=[(code, language_name(code)) for code in codes]
        )

    def clean_birth_year(self) -> int:
        year: int = self.cleaned_data["birth_year"]
        if year > self.today.year:
            raise forms.ValidationError(_("That year is still to come."))
        return year


def language_name(code: str) -> str:
    """What a language calls itself; a code nobody knows is its own name."""
    return str(LANG_INFO.get(code, {}).get("name_local", code)).capitalize()


@cache
def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(time_zones())]


class TreatmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A session, past or upcoming, and photos from before it where the patient has agreed to photos."""

    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Areas"),
        choices=lambda: [(code, _(label)) for code, label in scale.AREAS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one area.")},
    )
    goals_chosen = forms.MultipleChoiceField(
        label=gettext_lazy("Goals"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Some weeks later the patient is asked about each of them."),
    )
    skin_tone = forms.TypedChoiceField(
        label=gettext_lazy("Skin tone before treatment (Monk scale)"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=lambda: [*((str(tone), str(tone)) for tone in TONES), ("", _("Not said"))],
        widget=forms.RadioSelect,
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=_zones,
        help_text=gettext_lazy("Where the patient’s days begin and end."),
    )

    class Meta:
        model = Treatment
        fields: tuple[str, ...] = ASKED
        widgets = {
            "treated_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "depth_mm": forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            "session_number": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        }
        help_texts = {"depth_mm": gettext_lazy("Deepest needle length. Leave empty if not known.")}
        error_messages = {
            "treated_on": {
                "required": gettext_lazy("Write the date of the treatment."),
                "invalid": gettext_lazy("That is not a date. Write it as 2026-03-12."),
            },
        }
        field_classes = {"depth_mm": DepthField}

    def __init__(self, *args: Any, today: datetime.date, takes_photos: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.takes_photos = today, takes_photos
        self.photos: list[NewPhoto] = []
        self.fields["goals_chosen"].choices = list(self._goals().items())  # type: ignore[attr-defined]
        if takes_photos:
            inputs = [each for area in scale.AREAS for each in _before(area)]
            self.fields |= {each.name: _photo_field(each) for each in inputs}
            sure = forms.BooleanField(label=_("The photos were taken before the needles"), required=False)
            self.fields["taken_before"] = sure
        if self.instance.recorded_at:
            self.fields["treated_on"].help_text = _("If you change it, days are counted anew and compared again.")
        self.helper = laid_out(
            Row(Column("treated_on"), Column("session_number"), Column("modality")),
            Field("areas", template="clinic/_areas.html"),
            Row(Column("depth_mm"), Column("time_zone")),
            Field("goals_chosen", template="clinic/_checks.html"),
            "goals",
            Field("skin_tone", template="clinic/_tones.html"),
        )

    def _goals(self) -> dict[str, str]:
        """Goals to choose, by code. One that only another version of the protocol knows stays until it is taken off."""
        known = [goal.code for goal in self.instance.protocol.care.goals]
        return {code: goal_label(self.instance, code) for code in [*known, *self.instance.goals_chosen]}

    @cached_property
    def there(self) -> list[Photo]:
        """The patient's photos from before a treatment, of every session, as they were when this was first asked."""
        # Skin after the needles is no ghost for a photo from before; a cancelled session is held against nothing.
        standing = Treatment.objects.standing().filter(patient=self.instance.patient_id)
        return list(Photo.objects.filter(treatment__in=standing, baseline=True))

    @cached_property
    def photo_areas(self) -> dict[str, list[PhotoInput]]:
        """The file inputs of each area, with the patient's photos that theirs will be held against."""
        if not self.takes_photos:
            return {}
        kept = [photo for photo in self.there if photo.treatment_id == self.instance.pk]
        return {
            area: [replace(each, errors=self._said(each.name)) for each in _before(area, self.there, kept)]
            for area in scale.AREAS
        }

    @property
    def measuring(self) -> dict[str, Any]:
        return measuring(each for inputs in self.photo_areas.values() for each in inputs)

    def _said(self, name: str) -> list[str]:
        return [str(error) for error in self.errors.get(name, ())]

    def clean_treated_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["treated_on"]
        if not self.today - LONGEST_AGO <= on <= self.today + LONGEST_AHEAD:
            raise forms.ValidationError(_("Please check the year."))
        return on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        areas = cleaned.get("areas", ()) if self.takes_photos else ()
        inputs = [each for area in areas for each in _before(area) if cleaned.get(each.name)]
        until = time.monotonic() + PATIENCE
        for looked_at, each in enumerate(inputs):
            taken = take(each, cleaned[each.name], looked_at=looked_at, until=until)
            if isinstance(taken, NewPhoto):
                self.photos.append(taken)
            else:
                self.add_error(each.name, taken)
        on = cleaned.get("treated_on")
        if self.photos and on and on < self.today and not cleaned.get("taken_before"):
            sentence = _("Tick this if the photos were taken before the needles on %(date)s.")
            self.add_error("taken_before", sentence % {"date": date_format(on, "j F")})
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The values of a valid form, by the names of `ASKED`."""
        answers = {name: self.cleaned_data[name] for name in ASKED}
        # In the order of the page and each once, however they were sent.
        for name, codes in (("areas", scale.AREAS), ("goals_chosen", self._goals())):
            answers[name] = [code for code in codes if code in answers[name]]
        return answers


def _before(area: str, there: Sequence[Photo] = (), kept: Sequence[Photo] = ()) -> list[PhotoInput]:
    return photo_inputs("before", area, plain=f"before_{area}", there=there, kept=kept)


def _photo_field(each: PhotoInput) -> forms.FileField:
    return forms.FileField(
        label=_("Photo before treatment: %(photo)s") % {"photo": each.title},
        required=False,
        allow_empty_file=True,  # an empty one gets the sentence that all refused photos get
    )
