"""The same two spots marked on two photos: kept, replaced, taken back, refused, and by whom."""

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import alignments, photos
from journal.models import Alignment
from tests.conftest import make_treatment

from .shots import LEFT_SPOTS, RIGHT_SPOTS, START, frames, line_up
from .tables import picture, words


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


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


def test_who_lined_two_photos_up_and_when_is_said_by_name(compare, as_, before, after, pat, cara):
    send(as_, pat, before, after)
    when = timezone.localtime(Alignment.objects.get().placed_at, before.treatment.zone)
    for person in (pat, cara):
        assert f"Lined up by {pat.name}, {when.day} {when:%b %Y}." in words(compare(person, after))
    send(as_, cara, before, after)
    assert "Lined up by Cara, " in words(compare(pat, after))


@pytest.mark.parametrize("fields", [{}, {"remove": "yes"}])
def test_the_patient_changes_nothing_that_the_clinic_lined_up(as_, compare, before, after, pat, cara, fields):
    send(as_, cara, before, after)
    answer = send(as_, pat, before, after, left_spots="0.1,0.1 0.9,0.9", **fields)
    assert answer.status_code == 403
    assert "Your clinic lined these two up, so only the clinic can change it." in words(answer)
    assert Alignment.objects.get().spots == {"one": LEFT_SPOTS, "other": RIGHT_SPOTS}
    for offer in ("data-line-up", 'name="remove"'):
        assert offer not in compare(pat, after).content.decode()
        assert offer in compare(cara, after).content.decode()
    assert send(as_, cara, before, after, remove="yes").status_code == 302


def test_what_the_clinic_does_leaves_a_trace_and_what_the_patient_does_none(as_, before, after, pat, cara):
    send(as_, pat, before, after)
    send(as_, cara, before, after)
    send(as_, cara, before, after, remove="yes")
    done = AccessEvent.objects.filter(target_kind="photo").order_by("id").values_list("actor_id", "verb", "target_id")
    assert list(done) == [(cara.pk, verb, str(before.pk)) for verb in ("lined up", "undid lining up")]


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


def test_a_photo_is_not_lined_up_with_itself(before, pat):
    with pytest.raises(alignments.Misplaced):
        alignments.save(one=before, other=before, spots=(LEFT_SPOTS, RIGHT_SPOTS), by=pat.user, at=timezone.now())


def test_a_photo_that_is_removed_takes_its_spots_with_it(treatment, before, after, pat):
    line_up(treatment, before, after)
    photos.remove(photo=after, by=pat.user, at=timezone.now())
    assert not Alignment.objects.exists()
