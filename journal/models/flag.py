import datetime
import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic, User
from accounts.models.people import seen_by
from journal.recovery.course import Finding
from journal.recovery.scale import Tier

from .protocol import protocol_of
from .treatment import Treatment


class IsLive(models.Func):
    """A state that is not closed, in the very words of the indexes: SQLite uses none where values are filled in."""

    template = "%(expressions)s IN ('open', 'acknowledged')"
    output_field = models.BooleanField()


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(seen_by(user, "treatment__patient"))

    def live(self) -> Self:
        """Not closed: somebody still has to look or to act."""
        return self.filter(IsLive("state"))

    def by_urgency(self) -> Self:
        return self.order_by("-tier", "raised_at", "id")

    def inbox_of(self, user: User) -> Self:
        """What waits for a clinician: a flag for each treatment, in the order of work. The clinic's index serves it."""
        return self.filter(clinic=user.clinic_id).leading().by_urgency()

    def with_some(self, **fields: Any) -> Self:
        """Those of treatments of which a live flag is like this."""
        return self.filter(Exists(Flag.objects.live().filter(treatment=OuterRef("treatment"), **fields)))

    def with_none(self, **fields: Any) -> Self:
        """Those of treatments of which no live flag is like this."""
        return self.filter(~Exists(Flag.objects.live().filter(treatment=OuterRef("treatment"), **fields)))

    def leading(self) -> Self:
        """Of the live flags of each treatment the most urgent and oldest: one line for one person."""
        same = Flag.objects.live().filter(treatment=OuterRef("treatment"))
        more_urgent = Q(tier__gt=OuterRef("tier"))
        older = Q(tier=OuterRef("tier"), raised_at__lt=OuterRef("raised_at"))
        at_once = Q(tier=OuterRef("tier"), raised_at=OuterRef("raised_at"), id__lt=OuterRef("id"))
        return self.live().filter(~Exists(same.filter(more_urgent | older | at_once)))

    def after(self, flag: "Flag") -> Self:
        """Those that come after this one by urgency."""
        as_urgent = Q(tier=flag.tier, raised_at__gt=flag.raised_at)
        at_once = Q(tier=flag.tier, raised_at=flag.raised_at, id__gt=flag.pk)
        return self.filter(Q(tier__lt=flag.tier) | as_urgent | at_once)

    def before(self, flag: "Flag") -> Self:
        """Those that come before this one by urgency, the nearest first."""
        as_urgent = Q(tier=flag.tier, raised_at__lt=flag.raised_at)
        at_once = Q(tier=flag.tier, raised_at=flag.raised_at, id__lt=flag.pk)
        earlier = self.filter(Q(tier__gt=flag.tier) | as_urgent | at_once)
        return earlier.order_by("tier", "-raised_at", "-id")

    def unlooked(self, user: User) -> Self:
        """Nobody has looked, and no colleague has taken it."""
        return self.filter(Q(assigned_to=None) | Q(assigned_to=user), state=Flag.State.OPEN)

    def with_course(self) -> Self:
        """With all that a line of the inbox tells, in a fixed number of queries."""
        return self.select_related("treatment__patient").prefetch_related(
            "treatment__entries", "treatment__photos", "reviews__by"
        )


