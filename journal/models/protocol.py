"""Protocols that were uploaded, which clinic has approved what, and where a version is looked up."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from journal import protocols
from journal.recovery import protocol_reader
from journal.recovery.document import parse
from journal.recovery.protocol import Protocol


def digest(document: str) -> str:
    """What a text is known by: another text has another digest."""
    return hashlib.sha256(document.encode()).hexdigest()


class UploadedQuerySet(models.QuerySet["UploadedProtocol"]):
    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def approved_by(self, clinic: int) -> Self:
        """Those whose text, as it stands, a clinic (its id) has approved."""
        said = Approval.objects.filter(clinic=clinic, version=OuterRef("version"), sha256=OuterRef("sha256"))
        return self.filter(Exists(said))


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

    def approvals(self) -> "models.QuerySet[Approval]":
        """Of its text as it stands; approvals of a draft that was replaced do not count."""
        return Approval.objects.filter(version=self.version, sha256=self.sha256).select_related("clinic", "by")


class Approval(models.Model):
    """A clinician said for a clinic that this text of a protocol may be used there. Another text asks anew."""

    clinic = models.ForeignKey(Clinic, models.CASCADE, related_name="approvals")
    version = models.CharField(_("version"), max_length=60)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("approved"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at"]
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [models.UniqueConstraint(name="approved_once", fields=["clinic", "version", "sha256"])]

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


def text_in_use(version: str) -> str:
    """The digest of a version's text, shipped or uploaded, drafts too. Raises protocols.UnknownVersion."""
    try:
        return digest(protocols.text_of(version))
    except protocols.UnknownVersion:
        uploaded = UploadedProtocol.objects.filter(version=version).values_list("sha256", flat=True).first()
        if uploaded is None:
            raise
        return uploaded


def version_for(clinic: int) -> str:
    """What a clinic (its id) gives to new treatments: the latest published version it approved, or the shipped one."""
    mine = UploadedProtocol.objects.published().approved_by(clinic).order_by("-published_at")
    return mine.values_list("version", flat=True).first() or protocols.CURRENT


def has_approved(clinic: int) -> bool:
    """Whether a clinic (its id) has approved the text that `version_for` it names."""
    shipped = Q(version=protocols.CURRENT, sha256=digest(protocols.text_of(protocols.CURRENT)))
    same = UploadedProtocol.objects.published().filter(version=OuterRef("version"), sha256=OuterRef("sha256"))
    return Approval.objects.filter(shipped | Exists(same), clinic=clinic).exists()


@dataclass(frozen=True, slots=True)
class Offered:
    """A version as a clinic meets it: its text, and who approved that for the clinic, if anybody did."""

    version: str
    sha256: str
    is_published: bool
    in_use: bool  # new treatments get it
    approval: Approval | None


def offered(clinic: Clinic) -> list[Offered]:
    """All uploaded versions, the newest first, and the shipped one."""
    uploaded = UploadedProtocol.objects.values_list("version", "sha256", "published_at")
    shipped = (protocols.CURRENT, digest(protocols.text_of(protocols.CURRENT)), True)
    approvals = {(one.version, one.sha256): one for one in clinic.approvals.select_related("by")}
    in_use = version_for(clinic.pk)
    return [
        Offered(version, sha256, bool(published), version == in_use, approvals.get((version, sha256)))
        for version, sha256, published in [*uploaded, shipped]
    ]


def read_version(version: str) -> Protocol:
    """As `protocol_of`, drafts too. Raises protocols.UnknownVersion, and Unreadable."""
    try:
        return protocol_of(version)
    except protocols.UnknownVersion:
        draft = UploadedProtocol.objects.filter(version=version).first()
        if draft is None:
            raise
        return draft.protocol()
