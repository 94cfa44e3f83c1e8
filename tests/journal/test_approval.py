"""The clinic's rules page: which version is in use, who approved it, what else there is, and moving to it."""

import re

import pytest

from journal import protocols
from journal.models import Approval, Flag
from journal.models.protocol import text_in_use

from .drafts import DRY, NEXT, approved, published, uploaded
from .tables import asked, log, words

BANNER = "Nobody has approved the rules for your clinic yet."
STAFF_PAGES = ["/inbox/", "/patients/", "/patients/new/", "/care-plan/", "/rules/"]


@pytest.fixture
def browser(as_, cara):
    return as_(cara)


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
    monkeypatch.setattr("journal.templatetags.journal.has_approved", lambda clinic: True)
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
    assert f"{NEXT} Draft: used for nobody Not approved" in words(browser.get("/rules/"))
    said = words(browser.get(f"/rules/{NEXT}/"))
    assert "X-1 · Dry at all" in said
    assert f"{protocols.CURRENT} New treatments get it Not approved" in said
    assert "Approved for your clinic." in words(approve(browser, NEXT))


def test_a_draft_that_cannot_be_read_says_so(browser, ada):
    uploaded(ada, change=lambda document: document.pop("rules"))
    assert "This draft cannot be read yet." in words(browser.get(f"/rules/{NEXT}/", follow=True))
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


def test_moving_shows_what_it_would_find_and_then_moves(browser, ada, cara, treatment):
    log(treatment, "day dryness\n1 1\n2 1")
    published(ada, cara, DRY)
    assert "1 running treatment is still judged by another version." in words(browser.get("/rules/"))
    said = words(browser.get(f"/rules/{NEXT}/move/"))
    assert f"{protocols.CURRENT}: 1" in said
    assert "In 2 entries 2 findings appear and 0 vanish, in 1 courses." in said
    browser.post(f"/rules/{NEXT}/move/")  # without the tick
    treatment.refresh_from_db()
    assert treatment.protocol_version == protocols.CURRENT
    assert "1 treatment was moved." in words(browser.post(f"/rules/{NEXT}/move/", {"sure": "on"}, follow=True))
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
