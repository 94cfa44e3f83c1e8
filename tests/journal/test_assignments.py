"""Whose a patient's flags are: taken, given to a colleague, given back, and who was first."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import User
from journal.actions import assignments, flags
from journal.models import Assignment, Flag
from tests.conftest import make_patient, make_treatment

from .lists import colleague, form_of
from .tables import log, words


@pytest.fixture
def treatment(pat, cara):
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=10)
    return make_treatment(pat, on, cara)


@pytest.fixture
def flag(treatment):
    """Pat's redness lasts."""
    log(treatment, "day redness\n8 2")
    return Flag.objects.get()


@pytest.fixture
def dora(clinic):
    return colleague(clinic)


def give(flag, to, by, expected=None):
    assignments.assign(flag=flag, to=to, expected=expected and expected.pk, by=by, at=timezone.now())


def test_who_takes_a_flag_has_it_and_the_row_of_it_is_kept(flag, cara):
    give(flag, cara, cara)
    assert Flag.objects.get().assigned_to == cara
    assert [(row.to, row.by) for row in Assignment.objects.all()] == [(cara, cara)]


def test_all_live_flags_of_a_treatment_go_together_and_a_closed_one_stays(treatment, flag, cara):
    flags.close(flag=flag, outcome="advised", note="", by=cara, at=timezone.now())
    log(treatment, "day redness signs\n9 3 pus")
    give(Flag.objects.live().first(), cara, cara)
    assert {one.state == "closed": one.assigned_to for one in Flag.objects.all()} == {True: None, False: cara}
    assert Flag.objects.live().count() == 2 == Assignment.objects.count()


def test_the_second_person_to_take_it_is_told_and_nothing_changes(flag, cara, dora):
    give(flag, cara, cara)
    with pytest.raises(assignments.AlreadyAssigned) as told:
        give(flag, dora, dora)
    assert told.value.flag.assigned_to == cara
    assert Flag.objects.get().assigned_to == cara
    assert Assignment.objects.count() == 1


def test_a_closed_flag_is_given_to_nobody(flag, cara):
    flags.close(flag=flag, outcome="advised", note="", by=cara, at=timezone.now())
    with pytest.raises(assignments.AlreadyAssigned):
        give(flag, cara, cara)


def test_a_flag_goes_to_nobody_who_does_not_work_there(flag, clinic, cara, owen, pat, dora):
    dora.is_active = False
    for stranger in (owen, pat.user, dora):
        with pytest.raises(assignments.NotOfTheClinic):
            give(flag, stranger, cara)
    assert Flag.objects.get().assigned_to is None


def test_the_inbox_says_who_has_it_and_gives_it_back(as_, flag, cara, dora):
    desk = as_(cara)
    form = form_of(desk.get("/inbox/"), 'data-act="m"')
    answer = desk.post(form["action"], form["fields"] | {"to": cara.pk}, follow=True)
    assert "You have taken this patient’s flags." in words(answer)
    assert "Yours" in words(answer)
    assert "Cara has it" in words(as_(dora).get("/inbox/"))
    assert [line.flag for line in desk.get("/inbox/?show=mine").context["lines"]] == [flag]
    assert as_(dora).get("/inbox/?show=mine").context["lines"] == []
    form = form_of(desk.get("/inbox/"), 'data-act="m"')
    assert "Given back." in words(desk.post(form["action"], form["fields"] | {"to": ""}, follow=True))
    assert Flag.objects.get().assigned_to is None


def test_who_comes_second_is_told_by_name(as_, flag, cara, dora):
    late, early = as_(dora), as_(cara)
    form = form_of(late.get("/inbox/"), 'data-act="m"')
    early.post(form["action"], form["fields"] | {"to": cara.pk})
    page = words(late.post(form["action"], form["fields"] | {"to": dora.pk}, follow=True))
    assert "Cara has taken this meanwhile. Nothing was changed." in page
    again = words(early.post(form["action"], form["fields"] | {"to": cara.pk}, follow=True))
    assert "You have this already." in again
    give(Flag.objects.get(), None, cara, expected=cara)
    expecting = form["fields"] | {"expected": cara.pk, "to": dora.pk}
    assert "nobody has it now" in words(late.post(form["action"], expecting, follow=True))
    flags.close(flag=flag, outcome="advised", note="", by=cara, at=timezone.now())
    page = words(late.post(form["action"], form["fields"] | {"to": dora.pk}, follow=True))
    assert "This flag was closed meanwhile. Nothing was changed." in page


@pytest.mark.parametrize("to", ["nonsense", "0", "-1", "99999999999999999999", "1\0", "٣", "owen", "pat"])
def test_a_name_that_is_nobodys_here_changes_nothing(as_, flag, cara, owen, pat, to):
    to = {"owen": owen.pk, "pat": pat.user.pk}.get(to, to)
    page = words(as_(cara).post(f"/flag/{flag.pk}/assign/", {"to": to, "expected": ""}, follow=True))
    assert "This is nobody who works at your clinic. Nothing was changed." in page
    assert Flag.objects.get().assigned_to is None


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("/inbox/?show=mine#line-1", "/inbox/?show=mine#line-1"),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/", None),
        ("/\\elsewhere.example", None),
        ("/inbox/\r\nX: y", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_a_press_leads_back_to_where_it_came_from_and_to_no_other_site(as_, flag, cara, wanted, leads):
    answer = as_(cara).post(f"/flag/{flag.pk}/assign/", {"to": cara.pk, "expected": "", "next": wanted})
    assert answer.url == (leads or f"/flag/{flag.pk}/")


def test_the_flag_of_another_clinic_is_not_there_to_take(as_, flag, owen):
    assert as_(owen).post(f"/flag/{flag.pk}/assign/", {"to": owen.pk}).status_code == 404
    assert Flag.objects.get().assigned_to is None


def test_a_new_flag_of_a_patient_goes_to_who_has_the_others(treatment, flag, cara):
    give(flag, cara, cara)
    log(treatment, "day signs\n9 pus")
    assert {one.assigned_to for one in Flag.objects.all()} == {cara}


def test_a_name_on_the_page_is_one_of_the_clinics_own(as_, flag, cara, dora, owen):
    page = as_(cara).get(f"/flag/{flag.pk}/").content.decode()
    assert "Dora</option>" in page
    assert "Cara (you)</option>" in page
    assert "Owen</option>" not in page


def test_a_patient_of_another_treatment_is_left_alone(flag, clinic, cara):
    other = make_treatment(make_patient(clinic, "Ann", "ann@test.example"), flag.treatment.treated_on, cara)
    log(other, "day redness\n8 2")
    give(flag, cara, cara)
    assert Flag.objects.get(treatment=other).assigned_to is None


def test_what_a_colleague_left_behind_who_works_elsewhere_now_can_be_taken(as_, cara, dora, elsewhere, flag):
    give(flag, dora, cara)
    User.objects.filter(pk=dora.pk).update(clinic=elsewhere)
    as_(cara).post(f"/flag/{flag.pk}/assign/", {"to": cara.pk, "expected": dora.pk})
    assert Flag.objects.get().assigned_to == cara
