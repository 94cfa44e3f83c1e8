"""Photos held against each other: whose, which ones, and what is said of the two."""

import datetime
import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent
from journal.models import Alignment, Photo
from tests.conftest import make_treatment

from .shots import BLURRED, DARKER, DONT, START, damage, frames, line_up, shoot
from .tables import asked, log, words


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


# --- who ---


def test_the_patient_and_her_clinic_compare_and_nobody_else(compare, before, after, pat, cara, vera, owen, ada):
    answers = [compare(person, after, before).status_code for person in (pat, cara, vera, owen, ada)]
    assert answers == [200, 200, 404, 404, 403]


def test_the_film_is_for_the_patient_and_her_clinic_alone(as_, treatment, after, pat, cara, vera, owen, ada):
    answers = [as_(person).get(f"/photos/{treatment.pk}/").status_code for person in (pat, cara, vera, owen, ada)]
    assert answers == [200, 200, 404, 404, 403]


def test_photos_of_two_patients_are_never_on_one_page(compare, as_, after, pat, vera, cara):
    of_vera = shoot(make_treatment(vera, START, cara), 4)
    assert compare(cara, of_vera).status_code == 200
    assert compare(cara, after, of_vera).status_code == compare(cara, of_vera, after).status_code == 404
    sent = {"left": after.token, "right": of_vera.token, "left_spots": "0,0 1,1", "right_spots": "0,0 1,1"}
    assert as_(cara).post("/compare/", sent).status_code == 404
    assert not Alignment.objects.exists()


@pytest.mark.parametrize("asked", ["", "?right=", "?right=nothing", "?left=nothing&right={}", "?left={}"])
def test_an_address_that_names_no_photo_is_none(as_, pat, after, asked):
    assert as_(pat).get("/compare/" + asked.format(after.token)).status_code == 404


def test_a_look_of_the_clinic_is_recorded_once_and_a_patients_own_is_not(compare, as_, before, after, pat, cara):
    compare(pat, after)
    as_(pat).get(f"/photos/{after.treatment_id}/")
    assert not AccessEvent.objects.exists()
    compare(cara, after)
    assert [event.target_id for event in AccessEvent.objects.all()] == [str(after.treatment_id)]
    as_(cara).get(f"/photos/{after.treatment_id}/")
    assert AccessEvent.objects.count() == 2


def test_a_look_at_two_sessions_is_recorded_for_each(compare, earlier, after, cara):
    then = shoot(earlier, 4)
    compare(cara, after, then)
    assert {event.target_id for event in AccessEvent.objects.all()} == {str(earlier.pk), str(after.treatment_id)}


# --- which two ---


def test_without_a_left_one_it_is_held_against_the_photo_from_before(compare, before, treatment, after, pat):
    shoot(treatment, 1)
    shoot(treatment, 0, view="left", baseline=True)
    assert frames(compare(pat, after)) == [before, after]


def test_without_one_from_before_it_is_held_against_the_earliest(compare, treatment, after, pat):
    first = shoot(treatment, 1)
    assert frames(compare(pat, after)) == [first, after]


def test_a_photo_that_nothing_can_be_held_against_says_so_and_offers_the_others(compare, treatment, after, pat):
    other = shoot(treatment, 2, view="left")
    alone = compare(pat, other)
    assert frames(alone) == [other]
    assert "This is the first photo of this area and view" in words(alone)
    assert f'value="{after.token}"' in alone.content.decode()
    damage(other)
    assert "There is no photo of this area and view to hold this one against" in words(compare(pat, other))


def test_a_photo_is_not_held_against_itself(compare, after, pat):
    assert frames(compare(pat, after, after)) == [after]


def test_moments_and_scores_of_both_days_stand_beside_the_photos(compare, treatment, before, after, pat):
    log(
        treatment, "day redness dryness tightness itch signs\n0 4 4 4 4 bleeding\n1 3 . . . .\n4 ? 2 1 . peeling,warmth"
    )
    said = words(compare(pat, after, shoot(treatment, 1)))
    assert "Day 1 16 Jun 2026 Redness severe Dryness not answered" in said
    assert "Day 4 19 Jun 2026 Redness can’t tell Dryness moderate Tightness mild Itch not answered" in said
    assert "Signs peeling, heat" in said


