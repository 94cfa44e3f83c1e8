"""The admin site sets up clinics and people, and shows no journal to those who were not given one."""

import datetime
import json
import re
import uuid

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, Clinic, Holiday, Invitation, OpeningHours, Patient, User
from journal.models import (
    Approval,
    Candidacy,
    CannedReply,
    CareChange,
    Consent,
    Entry,
    Flag,
    Message,
    Notice,
    Product,
    Progress,
    Review,
    Treatment,
    TreatmentRevision,
    UploadedProtocol,
    Visit,
)
from journal.models.protocol import text_in_use
from tests.conftest import PASSWORD, make_treatment

CANARY = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
CLINICAL = [Entry, Flag, Review, Consent, Notice, Candidacy, Visit, Progress, Message]
OF_CLINIC = [CareChange, Product, Approval, CannedReply]


@pytest.fixture
def ben(db, clinic):
    """A clinic's administrator, as the shipped group makes one."""
    user = User.objects.create_user("ben@test.example", PASSWORD, role="admin", is_staff=True)
    user.groups.add(Group.objects.get(name="clinic administrator"))
    return user


@pytest.fixture
def one_of_each(pat, cara, ada, treatment):
    """A row in every table the admin shows."""
    at = timezone.now()
    Invitation.issue(patient=pat, by=cara, at=at)
    entry = Entry.objects.create(
        treatment=treatment,
        on=treatment.treated_on,
        redness=4,
        note=CANARY,
        created_at=at,
        updated_at=at,
        logged_by=pat.user,
    )
    flag = Flag.objects.create(
        treatment=treatment,
        clinic=pat.clinic,
        tier=2,
        rule="R1",
        on=entry.on,
        day=0,
        raised_at=at,
        waits_since=at,
        fired_at=at,
        protocol_version="p",
    )
    Review.objects.create(flag=flag, state="acknowledged", at=at, by=cara)
    Notice.objects.create(clinic=pat.clinic, flag=flag, created_at=at)
    said = {"patient": pat, "clinic": pat.clinic, "client_id": uuid.uuid4(), "at": at, "by": cara}
    Message.objects.create(from_clinic=True, text=CANARY, **said)
    CannedReply.objects.create(clinic=pat.clinic, title=CANARY[:60], text=CANARY, made_at=at, made_by=cara)
    of_treatment = {"treatment": treatment, "at": at, "by": cara}
    Candidacy.objects.create(protocol_version="p", decision="treat", reason=CANARY, **of_treatment)
    Visit.objects.create(device=CANARY, **of_treatment)
    Progress.objects.create(week=2, goal="acne-scars", answer="better", **of_treatment)
    CareChange.objects.create(clinic=pat.clinic, clock="sun", avoid_to=9, reason=CANARY, at=at, by=cara)
    Product.objects.create(clinic=pat.clinic, clock="sun", name=CANARY, added_at=at, added_by=cara)
    Approval.objects.create(clinic=pat.clinic, version="p", sha256="0" * 64, at=at, by=cara)
    document = json.dumps({"title": CANARY, "rules": [{"code": CANARY, "title": CANARY}]})
    uploaded = {"version": "draft", "sha256": "0" * 64, "uploaded_at": at, "uploaded_by": ada}
    UploadedProtocol.objects.create(document=document, **uploaded)
    AccessEvent.objects.record(by=cara, verb="read", target=pat, at=at)
    Group.objects.get_or_create(name="clinic administrator")
    return {model: model.objects.first() for model in MODELS}


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_the_admin_shows_these_tables_and_no_others():
    assert {model._meta.label for model in MODELS} == {
        "accounts.AccessEvent",
        "accounts.Clinic",
        "accounts.Invitation",
        "accounts.Patient",
        "accounts.User",
        "auth.Group",
        "journal.Approval",
        "journal.Candidacy",
        "journal.CannedReply",
        "journal.CareChange",
        "journal.Consent",
        "journal.Entry",
        "journal.Flag",
        "journal.Message",
        "journal.Notice",
        "journal.Product",
        "journal.Progress",
        "journal.Review",
        "journal.Treatment",
        "journal.UploadedProtocol",
        "journal.Visit",
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_page_opens_for_a_superuser(as_, ada, one_of_each, model):
    browser = as_(ada)
    assert browser.get(address(model, "changelist")).status_code == 200
    assert browser.get(address(model, "changelist"), {"q": "o'1 <é"}).status_code == 200
    assert browser.get(address(model, "change", one_of_each[model].pk)).status_code == 200
    assert browser.get(address(model, "history", one_of_each[model].pk)).status_code == 200
    can_add = admin.site._registry[model].has_add_permission(_as_request(ada))
    assert browser.get(address(model, "add")).status_code == (200 if can_add else 403)


@pytest.mark.parametrize("model", CLINICAL, ids=lambda model: model.__name__)
def test_a_journal_is_found_by_how_an_id_begins_and_never_by_a_name(as_, ada, pat, treatment, one_of_each, model):
    browser, row, flag = as_(ada), one_of_each[model], one_of_each[Flag]
    of_treatment = {kind: [treatment, pat] for kind in (Candidacy, Visit, Progress)}
    others = {Review: [flag, treatment], Consent: [pat], Notice: [flag], Message: [row, pat], **of_treatment}
    rows = others.get(model, [row, treatment, pat])
    ids = [str(row.pk) for row in rows]
    asked = {**dict.fromkeys([*ids, *(known[:8] for known in ids)], True), "Moss": False, "0" * 8: False}
    for words, found in asked.items():
        page = browser.get(address(model, "changelist"), {"q": words})
        assert (row in page.context["cl"].queryset) == found, words


@pytest.mark.parametrize("model", CLINICAL, ids=lambda model: model.__name__)
def test_each_list_of_a_journal_can_be_narrowed_to_one_clinic(as_, ada, clinic, elsewhere, one_of_each, model):
    [way] = [name for name in admin.site._registry[model].list_filter if str(name).split("__")[-1] == "clinic"]
    for of, found in ((clinic, True), (elsewhere, False)):
        page = as_(ada).get(address(model, "changelist"), {f"{way}__id__exact": of.pk})
        assert page.context["cl"].queryset.exists() == found


def _as_request(user):
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_names_are_text_on_every_page(as_, ada, one_of_each, clinic, model):
    Patient.objects.update(name=CANARY)
    Clinic.objects.update(name=CANARY[:120], out_of_hours_text=CANARY)
    User.objects.exclude(pk=ada.pk).update(first_name=CANARY, last_name=CANARY)
    Treatment.objects.update(goals=CANARY, products=CANARY)
    Group.objects.update(name=CANARY)
    browser = as_(ada)
    for page in (address(model, "changelist"), address(model, "change", one_of_each[model].pk)):
        html = browser.get(page).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


@pytest.mark.parametrize("model", [*CLINICAL, *OF_CLINIC, AccessEvent, Group], ids=lambda model: model.__name__)
def test_a_clinic_administrator_sees_no_journal(as_, ben, one_of_each, model):
    browser = as_(ben)
    assert browser.get(address(model, "changelist")).status_code == 403
    assert browser.get(address(model, "change", one_of_each[model].pk)).status_code == 403


@pytest.mark.parametrize("model", [Clinic, User, Patient, Treatment, Invitation], ids=lambda model: model.__name__)
def test_a_clinic_administrator_sets_up_people(as_, ben, one_of_each, model):
    browser = as_(ben)
    assert browser.get(address(model, "changelist")).status_code == 200
    assert browser.get(address(model, "change", one_of_each[model].pk)).status_code == 200


def test_the_group_has_no_permission_on_anything_clinical(db):
    given = Group.objects.get(name="clinic administrator").permissions.values_list("codename", flat=True)
    clinical = "entry|revision|flag|review|photo|consent|notice|log|candid|visit|progress|message|repl"
    clinical += "|care|product|approv|protocol"
    assert not [name for name in given if re.search(clinical, name)]
    removed = {name for name in given if name.startswith("delete_")}
    assert removed == {"delete_openinghours", "delete_holiday"}


def test_nothing_clinical_is_changed_in_the_admin_even_by_a_superuser(as_, ada, one_of_each):
    browser = as_(ada)
    for model in [*CLINICAL, *OF_CLINIC, AccessEvent, Invitation]:
        row = one_of_each[model]
        assert browser.post(address(model, "change", row.pk), {}).status_code == 403
        assert browser.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        browser.post(
            address(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        )
        assert model.objects.filter(pk=row.pk).exists()


def test_the_token_of_an_invitation_does_not_show(as_, ada, one_of_each):
    invitation = one_of_each[Invitation]
    browser = as_(ada)
    for page in (address(Invitation, "changelist"), address(Invitation, "change", invitation.pk)):
        assert invitation.token_digest not in browser.get(page).content.decode()


def new_user(**fields):
    return {"email": "New@Test.Example", "role": "clinician", "password1": PASSWORD, "password2": PASSWORD, **fields}


def test_an_administrator_adds_a_clinician_who_can_sign_in(as_, ada, clinic, client):
    answer = as_(ada).post(address(User, "add"), new_user(clinic=clinic.pk))
    user = User.objects.get(email="new@test.example")
    assert answer.url == address(User, "change", user.pk)
    assert (user.role, user.clinic, user.is_staff, user.is_superuser) == ("clinician", clinic, False, False)
    client.post(reverse("account_login"), {"login": "new@test.example", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "A clinician needs a clinic"),
        ({"role": "patient"}, "Select a valid choice"),
        ({"password2": "another-long-password"}, "didn’t match"),
        ({"password1": "short", "password2": "short"}, "at least 12 characters"),
        ({"email": "CARA@test.example"}, "already exists"),
    ],
)
def test_a_user_that_cannot_be_is_refused_with_a_reason(as_, ada, cara, fields, said):
    page = as_(ada).post(address(User, "add"), new_user(**fields))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not User.objects.filter(email="new@test.example").exists()


def test_a_superuser_adds_an_administrator_who_enters_the_admin(as_, ada):
    as_(ada).post(address(User, "add"), new_user(role="admin"))
    user = User.objects.get(email="new@test.example")
    assert (user.is_staff, user.is_superuser) == (True, False)


def person(user, **fields):
    return {"email": user.email, "is_active": "on", **({"clinic": user.clinic_id} if user.clinic_id else {}), **fields}


RAISED = {"is_staff": "on", "is_superuser": "on", "role": "admin", "groups": "1", "user_permissions": "1"}


@pytest.mark.parametrize("who", ["ben", "cara"])
def test_a_clinic_administrator_raises_nobody(as_, request, ben, cara, who):
    user = request.getfixturevalue(who)
    before = (user.is_staff, user.is_superuser, user.role, list(user.groups.all()), user.user_permissions.count())
    answer = as_(ben).post(address(User, "change", user.pk), person(user, first_name="Kim", **RAISED))
    assert answer.status_code == 302
    user = User.objects.get(pk=user.pk)
    assert user.first_name == "Kim"
    assert before == (
        user.is_staff,
        user.is_superuser,
        user.role,
        list(user.groups.all()),
        user.user_permissions.count(),
    )


def test_a_clinic_administrator_cannot_take_a_superusers_place(as_, ben, ada):
    Authenticator.objects.create(user=ada, type="totp", data={})
    browser, hashed = as_(ben), ada.password
    browser.post(address(User, "change", ada.pk), person(ada, email="ben2@test.example"))
    browser.post(f"/admin/accounts/user/{ada.pk}/password/", {"password1": "x" * 20, "password2": "x" * 20})
    browser.post(address(User, "changelist"), {"action": "reset_second_step", "_selected_action": [ada.pk]})
    ada.refresh_from_db()
    assert (ada.email, ada.password) == ("ada@test.example", hashed)
    assert Authenticator.objects.filter(user=ada).exists()


def test_a_lost_second_step_is_reset_and_noted(as_, ada, cara):
    Authenticator.objects.create(user=cara, type="totp", data={})
    page = as_(ada).post(
        address(User, "changelist"), {"action": "reset_second_step", "_selected_action": [cara.pk]}, follow=True
    )
    assert "sets up a new one next time" in page.content.decode()
    assert not Authenticator.objects.filter(user=cara).exists()
    assert LogEntry.objects.get(object_id=str(cara.pk)).user == ada


def test_a_clinic_administrator_changes_nobodys_way_in(as_, ben, cara, pat):
    """Whoever can sign in as somebody can read what they may read."""
    Authenticator.objects.create(user=cara, type="totp", data={})
    browser, hashed = as_(ben), cara.password
    assert browser.get(address(User, "add")).status_code == 403
    for user in (cara, pat.user):
        assert browser.post(f"/admin/accounts/user/{user.pk}/password/", {"usable_password": "true"}).status_code == 403
        browser.post(address(User, "change", user.pk), person(user, email="mine@test.example", clinic=""))
        user.refresh_from_db()
        assert user.email != "mine@test.example"
    browser.post(address(User, "changelist"), {"action": "reset_second_step", "_selected_action": [cara.pk]})
    assert Authenticator.objects.filter(user=cara).exists()
    assert (cara.password, cara.clinic_id is not None) == (hashed, True)


def test_a_corrected_address_closes_the_door_of_the_old_one(as_, ada, pat):
    EmailAddress.objects.create(user=pat.user, email=pat.user.email, primary=True, verified=True)
    as_(ada).post(address(User, "change", pat.user.pk), person(pat.user, email="Right@test.example"))
    pat.user.refresh_from_db()
    assert pat.user.email == "right@test.example"
    assert not EmailAddress.objects.filter(user=pat.user).exists()


@pytest.mark.parametrize("who", ["ben", "ada"])
def test_people_are_never_deleted_because_their_words_keep_an_author(as_, request, cara, ben, who):
    browser = as_(request.getfixturevalue(who))
    assert browser.post(address(User, "delete", cara.pk), {"post": "yes"}).status_code == 403
    browser.post(
        address(User, "changelist"), {"action": "delete_selected", "_selected_action": [cara.pk], "post": "yes"}
    )
    assert User.objects.filter(pk=cara.pk).exists()


def test_the_admins_log_keeps_no_name_of_a_patient(as_, ada, pat, treatment):
    browser = as_(ada)
    details = {"name": "Pat Moss-Hill", "birth_year": 1991, "phone": pat.phone, "language": "en"}
    assert browser.post(address(Patient, "change", pat.pk), details).status_code == 302
    assert browser.post(address(User, "change", pat.user.pk), person(pat.user)).status_code == 302
    assert browser.post(address(Treatment, "change", treatment.pk), session(treatment)).status_code == 302
    log = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
    assert LogEntry.objects.count() == 3
    assert not re.search("(?i)moss|pat@|hill", log)


def test_looking_at_a_patient_leaves_a_trace(as_, ben, pat):
    browser = as_(ben)
    browser.get(address(Patient, "change", pat.pk))
    browser.get(address(Patient, "changelist"))
    event = AccessEvent.objects.get()
    assert (event.actor_id, event.verb, event.target_id) == (ben.pk, "read", str(pat.pk))


def test_a_patient_who_is_not_there_leaves_none(as_, ben):
    as_(ben).get(address(Patient, "change", "00000000-0000-0000-0000-000000000000"))
    assert not AccessEvent.objects.exists()


def test_patients_are_found_by_name_and_phone(as_, ben, pat, vera):
    vera.phone = "+44 7700 900555"
    vera.save()
    browser = as_(ben)
    for words, found in [("stone", [vera]), ("moss", [pat]), ("900555", [vera]), ("nobody", [])]:
        page = browser.get(address(Patient, "changelist"), {"q": words})
        assert list(page.context["cl"].queryset) == found


def test_a_patient_with_a_journal_is_not_deleted_by_a_press(as_, ben, ada, pat, treatment):
    for user in (ben, ada):
        as_(user).post(address(Patient, "delete", pat.pk), {"post": "yes"})
        assert Patient.objects.filter(pk=pat.pk).exists()


def test_a_record_made_by_mistake_is_deleted_by_a_superuser_only(as_, ben, ada, clinic):
    mistake = Patient.objects.create(clinic=clinic, name="Twice", birth_year=1990, phone="1234")
    assert as_(ben).post(address(Patient, "delete", mistake.pk), {"post": "yes"}).status_code == 403
    as_(ada).post(address(Patient, "delete", mistake.pk), {"post": "yes"})
    assert not Patient.objects.filter(pk=mistake.pk).exists()


def session(treatment, **fields):
    return {
        "patient": str(treatment.patient_id),
        "treated_on": treatment.treated_on.isoformat(),
        "time_zone": "Europe/London",
        "areas": ["face", "neck"],
        "modality": "microneedling",
        "session_number": 1,
        **fields,
    }


def test_a_treatment_is_added_through_the_actions(as_, ada, vera, treatment):
    answer = as_(ada).post(address(Treatment, "add"), session(treatment, patient=str(vera.pk), goals_chosen=["pores"]))
    added = Treatment.objects.get(patient=vera)
    assert answer.status_code == 302
    assert (added.areas, added.goals_chosen, added.recorded_by) == (["face", "neck"], ["pores"], ada)
    assert TreatmentRevision.objects.get(treatment=added).by == ada
    assert LogEntry.objects.get().object_id == str(added.pk)


def test_the_goals_offered_are_those_of_the_patients_clinic(as_, ada, cara, vera, treatment, another_version):
    offered = lambda page: [code for code, _label in page.context["adminform"].form.fields["goals_chosen"].choices]  # noqa: E731
    path, shipped = address(Treatment, "add"), [goal.code for goal in treatment.protocol.care.goals]
    assert offered(as_(ada).get(path)) == shipped
    Approval.objects.create(
        clinic=cara.clinic, version=another_version, sha256=text_in_use(another_version), at=timezone.now(), by=cara
    )
    assert offered(as_(ada).get(path)) == ["calm-chin"]
    sent = session(treatment, patient=str(vera.pk), goals_chosen=["acne-scars"])
    refused = as_(ada).post(path, sent)
    assert offered(refused) == ["calm-chin"]
    assert as_(ada).post(path, sent | {"goals_chosen": ["calm-chin"]}).status_code == 302
    made = Treatment.objects.get(patient=vera)
    assert (made.goals_chosen, made.protocol_version) == (["calm-chin"], another_version)
    assert offered(as_(ada).get(address(Treatment, "change", treatment.pk))) == shipped


def test_risk_factors_of_the_session_before_stand_in_one_added_here(as_, ada, treatment):
    treatment.risk_factors = ["diabetes"]
    treatment.save()
    later = treatment.treated_on + datetime.timedelta(days=35)
    as_(ada).post(address(Treatment, "add"), session(treatment, treated_on=later.isoformat()))
    assert Treatment.objects.get(treated_on=later).risk_factors == ["diabetes"]


def test_a_treatment_is_corrected_through_the_actions(as_, ada, treatment):
    as_(ada).post(address(Treatment, "change", treatment.pk), session(treatment, depth_mm="1.5"))
    treatment.refresh_from_db()
    assert (treatment.areas, str(treatment.depth_mm)) == (["face", "neck"], "1.50")
    assert TreatmentRevision.objects.filter(treatment=treatment, by=ada).exists()


def test_a_treatment_does_not_move_to_another_patient(as_, ada, treatment, vera):
    as_(ada).post(address(Treatment, "change", treatment.pk), session(treatment, patient=str(vera.pk)))
    treatment.refresh_from_db()
    assert treatment.patient.name == "Pat Moss"


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ({"treated_on": "1926-03-12"}, "Please check the year."),
        ({"areas": []}, "Tick at least one area."),
        ({"time_zone": "Mars/Base"}, "Select a valid choice"),
        ({"skin_tone": "11"}, "Select a valid choice"),
    ],
)
def test_the_administrator_is_asked_as_the_clinic_is(as_, ada, vera, treatment, slip, said):
    page = as_(ada).post(address(Treatment, "add"), session(treatment, patient=str(vera.pk), **slip))
    assert page.status_code == 200
    assert said in page.content.decode()
    assert not Treatment.objects.filter(patient=vera).exists()


