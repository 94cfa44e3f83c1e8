"""The life of a protocol: a draft is uploaded, approved for a clinic, published, and treatments are moved to it."""

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from journal.models import Approval, Treatment, UploadedProtocol
from journal.models.protocol import digest, faults, protocol_of, text_in_use, version_for
from journal.recovery.document import Unreadable, parse

from . import treatments

LARGEST = 2 * 1024 * 1024  # bytes
DEEPEST = 20  # the shipped document has 8 levels
LONGEST = 500  # rows in a list or parts of an object; the shipped document has 43 rules
MANY = {"statements": 2000}  # of these it has 264
# First a letter or digit: “.” and “..” would be no address.
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,59}")
# How versions that come with the journal are named, those to come too: one of the files is looked up first.
SHIPPED = re.compile(r"microneedling-\d+", re.IGNORECASE)


class Refused(Exception):
    """Something stands in the way; `.reasons` are sentences for the person who asked."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


class AnotherText(Exception):
    """The text is not the one that the person has read any more."""


def version_in(contents: bytes) -> str:
    """Which version a draft says it is. Raises Refused where it cannot be kept at all, however much else is wrong."""
    if len(contents) > LARGEST:
        raise Refused(_("The file is larger than 2 MB."))
    try:
        document = parse(contents)
    except Unreadable as wrong:
        raise Refused(*wrong.complaints) from wrong
    _refuse_shape(document)
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        raise Refused(_("The file needs a “version”: a letter or digit, then more of them or . : _ -, at most 60."))
    if SHIPPED.fullmatch(version):
        raise Refused(_("Names like this one are kept for versions that come with the journal. Give it another."))
    return version


def _refuse_shape(document: Any) -> None:
    """What would keep a page busy for minutes, or could not even be shown."""
    if _is_deeper(document, DEEPEST):
        raise Refused(_("The file is nested too deeply."))
    for name, value in _held(document):
        most = MANY.get(name, LONGEST)
        if isinstance(value, (dict, list)) and len(value) > most:
            told = {"name": name, "most": most}
            raise Refused(_("A list in the file (%(name)s) has more than %(most)s rows.") % told)
        if isinstance(value, str) and not _can_be_sent(value):
            raise Refused(_("The file holds half a character, which cannot be shown."))


def _held(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Everything in a document that is not too deep, with the key that it or its list stands under; keys too."""
    yield name, value
    if isinstance(value, dict):
        for key, one in value.items():
            yield name, key
            yield from _held(one, key if _can_be_sent(key) else "")
    elif isinstance(value, list):
        for one in value:
            yield from _held(one, name)


def _can_be_sent(text: str) -> bool:
    """False for half of a pair that makes up one character."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects lie in each other more often than that: such a file could not even be shown."""
    level = [value]
    for _level in range(levels):
        held = [one for one in level if isinstance(one, (dict, list))]
        level = [one for row in held for one in (row.values() if isinstance(row, dict) else row)]
    return bool(level)


@transaction.atomic
def upload(*, contents: bytes, by: User, at: datetime.datetime) -> UploadedProtocol:
    """Keep a draft, readable or not; one of the same version is replaced. Raises Refused.

    The same text once more changes nothing: whose it is decides who may approve it.
    """
    version = version_in(contents)
    document = contents.decode("utf-8-sig")
    fields: dict[str, Any] = {"document": document, "sha256": digest(document), "uploaded_by": by, "uploaded_at": at}
    kept, _new = UploadedProtocol.objects.get_or_create(version=version, defaults=fields)
    # Its row is held whatever it was when it was read: who publishes meanwhile is waited for.
    kept = UploadedProtocol.objects.select_for_update().get(pk=kept.pk)
    if kept.is_published:
        raise Refused(_("This version is published and never changes. Give the draft another version."))
    if kept.sha256 == fields["sha256"]:
        return kept
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(fields))
    return kept


@transaction.atomic
def discard(*, uploaded: UploadedProtocol) -> None:
    """Remove a draft. Raises Refused where it was published meanwhile."""
    held = UploadedProtocol.objects.select_for_update().filter(pk=uploaded.pk).first()
    if held and held.is_published:
        raise Refused(_("This version is published and stays."))
    if held:
        held.delete()