def test_a_photo_from_before_is_not_told_the_scores_of_the_day_after_it(compare, treatment, before, after, pat):
    log(treatment, "day redness\n0 4")
    said = words(compare(pat, after))
    assert "No scores: it is from before the treatment." in said
    assert "Nothing was written for this day." in said
    assert "severe" not in said


def test_every_photo_can_be_chosen_the_latest_session_and_the_same_view_first(
    compare, treatment, earlier, before, after, pat
):
    then, side = shoot(earlier, 4), shoot(treatment, 1, view="left")
    select = compare(pat, after).content.decode().split('id="right"')[1].split("</select>")[0]
    assert re.findall(r'label="([^"]+)"', select) == ["Session 1, 15 June 2026", "Session 1, 11 May 2026"]
    assert re.findall(r'value="([^"]+)"', select) == [one.token for one in (before, after, side, then)]
    assert re.findall(r'value="([^"]+)" selected', select) == [after.token]
    assert f'value="{then.token}">Day 4 · Face, front · Session 1, 11 May 2026<' in select
    assert f'value="{after.token}" selected>Day 4 · Face, front<' in select


def test_photos_of_a_cancelled_treatment_are_offered_only_beside_themselves(compare, earlier, after, pat, cara):
    then = shoot(earlier, 4)
    earlier.cancelled_at, earlier.cancelled_by = timezone.now(), cara
    earlier.save()
    assert then.token not in compare(pat, after).content.decode()
    assert frames(compare(pat, after, then)) == [then, after]


def test_photos_that_would_be_called_the_same_say_when_they_came(compare, treatment, before, after, pat):
    again = shoot(treatment, 4, measures=DARKER)
    Photo.objects.filter(pk=again.pk).update(added_at=datetime.datetime(2026, 6, 19, 19, 5, tzinfo=datetime.UTC))
    Photo.objects.filter(pk=after.pk).update(added_at=datetime.datetime(2026, 6, 19, 18, 0, tzinfo=datetime.UTC))
    said = words(compare(pat, before))
    for name in ("added at 19:00 (1 of 2)", "added at 20:05 (2 of 2)"):  # as the clocks of the treatment's zone go
        assert f"Day 4 · Face, front, {name}" in said
    assert "Before treatment · Face, front, added" not in said


def test_two_sessions_of_one_date_stay_apart_in_the_choices(compare, treatment, pat, cara):
    shown = [shoot(treatment, day) for day in (1, 2)]
    treatment.cancelled_at, treatment.cancelled_by = timezone.now(), cara
    treatment.save()
    again = make_treatment(pat, START, cara)
    for day in (1, 2):
        shoot(again, day)
    select = compare(pat, shown[1], shown[0]).content.decode().split('id="right"')[1].split("</select>")[0]
    assert select.count("<optgroup") == 2
    assert select.count("<option") == 4


def links(page):
    """Where the page leads to besides its forms: pairs of photos, left and right."""
    hrefs = re.findall(r'href="/compare/\?([^"]+)"', page.content.decode())
    named = [dict(re.findall(r"(left|right)=([\w-]+)", html.unescape(href))) for href in hrefs]
    return {tuple(Photo.objects.get(token=pair[side]) for side in ("left", "right")) for pair in named}


def test_the_days_before_and_after_and_the_same_day_of_an_earlier_session_are_one_press_away(
    compare, treatment, earlier, before, after, pat
):
    same_day, other_day, other_view = shoot(earlier, 4), shoot(earlier, 3), shoot(earlier, 4, view="left")
    day_1, day_6 = shoot(treatment, 1), shoot(treatment, 6)
    shoot(treatment, 5, view="left")
    page = compare(pat, after)
    assert links(page) == {(before, day_1), (before, day_6), (same_day, after)}
    assert "Day 4 · Session 1, 11 May 2026" in words(page)
    assert links(compare(pat, after, same_day)) == {(same_day, day_1), (same_day, day_6), (before, after)}
    assert not {other_day, other_view} & {photo for pair in links(page) for photo in pair}


