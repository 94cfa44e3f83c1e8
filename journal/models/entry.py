import uuid
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import seen_by
from journal.recovery import scale
from journal.recovery.course import Reading

from .treatment import Treatment

# Outside these a thermometer was misread: the form asks again.
COLDEST, HOTTEST = Decimal("34"), Decimal("43")
NOTE_LENGTH = 1000


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "treatment__patient"))


def _score(label: Any) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    return models.PositiveSmallIntegerField(label, null=True, blank=True)


def _in_range(question: str) -> models.CheckConstraint:
    allowed = Q(**{question: None}) | Q(**{f"{question}__range": (0, 4)})
    return models.CheckConstraint(name=f"entry_{question}_0_to_4", condition=allowed)


class Entry(models.Model):
    """What a patient wrote for one local date. Null is "not answered", never zero and never no."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="entries")
    on = models.DateField(_("date"))
    redness = _score(_("redness"))
    redness_cant_tell = models.BooleanField(_("redness: can't tell"), default=False)
    dryness = _score(_("dryness"))
    tightness = _score(_("tightness"))
    itch = _score(_("itch"))
    signs = models.JSONField(_("signs"), default=list, blank=True)
    signs_answered = models.BooleanField(_("signs answered"), default=False)
    temperature_c = models.DecimalField(
        _("temperature (°C)"),
        max_digits=3,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(COLDEST), MaxValueValidator(HOTTEST)],
    )
    worried = models.BooleanField(_("worried, asks for a call"), default=False)
    note = models.CharField(_("note"), max_length=NOTE_LENGTH, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["on"]
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(name="one_entry_a_day", fields=["treatment", "on"]),
            *(_in_range(question) for question in scale.QUESTIONS),
            models.CheckConstraint(
                name="entry_redness_or_cant_tell", condition=Q(redness=None) | Q(redness_cant_tell=False)
            ),
            models.CheckConstraint(
                name="entry_temperature",
                condition=Q(temperature_c=None) | Q(temperature_c__gte=COLDEST, temperature_c__lte=HOTTEST),
            ),
        ]

    def __str__(self) -> str:
        return f"Entry {str(self.id)[:8]}"

    @property
    def day(self) -> int:
        return self.treatment.day_of(self.on)

    @property
    def added_later(self) -> bool:
        """Written down on a later date than it tells of."""
        return self.created_at.astimezone(self.treatment.zone).date() > self.on

    def latest_client_id(self) -> str:
        """Names the latest submission, so that a form can tell what it was opened on."""
        latest = self.revisions.order_by("-id").values_list("client_id", flat=True).first()
        return str(latest or "")

    def scores(self) -> dict[str, int]:
        """The answered scores only."""
        answers = {question: getattr(self, question) for question in scale.QUESTIONS}
        return {question: score for question, score in answers.items() if score is not None}

    def reading(self, treatment: Treatment | None = None) -> Reading:
        """This entry as a plain value for the recovery core."""
        return Reading(
            day=(treatment or self.treatment).day_of(self.on),
            scores=self.scores(),
            cant_tell=self.redness_cant_tell,
            signs=frozenset(self.signs),
            signs_answered=self.signs_answered,
            temperature_c=None if self.temperature_c is None else float(self.temperature_c),
            worried=self.worried,
        )


class EntryRevision(models.Model):
    """One submission as it came in: who, when, what, and the client's own id for it. Add-only."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="revisions")
    # Set by the form, so that a submission sent twice is one submission.
    client_id = models.UUIDField(unique=True)
    answers = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_clinic = models.BooleanField(_("logged by the clinic for the patient"), default=False)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Revision {self.pk}"
