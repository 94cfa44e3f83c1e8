import datetime
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, Patient, User
from accounts.models.clinic import validate_time_zone
from accounts.models.people import seen_by
from journal import protocols
from journal.recovery.course import Course
from journal.recovery.protocol import Protocol
from journal.recovery.rows import LAST_DAY

from .protocol import protocol_of

if TYPE_CHECKING:
    from .entry import Entry


def current_protocol() -> str:
    return protocols.CURRENT


def governing(treatments: "Iterable[Treatment]", on: datetime.date) -> "Treatment | None":
    """The one that `on` belongs to: the latest on or before it; before the first, the first (a baseline)."""
    return _latest_begun(treatments, lambda one: one.treated_on <= on)


def current(treatments: "Iterable[Treatment]", now: datetime.datetime) -> "Treatment | None":
    """The one that this moment belongs to, each asked for the date in its own zone."""
    return _latest_begun(treatments, lambda one: one.treated_on <= one.today(now))


def _latest_begun(treatments: "Iterable[Treatment]", has_begun: "Callable[[Treatment], bool]") -> "Treatment | None":
    standing = sorted((one for one in treatments if one.cancelled_at is None), key=lambda one: one.treated_on)
    # Where all were put off the date of the first may still be wanted: somebody may have been treated after all.
    standing = [one for one in standing if one.put_off_at is None] or standing
    begun = [one for one in standing if has_begun(one)]
    return begun[-1] if begun else next(iter(standing), None)


# So long after its latest entry no rule waits for a course any more.
DAY = datetime.timedelta(days=1)
WAITED_FOR = datetime.timedelta(days=60)
SETTLING = datetime.timedelta(hours=1)  # after something was saved: more days may be on their way
NEVER = datetime.datetime(9999, 1, 1, tzinfo=datetime.UTC)
SHALLOWEST_MM, DEEPEST_MM = Decimal("0.1"), Decimal("5")  # of a needle
# A usual skin is worth writing down this long before a treatment, and no longer.
BASELINE_DAYS = 30


class TreatmentQuerySet(models.QuerySet["Treatment"]):
    def visible_to(self, user: User) -> Self:
        """A patient's own treatments; for a clinician, those of the clinic's patients; nobody else's."""
        return self.filter(seen_by(user, "patient"))

    def standing(self) -> Self:
        """Not cancelled."""
        return self.filter(cancelled_at=None)

    def taking_place(self) -> Self:
        """Of those, the ones that were not put off."""
        return self.standing().filter(put_off_at=None)

    def without_live_flag(self) -> Self:
        from .flag import Flag  # which knows treatments

        return self.filter(~Exists(Flag.objects.live().filter(treatment=OuterRef("pk"))))

    def unflagged_of(self, user: User) -> Self:
        """What came in to a clinician without raising a flag and was not looked at, the longest waiting first."""
        news = self.standing().filter(clinic=user.clinic_id, unseen_since__isnull=False)
        return news.without_live_flag().order_by("unseen_since", "id")

    def unseen_after(self, treatment: "Treatment") -> Self:
        """Those that have waited for a look for less long than this one; all, where it waits no more."""
        if treatment.unseen_since is None:
            return self
        at_once = Q(unseen_since=treatment.unseen_since, id__gt=treatment.pk)
        return self.filter(Q(unseen_since__gt=treatment.unseen_since) | at_once)

    def silent_of(self, user: User, today: datetime.date) -> Self:
        """Courses of a clinic, under way, without a live flag or an entry since yesterday; the longest silent first."""
        under_way = (today - LAST_DAY * DAY, today - 2 * DAY)
        mine = self.taking_place().filter(clinic=user.clinic_id, treated_on__range=under_way)
        since = Greatest(Coalesce("last_entry_on", "treated_on"), "treated_on")
        quiet = mine.alias(silent_from=since).filter(silent_from__lt=today - DAY)
        later = Treatment.objects.taking_place().filter(
            patient=OuterRef("patient"), treated_on__gt=OuterRef("treated_on"), treated_on__lte=today
        )
        return quiet.filter(~Exists(later)).without_live_flag().order_by("silent_from", "id")

    def silent_after(self, treatment: "Treatment") -> Self:
        """Those that have been silent for less long than this one."""
        since = treatment.silent_since
        return self.filter(Q(silent_from__gt=since) | Q(silent_from=since, id__gt=treatment.pk))

    def waited_for(self, now: datetime.datetime) -> Self:
        """Those on which another day may have been missed since somebody looked."""
        return self.standing().filter(Q(waits_until=None) | Q(waits_until__lte=now))

    def governing(self, on: datetime.date) -> "Treatment | None":
        """Of one patient's treatments, the one that a local date belongs to."""
        return governing(self, on)