def test_two_treatments_on_a_day_are_refused_with_a_sentence(as_, ada, treatment):
    page = as_(ada).post(address(Treatment, "add"), session(treatment))
    assert page.status_code == 200
    assert "already has a treatment on that date" in page.content.decode()
    assert Treatment.objects.count() == 1


def test_a_treatment_is_cancelled_elsewhere_and_never_deleted_here(as_, ada, treatment):
    assert as_(ada).post(address(Treatment, "delete", treatment.pk), {"post": "yes"}).status_code == 403


def missing(browser, clinic):
    page = browser.get(address(Clinic, "change", clinic.pk)).content.decode()
    return re.findall(r"MISSING: ([^<]+)<", page)


def test_a_clinic_says_what_is_still_missing(as_, ben, elsewhere):
    browser = as_(ben)
    assert missing(browser, elsewhere) == [
        "opening hours",
        "out-of-hours text",
        "a clinician",
        "a clinician with a second step",
        "a second person, for what waits too long",
        "a lead",
    ]
    assert "opening hours, out-of-hours text" in browser.get(address(Clinic, "changelist")).content.decode()


def test_a_clinic_that_has_everything_says_so(as_, ben, clinic, cara):
    browser = as_(ben)
    named = ["a second person, for what waits too long", "a lead"]
    assert missing(browser, clinic) == ["a clinician with a second step", *named]
    Authenticator.objects.create(user=cara, type=Authenticator.Type.TOTP, data={})
    clinic.second_person = clinic.lead = cara
    clinic.save()
    assert missing(browser, clinic) == []
    assert ">nothing<" in browser.get(address(Clinic, "changelist")).content.decode()


