"""The day's entry as a form: every answer optional, each refusal a sentence, photos kept apart from the answers."""

import datetime
import time
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.actions.photos import NewPhoto
from journal.models import Entry, Photo, Treatment
from journal.models.entry import COLDEST, HOTTEST, NOTE_LENGTH
from journal.models.treatment import governing
from journal.photo_inputs import PATIENCE, PhotoInput, measuring, photo_inputs, take
from journal.photos import turn_of
from journal.recovery import scale
from journal.words import SignGroup, sign_groups

NO_ENTRY = "none"


def score_choices(question: str) -> list[tuple[str, str]]:
    choices = [(str(score), _(word).capitalize()) for score, word in enumerate(scale.WORDS)]
    return [*choices, (scale.CANT_TELL, _("Can’t tell"))] if question == "redness" else choices


class ScoreField(forms.TypedChoiceField):
    """0 to 4 in words; nothing chosen is nothing answered."""

    def __init__(self, question: str) -> None:
        super().__init__(
            label=_(scale.QUESTION_LABELS[question]),
            choices=lambda: score_choices(question),
            coerce=lambda value: value if value == scale.CANT_TELL else int(value),
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            error_messages={"invalid_choice": _("Choose one of the tiles.")},
        )


class Celsius(forms.DecimalField):
    """Takes a decimal comma as well: a phone's number pad has the one key that its region uses."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(_fahrenheit(value) or error.messages[0]) from error


def _fahrenheit(value: Any) -> str:
    """A sentence for a number that is a body temperature on the other scale; empty for any other."""
    try:
        degrees = (Decimal(str(value).replace(",", ".")) - 32) * 5 / 9
        if not COLDEST <= degrees <= HOTTEST:
            return ""
    except ArithmeticError:
        return ""
    told = {"written": value, "celsius": f"{degrees:.1f}"}
    return _("%(written)s looks like Fahrenheit. That is %(celsius)s °C: write %(celsius)s.") % told


class Day(forms.DateField):
    """YYYY-MM-DD to the letter: what reads a date leniently would take 2026-3-2 too."""

    def strptime(self, value: str, format: str) -> datetime.date:
        if len(value) != len("YYYY-MM-DD"):
            raise ValueError(value)
        return super().strptime(value, format)


class EntryForm(forms.Form):
    date = Day(
        input_formats=["%Y-%m-%d"],
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("The day is missing. Open this page again from Today."),
            "invalid": gettext_lazy("That is not a date. Open this page again from Today."),
        },
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    # The latest submission that was on the page when it was opened, so that nobody overwrites what they have not seen.
    based_on = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    signs = forms.MultipleChoiceField(
        label=gettext_lazy("Signs"),
        required=False,
        choices=[(code, code) for code in scale.SIGNS],
        error_messages={"invalid_choice": gettext_lazy("One of the signs is not known here. Choose from the list.")},
    )
    signs_none = forms.BooleanField(label=gettext_lazy("None of these"), required=False)
    temperature_c = Celsius(
        label=gettext_lazy("Temperature in °C, if you took it"),
        required=False,
        max_digits=3,
        decimal_places=1,
        min_value=COLDEST,
        max_value=HOTTEST,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            name: gettext_lazy("Write the temperature in °C between 34 and 43, for example 37.5, or leave it empty.")
            for name in (
                "invalid",
                "min_value",
                "max_value",
                "max_digits",
                "max_decimal_places",
                "max_whole_digits",
            )
        },
    )
    worried = forms.BooleanField(label=gettext_lazy("Please call me"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": gettext_lazy("The note is too long: %(show_value)s letters, the most is %(limit_value)s.")
        },
    )

    def __init__(
        self,
        data: Any = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        treatments: Iterable[Treatment],
        today: datetime.date,
        on: datetime.date,
        entry: Entry | None = None,
        takes_photos: bool = False,
    ) -> None:
        super().__init__(data, files, initial=self._initial(on, entry))
        self.fields |= {question: ScoreField(question) for question in scale.QUESTIONS}
        self.treatments, self.today, self.entry, self.takes_photos = (
            list(treatments),
            today,
            entry,
            takes_photos,
        )
        self.treatment = governing(self.treatments, on)
        self.photos: list[NewPhoto] = []
        self.refusals: list[str] = []
        self.changed: Entry | None = None  # how the day stands, where somebody wrote to it meanwhile
        self.helper = self._layout()

    @staticmethod
    def _initial(on: datetime.date, entry: Entry | None) -> dict[str, Any]:
        initial: dict[str, Any] = {"date": on, "client_id": uuid.uuid4()}
        initial["based_on"] = entry.latest_client_id() if entry else NO_ENTRY
        if entry:
            initial |= {question: getattr(entry, question) for question in scale.QUESTIONS}
            initial |= {name: getattr(entry, name) for name in ("signs", "temperature_c", "worried", "note")}
            initial["signs_none"] = entry.signs_answered and not entry.signs
            if entry.redness_cant_tell:
                initial["redness"] = scale.CANT_TELL
        return initial

    def _layout(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.form_show_errors = False, True, False
        tiles = [Field(question, template="journal/_tiles.html") for question in scale.QUESTIONS]
        helper.layout = Layout(
            "date",
            "client_id",
            "based_on",
            *tiles,
            Field("signs", template="journal/_signs.html"),
            HTML("{% include 'journal/_extras.html' %}"),
        )
        return helper

    @property
    def home(self) -> Treatment:
        """The treatment that the date belongs to; a valid form has one."""
        if self.treatment is None:
            raise ValueError("ask a valid form only")
        return self.treatment

    @property
    def day(self) -> int:
        return self.treatment.day_of(self.initial["date"]) if self.treatment else 0

    @property
    def sign_groups(self) -> list[SignGroup]:
        ticked = self.chosen_signs | ({"fever"} if self["temperature_c"].value() else set())
        return sign_groups(self.day, ticked)

    @property
    def chosen_signs(self) -> set[str]:
        return set(self["signs"].value() or [])

    @property
    def is_danger(self) -> bool:
        """A sign is ticked that must not wait for the rest of the form."""
        return any(group.is_danger and group.opened for group in self.sign_groups)

    @cached_property
    def there(self) -> list[Photo]:
        """The photos of the treatment, as they were when this was first asked."""
        return list(self.treatment.photos.all()) if self.treatment else []

    @property
    def kept(self) -> list[Photo]:
        """The photos that the day has already."""
        return [photo for photo in self.there if photo.on == self.initial["date"] and not photo.baseline]

    @cached_property
    def photo_areas(self) -> dict[str, list[PhotoInput]]:
        """The file inputs of each treated area, with what their photos will be held against."""
        return self._photo_inputs(self.there, self.kept)

    @property
    def told_of_photos(self) -> bool:
        """Photos were kept or refused while the rest of the form was not taken."""
        return bool(self.photos or self.refusals)

    @property
    def measuring(self) -> dict[str, Any]:
        return measuring(each for inputs in self.photo_areas.values() for each in inputs)

    def _photo_inputs(self, there: Sequence[Photo] = (), kept: Sequence[Photo] = ()) -> dict[str, list[PhotoInput]]:
        areas = self.treatment.areas if self.treatment and self.takes_photos else []
        plain = {area: "photos" if area == self.photos_of else f"photos_{area}" for area in areas}
        return {area: photo_inputs("photos", area, plain=plain[area], there=there, kept=kept) for area in areas}

    @property
    def photos_of(self) -> str:
        """The area whose photos of no view are named `photos`: the first one when the page was opened."""
        areas = self.treatment.areas if self.treatment else []
        opened_with: str = self.data.get("photos_of", "")
        return opened_with or next(iter(areas), "")

    def clean_date(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["date"]
        treatment = governing(self.treatments, on)
        if treatment is None:
            raise forms.ValidationError(_("There is no treatment to log for yet. Ask your clinic to record it."))
        if on > self.today:
            raise forms.ValidationError(_("That day is still to come. Choose today or a day before."))
        if not treatment.takes(on):
            raise forms.ValidationError(_("That day is too long before your treatment. Choose a later day."))
        self.treatment = treatment
        return on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "date" in cleaned and self.files:
            with turn_of(self.home.patient_id) as mine:
                self._clean_photos(PATIENCE if mine else 0)
        if cleaned.get("signs") and cleaned.get("signs_none"):
            self.add_error("signs", _("You ticked a sign and also “None of these”. Take one of the two away."))
        if self.entry and self.entry.signs and "signs" in cleaned and not (cleaned["signs"] or cleaned["signs_none"]):
            self.add_error("signs", _("You took every sign away. Tap “None of these” if that is right."))
        if not self.errors and not self.answers() and not self.photos:
            self.add_error(None, _("Nothing is filled in yet. Answer at least one question, or add a photo."))
        return cleaned

    def _clean_photos(self, seconds: int) -> None:
        """Clean each upload by itself: one that is refused takes nothing else with it."""
        until = time.monotonic() + seconds
        inputs = [each for inputs in self._photo_inputs().values() for each in inputs]
        for input, upload in ((each, upload) for each in inputs for upload in self.files.getlist(each.name)):
            taken = take(input, upload, looked_at=len(self.photos) + len(self.refusals), until=until)
            if isinstance(taken, NewPhoto):
                self.photos.append(taken)
            else:
                self.refusals.append(f"{input.title}: {taken}")
        if not self.takes_photos:
            self.refusals.append(_("You have not agreed to photos. You can do that on the Clinic page."))
        elif self.files.keys() - {each.name for each in inputs}:
            self.refusals.append(
                _("The treated areas were changed after you opened this page. Please add your photos once more.")
            )

    @property
    def seen(self) -> str | None:
        """The latest submission that the sender has seen, "" for none; None where the sender does not say."""
        based_on: str = self.cleaned_data.get("based_on", "")
        return "" if based_on == NO_ENTRY else based_on or None

    def reopen_on(self, entry: Entry) -> None:
        """Show the same answers again, now on top of the entry as it stands."""
        now = {"based_on": entry.latest_client_id(), "client_id": str(uuid.uuid4())}
        posted = MultiValueDict({name: self.data.getlist(name) for name in self.data})  # type: ignore[attr-defined]
        self.data = MultiValueDict({**posted, **{name: [value] for name, value in now.items()}})

    def answers(self) -> dict[str, Any]:
        """What was answered, JSON-safe; what was left out is not in it."""
        cleaned = self.cleaned_data
        answers = {name: cleaned[name] for name in scale.QUESTIONS if cleaned.get(name) is not None}
        if cleaned.get("signs") or cleaned.get("signs_none"):
            answers["signs"] = sorted(cleaned["signs"])
        if cleaned.get("worried"):
            answers["worried"] = True
        return answers | self._texts(cleaned)

    def _texts(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Note and temperature; emptied while correcting an entry, they are taken back."""
        texts: dict[str, Any] = {}
        temperature: Decimal | None = cleaned.get("temperature_c")
        if temperature is not None:
            texts["temperature_c"] = str(temperature)
        elif self.entry and self.entry.temperature_c is not None and "temperature_c" in self.data:
            texts["temperature_c"] = None
        note = cleaned.get("note", "").strip()
        if note or (self.entry and self.entry.note and "note" in self.data):
            texts["note"] = note
        return texts
