"""One photo, after asking who wants it: the only door to what was uploaded."""

import base64
import datetime
import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from django.utils import timezone
from PIL import Image

from accounts.models import AccessEvent
from journal.actions import people, photos
from journal.actions.photos import NewPhoto, attach, path_of, storing
from journal.models import Alignment, Consent, Flag, Photo
from journal.models.photo import new_token
from journal.photos import SIZES, clean
from tests.conftest import make_treatment
from tests.photos.pictures import encoded, plain

from .tables import files_kept, jpeg, log, picture, posted, stop_clock, words


@pytest.fixture
def photo(treatment):
    """A photo of Pat's face on day 3, large enough for every size to differ."""
    shot = NewPhoto("face", clean(encoded(plain(size=(1600, 2400)))))
    on = treatment.date_of(3)
    photos.add(treatment=treatment, on=on, photos=[shot], by=treatment.patient.user, at=timezone.now())
    return Photo.objects.get()


@pytest.fixture
def address(photo):
    return lambda size=None: f"/photo/{photo.token}/{size}/" if size else f"/photo/{photo.token}/"


def fetch(browser, path, **asked):
    """The answer, read to its end as a server would send it; `.bytes` is what came."""
    response = browser.get(path, **asked)
    response.bytes = b"".join(response) if response.streaming else response.content
    return response


@pytest.mark.parametrize("size", SIZES)
def test_each_size_is_a_jpeg_of_that_size(as_, pat, address, size):
    response = fetch(as_(pat), address(size))
    assert response["Content-Type"] == "image/jpeg"
    assert max(Image.open(io.BytesIO(response.bytes)).size) == size


def test_without_a_size_it_is_the_largest(as_, pat, address):
    assert fetch(as_(pat), address()).bytes == fetch(as_(pat), address(SIZES[0])).bytes


def test_the_patient_and_her_clinic_see_it_and_nobody_else(as_, address, pat, cara, vera, owen, ada):
    seen = [fetch(as_(person), address(320)).status_code for person in (pat, cara, vera, owen, ada)]
    assert seen == [200, 200, 404, 404, 403]


def test_whoever_is_signed_out_is_asked_to_sign_in(client, address):
    response = client.get(address(320))
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


def test_not_yours_looks_the_same_as_not_there(as_, address, vera):
    phone = as_(vera)
    assert words(phone.get(address(320))) == words(phone.get("/photo/AAAAAAAAAAAAAAAAAAAAAA/320/"))


def test_another_site_cannot_show_it(as_, pat, address):
    phone = as_(pat)
    for place, status in (("cross-site", 404), ("same-origin", 200), ("none", 200)):
        assert fetch(phone, address(320), headers={"Sec-Fetch-Site": place}).status_code == status


def test_the_patients_browser_may_keep_it_and_the_clinics_may_not(as_, pat, cara, address):
    mine, theirs = fetch(as_(pat), address(320)), fetch(as_(cara), address(320))
    assert mine["Cache-Control"] == "private, max-age=31536000, immutable"
    assert theirs["Cache-Control"] == "no-store"
    assert "Cookie" in mine["Vary"]


def test_it_is_an_image_and_nothing_else_to_a_browser(as_, pat, address):
    response = fetch(as_(pat), address(320))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_head_tells_the_length_and_sends_nothing(as_, pat, address):
    phone = as_(pat)
    response = phone.head(address(320))
    assert (response.status_code, b"".join(response)) == (200, b"")
    assert int(response["Content-Length"]) == len(fetch(phone, address(320)).bytes)


def test_it_is_read_and_not_written(as_, pat, address):
    for write in (as_(pat).post, as_(pat).put, as_(pat).delete):
        assert write(address(320)).status_code == 405


@pytest.mark.parametrize("size", [0, 1, 319, 321, 2017, 99999999999999999999])
def test_a_size_that_is_not_kept_is_not_found(as_, pat, address, size):
    assert as_(pat).get(address(size) if size else address() + "0/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/photo/{}.jpg", "/photo/{}/320.jpg", "/media/photos/{}-320.jpg", "/media/", "/photo/../{}/"]
)
def test_there_is_no_other_door(photo, path):
    with pytest.raises(Resolver404):
        resolve(path.format(photo.token))


def test_no_template_or_page_names_where_files_lie(as_, pat, treatment, photo, settings):
    page = as_(pat).get(f"/timeline/{treatment.pk}/").content.decode()
    assert photo.token in page
    assert "photos/" + photo.token[:2] not in page
    assert str(settings.MEDIA_ROOT) not in page
    assert not settings.MEDIA_URL.strip("/")