def test_a_second_person_who_left_is_missing_again(as_, ben, clinic, cara):
    clinic.second_person = clinic.lead = cara
    clinic.save()
    User.objects.filter(pk=cara.pk).update(is_active=False)
    assert "a second person, for what waits too long" in missing(as_(ben), clinic)


def test_waits_are_passed_on_to_clinicians_of_the_clinic_only(as_, ben, clinic, cara, owen, pat):
    browser, page = as_(ben), address(Clinic, "change", clinic.pk)
    gone = User.objects.create_user("gone@test.example", role="clinician", clinic=clinic, is_active=False)
    fields = browser.get(page).context["adminform"].form.fields
    assert [list(fields[name].queryset) for name in ("second_person", "lead")] == [[cara], [cara]]
    for stranger in (owen, gone, ben, pat.user):
        refused = browser.post(page, promises(second_person=stranger.pk))
        assert refused.status_code == 200
        assert "Select a valid choice" in refused.content.decode()
    assert browser.post(page, promises(second_person=cara.pk, lead=cara.pk)).status_code == 302
    clinic.refresh_from_db()
    assert (clinic.second_person, clinic.lead) == (cara, cara)


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        ("urgent_minutes", "15", False),
        ("urgent_minutes", "4", True),
        ("urgent_minutes", "481", True),
        ("urgent_minutes", "", True),
        ("contact_days", "0", False),
        ("contact_days", "6", True),
    ],
)
def test_what_a_clinic_promises_stays_within_reason(as_, ben, clinic, field, value, refused):
    answer = as_(ben).post(address(Clinic, "change", clinic.pk), promises(**{field: value}))
    assert answer.status_code == (200 if refused else 302)
    clinic.refresh_from_db()
    assert (str(getattr(clinic, field)) == value) != refused


