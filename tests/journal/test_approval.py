"""The clinic's rules page: which version is in use, who approved it, what else there is, and moving to it."""

import re

import pytest

from journal import protocols
from journal.models import Approval, Flag
from journal.models.protocol import Standing, text_in_use
from tests.conftest import make_treatment

from .drafts import DRY, NEXT, approved, published, uploaded
from .tables import asked, log, words

BANNER = "Nobody has approved the rules for your clinic yet."
STAFF_PAGES = ["/inbox/", "/patients/", "/patients/new/", "/care-plan/", "/rules/"]


@pytest.fixture
def browser(as_, cara):
    return as_(cara)


def loosen(document):
    next(row for row in document["rules"] if row["code"] == "R-1")["tier"] = "watch"


def approve(browser, version=protocols.CURRENT, **said):
    return browser.post(f"/rules/{version}/approve/", {"seen": text_in_use(version), "read": "on", **said}, follow=True)


def test_every_page_of_the_clinic_asks_for_an_approval_until_there_is_one(browser, treatment):
    pages = [*STAFF_PAGES, treatment.get_absolute_url(), f"/patients/{treatment.patient_id}/"]
    assert all(BANNER in words(browser.get(page)) for page in pages)
    said = words(approve(browser))
    assert "Approved for your clinic." in said
    assert not any(BANNER in words(browser.get(page)) for page in pages)


def test_another_clinic_is_still_asked(browser, as_, owen):
    approve(browser)
    assert BANNER in words(as_(owen).get("/inbox/"))


def test_a_patient_is_not_asked(as_, pat, treatment):
    assert BANNER not in words(as_(pat).get("/"))


def test_the_banner_takes_one_query(browser, as_, cara, monkeypatch):
    browser.get("/inbox/")
    with_it = asked(browser, "/inbox/")
    monkeypatch.setattr("journal.templatetags.journal.standing_of", lambda clinic: Standing(True, ""))
    assert with_it - asked(browser, "/inbox/") == 1


def test_the_page_names_who_approved_it_and_when(browser, cara, clinic):
    assert "No clinician of your clinic has approved this text yet." in words(browser.get("/rules/"))
    approve(browser)
    said = words(browser.get("/rules/"))
    on = Approval.objects.get().at.astimezone(clinic.zone)
    assert f"{cara} approved this text for {clinic} on {on.day} {on:%B} {on.year}." in said
    assert "I have read it" not in said


def test_it_is_approved_only_by_who_says_that_it_was_read(browser):
    said = words(
        browser.post(f"/rules/{protocols.CURRENT}/approve/", {"seen": text_in_use(protocols.CURRENT)}, follow=True)
    )
    assert "Tick that you have read it first." in said
    assert not Approval.objects.exists()


def test_a_text_that_was_replaced_while_it_was_read_is_not_approved(browser, ada):
    seen = uploaded(ada).sha256
    uploaded(ada, DRY)
    assert "The text was replaced while you read it." in words(approve(browser, NEXT, seen=seen))
    assert not Approval.objects.exists()


def test_a_version_that_is_none_is_not_there(browser, ada):
    assert browser.get("/rules/elsewhere-1/").status_code == 404
    assert browser.post("/rules/elsewhere-1/approve/", {"seen": "", "read": "on"}).status_code == 404
    assert browser.get("/rules/elsewhere-1/move/").status_code == 404


def test_a_draft_can_be_read_and_approved_before_it_is_published(browser, ada):
    uploaded(ada, DRY)
    said = words(browser.get("/rules/"))
    assert f"{NEXT} Draft: used for nobody Not approved Uploaded on " in said
    assert f" by {ada}." in said
    said = words(browser.get(f"/rules/{NEXT}/"))
    assert "X-1 · Dry at all" in said
    assert f"{protocols.CURRENT} New treatments get it Not approved" in said
    assert "Approved for your clinic." in words(approve(browser, NEXT))


@pytest.mark.parametrize("change", [lambda document: document.pop("rules"), lambda document: loosen(document)])
def test_a_draft_with_faults_is_offered_to_no_clinic(browser, ada, change):
    uploaded(ada, change=change)
    assert NEXT not in words(browser.get("/rules/"))
    assert browser.get(f"/rules/{NEXT}/").status_code == 404
    assert approve(browser, NEXT).status_code == 404


def test_the_rules_are_those_of_the_version_in_use(browser, ada, cara):
    assert "X-1" not in words(browser.get("/rules/"))
    published(ada, cara, DRY)
    said = words(browser.get("/rules/"))
    assert "X-1 · Dry at all" in said
    assert BANNER not in said
    assert f"{protocols.CURRENT} Published" in said


@pytest.mark.parametrize(
    ("prompts", "said"),
    [(True, "patients read at once what is found"), (False, "only the clinic sees findings. Patients still read")],
)
def test_the_page_says_whether_patients_are_prompted(browser, clinic, prompts, said):
    clinic.prompts_patients = prompts
    clinic.save()
    assert said in words(browser.get("/rules/"))


