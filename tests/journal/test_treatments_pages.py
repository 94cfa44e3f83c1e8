"""Recording, correcting and cancelling a treatment on pages, and logging for a patient who phones."""

import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import people, photos, treatments
from journal.likeness import HINDSIGHT
from journal.models import Entry, EntryRevision, Photo, Treatment
from tests.conftest import make_treatment

from .tables import jpeg, log, picture, posted, stop_clock_on, words


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


@pytest.fixture
def today(clinic):
    return timezone.now().astimezone(clinic.zone).date()


@pytest.fixture
def filled(today):
    """A treatment form as a browser sends it."""
    return {
        "treated_on": today.isoformat(),
        "time_zone": "Europe/London",
        "areas": ["face", "neck"],
        "depth_mm": "1.5",
        "modality": "microneedling",
        "session_number": "1",
        "goals": "Scars",
        "goals_chosen": ["dark-spots", "acne-scars"],
        "skin_tone": "7",
    }


@pytest.fixture
def record(desk, pat, filled):
    """Posts the form for a new treatment of Pat's with some fields changed."""
    return lambda **fields: desk.post(f"/patients/{pat.pk}/treatments/new/", filled | fields)


@pytest.mark.parametrize("page", ["edit", "cancel", "log"])
@pytest.mark.parametrize("ask", ["get", "post"])
def test_who_may_open_the_pages_of_a_treatment(client, as_, pat, owen, ada, treatment, page, ask):
    path = f"/treatments/{treatment.pk}/{page}/"
    assert getattr(client, ask)(path).status_code == 302
    assert [getattr(as_(who), ask)(path).status_code for who in (pat, owen, ada)] == [403, 404, 403]
    treatment.refresh_from_db()
    assert treatment.cancelled_at is None


def test_who_may_record_a_treatment(client, as_, pat, owen, ada, filled):
    path = f"/patients/{pat.pk}/treatments/new/"
    assert client.post(path, filled).status_code == 302
    assert [as_(who).post(path, filled).status_code for who in (pat, owen, ada)] == [403, 404, 403]
    assert not Treatment.objects.exists()


def test_a_treatment_is_recorded_with_all_that_was_answered(record, pat, cara, today):
    answer = record()
    made = Treatment.objects.get()
    assert answer.url == f"/treatments/{made.pk}/questions/"
    assert (made.patient, made.treated_on, made.areas, str(made.depth_mm)) == (pat, today, ["face", "neck"], "1.50")
    assert (made.goals_chosen, made.goals, made.skin_tone) == (["acne-scars", "dark-spots"], "Scars", 7)
    assert made.recorded_by == cara


def test_a_depth_may_be_written_with_a_comma(record):
    record(depth_mm="1,75")
    assert str(Treatment.objects.get().depth_mm) == "1.75"


def test_what_is_not_known_stays_not_known(record):
    record(depth_mm="", skin_tone="", goals_chosen=[])
    made = Treatment.objects.get()
    assert (made.depth_mm, made.skin_tone, made.goals_chosen, made.risk_factors) == (None, None, [], [])


def test_a_treatment_to_come_can_be_recorded(record, today):
    record(treated_on=(today + datetime.timedelta(days=14)).isoformat())
    assert Treatment.objects.get().treated_on > today


def test_a_new_form_proposes_the_clinics_zone_and_the_next_session(desk, pat, cara, today):
    make_treatment(pat, today - datetime.timedelta(days=40), cara, session_number=3)
    form = desk.get(f"/patients/{pat.pk}/treatments/new/").context["form"]
    assert (form["session_number"].value(), form["time_zone"].value()) == (4, "Europe/London")
    assert form["treated_on"].value() is None


