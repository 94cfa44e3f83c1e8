"""Who you are, and what was looked at."""

from .access_event import AccessEvent
from .clinic import Clinic, Holiday, OpeningHours
from .invitation import Invitation
from .people import Patient, SearchKey, User

__all__ = ["AccessEvent", "Clinic", "Holiday", "Invitation", "OpeningHours", "Patient", "SearchKey", "User"]
