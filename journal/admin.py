"""Treatments are set up here through the actions; the rest is to look at, and photos never show."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import ReadOnlyAdmin
from accounts.models import Clinic, User
from journal import protocol_admin, staff_forms
from journal.actions import treatments
from journal.models import (
    Approval,
    Candidacy,
    CannedReply,
    CareChange,
    Consent,
    Entry,
    Flag,
    Message,
    Notice,
    Product,
    Progress,
    Review,
    Treatment,
    UploadedProtocol,
    Visit,
)
from journal.models.protocol import protocol_of, version_for

admin.site.register(UploadedProtocol, protocol_admin.UploadedProtocolAdmin)
admin.site.register(Approval, protocol_admin.ApprovalAdmin)

BY_ID = gettext_lazy("An id, or how one begins. Names are not searched here.")


class TreatmentForm(staff_forms.TreatmentForm):
    """The clinic's own form, with the patient to choose and no photos."""

    class Meta(staff_forms.TreatmentForm.Meta):
        fields = ("patient", *staff_forms.ASKED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, today=timezone.localdate(), takes_photos=False, **kwargs)

    def _goals(self) -> dict[str, str]:
        """As the patient's clinic has them for new treatments; while nobody is chosen, those of every clinic."""
        if not self.instance._state.adding:
            return super()._goals()
        versions = {version_for(clinic) for clinic in self._clinics()}
        offered = (goal for version in sorted(versions) for goal in protocol_of(version).care.goals)
        return {goal.code: _(goal.label) for goal in offered}

    def _clinics(self) -> list[int]:
        """Ids of those whose patient this may be."""
        try:
            patient = self.fields["patient"].clean(self["patient"].value())
        except ValidationError:
            return list(Clinic.objects.values_list("pk", flat=True))
        return [patient.clinic_id]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
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
        fields, by, at = form.answers(), cast(User, request.user), timezone.now()
        if change:
            treatments.correct(treatment=obj, fields=fields, by=by, at=at)
        else:
            # The admin goes on with `obj`, for its log and its next page.
            obj.pk = treatments.record(patient=form.cleaned_data["patient"], fields=fields, by=by, at=at).pk


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "treatment", "on", "updated_at")
    list_filter = ("on", "treatment__patient__clinic")
    list_select_related = ("treatment",)
    search_fields = ("^id", "^treatment__id", "^treatment__patient__id")
    search_help_text = BY_ID


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "clinic", "tier", "rule", "state", "raised_at")
    list_filter = ("state", "tier", "raised_at", "clinic")
    list_select_related = ("clinic",)
    search_fields = ("^id", "^treatment__id", "^treatment__patient__id")
    search_help_text = BY_ID


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "flag", "state", "outcome", "at", "by")
    list_filter = ("state", "outcome", "at", "flag__clinic")
    list_select_related = ("flag", "by")
    search_fields = ("^flag__id", "^flag__treatment__id")
    search_help_text = BY_ID


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "clinic", "from_clinic", "at", "opened_at")
    list_filter = ("from_clinic", ("opened_at", admin.EmptyFieldListFilter), "at", "clinic")
    list_select_related = ("clinic",)
    search_fields = ("^id", "^patient__id")
    search_help_text = BY_ID


@admin.register(CannedReply)
class CannedReplyAdmin(ReadOnlyAdmin):
    list_display = ("title", "clinic", "language", "made_at", "made_by", "removed_at")
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "language", "clinic")
    list_select_related = ("clinic", "made_by")
    search_fields = ("title",)


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("patient", "kind", "wording", "given_at", "withdrawn_at")
    list_filter = ("kind", ("withdrawn_at", admin.EmptyFieldListFilter), "patient__clinic")
    list_select_related = ("patient",)
    search_fields = ("^patient__id",)
    search_help_text = BY_ID


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "clinic", "desk", "kind", "created_at", "sent_at", "given_up_at", "tries")
    list_filter = (("sent_at", admin.EmptyFieldListFilter), "desk", "kind", "created_at", "clinic")
    list_select_related = ("clinic",)
    search_fields = ("^flag__id", "^message__id", "^call__id", "^patient__id")
    search_help_text = BY_ID


class OfTreatmentAdmin(ReadOnlyAdmin):
    """What was written down of a treatment: before it, on its day, or some weeks later."""

    list_select_related = ("treatment", "by")
    search_fields = ("^treatment__id", "^treatment__patient__id")
    search_help_text = BY_ID


@admin.register(Candidacy)
class CandidacyAdmin(OfTreatmentAdmin):
    list_display = ("__str__", "treatment", "decision", "at", "by")
    list_filter = ("decision", "at", "treatment__patient__clinic")


@admin.register(Visit)
class VisitAdmin(OfTreatmentAdmin):
    list_display = ("__str__", "treatment", "at", "by")
    list_filter = ("at", "treatment__patient__clinic")


@admin.register(Progress)
class ProgressAdmin(OfTreatmentAdmin):
    list_display = ("__str__", "treatment", "week", "goal", "answer", "at")
    list_filter = ("week", "answer", "at", "treatment__patient__clinic")


@admin.register(CareChange)
class CareChangeAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "clinic", "clock", "avoid_to", "reason", "at", "by")
    list_filter = ("at", "clinic")
    list_select_related = ("clinic", "by")
    search_fields = ("clock",)


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ("name", "clinic", "clock", "added_at", "added_by", "removed_at")
    list_filter = (("removed_at", admin.EmptyFieldListFilter), "clinic")
    list_select_related = ("clinic", "added_by")
    search_fields = ("name",)
