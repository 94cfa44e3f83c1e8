import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace
from django.utils.translation import gettext_lazy as _

from .clinic import Clinic, phone_validator


class UserManager(BaseUserManager["User"]):
    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """In small letters: allauth looks addresses up that way, so another spelling could never sign in."""
        return super().normalize_email(email).lower()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in; without a password only by emailed code."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(
            email, password, **{"role": User.Role.ADMIN, "is_staff": True, "is_superuser": True, **fields}
        )


class User(AbstractUser):
    """Someone who signs in by email, in exactly one role."""

    class Role(models.TextChoices):
        PATIENT = "patient", _("Patient")
        CLINICIAN = "clinician", _("Clinician")
        ADMIN = "admin", _("Administrator")

    username = None  # type: ignore[assignment]  # sign-in is by email
    email = models.EmailField(_("email"), unique=True)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.PATIENT)
    clinic = models.ForeignKey(
        Clinic, models.PROTECT, null=True, blank=True, related_name="staff", help_text=_("For clinicians.")
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        ordering = ["email"]
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(name="user_role", condition=Q(role__in=["patient", "clinician", "admin"])),
            models.CheckConstraint(
                name="clinician_has_a_clinic",
                condition=Q(clinic__isnull=False, role="clinician") | ~Q(role="clinician"),
                violation_error_message=_("A clinician needs a clinic."),
            ),
            models.CheckConstraint(
                name="patients_are_not_staff",
                condition=~Q(role="patient") | Q(is_staff=False, is_superuser=False),
                violation_error_message=_("A patient cannot enter the admin site."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @property
    def is_patient(self) -> bool:
        return self.role == self.Role.PATIENT

    @property
    def is_clinician(self) -> bool:
        return self.role == self.Role.CLINICIAN

    @property
    def needs_second_factor(self) -> bool:
        """Whoever can see other people's records, or change who can."""
        return not self.is_patient


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: User) -> Self:
        """A patient sees herself, a clinician the patients of the clinic, nobody else anyone."""
        if user.role == User.Role.PATIENT:
            return self.filter(user=user)
        if user.role == User.Role.CLINICIAN:
            return self.filter(clinic=user.clinic_id)
        return self.none()

    def named(self, words: str) -> Self:
        """Every word typed is somewhere in the name; digits may be the end of the phone number."""
        found = self
        for word in words.split():
            found = found.filter(Q(name__icontains=word) | Q(phone__icontains=word))
        return found

    def reached_at(self, number: str) -> Self:
        """By the last eight digits of a phone number: however it is spaced, with or without the country."""
        phone: Any = F("phone")
        for mark in " ()./-":
            phone = Replace(phone, Value(mark), Value(""))
        ending = "".join(filter(str.isdecimal, number))[-8:]
        return self.alias(digits=phone).filter(digits__contains=ending)

    def after(self, patient: "Patient") -> Self:
        """Those that come after this one by name."""
        return self.filter(Q(name__gt=patient.name) | Q(name=patient.name, id__gt=patient.pk))


class Patient(models.Model):
    """A person who had microneedling, known to one clinic; `user` comes with the accepted invitation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="patients")
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="patient")
    name = models.CharField(_("name"), max_length=120)
    birth_year = models.PositiveSmallIntegerField(
        _("birth year"), validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    phone = models.CharField(_("phone"), max_length=30, validators=[phone_validator])
    language = models.CharField(_("language"), max_length=10, default="en")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PatientQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [models.Index(fields=["clinic", "name", "id"], name="patients_by_name")]
        constraints = [
            models.CheckConstraint(name="patient_birth_year", condition=Q(birth_year__range=(1900, 2100))),
        ]

    def __str__(self) -> str:
        # Ends up in the admin log, which outlives the patient: no name here.
        return f"Patient {str(self.id)[:8]}"
