"""Photos held against each other: whose, which ones, how they were lined up, and what is said of the two."""

import datetime
import html
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import alignments, photos
from journal.models import Alignment, Photo
from tests.conftest import make_treatment

from .tables import ALIKE, log, picture, words

START = datetime.date(2026, 6, 15)
LEFT_SPOTS, RIGHT_SPOTS = [[0.2, 0.3], [0.6, 0.3]], [[0.25, 0.35], [0.65, 0.35]]


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def earlier(pat, cara):
    return make_treatment(pat, START - datetime.timedelta(days=35), cara)


def shoot(treatment, day, *, view="front", area="face", measures=ALIKE, baseline=False):
    """A photo of a day, kept by the patient."""
    name = f"{treatment.pk} {day} {area} {view} {baseline} {measures}"
    on = treatment.date_of(day)
    photos.add(
        treatment=treatment,
        on=on,
        photos=[picture(name, area, view, measures)],
        by=treatment.patient.user,
        at=timezone.now(),
        baseline=baseline,
    )
    return Photo.objects.latest("pk")


@pytest.fixture
def before(treatment):
    return shoot(treatment, 0, baseline=True)


@pytest.fixture
def after(treatment):
    return shoot(treatment, 4)


@pytest.fixture
def compare(as_):
    """The page of two photos, as somebody sees it; without `left` it is for the page to find."""

    def get(person, right, left=None):
        asked = {"right": right.token} | ({"left": left.token} if left else {})
        return as_(person).get("/compare/", asked)

    return get


def frames(page):
    """The photos shown large, from left to right."""
    tokens = re.findall(r'data-full="/photo/([\w-]+)/"', page.content.decode())
    return [Photo.objects.get(token=token) for token in tokens]


def damage(photo):
    Photo.objects.filter(pk=photo.pk).update(damaged_at=timezone.now())


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
    assert f'value="{then.token}">Day 4 · Face, front · session 1, 11 May 2026<' in select
    assert f'value="{after.token}" selected>Day 4 · Face, front<' in select


def test_photos_of_a_cancelled_treatment_are_offered_only_beside_themselves(compare, earlier, after, pat, cara):
    then = shoot(earlier, 4)
    earlier.cancelled_at, earlier.cancelled_by = timezone.now(), cara
    earlier.save()
    assert then.token not in compare(pat, after).content.decode()
    assert frames(compare(pat, after, then)) == [then, after]


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
    assert "Day 4 · session 1, 11 May 2026" in words(page)
    assert links(compare(pat, after, same_day)) == {(same_day, day_1), (same_day, day_6), (before, after)}
    assert not {other_day, other_view} & {photo for pair in links(page) for photo in pair}


def test_the_photo_from_before_is_held_against_that_of_an_earlier_session(compare, earlier, before, pat):
    then = shoot(earlier, 0, baseline=True)
    assert (then, before) in links(compare(pat, before))


def test_a_photo_that_is_wider_than_tall_gets_a_wider_place(compare, before, after, pat):
    assert 'class="stage lying"' in compare(pat, after).content.decode()
    Photo.objects.filter(pk=before.pk).update(width=300, height=400)
    assert 'class="stage"' in compare(pat, after).content.decode()


# --- are the two alike ---

DARKER = replace(ALIKE, brightness=90.0)
BLURRED = replace(ALIKE, sharpness=0.2)
DONT = "Do not judge redness by these two."


@pytest.mark.parametrize(("measures", "told"), [(DARKER, "light"), (BLURRED, "sharpness")])
def test_what_keeps_two_photos_from_being_compared_is_named(compare, treatment, before, pat, measures, told):
    said = words(compare(pat, shoot(treatment, 4, measures=measures)))
    assert f"These two differ in: {told}. {DONT}" in said


def test_what_nobody_checked_is_said_and_not_called_alike(compare, before, after, pat):
    said = words(compare(pat, after))
    assert "About alike: view, light, sharpness." in said
    assert "Not checked: distance, because nobody lined them up." in said
    assert DONT not in said


def test_of_photos_that_were_never_measured_nothing_is_said(compare, before, after, pat):
    Photo.objects.filter(pk=before.pk).update(
        sharpness=None, brightness=None, warmth=None, burnt=None, brightest=None, view=""
    )
    said = words(compare(pat, after, before))
    assert "About alike" not in said
    assert "the view, because it was not said; light, because one was not measured; sharpness, because" in said


def test_two_views_are_said_to_differ(compare, treatment, after, pat):
    said = words(compare(pat, after, shoot(treatment, 1, view="left")))
    assert "These two differ in: view." in said


def line_up(treatment, left, right, left_spots=LEFT_SPOTS, right_spots=RIGHT_SPOTS):
    by = treatment.patient.user
    return alignments.save(one=left, other=right, spots=(left_spots, right_spots), by=by, at=timezone.now())


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (0.4, "About alike: view, light, sharpness, distance."),
        (0.6, f"differ in: distance. {DONT}"),
        (0.3, f"differ in: distance. {DONT}"),
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
    assert "These two differ in: distance." in words(compare(pat, after))


