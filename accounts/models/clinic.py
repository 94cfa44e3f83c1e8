import datetime
from functools import cached_property
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.opening import Opening

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

    urgent_minutes = models.PositiveSmallIntegerField(
        _("urgent: looked at within (minutes)"),
        default=60,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
        help_text=_("Counted while the clinic is open. Patients are told to call at once whatever it says."),
    )
    contact_days = models.PositiveSmallIntegerField(
        _("contact: looked at within (working days)"),
        default=1,
        validators=[MaxValueValidator(5)],
        help_text=_("By the end of that working day: 1 is the next one, 0 the same."),
    )
    second_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("second person"),
        help_text=_("Gets a mail when a flag has waited for longer than promised. A clinician of this clinic."),
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead"),
        help_text=_("Gets a mail when a flag has waited for twice as long. A clinician of this clinic."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        constraints = [
            models.CheckConstraint(name="clinic_urgent_minutes", condition=Q(urgent_minutes__range=(5, 480))),
            models.CheckConstraint(name="clinic_contact_days", condition=Q(contact_days__range=(0, 5))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @cached_property
    def opening(self) -> Opening:
        """Its hours and holidays as a plain value, read once; fetch `hours` and `holidays` before for many clinics."""
        return Opening(
            self.zone,
            [(hours.weekday, hours.opens, hours.closes) for hours in self.hours.all()],
            frozenset(holiday.on for holiday in self.holidays.all()),
        )

    def closes_at(self, moment: datetime.datetime) -> datetime.time | None:
        """The local time the doors close, when they are open at `moment` (aware); None when closed."""
        closes = self.opening.closes_at(moment)
        return closes.astimezone(self.zone).time() if closes else None

    def opens_at(self, moment: datetime.datetime) -> datetime.datetime | None:
        """The next local time the doors open after `moment` (aware); None where no hours are written down."""
        opens = self.opening.opens_after(moment)
        return opens.astimezone(self.zone) if opens else None

    def promised_by(self, since: datetime.datetime, *, urgent: bool) -> datetime.datetime:
        """Until when somebody has promised to look at what has waited `since`, in the clinic's own hours."""
        if urgent:
            return self.opening.after(since, datetime.timedelta(minutes=self.urgent_minutes))
        return self.opening.end_of_working_day(since, self.contact_days)


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


class Holiday(models.Model):
    """A date on which a clinic stays closed, whatever weekday it is."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="holidays")
    on = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        ordering = ["on"]
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [models.UniqueConstraint(name="holiday_once", fields=["clinic", "on"])]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"
