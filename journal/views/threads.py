"""What a clinic and one patient wrote to each other, with what came of each message, for the pages of both."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Clinic, Patient, User
from journal.message_forms import MessageForm
from journal.models import CannedReply, Flag, Message, Photo, Treatment
from journal.models.message import MessageQuerySet, named_in_braces
from journal.models.treatment import current

LATEST = 4  # on a page that is about something else
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One message, and what came of it."""

    message: Message
    receipts: str
    photo: Photo | None  # of a wish for a photo: the first that came after it


@dataclass(frozen=True, slots=True)
class Lines:
    """Some of a thread, the latest first, and all that its reader has not had before her."""

    shown: Sequence[Line]
    new: Sequence[Message]
    earlier: Message | None  # the last that is shown, where there is more before it

    @property
    def first(self) -> Sequence[Line]:
        """What a page begins with: all that is new, or else the latest."""
        return [line for line in self.shown if line.message in self.new] or self.shown[:1]

    @property
    def rest(self) -> Sequence[Line]:
        first = {line.message.pk for line in self.first}
        return [line for line in self.shown if line.message.pk not in first]

    @property
    def seen_to(self) -> datetime.datetime | None:
        """When the newest of what is new was written."""
        return max((message.at for message in self.new), default=None)


@dataclass(frozen=True, slots=True)
class Ready:
    """A canned reply with its names filled in for one patient."""

    reply: CannedReply
    text: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything that `clinic/_messages.html` shows."""

    patient: Patient
    lines: Lines
    form: MessageForm
    ready: Sequence[Ready]
    may_photograph: bool  # the patient agreed to photos
    back: str  # the page to go back to


def thread_of(
    patient: Patient,
    user: User,
    *,
    now: datetime.datetime,
    back: str,
    flag: Flag | None = None,
    treatment: Treatment | None = None,
    posted: QueryDict | None = None,
    most: int = LATEST,
    before: Message | None = None,
) -> Thread:
    """The latest messages, all that nobody at the clinic has seen, and the form to answer. At most seven queries.

    What is written from here is about `flag` or `treatment`; `back` is the page to go on to.
    """
    lines = lines_of(patient, user, most=most, before=before)
    running, may_photograph = _running(patient, now), patient.consents.standing().to_photos().exists()
    about = treatment or (flag.treatment if flag else running)
    initial = {"flag": flag and flag.pk, "treatment": about and about.pk, "seen_to": lines.seen_to}
    areas = areas_of(running, may_photograph)
    return Thread(
        patient=patient,
        lines=lines,
        form=MessageForm(posted, initial=initial, areas=areas),
        ready=_ready(patient, running, now),
        may_photograph=may_photograph,
        back=back,
    )


def _running(patient: Patient, now: datetime.datetime) -> Treatment | None:
    return current(patient.treatments.standing(), now)


def areas_of(running: Treatment | None, may_photograph: bool) -> Sequence[str]:
    """Codes of what the log asks photos of: no other photo can be asked for."""
    return running.areas if running and may_photograph else []


def lines_of(patient: Patient, user: User, *, most: int = PER_PAGE, before: Message | None = None) -> Lines:
    """The newest, or those before one, as its reader sees them; what is new to her is never cut off."""
    mine = Message.objects.visible_to(user).filter(patient=patient)
    rows = mine.before(before) if before else mine
    found = list(rows.order_by("-at", "-id").select_related("by", "opened_by")[: most + 1])
    shown, has_more = found[:most], len(found) > most
    if has_more:
        older = _new_to(user, rows.before(shown[-1])).select_related("by", "opened_by")
        shown += older.order_by("-at", "-id")
    answered = mine.after(shown[0]).filter(from_clinic=True).first() if before and shown else None
    return Lines(
        shown=list(_told(shown, answered, photos_for(shown, user), patient.clinic.zone, user)),
        new=[one for one in shown if one.opened_at is None and one.from_clinic == user.is_patient],
        earlier=found[most - 1] if has_more else None,
    )


def _new_to(user: User, rows: MessageQuerySet) -> MessageQuerySet:
    return rows.unread() if user.is_patient else rows.waiting()


def photos_for(asked: Sequence[Message], user: User) -> list[Photo]:
    """Photos of what was asked for, the first that came first. One query, where anything was asked for."""
    wishes = [message for message in asked if message.asks_photo_of]
    if not wishes:
        return []
    areas, since = {wish.asks_photo_of for wish in wishes}, min(wish.at for wish in wishes)
    of_patient = Photo.objects.visible_to(user).filter(treatment__patient=wishes[0].patient_id, baseline=False)
    return list(of_patient.filter(area__in=areas, added_at__gt=since).order_by("added_at", "id"))


def first_after(wish: Message, photos: Sequence[Photo]) -> Photo | None:
    """What came of a wish for a photo; nothing of a message that is none."""
    return next((one for one in photos if one.area == wish.asks_photo_of and one.added_at > wish.at), None)


def _told(
    newest_first: Sequence[Message], answered: Message | None, photos: Sequence[Photo], zone: ZoneInfo, user: User
) -> Iterator[Line]:
    for message in newest_first:
        photo = first_after(message, photos)
        told = _of_ours(message, photo, user) if message.from_clinic else _of_hers(message, answered, user)
        yield Line(message, _said(told, zone, message.opened_by), photo)
        answered = message if message.from_clinic else answered


Receipt = tuple[str, datetime.datetime | None]  # a sentence, and the moment that it has room for


def _of_ours(message: Message, photo: Photo | None, user: User) -> list[Receipt]:
    told: list[Receipt] = [(_("Sent %(when)s"), message.at)]
    if message.asks_photo_of:
        told.append((_("Photo received %(when)s"), photo.added_at) if photo else (_("No photo yet"), None))
    if user.is_patient:
        return told
    opened = _("Opened by the patient %(when)s") if message.opened_at else _("Not opened yet")
    return [*told, (opened, message.opened_at)]


def _of_hers(message: Message, answered: Message | None, user: User) -> list[Receipt]:
    told: list[Receipt] = [(_("Received %(when)s"), message.at)]
    if message.opened_at is None:
        return [*told, (_("Not seen yet"), None)]
    seen = _("Seen by the clinic %(when)s") if user.is_patient else _("Seen %(when)s by %(who)s")
    return [*told, (seen, message.opened_at), *([(_("Replied %(when)s"), answered.at)] if answered else [])]


def _said(receipts: Sequence[Receipt], zone: ZoneInfo, who: User | None) -> str:
    """In one line; a date stands where it is another one than before."""
    said, on = [], None
    for sentence, at in receipts:
        local = at.astimezone(zone) if at else None
        when = date_format(local, "H:i" if local.date() == on else "j M, H:i") if local else ""
        said.append(sentence % {"when": when, "who": who})
        on = local.date() if local else on
    return " · ".join(said)


def _ready(patient: Patient, running: Treatment | None, now: datetime.datetime) -> list[Ready]:
    """Canned replies of the clinic, those in the patient's language first; none that names what is not known."""
    names = _names(patient, patient.clinic, running, now)
    standing = [one for one in patient.clinic.canned_replies.standing() if named_in_braces(one.text) <= names.keys()]
    in_order = sorted(standing, key=lambda one: (one.language != patient.language, one.language, one.title))
    return [Ready(one, one.filled(names)) for one in in_order]


