"""Protocols in the set-up: complaints beside their rows, a dry run as counts, and publishing with a second look."""

import datetime
import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from journal import protocols
from journal.actions import protocols as actions
from journal.models import Entry, Flag, Treatment, UploadedProtocol
from journal.models.protocol import version_for
from journal.protocol_admin import UploadedProtocolAdmin
from tests.conftest import PASSWORD, make_patient, make_treatment

from .drafts import DRY, NEXT, approved, published, uploaded, written
from .tables import log, words

LIST = "/admin/journal/uploadedprotocol/"
LONG_AGO = datetime.date(2026, 1, 5)


@pytest.fixture
def send(as_, ada):
    """The upload page, asked with a file; follows to the page of the draft."""

    def post(contents, by=None):
        file = SimpleUploadedFile("draft.json", contents, "application/json")
        return as_(by or ada).post(f"{LIST}add/", {"file": file}, follow=True)

    return post


@pytest.fixture
def ben(db):
    """A clinic's administrator, as the shipped group makes one."""
    user = User.objects.create_user("ben@test.example", PASSWORD, role="admin", is_staff=True)
    user.groups.add(Group.objects.get(name="clinic administrator"))
    return user


def page(draft, *rest):
    return "/".join([f"{LIST}{draft.pk}", *rest, ""])


def change(draft):
    return page(draft, "change")


def run(browser, draft):
    """The page of a dry run, once it was asked for."""
    return browser.post(page(draft, "trial"))


def written_at(*steps):
    value = json.loads(protocols.text_of(protocols.CURRENT))
    for step in steps:
        value = value[step]
    return value


def test_a_draft_without_faults_says_so(send):
    said = words(send(written()))
    assert "The draft is kept." in said
    assert "The document can be read, and loosens nothing that is fixed." in said
    assert "Nothing in it asks for a second look." in said
    assert UploadedProtocol.objects.get().version == NEXT


def test_each_complaint_stands_beside_its_row(send):
    def break_it(document):
        document["rules"][3]["tier"] = "loud"
        document["profiles"][1]["bands"][0]["limit"][2]["says"] = ["S9:none"]
        document["care"]["clocks"][0]["claims"][0].pop("says")

    said = words(send(written(change=break_it)))
    assert "3 rows are wrong" in said
    rule = protocols.load(protocols.CURRENT).rules[3]
    profile, clock = written_at("profiles", 1)["label"], written_at("care", "clocks", 0)["topic"]
    for name, place, complaint, row in (
        (
            f"{rule.code} {rule.title}",
            "protocol.rules[3]",
            'tier: "loud" is not a known tier',
            f'"code": "{rule.code}"',
        ),
        (
            f"{profile} · Redness · limit, from day 3",
            "protocol.profiles[1].bands[0].limit[2]",
            'says[0]: "S9:none" is not a known statement',
            '"from_day"',
        ),
        (clock, "protocol.care.clocks[0].claims[0]", "says: null is not a known statement", '"to_day"'),
    ):
        found = re.search(rf"{re.escape(name)} {re.escape(place)} {re.escape(complaint)} {{(.*?)}}", said)
        assert found, place
        assert row in found[1]


def test_what_is_looser_stands_beside_its_rule(send):
    def loosen(document):
        next(row for row in document["rules"] if row["code"] == "R-1")["tier"] = "watch"

    said = words(send(written(change=loosen)))
    assert re.search(r"protocol\.rules\[\d+\] R-1 is only watch { \"code\": \"R-1\"", said)


def test_what_asks_for_a_second_look_stands_beside_its_row(send):
    def doubtful(document):
        document["statements"]["S0:spare"] = {"source": "S0", "heading": "Aims", "says": "Nobody cites this."}

    said = words(send(written(change=doubtful)))
    assert "Worth a second look" in said
    assert re.search(r'protocol\.statements\.S0:spare no row rests on this statement { "source": "S0"', said)


def test_a_file_that_cannot_be_kept_is_refused_on_the_page(send):
    said = words(send(b'{"version": '))
    assert "not JSON" in said
    assert not UploadedProtocol.objects.exists()


def test_a_published_version_is_refused_on_the_page(send, ada, cara):
    published(ada, cara)
    assert "This version is published and never changes." in words(send(written(NEXT, DRY)))


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</pre><b>"])
def test_nothing_of_a_draft_is_more_than_text(send, text):
    shown = send(written(change=lambda document: document["rules"][0].update(tier=text, title=text)))
    assert shown.status_code == 200
    assert text not in shown.content.decode()


