"""A clinic's own aftercare: stricter as it likes, less strict with a name and a reason, with products that it names."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from journal import protocols
from journal.actions import care
from journal.care_plan import clocks_of
from journal.models import CareChange, Product, Treatment
from journal.views import clinic_care
from tests.conftest import make_treatment

from .tables import stop_clock_on, words

START = datetime.date(2026, 6, 15)  # a Monday
PROTOCOL = protocols.load(protocols.CURRENT)
WRITTEN = PROTOCOL.care.clock("make-up").avoid_to
PAGE = "/care-plan/"


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def change(clinic, cara):
    """Cara changes a day of her clinic."""

    def to(avoid_to, reason="", clock="make-up"):
        return care.change_care(
            clinic=clinic,
            protocol=PROTOCOL,
            clock=clock,
            avoid_to=avoid_to,
            reason=reason,
            by=cara,
            at=timezone.now(),
        )

    return to


@pytest.fixture
def name_product(clinic, cara):
    return lambda name, clock="moisturizer": care.add_product(
        clinic=clinic, clock=clock, name=name, by=cara, at=timezone.now()
    )


def last_day(clinic, clock="make-up"):
    """Until when the clinic has something left out."""
    found = next(one.clock for one in clocks_of(clinic, PROTOCOL) if one.clock.code == clock)
    return found.avoid_to if found.advice else None


@pytest.fixture
def plan(as_, pat, monkeypatch):
    """What Pat reads in the whole plan on a day of the treatment."""

    def on(day):
        stop_clock_on(monkeypatch, START, day)
        return words(as_(pat).get("/care/"))

    return on


def test_a_clinic_that_says_nothing_has_the_days_of_the_protocol(clinic):
    assert [one.clock for one in clocks_of(clinic, PROTOCOL)] == list(PROTOCOL.care.clocks)


def test_a_clinic_may_be_stricter_without_a_reason(clinic, change, cara):
    kept = change(WRITTEN + 3)
    assert (kept.by, kept.reason) == (cara, "")
    assert last_day(clinic) == WRITTEN + 3


def test_whoever_waits_longer_than_any_source_with_what_a_document_wants_at_once_says_why(clinic, change):
    with pytest.raises(care.ReasonMissing):
        change(6, clock="sunscreen")
    change(6, "Broken skin after a deep session.", clock="sunscreen")
    assert last_day(clinic, "sunscreen") == 6


@pytest.mark.parametrize("reason", ["", "  ", "ok", " x "])
def test_whoever_loosens_says_why(clinic, change, reason):
    with pytest.raises(care.ReasonMissing):
        change(WRITTEN - 1, reason)
    assert not CareChange.objects.exists()


def test_a_loosened_day_stands_with_its_name_and_reason_and_patients_read_the_day_alone(
    clinic, change, treatment, plan, as_, cara
):
    before = plan(0)
    change(1, "Mineral powder is fine after a day.")
    assert last_day(clinic) == 1
    said = plan(0)
    assert "Your clinic chose this date." in said
    assert "Your clinic chose this date." not in before
    assert "Mineral powder" not in said
    assert "Mineral powder is fine after a day." in words(as_(cara).get(PAGE))


def test_what_follows_begins_the_day_after(clinic, change):
    change(WRITTEN + 3)
    first, after = next(one.clock for one in clocks_of(clinic, PROTOCOL) if one.clock.code == "make-up").advice[:2]
    assert (first.does, first.to_day, after.does, after.from_day) == (False, WRITTEN + 3, True, WRITTEN + 4)


def test_the_latest_change_stands_and_one_can_go_back_to_the_protocol(clinic, change):
    change(WRITTEN + 3)
    change(WRITTEN + 1)
    assert last_day(clinic) == WRITTEN + 1
    change(None)
    assert last_day(clinic) == WRITTEN
    assert CareChange.objects.count() == 3


def test_a_clinic_may_leave_nothing_out_and_can_still_go_back(clinic, change, as_, cara):
    change(-1, "We have no such rule.", clock="pain-pills")
    pills = next(one for one in clocks_of(clinic, PROTOCOL) if one.written.code == "pain-pills")
    assert all(advice.does for advice in pills.clock.advice)
    assert as_(cara).post(PAGE, {"clock": "pain-pills", "restore": ""}).status_code == 302
    assert last_day(clinic, "pain-pills") == PROTOCOL.care.clock("pain-pills").avoid_to


def test_a_shorter_time_holds_only_under_the_version_for_which_somebody_said_why(clinic, cara, as_):
    """As if it had been chosen for an earlier version, with a reason or, where that asked for less, without."""
    short = {"clinic": clinic, "clock": "make-up", "avoid_to": 1, "by": cara, "protocol_version": "microneedling-0"}
    for reason in ("", "Mineral powder."):
        CareChange.objects.create(**short, reason=reason, at=timezone.now())
        assert last_day(clinic) == WRITTEN
        said = words(as_(cara).get(PAGE))
        assert f"Left out here through day {WRITTEN}" in said
        assert "Cara chose through day 1 for microneedling-0. Under microneedling-1 the protocol’s day stands" in said
    page = as_(cara).get(PAGE).content.decode()
    assert 'value="Mineral powder."' in page  # asked again, ready to be said again
    as_(cara).post(PAGE, {"clock": "make-up", "change": "", "avoid_to": 1, "reason": "Mineral powder."})
    assert last_day(clinic) == 1
    assert CareChange.objects.first().protocol_version == PROTOCOL.version
    assert "chose through day 1 for" not in words(as_(cara).get(PAGE))


def test_a_reason_for_a_newer_version_ends_nothing_under_an_older_one(clinic, change, cara):
    change(1, "Mineral powder.")
    newer = {"clinic": clinic, "clock": "make-up", "avoid_to": 2, "by": cara, "protocol_version": "riverside-2"}
    CareChange.objects.create(**newer, reason="Still mineral powder.", at=timezone.now())
    assert last_day(clinic) == 1
    change(None)
    assert last_day(clinic) == WRITTEN


def test_a_longer_time_holds_under_each_version(clinic, cara):
    longer = {"clinic": clinic, "clock": "make-up", "avoid_to": WRITTEN + 2, "protocol_version": "microneedling-0"}
    CareChange.objects.create(**longer, at=timezone.now(), by=cara)
    assert last_day(clinic) == WRITTEN + 2


def test_a_wait_so_long_that_no_document_goes_with_it_needs_a_reason(clinic, change, as_, cara):
    with pytest.raises(care.ReasonMissing):
        change(9, clock="sunscreen")
    answer = as_(cara).post(PAGE, {"clock": "sunscreen", "change": "", "avoid_to": 9})
    assert "No document waits as long, and one would not wait at all." in words(answer)
    change(9, "We cover the face.", clock="sunscreen")
    assert last_day(clinic, "sunscreen") == 9


def test_a_topic_that_a_version_does_not_have_is_passed_over(clinic, cara):
    CareChange.objects.create(clinic=clinic, clock="moon-bathing", avoid_to=3, at=timezone.now(), by=cara)
    assert [one.clock for one in clocks_of(clinic, PROTOCOL)] == list(PROTOCOL.care.clocks)


@pytest.mark.parametrize("day", [-2, 91])
def test_the_database_takes_no_day_that_makes_no_sense(clinic, cara, day):
    with pytest.raises(IntegrityError), transaction.atomic():
        CareChange.objects.create(clinic=clinic, clock="make-up", avoid_to=day, at=timezone.now(), by=cara)


def test_what_one_clinic_changes_is_its_own(elsewhere, change):
    change(WRITTEN + 3)
    assert last_day(elsewhere) == WRITTEN


def test_a_clinics_plan_takes_two_queries(clinic, change, name_product, django_assert_num_queries):
    for day in range(4):
        change(WRITTEN + day)
        name_product(f"Cream {day}")
    with django_assert_num_queries(2):
        clocks_of(clinic, PROTOCOL)


def test_a_product_is_on_the_list_once_until_somebody_takes_it_off(clinic, name_product, cara):
    cream = name_product("Plain Cream")
    assert name_product("Plain Cream") == cream
    for _ in range(2):
        care.remove_product(product=cream, by=cara, at=timezone.now())
    assert not clinic.products.approved().exists()
    again = name_product("Plain Cream")
    assert again != cream
    assert list(clinic.products.approved()) == [again]


def test_who_takes_a_product_off_first_is_the_one_who_did(name_product, cara, ada):
    cream, first = name_product("Plain Cream"), timezone.now()
    care.remove_product(product=cream, by=cara, at=first)
    care.remove_product(product=cream, by=ada, at=first + datetime.timedelta(minutes=1))
    cream.refresh_from_db()
    assert (cream.removed_by, cream.removed_at) == (cara, first)


def test_patients_read_only_products_that_their_clinic_names_now(treatment, plan, name_product, elsewhere, owen, cara):
    assert "names:" not in plan(3)
    cream = name_product("Plain Cream")
    care.add_product(clinic=elsewhere, clock="moisturizer", name="Hill Balm", by=owen, at=timezone.now())
    said = plan(3)
    assert "Riverside Skin Clinic names: Plain Cream." in said
    assert "Hill Balm" not in said
    care.remove_product(product=cream, by=cara, at=timezone.now())
    assert "Plain Cream" not in plan(3)


def test_the_page_shows_each_topic_with_the_protocols_day_and_each_document(as_, cara):
    said = words(as_(cara).get(PAGE))
    for clock in PROTOCOL.care.clocks:
        assert clock.topic in said
        if clock.avoid_to is not None:
            for claim in clock.claims:
                assert claim.statement.source.code in said
    assert f"Protocol through day {WRITTEN}" in said
    assert f"Days 0 to {WRITTEN}: {PROTOCOL.care.clock('make-up').advice[0].text}" in said
    assert f"From day {WRITTEN + 1} on: {PROTOCOL.care.clock('make-up').advice[1].text}" in said
    assert "A change counts at once, also for patients in the middle of their weeks, as far as their version" in said
    assert "running treatment" not in said


def test_the_page_says_which_running_treatments_follow_another_version(as_, cara, pat, vera, django_assert_num_queries):
    today = timezone.now().astimezone(cara.clinic.zone).date()
    make_treatment(pat, today, cara)
    for version, who, days in (("older-1", pat, 20), ("older-1", vera, -3), ("older-2", vera, 20), ("lost", vera, -91)):
        one = make_treatment(who, today + datetime.timedelta(days=days), cara)
        Treatment.objects.filter(pk=one.pk).update(protocol_version=version)
    said = words(as_(cara).get(PAGE))
    assert "2 running treatments follow older-1. 1 running treatment follows older-2. A time that needs a" in said
    assert "lost" not in said
    with django_assert_num_queries(1):
        clinic_care._others(cara.clinic, PROTOCOL)


def test_the_page_asks_for_a_reason_as_the_rule_has_it(as_, cara, change):
    said = words(as_(cara).get(PAGE))
    asked = [clock for clock in PROTOCOL.care.clocks if not clock.advice[0].does]
    assert said.count("longer than any document where one of them would not wait at all") == 1 + len(asked)
    change(35, clock="sun")  # no document would have none of it


def test_the_page_changes_a_day_and_says_who_did(as_, cara, clinic):
    browser = as_(cara)
    answer = browser.post(PAGE, {"clock": "make-up", "change": "", "avoid_to": WRITTEN + 2})
    assert (answer.status_code, answer.url) == (302, f"{PAGE}#make-up")
    assert last_day(clinic) == WRITTEN + 2
    said = words(browser.get(PAGE))
    assert f"Left out here through day {WRITTEN + 2} Cara" in said
    assert f"Make-up: through day {WRITTEN + 2}" in said.split("History")[1]
    assert f"Days 0 to {WRITTEN + 2}: {PROTOCOL.care.clock('make-up').advice[0].text}" in said


def test_the_page_asks_for_the_reason_where_it_is_missing_and_keeps_what_was_chosen(as_, cara, clinic):
    answer = as_(cara).post(PAGE, {"clock": "make-up", "change": "", "avoid_to": 1})
    assert answer.status_code == 422
    assert "This is shorter than in the protocol. Write why: it stands with your name." in words(answer)
    assert '<option value="1" selected>' in answer.content.decode()
    assert last_day(clinic) == WRITTEN


def test_a_refused_change_is_said_in_the_title_and_where_the_browser_goes(as_, cara):
    page = as_(cara).post(PAGE, {"clock": "make-up", "change": "", "avoid_to": 1, "reason": "ok"}).content.decode()
    assert "<title>Please check: Our care" in page
    assert 'action="#make-up-check"' in page
    assert page.count('id="make-up-check" tabindex="-1"') == page.count('class="errors" role="alert"') == 1
    assert '<a href="#make-up-reason">Reason: Write at least 3 letters.</a>' in page
    assert "Please check" not in as_(cara).get(PAGE).content.decode()


@pytest.mark.parametrize("sent", [{"avoid_to": ""}, {"avoid_to": "91"}, {"avoid_to": "x"}, {}])
def test_a_day_that_is_none_is_not_taken(as_, cara, sent):
    assert as_(cara).post(PAGE, {"clock": "make-up", "change": "", "reason": "Because.", **sent}).status_code == 422
    assert not CareChange.objects.exists()


def test_a_topic_that_is_none_is_not_found(as_, cara):
    assert as_(cara).post(PAGE, {"clock": "moon-bathing", "change": "", "avoid_to": "1"}).status_code == 404
    assert as_(cara).post(PAGE, {"change": ""}).status_code == 404
    assert as_(cara).post(PAGE, {"clock": "moon-bathing", "restore": ""}).status_code == 404
    assert as_(cara).post(PAGE, {"clock": "moon-bathing", "add": "", "name": "Moon Oil"}).status_code == 404


def test_where_nothing_is_left_out_no_day_is_taken_and_none_holds(as_, cara, clinic, change):
    assert PROTOCOL.care.clock("water").advice[0].does
    assert as_(cara).post(PAGE, {"clock": "water", "change": "", "avoid_to": "3"}).status_code == 404
    with pytest.raises(care.NothingLeftOut):
        change(3, "Because.", clock="water")
    CareChange.objects.create(
        clinic=clinic, clock="water", protocol_version=PROTOCOL.version, avoid_to=3, at=timezone.now(), by=cara
    )
    water = next(one for one in clocks_of(clinic, PROTOCOL) if one.written.code == "water")
    assert (water.change, water.lapsed, water.clock) == (None, None, water.written)


def test_what_the_version_in_use_does_not_have_can_be_taken_back(as_, cara, clinic, name_product):
    assert "Not used by this version" not in words(as_(cara).get(PAGE))
    CareChange.objects.create(clinic=clinic, clock="moon-bathing", avoid_to=3, at=timezone.now(), by=cara)
    oil = name_product("Moon Oil", "moon-bathing")
    said = words(as_(cara).get(PAGE)).split("Not used by this version")[1]
    assert "moon-bathing through day 3 Cara As in the protocol Moon Oil Remove" in said
    as_(cara).post(PAGE, {"clock": "moon-bathing", "restore": ""})
    as_(cara).post(PAGE, {"clock": "moon-bathing", "remove": oil.pk})
    assert CareChange.objects.first().avoid_to is None
    assert not clinic.products.approved().exists()
    assert "Not used by this version" not in words(as_(cara).get(PAGE))


def test_no_product_is_asked_for_where_patients_would_never_read_it(as_, cara, clinic, name_product):
    page = as_(cara).get(PAGE).content.decode()
    forms = page.count('name="add"')
    assert forms == len([clock for clock in PROTOCOL.care.clocks if any(advice.does for advice in clock.advice)])
    name_product("Old Pill", "pain-pills")
    assert "Patients do not read them" in words(as_(cara).get(PAGE))


def test_the_page_names_a_product_and_takes_it_off(as_, cara, clinic):
    browser = as_(cara)
    assert browser.post(PAGE, {"clock": "moisturizer", "add": "", "name": " Plain   Cream "}).status_code == 302
    product = clinic.products.approved().get()
    assert (product.name, product.added_by) == ("Plain Cream", cara)
    assert browser.post(PAGE, {"remove": product.pk}).status_code == 302
    assert not clinic.products.approved().exists()
    assert browser.post(PAGE, {"clock": "moisturizer", "add": "", "name": " "}).status_code == 422


@pytest.mark.parametrize("number", ["", "x", "0", "²", "9" * 5000])
def test_a_product_that_is_none_is_not_found(as_, cara, number):
    assert as_(cara).post(PAGE, {"remove": number}).status_code == 404


def test_nobody_takes_products_off_another_clinics_list(as_, owen, name_product):
    cream = name_product("Plain Cream")
    assert as_(owen).post(PAGE, {"remove": cream.pk}).status_code == 404
    assert Product.objects.approved().get() == cream