def press_move(browser, page=None):
    """As the form on a page does it, or on the page as it is now."""
    address = f"/rules/{NEXT}/move/"
    page = page or browser.get(address)
    seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())[1]
    return browser.post(address, {"sure": "on", "seen": seen}, follow=True)


def another_entry(treatment, vera, cara):
    log(treatment, "day dryness\n0 1")


def more_in_an_entry(treatment, vera, cara):
    log(treatment, "day dryness\n1 3")


def another_treatment(treatment, vera, cara):
    make_treatment(vera, treatment.treated_on, cara)


@pytest.mark.parametrize("meanwhile", [another_entry, more_in_an_entry, another_treatment])
def test_what_she_has_not_seen_is_not_moved(browser, ada, cara, vera, treatment, meanwhile):
    log(treatment, "day dryness\n1 1\n2 1")
    published(ada, cara, DRY)
    page = browser.get(f"/rules/{NEXT}/move/")
    meanwhile(treatment, vera, cara)
    assert "Nothing was moved. Look again." in words(press_move(browser, page))
    treatment.refresh_from_db()
    assert treatment.protocol_version == protocols.CURRENT
    assert "moved." in words(press_move(browser))
    treatment.refresh_from_db()
    assert treatment.protocol_version == NEXT


def test_the_move_page_tells_of_missed_days_apart(browser, ada, cara, treatment):
    silent = DRY | {"when": [{"shape": "silent", "days": 1, "to_day": 2}], "message": "Please log."}
    published(ada, cara, silent)
    said = words(browser.get(f"/rules/{NEXT}/move/"))
    assert "X-1 · Dry at all, day 0 · missed days" in said


def test_moving_shows_what_it_would_find_and_then_moves(browser, ada, cara, treatment):
    log(treatment, "day dryness\n1 1\n2 1")
    published(ada, cara, DRY)
    assert "1 running treatment is still judged by another version." in words(browser.get("/rules/"))
    said = words(browser.get(f"/rules/{NEXT}/move/"))
    assert f"{protocols.CURRENT}: 1" in said
    assert "In 2 entries, 2 findings would appear and 0 would vanish, in 1 course." in said
    assert "1 patient in whose entries it finds more" in said
    assert "Pat Moss contact X-1 · Dry at all, days 1, 2" in said
    assert treatment.get_absolute_url() in browser.get(f"/rules/{NEXT}/move/").content.decode()
    said = words(browser.post(f"/rules/{NEXT}/move/", follow=True))
    assert "Nothing was changed. Tick that they should move first." in said
    assert "Move this 1 treatment to the new version" in said
    treatment.refresh_from_db()
    assert treatment.protocol_version == protocols.CURRENT
    assert "1 treatment was moved." in words(press_move(browser))
    treatment.refresh_from_db()
    assert treatment.protocol_version == NEXT
    assert not Flag.objects.exists()
    assert "still judged by another version" not in words(browser.get("/rules/"))


def test_nothing_is_moved_to_what_the_clinic_does_not_use(browser, as_, owen, ada, cara, treatment):
    uploaded(ada, DRY)
    approve(browser, NEXT)
    assert browser.post(f"/rules/{NEXT}/move/", {"sure": "on"}).status_code == 404
    assert as_(owen).post(f"/rules/{protocols.CURRENT}/move/", {"sure": "on"}).status_code == 404
    treatment.refresh_from_db()
    assert treatment.protocol_version == protocols.CURRENT


def test_another_clinics_treatments_are_not_moved(as_, owen, ada, cara, treatment):
    published(ada, cara, DRY)
    approved(owen.clinic, NEXT, owen)
    page = as_(owen).get(f"/rules/{NEXT}/move/")
    assert "0 running treatments" in words(page)
    assert not re.search(r'name="sure"', page.content.decode())
    as_(owen).post(f"/rules/{NEXT}/move/", {"sure": "on"})
    treatment.refresh_from_db()
    assert treatment.protocol_version == protocols.CURRENT


def test_the_move_page_names_nobody_of_another_clinic(as_, owen, ada, cara, treatment):
    log(treatment, "day dryness\n1 1")
    published(ada, cara, DRY)
    approved(owen.clinic, NEXT, owen)
    assert "Pat Moss" not in words(as_(owen).get(f"/rules/{NEXT}/move/"))


def test_a_single_finding_is_one_finding(browser, ada, cara, treatment):
    log(treatment, "day dryness\n1 1")
    published(ada, cara, DRY)
    said = words(browser.get(f"/rules/{NEXT}/move/"))
    assert "In 1 entry, 1 finding would appear and 0 would vanish, in 1 course." in said


def test_what_the_version_before_finds_too_names_nobody(browser, ada, cara, treatment):
    log(treatment, "day signs\n2 pus")
    published(ada, cara)
    assert "Pat Moss" not in words(browser.get(f"/rules/{NEXT}/move/"))


WAITS = f"Newer rules ({NEXT}) wait for your clinic to read them."


