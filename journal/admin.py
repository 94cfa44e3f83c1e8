"""Treatments are set up here through the actions; the rest is to look at, and photos never show."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin import ReadOnlyAdmin
from accounts.models import User
from journal.actions import treatments
from journal.models import Consent, Entry, Flag, Notice, Review, Treatment
from journal.recovery import scale


class TreatmentForm(forms.ModelForm):  # type: ignore[type-arg]
    areas = forms.MultipleChoiceField(choices=list(scale.AREAS.items()), widget=forms.CheckboxSelectMultiple)
    risk_factors = forms.MultipleChoiceField(
        choices=list(scale.RISK_FACTORS.items()), widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Treatment
        fields = ("patient", *treatments.FIELDS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        patient = cleaned.get("patient") or self.instance.patient_id  # fixed once it is recorded
        on = cleaned.get("treated_on")
        others = Treatment.objects.standing().exclude(pk=self.instance.pk)
        if on and others.filter(patient=patient, treated_on=on).exists():
            self.add_error("treated_on", _("This patient already has a treatment on that date. Open that one instead."))
        return cleaned


@admin.register(Treatment)
class TreatmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Written through `actions.treatments`, which keep the history and compare the course again."""

    form = TreatmentForm
    list_display = ("__str__", "patient", "treated_on", "modality", "cancelled_at")
    list_filter = ("modality", "patient__clinic")
    list_select_related = ("patient",)
    search_fields = ("patient__name",)
    autocomplete_fields = ("patient",)
    date_hierarchy = "treated_on"

    def get_readonly_fields(self, request: HttpRequest, obj: Treatment | None = None) -> tuple[str, ...]:
        return ("patient",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Treatment | None = None) -> bool:
        """A treatment that did not take place is cancelled, by the clinic's own page."""
        return False

    def save_model(self, request: HttpRequest, obj: Treatment, form: Any, change: bool) -> None:
        fields = {name: form.cleaned_data[name] for name in treatments.FIELDS}
        by, at = cast(User, request.user), timezone.now()
        if change:
            treatments.correct(treatment=obj, fields=fields, by=by, at=at)
        else:
            # The admin goes on with `obj`, for its log and its next page.
            obj.pk = treatments.record(patient=form.cleaned_data["patient"], fields=fields, by=by, at=at).pk


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "treatment", "on", "updated_at")
    list_select_related = ("treatment",)


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "clinic", "tier", "rule", "state", "raised_at")
    list_filter = ("state", "tier", "clinic")
    list_select_related = ("clinic",)


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "flag", "state", "outcome", "at", "by")
    list_select_related = ("flag", "by")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("patient", "kind", "wording", "given_at", "withdrawn_at")
    list_select_related = ("patient",)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "clinic", "created_at", "sent_at", "tries")
    list_select_related = ("clinic",)