def test_the_photo_from_before_is_held_against_that_of_an_earlier_session(compare, earlier, before, pat):
    then = shoot(earlier, 0, baseline=True)
    assert (then, before) in links(compare(pat, before))


def test_a_photo_of_no_said_view_is_offered_those_from_before_of_its_area(compare, treatment, before, pat):
    side, neck = shoot(treatment, 0, view="left", baseline=True), shoot(treatment, 0, area="neck", baseline=True)
    unsaid = shoot(treatment, 4, view="")
    page = compare(pat, unsaid)
    assert frames(page) == [unsaid]
    assert {(before, unsaid), (side, unsaid)} <= links(page)
    assert (neck, unsaid) not in links(page)
    assert "Before treatment · Face, left side" in words(page)


def test_the_clinic_finds_its_way_back_and_what_waits(as_, treatment, before, after, pat, cara):
    log(treatment, "day signs\n4 pus")
    ways = [f'href="{reverse("journal:patient", args=[pat.pk])}"', f'href="/flag/{treatment.flags.get().pk}/"']
    for address in (f"/compare/?right={after.token}", f"/photos/{treatment.pk}/"):
        page = as_(cara).get(address).content.decode()
        own = as_(pat).get(address).content.decode()
        assert f'href="/timeline/{treatment.pk}/"' in page
        assert f'href="/timeline/{treatment.pk}/"' in own
        for way in ways:
            assert way in page
            assert way not in own


def test_a_photo_that_is_wider_than_tall_gets_a_wider_place(compare, before, after, pat):
    assert 'class="stage lying"' in compare(pat, after).content.decode()
    Photo.objects.filter(pk=before.pk).update(width=300, height=400)
    assert 'class="stage"' in compare(pat, after).content.decode()


# --- are the two alike ---


@pytest.mark.parametrize(("measures", "told"), [(DARKER, "light"), (BLURRED, "sharpness")])
def test_what_keeps_two_photos_from_being_compared_is_named(compare, treatment, before, pat, measures, told):
    said = words(compare(pat, shoot(treatment, 4, measures=measures)))
    assert f"“Day 4” differs from “Before treatment” in: {told}. {DONT}" in said


def test_what_nobody_checked_is_said_and_not_called_alike(compare, before, after, pat):
    said = words(compare(pat, after))
    assert "Beside “Before treatment”: about alike in view, light, sharpness." in said
    assert "Not checked: distance, because they were not lined up." in said
    assert DONT not in said


def test_without_a_photo_from_before_of_the_view_the_page_says_so(compare, as_, treatment, after, pat, cara):
    said = "There is no photo from before of this view."
    later = shoot(treatment, 5)
    assert said in words(compare(pat, later))
    log(treatment, "day signs\n5 pus")
    flag = f"/flag/{treatment.flags.get(rule='N-1').pk}/"
    told = words(as_(cara).get(flag))
    assert "Beside “Day 4”: about alike in view" in told
    assert "Day 4, none from before" in told
    shoot(treatment, 0, baseline=True)
    assert said not in words(compare(pat, later))
    assert "none from before" not in words(as_(cara).get(flag))


def test_photos_of_two_sessions_are_told_apart_by_name(compare, earlier, before, after, pat):
    page = compare(pat, after, shoot(earlier, 4))
    assert "Beside “Day 4 · Session 1, 11 May 2026”: about alike" in words(page)
    named = re.findall(r'class="whose"[^>]*>([^<]+)', page.content.decode())
    assert named == ["Day 4 · Session 1, 11 May 2026", "Day 4"]


