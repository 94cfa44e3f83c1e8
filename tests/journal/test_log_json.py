"""The contract of the outbox (design, section 5): the same address, always JSON, never a redirect."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from journal.actions import people, treatments
from journal.models import Entry, EntryRevision, Flag, Photo
from tests.conftest import make_treatment

from .tables import jpeg, log, posted

JSON = {"Accept": "application/json"}


@pytest.fixture
def send(as_, pat, treatment):
    phone = as_(pat)

    def post(day=3, **fields):
        return answered(phone.post("/log/", posted(treatment, day, **fields), headers=JSON))

    return post


def answered(response):
    """Every answer is JSON and stays where it was asked."""
    assert response["Content-Type"] == "application/json", response.status_code
    assert "Location" not in response
    return response


def test_a_new_entry_is_201_with_what_the_page_would_say(send):
    answer = send(redness="1", signs=["pus"])
    said, entry = answer.json(), Entry.objects.get()
    assert answer.status_code == 201
    assert (said["id"], said["url"]) == (str(entry.pk), f"/entry/{entry.pk}/")
    assert (said["date"], said["day"], said["tier"]) == (entry.on.isoformat(), 3, "urgent")
    [finding] = said["findings"]
    assert (finding["rule"], finding["tier"]) == ("N-1", "urgent")
    assert "+44 20 7946 0000" in finding["message"]
    assert "Noted on day 3" in finding["why"]
    assert said["photos_refused"] == []


def test_an_entry_within_the_expected_has_no_finding(send):
    said = send(redness="1").json()
    assert (said["tier"], said["findings"]) == ("none", [])


def test_the_same_submission_again_is_200_and_one_entry(send):
    client_id = str(uuid.uuid4())
    first = send(redness="1", client_id=client_id)
    again = send(redness="1", client_id=client_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert EntryRevision.objects.count() == 1


def test_the_same_submission_again_brings_photos_that_got_lost(send):
    client_id = str(uuid.uuid4())
    send(redness="1", client_id=client_id)
    for _time in range(2):
        assert send(redness="1", client_id=client_id, photos=jpeg()).status_code == 200
    assert Photo.objects.count() == 1


def test_a_late_repeat_after_a_correction_is_still_200(send, treatment):
    sent = {"redness": "3", "note": "", "temperature_c": "", "client_id": str(uuid.uuid4())}
    send(**sent)
    log(treatment, "day redness signs temperature\n3 1 pus 38.2")
    assert send(**sent).status_code == 200
    entry = Entry.objects.get()
    assert (entry.redness, entry.signs, str(entry.temperature_c)) == (1, ["pus"], "38.2")


@pytest.mark.parametrize("change", [{"redness": "2"}, {"day": 2}])
def test_the_same_id_with_other_content_is_409(send, change):
    client_id = str(uuid.uuid4())
    send(redness="1", client_id=client_id)
    answer = send(**{"redness": "1", "client_id": client_id, **change})
    assert (answer.status_code, answer.json()["reason"]) == (409, "other_content")
    assert Entry.objects.get().redness == 1


def test_a_day_that_another_device_wrote_is_409_and_stays(send):
    send(redness="3")
    answer = send(redness="0")
    assert (answer.status_code, answer.json()["reason"]) == (409, "day_taken")
    assert answer.json()["error"]
    assert Entry.objects.get().redness == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"itch": "7"}, "itch"),
        ({"signs": ["glowing"]}, "signs"),
        ({"signs": ["pus"], "signs_none": "on"}, "signs"),
        ({"temperature_c": "99"}, "temperature_c"),
        ({"note": "x" * 1001}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"date": "soon", "itch": "1"}, "date"),
        ({"date": "9999-12-31", "itch": "1"}, "date"),
        ({"client_id": "one", "itch": "1"}, "client_id"),
        ({}, "__all__"),
    ],
)
def test_what_is_refused_is_422_with_a_reason_for_its_field(send, wrong, field):
    answer = send(**wrong)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert all(isinstance(sentence, str) for sentence in answer.json()["errors"][field])
    assert not Entry.objects.exists()


@pytest.mark.parametrize("date", ["2026-3-2", "20260302", "2026-W10-1"])
def test_a_date_is_taken_in_one_notation_only(as_, pat, cara, date):
    make_treatment(pat, datetime.date(2026, 3, 2), cara)
    answer = answered(as_(pat).post("/log/", {"date": date, "redness": "1"}, headers=JSON))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["date"])


def test_a_photo_that_is_refused_leaves_the_entry_and_says_why(send):
    fake = SimpleUploadedFile("skin.jpg", b"no photo", "image/jpeg")
    answer = send(redness="1", photos=[jpeg(), fake])
    assert answer.status_code == 201
    assert len(answer.json()["photos_refused"]) == 1
    assert Photo.objects.count() == 1


def test_a_treatment_that_was_cancelled_meanwhile_is_422_with_a_reason(send, treatment, cara):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    answer = send(redness="1")
    assert answer.status_code == 422
    assert not Entry.objects.exists()


def test_an_outbox_that_says_what_it_has_seen_is_told_409_all_the_same(send):
    send(redness="3")
    answer = send(redness="0", based_on="none")
    assert (answer.status_code, answer.json()["reason"]) == (409, "day_taken")


def test_photos_of_what_is_refused_are_not_kept_because_the_outbox_sends_them_again(send):
    assert send(temperature_c="99", photos=jpeg()).status_code == 422
    assert not Photo.objects.exists()


def test_without_the_consent_photos_are_refused_by_name(send, pat):
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    answer = send(redness="1", photos=jpeg())
    assert answer.status_code == 201
    assert "not agreed" in answer.json()["photos_refused"][0]


def test_a_clinic_that_keeps_prompts_to_itself_sends_no_tier_either(send, clinic):
    clinic.prompts_patients = False
    clinic.save()
    said = send(signs=["pus"]).json()
    assert (said["tier"], said["findings"]) == ("none", [])
    assert Flag.objects.get().rule == "N-1"


def test_emergency_text_is_sent_whatever_the_clinic_chose(send, clinic):
    clinic.prompts_patients = False
    clinic.save()
    said = send(signs=["pus", "breathing_trouble"]).json()
    assert (said["tier"], [finding["rule"] for finding in said["findings"]]) == ("emergency", ["A-1"])


def test_signed_out_is_401(client, treatment):
    answer = answered(client.post("/log/", posted(treatment, 3, redness="1"), headers=JSON))
    assert (answer.status_code, answer.json()["reason"]) == (401, "signed_out")


def test_a_session_that_ended_is_401(as_, pat, treatment, monkeypatch):
    phone = as_(pat)
    phone.get("/")
    later = timezone.now() + datetime.timedelta(days=15)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = answered(phone.post("/log/", posted(treatment, 3, redness="1"), headers=JSON))
    assert answer.status_code == 401
    assert not Entry.objects.exists()


def test_somebody_elses_part_of_the_journal_is_403(as_, cara, treatment):
    answer = answered(as_(cara).post("/log/", posted(treatment, 3, redness="1"), headers=JSON))
    assert (answer.status_code, answer.json()["reason"]) == (403, "wrong_role")


def test_a_care_consent_that_was_taken_back_is_403(send, pat):
    pat.consents.filter(kind="care").update(withdrawn_at=timezone.now())
    assert send(redness="1").json()["reason"] == "no_journal"


def test_a_missing_csrf_token_is_403_in_json(pat, treatment):
    phone = Client(enforce_csrf_checks=True)
    phone.force_login(pat.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = answered(phone.post("/log/", posted(treatment, 3, redness="1"), headers=JSON))
    assert answer.status_code == 403
    assert not Entry.objects.exists()