def test_an_address_is_128_bits_of_chance():
    bits = [int.from_bytes(base64.urlsafe_b64decode(new_token() + "=="), "big") for _draw in range(200)]
    assert max(bits) < 2**128
    assert len(set(bits)) == 200
    changing = 0
    for one in bits:
        changing |= one ^ bits[0]
    assert changing == 2**128 - 1


# How a damaged photo is told


def on_disk(photo, size):
    return Path(default_storage.path(path_of(photo.token, size)))


def flip_a_bit(photo, size):
    path = on_disk(photo, size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def lose(photo, size):
    on_disk(photo, size).unlink()


def cut_short(photo, size):
    path = on_disk(photo, size)
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("harm", [flip_a_bit, lose, cut_short])
def test_what_is_not_what_was_stored_is_never_sent(as_, pat, photo, address, harm, size):
    harm(photo, size)
    answer = fetch(as_(pat), address(size))
    assert (answer.status_code, answer["Content-Type"]) == (410, "image/svg+xml")
    assert b"This photo is damaged" in answer.bytes
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "ETag" not in answer


def test_what_is_damaged_is_remembered_and_what_is_missing_may_come_back(as_, pat, photo, address):
    lose(photo, 320)
    assert fetch(as_(pat), address(320)).status_code == 410
    photo.refresh_from_db()
    assert photo.damaged_at is None
    flip_a_bit(photo, 160)
    assert fetch(as_(pat), address(160)).status_code == 410
    photo.refresh_from_db()
    assert timezone.now() - photo.damaged_at < datetime.timedelta(minutes=1)


def test_a_photo_once_found_damaged_is_shown_in_no_size(as_, pat, photo, address):
    flip_a_bit(photo, 320)
    phone = as_(pat)
    assert [fetch(phone, address(size)).status_code for size in (160, 320, 160)] == [200, 410, 410]


def test_the_first_time_it_was_found_out_is_kept(as_, pat, photo, address):
    then = timezone.now() - datetime.timedelta(days=3)
    Photo.objects.update(damaged_at=then)
    assert fetch(as_(pat), address(320)).status_code == 410
    photo.refresh_from_db()
    assert photo.damaged_at == then


def test_pages_say_in_words_that_a_photo_is_damaged(as_, pat, treatment, photo):
    Photo.objects.update(damaged_at=timezone.now())
    page = as_(pat).get(f"/timeline/{treatment.pk}/")
    assert "Damaged" in words(page)
    assert "This photo is damaged, so it is not shown." in page.text
    assert f"/photo/{photo.token}/320/" not in page.text


def test_a_whole_photo_takes_its_room_before_it_is_there(as_, pat, treatment, photo):
    page = as_(pat).get(f"/timeline/{treatment.pk}/").text
    assert 'width="213" height="320"' in page
    assert f'href="/compare/?right={photo.token}"' in page


def test_a_disk_that_is_away_damages_no_photo(as_, pat, photo, address, settings):
    settings.MEDIA_ROOT = settings.MEDIA_ROOT / "not-mounted"
    answer = fetch(as_(pat), address(320))
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert b"Not available now" in answer.bytes
    photo.refresh_from_db()
    assert photo.damaged_at is None


# In part, and not again


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-100", slice(100, 101)),
        ("bytes=500-", slice(500, None)),
        ("bytes=-300", slice(-300, None)),
        ("bytes=10-99999999", slice(10, None)),
        ("bytes=-99999999", slice(None)),
        (" bytes=0-0 ", slice(0, 1)),
    ],
)
def test_a_part_is_sent_where_one_is_asked_for(as_, pat, address, wanted, part):
    phone = as_(pat)
    whole = fetch(phone, address(320)).bytes
    answer = fetch(phone, address(320), headers={"Range": wanted})
    first, last, length = part.indices(len(whole))[0], part.indices(len(whole))[1] - 1, len(whole)
    assert answer.status_code == 206
    assert answer.bytes == whole[part]
    assert answer["Content-Range"] == f"bytes {first}-{last}/{length}"
    assert int(answer["Content-Length"]) == len(answer.bytes)
    assert answer["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    "wanted",
    ["bytes=0-1,5-9", "bytes=9-5", "bytes=", "bytes=-", "bytes=a-b", "pixels=0-9", "0-9", "bytes=" + "9" * 5000],
)
def test_several_parts_or_none_that_can_be_read_are_the_whole(as_, pat, address, wanted):
    answer = fetch(as_(pat), address(320), headers={"Range": wanted})
    assert (answer.status_code, answer["Accept-Ranges"]) == (200, "bytes")
    assert Image.open(io.BytesIO(answer.bytes)).size == (213, 320)


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=99999999-999999999", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused_with_the_length(as_, pat, address, wanted):
    phone = as_(pat)
    length = len(fetch(phone, address(320)).bytes)
    answer = fetch(phone, address(320), headers={"Range": wanted})
    assert (answer.status_code, answer["Content-Range"], answer.bytes) == (416, f"bytes */{length}", b"")
    assert answer["Cache-Control"] == "no-store"


