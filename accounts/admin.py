"""Setting up clinics and people. No journal is read here, and nobody makes himself more than he is."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import AccessEvent, Clinic, Holiday, Invitation, OpeningHours, Patient, User

admin.site.site_header = admin.site.site_title = _("Afterglow set-up")
admin.site.index_title = _("Clinics and people")
# They would show keys of sessions and second factors, and write addresses into the admin's log.
admin.site.unregister([EmailAddress, Authenticator, UserSession])

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at, for those who were given that permission; nothing is added, changed or removed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OpeningHoursInline(admin.TabularInline):  # type: ignore[type-arg]
    model = OpeningHours
    extra = 1


class HolidayInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Holiday
    extra = 1


@admin.register(Clinic)
class ClinicAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "phone", "time_zone", "prompts_patients", "still_missing")
    search_fields = ("name", "phone")
    readonly_fields = ("set_up",)
    inlines = (OpeningHoursInline, HolidayInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clinic]:
        clinicians = _clinicians_of(OuterRef("pk"))
        hours = OpeningHours.objects.filter(clinic=OuterRef("pk"))
        clinics: QuerySet[Clinic] = super().get_queryset(request)
        return clinics.annotate(
            has_hours=Exists(hours),
            has_clinician=Exists(clinicians),
            has_second_factor=Exists(clinicians.filter(authenticator__type__in=SECOND_FACTORS)),
            has_second_person=Exists(clinicians.filter(pk=OuterRef("second_person"))),
            has_lead=Exists(clinicians.filter(pk=OuterRef("lead"))),
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Who is told of what waits works at this clinic: nobody else may learn that something does."""
        here = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        return super().formfield_for_foreignkey(db_field, request, queryset=_clinicians_of(here), **kwargs)

    @admin.display(description=_("still missing"))
    def still_missing(self, clinic: Clinic) -> str:
        return ", ".join(name for name, done in _steps(clinic) if not done) or gettext("nothing")

    @admin.display(description=_("set-up"))
    def set_up(self, clinic: Clinic) -> str:
        if clinic.pk is None:
            return gettext("Save the clinic to see what is still missing.")
        steps = ((gettext("done") if done else gettext("MISSING"), name) for name, done in _steps(clinic))
        return format_html_join("", "<div>{}: {}</div>", steps)


def _clinicians_of(clinic: Any) -> QuerySet[User]:
    """Of a clinic, by its key."""
    return User.objects.filter(clinic=clinic, role=User.Role.CLINICIAN, is_active=True)


def _steps(clinic: Any) -> list[tuple[str, bool]]:
    """What a clinic needs before its first patient, and whether it is there."""
    return [
        (gettext("opening hours"), clinic.has_hours),
        (gettext("duty address"), bool(clinic.duty_email)),
        (gettext("urgent line"), bool(clinic.urgent_line)),
        (gettext("emergency number"), bool(clinic.emergency_number)),
        (gettext("out-of-hours text"), bool(clinic.out_of_hours_text)),
        (gettext("a clinician"), clinic.has_clinician),
        (gettext("a clinician with a second step"), clinic.has_second_factor),
        (gettext("a second person, for what waits too long"), clinic.has_second_person),
        (gettext("a lead"), clinic.has_lead),
    ]


class NewUserForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """Staff only, with a first password to hand over; patients come in by invitation."""

    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "role", "clinic")


@admin.register(User)
class UserAdmin(StockUserAdmin):  # type: ignore[type-arg]
    add_form = NewUserForm
    add_fieldsets = ((None, {"fields": (*NewUserForm.Meta.fields, "password1", "password2")}),)
    fieldsets = (
        (None, {"fields": ("email", "password", "first_name", "last_name", "role", "clinic", "is_active")}),
        (_("Permissions"), {"fields": ("is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    list_display = ("email", "first_name", "last_name", "role", "clinic", "second_step", "is_active")
    list_filter = ("role", "clinic", "is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    list_select_related = ("clinic",)
    ordering = ("email",)
    actions = ("reset_second_step",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_FACTORS)
        users: QuerySet[User] = super().get_queryset(request)
        return users.annotate(has_second_factor=Exists(factors))

    @admin.display(description=_("second step"), boolean=True)
    def second_step(self, user: Any) -> bool:
        return bool(user.has_second_factor)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = ("last_login", "date_joined", *(("role",) if obj else ()))
        above_oneself = ("is_staff", "is_superuser", "groups", "user_permissions")
        # Whoever can change how somebody signs in can sign in as them, and read what they may read.
        key = ("email", "password", "clinic") if obj else ()
        return fixed if request.user.is_superuser else (*fixed, *above_oneself, *key)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        above_oneself = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not above_oneself and super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers only: a clinician one makes oneself is a way into every journal of a clinic."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never: what they wrote and what they did keeps an author. Untick "active" instead."""
        return False

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.TypedChoiceField | None:
        if db_field.name == "role":
            roles = [User.Role.CLINICIAN, *([User.Role.ADMIN] if request.user.is_superuser else [])]
            kwargs["choices"] = [(role.value, role.label) for role in roles]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = obj.role == User.Role.ADMIN
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            # The new address is not confirmed by anybody yet, and the old one must not let anybody in.
            EmailAddress.objects.filter(user=obj).delete()

    @admin.action(description=_("Reset the second step, for example after a lost phone"), permissions=["change"])
    def reset_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            if not request.user.is_superuser:
                messages.error(request, gettext("You may not change %(user)s.") % {"user": user})
                continue
            Authenticator.objects.filter(user=user).delete()
            self.log_change(request, user, gettext("Second step reset."))
            messages.success(request, gettext("%(user)s sets up a new one next time.") % {"user": user})

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        """The log outlives a patient, so it does not keep her address."""
        entry = super().log_change(request, obj, message)
        if obj.is_patient:
            entry.object_repr = f"User {obj.pk}"
            entry.save(update_fields=["object_repr"])
        return entry


@admin.register(Patient)
class PatientAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who somebody is, never how somebody's skin is."""

    fields = ("clinic", "name", "birth_year", "phone", "language", "user", "created_at")
    list_display = ("name", "birth_year", "phone", "clinic", "joined")
    list_filter = ("clinic",)
    list_select_related = ("clinic",)
    search_fields = ("name", "phone")

    def get_readonly_fields(self, request: HttpRequest, obj: Patient | None = None) -> tuple[str, ...]:
        # Treatments and flags stay where they are, so a patient does not move between clinics.
        return ("user", "created_at", *(("clinic",) if obj else ()))

    @admin.display(description=_("signs in"), boolean=True)
    def joined(self, patient: Patient) -> bool:
        return patient.user_id is not None

    def has_delete_permission(self, request: HttpRequest, obj: Patient | None = None) -> bool:
        """Superusers may remove a record made by mistake; the admin stops them where a journal hangs on it."""
        return bool(request.user.is_superuser)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().change_view(request, object_id, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200:
            _note(request, "read", Patient(pk=object_id))
        return response

    def save_model(self, request: HttpRequest, obj: Patient, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        _note(request, "corrected" if change else "created", obj)


def _note(request: HttpRequest, verb: str, patient: Patient) -> None:
    AccessEvent.objects.record(by=cast(User, request.user), verb=verb, target=patient, at=timezone.now())


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    fields = list_display = ("patient", "created_by", "created_at", "expires_at", "used_at")
    list_select_related = ("patient", "created_by")


@admin.register(AccessEvent)
class AccessEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor_role", "actor_id", "verb", "target_kind", "target_id")
    list_filter = ("verb", "actor_role", "target_kind")
    search_fields = ("target_id",)
