"""The entry form as a browser without scripts sends it: what is asked, what is refused and what is never lost."""

import datetime
import re
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from journal.actions import entries, people, treatments
from journal.actions.photos import add
from journal.likeness import HINDSIGHT
from journal.models import Entry, EntryRevision, Flag, Notice, Photo
from journal.photo_inputs import SHORTEST_SIDE, hints_on
from journal.photos import PhotoRefused, clean
from tests.conftest import make_treatment
from tests.photos.pictures import encoded, plain

from .tables import ALIKE, jpeg, log, picture, posted, words


@pytest.fixture
def phone(as_, pat):
    return as_(pat)


@pytest.fixture
def send(phone, treatment):
    """Posts the form for a day; the last answer is returned."""
    return lambda day=3, **fields: phone.post("/log/", posted(treatment, day, **fields))


def inputs(response, kind):
    return re.findall(rf'<input type="{kind}"[^>]*>', response.content.decode())


def chosen(response):
    """Name and value of every tile and box that is ticked."""
    ticked = [tag for kind in ("radio", "checkbox") for tag in inputs(response, kind) if " checked" in tag]
    return {(re.search('name="(.*?)"', tag)[1], *re.findall('value="(.*?)"', tag)) for tag in ticked}


def test_nothing_is_chosen_beforehand(phone, treatment):
    page = phone.get("/log/")
    assert len(inputs(page, "radio")) == 4 * 5 + 1
    assert not chosen(page)


def test_the_form_needs_no_script(phone, treatment):
    page = phone.get("/log/").content.decode()
    form = page[page.index("<form") : page.index("</form>")]
    form = re.sub(r'<p [^>]*data-why="[a-z-]+" hidden>.*?</p>', "", form)  # shown by the script alone
    assert 'method="post"' in form
    assert 'enctype="multipart/form-data"' in form
    assert form.count("<button") == 1
    assert not re.search(r"\s(on\w+|hidden|disabled)[\s=>]|javascript:", form)


def test_a_day_is_saved_with_all_its_answers(send, treatment):
    fields = {"redness": "2", "dryness": "1", "tightness": "0", "itch": "3", "signs": ["warmth", "peeling"]}
    answer = send(temperature_c="36.9", note="Slept well.", **fields)
    entry = Entry.objects.get()
    assert answer.url == f"/entry/{entry.pk}/"
    assert entry.scores() == {"redness": 2, "dryness": 1, "tightness": 0, "itch": 3}
    assert (entry.signs, str(entry.temperature_c), entry.note) == (["peeling", "warmth"], "36.9", "Slept well.")
    assert (entry.treatment, entry.on, entry.logged_by) == (treatment, treatment.date_of(3), treatment.patient.user)


@pytest.mark.parametrize("alone", [{"itch": "0"}, {"redness": "cant_tell"}, {"signs": ["pus"]}, {"signs_none": "on"}])
def test_one_answer_alone_is_enough(send, alone):
    assert send(**alone).status_code == 302


@pytest.mark.parametrize("alone", [{"worried": "on"}, {"note": "Odd smell of iron."}, {"temperature_c": "37"}])
def test_a_wish_a_note_or_a_temperature_alone_is_enough(send, alone):
    assert send(**alone).status_code == 302


def test_a_photo_alone_is_enough(send):
    assert send(photos=jpeg()).status_code == 302
    assert Photo.objects.count() == 1


def test_an_earlier_day_has_an_address_of_its_own(phone, treatment):
    on = treatment.date_of(1).isoformat()
    page = phone.get(f"/log/{on}/")
    assert "Day 1 ·" in words(page)
    assert f'name="date" value="{on}"' in page.content.decode()


def test_an_entry_comes_back_to_be_changed(phone, treatment):
    table = "day redness dryness itch signs     temperature\n3 2 1 . pus,warmth 37.4"
    log(treatment, table)
    page = phone.get("/log/")
    assert chosen(page) == {("redness", "2"), ("dryness", "1"), ("signs", "pus"), ("signs", "warmth")}
    assert 'value="37.4"' in page.content.decode()


def test_cant_tell_and_none_of_these_come_back_as_answered(phone, treatment):
    log(treatment, "day redness signs\n3 ? -")
    assert chosen(phone.get("/log/")) == {("redness", "cant_tell"), ("signs_none",)}


