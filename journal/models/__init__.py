"""What happened to the skin, and what was done about it."""

from .alignment import Alignment
from .call import Call, CallTry
from .candidacy import Candidacy
from .care import CareChange, Product
from .consent import Consent
from .entry import Entry, EntryRevision
from .flag import Assignment, Flag, Review
from .look import Look
from .message import CannedReply, Message
from .notice import Notice
from .photo import Photo
from .progress import Progress
from .protocol import Approval, UploadedProtocol
from .treatment import Treatment, TreatmentRevision
from .visit import Visit

__all__ = [
    "Alignment",
    "Approval",
    "Assignment",
    "Call",
    "CallTry",
    "Candidacy",
    "CannedReply",
    "CareChange",
    "Consent",
    "Entry",
    "EntryRevision",
    "Flag",
    "Look",
    "Message",
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
