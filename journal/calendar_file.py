"""Dates as a file that calendars read. Whoever sees the calendar learns neither why nor where."""

import datetime
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

DAY = datetime.timedelta(days=1)


def calendar_file(days: Mapping[uuid.UUID, datetime.date], at: datetime.datetime) -> bytes:
    """All-day events (RFC 5545), each with one neutral title; an id seen before moves its event."""
    calendar = Calendar()
    calendar.add("prodid", "-//Afterglow//Journal//EN")
    calendar.add("version", "2.0")
    for uid, on in days.items():
        calendar.add_component(_event(uid, on, at))
    written: bytes = calendar.to_ical()
    return written


def _event(uid: uuid.UUID, on: datetime.date, at: datetime.datetime) -> Event:
    event = Event()
    event.add("uid", str(uid))
    event.add("dtstamp", at)
    event.add("last-modified", at)  # so that a new file moves what an older one brought
    event.add("dtstart", on)
    event.add("dtend", on + DAY)  # the first day after it
    event.add("summary", _("Afterglow: look at today’s page"))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")  # nobody is busy because of it
    return event
