"""What a clinic changes in its care: a last day, with the reason for it, and the name of a product."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.models.care import LONGEST_AVOIDED, NOT_AT_ALL, SHORTEST_REASON


def _last_days() -> list[tuple[int | str, str]]:
    days = range(1, LONGEST_AVOIDED + 1)
    return [
        ("", _("Choose a day")),
        (NOT_AT_ALL, _("Not left out")),
        (0, _("On day 0 only")),
        *((day, _("Through day %(day)s") % {"day": day}) for day in days),
    ]


class TopicForm(forms.Form):
    """One of several on a page, for one topic of aftercare."""

    def __init__(self, *args: Any, clock: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clock = clock
        self.auto_id = f"{clock}-%s"  # there is one of these for each topic


class ChangeForm(TopicForm):
    """Until when one topic is left out here."""

    avoid_to = forms.TypedChoiceField(
        label=gettext_lazy("Leave out"),
        choices=_last_days,
        coerce=int,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "required": gettext_lazy("Choose a day."),
            "invalid_choice": gettext_lazy("Choose one of the list."),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        min_length=SHORTEST_REASON,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"min_length": gettext_lazy("Write at least %(limit_value)d letters.")},
    )


class ProductForm(TopicForm):
    name = forms.CharField(
        label=gettext_lazy("Product to name to patients"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the name of the product.")},
    )

    def clean_name(self) -> str:
        """One space between words, so that one product is not there twice."""
        return " ".join(self.cleaned_data["name"].split())
