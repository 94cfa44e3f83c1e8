import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

phone_validator = RegexValidator(
    r"^\+?[0-9][0-9 ()./-]{1,28}$",
    _("Use digits, spaces and a leading + only, for example +44 20 7946 0000."),
)


def time_zones() -> set[str]:
    """IANA names of places; "localtime" is wherever this server stands, "Factory" is nowhere."""
    return available_timezones() - {"localtime", "Factory"}


def validate_time_zone(name: str) -> None:
    """Accept an IANA zone name only, because days are counted in it."""
    if name not in time_zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Use a name such as Europe/London."), params={"name": name}
        )


class Clinic(models.Model):
    """A place that treats people and answers them: every number a patient is told to call is one of these."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    phone = models.CharField(_("phone"), max_length=30, validators=[phone_validator])
    duty_email = models.EmailField(_("duty address"), help_text=_("Gets one neutral mail for each new flag."))
    urgent_line = models.CharField(
        _("urgent line"),
        max_length=30,
        validators=[phone_validator],
        help_text=_("Shown when the clinic is closed."),
    )
    emergency_number = models.CharField(_("emergency number"), max_length=30, validators=[phone_validator])
    out_of_hours_text = models.CharField(_("out-of-hours text"), max_length=300, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/London", validators=[validate_time_zone]
    )
    languages = models.CharField(
        _("languages"),
        max_length=60,
        default="en",
        help_text=_("Codes with commas between, for example: en, es"),
    )
    prompts_patients = models.BooleanField(
        _("shows prompts to patients"),
        default=True,
        help_text=_("Off: only the clinic sees findings. Emergency text stays on for everyone."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def closes_at(self, moment: datetime.datetime) -> datetime.time | None:
        """The local time the doors close, when they are open at `moment` (aware); None when closed."""
        local = moment.astimezone(self.zone)
        for hours in self.hours.all():
            if hours.weekday == local.weekday() and hours.opens <= local.time() < hours.closes:
                return hours.closes
        return None

    def opens_at(self, moment: datetime.datetime) -> datetime.datetime | None:
        """The next local time the doors open after `moment` (aware); None where no hours are written down."""
        local = moment.astimezone(self.zone)
        coming = [hours.next_opening(local) for hours in self.hours.all()]
        return min(coming, default=None)


class OpeningHours(models.Model):
    """One stretch of opening on one weekday, in the clinic's own time zone."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(
                name="hours_close_after_opening",
                condition=Q(closes__gt=F("opens")),
                violation_error_message=_("Closing time must be later than opening time."),
            ),
            models.CheckConstraint(name="hours_weekday", condition=Q(weekday__range=(0, 6))),
            models.UniqueConstraint(name="hours_once", fields=["clinic", "weekday", "opens"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def next_opening(self, local: datetime.datetime) -> datetime.datetime:
        """The first opening of this stretch after a local time."""
        days = (self.weekday - local.weekday()) % 7
        on = local.date() + datetime.timedelta(days=days)
        if days == 0 and self.opens <= local.time():
            on += datetime.timedelta(days=7)
        return datetime.datetime.combine(on, self.opens, local.tzinfo)