class Treatment(models.Model):
    """One microneedling session, past or upcoming; its local date is day 0 of a course."""

    class Modality(models.TextChoices):
        MICRONEEDLING = "microneedling", _("Microneedling")
        RF = "rf", _("Radio-frequency microneedling")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="treatments")
    # The patient's clinic again, so that its lists are one index each.
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="+", editable=False)
    treated_on = models.DateField(_("date"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    areas = models.JSONField(_("areas"), default=list)
    depth_mm = models.DecimalField(
        _("depth (mm)"),
        max_digits=3,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(SHALLOWEST_MM), MaxValueValidator(DEEPEST_MM)],
        help_text=_("Deepest needle length used on the face. Leave empty if unknown."),
    )
    modality = models.CharField(_("kind"), max_length=20, choices=Modality.choices, default=Modality.MICRONEEDLING)
    session_number = models.PositiveSmallIntegerField(_("session number"), default=1, validators=[MinValueValidator(1)])
    goals_chosen = models.JSONField(_("goals"), default=list, blank=True)  # codes of the protocol's goals
    goals = models.CharField(_("goals in other words"), max_length=300, blank=True)
    products = models.CharField(_("products used"), max_length=300, blank=True)
    risk_factors = models.JSONField(_("risk factors"), default=list, blank=True)
    skin_tone = models.PositiveSmallIntegerField(_("skin tone (Monk scale)"), null=True, blank=True)
    protocol_version = models.CharField(max_length=60, default=current_protocol, editable=False)
    # Moved to another version at this moment, the last time (`models.moves`).
    moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Decided on the date that it has: not to treat, or not yet. Null again with another date, or once it was done.
    put_off_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When the next day will be over that may be missed. Null: nobody has looked yet.
    waits_until = models.DateTimeField(null=True, blank=True, editable=False)
    # Kept by the actions, because the patient list sorts and filters by it.
    last_entry_on = models.DateField(null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # When the first of what nobody at the clinic has looked at came in. Null: all of it was looked at.
    unseen_since = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = TreatmentQuerySet.as_manager()

    class Meta:
        ordering = ["-treated_on"]
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        indexes = [
            models.Index(fields=["waits_until"], name="waited_for", condition=Q(cancelled_at=None)),
            models.Index(
                fields=["clinic", "unseen_since", "id"], name="unseen", condition=Q(unseen_since__isnull=False)
            ),
            models.Index(fields=["clinic", "treated_on"], name="treated_lately", condition=Q(cancelled_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_treatment_a_day",
                fields=["patient", "treated_on"],
                condition=Q(cancelled_at=None),
                violation_error_message=_("This patient already has a treatment on that date. Open that one instead."),
            ),
            models.CheckConstraint(name="treatment_modality", condition=Q(modality__in=["microneedling", "rf"])),
            models.CheckConstraint(name="treatment_tone", condition=Q(skin_tone=None) | Q(skin_tone__range=(1, 10))),
            models.CheckConstraint(
                name="treatment_depth",
                condition=Q(depth_mm=None) | Q(depth_mm__gte=SHALLOWEST_MM, depth_mm__lte=DEEPEST_MM),
            ),
            models.CheckConstraint(
                name="treatment_cancelled_by_someone",
                condition=Q(cancelled_at=None, cancelled_by=None)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Treatment {str(self.id)[:8]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.clinic_id = self.patient.clinic_id
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("journal:timeline", args=[self.pk])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def protocol(self) -> Protocol:
        return protocol_of(self.protocol_version)

    @property
    def silent_since(self) -> datetime.date:
        """The date of its latest entry, or its own where nothing was written since."""
        return max(self.last_entry_on or self.treated_on, self.treated_on)

    def today(self, now: datetime.datetime) -> datetime.date:
        """The calendar date at `now` (aware) where the treatment was done, which is where its days are counted."""
        return now.astimezone(self.zone).date()

    def day_of(self, on: datetime.date) -> int:
        """Day number of a local date: 0 on the treatment day, negative before it."""
        return (on - self.treated_on).days

    @property
    def moved_by(self) -> User | None:
        """Who moved it to the version that it has; None where nobody did."""
        moved = self.revisions.filter(at=self.moved_at).select_related("by").last() if self.moved_at else None
        return moved.by if moved else None

    def takes(self, on: datetime.date) -> bool:
        """Whether a local date is late enough to belong to this treatment."""
        return self.day_of(on) >= -BASELINE_DAYS

    def date_of(self, day: int) -> datetime.date:
        return self.treated_on + datetime.timedelta(days=day)

    def note_last_entry(self, at: datetime.datetime) -> None:
        """Keep `last_entry_on` true, because lists sort and filter by it, and have missed days looked for anew."""
        latest = self.entries.order_by("-on").values_list("on", flat=True).first()
        Treatment.objects.filter(pk=self.pk).update(last_entry_on=latest, waits_until=at + SETTLING)

    def note_news(self, at: datetime.datetime) -> None:
        """Something came in that nobody at the clinic has looked at."""
        Treatment.objects.filter(pk=self.pk, unseen_since=None).update(unseen_since=at)

    def missed_to(self, now: datetime.datetime, following: datetime.date | None) -> datetime.date:
        """The last date that counts as missed if it has no entry: it is over, and before the next treatment."""
        last = self.today(now) - DAY
        return min(last, following - DAY) if following else last

    def following(self, treatments: "Iterable[Treatment]") -> datetime.date | None:
        """Of some of the patient's standing treatments, the date of the next one after this that was not put off."""
        taking_place = (one.treated_on for one in treatments if one.put_off_at is None)
        return min((on for on in taking_place if on > self.treated_on), default=None)

    def next_wait(self, now: datetime.datetime) -> datetime.datetime:
        """When the next day will be over on which an entry may be missed."""
        latest = max(self.treated_on, self.last_entry_on or self.treated_on)
        if self.today(now) - latest > WAITED_FOR:
            return NEVER
        return datetime.datetime.combine(max(self.today(now), self.treated_on) + DAY, datetime.time(), self.zone)

    def course(self, entries: "Iterable[Entry] | None" = None, *, now: datetime.datetime | None = None) -> Course:
        """What was read, as a plain value for the recovery core. With `now`, days without an entry are judged too."""
        readings = (entry.reading(self) for entry in (self.entries.all() if entries is None else entries))
        return Course(
            readings=tuple(sorted(readings, key=lambda reading: reading.day)),
            areas=frozenset(self.areas),
            depth_mm=None if self.depth_mm is None else float(self.depth_mm),
            modality=self.modality,
            skin_tone=self.skin_tone,
            risk_factors=frozenset(self.risk_factors),
            as_of_day=None if now is None else self.day_of(self.missed_to(now, self.following(self._of_patient()))),
        )

    def _of_patient(self) -> "models.QuerySet[Treatment]":
        return Treatment.objects.standing().filter(patient=self.patient_id).only("treated_on", "put_off_at")


class TreatmentRevision(models.Model):
    """What a treatment said from `at` on. Add-only."""

    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="revisions")
    answers = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Revision {self.pk}"
