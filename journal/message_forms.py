"""What a clinic and a patient write to each other, and the clinic's canned replies."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Clinic
from journal.models import CannedReply
from journal.models.message import MESSAGE_LENGTH, VARIABLES, in_braces, named_in_braces
from journal.moments import MomentField
from journal.recovery import scale
from journal.staff_forms import language_name


class Words(forms.CharField):
    """Several lines. A browser sends the end of a line as two letters; it counts as the one that was typed."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        box = forms.Textarea(attrs={"rows": rows, "class": "form-control"})
        sentences = {
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("This is too long: %(show_value)s letters, the most is %(limit_value)s."),
        }
        kwargs.setdefault("help_text", format_lazy(gettext_lazy("Up to {most} letters."), most=MESSAGE_LENGTH))
        super().__init__(max_length=MESSAGE_LENGTH, widget=box, error_messages=sentences, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without `maxlength`: a browser would cut what is pasted, and say nothing."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise forms.ValidationError(_("One letter in it cannot be kept. Please type it again."))
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class AnswerForm(forms.Form):
    """The patient's."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = Words(label=gettext_lazy("Your message"), rows=4)


class MessageForm(forms.Form):
    """The clinic's: words, a wish for a photo, or both."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    # When the newest of what waited on the page was written: what came after it has not been seen.
    seen_to = MomentField(required=False)
    # What the message is about, where it is written from a page about one.
    flag = forms.UUIDField(widget=forms.HiddenInput, required=False)
    treatment = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = Words(label=gettext_lazy("Message to the patient"), required=False, rows=4)
    asks_photo_of = forms.ChoiceField(
        label=gettext_lazy("Ask for a photo of"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the treated areas.")},
    )

    def __init__(self, *args: Any, areas: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "reply-%s"
        asked = [(code, _(scale.AREAS.get(code, code))) for code in areas]
        self.fields["asks_photo_of"].choices = [("", _("No photo")), *asked]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["text"] and not cleaned["asks_photo_of"]:
            self.add_error("text", _("Write something first, or ask for a photo."))
        return cleaned


class CannedReplyForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        help_text=gettext_lazy("Patients do not see it."),
        error_messages={"required": gettext_lazy("Give it a short title.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), widget=forms.Select(attrs={"class": "form-select"}))
    text = Words(label=gettext_lazy("Text"), rows=4)

    def __init__(self, *args: Any, clinic: Clinic, reply: CannedReply | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reply:
            self.initial = {name: getattr(reply, name) for name in ("title", "language", "text")}
        self.auto_id = f"{reply.pk if reply else 'new'}-%s"  # there is one of these for each reply
        self.reply = reply
        codes = dict.fromkeys(code.strip() for code in clinic.languages.split(",") if code.strip())
        if reply:
            codes |= {reply.language: None}  # stays, though the clinic no longer names it
        choices = [(code, language_name(code)) for code in codes]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        """One space between words, so that one title is not there twice."""
        return " ".join(self.cleaned_data["title"].split())

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        unknown = sorted(named_in_braces(text) - set(VARIABLES))
        if unknown:
            named = {"unknown": in_braces(unknown[0]), "known": " ".join(map(in_braces, VARIABLES))}
            raise forms.ValidationError(_("%(unknown)s is not known here. You can use: %(known)s") % named)
        return text
