"""One photo, after asking who wants it: the only door to what was uploaded."""

import io

import pytest
from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve
from django.utils import timezone
from PIL import Image

from journal.actions import people, photos
from journal.actions.photos import NewPhoto, path_of
from journal.models import Consent, Photo
from journal.photos import SIZES, clean
from tests.conftest import make_treatment
from tests.photos.pictures import encoded, plain

from .tables import files_kept, jpeg, picture, posted, words


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


def test_a_missing_file_is_not_found_and_not_an_error(as_, pat, photo, address):
    default_storage.delete(path_of(photo.token, 320))
    phone = as_(pat)
    assert fetch(phone, address(320)).status_code == 404
    assert fetch(phone, address(160)).status_code == 200


def test_removing_asks_first_and_takes_row_and_files(
    as_, pat, treatment, photo, address, django_capture_on_commit_callbacks
):
    phone = as_(pat)
    asked = phone.get(f"{address()}remove/")
    assert "Remove this photo?" in words(asked)
    assert Photo.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert phone.post(f"{address()}remove/").url == f"/timeline/{treatment.pk}/"
    assert not Photo.objects.exists()
    assert not files_kept()
    assert phone.get(address(320)).status_code == 404


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


def test_taking_the_consent_back_takes_every_photo(
    as_, pat, vera, cara, treatment, photo, django_capture_on_commit_callbacks
):
    hers = make_treatment(vera, treatment.treated_on, cara)
    call = {"on": treatment.treated_on, "at": timezone.now(), "by": cara}
    photos.add(treatment=hers, photos=[picture("hers")], **call)
    photos.add(treatment=treatment, photos=[picture("before")], baseline=True, **call)
    with django_capture_on_commit_callbacks(execute=True):
        page = as_(pat).post("/clinic/photos/", {"photos": "no", "sure": "1"}, follow=True)
    assert "All your photos were removed" in words(page)
    left = Photo.objects.get()
    assert left.treatment == hers
    assert files_kept() == {path_of(left.token, size) for size in SIZES}
    assert pat.consents.get(kind="photos").withdrawn_at


def test_the_consent_is_not_taken_back_by_a_slip(as_, pat, photo):
    page = as_(pat).post("/clinic/photos/", {"photos": "no"}, follow=True)
    assert "Nothing was changed" in words(page)
    assert Photo.objects.exists()


def test_photos_can_be_agreed_to_again(as_, pat, treatment):
    people.withdraw_photo_consent(patient=pat, at=timezone.now())
    phone = as_(pat)
    for _press in range(2):
        phone.post("/clinic/photos/", {"photos": "yes"})
    assert pat.consents.standing().filter(kind=Consent.Kind.PHOTOS).count() == 1
    phone.post("/log/", posted(treatment, 3, photos=jpeg()))
    assert Photo.objects.count() == 1
