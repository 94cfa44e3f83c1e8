"""What happened to the skin, and what was done about it."""

from .alignment import Alignment
from .candidacy import Candidacy
from .care import CareChange, Product
from .consent import Consent
from .entry import Entry, EntryRevision
from .flag import Flag, Review
from .notice import Notice
from .photo import Photo
from .progress import Progress
from .protocol import Approval, UploadedProtocol
from .treatment import Treatment, TreatmentRevision
from .visit import Visit

__all__ = [
    "Alignment",
    "Approval",
    "Candidacy",
    "CareChange",
    "Consent",
    "Entry",
    "EntryRevision",
    "Flag",
    "Notice",
    "Photo",
    "Product",
    "Progress",
    "Review",
    "Treatment",
    "TreatmentRevision",
    "UploadedProtocol",
    "Visit",
]
