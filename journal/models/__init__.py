"""What happened to the skin, and what was done about it."""

from .alignment import Alignment
from .consent import Consent
from .entry import Entry, EntryRevision
from .flag import Flag, Review
from .notice import Notice
from .photo import Photo
from .treatment import Treatment, TreatmentRevision

__all__ = [
    "Alignment",
    "Consent",
    "Entry",
    "EntryRevision",
    "Flag",
    "Notice",
    "Photo",
    "Review",
    "Treatment",
    "TreatmentRevision",
]