def test_a_note_emptied_while_changing_an_entry_is_taken_back(send):
    send(note="Wrong patient?", temperature_c="37.9")
    send(note="", temperature_c="", redness="1")
    entry = Entry.objects.get()
    assert (entry.note, entry.temperature_c, entry.redness) == ("", None, 1)


def test_taking_every_sign_away_is_asked_about_before_it_counts(send):
    send(signs=["pus"])
    asked = send(redness="1")
    assert asked.status_code == 422
    assert "You took every sign away" in words(asked)
    assert Entry.objects.get().signs == ["pus"]
    assert send(redness="1", signs_none="on").status_code == 302
    assert Entry.objects.get().signs == []


def test_a_form_that_fails_keeps_every_answer_and_says_what_to_do(send):
    fields = {"redness": "3", "itch": "0", "signs": ["pus", "fever"], "worried": "on", "note": "Left cheek"}
    page = send(temperature_c="50", **fields)
    assert page.status_code == 422
    assert "between 34 and 43" in words(page)
    kept = {("redness", "3"), ("itch", "0"), ("signs", "pus"), ("signs", "fever"), ("worried",)}
    assert chosen(page) == kept
    assert "Left cheek" in words(page)
    assert 'value="50"' in page.content.decode()
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "wrong", ["33.9", "43.1", "abc", "NaN", "37.55", "-37", "1e1", "3,7,5", "50", "120", "1234567890,123"]
)
def test_a_temperature_that_cannot_be_is_asked_for_again_once(send, wrong):
    page = send(temperature_c=wrong)
    assert page.status_code == 422
    assert len(page.context["form"].errors["temperature_c"]) == 1
    assert "for example 37.5" in words(page)
    assert "Fahrenheit" not in words(page)


@pytest.mark.parametrize(
    ("typed", "celsius"), [("99", "37.2"), ("98.6", "37.0"), ("100,4", "38.0"), ("93.2", "34.0"), ("109.4", "43.0")]
)
def test_a_temperature_in_fahrenheit_is_told_in_celsius_and_asked_for_again(send, typed, celsius):
    page = send(temperature_c=typed)
    assert page.status_code == 422
    assert page.context["form"].errors["temperature_c"] == [
        f"{typed} looks like Fahrenheit. That is {celsius} °C: write {celsius}."
    ]
    assert send(temperature_c=celsius).status_code == 302


def test_a_danger_sign_in_a_form_that_fails_shows_whom_to_call_before_anything(send):
    page = send(signs=["breathing_trouble"], temperature_c="50")
    markup = page.content.decode()
    assert page.status_code == 422
    called = markup[markup.index("call emergency") :]
    assert called.index('href="tel:999"') < called.index("between 34 and 43")
    assert "Call first; the form can wait." in words(page)


def test_without_a_danger_sign_a_form_that_fails_calls_nobody(phone, send):
    assert "Call first" not in words(send(signs=["pus"], temperature_c="50"))
    send(signs=["breathing_trouble"])
    assert "Call first" not in words(phone.get("/log/"))


@pytest.mark.parametrize("right", ["34", "37.5", "37,5", " 38.0 ", "43"])
def test_temperatures_that_can_be_are_taken_with_a_point_or_a_comma(send, right):
    send(temperature_c=right)
    assert Entry.objects.get().temperature_c == Decimal(right.replace(",", "."))


def test_an_empty_form_is_refused(send):
    page = send()
    assert page.status_code == 422
    assert "Nothing is filled in yet" in words(page)


def test_a_sign_and_none_of_these_are_refused_together(send):
    page = send(signs=["pus"], signs_none="on")
    assert page.status_code == 422
    assert "Take one of the two away" in words(page)


@pytest.mark.parametrize(
    ("day", "sentence"), [(4, "still to come"), (-31, "too long before your treatment"), (-30, "")]
)
def test_a_day_is_neither_in_the_future_nor_long_before_the_treatment(send, day, sentence):
    page = send(day, redness="1")
    assert page.status_code == (422 if sentence else 302)
    assert sentence in words(page)


@pytest.mark.parametrize("date", ["", "soon", "2026-02-30", "0001-01-01", "9999-12-31", "2026-03-02T00:00"])
def test_a_date_that_makes_no_sense_is_refused_and_the_answers_stay(phone, treatment, date):
    page = phone.post("/log/", {"date": date, "redness": "1"})
    assert page.status_code == 422
    assert chosen(page) == {("redness", "1")}