def test_the_dry_run_counts_what_would_change(as_, ada, treatment):
    log(treatment, "day dryness\n1 1\n2 1\n3 0")
    draft = uploaded(ada, DRY)
    said = words(run(as_(ada), draft))
    assert "1 of 1 course, with 3 entries." in said
    few = "fewer than 5"
    assert f"In 3 entries, 0 findings would appear and 0 would vanish, in {few} courses. Rules that change" in said
    assert f"contact X-1 0 about as many {few} 0 {few}" in said
    bank = said[said.index("Case bank") :]
    assert few not in bank
    assert "left out of these sums" not in bank
    assert "Per 100 entries:" in bank


def test_what_is_of_five_courses_is_counted(as_, ada, cara, clinic):
    for number in range(5):
        pat = make_patient(clinic, f"Pat {number}", f"pat{number}@test.example")
        log(make_treatment(pat, LONG_AGO, cara), "day dryness\n1 1\n2 1")
    said = words(run(as_(ada), uploaded(ada, DRY)))
    assert "In 10 entries, 15 findings would appear and 0 would vanish, in 5 courses." in said
    assert "Per 100 entries: 150.0 appear and 0.0 vanish." in said
    assert "contact X-1 0 10 10 0 5" in said


def test_a_dry_run_is_asked_for_and_leaves_a_trace_with_the_text(as_, ada, treatment):
    draft = uploaded(ada, DRY)
    assert "findings would appear" not in words(as_(ada).get(page(draft, "trial")))
    assert not LogEntry.objects.exists()
    run(as_(ada), draft)
    assert LogEntry.objects.get().change_message == f"dry run of {draft.sha256}"


def test_the_dry_run_names_the_cases_that_come_out_differently(as_, ada):
    def silence(document):
        document["rules"] = [row for row in document["rules"] if row["code"] != "W-1"]

    said = words(run(as_(ada), uploaded(ada, change=silence)))
    cases = [case for case in protocols.case_bank() if "W-1" in case.fires]
    assert cases
    assert all(f"{case.family}: {case.name}" in said for case in cases)
    assert "W-1 does not fire" in said


def test_the_dry_run_of_the_same_rules_changes_nothing(as_, ada, treatment):
    log(treatment, "day redness signs\n2 4 pus")
    said = words(run(as_(ada), uploaded(ada)))
    assert said.count("0 findings would appear and 0 would vanish, in 0 courses.") == 2
    assert "0 cases that come out differently" in said


def test_looking_at_a_draft_changes_nothing(as_, ada, treatment):
    log(treatment, "day dryness\n1 1")
    draft, models = uploaded(ada, DRY), (Treatment, Entry, Flag, UploadedProtocol)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    for rest in ("change", "trial", "publish"):
        assert as_(ada).get(page(draft, rest)).status_code == 200
    run(as_(ada), draft)
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_a_draft_that_cannot_be_read_is_not_tried(as_, ada):
    draft = uploaded(ada, change=lambda document: document.pop("rules"))
    assert "What cannot be read cannot be tried." in words(as_(ada).get(page(draft, "trial"), follow=True))
    shown = as_(ada).get(change(draft)).content.decode()
    assert "/trial/" not in shown
    assert "/publish/" not in shown


def test_the_page_names_who_approved_this_text_and_for_which_clinic(as_, ada, cara, clinic, elsewhere):
    draft = uploaded(ada)
    approved(clinic, NEXT, cara)
    said = words(as_(ada).get(change(draft)))
    assert f"{clinic}: {cara}, " in said
    assert f"{elsewhere}: not yet" in said
    actions.withdraw(clinic=clinic, version=NEXT, by=cara, at=timezone.now())
    assert f"{clinic}: taken back by {cara}, " in words(as_(ada).get(change(draft)))
    uploaded(ada, DRY)
    assert f"{clinic}: not yet" in words(as_(ada).get(change(draft)))


def test_publishing_asks_once_more_and_then_stands(as_, ada, cara, clinic):
    draft = uploaded(ada)
    approved(clinic, NEXT, cara)
    asked = as_(ada).get(page(draft, "publish"))
    assert f"{clinic}: {cara}" in words(asked)
    as_(ada).post(page(draft, "publish"), {"seen": draft.sha256})  # without the tick
    assert version_for(clinic.pk) == protocols.CURRENT
    said = words(as_(ada).post(page(draft, "publish"), {"seen": draft.sha256, "sure": "on"}, follow=True))
    assert "Published. Clinics that approved it" in said
    assert version_for(clinic.pk) == NEXT
    assert LogEntry.objects.filter(user=ada, change_message__contains="published").exists()


