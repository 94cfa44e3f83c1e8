"""The life of a protocol: uploaded, approved, published, given to new treatments, and running ones moved on purpose."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from journal import protocols
from journal.actions import protocols as actions
from journal.actions import treatments
from journal.models import Approval, UploadedProtocol
from journal.models.protocol import has_approved, protocol_of, version_for
from journal.recovery.document import Unreadable

from .drafts import DRY, NEXT, approved, published, uploaded, written


def why(refused):
    return " ".join(refused.value.reasons)


def test_a_draft_is_kept_as_it_was_written(ada):
    kept = uploaded(ada)
    assert (kept.version, kept.uploaded_by, kept.is_published) == (NEXT, ada, False)
    assert kept.document == written().decode()
    assert kept.protocol().version == NEXT


def test_a_draft_replaces_the_draft_before_it(ada):
    first = uploaded(ada)
    again = uploaded(ada, DRY)
    assert again.pk == first.pk
    assert again.sha256 != first.sha256
    assert UploadedProtocol.objects.count() == 1


def test_a_draft_that_cannot_be_read_is_kept_for_somebody_to_mend(ada):
    kept = uploaded(ada, change=lambda document: document["rules"][0].update(tier="loud"))
    with pytest.raises(Unreadable, match='"loud" is not a known tier'):
        kept.protocol()


def test_a_published_version_is_never_replaced(ada, cara):
    before = published(ada, cara).sha256
    with pytest.raises(actions.Refused) as refused:
        uploaded(ada, DRY)
    assert "never changes" in why(refused)
    assert UploadedProtocol.objects.get().sha256 == before


def test_the_shipped_version_is_never_replaced(ada):
    with pytest.raises(actions.Refused) as refused:
        uploaded(ada, version=protocols.CURRENT)
    assert "comes with the journal" in why(refused)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"[]", "needs a “version”"),
        (b'{"version": 2}', "needs a “version”"),
        (b'{"version": "../etc"}', "needs a “version”"),
        (b'{"version": "a\\u0000b"}', "needs a “version”"),
        (b'{"version": "' + b"a" * 61 + b'"}', "needs a “version”"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 21 + b"]" * 21, "nested too deeply"),
        (b" " * (actions.LARGEST + 1), "larger than 2 MB"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(ada, contents, said):
    with pytest.raises(actions.Refused) as refused:
        actions.upload(contents=contents, by=ada, at=timezone.now())
    assert said in why(refused)
    assert not UploadedProtocol.objects.exists()


def test_a_named_clinician_approves_a_text_for_the_clinic(cara, clinic):
    assert not has_approved(clinic.pk)
    said = approved(clinic, protocols.CURRENT, cara)
    assert (said.clinic, said.by, said.version) == (clinic, cara, protocols.CURRENT)
    assert has_approved(clinic.pk)


def test_it_counts_for_one_clinic_only(cara, clinic, elsewhere):
    approved(clinic, protocols.CURRENT, cara)
    assert not has_approved(elsewhere.pk)


def test_approving_twice_keeps_the_first_name_and_date(cara, clinic):
    first = approved(clinic, protocols.CURRENT, cara)
    colleague = User.objects.create_user("cleo@test.example", "x", role="clinician", clinic=clinic)
    assert approved(clinic, protocols.CURRENT, colleague) == first
    assert Approval.objects.get().by == cara


@pytest.mark.parametrize("who", ["owen", "ada", "pat"])
def test_nobody_else_approves_for_a_clinic(request, clinic, who):
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        approved(clinic, protocols.CURRENT, getattr(person, "user", person))


def test_a_text_that_was_replaced_while_it_was_read_is_not_approved(ada, cara, clinic):
    seen = uploaded(ada).sha256
    uploaded(ada, DRY)
    with pytest.raises(actions.AnotherText):
        actions.approve(clinic=clinic, version=NEXT, seen=seen, by=cara, at=timezone.now())
    assert not Approval.objects.exists()


def test_a_draft_that_cannot_be_read_is_not_approved(ada, cara, clinic):
    uploaded(ada, change=lambda document: document.pop("rules"))
    with pytest.raises(Unreadable):
        approved(clinic, NEXT, cara)


def test_another_text_asks_anew(ada, cara, clinic):
    uploaded(ada)
    approved(clinic, NEXT, cara)
    draft = uploaded(ada, DRY)
    assert actions.hindrances(draft) == ["No clinic has approved this text yet."]


def test_a_clinic_gives_the_version_it_approved_to_new_treatments(ada, cara, clinic, pat):
    assert version_for(clinic.pk) == protocols.CURRENT
    draft = published(ada, cara)
    assert (draft.published_by, draft.is_published) == (ada, True)
    assert version_for(clinic.pk) == NEXT
    made = treatments.record(patient=pat, fields=about(), by=cara, at=timezone.now())
    assert made.protocol_version == NEXT
    assert made.protocol.version == NEXT


def test_a_clinic_that_did_not_approve_it_stays_with_what_it_has(ada, cara, elsewhere):
    published(ada, cara)
    assert version_for(elsewhere.pk) == protocols.CURRENT


def test_a_draft_is_given_to_nobody_although_it_is_approved(ada, cara, clinic):
    uploaded(ada)
    approved(clinic, NEXT, cara)
    assert version_for(clinic.pk) == protocols.CURRENT
    with pytest.raises(protocols.UnknownVersion):
        protocol_of(NEXT)


def test_the_latest_published_one_counts(ada, cara, clinic):
    for version in ("zz-2", "aa-3"):
        published(ada, cara, version=version)
    assert version_for(clinic.pk) == "aa-3"


def test_a_running_treatment_keeps_its_version(ada, cara, treatment):
    published(ada, cara)
    treatment.refresh_from_db()
    assert treatment.protocol_version == protocols.CURRENT


def test_somebody_has_to_have_approved_it(ada):
    with pytest.raises(actions.Refused, match="No clinic has approved this text yet"):
        actions.publish(uploaded=uploaded(ada), by=ada, at=timezone.now())


def test_nothing_that_is_fixed_may_be_looser(ada, cara, clinic):
    draft = uploaded(ada, change=lambda document: rule(document, "R-1").update(tier="watch"))
    approved(clinic, NEXT, cara)
    with pytest.raises(actions.Refused) as refused:
        actions.publish(uploaded=draft, by=ada, at=timezone.now())
    assert "R-1 is only watch" in why(refused)
    assert not UploadedProtocol.objects.published().exists()


def test_what_cannot_be_read_is_not_published(ada):
    draft = uploaded(ada, change=lambda document: document.pop("care"))
    with pytest.raises(actions.Refused, match=r"protocol\.care"):
        actions.publish(uploaded=draft, by=ada, at=timezone.now())


def test_it_is_published_once(ada, cara):
    draft = published(ada, cara)
    with pytest.raises(actions.Refused, match="published already"):
        actions.publish(uploaded=draft, by=cara, at=timezone.now())


def test_another_text_than_the_one_that_was_seen_is_not_published(ada, cara, clinic):
    seen = uploaded(ada)
    uploaded(ada, DRY)
    approved(clinic, NEXT, cara)
    with pytest.raises(actions.AnotherText):
        actions.publish(uploaded=seen, by=ada, at=timezone.now())


def about():
    return {"treated_on": timezone.now().date(), "time_zone": "Europe/London", "areas": ["face"]}


def rule(document, code):
    return next(row for row in document["rules"] if row["code"] == code)
