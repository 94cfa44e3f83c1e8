import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from accounts.finding import keys_of, keys_sought

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


def seen_by(user: User, patient: str) -> Q:
    """Who may see a record, asked of the patient that it belongs to; `patient` is the way to her, as in filters.

    A clinician's is asked of each row, as a question with one answer: no database turns that into a list of all the
    clinic's patients, which is what grows.
    """
    if user.role == User.Role.PATIENT:
        return Q(**{f"{patient}__user": user})
    if user.role == User.Role.CLINICIAN:
        her_clinic = Patient.objects.filter(pk=OuterRef(patient)).values("clinic")
        return Q(Exact(Subquery(her_clinic), user.clinic_id))
    return Q(pk__in=[])


class PatientQuerySet(models.QuerySet["Patient"]):
    def visible_to(self, user: User) -> Self:
        """A patient sees herself, a clinician the patients of the clinic, nobody else anyone."""
        if user.role == User.Role.PATIENT:
            return self.filter(user=user)
        if user.role == User.Role.CLINICIAN:
            return self.filter(clinic=user.clinic_id)
        return self.none()

    def after(self, patient: "Patient") -> Self:
        """Those that come after this one by name."""
        # Said twice, so that an index is entered at that name.
        further = Q(name__gt=patient.name) | Q(name=patient.name, id__gt=patient.pk)
        return self.filter(name__gte=patient.name).filter(further)


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

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._keep_keys()

    def _keep_keys(self) -> None:
        """What she is found by follows her name and number."""
        kept = {(key.clinic_id, bytes(key.key)) for key in self.keys.all()}
        wanted = {(self.clinic_id, key) for key in keys_of(self.name, self.phone)}
        if kept != wanted:
            self.keys.all().delete()
            SearchKey.objects.bulk_create(
                SearchKey(patient=self, clinic_id=clinic, key=key) for clinic, key in sorted(wanted)
            )


MANY = 1000  # patients with a word, beyond which it does not matter how many more there are


class SearchKeyQuerySet(models.QuerySet["SearchKey"]):
    def visible_to(self, user: User) -> Self:
        """Of the clinic's patients for a clinician; nobody else searches."""
        return self.filter(clinic=user.clinic_id) if user.is_clinician else self.none()

    def beginning(self, key: bytes) -> Self:
        """A range of bytes, which an index serves whatever the database's language; none of UTF-8 is as high as 255."""
        return self.filter(key__gte=key, key__lt=key + b"\xff")

    def matching(self, words: str) -> Self:
        """One row for each patient who has every word typed at the start of one of hers, or at the end of her number.

        Exact words come first, then by name: an index holds that order, so a page costs the same among a hundred as
        among a hundred thousand.
        """
        sought = keys_sought(words)
        if not sought:
            return self.none()
        leading, *others = self._rarest_first(sought)
        hers = SearchKey.objects.filter(patient=OuterRef("patient"))
        found = self.beginning(leading).filter(~Exists(hers.beginning(leading).filter(key__lt=OuterRef("key"))))
        for other in others:
            found = found.filter(Exists(hers.beginning(other)))
        return found.order_by("key", "patient_id")

    def _rarest_first(self, sought: list[bytes]) -> list[bytes]:
        """So that nobody walks through all who share a name to find the one who has the other word too."""
        if len(sought) == 1:
            return sought
        return sorted(sought, key=lambda key: self.beginning(key)[:MANY].count())

    def after(self, patient: Patient) -> Self:
        """Of matching ones those after this patient; all of them where she does not match any more."""
        last = self.filter(patient=patient).first()
        if last is None:
            return self
        further = Q(key__gt=last.key) | Q(key=last.key, patient__gt=patient.pk)
        return self.filter(key__gte=last.key).filter(further)


class SearchKey(models.Model):
    """A beginning by which a patient is found (`finding.keys_of`); kept by her `save`."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="keys", db_index=False)
    # The patient's clinic again, so that a search is one index.
    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="+", db_index=False)
    key = models.BinaryField()

    objects = SearchKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("search key")
        verbose_name_plural = _("search keys")
        indexes = [models.Index(fields=["clinic", "key", "patient"], name="patients_by_key")]
        constraints = [models.UniqueConstraint(fields=["patient", "key"], name="one_key_of_a_kind")]

    def __str__(self) -> str:
        return f"Search key {self.pk}"
