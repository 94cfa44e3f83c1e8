"""The life of a protocol: a draft is uploaded, approved for a clinic, published, and treatments are moved to it."""

import datetime
import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from journal import protocols
from journal.models import Approval, Treatment, UploadedProtocol
from journal.models.protocol import digest, protocol_of, text_in_use, version_for
from journal.recovery.document import Unreadable, parse
from journal.recovery.floor import loosened
from journal.recovery.protocol_reader import CODE

from . import treatments

LARGEST = 2 * 1024 * 1024  # bytes
DEEPEST = 20  # the shipped document has 8 levels


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
    if _is_deeper(document, DEEPEST):
        raise Refused(_("The file is nested too deeply."))
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(version, str) or not re.fullmatch(CODE, version):
        raise Refused(_("The file needs a “version” made of letters, digits and . : _ - only, at most 60."))
    return version


def _is_deeper(value: Any, levels: int) -> bool:
    """Whether lists and objects lie in each other more often than that: such a file could not even be shown."""
    level = [value]
    for _level in range(levels):
        held = [one for one in level if isinstance(one, (dict, list))]
        level = [one for row in held for one in (row.values() if isinstance(row, dict) else row)]
    return bool(level)


@transaction.atomic
def upload(*, contents: bytes, by: User, at: datetime.datetime) -> UploadedProtocol:
    """Keep a draft, readable or not; one of the same version is replaced. Raises Refused."""
    version = version_in(contents)
    _refuse_published(version)
    document = contents.decode("utf-8-sig")
    fields: dict[str, Any] = {"document": document, "sha256": digest(document), "uploaded_by": by, "uploaded_at": at}
    kept, _new = UploadedProtocol.objects.update_or_create(version=version, defaults=fields)
    return kept


def _refuse_published(version: str) -> None:
    try:
        protocols.load(version)
    except protocols.UnknownVersion:
        if UploadedProtocol.objects.published().select_for_update().filter(version=version).exists():
            raise Refused(_("This version is published and never changes. Give the draft another version.")) from None
    else:
        raise Refused(_("This version comes with the journal. Give the draft another version."))


@transaction.atomic
def approve(*, clinic: Clinic, version: str, seen: str, by: User, at: datetime.datetime) -> Approval:
    """A clinician says for the clinic that the text with the digest `seen` may be used there. Raises AnotherText."""
    if not by.is_clinician or by.clinic_id != clinic.pk:
        raise PermissionDenied
    uploaded = UploadedProtocol.objects.select_for_update().filter(version=version).first()
    if text_in_use(version) != seen:
        raise AnotherText
    if uploaded:
        uploaded.protocol()  # what cannot be read, nobody can have read
    approval, _new = Approval.objects.get_or_create(
        clinic=clinic, version=version, sha256=seen, defaults={"by": by, "at": at}
    )
    return approval


def hindrances(uploaded: UploadedProtocol) -> list[str]:
    """Why a draft cannot be published, a sentence for each; none if it can."""
    try:
        draft = uploaded.protocol()
    except Unreadable as wrong:
        return list(wrong.complaints)
    looser = loosened(draft, protocols.load(protocols.CURRENT))
    return looser if looser or uploaded.approvals().exists() else [_("No clinic has approved this text yet.")]


@transaction.atomic
def publish(*, uploaded: UploadedProtocol, by: User, at: datetime.datetime) -> None:
    """From now on clinics that approved this text give it to new treatments. Raises Refused, and AnotherText."""
    held = UploadedProtocol.objects.select_for_update().get(pk=uploaded.pk)
    if held.is_published:
        raise Refused(_("This version is published already."))
    if held.sha256 != uploaded.sha256:
        raise AnotherText
    if reasons := hindrances(held):
        raise Refused(*reasons)
    UploadedProtocol.objects.filter(pk=held.pk).update(published_at=at, published_by=by)
    uploaded.refresh_from_db()


def move(*, clinic: Clinic, version: str, moving: Iterable[Treatment], by: User, at: datetime.datetime) -> int:
    """Judge running treatments of a clinic by the version that new ones get there. Returns how many were moved.

    Each by itself, so that nobody who logs meanwhile waits for all of them. Raises Refused.
    """
    if not by.is_clinician or by.clinic_id != clinic.pk:
        raise PermissionDenied
    if version != version_for(clinic.pk):
        raise Refused(_("Your clinic does not use this version for new treatments."))
    protocol_of(version)  # readable, or nothing is moved at all
    mine = (treatment for treatment in moving if treatment.patient.clinic_id == clinic.pk)
    return sum(treatments.move(treatment=treatment, version=version, by=by, at=at) for treatment in mine)