def test_the_flag_page_warns_of_a_photo_that_cannot_be_compared(as_, treatment, before, cara):
    log(treatment, "day signs\n4 pus")
    photo = shoot(treatment, 4, measures=DARKER)
    page = as_(cara).get(f"/flag/{treatment.flags.get(rule='N-1').pk}/")
    assert f"Differs from “Before treatment” in: light. {DONT}" in words(page)
    assert f"/compare/?right={photo.token}" in page.content.decode()


# --- lining up ---


def send(as_, person, left, right, **fields):
    sent = {"left": left.token, "right": right.token}
    sent |= {"left_spots": "0.2,0.3 0.6,0.3", "right_spots": "0.25,0.35 0.65,0.35"}
    return as_(person).post("/compare/", sent | fields)


@pytest.mark.parametrize("who", ["pat", "cara"])
def test_two_spots_on_each_photo_are_kept_and_sent_back(as_, before, after, request, who):
    person = request.getfixturevalue(who)
    answer = send(as_, person, after, before)  # the later one on the left
    assert (answer.status_code, answer.url) == (302, f"/compare/?left={after.token}&right={before.token}")
    kept = Alignment.objects.get()
    assert (kept.one, kept.other) == (before, after)
    assert kept.spots == {"one": RIGHT_SPOTS, "other": LEFT_SPOTS}
    page = as_(person).get(answer.url).content.decode()
    assert 'name="left_spots" value="0.2,0.3 0.6,0.3"' in page
    assert 'name="right_spots" value="0.25,0.35 0.65,0.35"' in page


def test_marking_again_replaces_what_was_marked(as_, before, after, pat, cara):
    send(as_, pat, before, after)
    send(as_, cara, before, after, left_spots="0.1,0.1 0.9,0.9")
    kept = Alignment.objects.get()
    assert kept.spots == {"one": [[0.1, 0.1], [0.9, 0.9]], "other": RIGHT_SPOTS}
    assert kept.placed_by == cara


def test_what_was_marked_can_be_taken_back(as_, before, after, pat):
    send(as_, pat, before, after)
    assert send(as_, pat, after, before, remove="yes").status_code == 302
    assert not Alignment.objects.exists()


@pytest.mark.parametrize(
    ("spots", "told"),
    [
        ("", "Mark two spots on each photo."),
        ("0.2,0.3", "Mark two spots on each photo."),
        ("0.2,0.3 0.6", "Mark two spots on each photo."),
        ("0.2,0.3 0.6,0.3 0.7,0.7", "Mark two spots on each photo."),
        ("0.2,0.3 0.6,x", "Mark two spots on each photo."),
        ("0.2,0.3 1.1,0.3", "A spot lies outside its photo."),
        ("-0.1,0.3 0.6,0.3", "A spot lies outside its photo."),
        ("0.2,0.3 nan,0.3", "A spot lies outside its photo."),
        ("0.2,0.3 inf,0.3", "A spot lies outside its photo."),
        ("0.2,0.3 0.24,0.3", "too close together"),
    ],
)
@pytest.mark.parametrize("side", ["left_spots", "right_spots"])
def test_spots_that_cannot_be_used_are_refused_with_the_reason(as_, before, after, pat, spots, told, side):
    answer = send(as_, pat, before, after, **{side: spots})
    assert answer.status_code == 422
    assert told in words(answer)
    assert frames(answer) == [before, after]
    assert not Alignment.objects.exists()


@pytest.mark.parametrize("who", ["vera", "owen"])
def test_nobody_else_lines_up_or_takes_back(as_, treatment, before, after, request, who):
    line_up(treatment, before, after)
    for fields in ({}, {"remove": "yes"}):
        assert send(as_, request.getfixturevalue(who), before, after, **fields).status_code == 404
    assert Alignment.objects.get().spots == {"one": LEFT_SPOTS, "other": RIGHT_SPOTS}


def test_photos_of_two_patients_are_never_lined_up(treatment, before, vera, cara):
    hers = make_treatment(vera, treatment.treated_on, cara)
    call = {"by": vera.user, "at": timezone.now()}
    photos.add(treatment=hers, on=hers.treated_on, photos=[picture("hers")], **call)
    with pytest.raises(alignments.Misplaced):
        alignments.save(one=before, other=hers.photos.get(), spots=(LEFT_SPOTS, RIGHT_SPOTS), **call)


def test_a_photo_that_is_removed_takes_its_spots_with_it(treatment, before, after, pat):
    line_up(treatment, before, after)
    photos.remove(photo=after, by=pat.user, at=timezone.now())
    assert not Alignment.objects.exists()


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


# --- the film ---


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


# --- effort ---


def asked(browser, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


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