def test_a_draft_without_an_approval_says_what_is_missing(as_, ada):
    draft = uploaded(ada)
    said = words(as_(ada).get(page(draft, "publish")))
    assert "It cannot be published yet No clinic has approved this text yet." in said
    said = words(as_(ada).post(page(draft, "publish"), {"seen": draft.sha256, "sure": "on"}, follow=True))
    assert "No clinic has approved this text yet." in said
    assert not UploadedProtocol.objects.published().exists()


def test_a_draft_that_was_replaced_meanwhile_is_not_published(as_, ada, cara, clinic):
    seen = uploaded(ada).sha256
    draft = uploaded(ada, DRY)
    approved(clinic, NEXT, cara)
    said = words(as_(ada).post(page(draft, "publish"), {"seen": seen, "sure": "on"}, follow=True))
    assert "The draft was replaced while you read it." in said
    assert not UploadedProtocol.objects.published().exists()


def test_a_published_version_cannot_be_removed_and_a_draft_can(as_, ada, cara):
    kept, draft = published(ada, cara), uploaded(ada, version="draft-3")
    assert as_(ada).post(page(kept, "delete"), {"post": "yes"}).status_code == 403
    assert UploadedProtocol.objects.filter(pk=kept.pk).exists()
    as_(ada).post(LIST, {"action": "delete_selected", "_selected_action": [kept.pk], "post": "yes"})
    assert as_(ada).post(page(draft, "delete"), {"post": "yes"}).status_code == 302
    assert [one.version for one in UploadedProtocol.objects.all()] == [kept.version]


def test_nothing_can_be_written_into_a_protocol(as_, ada):
    draft = uploaded(ada)
    as_(ada).post(change(draft), {"version": "x", "document": "{}", "sha256": "y", "published_at": timezone.now()})
    draft.refresh_from_db()
    assert (draft.version, draft.is_published) == (NEXT, False)


def test_who_sets_up_clinics_only_does_not_come_near_protocols(as_, ada, ben, send):
    draft = uploaded(ada)
    for address in (
        LIST,
        f"{LIST}add/",
        f"{LIST}shipped/",
        change(draft),
        page(draft, "trial"),
        page(draft, "publish"),
    ):
        assert as_(ben).get(address).status_code == 403, address
    assert run(as_(ben), draft).status_code == 403
    assert as_(ben).get(f"/rules/{NEXT}/").status_code == 403
    assert as_(ben).post(page(draft, "publish"), {"seen": draft.sha256, "sure": "on"}).status_code == 403
    assert send(written(NEXT, DRY), by=ben).status_code == 403


def test_a_draft_that_was_published_a_moment_ago_is_not_removed(as_, ada, cara, clinic, monkeypatch):
    draft = uploaded(ada)
    approved(clinic, NEXT, cara)

    def publish_meanwhile(*told):
        actions.publish(uploaded=draft, by=ada, at=timezone.now())

    monkeypatch.setattr(UploadedProtocolAdmin, "log_deletions", publish_meanwhile)
    assert "This version is published and stays." in words(
        as_(ada).post(page(draft, "delete"), {"post": "yes"}, follow=True)
    )
    assert UploadedProtocol.objects.exists()


def test_the_document_that_comes_with_the_journal_can_be_taken_to_start_from(as_, ada):
    assert f"{LIST}shipped/" in as_(ada).get(f"{LIST}add/").content.decode()
    answer = as_(ada).get(f"{LIST}shipped/")
    assert answer.content.decode() == protocols.text_of(protocols.CURRENT)
    assert answer["Content-Disposition"] == f'attachment; filename="{protocols.CURRENT}.json"'


def test_a_file_that_is_too_large_is_not_even_read(send):
    assert "The file is larger than 2 MB." in words(send(b" " * (actions.LARGEST + 1)))
    assert not UploadedProtocol.objects.exists()


def test_what_loosens_is_told_before_publishing(as_, ada):
    def loosen(document):
        next(row for row in document["rules"] if row["code"] == "R-1")["tier"] = "watch"

    said = words(as_(ada).get(page(uploaded(ada, change=loosen), "publish")))
    assert "It cannot be published yet R-1 is only watch" in said


def test_a_thousand_faults_are_told_quickly(send):
    def break_it(document):
        document["statements"] |= {f"a{number}": {} for number in range(1500)}
        document["care"]["goals"] = [{}] * 500

    said = words(send(written(change=break_it)))
    assert "200 rows are wrong" not in said
    assert said.count("must be text of 1 to") <= 200