@pytest.mark.parametrize("count", [2, 12])
def test_the_list_of_clinics_asks_the_same_however_many_there_are(as_, ben, count, django_assert_max_num_queries):
    for n in range(count):
        Clinic.objects.create(
            name=f"Clinic {n}", phone="1", duty_email="d@c.example", urgent_line="1", emergency_number="1"
        )
    browser = as_(ben)
    browser.get(address(Clinic, "changelist"))
    with django_assert_max_num_queries(9):
        browser.get(address(Clinic, "changelist"))


def lakeside(**fields):
    """What the page of a clinic sends, open on Mondays and closed on one of them."""
    return {
        "name": "Lakeside",
        "phone": "+44 20 7946 0111",
        "duty_email": "duty@lake.example",
        "urgent_line": "111",
        "emergency_number": "999",
        "time_zone": "Europe/London",
        "languages": "en",
        "urgent_minutes": "60",
        "contact_days": "1",
        "hours-TOTAL_FORMS": "1",
        "hours-INITIAL_FORMS": "0",
        "hours-0-weekday": "0",
        "hours-0-opens": "09:00",
        "hours-0-closes": "17:00",
        "holidays-TOTAL_FORMS": "1",
        "holidays-INITIAL_FORMS": "0",
        "holidays-0-on": "2026-05-04",
        "holidays-0-name": "May Day",
        **fields,
    }