def test_a_new_form_starts_from_what_is_known_of_the_latest_treatment(desk, pat, cara, today):
    known = {
        "areas": ["neck", "chest"],
        "depth_mm": "1.50",
        "modality": "rf",
        "skin_tone": 7,
        "goals_chosen": ["acne-scars"],
        "goals": "Scars",
    }
    make_treatment(pat, today - datetime.timedelta(days=80), cara, products="Serum", goals="Older")
    latest = make_treatment(
        pat, today - datetime.timedelta(days=40), cara, products="Serum", risk_factors=["diabetes"], **known
    )
    cancelled = make_treatment(pat, today - datetime.timedelta(days=10), cara, goals="Cancelled")
    treatments.cancel(treatment=cancelled, by=cara, at=timezone.now())
    page = desk.get(f"/patients/{pat.pk}/treatments/new/")
    form = page.context["form"]
    shown = {name: form[name].value() for name in known}
    assert shown | {"depth_mm": str(shown["depth_mm"])} == known
    assert "Diabetes. They are asked on the next page." in words(page)
    assert "Serum" not in words(page)
    latest.refresh_from_db()
    assert latest.areas == ["neck", "chest"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("treated_on", "", "Write the date of the treatment."),
        ("treated_on", "yesterday", "That is not a date."),
        ("treated_on", "2206-03-12", "Please check the year."),
        ("treated_on", "0206-03-12", "Please check the year."),
        ("areas", [], "Tick at least one area."),
        ("areas", ["elbow"], "elbow is not one of the available choices"),
        ("depth_mm", "deep", "Write the depth in mm"),
        ("depth_mm", "9", "Write the depth in mm from 0.1 to 5"),
        ("time_zone", "Middle/Earth", "is not one of the available choices"),
        ("session_number", "0", "greater than or equal to 1"),
        ("skin_tone", "11", "is not one of the available choices"),
        ("goals_chosen", ["luck"], "is not one of the available choices"),
        ("modality", "laser", "is not one of the available choices"),
    ],
)
def test_a_form_with_a_slip_says_which_and_keeps_the_rest(record, field, typed, said):
    answer = record(**{field: typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert 'value="Scars"' in answer.content.decode()
    assert not Treatment.objects.exists()


def test_risk_factors_stand_until_they_are_asked_again(record, pat, cara, today):
    """One that is forgotten would quiet a rule; products are of their own day."""
    before = make_treatment(pat, today - datetime.timedelta(days=40), cara, risk_factors=["diabetes"], products="Serum")
    record()
    made = Treatment.objects.exclude(pk=before.pk).get()
    assert (made.risk_factors, made.products) == (["diabetes"], "")


def test_a_correction_leaves_risk_factors_and_products_alone(desk, treatment, filled):
    treatment.risk_factors, treatment.products = ["diabetes"], "Serum"
    treatment.save()
    path = f"/treatments/{treatment.pk}/edit/"
    page = desk.get(path)
    assert "Diabetes" in words(page)
    assert f"/treatments/{treatment.pk}/questions/" in page.text
    assert f"/treatments/{treatment.pk}/day/" in page.text
    desk.post(path, filled | {"risk_factors": ["eczema"], "products": "Mask"})
    treatment.refresh_from_db()
    assert (treatment.risk_factors, treatment.products) == (["diabetes"], "Serum")


def test_a_goal_that_only_another_version_knows_stays_until_it_is_taken_off(desk, treatment, filled):
    treatment.goals_chosen = ["wings", "acne-scars"]
    treatment.save()
    path = f"/treatments/{treatment.pk}/edit/"
    desk.post(path, filled | {"goals_chosen": ["wings", "dark-spots"]})
    treatment.refresh_from_db()
    assert treatment.goals_chosen == ["dark-spots", "wings"]
    assert "Dark spots, wings, Scars" in words(desk.get(f"/timeline/{treatment.pk}/"))
    desk.post(path, filled)
    treatment.refresh_from_db()
    assert treatment.goals_chosen == ["acne-scars", "dark-spots"]


@pytest.mark.parametrize(
    ("days", "said", "level"),
    [
        (27, "27 days after the session of 2 March 2026: earlier than 4 weeks.", "warning"),
        (28, "28 days after the session of 2 March 2026: in the window of 4 weeks to 6 weeks.", "info"),
        (42, "42 days after the session of 2 March 2026: in the window of 4 weeks to 6 weeks.", "info"),
        (43, "43 days after the session of 2 March 2026: past 6 weeks.", "info"),
    ],
)
def test_a_date_is_held_against_the_session_before_and_never_refused(
    record, desk, pat, cara, monkeypatch, days, said, level
):
    first = datetime.date(2026, 3, 2)
    stop_clock_on(monkeypatch, first, 20)
    make_treatment(pat, first, cara)
    answer = record(treated_on=(first + datetime.timedelta(days=days)).isoformat())
    page = desk.get(answer.url)
    assert [(message.message, message.level_tag) for message in page.context["messages"]][1] == (
        f"That is {said}",
        level,
    )


def test_the_form_names_the_window_and_where_it_comes_from(desk, pat, cara):
    first = make_treatment(pat, datetime.date(2026, 3, 2), cara)
    page = words(desk.get(f"/patients/{pat.pk}/treatments/new/"))
    assert "The session before was on 2 March 2026." in page
    assert "from 30 March to 13 April 2026" in page
    assert first.protocol.care.spacing.says[0].says in page
    assert "The session before" not in words(desk.get(f"/treatments/{first.pk}/edit/"))


def test_a_first_session_is_held_against_nothing(record, desk):
    page = desk.get(record().url)
    assert len(page.context["messages"]) == 1


def test_a_correction_says_how_far_it_is_only_where_the_date_moved(desk, pat, cara, treatment, filled):
    make_treatment(pat, treatment.treated_on - datetime.timedelta(days=20), cara)
    path = f"/treatments/{treatment.pk}/edit/"
    stays = desk.post(path, filled | {"treated_on": treatment.treated_on.isoformat()}, follow=True)
    assert "earlier than" not in words(stays)
    moved = treatment.treated_on - datetime.timedelta(days=1)
    assert "earlier than 4 weeks" in words(desk.post(path, filled | {"treated_on": moved.isoformat()}, follow=True))


def test_a_second_treatment_on_a_date_is_refused_kindly(record, desk, pat, filled):
    record()
    answer = record(goals="Twice")
    assert answer.status_code == 422
    assert "already has a treatment on that date" in words(answer)
    assert 'value="Twice"' in answer.content.decode()
    assert Treatment.objects.count() == 1


def test_a_date_that_was_cancelled_is_free_again(record, cara):
    record()
    treatments.cancel(treatment=Treatment.objects.get(), by=cara, at=timezone.now())
    assert record().status_code == 302


def test_photos_from_before_are_kept_as_baseline_one_for_each_area(record, today):
    record(before_face=jpeg(100), before_neck=jpeg(150))
    kept = Photo.objects.order_by("area")
    assert [(photo.area, photo.on, photo.baseline) for photo in kept] == [("face", today, True), ("neck", today, True)]


def test_photos_from_before_have_their_views(record, desk, pat):
    record(before_face_left=jpeg(100), before_neck_close=jpeg(120), before_neck=jpeg(140), before_chest_close=jpeg(160))
    kept = Photo.objects.order_by("id").values_list("area", "view")
    assert list(kept) == [("face", "left"), ("neck", "close"), ("neck", "")]
    # The chest was not ticked. The next session is held against these.
    page = desk.get(f"/patients/{pat.pk}/treatments/new/").content.decode()
    token = Photo.objects.get(view="left").token
    assert re.search(f'name="before_face_left"[^>]*data-ghost="/photo/{token}/1008/"', page)


def test_of_a_past_treatment_somebody_has_to_say_that_photos_are_from_before(record, today):
    past = (today - datetime.timedelta(days=9)).isoformat()
    answer = record(treated_on=past, before_face_front=jpeg(100))
    assert answer.status_code == 422
    assert "Tick this if the photos were taken before the needles on" in words(answer)
    assert not Photo.objects.exists()
    assert record(treated_on=past, before_face_front=jpeg(100), taken_before="on").status_code == 302
    assert Photo.objects.get().baseline


def test_skin_after_the_needles_is_no_ghost_for_a_photo_from_before(record, desk, pat, treatment, cara):
    photos.add(
        treatment=treatment,
        on=treatment.date_of(2),
        photos=[picture("day 2", view="front")],
        by=pat.user,
        at=timezone.now(),
    )
    page = desk.get(f"/treatments/{treatment.pk}/edit/").text
    assert 'name="before_face_front"' in page
    assert 'data-ghost="' not in page


def test_photos_from_before_a_cancelled_session_are_held_against_nothing(record, desk, pat, cara):
    record(before_face_left=jpeg(100))
    treatments.cancel(treatment=Treatment.objects.get(), by=cara, at=timezone.now())
    page = desk.get(f"/patients/{pat.pk}/treatments/new/").content.decode()
    assert 'name="before_face_left"' in page
    assert 'data-ghost="' not in page


def test_photos_from_before_that_take_too_long_together_are_asked_for_again(record, monkeypatch):
    monkeypatch.setattr("journal.staff_forms.PATIENCE", -1)
    answer = record(before_face=jpeg())
    assert answer.status_code == 422
    assert "Please try again in a few minutes." in words(answer)


def test_refused_photos_from_before_count_as_well(record):
    fake = [SimpleUploadedFile("skin.jpg", b"no photo", "image/jpeg") for _n in range(8)]
    names = [f"before_{area}{view}" for area in ("neck", "chest", "back") for view in ("_overview", "_close", "")]
    answer = record(areas=["neck", "chest", "back"], **dict(zip(names, [*fake, jpeg()], strict=True)))
    assert "Photo before treatment: Back: At most 8 photos a day can be kept." in words(answer)


def test_a_photo_from_before_that_is_dark_is_kept_and_told_of(record, desk):
    answer = record(before_face_front=jpeg(20))
    assert f"Kept: Face, front. {HINDSIGHT['dark']}" in words(desk.get(answer.url))


def test_more_photos_from_before_than_a_day_holds_are_refused_by_name(record):
    names = [f"before_{area}_{view}" for area in ("neck", "chest", "back") for view in ("overview", "close")]
    fields = {name: jpeg(60 + 10 * n) for n, name in enumerate([*names, "before_neck", "before_chest", "before_back"])}
    answer = record(areas=["neck", "chest", "back"], **fields)
    assert answer.status_code == 422
    assert "Photo before treatment: Back: At most 8 photos a day can be kept." in words(answer)


def test_a_photo_taken_ahead_of_a_treatment_carries_todays_date(record, today):
    record(treated_on=(today + datetime.timedelta(days=3)).isoformat(), before_face=jpeg())
    assert Photo.objects.get().on == today


@pytest.mark.parametrize(
    ("content", "said"), [(b"not a photo", "This file is not a photo we can open."), (b"", "This photo arrived empty.")]
)
def test_a_photo_that_is_refused_says_why_and_keeps_the_rest(record, content, said):
    answer = record(before_neck=SimpleUploadedFile("skin.jpg", content, "image/jpeg"))
    assert answer.status_code == 422
    page = words(answer)
    assert said in page
    assert "please choose the photos again" in page
    assert 'value="Scars"' in answer.content.decode()
    assert not Treatment.objects.exists()
    assert not Photo.objects.exists()


def test_without_consent_no_photo_is_asked_for_or_kept(record, desk, pat):
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    page = desk.get(f"/patients/{pat.pk}/treatments/new/")
    assert 'type="file"' not in page.content.decode()
    assert "once the patient has agreed to photos" in words(page)
    assert record(before_face=jpeg()).status_code == 302
    assert not Photo.objects.exists()


def test_a_correction_shows_what_was_recorded_and_saves_the_change(desk, treatment, filled):
    path = f"/treatments/{treatment.pk}/edit/"
    assert f'value="{treatment.treated_on.isoformat()}"' in desk.get(path).content.decode()
    answer = desk.post(path, filled | {"treated_on": treatment.treated_on.isoformat(), "areas": ["chest"]})
    assert answer.url == f"/timeline/{treatment.pk}/"
    treatment.refresh_from_db()
    assert (treatment.areas, treatment.skin_tone) == (["chest"], 7)
    assert treatment.revisions.count() == 1


def test_a_correction_shows_who_wrote_what_when(desk, record, filled):
    record()
    made = Treatment.objects.get()
    path = f"/treatments/{made.pk}/edit/"
    desk.post(path, filled | {"areas": ["chest"], "depth_mm": "2.0"})
    said = words(desk.get(path))
    history = said[said.index("History") :]
    assert history.count("Cara") == 2
    assert "face, neck" in history
    assert "1.5" in history
    assert "chest · 2.0" in history


def test_a_treatment_that_is_not_written_down_yet_has_no_history(desk, pat):
    assert "History" not in words(desk.get(f"/patients/{pat.pk}/treatments/new/"))


def test_a_moved_date_says_that_days_are_counted_anew(desk, treatment, filled):
    log(treatment, "day redness\n2 1")
    path = f"/treatments/{treatment.pk}/edit/"
    assert "days are counted anew" in words(desk.get(path))
    earlier = treatment.treated_on - datetime.timedelta(days=1)
    answer = desk.post(path, filled | {"treated_on": earlier.isoformat()}, follow=True)
    assert "Days are counted from the new date." in words(answer)
    assert Entry.objects.get().day == 3


def test_a_correction_cannot_take_the_date_of_another_treatment(desk, pat, cara, treatment, filled, today):
    other = make_treatment(pat, today, cara)
    answer = desk.post(f"/treatments/{treatment.pk}/edit/", filled | {"treated_on": other.treated_on.isoformat()})
    assert answer.status_code == 422
    assert "already has a treatment on that date" in words(answer)


def test_cancelling_asks_first_and_then_gives_the_entries_back(desk, pat, cara, treatment, today):
    latest = make_treatment(pat, today - datetime.timedelta(days=1), cara)
    log(latest, "day redness\n1 1")
    path = f"/treatments/{latest.pk}/cancel/"
    assert "1 entry belongs to it." in words(desk.get(path))
    latest.refresh_from_db()
    assert latest.cancelled_at is None
    assert desk.post(path).url == f"/patients/{pat.pk}/"
    latest.refresh_from_db()
    assert latest.cancelled_by == cara
    assert Entry.objects.get().treatment == treatment


@pytest.mark.parametrize("page", ["edit", "cancel", "log"])
def test_a_cancelled_treatment_has_no_pages_to_change_it(desk, cara, treatment, page):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert desk.get(f"/treatments/{treatment.pk}/{page}/").status_code == 404


def test_logging_for_a_patient_says_for_whom_and_is_marked_as_the_clinics(desk, pat, cara, treatment):
    path = f"/treatments/{treatment.pk}/log/"
    assert "For Pat Moss (+44 7700 900123)." in words(desk.get(path))
    answer = desk.post(path, posted(treatment, 3, redness="1"))
    entry = Entry.objects.get()
    assert (entry.logged_by, entry.redness, entry.on) == (cara, 1, treatment.date_of(3))
    assert EntryRevision.objects.get().by_clinic
    assert desk.get(answer.url).url == f"/timeline/{treatment.pk}/#day-3"


def test_another_day_can_be_logged_and_a_slip_keeps_the_answers(desk, treatment):
    on = treatment.date_of(1)
    path = f"/treatments/{treatment.pk}/log/{on.isoformat()}/"
    page = desk.get(path)
    assert f"/treatments/{treatment.pk}/log/{treatment.date_of(2).isoformat()}/" in page.content.decode()
    answer = desk.post(path, posted(treatment, 1, redness="2", signs=["pus"], signs_none="on"))
    assert answer.status_code == 422
    assert "Log for" in words(answer)
    assert not Entry.objects.exists()
    assert 'value="2" checked' in answer.content.decode()


def test_logging_for_an_earlier_session_opens_its_treatment_day(desk, pat, cara, treatment, today):
    earlier = make_treatment(pat, today - datetime.timedelta(days=40), cara)
    pages = {one: desk.get(f"/treatments/{one.pk}/log/") for one in (earlier, treatment)}
    assert (pages[earlier].context["on"], pages[earlier].context["treatment"]) == (earlier.treated_on, earlier)
    assert (pages[treatment].context["on"], pages[treatment].context["treatment"]) == (today, treatment)


def test_logging_for_a_session_still_to_come_opens_today(desk, pat, cara, treatment, today):
    later = make_treatment(pat, today + datetime.timedelta(days=20), cara)
    assert desk.get(f"/treatments/{later.pk}/log/").context["on"] == today
    assert desk.post(f"/treatments/{later.pk}/log/", posted(treatment, 3, redness="1")).status_code == 302


def test_opening_a_patients_entry_form_leaves_a_trace(desk, cara, treatment):
    desk.get(f"/treatments/{treatment.pk}/log/")
    assert AccessEvent.objects.filter(actor_id=cara.pk, verb="read", target_id=str(treatment.pk)).exists()