class Flag(models.Model):
    """A finding of `contact` or above that a person of the clinic has to close."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ACKNOWLEDGED = "acknowledged", _("Seen")
        CLOSED = "closed", _("Closed")

    class Tier(models.IntegerChoices):
        CONTACT = 2, _("Contact")
        URGENT = 3, _("Urgent")
        EMERGENCY = 4, _("Emergency")

    LIVE = [State.OPEN, State.ACKNOWLEDGED]
    # Which state may follow which; `actions.flags` moves along these lines only.
    NEXT: dict[str, set[str]] = {
        State.OPEN: {State.ACKNOWLEDGED, State.CLOSED},
        State.ACKNOWLEDGED: {State.ACKNOWLEDGED, State.OPEN, State.CLOSED},
        State.CLOSED: {State.OPEN},
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.ForeignKey(Treatment, models.CASCADE, related_name="flags")
    # The patient's clinic again, so that the inbox is one index; one of the clinic alone would be taken in its place.
    clinic = models.ForeignKey(Clinic, models.PROTECT, related_name="flags", db_index=False)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    tier = models.PositiveSmallIntegerField(_("tier"), choices=Tier.choices)
    rule = models.CharField(_("rule"), max_length=20)
    shape = models.CharField(max_length=20)
    protocol_version = models.CharField(_("protocol"), max_length=60)
    day = models.SmallIntegerField(_("day"))
    on = models.DateField(_("date"))  # of `day`, as counted when the flag was raised
    days = models.JSONField(default=list)
    # Every local date the rule fired on, with what was noted: a date that a person has closed is not raised again by
    # a later save, unless more is noted then.
    fired_on = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    raised_at = models.DateTimeField(_("raised"))
    fired_at = models.DateTimeField(editable=False)  # when the latest firing reached us: an earlier look did not see it
    # Since when somebody is waited for: raised, opened again, or become urgent. What was promised counts from here.
    waits_since = models.DateTimeField(editable=False)
    # When a person of the clinic first marked or closed it.
    first_look_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When its patient first had it before her, as it is now.
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Without an index: a person has had thousands by and by, and SQLite would look through them for each line.
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    # False once the entry was corrected or the treatment moved so that the rule no longer fires.
    holds = models.BooleanField(_("still holds"), default=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at"]
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        indexes = [
            models.Index(
                fields=["clinic", "-tier", "raised_at", "id"],
                name="inbox",
                condition=Q(state__in=["open", "acknowledged"]),
            ),
            models.Index(fields=["clinic", "raised_at"], name="flags_by_month"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_live_flag_per_rule",
                fields=["treatment", "rule"],
                condition=Q(state__in=["open", "acknowledged"]),
            ),
            models.CheckConstraint(name="flag_tier", condition=Q(tier__range=(2, 4))),
            models.CheckConstraint(name="flag_state", condition=Q(state__in=["open", "acknowledged", "closed"])),
        ]

    def __str__(self) -> str:
        return f"Flag {str(self.id)[:8]}"

    @property
    def title(self) -> str:
        """The rule's name in the version that raised the flag."""
        return protocol_of(self.protocol_version).rule(self.rule).title

    def finding(self) -> Finding:
        """What the rule found, as it was when the flag was raised or last renewed."""
        return Finding(
            self.rule, Tier(self.tier), self.day, tuple(self.days), self.values, self.shape, self.protocol_version
        )

    @property
    def latest_look(self) -> "Review | None":
        """The latest review by a person who could see all that the flag tells.

        None once the rule fired again, or once a person opened it again.
        """
        looks = [review for review in self.reviews.all() if review.by_id and review.at >= self.fired_at]
        latest = max(looks, key=lambda review: (review.at, review.pk), default=None)
        return latest if latest and latest.state != Flag.State.OPEN else None

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def is_urgent(self) -> bool:
        """Whether the clinic's promise for urgent ones holds for it."""
        return self.tier >= self.Tier.URGENT

    def promised_by(self, clinic: Clinic) -> datetime.datetime:
        """Until when its clinic has promised a first look."""
        return clinic.promised_by(self.waits_since, urgent=self.is_urgent)

    def is_overdue(self, clinic: Clinic, now: datetime.datetime) -> bool:
        """Whether nobody has looked although that moment has passed."""
        return self.state == self.State.OPEN and now > self.promised_by(clinic)


class Review(models.Model):
    """One move of a flag by a person (or, reopening, by a rule). Add-only: it is never edited."""

    class Outcome(models.TextChoices):
        REASSURED = "reassured", _("Reassured")
        ADVISED = "advised", _("Advised")
        SEEN = "seen", _("Seen in the clinic")
        REFERRED = "referred", _("Referred")
        NOT_REACHED = "not_reached", _("Not reached")
        ENTERED_IN_ERROR = "entered_in_error", _("Entered by mistake")

    class Useful(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNSURE = "unsure", _("Not sure")

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="reviews")
    state = models.CharField(_("new state"), max_length=12, choices=Flag.State.choices)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    # Asked at closing: whether the flag was worth somebody's time. Empty: not answered.
    useful = models.CharField(_("was it useful?"), max_length=6, choices=Useful.choices, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # nobody: a rule fired again

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(
                name="closing_says_how",
                condition=Q(state="closed", outcome__gt="") | (~Q(state="closed") & Q(outcome="")),
            ),
            models.CheckConstraint(
                name="only_closing_says_useful",
                condition=Q(useful="") | Q(state="closed", useful__in=["yes", "no", "unsure"]),
            ),
            models.CheckConstraint(name="only_a_rule_reopens", condition=Q(state="open") | Q(by__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Review {self.pk}"


class Assignment(models.Model):
    """Who took a flag, or was given it; nobody gave it back to all. Add-only."""

    flag = models.ForeignKey(Flag, models.CASCADE, related_name="assignments")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"Assignment {self.pk}"