@transaction.atomic
def approve(*, clinic: Clinic, version: str, seen: str, by: User, at: datetime.datetime) -> Approval:
    """A clinician says for the clinic that the text with the digest `seen` may be used there.

    Raises AnotherText, and Refused for a draft that has faults.
    """
    _ask_for_own_clinic(clinic, by)
    uploaded = UploadedProtocol.objects.select_for_update().filter(version=version).first()
    if text_in_use(version) != seen:
        raise AnotherText
    if uploaded and not uploaded.is_published and (reasons := faults(seen)):
        raise Refused(*reasons)
    mine = Approval.objects.standing().filter(clinic=clinic, version=version, sha256=seen)
    if uploaded:  # what was said of the same text before it was uploaded anew does not count, and makes room
        mine.filter(at__lt=uploaded.uploaded_at).update(withdrawn_at=at, withdrawn_by=by)
    approval, _new = mine.get_or_create(
        clinic=clinic, version=version, sha256=seen, withdrawn_at=None, defaults={"by": by, "at": at}
    )
    return approval


@transaction.atomic
def withdraw(*, clinic: Clinic, version: str, by: User, at: datetime.datetime) -> bool:
    """A clinician takes an approval back: new treatments get the latest version that is still approved, or the shipped.

    Treatments that have the version keep it. False where no approval stood.
    """
    _ask_for_own_clinic(clinic, by)
    mine = Approval.objects.standing().filter(clinic=clinic, version=version)
    return mine.update(withdrawn_at=at, withdrawn_by=by) > 0


def _ask_for_own_clinic(clinic: Clinic, by: User) -> None:
    if not by.is_clinician or by.clinic_id != clinic.pk:
        raise PermissionDenied


def hindrances(uploaded: UploadedProtocol) -> list[str]:
    """Why a draft cannot be published, a sentence for each; none if it can."""
    try:
        reasons = faults(uploaded.sha256)
    except UploadedProtocol.DoesNotExist:
        return [_("This draft was replaced or removed a moment ago. Look again.")]
    if reasons:
        return list(reasons)
    standing = uploaded.approvals().standing()
    if not standing.exists():
        return [_("No clinic has approved this text yet.")]
    if not standing.exclude(by=uploaded.uploaded_by_id).exists():
        return [_("Only the person who uploaded this text has approved it. A second clinician has to.")]
    return []


@transaction.atomic
def publish(*, uploaded: UploadedProtocol, by: User, at: datetime.datetime) -> None:
    """From now on clinics that approved this text give it to new treatments. Raises Refused, and AnotherText."""
    held = UploadedProtocol.objects.select_for_update().filter(pk=uploaded.pk).first()
    if held and held.is_published:
        raise Refused(_("This version is published already."))
    if held is None or held.sha256 != uploaded.sha256:
        raise AnotherText
    if reasons := hindrances(held):
        raise Refused(*reasons)
    UploadedProtocol.objects.filter(pk=held.pk).update(published_at=at, published_by=by)
    uploaded.refresh_from_db()


def move(*, clinic: Clinic, version: str, moving: Iterable[Treatment], by: User, at: datetime.datetime) -> int:
    """Judge running treatments of a clinic by the version that new ones get there. Returns how many were moved.

    Each by itself, so that nobody who logs meanwhile waits for all of them; once they get another, no more are moved.
    Raises Refused.
    """
    _ask_for_own_clinic(clinic, by)
    if version != version_for(clinic.pk):
        raise Refused(_("Your clinic does not use this version for new treatments."))
    protocol_of(version)  # readable, or nothing is moved at all
    mine = (treatment for treatment in moving if treatment.patient.clinic_id == clinic.pk)
    return sum(_move(treatment, version, by, at) for treatment in mine)


@transaction.atomic
def _move(treatment: Treatment, version: str, by: User, at: datetime.datetime) -> bool:
    is_in_use = version == version_for(treatment.patient.clinic_id)
    return is_in_use and treatments.move(treatment=treatment, version=version, by=by, at=at)
