"""The newest photo beside the one from before and that of the same day of the last session."""

import datetime

import pytest
from django.utils import timezone

from journal.views import record
from journal.views.then_and_now import rows
from tests.conftest import make_treatment

from .shots import BLURRED, damage, shoot


@pytest.fixture
def treatment(pat, cara):
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=10)
    return make_treatment(pat, on, cara, session_number=2)


@pytest.fixture
def earlier(treatment, pat, cara):
    return make_treatment(pat, treatment.date_of(-42), cara)


@pytest.fixture
def shown(treatment, cara):
    """The rows of the page as (place, {heading: (photo, words)})."""

    def made(flagged_on=None):
        found = rows(record.read(treatment), flagged_on, cara, timezone.now())
        return [(row.place, {cell.heading: (cell.photo, cell.said) for cell in row.cells}) for row in found]

    return made


def test_three_photos_of_a_view_stand_beside_each_other(treatment, earlier, shown):
    before, newest = shoot(treatment, 0, baseline=True), shoot(treatment, 10)
    shoot(treatment, 4)
    shoot(earlier, 9)
    then = shoot(earlier, 10)
    [(place, cells)] = shown()
    assert place == "Face, front"
    assert cells == {"Before": (before, ""), "Now": (newest, "Day 10"), "Last session": (then, "Day 10")}


def test_another_day_of_the_last_session_says_that_it_is_another(treatment, earlier, shown):
    shoot(treatment, 8)
    near = shoot(earlier, 7)
    shoot(earlier, 12)
    assert shown()[0][1]["Last session"] == (near, "Day 7: the nearest there is")


def test_what_is_not_there_says_so(treatment, shown):
    photo = shoot(treatment, 8)
    cells = shown()[0][1]
    assert cells["Before"] == (None, "No photo from before.")
    assert cells["Now"] == (photo, "Day 8, 2 days ago")
    assert cells["Last session"] == (None, "No session before this one.")


def test_a_view_without_a_photo_since_the_treatment_says_so(treatment, earlier, shown):
    before = shoot(treatment, 0, baseline=True)
    cells = shown()[0][1]
    assert cells["Before"] == (before, "")
    assert cells["Now"] == (None, "No photo since the treatment.")
    assert cells["Last session"] == (None, "No photo of this view from session 1.")


def test_the_earliest_stands_in_for_one_from_before_and_says_so(treatment, shown):
    first = shoot(treatment, 1)
    shoot(treatment, 10)
    assert shown()[0][1]["Before"] == (first, "Day 1, none from before")


def test_the_day_of_the_flag_has_a_place_where_it_is_not_the_newest(treatment, shown):
    shoot(treatment, 10)
    flagged = shoot(treatment, 4)
    assert shown(treatment.date_of(4))[0][1]["When flagged"] == (flagged, "Day 4")
    assert "When flagged" not in shown(treatment.date_of(10))[0][1]


def test_each_area_and_view_has_a_row_those_with_the_newest_photo_first(treatment, shown):
    shoot(treatment, 3, view="front")
    shoot(treatment, 10, view="right")
    shoot(treatment, 10, view="close", area="neck")
    assert [place for place, _cells in shown()] == ["Face, right side", "Neck, close up", "Face, front"]


def test_a_photo_that_was_taken_otherwise_is_not_to_be_judged_by(treatment, cara):
    shoot(treatment, 0, baseline=True, measures=BLURRED)
    shoot(treatment, 10)
    [row] = rows(record.read(treatment), None, cara, timezone.now())
    before, now, last = [cell.likeness for cell in row.cells]
    assert (before.differ, now, last) == (["sharpness"], None, None)
    assert row.compared == [before]


def test_a_damaged_photo_gives_way_to_one_that_can_be_shown(treatment, shown):
    whole, damaged = shoot(treatment, 9), shoot(treatment, 10)
    damage(damaged)
    assert shown()[0][1]["Now"] == (whole, "Day 9, 1 day ago")


def test_a_session_of_another_patient_or_one_that_was_put_off_is_none(treatment, vera, cara, earlier, shown):
    make_treatment(vera, treatment.date_of(-10), cara)
    put_off = make_treatment(treatment.patient, treatment.date_of(-3), cara, put_off_at=timezone.now())
    shoot(put_off, 10)
    shoot(treatment, 10)
    then = shoot(earlier, 10)
    assert shown()[0][1]["Last session"] == (then, "Day 10")