def test_a_newer_version_asks_quietly_to_be_read(as_, owen, ada, cara):
    there = as_(owen)
    approve(there)
    assert WAITS not in words(there.get("/inbox/"))
    published(ada, cara)
    assert WAITS in words(there.get("/inbox/"))
    assert BANNER not in words(there.get("/inbox/"))
    approve(there, NEXT)
    assert WAITS not in words(there.get("/inbox/"))


def test_the_quiet_banner_takes_one_query_too(as_, owen, ada, cara, monkeypatch):
    there = as_(owen)
    approve(there)
    published(ada, cara)
    there.get("/inbox/")
    with_it = asked(there, "/inbox/")
    monkeypatch.setattr("journal.templatetags.journal.standing_of", lambda clinic: Standing(True, ""))
    assert with_it - asked(there, "/inbox/") == 1


def test_an_approval_is_taken_back_on_the_page_with_both_names(browser, ada, cara):
    published(ada, cara)
    address = f"/rules/{NEXT}/withdraw/"
    assert "Tick that you are sure first." in words(browser.post(address, follow=True))
    assert f"Taken back. New treatments get {protocols.CURRENT}." in words(
        browser.post(address, {"sure": "on"}, follow=True)
    )
    assert f"{cara} took back the approval by {cara} on " in words(browser.get(f"/rules/{NEXT}/"))
    assert f"{NEXT} Published Not approved" in words(browser.get("/rules/"))


def test_another_clinics_approval_stays(as_, owen, ada, cara, browser):
    published(ada, cara)
    as_(owen).post(f"/rules/{NEXT}/withdraw/", {"sure": "on"})
    assert f"Approval of {NEXT} New treatments get it Approved" in words(browser.get("/rules/"))


def test_another_version_tells_what_changes_against_the_one_in_use(browser, ada):
    before = protocols.load(protocols.CURRENT).rule("R-7").message
    uploaded(
        ada,
        DRY,
        change=lambda document: (
            spoken(document, "R-7").update(message="It went up twice."),
            document["care"]["spacing"].update(to_day=50),
            document["care"]["goals"].pop(),
        ),
    )
    said = words(browser.get(f"/rules/{NEXT}/"))
    assert f"Against {protocols.CURRENT}, the version in use." in said
    assert "Rules: 1 new, 1 changed, 0 gone" in said
    assert f"changed What the patient reads Before: {before} After: It went up twice." in said
    assert "X-1 Dry at all new Tier contact What the patient reads Your skin is dry." in said
    assert "Goals and sessions: 0 new, 1 changed, 1 gone" in said
    assert "To day Before: 42 After: 50" in said
    assert "made-up cases, beside microneedling-1." in said
    assert "case comes out differently" in said or "cases come out differently" in said


def spoken(document, code):
    return next(row for row in document["rules"] if row["code"] == code)


def test_the_version_in_use_is_compared_with_nothing(browser):
    assert "What changes" not in words(browser.get("/rules/"))
    assert "What changes" not in words(browser.get(f"/rules/{protocols.CURRENT}/"))


def test_a_copy_under_another_name_changes_nothing_but_its_name(browser, ada):
    uploaded(ada)
    said = words(browser.get(f"/rules/{NEXT}/"))
    assert "Nothing but its name." in said
    assert "0 cases come out differently." in said


def test_a_copy_in_another_order_does_not_pass_for_the_same(browser, ada):
    def swap(document):
        some = document["profiles"]
        some[0], some[2] = some[2], some[0]
        document["title"] = "Another title"

    uploaded(ada, change=swap)
    said = words(browser.get(f"/rules/{NEXT}/"))
    assert "Nothing but its name." not in said
    assert "In another order Before: " in said
    assert "The document itself: 0 new, 1 changed, 0 gone" in said


def test_who_has_read_to_the_end_can_approve_there(browser):
    page = browser.get("/rules/").content.decode()
    assert page.count(f'action="/rules/{protocols.CURRENT}/approve/"') == 2
    assert page.count('id="read"') == 1
    approve(browser)
    assert "approve/" not in browser.get("/rules/").content.decode()


def test_who_sets_up_protocols_reads_a_draft_as_clinics_do(as_, ada):
    uploaded(ada, DRY)
    said = words(as_(ada).get(f"/rules/{NEXT}/"))
    assert "X-1 · Dry at all" in said
    assert "Rules: 1 new, 0 changed, 0 gone" in said
    assert "Approve for our clinic" not in said
    assert as_(ada).get("/rules/elsewhere-1/").status_code == 404
    assert as_(ada).get("/rules/").status_code == 403


def test_who_sets_up_protocols_is_told_of_a_draft_that_cannot_be_read(as_, ada):
    uploaded(ada, change=lambda document: document.pop("rules"))
    assert "This draft cannot be read yet." in words(as_(ada).get(f"/rules/{NEXT}/", follow=True))


def test_what_a_topic_is_called_in_lists_stands_on_the_page(browser, ada):
    def name(document):
        document["care"]["clocks"][0]["advice"][0]["short"] = "The bright light outside"

    uploaded(ada, change=name)
    assert "Named in lists: The bright light outside" in words(browser.get(f"/rules/{NEXT}/"))