def _names(patient: Patient, clinic: Clinic, running: Treatment | None, now: datetime.datetime) -> dict[str, str]:
    names = {
        "name": patient.name,
        "clinic": clinic.name,
        "phone": clinic.phone,
        "urgent_line": clinic.urgent_line,
    }
    day = running.day_of(running.today(now)) if running else -1
    return names | {"day": str(day)} if day >= 0 else names


@dataclass(frozen=True, slots=True)
class Post:
    """What Today says of the clinic's messages."""

    unread: Sequence[Message]
    wishes: Sequence[Message]  # for photos that have not come


def post_of(patient: Patient, user: User, treatment: Treatment | None) -> Post | None:
    """What waits for a patient; None where nothing does. One query, two more where a photo was asked for.

    A wish is of its treatment: nobody goes on asking for the skin after an older one.
    """
    mine = Message.objects.visible_to(user).filter(patient=patient)
    asked = ~Q(asks_photo_of="") & Q(treatment=treatment)
    found = list(mine.filter(Q(from_clinic=True) & (Q(opened_at=None) | asked)).order_by("-at", "-id"))
    pending = _pending(found, treatment, user) if treatment else []
    if pending and not patient.consents.standing().to_photos().exists():
        pending = []
    unread = [one for one in found if one.opened_at is None]
    return Post(unread, pending) if unread or pending else None


def _pending(found: Sequence[Message], treatment: Treatment, user: User) -> list[Message]:
    """The newest wish for each treated area that nothing came of yet."""
    wishes = {one.asks_photo_of: one for one in reversed(found) if one.treatment_id == treatment.pk}
    photos = photos_for(found, user)
    return [one for area, one in wishes.items() if area in treatment.areas and not first_after(one, photos)]
