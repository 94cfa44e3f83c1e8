"""Wrong role is 403; a patient without a journal is told whom to call."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.conftest import PASSWORD

PATIENT_ONLY = ["journal:log", "journal:clinic", "journal:timeline_latest"]
CLINICIAN_ONLY = ["journal:inbox", "journal:patients"]


@pytest.mark.parametrize("name", PATIENT_ONLY)
@pytest.mark.parametrize("who", ["cara", "owen", "ada"])
def test_staff_do_not_enter_a_patients_pages(as_, request, who, name):
    assert as_(request.getfixturevalue(who)).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", CLINICIAN_ONLY)
@pytest.mark.parametrize("who", ["pat", "ada"])
def test_neither_patients_nor_administrators_enter_a_clinicians_pages(as_, request, who, name):
    assert as_(request.getfixturevalue(who)).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("who", ["pat", "cara"])
def test_neither_patients_nor_clinicians_enter_the_admin(as_, request, who):
    page = as_(request.getfixturevalue(who)).get(reverse("admin:index"), follow=True)
    assert page.status_code == 403


def test_a_program_in_the_wrong_role_gets_403_in_json(as_, cara):
    answer = as_(cara).post(reverse("journal:log"), {}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "wrong_role")


def test_a_patient_without_a_record_is_told_whom_to_call(as_, clinic, django_user_model):
    page = as_(django_user_model.objects.create_user("left@test.example", PASSWORD, role="patient")).get("/")
    assert page.status_code == 403
    assert "There is no journal for this sign-in" in page.content.decode()


def test_a_patient_who_took_the_agreement_back_sees_no_journal(as_, pat):
    pat.consents.update(withdrawn_at=timezone.now())
    browser = as_(pat)
    assert browser.get(reverse("journal:log")).status_code == 403
    answer = browser.get(reverse("journal:log"), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "no_journal")