def promises(**fields):
    """The same for a clinic that keeps the hours it has."""
    return lakeside(**{"hours-TOTAL_FORMS": "0", **fields})


def test_a_holiday_written_down_twice_is_refused_with_a_sentence(as_, ben, clinic):
    twice = {"holidays-TOTAL_FORMS": "2", "holidays-1-on": "2026-05-04"}
    page = as_(ben).post(address(Clinic, "change", clinic.pk), promises(**twice))
    assert "Please correct the duplicate data" in page.content.decode()
    assert not Holiday.objects.exists()


def test_a_clinic_is_set_up_with_its_hours_on_one_page(as_, ben):
    browser, posted = as_(ben), lakeside()
    page = browser.post(address(Clinic, "add"), posted | {"time_zone": "Mars/Base", "hours-0-closes": "08:00"})
    assert "is not a time zone" in page.content.decode()
    assert "Closing time must be later" in page.content.decode()
    assert browser.post(address(Clinic, "add"), posted).status_code == 302
    assert OpeningHours.objects.get(clinic__name="Lakeside").closes == datetime.time(17)
    assert Holiday.objects.get(clinic__name="Lakeside").on == datetime.date(2026, 5, 4)


def test_a_second_treatment_keeps_its_list_short(as_, ada, pat, cara, treatment, django_assert_max_num_queries):
    for n in range(1, 9):
        make_treatment(pat, treatment.treated_on - datetime.timedelta(days=30 * n), cara)
    browser = as_(ada)
    browser.get(address(Treatment, "changelist"))
    with django_assert_max_num_queries(11):
        browser.get(address(Treatment, "changelist"))