def test_two_views_of_one_day_are_told_apart_by_name(compare, treatment, after, pat):
    page = compare(pat, after, shoot(treatment, 4, view="left")).content.decode()
    assert re.findall(r'class="whose"[^>]*>([^<]+)', page) == ["Face, left side", "Face, front"]


def test_of_photos_that_were_never_measured_nothing_is_said(compare, before, after, pat):
    Photo.objects.filter(pk=before.pk).update(
        sharpness=None, brightness=None, warmth=None, burnt=None, brightest=None, view=""
    )
    said = words(compare(pat, after, before))
    assert "about alike" not in said
    assert "the view, because it was not said; light, because one was not measured; sharpness, because" in said


def test_two_views_are_said_to_differ(compare, treatment, after, pat):
    said = words(compare(pat, after, shoot(treatment, 1, view="left")))
    assert "“Day 4” differs from “Day 1” in: view." in said


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (0.4, "about alike in view, light, sharpness, distance."),
        (0.6, f"in: distance. {DONT}"),
        (0.3, f"in: distance. {DONT}"),
    ],
)
def test_marked_spots_tell_whether_the_distance_was_the_same(compare, treatment, before, after, pat, apart, said):
    line_up(treatment, before, after, right_spots=[[0.1, 0.5], [0.1 + apart, 0.5]])
    page = words(compare(pat, after))
    assert said in page
    assert "Not checked" not in page
    assert said in words(compare(pat, before, after))  # whichever stands on the left


def test_distance_is_told_of_photos_that_were_never_measured(compare, treatment, before, after, pat):
    Photo.objects.update(sharpness=None, brightness=None, warmth=None, burnt=None, brightest=None)
    line_up(treatment, before, after, right_spots=[[0.1, 0.5], [0.8, 0.5]])
    assert "“Day 4” differs from “Before treatment” in: distance." in words(compare(pat, after))


def test_the_flag_page_warns_of_a_photo_that_cannot_be_compared(as_, treatment, before, cara):
    log(treatment, "day signs\n4 pus")
    photo = shoot(treatment, 4, measures=DARKER)
    page = as_(cara).get(f"/flag/{treatment.flags.get(rule='N-1').pk}/")
    assert "Before Differs from now in: light. Do not judge redness by it." in words(page)
    assert f"/compare/?right={photo.token}" in page.content.decode()


# --- damaged photos ---


def test_a_damaged_photo_is_said_to_be_damaged_and_nothing_is_laid_over_it(compare, before, after, pat):
    damage(after)
    page = compare(pat, after, before)
    assert "A photo that is damaged cannot be shown or compared" in words(page)
    assert f"/photo/{after.token}/1008/" not in page.content.decode()
    assert "data-compare" not in page.content.decode()
    assert "compare.js" not in page.content.decode()
    assert "(damaged)" in words(page)
    damage(before)
    assert frames(compare(pat, after)) == [after]  # a damaged one is no reference


# --- effort ---


@pytest.mark.parametrize("who", ["pat", "cara"])
def test_twenty_photos_take_as_many_queries_as_two(as_, treatment, earlier, before, after, request, who):
    browser = as_(request.getfixturevalue(who))
    addresses = [f"/photos/{treatment.pk}/", f"/compare/?right={after.token}"]
    for address in addresses:
        browser.get(address)
    few = [asked(browser, address) for address in addresses]
    log(treatment, "day redness\n1 1\n2 1\n4 1")
    for day in range(5, 12):
        shoot(treatment, day)
        shoot(treatment, day, view="left")
        shoot(earlier, day)
    assert [asked(browser, address) for address in addresses] == few
    assert max(few) <= 14


def test_the_flag_page_takes_as_many_queries_with_many_photos_as_with_two(as_, treatment, before, after, cara):
    log(treatment, "day signs\n4 pus")
    browser, address = as_(cara), f"/flag/{treatment.flags.get(rule='N-1').pk}/"
    browser.get(address)
    few = asked(browser, address)
    for view in ("left", "right"):
        shoot(treatment, 4, view=view)
        shoot(treatment, 0, view=view, baseline=True)
    assert asked(browser, address) == few