def test_a_part_of_what_is_no_longer_the_same_is_the_whole(as_, pat, address):
    phone = as_(pat)
    etag = fetch(phone, address(320))["ETag"]
    for condition, status in (
        (etag, 206),
        ('"other"', 200),
        (f"W/{etag}", 200),
        ("Sat, 21 Nov 2026 10:00:00 GMT", 200),
    ):
        answer = fetch(phone, address(320), headers={"Range": "bytes=0-9", "If-Range": condition})
        assert answer.status_code == status


def test_the_etag_is_the_sum_of_what_is_sent(as_, pat, photo, address):
    phone = as_(pat)
    assert fetch(phone, address())["ETag"] == f'"{photo.sha256}"'
    assert fetch(phone, address(320))["ETag"] == f'"{photo.sums["320"]}"'


@pytest.mark.parametrize("who", ["pat", "cara"])
def test_what_a_browser_has_is_not_sent_again(request, as_, address, who):
    browser = as_(request.getfixturevalue(who))
    first = fetch(browser, address(320))
    again = fetch(browser, address(320), headers={"If-None-Match": f'"other", {first["ETag"]}', "Range": "bytes=0-9"})
    assert (again.status_code, again.bytes) == (304, b"")
    asked = browser.head(address(320), headers={"If-None-Match": first["ETag"]})
    assert (asked.status_code, asked["Content-Length"]) == (304, str(len(first.bytes)))  # never that it is empty
    assert again["Cache-Control"] == first["Cache-Control"]


def test_who_may_look_is_asked_before_what_the_browser_has(as_, pat, vera, owen, ada, address):
    etag = fetch(as_(pat), address(320))["ETag"]
    statuses = [fetch(as_(who), address(320), headers={"If-None-Match": etag}).status_code for who in (vera, owen, ada)]
    assert statuses == [404, 404, 403]


def test_a_damaged_photo_is_told_to_a_browser_that_had_it_whole(as_, pat, photo, address):
    phone = as_(pat)
    etag = fetch(phone, address(320))["ETag"]
    flip_a_bit(photo, 320)
    assert fetch(phone, address(320), headers={"If-None-Match": etag}).status_code == 410


# Who looked


def looks():
    return [(event.actor_id, event.target_kind, event.target_id) for event in AccessEvent.objects.order_by("pk")]


@pytest.fixture
def screen(as_, cara):
    return as_(cara)


def every_size(browser, address, **asked):
    for size in SIZES:
        fetch(browser, address(size), **asked)


