"""The life of a protocol: uploaded, approved, published, given to new treatments, and running ones moved on purpose."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import User
from journal import protocols
from journal.actions import protocols as actions
from journal.actions import treatments
from journal.models import Approval, UploadedProtocol
from journal.models.protocol import faults, offered, protocol_of, standing_of, version_for
from journal.recovery.document import Unreadable

from .drafts import DRY, NEXT, approved, published, uploaded, written


def why(refused):
    return " ".join(refused.value.reasons)


def test_a_draft_is_kept_as_it_was_written(ada):
    kept = uploaded(ada)
    assert (kept.version, kept.uploaded_by, kept.is_published) == (NEXT, ada, False)
    assert kept.document == written().decode()
    assert kept.protocol().version == NEXT


def test_the_same_text_once_more_stays_whose_it_is(ada, cara, clinic):
    first = uploaded(cara)
    approved(clinic, NEXT, cara)
    again = uploaded(ada)
    assert (again.uploaded_by, again.uploaded_at) == (cara, first.uploaded_at)
    assert "Only the person who uploaded" in actions.hindrances(again)[0]


def discard_it(draft, ada):
    actions.discard(uploaded=draft)


def replace_it(draft, ada):
    uploaded(ada, DRY)


@pytest.mark.parametrize("meanwhile", [discard_it, replace_it])
def test_what_was_said_of_a_text_before_it_was_uploaded_anew_does_not_count(ada, cara, clinic, meanwhile):
    draft = uploaded(cara)
    first = approved(clinic, NEXT, cara)
    meanwhile(draft, ada)
    again = uploaded(ada)
    assert again.sha256 == draft.sha256
    assert actions.hindrances(again) == ["No clinic has approved this text yet."]
    assert offered(clinic)[0].approval is None
    second = approved(clinic, NEXT, cara)
    first.refresh_from_db()
    assert (second.pk != first.pk, first.withdrawn_by) == (True, cara)
    assert actions.hindrances(again) == []


def test_a_draft_that_goes_while_versions_are_listed_is_left_out(ada, clinic, monkeypatch):
    draft = uploaded(ada, DRY)

    def gone(sha256):
        raise UploadedProtocol.DoesNotExist

    monkeypatch.setattr("journal.models.protocol.faults", gone)
    monkeypatch.setattr("journal.actions.protocols.faults", gone)
    assert [one.version for one in offered(clinic)] == [protocols.CURRENT]
    assert actions.hindrances(draft) == ["This draft was replaced or removed a moment ago. Look again."]


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


@pytest.mark.parametrize("version", [protocols.CURRENT, "microneedling-2", "Microneedling-99"])
def test_names_of_versions_that_come_with_the_journal_are_kept_for_them(ada, version):
    with pytest.raises(actions.Refused) as refused:
        uploaded(ada, version=version)
    assert "kept for versions that come with the journal" in why(refused)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not text in UTF-8"),
        (b"[]", "needs a “version”"),
        (b'{"version": 2}', "needs a “version”"),
        (b'{"version": "../etc"}', "needs a “version”"),
        (b'{"version": "."}', "needs a “version”"),
        (b'{"version": ".."}', "needs a “version”"),
        (b'{"version": "-a"}', "needs a “version”"),
        (b'{"version": "a", "title": "\\ud800"}', "half a character"),
        (b'{"version": "a", "rules": [{"\\udfff": 1}]}', "half a character"),
        (b'{"version": "a", "rules": [' + b"{}," * 500 + b"{}]}", "A list in the file (rules) has more than 500 rows"),
        (b'{"version": "a", "rules": {' + b",".join(b'"%d": 1' % n for n in range(501)) + b"}}", "more than 500 rows"),
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
    assert not standing_of(clinic.pk).approved
    said = approved(clinic, protocols.CURRENT, cara)
    assert (said.clinic, said.by, said.version) == (clinic, cara, protocols.CURRENT)
    assert standing_of(clinic.pk).approved


def test_it_counts_for_one_clinic_only(cara, clinic, elsewhere):
    approved(clinic, protocols.CURRENT, cara)
    assert not standing_of(elsewhere.pk).approved


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


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: document.pop("rules"), "protocol.rules: must be a list"),
        (lambda document: rule(document, "R-1").update(tier="watch"), "R-1 is only watch"),
    ],
)
def test_a_draft_with_faults_is_not_approved(ada, cara, clinic, change, said):
    uploaded(ada, change=change)
    with pytest.raises(actions.Refused) as refused:
        approved(clinic, NEXT, cara)
    assert said in why(refused)
    assert not Approval.objects.exists()


def test_clinics_are_offered_only_drafts_without_faults(ada, clinic):
    uploaded(ada, version="cannot-be-read", change=lambda document: document.pop("rules"))
    uploaded(ada, version="looser", change=lambda document: rule(document, "R-1").update(tier="watch"))
    uploaded(ada, DRY)
    assert [one.version for one in offered(clinic)] == [NEXT, protocols.CURRENT]


def test_what_is_wrong_with_a_text_is_read_once(ada, django_assert_num_queries):
    draft = uploaded(ada, DRY)
    faults(draft.sha256)
    with django_assert_num_queries(0):
        assert faults(draft.sha256) == ()


def test_an_approval_can_be_taken_back_and_both_names_are_kept(ada, cara, clinic):
    published(ada, cara)
    colleague = User.objects.create_user("cleo@test.example", "x", role="clinician", clinic=clinic)
    assert actions.withdraw(clinic=clinic, version=NEXT, by=colleague, at=timezone.now())
    said = Approval.objects.get()
    assert (said.by, said.withdrawn_by) == (cara, colleague)
    assert version_for(clinic.pk) == protocols.CURRENT
    assert not standing_of(clinic.pk).approved
    assert not actions.withdraw(clinic=clinic, version=NEXT, by=cara, at=timezone.now())


def test_new_treatments_then_get_the_latest_that_is_still_approved(ada, cara, clinic):
    for version in ("first-2", "second-3"):
        published(ada, cara, version=version)
    actions.withdraw(clinic=clinic, version="second-3", by=cara, at=timezone.now())
    assert version_for(clinic.pk) == "first-2"


def test_it_can_be_approved_once_more(ada, cara, clinic):
    published(ada, cara)
    actions.withdraw(clinic=clinic, version=NEXT, by=cara, at=timezone.now())
    approved(clinic, NEXT, cara)
    assert version_for(clinic.pk) == NEXT
    assert Approval.objects.filter(version=NEXT).count() == 2


@pytest.mark.parametrize("who", ["owen", "ada"])
def test_nobody_else_takes_a_clinics_approval_back(request, ada, cara, clinic, who):
    published(ada, cara)
    with pytest.raises(PermissionDenied):
        actions.withdraw(clinic=clinic, version=NEXT, by=request.getfixturevalue(who), at=timezone.now())
    assert version_for(clinic.pk) == NEXT


def test_an_approval_that_was_taken_back_lets_nothing_be_published(ada, cara, clinic):
    draft = uploaded(ada)
    approved(clinic, NEXT, cara)
    actions.withdraw(clinic=clinic, version=NEXT, by=cara, at=timezone.now())
    assert actions.hindrances(draft) == ["No clinic has approved this text yet."]


def test_who_uploaded_a_text_cannot_be_the_only_one_who_approved_it(cara, clinic):
    draft = uploaded(cara)
    approved(clinic, NEXT, cara)
    with pytest.raises(actions.Refused, match="Only the person who uploaded"):
        actions.publish(uploaded=draft, by=cara, at=timezone.now())


def test_a_newer_version_waits_for_a_clinic_until_it_has_said_something_of_it(ada, cara, owen, clinic, elsewhere):
    approved(elsewhere, protocols.CURRENT, owen)
    assert standing_of(elsewhere.pk).waiting == ""
    published(ada, cara)
    assert standing_of(elsewhere.pk).waiting == NEXT
    assert standing_of(clinic.pk).waiting == ""
    approved(elsewhere, NEXT, owen)
    assert standing_of(elsewhere.pk).waiting == ""
    actions.withdraw(clinic=elsewhere, version=NEXT, by=owen, at=timezone.now())
    assert standing_of(elsewhere.pk).waiting == ""


def test_an_older_version_than_the_one_in_use_waits_for_nobody(ada, cara, owen, elsewhere):
    published(ada, cara, version="first-2")
    published(ada, cara, version="second-3")
    approved(elsewhere, "second-3", owen)
    assert standing_of(elsewhere.pk).waiting == ""


def test_a_published_version_is_not_discarded(ada, cara):
    seen = uploaded(ada)
    published(ada, cara)
    with pytest.raises(actions.Refused, match="published and stays"):
        actions.discard(uploaded=seen)
    assert UploadedProtocol.objects.filter(version=NEXT).exists()


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
