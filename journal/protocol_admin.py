"""Protocols in the set-up: a draft is uploaded, read with its complaints, tried, and published once it is approved."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import ReadOnlyAdmin
from accounts.models import Clinic, User
from journal import protocols, trial
from journal.actions.protocols import (
    LARGEST,
    AnotherText,
    Refused,
    discard,
    hindrances,
    publish,
    upload,
    version_in,
)
from journal.models import Approval, Treatment, UploadedProtocol
from journal.models.courses import courses
from journal.recovery.document import Unreadable, parse
from journal.recovery.doubts import doubts
from journal.recovery.floor import loosened
from journal.recovery.places import Remarked, beside, split
from journal.recovery.protocol import Protocol
from journal.recovery.rows import Modifier, Rule

TRIED = 1000  # courses that a page has the time for; the command takes all
SHOWN = 50  # cases


class UploadForm(forms.ModelForm):  # type: ignore[type-arg]
    """A draft as a file. A draft of the same version is replaced."""

    file = forms.FileField(
        label=gettext_lazy("document"),
        help_text=gettext_lazy("JSON, laid out as the protocol that comes with the journal. 2 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    class Meta:
        model = UploadedProtocol
        fields = ()

    def clean_file(self) -> bytes:
        if self.cleaned_data["file"].size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        contents = cast(bytes, self.cleaned_data["file"].read())
        try:
            version_in(contents)
        except Refused as refused:
            raise forms.ValidationError(list(refused.reasons)) from refused
        return contents


class UploadedProtocolAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Written through `actions.protocols`. A draft may be replaced or removed, a published one may not."""

    list_display = ("version", "state", "uploaded_at", "uploaded_by", "published_at", "published_by")
    list_select_related = ("uploaded_by", "published_by")
    search_fields = ("version",)
    actions = None

    class Media:
        css = {"all": ("journal/protocol_admin.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[UploadedProtocol]:
        uploaded: QuerySet[UploadedProtocol] = super().get_queryset(request)
        return uploaded.defer("document")

    @admin.display(description=gettext_lazy("state"))
    def state(self, uploaded: UploadedProtocol) -> str:
        return _("published") if uploaded.is_published else _("draft")

    def get_fields(self, request: HttpRequest, obj: UploadedProtocol | None = None) -> tuple[str, ...]:
        shown = ("version", "state", "uploaded_at", "uploaded_by", "published_at", "published_by", "sha256")
        return shown if obj else ("file",)

    def get_readonly_fields(self, request: HttpRequest, obj: UploadedProtocol | None = None) -> tuple[str, ...]:
        return self.get_fields(request, obj) if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else UploadForm

    def has_delete_permission(self, request: HttpRequest, obj: UploadedProtocol | None = None) -> bool:
        """Treatments are judged by a published one, and a list of several could hold one."""
        return obj is not None and not obj.is_published and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: UploadedProtocol) -> None:
        discard(uploaded=obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refused:
            messages.error(request, " ".join(refused.reasons))
            return HttpResponseRedirect(reverse("admin:journal_uploadedprotocol_changelist"))

    def save_model(self, request: HttpRequest, obj: UploadedProtocol, form: Any, change: bool) -> None:
        if change:
            return  # nothing of it can be written
        kept = upload(contents=form.cleaned_data["file"], by=cast(User, request.user), at=timezone.now())
        obj.__dict__.update(kept.__dict__)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refused:
            messages.error(request, " ".join(refused.reasons))
            return HttpResponseRedirect(request.path)

    def response_add(self, request: HttpRequest, obj: UploadedProtocol, post_url_continue: Any = None) -> HttpResponse:
        messages.success(request, _("The draft is kept. Nobody is judged by it before it is published."))
        return self._to(obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        uploaded = self.get_object(request, object_id)
        may_look = self.has_view_or_change_permission(request, uploaded)  # before anything is worked out
        told = self._told(uploaded) if uploaded and may_look else None
        return super().change_view(request, object_id, form_url, told)

    def _told(self, uploaded: UploadedProtocol) -> dict[str, Any]:
        complaints, doubted = remarks(uploaded)
        return {
            "complaints": complaints,
            "doubts": doubted,
            "clinics": clinics(uploaded),
            "hindrances": [] if uploaded.is_published else hindrances(uploaded),
            "readable": is_readable(uploaded),
        }

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                "<int:pk>/publish/", self.admin_site.admin_view(self.publish), name="journal_uploadedprotocol_publish"
            ),
            path("<int:pk>/trial/", self.admin_site.admin_view(self.trial), name="journal_uploadedprotocol_trial"),
            path("shipped/", self.admin_site.admin_view(self.shipped), name="journal_uploadedprotocol_shipped"),
        ]
        return [*own, *super().get_urls()]

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks once more, and publishes the text that was shown."""
        uploaded = self._mine_or_404(request, pk)
        if request.method != "POST" or "sure" not in request.POST:
            return self._page(request, uploaded, "publish", _("Publish"), self._told(uploaded))
        uploaded.sha256 = request.POST.get("seen", "")
        try:
            publish(uploaded=uploaded, by=cast(User, request.user), at=timezone.now())
        except Refused as refused:
            messages.error(request, " ".join(refused.reasons))
        except AnotherText:
            messages.error(request, _("The draft was replaced while you read it. Please look again."))
        else:
            self.log_change(request, uploaded, "published")
            messages.success(request, _("Published. Clinics that approved it give it to new treatments from now on."))
        return self._to(uploaded)

    def trial(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What would change for recorded courses and for the case bank, once asked. Counts only, and each is logged."""
        uploaded = self._mine_or_404(request, pk)
        try:
            draft = uploaded.protocol()
        except Unreadable:
            messages.error(request, _("What cannot be read cannot be tried. See what is wrong with it first."))
            return self._to(uploaded)
        if request.method != "POST":
            return self._page(request, uploaded, "trial", _("Dry run"), {})
        # Whoever asks cunningly learns something of single patients, so it leaves a trace with the very text.
        self.log_change(request, uploaded, f"dry run of {uploaded.sha256}")
        bank, cases = trial.on_cases(draft)
        told = {
            "recorded": trial.on_courses(courses(timezone.now()), draft, most=TRIED),
            "all_courses": Treatment.objects.standing().count(),
            "bank": bank,
            "cases": cases,
            "most_cases": SHOWN,
            "wrong": sum(bool(case.complaints) for case in cases),
        }
        return self._page(request, uploaded, "trial", _("Dry run"), told)

    def shipped(self, request: HttpRequest) -> HttpResponse:
        """The document that comes with the journal, to start a draft from."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        answer = HttpResponse(protocols.text_of(protocols.CURRENT), content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="{protocols.CURRENT}.json"'
        return answer

    def _mine_or_404(self, request: HttpRequest, pk: int) -> UploadedProtocol:
        uploaded = get_object_or_404(UploadedProtocol, pk=pk)
        if not self.has_change_permission(request, uploaded):
            raise PermissionDenied
        return uploaded

    def _page(
        self, request: HttpRequest, uploaded: UploadedProtocol, name: str, title: str, told: dict[str, Any]
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "uploaded": uploaded, "opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/journal/uploadedprotocol/{name}.html", context | told)

    def _to(self, uploaded: UploadedProtocol) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:journal_uploadedprotocol_change", args=[uploaded.pk]))


def clinics(uploaded: UploadedProtocol) -> list[tuple[Clinic, Approval | None]]:
    """Every clinic with what it said of this text last, if anything; the approval that stands before others."""
    said = sorted(uploaded.approvals(), key=lambda one: (one.withdrawn_at is None, one.at))
    latest = {one.clinic_id: one for one in said}
    return [(clinic, latest.get(clinic.pk)) for clinic in Clinic.objects.order_by("name")]


def is_readable(uploaded: UploadedProtocol) -> bool:
    try:
        uploaded.protocol()
    except Unreadable:
        return False
    return True


def remarks(uploaded: UploadedProtocol) -> tuple[list[Remarked], list[Remarked]]:
    """What is wrong with a document, and what it should be asked about, each beside the row it is about."""
    document = parse(uploaded.document)
    try:
        protocol = uploaded.protocol()
    except Unreadable as wrong:
        return beside(document, map(split, wrong.complaints)), []
    shipped = protocols.load(protocols.CURRENT)
    looser = loosened(protocol, shipped)
    asked = [(doubt.place, doubt.text) for doubt in doubts(protocol, shipped)]
    return beside(document, [(_row_of(text, protocol), text) for text in looser]), beside(document, asked)


def _row_of(complaint: str, protocol: Protocol) -> str:
    """The place of the rule or modifier that a complaint of the floor begins with, if it is there."""
    code = complaint.partition(" ")[0].rstrip(":")
    rows: dict[str, Sequence[Rule | Modifier]] = {"rules": protocol.rules, "modifiers": protocol.modifiers}
    for part, of_part in rows.items():
        for at, row in enumerate(of_part):
            if row.code == code:
                return f"protocol.{part}[{at}]"
    return "protocol"


class ApprovalAdmin(ReadOnlyAdmin):
    list_display = ("version", "clinic", "by", "at", "withdrawn_by", "withdrawn_at")
    list_filter = ("version", "clinic")
    list_select_related = ("clinic", "by", "withdrawn_by")
    search_fields = ("version",)
