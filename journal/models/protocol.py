"""Protocols that were uploaded, which clinic has approved what, and where a version is looked up."""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from journal import protocols
from journal.recovery import protocol_reader
from journal.recovery.document import Unreadable, parse
from journal.recovery.floor import loosened
from journal.recovery.protocol import Protocol


def digest(document: str) -> str:
    """What a text is known by: another text has another digest."""
    return hashlib.sha256(document.encode()).hexdigest()


class UploadedQuerySet(models.QuerySet["UploadedProtocol"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def approved_by(self, clinic: int) -> Self:
        """Those whose text, as it stands, a clinic (its id) has approved."""
        return self.filter(Exists(_said_by(clinic).standing()))

    def unanswered_by(self, clinic: int) -> Self:
        """Those whose text, as it stands, a clinic (its id) has neither approved nor approved and taken back."""
        return self.exclude(Exists(_said_by(clinic)))


class UploadedProtocol(models.Model):
    """A version that came after the one in the files. A draft may be replaced; once published it never changes."""

    version = models.CharField(_("version"), max_length=60, unique=True)
    document = models.TextField(_("document"))
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = UploadedQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")
        constraints = [
            models.CheckConstraint(
                name="published_by_someone",
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def protocol(self) -> Protocol:
        """Raises Unreadable, which a published one never does."""
        return protocol_reader.read(parse(self.document))

    def approvals(self) -> "ApprovalQuerySet":
        """Of its text as it stands, those taken back too; none from before it was uploaded, maybe by somebody else."""
        said = Approval.objects.filter(version=self.version, sha256=self.sha256, at__gte=self.uploaded_at)
        return said.select_related("clinic", "by", "withdrawn_by")


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(withdrawn_at=None)


def _said_by(clinic: int) -> ApprovalQuerySet:
    """Every approval by a clinic of the text of the outer query's row, since it was uploaded."""
    of_text = Approval.objects.filter(version=OuterRef("version"), sha256=OuterRef("sha256"))
    return of_text.filter(clinic=clinic, at__gte=OuterRef("uploaded_at"))


class Approval(models.Model):
    """A clinician said for a clinic that this text of a protocol may be used there. Another text asks anew.

    Who takes it back is kept beside it; approved once more, it is a new row.
    """

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="approvals")
    version = models.CharField(_("version"), max_length=60)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("approved"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.UniqueConstraint(
                name="approved_once", fields=["clinic", "version", "sha256"], condition=Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="withdrawn_by_someone",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Approval {self.pk}"


def protocol_of(version: str) -> Protocol:
    """A version that patients may have: shipped, or uploaded and published. Raises protocols.UnknownVersion."""
    try:
        return published(version)
    except UploadedProtocol.DoesNotExist:
        raise protocols.UnknownVersion(version) from None


@lru_cache(maxsize=32)
def published(version: str) -> Protocol:
    """Kept, because a published version never changes. Raises UploadedProtocol.DoesNotExist."""
    try:
        return protocols.load(version)
    except protocols.UnknownVersion:
        return UploadedProtocol.objects.published().get(version=version).protocol()


def document_of(version: str) -> str:
    """A version's text, shipped or uploaded, drafts too. Raises protocols.UnknownVersion."""
    try:
        return protocols.text_of(version)
    except protocols.UnknownVersion:
        document = UploadedProtocol.objects.filter(version=version).values_list("document", flat=True).first()
        if document is None:
            raise
        return document


def text_in_use(version: str) -> str:
    """The digest of what `document_of` gives."""
    try:
        return _shipped_digest(version)
    except protocols.UnknownVersion:
        uploaded = UploadedProtocol.objects.filter(version=version).values_list("sha256", flat=True).first()
        if uploaded is None:
            raise
        return uploaded


def version_for(clinic: int) -> str:
    """What a clinic (its id) gives to new treatments: the latest published version it approved, or the shipped one."""
    mine = UploadedProtocol.objects.published().approved_by(clinic).order_by("-published_at")
    return mine.values_list("version", flat=True).first() or protocols.CURRENT


@lru_cache(maxsize=64)
def faults(sha256: str) -> tuple[str, ...]:
    """Why the uploaded text with this digest may be used nowhere: it cannot be read, or loosens what is fixed.

    Kept, because a text with that digest never changes. Raises UploadedProtocol.DoesNotExist.
    """
    uploaded = UploadedProtocol.objects.filter(sha256=sha256).first()
    if uploaded is None:
        raise UploadedProtocol.DoesNotExist
    try:
        return tuple(loosened(uploaded.protocol(), protocols.load(protocols.CURRENT)))
    except Unreadable as wrong:
        return wrong.complaints


@dataclass(frozen=True, slots=True)
class Standing:
    """How a clinic stands to the versions there are."""

    approved: bool  # the text that new treatments get
    waiting: str  # the newest version after that one, where the clinic has not said anything of it


def standing_of(clinic: int) -> Standing:
    """Of a clinic (its id). One query, because every page of the clinic asks."""
    published = UploadedProtocol.objects.published().order_by("-published_at")
    mine, other = published.approved_by(clinic), published.unanswered_by(clinic)
    row = Clinic.objects.filter(pk=clinic).values_list(
        Exists(Approval.objects.standing().filter(clinic=clinic, **_shipped())),
        Subquery(mine.values("published_at")[:1]),
        Subquery(other.values("published_at")[:1]),
        Subquery(other.values("version")[:1]),
    )
    shipped, used_since, newer_since, newer = row.get()
    waits = newer_since and not (used_since and used_since > newer_since)
    return Standing(approved=shipped or used_since is not None, waiting=newer if waits else "")


def _shipped() -> dict[str, str]:
    return {"version": protocols.CURRENT, "sha256": _shipped_digest(protocols.CURRENT)}


@lru_cache
def _shipped_digest(version: str) -> str:
    """Kept, because every page of the clinic asks. Raises protocols.UnknownVersion."""
    return digest(protocols.text_of(version))


@dataclass(frozen=True, slots=True)
class Offered:
    """A version as a clinic meets it: its text, where that is from, and what the clinic said of it."""

    version: str
    sha256: str
    is_published: bool
    in_use: bool  # new treatments get it
    approval: Approval | None  # the one that stands
    withdrawn: Approval | None  # the latest that was taken back, where none stands
    uploaded_at: datetime.datetime | None = None  # None: it comes with the journal
    uploaded_by: str = ""


def offered(clinic: Clinic) -> list[Offered]:
    """All versions that a clinic could use, the newest first, and the shipped one: no draft that has `faults`."""
    in_use, shipped = version_for(clinic.pk), _shipped()
    said = list(clinic.approvals.select_related("by", "withdrawn_by"))
    uploaded = UploadedProtocol.objects.defer("document").select_related("uploaded_by")
    fit = [one for one in uploaded if one.is_published or _is_fit(one.sha256)]
    return [*(_offered(one, said, in_use) for one in fit), _offered(UploadedProtocol(**shipped), said, in_use)]


def _is_fit(sha256: str) -> bool:
    """Whether clinics may be offered a draft; not one that was replaced or removed a moment ago."""
    try:
        return not faults(sha256)
    except UploadedProtocol.DoesNotExist:
        return False


def _offered(one: UploadedProtocol, said: Iterable[Approval], in_use: str) -> Offered:
    """Of an uploaded version; the shipped one comes as a row that was never uploaded."""
    is_shipped = one.pk is None
    of_text = [approval for approval in said if (approval.version, approval.sha256) == (one.version, one.sha256)]
    mine = [approval for approval in of_text if is_shipped or approval.at >= one.uploaded_at]
    standing = next((approval for approval in mine if approval.withdrawn_at is None), None)
    return Offered(
        version=one.version,
        sha256=one.sha256,
        is_published=is_shipped or one.is_published,
        in_use=one.version == in_use,
        approval=standing,
        withdrawn=None if standing else next(iter(mine), None),
        uploaded_at=None if is_shipped else one.uploaded_at,
        uploaded_by="" if is_shipped else str(one.uploaded_by),
    )


def read_version(version: str) -> Protocol:
    """As `protocol_of`, drafts too. Raises protocols.UnknownVersion, and Unreadable."""
    try:
        return protocol_of(version)
    except protocols.UnknownVersion:
        draft = UploadedProtocol.objects.filter(version=version).first()
        if draft is None:
            raise
        return draft.protocol()