def test_a_photo_opened_by_itself_is_one_look_in_whatever_size(screen, cara, photo, address):
    for _time in range(2):
        every_size(screen, address)
    assert looks() == [(cara.pk, "photo", str(photo.pk))]


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-0"},
        {"If-None-Match": "*"},
        {"Accept": "application/json"},
        {"Referer": "http://testserver/timeline/"},
        {"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_no_header_hides_a_look(screen, photo, address, headers):
    fetch(screen, address(160), headers=headers)
    assert len(looks()) == 1


def test_asking_for_the_head_alone_is_a_look(screen, photo, address):
    screen.head(address(320))
    assert len(looks()) == 1


@pytest.mark.parametrize("shown", ["timeline", "patient", "flag"])
def test_photos_of_a_page_are_part_of_the_look_at_it(screen, cara, treatment, photo, address, shown):
    log(treatment, "day redness signs\n3 1 pus")
    places = {
        "timeline": f"/timeline/{treatment.pk}/",
        "patient": f"/patients/{treatment.patient_id}/",
        "flag": f"/flag/{Flag.objects.get().pk}/",
    }
    screen.get(places[shown])
    every_size(screen, address)
    assert [kind for _who, kind, _id in looks()] == [{"timeline": "treatment"}.get(shown, shown)]


def test_ten_minutes_later_it_is_another_look(screen, cara, photo, address, monkeypatch):
    now = timezone.now()
    for minutes in (0, 9, 11, 15):
        stop_clock(monkeypatch, now + datetime.timedelta(minutes=minutes))
        fetch(screen, address(320))
    assert len(looks()) == 2


def test_a_look_at_somebody_else_or_by_somebody_else_is_none_at_this(
    as_, screen, clinic, cara, vera, treatment, photo, address
):
    hers = make_treatment(vera, treatment.treated_on, cara)
    log(hers, "day redness signs\n2 1 pus")
    for place in (f"/timeline/{hers.pk}/", f"/patients/{vera.pk}/", f"/flag/{Flag.objects.get().pk}/"):
        screen.get(place)
    at = timezone.now()
    AccessEvent.objects.record(by=treatment.patient.user, verb="read", target=treatment, at=at)
    AccessEvent.objects.record(by=cara, verb="corrected", target=treatment.patient, at=at)
    before = len(looks())
    fetch(screen, address(320))
    assert looks()[before:] == [(cara.pk, "photo", str(photo.pk))]


def test_who_is_turned_away_has_not_looked(as_, owen, vera, cara, address):
    for browser, headers in ((as_(owen), {}), (as_(vera), {}), (as_(cara), {"Sec-Fetch-Site": "cross-site"})):
        assert fetch(browser, address(320), headers=headers).status_code == 404
    assert fetch(as_(cara), address(321)).status_code == 404
    assert not looks()


def test_a_patients_own_look_leaves_no_trace(as_, pat, address):
    fetch(as_(pat), address(320))
    assert not looks()


def test_a_photo_of_a_page_costs_few_questions(screen, treatment, photo, address):
    screen.get(f"/timeline/{treatment.pk}/")
    fetch(screen, address(320))
    with CaptureQueriesContext(connection) as asked:
        fetch(screen, address(320))
    about_photos = [one["sql"] for one in asked if "journal_" in one["sql"] or "accessevent" in one["sql"]]
    assert len(about_photos) == 2


# Taken away


def test_removing_asks_first_and_takes_row_and_files(
    as_, pat, treatment, photo, address, django_capture_on_commit_callbacks
):
    phone = as_(pat)
    asked = phone.get(f"{address()}remove/")
    assert "Remove this photo?" in words(asked)
    assert Photo.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        answer = phone.post(f"{address()}remove/")
    assert (answer.url, answer["Clear-Site-Data"]) == (f"/timeline/{treatment.pk}/", '"cache"')
    assert not Photo.objects.exists()
    assert not files_kept()
    assert phone.get(address(320)).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/log/2026-03-02/#id_photos", True),
        ("//evil.example/", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
        ("/\\evil.example", False),
        ("foo", False),
        ("account_logout", False),
        ("", False),
    ],
)
def test_after_removing_one_is_back_on_a_page_of_ours(as_, pat, treatment, address, wanted, goes):
    phone, path, course = as_(pat), f"{address()}remove/", f"/timeline/{treatment.pk}/"
    back = wanted if goes else course
    assert f'class="btn quiet" href="{back}"' in phone.get(path, {"next": wanted}).content.decode()
    assert phone.post(path, {"next": wanted}).url == back


def test_who_removes_a_photo_reads_what_it_means_for_both(as_, pat, cara, photo, address):
    said = words(as_(pat).get(f"{address()}remove/"))
    assert "It will be gone for you and for your clinic. You cannot undo this." in said
    assert f"Face · {photo.on:%A}" in said


def test_removing_twice_is_not_found(as_, pat, address):
    phone = as_(pat)
    assert [phone.post(f"{address()}remove/").status_code for _press in range(2)] == [302, 404]


@pytest.mark.parametrize("ask", ["get", "post"])
def test_only_the_patient_removes_a_photo_of_a_day(as_, address, vera, cara, owen, ada, ask):
    statuses = [getattr(as_(person), ask)(f"{address()}remove/").status_code for person in (vera, cara, owen, ada)]
    assert statuses == [404, 403, 404, 403]
    assert Photo.objects.exists()


