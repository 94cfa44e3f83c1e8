"""The day of a treatment: written down on one screen, kept, and told in the words of the documents."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from journal.actions import visits
from journal.models import Flag, Visit
from journal.models.visit import FACTS
from tests.conftest import make_treatment

from .tables import log, words

NOTHING = dict.fromkeys(FACTS, "") | {
    "cleaned": None,
    "numbing_minutes": None,
    "needling_minutes": None,
    "visit_minutes": None,
}


@pytest.fixture
def write_down(cara):
    def call(treatment, depth_mm=None, **facts):
        return visits.record_visit(
            treatment=treatment, facts=NOTHING | facts, depth_mm=depth_mm, by=cara, at=timezone.now()
        )

    return call


def test_depth_and_products_become_the_treatments_own(write_down, treatment, cara):
    write_down(treatment, Decimal("1.5"), serum="HA gel", mask="Cool mask")
    treatment.refresh_from_db()
    assert (treatment.depth_mm, treatment.products) == (Decimal("1.50"), "HA gel, Cool mask")
    [revision] = treatment.revisions.all()
    assert (revision.answers["depth_mm"], revision.answers["products"], revision.by) == (
        "1.5",
        "HA gel, Cool mask",
        cara,
    )


def test_what_was_written_down_before_stays_and_the_latest_stands(write_down, treatment):
    first = write_down(treatment, serum="HA gel", numbing_minutes=30)
    second = write_down(treatment, serum="", numbing_minutes=45)
    assert list(treatment.visits.all()) == [second, first]
    first.refresh_from_db()
    assert (first.serum, first.numbing_minutes) == ("HA gel", 30)
    treatment.refresh_from_db()
    assert treatment.products == ""  # the serum was a mistake


def test_a_first_visit_that_names_nothing_takes_no_product_back(write_down, treatment):
    treatment.products = "HA gel"
    treatment.save()
    write_down(treatment, numbing_minutes=30)
    treatment.refresh_from_db()
    assert treatment.products == "HA gel"


def test_a_day_that_changes_neither_depth_nor_products_leaves_the_treatment_alone(write_down, treatment):
    write_down(treatment, numbing_minutes=30)
    assert not treatment.revisions.exists()


def test_deeper_needles_than_planned_have_the_course_compared_again(write_down, treatment):
    log(treatment, "day redness\n5 2")
    assert Flag.objects.get().holds
    write_down(treatment, Decimal("2"))
    assert not Flag.objects.get().holds


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


@pytest.fixture
def path(treatment):
    return f"/treatments/{treatment.pk}/day/"


FILLED = {
    "cleaned": "on",
    "numbing": "Lidocaine cream",
    "numbing_minutes": "45",
    "depth_mm": "1.5",
    "needling_minutes": "40",
    "device": "Pen, 12 needles",
    "serum": "HA gel",
    "serum_lot": "L-77",
    "mask": "Cool mask",
    "visit_minutes": "115",
    "note": "Skipped a spot on the chin.",
}


def test_one_screen_takes_the_whole_day(desk, path, treatment, pat, cara):
    assert desk.post(path, FILLED).url == f"/patients/{pat.pk}/"
    visit = Visit.objects.get()
    assert (visit.cleaned, visit.numbing, visit.numbing_minutes, visit.by) == (True, "Lidocaine cream", 45, cara)
    said = words(desk.get(f"/timeline/{treatment.pk}/"))
    for fact in ("Lidocaine cream, 45 minutes", "Pen, 12 needles, 40 minutes", "HA gel (lot L-77)", "115 minutes"):
        assert fact in said
    assert "1.50 mm" in said


def test_what_is_not_known_may_stay_empty_and_no_tick_is_no_no(desk, path):
    assert desk.post(path, {"note": "In a hurry."}).status_code == 302
    visit = Visit.objects.get()
    assert {name: getattr(visit, name) for name in FACTS} == NOTHING | {"note": "In a hurry."}


def test_a_day_of_which_nothing_is_said_is_kindly_refused(desk, path, treatment):
    treatment.depth_mm = Decimal("1.50")
    treatment.save()
    for depth in ("1.50", ""):
        answer = desk.post(path, {"depth_mm": depth})
        assert answer.status_code == 422
        assert "Nothing is written down yet. Fill in what you know, or go back." in words(answer)
    assert not Visit.objects.exists()
    treatment.refresh_from_db()
    assert treatment.depth_mm == Decimal("1.50")


def test_another_depth_than_planned_can_be_all_that_is_known_of_a_day(desk, path, treatment):
    assert desk.post(path, {"depth_mm": "1.25"}).status_code == 302
    treatment.refresh_from_db()
    assert treatment.depth_mm == Decimal("1.25")


def test_what_was_written_down_by_mistake_can_be_emptied(desk, path, treatment):
    desk.post(path, FILLED)
    assert desk.post(path, {}).status_code == 302
    latest, first = treatment.visits.all()
    assert (latest.serum, latest.says_anything, first.says_anything) == ("", False, True)
    assert desk.post(path, {}).status_code == 422  # nothing to correct any more


@pytest.mark.parametrize("fact", FACTS)
def test_any_fact_says_something_of_the_day(write_down, treatment, fact):
    said = 45 if fact.endswith("minutes") else fact == "cleaned" or "HA gel"
    assert write_down(treatment, **{fact: said}).says_anything
    assert not write_down(treatment).says_anything


def test_a_depth_that_is_emptied_becomes_unknown_and_says_so(desk, path, treatment):
    desk.post(path, FILLED)
    assert "On record: 1.50 mm. If you empty it, the depth becomes unknown." in words(desk.get(path))
    said = words(desk.post(path, FILLED | {"depth_mm": ""}, follow=True))
    assert "The depth is not known any more." in said
    treatment.refresh_from_db()
    assert treatment.depth_mm is None
    assert "not known any more" not in words(desk.post(path, FILLED | {"depth_mm": ""}, follow=True))


def test_a_depth_may_be_written_with_a_comma(desk, path, treatment):
    desk.post(path, FILLED | {"depth_mm": "1,75"})
    treatment.refresh_from_db()
    assert treatment.depth_mm == Decimal("1.75")


def test_what_was_used_last_time_is_offered_and_never_filled_in(desk, path, treatment, pat, cara, write_down):
    for days, serum in ((-70, "Older gel"), (-35, "HA gel"), (-10, "Cancelled gel")):
        session = make_treatment(pat, treatment.treated_on + datetime.timedelta(days=days), cara)
        write_down(session, device="Pen, 12 needles", numbing="Lidocaine cream", serum=serum, mask="Cool mask")
    session.cancelled_at, session.cancelled_by = timezone.now(), cara
    session.save()
    page = desk.get(path)
    said = words(page)
    for value in ("Pen, 12 needles", "Lidocaine cream", "HA gel"):
        assert f"Last time: {value}" in said
        assert f'<option value="{value}">' in page.content.decode()
        assert f'name="serum" value="{value}"' not in page.content.decode()
    assert "Cool mask" not in said
    assert [page.context["form"][name].value() for name in ("device", "numbing", "serum")] == [None] * 3


def test_what_is_wrong_is_listed_in_the_order_of_the_page(desk, path):
    slips = {"visit_minutes": "long", "depth_mm": "deep", "numbing_minutes": "0", "needling_minutes": "x"}
    form = desk.post(path, FILLED | slips).context["form"]
    assert [field.name for field in form if field.errors] == [
        "numbing_minutes",
        "depth_mm",
        "needling_minutes",
        "visit_minutes",
    ]
    parts = desk.get(path).context["parts"]
    assert [field.name for field in form] == [field.name for part in parts for field in part.fields]


def test_a_correction_starts_from_what_was_written(desk, path, treatment):
    desk.post(path, FILLED)
    page = desk.get(path)
    assert page.context["form"]["serum_lot"].value() == "L-77"
    assert page.context["form"]["depth_mm"].value() == Decimal("1.50")
    desk.post(path, FILLED | {"serum_lot": "L-78"})
    assert [visit.serum_lot for visit in treatment.visits.all()] == ["L-78", "L-77"]
    history = words(desk.get(path)).split("Written down before")[1]
    assert history.index("lot L-78") < history.index("lot L-77")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("numbing_minutes", "an hour", "Write whole minutes"),
        ("visit_minutes", "0", "Write whole minutes from 1 to 600"),
        ("needling_minutes", "601", "Write whole minutes from 1 to 600"),
        ("depth_mm", "deep", "Write the depth in mm"),
        ("depth_mm", "9", "Write the depth in mm from 0.1 to 5"),
        ("device", "x" * 121, "at most 120 characters"),
    ],
)
def test_a_slip_says_what_is_wrong_and_keeps_the_rest(desk, path, field, typed, said):
    answer = desk.post(path, FILLED | {field: typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="HA gel"' in answer.content.decode()
    assert not Visit.objects.exists()


def test_a_day_still_to_come_is_told_and_not_written_down(desk, pat, cara, treatment):
    later = make_treatment(pat, treatment.treated_on + datetime.timedelta(days=30), cara)
    path = f"/treatments/{later.pk}/day/"
    page = desk.get(path)
    assert "can be written down from" in words(page)
    assert "<form" not in page.content.decode()
    assert desk.post(path, FILLED).status_code == 422
    assert not Visit.objects.exists()


def test_each_stage_for_the_treated_areas_shows_what_the_patient_is_told_and_by_whom(desk, path, treatment):
    page = words(desk.get(path))
    for stage in treatment.protocol.care.stages:
        here = not stage.areas or "face" in stage.areas
        assert (stage.text in page) == here, stage.code
        assert not here or all(statement.says in page for statement in stage.says)


def test_the_day_shows_what_was_decided_before_it(desk, path, treatment):
    assert "Questions not asked yet" in words(desk.get(path))