@pytest.mark.parametrize(
    "date", ["2026-3-2", "2026-03-2", "20260302", "2026-W10-1", "02/03/2026", "03/02/2026", "2 March 2026", "26-03-02"]
)
def test_a_date_is_taken_in_one_notation_only(phone, pat, cara, date):
    make_treatment(pat, datetime.date(2026, 3, 2), cara)
    assert phone.post("/log/", {"date": date, "redness": "1"}).status_code == 422
    assert phone.post("/log/", {"date": "2026-03-02", "redness": "1"}).status_code == 302
    assert Entry.objects.get().day == 0


@pytest.mark.parametrize("path", ["/log/2026-02-30/", "/log/20260302/", "/log/2026-13-01/"])
def test_a_date_that_does_not_exist_is_an_address_that_does_not_exist(phone, treatment, path):
    assert phone.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/log/0001-01-01/", "/log/9999-12-31/"])
def test_the_ends_of_the_calendar_break_no_page(phone, treatment, path):
    assert phone.get(path).status_code == 200


def test_a_note_that_is_too_long_is_refused_with_its_length_and_not_cut(send):
    page = send(note="x" * 1001)
    assert page.status_code == 422
    assert "1001 letters, the most is 1000" in words(page)
    assert "x" * 1001 in page.content.decode()
    assert send(note="x" * 1000).status_code == 302


