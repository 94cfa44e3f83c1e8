"""All photos of a treatment in order of day, and the ways there."""

import html
import re

import pytest
from django.utils import timezone

from journal.actions import people
from tests.conftest import make_treatment

from .shots import DARKER, DONT, START, damage, line_up, shoot
from .tables import log, words


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def film(as_, treatment):
    return lambda person: as_(person).get(f"/photos/{treatment.pk}/")


def test_photos_stand_in_order_of_day_with_their_gaps_the_one_from_before_first(film, treatment, before, pat):
    for day in (7, 1, 3):
        shoot(treatment, day)
    strip = words(film(pat)).split("Face, front")[1]
    told = re.findall(r"Before treatment Others are held|no photo on [\w ]+?(?= Day)|Day \d+", strip)
    assert told == [
        "Before treatment Others are held",
        "no photo on day 0",
        "Day 1",
        "no photo on day 2",
        "Day 3",
        "no photo on days 4 to 6",
        "Day 7",
    ]


def test_each_view_has_a_strip_of_its_own_in_the_order_in_which_they_are_asked_for(film, treatment, pat):
    for area, view in (("neck", "close"), ("face", ""), ("face", "right"), ("face", "front")):
        shoot(treatment, 1, area=area, view=view)
    titles = re.findall(r'<h2 id="strip-\d+">([^<]+)', film(pat).content.decode())
    assert [title.strip() for title in titles] == ["Face, front", "Face, right side", "Face", "Neck, close up"]


def test_each_photo_leads_to_itself_beside_the_first_and_the_first_to_itself_beside_the_newest(
    film, treatment, before, after, pat
):
    page = html.unescape(film(pat).content.decode())
    assert f"/compare/?right={after.token}" in page
    assert f"/compare/?left={before.token}&right={after.token}" in page


def test_a_film_tells_the_day_and_its_scores(film, treatment, before, after, pat):
    log(treatment, "day redness dryness\n4 2 1")
    page = html.unescape(film(pat).content.decode())
    assert 'data-told="Day 4 · Redness moderate · Dryness mild · Tightness not answered' in page
    assert 'data-told="Before treatment"' in page


def test_a_photo_of_a_strip_that_was_taken_otherwise_says_so(film, treatment, before, after, pat):
    shoot(treatment, 5, measures=DARKER)
    line_up(treatment, before, after, right_spots=[[0.1, 0.5], [0.8, 0.5]])
    page = html.unescape(film(pat).content.decode())
    assert re.findall(r'data-warning="([^"]+)"', page) == [
        f"“Day 4” differs from “Before treatment” in: distance. {DONT}",
        f"“Day 5” differs from “Before treatment” in: light. {DONT}",
    ]
    assert "Day 5 Differs in: light. Do not judge redness." in words(film(pat))


def test_a_damaged_photo_stands_in_the_strip_and_not_in_the_film(film, treatment, before, after, pat):
    shoot(treatment, 5)
    damage(after)
    page = film(pat)
    assert page.content.decode().count("data-large") == 2
    assert f"/photo/{after.token}/" not in page.content.decode()
    assert "Damaged Day 4" in words(page)


def test_one_photo_is_no_film(film, treatment, after, pat):
    assert "data-player" not in film(pat).content.decode()


def test_without_photos_the_page_says_so_kindly(film, pat, cara):
    assert "No photos yet. You can add one when you log a day; you do not have to." in words(film(pat))
    assert "No photos yet." in words(film(cara))


def test_without_photos_whoever_turned_them_off_is_told_where_to_turn_them_on(film, pat, cara):
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    assert "Photos are off. You can turn them on under Clinic" in words(film(pat))
    assert "You can add one" not in words(film(pat))
    assert "Photos are off" not in words(film(cara))


def test_the_films_of_other_sessions_are_one_press_away(film, earlier, pat):
    assert f'href="/photos/{earlier.pk}/"' in film(pat).content.decode()


def test_the_timeline_leads_to_the_photos_where_there_are_any(as_, treatment, pat, cara):
    here, link = f"/timeline/{treatment.pk}/", f'href="/photos/{treatment.pk}/"'
    assert link not in as_(pat).get(here).content.decode()
    shoot(treatment, 4)
    assert link in as_(pat).get(here).content.decode()
    assert link in as_(cara).get(here).content.decode()


def test_the_result_leads_to_the_first_photo_where_there_is_an_earlier_one(as_, treatment, pat):
    entry = log(treatment, "day redness\n4 1")
    first = shoot(treatment, 4)
    here, offer = f"/entry/{entry.pk}/", "Hold it beside the first photo"
    assert offer not in words(as_(pat).get(here))
    shoot(treatment, 1)
    page = as_(pat).get(here)
    assert offer in words(page)
    assert f"/compare/?right={first.token}" in page.content.decode()
