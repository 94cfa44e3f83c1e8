"""Whether the work behind the pages goes on: an inbox must not look calm because nothing runs any more."""

import datetime
from dataclasses import dataclass

from accounts.models import Clinic
from journal.actions import heartbeat
from journal.models import Notice

LATE = datetime.timedelta(minutes=10)  # `tick` runs every minute, and a slow one takes a few
UNSENT = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """What `clinic/_clock.html` tells; nothing while all goes well."""

    stopped: bool
    ran_at: datetime.datetime | None  # the last time, where there was one
    undelivered: bool


def clock(clinic: Clinic, now: datetime.datetime) -> Clock:
    ran_at = heartbeat.last()
    return Clock(ran_at is None or now - ran_at > LATE, ran_at, undelivered(clinic, now))


def undelivered(clinic: Clinic, now: datetime.datetime) -> bool:
    """Whether a mail to the clinic has been refused for over an hour."""
    waiting = clinic.notices.waiting().exclude(desk=Notice.Desk.PATIENT)
    return waiting.filter(created_at__lt=now - UNSENT).exists()