def test_a_clinician_removes_a_photo_that_the_clinic_took_before(
    as_, treatment, vera, cara, owen, ada, django_capture_on_commit_callbacks
):
    call = {"on": treatment.treated_on, "by": cara, "at": timezone.now(), "baseline": True}
    photos.add(treatment=treatment, photos=[picture("before")], **call)
    path = f"/photo/{Photo.objects.get().token}/remove/"
    assert [as_(person).post(path).status_code for person in (vera, owen, ada)] == [404, 404, 403]
    desk = as_(cara)
    assert "Remove this photo?" in words(desk.get(path))
    assert Photo.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(path).url == f"/timeline/{treatment.pk}/"
    assert not Photo.objects.exists()
    assert not files_kept()


def test_only_what_the_clinic_removes_leaves_a_trace(as_, pat, treatment, photo, address, cara):
    as_(pat).post(f"{address()}remove/")
    before = {"on": treatment.treated_on, "by": cara, "at": timezone.now(), "baseline": True}
    photos.add(treatment=treatment, photos=[picture("before")], **before)
    hers = Photo.objects.get()
    as_(cara).post(f"/photo/{hers.token}/remove/")
    done = AccessEvent.objects.filter(verb="removed").values_list("actor_id", "target_kind", "target_id")
    assert list(done) == [(cara.pk, "photo", str(hers.pk))]


def test_taking_the_consent_back_takes_every_photo(
    as_, pat, vera, cara, treatment, photo, django_capture_on_commit_callbacks
):
    hers = make_treatment(vera, treatment.treated_on, cara)
    call = {"on": treatment.treated_on, "at": timezone.now(), "by": cara}
    photos.add(treatment=hers, photos=[picture("hers")], **call)
    photos.add(treatment=treatment, photos=[picture("before")], baseline=True, **call)
    with django_capture_on_commit_callbacks(execute=True):
        phone = as_(pat)
        answer = phone.post("/clinic/photos/", {"photos": "no", "sure": "1"})
    assert answer["Clear-Site-Data"] == '"cache"'
    assert "All your photos were removed" in words(phone.get(answer.url))
    left = Photo.objects.get()
    assert left.treatment == hers
    assert files_kept() == {path_of(left.token, size) for size in SIZES}
    assert pat.consents.get(kind="photos").withdrawn_at


def test_taking_the_consent_back_takes_what_was_marked_on_photos(pat, cara, treatment):
    call = {"treatment": treatment, "by": pat.user, "at": timezone.now()}
    for day in (1, 2):
        photos.add(on=treatment.date_of(day), photos=[picture(f"day {day}")], **call)
    one, other = Photo.objects.order_by("pk")
    Alignment.objects.create(one=one, other=other, spots={}, placed_at=timezone.now(), placed_by=cara)
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    assert not Photo.objects.exists()
    assert not Alignment.objects.exists()


def test_an_upload_on_its_way_while_the_consent_is_taken_back_leaves_nothing(
    pat, treatment, django_capture_on_commit_callbacks
):
    call = {"treatment": treatment, "on": treatment.date_of(3), "by": pat.user, "at": timezone.now()}
    with django_capture_on_commit_callbacks(execute=True), storing([picture("late")]) as stored:
        assert files_kept()
        people.withdraw_photo_consent(patient=pat, at=timezone.now())
        refusals = attach(stored=stored, **call)
    assert "not agreed" in refusals[0]
    assert not Photo.objects.exists()
    assert not files_kept()


def test_the_consent_to_photos_is_a_row_of_its_own_with_both_its_dates(pat):
    care, to_photos = pat.consents.get(kind="care"), pat.consents.get(kind="photos")
    at = timezone.now()
    people.withdraw_photo_consent(patient=pat, at=at)
    to_photos.refresh_from_db()
    care.refresh_from_db()
    assert (to_photos.withdrawn_at, care.withdrawn_at) == (at, None)
    assert to_photos.given_at < at


def test_the_consent_is_not_taken_back_by_a_slip(as_, pat, photo):
    phone = as_(pat)
    answer = phone.post("/clinic/photos/", {"photos": "no"})
    assert "Clear-Site-Data" not in answer
    assert "Nothing was changed" in words(phone.get(answer.url))
    assert Photo.objects.exists()


def test_photos_can_be_agreed_to_again(as_, pat, treatment):
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    phone = as_(pat)
    for _press in range(2):
        phone.post("/clinic/photos/", {"photos": "yes"})
    assert pat.consents.standing().filter(kind=Consent.Kind.PHOTOS).count() == 1
    phone.post("/log/", posted(treatment, 3, photos=jpeg()))
    assert Photo.objects.count() == 1