HOSTILE = ["\x00", "a\x00b", "\ud7ff\x01", "' OR 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "1" * 5000]


@pytest.mark.parametrize("name", ["redness", "signs", "signs_none", "temperature_c", "worried", "note", "client_id"])
def test_hostile_text_in_a_field_breaks_nothing(send, name):
    for text in HOSTILE:
        answer = send(**{"itch": "1", name: text})
        assert answer.status_code in (302, 422)
        assert "<script>alert" not in answer.content.decode()


def test_a_note_is_shown_as_it_was_written_and_never_as_markup(phone, send, treatment):
    send(note="<b>hot</b> & sore")
    assert "&lt;b&gt;hot&lt;/b&gt; &amp; sore" in phone.get(f"/timeline/{treatment.pk}/").content.decode()


def test_a_score_outside_the_scale_is_refused(send):
    for wrong in ("5", "-1", "1.5", "none"):
        page = send(itch=wrong)
        assert page.status_code == 422
        assert "Choose one of the tiles" in words(page)
    assert send(itch="cant_tell").status_code == 422


def test_an_unknown_sign_is_refused(send):
    assert send(signs=["glowing"]).status_code == 422


def test_photos_of_a_form_that_fails_are_kept_shown_and_belong_to_the_day(send, treatment):
    page = send(temperature_c="50", redness="1", photos=[jpeg(90), jpeg(120)])
    assert page.status_code == 422
    tokens = set(Photo.objects.filter(treatment=treatment, on=treatment.date_of(3)).values_list("token", flat=True))
    assert len(tokens) == 2
    assert all(f"/photo/{token}/160/" in page.content.decode() for token in tokens)
    entry = Entry.objects.get(pk=send(redness="1").url.split("/")[2])
    assert set(Photo.objects.filter(on=entry.on).values_list("token", flat=True)) == tokens


def test_a_refused_photo_leaves_the_entry_and_the_other_photos(phone, send):
    fake = SimpleUploadedFile("skin.jpg", b"Dear diary, this is not a photo.", "image/jpeg")
    answer = send(redness="1", photos=[jpeg(90), fake, jpeg(120)])
    assert Photo.objects.count() == 2
    assert "1 photo was not kept. Face: This file is not a photo" in words(phone.get(answer.url))


def test_a_refused_photo_alone_is_told_twice_over_and_nothing_is_saved(send):
    page = send(photos=SimpleUploadedFile("skin.jpg", b"text", "image/jpeg"))
    assert page.status_code == 422
    assert "1 photo was not kept. Face: This file is not a photo" in words(page)
    assert "Nothing is filled in yet" in words(page)


def test_photos_that_find_no_room_are_counted_in_one_message(phone, send):
    fake = SimpleUploadedFile("skin.jpg", b"Dear diary, this is not a photo.", "image/jpeg")
    answer = send(redness="1", photos=[fake, *(jpeg(40 + 20 * n) for n in range(6))])
    assert Photo.objects.count() == 4
    said = words(phone.get(answer.url))
    assert "3 photos were not kept." in said
    assert (said.count("Face: a day has room for 4 photos of one area."), said.count("is not a photo")) == (1, 1)


def test_a_whole_roll_by_mistake_keeps_what_there_is_room_for_and_counts_the_rest(phone, send):
    answer = send(redness="1", photos=[jpeg(20 + 3 * n) for n in range(30)])
    assert Photo.objects.count() == 4
    assert "26 photos were not kept." in words(phone.get(answer.url))


def test_each_treated_area_has_photos_of_its_own(phone, send, treatment):
    treatment.areas = ["face", "neck"]
    treatment.save()
    page = phone.get("/log/").content.decode()
    assert 'name="photos"' in page
    assert 'name="photos_neck"' in page
    send(photos=jpeg(90), photos_neck=jpeg(120))
    assert set(Photo.objects.values_list("area", flat=True)) == {"face", "neck"}


def test_each_view_of_an_area_has_an_input_of_its_own(phone, send, treatment):
    treatment.areas = ["neck", "face"]
    treatment.save()
    page = phone.get("/log/")
    names = [re.search('name="(.*?)"', tag)[1] for tag in inputs(page, "file")]
    assert names == [
        *("photos_neck_overview", "photos_neck_close", "photos"),
        *("photos_face_front", "photos_face_left", "photos_face_right", "photos_face"),
    ]
    send(photos_neck_close=jpeg(90), photos_face_left=jpeg(120), photos=jpeg(150), photos_face=jpeg(170))
    kept = Photo.objects.order_by("id").values_list("area", "view")
    assert list(kept) == [("neck", "close"), ("neck", ""), ("face", "left"), ("face", "")]


def test_a_photo_of_an_area_that_is_treated_no_more_is_not_kept_and_told_of(phone, send):
    answer = send(redness="1", photos_neck_close=jpeg())
    assert not Photo.objects.exists()
    assert "The treated areas were changed after you opened this page." in words(phone.get(answer.url))


def test_a_photo_stays_with_its_area_where_another_became_the_first_meanwhile(phone, send, treatment):
    treatment.areas = ["neck"]
    treatment.save()
    assert 'name="photos_of" value="neck"' in phone.get("/log/").content.decode()
    treatment.areas = ["face", "neck"]
    treatment.save()
    send(photos=jpeg(), photos_of="neck")
    assert Photo.objects.get().area == "neck"


def test_a_refusal_says_which_photo(phone, send):
    fake = SimpleUploadedFile("skin.jpg", b"no photo", "image/jpeg")
    answer = send(redness="1", photos_face_left=fake)
    assert "Face, left side: This file is not a photo" in words(phone.get(answer.url))


def test_a_photo_that_was_kept_and_is_dark_is_told_of(phone, send):
    dark = SimpleUploadedFile("dark.jpg", encoded(plain((20, 14, 12), (640, 480))), "image/jpeg")
    answer = send(redness="1", photos_face_front=dark, photos=jpeg(20))
    said = words(phone.get(answer.url))
    assert f"Kept: Face, front; Face. {HINDSIGHT['dark']}" in said
    assert Photo.objects.count() == 2


def test_no_hint_is_given_for_a_photo_that_found_no_room(phone, send):
    answer = send(redness="1", photos=[jpeg(20 + 3 * n) for n in range(5)])
    assert "Kept:" not in words(phone.get(answer.url))


def test_photos_of_a_form_that_fails_are_hinted_at_too(send):
    assert f"Kept: Face. {HINDSIGHT['dark']}" in words(send(temperature_c="50", photos=jpeg(20)))


def test_a_photo_is_held_against_those_of_its_view_and_one_of_no_view_against_none(treatment, cara):
    there = [picture("front", view="front"), picture("spot")]
    add(treatment=treatment, on=treatment.date_of(2), photos=there, by=cara, at=timezone.now())
    dim = replace(ALIKE, brightness=70.0)
    new = [picture("a", view="front", measures=dim), picture("b", measures=dim)]
    assert hints_on(new, list(Photo.objects.all())) == [f"Kept: Face, front. {HINDSIGHT['dark']}"]


def test_a_script_that_stays_is_told_where_to_go_on_and_nothing_that_is_told_once_is_lost(phone, treatment):
    fake = SimpleUploadedFile("skin.jpg", b"no photo", "image/jpeg")
    fields = posted(treatment, 3, redness="1", photos=fake)
    answer = phone.post("/log/", fields, headers={"Afterglow-Stay": "1"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Location"] == f"/entry/{Entry.objects.get().pk}/"
    assert "1 photo was not kept." in words(phone.get(answer["Location"]))


def test_a_form_that_has_to_be_looked_at_again_comes_to_a_script_as_it_does_to_a_browser(phone, treatment):
    fields = posted(treatment, 3, redness="1", temperature_c="50")
    answer = phone.post("/log/", fields, headers={"Afterglow-Stay": "1"})
    assert answer.status_code == 422
    assert chosen(answer) == {("redness", "1")}


def test_what_is_said_about_photos_comes_after_whom_to_call(phone, send):
    fakes = [SimpleUploadedFile("skin.jpg", content, "image/jpeg") for content in (b"no photo", b"")]
    dark = jpeg(20)
    page = phone.get(send(signs=["breathing_trouble"], photos=[*fakes, dark]).url).content.decode()
    called = page.index('href="tel:999"')
    assert called < page.index("2 photos were not kept.<br>Face: This file is not a photo") < page.index("Kept: Face.")
    assert "<br>Face: This photo arrived empty." in page


def test_on_a_form_that_fails_too_whom_to_call_comes_before_the_photos(send):
    page = send(signs=["breathing_trouble"], temperature_c="50", photos=jpeg(20)).content.decode()
    assert page.index("call emergency") < page.index("Kept: Face.")
    assert page.count("Kept: Face.") == 1


def photo_part(page):
    markup = page.content.decode()
    return markup[markup.index("<details", markup.index("data-photos") - 40) :]


def test_a_kept_photo_is_shown_under_its_view_with_a_way_to_remove_it(phone, send, treatment):
    send(redness="1", photos_face_left=jpeg(150))
    part = photo_part(phone.get("/log/"))
    token, day = Photo.objects.get().token, treatment.date_of(3)
    assert part.index('id="id_photos_face_left"') < part.index(token) < part.index('id="id_photos_face_right"')
    assert f'href="/photo/{token}/remove/?next=/log/{day}/%23id_photos_face_left"' in part


def test_the_clinics_form_shows_the_patients_photos_but_removes_none(as_, cara, send, treatment):
    send(redness="1", photos_face_left=jpeg(150))
    page = as_(cara).get(f"/treatments/{treatment.pk}/log/").content.decode()
    assert Photo.objects.get().token in page
    assert "/remove/" not in page


@pytest.mark.parametrize("photo", [jpeg(150), SimpleUploadedFile("skin.jpg", b"no photo", "image/jpeg")])
def test_the_photo_part_is_open_when_there_is_something_new_in_it(phone, send, photo):
    assert " open" not in photo_part(phone.get("/log/")).split(">")[0]
    photo.seek(0)
    assert " open" in photo_part(send(temperature_c="50", photos=photo)).split(">")[0]


def test_a_view_that_the_day_has_already_is_marked(phone, send):
    send(photos_face_front=jpeg(150))
    tags = {re.search('name="(.*?)"', tag)[1]: tag for tag in inputs(phone.get("/log/"), "file")}
    assert [name for name, tag in tags.items() if "data-kept" in tag] == ["photos_face_front"]


def test_the_input_of_a_view_knows_the_photo_from_before(phone, treatment, cara):
    at = timezone.now()
    before = [picture("before", view="front"), picture("other", view="left")]
    add(treatment=treatment, on=treatment.treated_on, photos=before, by=cara, at=at, baseline=True)
    tags = {re.search('name="(.*?)"', tag)[1]: tag for tag in inputs(phone.get("/log/"), "file")}
    front = Photo.objects.get(view="front")
    assert f'data-ghost="/photo/{front.token}/1008/"' in tags["photos_face_front"]
    assert "data-ghost" not in tags["photos_face_right"]


def test_without_the_consent_no_photo_is_asked_for_or_kept(phone, send, pat):
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    page = phone.get("/log/")
    assert 'type="file"' not in page.content.decode()
    assert "Photos are off. You can turn them on under Clinic." in words(page)
    answer = send(redness="1", photos=jpeg())
    assert not Photo.objects.exists()
    assert "You have not agreed to photos" in words(phone.get(answer.url))


def test_without_a_treatment_nothing_can_be_logged(phone, pat):
    on = timezone.now().date().isoformat()
    page = phone.post("/log/", {"date": on, "redness": "1"})
    assert page.status_code == 422
    assert "Ask your clinic to record it" in words(page)
    assert phone.get("/log/").status_code == 200


def test_a_double_press_is_one_entry(phone, treatment):
    fields = posted(treatment, 3, redness="1", signs=["pus"], note="Twice", temperature_c="37.1")
    first, second = phone.post("/log/", fields), phone.post("/log/", fields)
    assert first.url == second.url
    assert (Entry.objects.count(), EntryRevision.objects.count()) == (1, 1)
    assert (Flag.objects.count(), Notice.objects.count()) == (1, 1)


def hidden(response):
    """What the form sends along unseen."""
    fields = {re.search('name="(.*?)"', tag)[1]: tag for tag in inputs(response, "hidden")}
    return {name: re.search('value="(.*?)"', fields[name])[1] for name in ("date", "client_id", "based_on")}


@pytest.fixture
def clinic_wrote(phone, treatment, cara):
    """The patient's form as it was opened, before the clinic wrote to the same day."""
    opened = hidden(phone.get("/log/"))
    log(treatment, "day redness itch\n3 3 2", by=cara)
    return opened


def test_a_form_opened_before_the_clinic_wrote_shows_both_and_overwrites_nothing(phone, clinic_wrote):
    page = phone.post("/log/", {**clinic_wrote, "redness": "1", "note": "Much better"})
    assert page.status_code == 422
    said = words(page)
    assert "This day was changed after you opened this page." in said
    stands = said[said.index("How the day stands now") :]
    assert stands.index("Redness severe") < stands.index("Itch moderate")
    assert chosen(page) == {("redness", "1")}
    assert "Much better" in said
    assert EntryRevision.objects.count() == 1
    assert Entry.objects.get().redness == 3


def test_having_seen_both_one_may_save_again(phone, clinic_wrote):
    page = phone.post("/log/", {**clinic_wrote, "redness": "1"})
    assert phone.post("/log/", {**hidden(page), "redness": "1"}).status_code == 302
    entry = Entry.objects.get()
    assert (entry.redness, entry.itch, entry.revisions.count()) == (1, 2, 2)


def test_photos_of_a_form_that_has_to_be_looked_at_again_are_kept(phone, clinic_wrote):
    page = phone.post("/log/", {**clinic_wrote, "redness": "1", "photos": jpeg()})
    assert page.status_code == 422
    assert f"/photo/{Photo.objects.get().token}/160/" in page.content.decode()


def test_a_form_opened_on_an_entry_corrects_that_entry(phone, treatment):
    log(treatment, "day redness\n3 3")
    assert phone.post("/log/", {**hidden(phone.get("/log/")), "redness": "1"}).status_code == 302
    assert Entry.objects.get().redness == 1


def test_the_clinics_form_does_not_overwrite_what_the_patient_wrote_meanwhile(as_, cara, treatment):
    desk, path = as_(cara), f"/treatments/{treatment.pk}/log/"
    opened = hidden(desk.get(path))
    log(treatment, "day redness\n3 3")
    page = desk.post(path, {**opened, "redness": "1"})
    assert page.status_code == 422
    assert "How the day stands now" in words(page)
    assert Entry.objects.get().redness == 3


def test_the_same_form_sent_again_is_a_repeat_though_the_clinic_wrote_in_between(phone, treatment, cara):
    fields = {**hidden(phone.get("/log/")), "redness": "1"}
    phone.post("/log/", fields)
    log(treatment, "day redness\n3 3", by=cara)
    assert phone.post("/log/", fields).status_code == 302
    assert (Entry.objects.get().redness, EntryRevision.objects.count()) == (3, 2)


def test_the_same_form_changed_and_sent_again_overwrites_nothing_that_the_clinic_wrote(phone, treatment, cara):
    fields = {**hidden(phone.get("/log/")), "redness": "1"}
    phone.post("/log/", fields)
    log(treatment, "day redness\n3 3", by=cara)
    assert phone.post("/log/", {**fields, "redness": "2"}).status_code == 422
    assert (Entry.objects.get().redness, EntryRevision.objects.count()) == (3, 2)


def test_a_day_whose_treatment_was_cancelled_meanwhile_is_refused_kindly(phone, treatment, cara, monkeypatch):
    """The clinic cancels between the form's own check and the save."""
    save = entries.save

    def cancelled_first(**call):
        treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
        return save(**call)

    monkeypatch.setattr(entries, "save", cancelled_first)
    page = phone.post("/log/", posted(treatment, 3, redness="1"))
    assert page.status_code == 422
    assert "Your clinic has taken the treatment of this day away." in words(page)
    assert chosen(page) == {("redness", "1")}
    assert not Entry.objects.exists()


def test_the_other_days_are_labelled_by_the_treatment_that_each_belongs_to(phone, treatment, pat, cara):
    make_treatment(pat, treatment.treated_on - datetime.timedelta(days=5), cara)
    said = words(phone.get("/log/"))
    for date, day in ((treatment.date_of(1), 1), (treatment.date_of(0), 0), (treatment.date_of(-1), 4)):
        assert f"Day {day} · {date.day} {date:%b}" in said


def test_a_form_changed_after_the_back_button_is_a_correction(phone, treatment):
    fields = posted(treatment, 3, redness="1")
    phone.post("/log/", fields)
    for _press in range(2):
        assert phone.post("/log/", {**fields, "redness": "2"}).status_code == 302
    assert Entry.objects.get().redness == 2
    assert EntryRevision.objects.count() == 2


def test_a_patient_writes_in_her_own_journal_only(phone, treatment, vera, cara):
    """No field of the form names a patient or a treatment: dates find their own."""
    hers = make_treatment(vera, treatment.treated_on - datetime.timedelta(days=1), cara)
    phone.post("/log/", posted(hers, 3, redness="1") | {"treatment": hers.pk, "patient": vera.pk})
    assert Entry.objects.get().treatment == treatment


def test_staff_have_no_entry_form_here(as_, treatment, cara, ada):
    for person in (cara, ada):
        assert as_(person).get("/log/").status_code == 403
        assert as_(person).post("/log/", posted(treatment, 3, redness="1")).status_code == 403
    assert not Entry.objects.exists()


def test_looking_writes_nothing(phone, treatment):
    on = treatment.date_of(3).isoformat()
    for look in (phone.get, phone.head, phone.options):
        look("/log/", {"date": on, "redness": "1"})
    assert not Entry.objects.exists()
    assert phone.put("/log/").status_code == 405
    assert phone.delete("/log/").status_code == 405


def test_the_emergency_number_is_on_the_form_and_on_the_page_without_a_network(as_, pat, treatment):
    page = as_(pat).get("/log/").content.decode()
    assert 'href="tel:999" aria-label="In an emergency, call 999"' in page
    assert "A phone call still works: in an emergency, call 999." in page


def test_photos_that_take_too_long_together_hold_up_no_answers(phone, send, monkeypatch):
    monkeypatch.setattr("journal.forms.PATIENCE", 0)
    answer = send(redness="1", photos=[jpeg(40), jpeg(80)])
    assert Entry.objects.get().redness == 1
    assert Photo.objects.count() == 0
    assert "Please try again in a few minutes." in words(phone.get(answer.url))


def test_what_is_called_too_small_beforehand_is_what_is_refused():
    for side, reason in ((SHORTEST_SIDE, None), (SHORTEST_SIDE - 1, "small")):
        photo = encoded(plain((150, 120, 100), (side, 400)))
        if reason:
            with pytest.raises(PhotoRefused, match="too small"):
                clean(photo)
        else:
            assert clean(photo).width == side


def test_what_a_lost_answer_told_of_photos_is_told_once(phone, send):
    fields = {"redness": "1", "client_id": str(uuid.uuid4())}
    for _press in range(2):
        fake = SimpleUploadedFile("skin.jpg", b"no photo", "image/jpeg")
        answer = send(photos_face_left=fake, photos_face_front=jpeg(20), **fields)
    said = words(phone.get(answer.url))
    assert said.count("1 photo was not kept.") == 1
    assert said.count("Kept: Face, front") == 1
