"""The camera in the page, with a made-up one; photos made small before they are sent; plain inputs without all that."""

import io
from dataclasses import astuple

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from journal import demo_photos
from journal.actions.photos import NewPhoto, add, path_of
from journal.likeness import HINDSIGHT, HINTS, Measures
from journal.models import Entry, Photo
from journal.photos import clean
from tests.browser.conftest import DESK
from tests.photos.pictures import CORNERS, corners, encoded, near, opened, plain

ALLOWED = "--use-fake-ui-for-media-stream"
ROLLING = ("--use-fake-device-for-media-stream=device-count=2", ALLOWED)  # two cameras, each picture another
COUNTED = """
  const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
  window.asked = [];
  window.tracks = [];
  media.getUserMedia = async (wish) => {
    window.asked.push(wish);
    const stream = await open(wish);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
"""


POSES = (
    "Look straight at the camera · 1 of 3",
    "Left cheek to the camera · 2 of 3",
    "Right cheek to the camera · 3 of 3",
)
LARGEST_CANVAS = """
  window.largest = 0;
  const sides = HTMLCanvasElement.prototype;
  for (const side of ["width", "height"]) {
    const { get, set } = Object.getOwnPropertyDescriptor(sides, side);
    Object.defineProperty(sides, side, { get, set(px) {
      set.call(this, px);
      window.largest = Math.max(window.largest, this.width * this.height);
    } });
  }
"""


@pytest.fixture(scope="module")
def launched(browser_type, browser_type_launch_args):
    """Browsers by their further arguments, each started once."""
    browsers = {}

    def launch(*more):
        if more not in browsers:
            args = [*browser_type_launch_args["args"], *more]
            browsers[more] = browser_type.launch(**browser_type_launch_args | {"args": args})
        return browsers[more]

    yield launch
    for browser in browsers.values():
        browser.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """What the camera sees: four plain quarters in a landscape picture, for ever."""
    path = tmp_path_factory.mktemp("camera") / "quarters.mjpeg"
    path.write_bytes(encoded(corners(size=(1280, 960)), quality=95) * 2)
    return path


@pytest.fixture(scope="module")
def browser(launched, film):
    return launched("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}", ALLOWED)


@pytest.fixture
def phone(enter, live_server, treatment, pat):
    """Opens the entry form and its photos in a page."""

    def open_photos(page):
        page.add_init_script(COUNTED)
        enter(pat)
        page.goto(live_server.url + "/log/")
        page.locator("summary", has_text="Photo").click()
        return page

    return open_photos


@pytest.fixture
def log_page(page, phone):
    return phone(page)


@pytest.fixture
def new_context_of(browser_context_args, context, live_server):
    """A page in another browser, with the session that `enter` put into this one."""
    opened_here = []

    def make(browser):
        opened_here.append(browser.new_context(**browser_context_args))
        page = opened_here[-1].new_page()
        goto = page.goto

        def signed_in(url):
            opened_here[-1].add_cookies(context.cookies())
            return goto(url)

        page.goto = signed_in
        return page

    yield make
    for one in opened_here:
        one.close()


@pytest.fixture
def baseline(treatment, cara):
    """Pat's face from the front before the needles."""
    at = timezone.now()
    new = NewPhoto("face", clean(demo_photos.photo(1, 3, 0, 0, 0)), "front")
    add(treatment=treatment, on=treatment.treated_on, photos=[new], by=cara, at=at, baseline=True)
    return Photo.objects.get()


# The state of every camera that was asked for.
ON = "tracks.map((track) => track.readyState)"


def states(page, wanted):
    """Whether the camera's tracks come to stand so, within five seconds: a dialog is gone before it says so."""
    for _ in range(50):
        if page.evaluate(ON) == wanted:
            return True
        page.wait_for_timeout(100)
    return False


def camera_on(page, view="front"):
    page.get_by_role("button", name=f"Take photo: Face, {view}").click()
    expect(page.locator("dialog[data-state=live]")).to_be_visible()
    return page.get_by_role("dialog")


def save(page):
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")


def master(photo):
    from django.core.files.storage import default_storage

    with default_storage.open(path_of(photo.token, 2016)) as file:
        return opened(file.read())


def test_all_views_are_taken_in_one_go_with_one_question_for_the_camera(launched, new_context_of, phone, look_over):
    page = phone(new_context_of(launched(*ROLLING)))
    look_over(page)
    camera = camera_on(page)
    look_over(page)
    for pose in POSES:
        expect(camera.get_by_role("heading")).to_have_text(pose)
        expect(camera.locator(".drawn")).to_be_visible()
        camera.get_by_role("button", name="Take photo").click()
        look_over(page)
        camera.get_by_role("button", name="Keep").click()
    expect(camera).to_have_count(0)
    assert page.evaluate("asked.length") == 1
    assert states(page, ["ended"])
    expect(page.get_by_text("Photos ready: 3. Press Save to keep them.")).to_be_visible()
    expect(page.get_by_role("button", name="Save · photos: 3")).to_be_visible()
    look_over(page)
    save(page)
    assert list(Photo.objects.order_by("id").values_list("area", "view")) == [
        ("face", "front"),
        ("face", "left"),
        ("face", "right"),
    ]


def test_the_front_camera_is_a_mirror_but_what_is_kept_is_not(baseline, log_page):
    page = log_page
    camera = camera_on(page)
    for part in ("video", "[data-ghost]", "svg"):
        assert camera.locator(part).evaluate("(el) => getComputedStyle(el).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    camera.get_by_role("button", name="Take photo").click()
    assert camera.locator("canvas").evaluate("(el) => getComputedStyle(el).transform") == "none"
    camera.get_by_role("button", name="Keep").click()
    page.get_by_role("button", name="Done").click()
    save(page)
    kept = master(Photo.objects.get(baseline=False))
    assert kept.size == (720, 960)
    places = ((100, 100), (620, 100), (100, 860), (620, 860))
    assert all(near(kept.getpixel(at), colour, 25) for at, colour in zip(places, CORNERS.values(), strict=True))


def test_the_photo_from_before_lies_over_the_live_picture(baseline, log_page):
    camera = camera_on(log_page)
    ghost = camera.locator("[data-ghost]")
    expect(ghost).to_have_attribute("src", f"/photo/{baseline.token}/1008/")
    expect(ghost).to_be_visible()
    assert ghost.evaluate("(el) => el.decode().then(() => el.naturalHeight)") == 1008
    camera.get_by_role("slider").fill("70")
    assert ghost.evaluate("(el) => getComputedStyle(el).opacity") == "0.7"
    switch = camera.get_by_role("button", name="Earlier photo")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(ghost).to_be_hidden()
    expect(camera.locator(".drawn")).to_be_visible()
    camera.get_by_role("button", name="Outline").click()
    expect(camera.locator(".drawn")).to_be_hidden()
    camera.get_by_role("button", name="Take photo").click()
    camera.get_by_role("button", name="Keep").click()
    expect(camera.get_by_role("heading")).to_have_text(POSES[1])
    expect(switch).to_be_hidden()  # no photo from before of this side


def test_the_timer_counts_aloud_and_can_be_stopped(log_page):
    camera = camera_on(log_page)
    camera.get_by_role("combobox", name="Timer").select_option("10")
    camera.get_by_role("button", name="Take photo").click()
    count = camera.locator("[data-count]")
    expect(count).to_have_attribute("aria-live", "assertive")
    expect(count).to_have_text("10")
    expect(count).to_have_text("9")
    camera.get_by_role("button", name="Stop the timer").click()
    expect(count).to_have_text("")
    camera.get_by_role("combobox", name="Timer").select_option("3")
    camera.get_by_role("button", name="Take photo").click()
    expect(count).to_have_text("3")
    expect(camera.get_by_role("button", name="Keep")).to_be_visible()


def test_a_photo_can_be_retaken_and_one_that_was_kept_removed(log_page):
    page = log_page
    camera = camera_on(page)
    camera.get_by_role("button", name="Take photo").click()
    expect(camera.get_by_role("status")).to_have_text(str(HINTS["blurred"]))
    camera.get_by_role("button", name="Retake").click()
    expect(camera.get_by_role("button", name="Take photo")).to_be_focused()
    camera.get_by_role("button", name="Take photo").click()
    camera.get_by_role("button", name="Keep").click()
    page.keyboard.press("Escape")
    expect(camera).to_have_count(0)
    assert states(page, ["ended"])
    page.get_by_role("button", name="Remove: Face, front").click()
    expect(page.get_by_role("img", name="Chosen photo")).to_have_count(0)
    page.locator("#id_redness_1").click()
    save(page)
    assert not Photo.objects.exists()


def test_leaving_the_page_ends_the_camera(log_page):
    camera_on(log_page)
    log_page.evaluate("void dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert log_page.evaluate(ON) == ["ended"]
    expect(log_page.get_by_role("dialog")).to_have_count(0)


def test_a_camera_that_is_taken_away_leaves_the_plain_input(log_page):
    camera_on(log_page, "left side")
    log_page.evaluate("void tracks[0].dispatchEvent(new Event('ended'))")
    expect(log_page.get_by_role("dialog")).to_have_count(0)
    expect(log_page.get_by_text("You can choose a photo instead.")).to_be_visible()
    expect(log_page.locator("input[name=photos_face_left]")).to_be_focused()


def test_the_camera_works_by_keyboard_alone(log_page):
    page = log_page
    page.get_by_role("button", name="Take photo: Face, front").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Take photo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=POSES[1])).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Take photo: Face, front")).to_be_focused()


def test_with_two_cameras_one_can_switch(launched, new_context_of, phone):
    page = phone(new_context_of(launched(*ROLLING)))
    camera = camera_on(page)
    camera.get_by_role("button", name="Switch camera").click()
    expect(page.locator("dialog[data-state=opening]")).to_have_count(0)
    expect(page.locator("dialog[data-state=live]")).to_be_visible()
    first, second = page.evaluate("tracks.map((track) => track.getSettings().deviceId)")
    assert first != second
    assert page.evaluate("tracks.map((track) => track.readyState)") == ["ended", "live"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--use-fake-device-for-media-stream",), "Tap the lock or camera sign next to the address to allow it."),
        ((ALLOWED,), "The camera does not work here."),
    ],
    ids=["permission refused", "no camera there"],
)
def test_without_the_camera_the_photo_can_be_chosen(launched, new_context_of, phone, look_over, more, why):
    page = phone(new_context_of(launched(*more)))
    page.get_by_role("button", name="Take photo: Face, left side").click()
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_text("You can choose a photo instead.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    left = page.locator("input[name=photos_face_left]")
    expect(left).to_be_focused()
    look_over(page)
    left.set_input_files({"name": "left.jpg", "mimeType": "image/jpeg", "buffer": demo_photos.photo(1, 3, 2, 1, 3)})
    save(page)
    assert Photo.objects.get().view == "left"


def test_with_scripts_blocked_the_plain_inputs_send_what_was_chosen(
    browser, browser_context_args, live_server, as_, pat, treatment
):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": as_(pat).cookies["session"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + "/log/")
    page.locator("summary", has_text="Photo").click()
    dark = encoded(opened(demo_photos.photo(1, 3, 2, 1, 3)).point(lambda value: value // 6))
    for name in ("photos_face_front", "photos"):
        page.locator(f"input[name={name}]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": dark})
        dark = demo_photos.photo(1, 3, 2, 1, 4)
    save(page)
    expect(page.get_by_text(f"Kept: Face, front. {HINDSIGHT['dark']}")).to_be_visible()
    context.close()
    assert set(Photo.objects.values_list("view", flat=True)) == {"front", ""}


@pytest.fixture(scope="module")
def twelve_megapixels():
    """A phone photo as stored: 4032 by 3024 px on its side, with place and model, skin in fine grain."""
    upright = opened(demo_photos.photo(2, 4, 2, 2, 3)).convert("RGB").resize((3024, 4032), Image.Resampling.BICUBIC)
    grain = Image.effect_noise(upright.size, 24).convert("RGB")
    turned = Image.blend(upright, grain, 0.12).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = 6, "Camera of Pat"
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (51.0, 30.0, 0.0)
    return encoded(turned, quality=92, exif=exif), upright


def test_a_phone_photo_is_made_small_upright_and_bare_before_it_is_sent(log_page, twelve_megapixels):
    page, (photo, upright) = log_page, twelve_megapixels
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request))
    page.locator("input[name=photos]").set_input_files({"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": photo})
    save(page)  # at once: saving waits until the photo is small
    [request] = sent
    size = int(request.all_headers()["content-length"])
    print(f"\n{len(photo)} bytes chosen, {size} sent")
    assert size < 600_000 + 5000
    kept = master(Photo.objects.get())
    assert kept.size == (1512, 2016)
    small = [image.resize((12, 16), Image.Resampling.BOX) for image in (kept, upright)]
    assert max(abs(a - b) for pair in zip(*(image.tobytes() for image in small), strict=True) for a, b in [pair]) < 30


def chosen(page, name):
    """What the input would send: the bytes of its files."""
    return [
        bytes(file)
        for file in page.evaluate(
            """async (name) => Promise.all([...document.querySelector(`[name=${name}]`).files]
               .map(async (file) => [...new Uint8Array(await file.arrayBuffer())]))""",
            name,
        )
    ]


def test_nothing_but_pixels_is_left_in_what_is_sent(log_page, twelve_megapixels):
    page, (photo, _upright) = log_page, twelve_megapixels
    assert b"Camera of Pat" in photo
    page.locator("input[name=photos]").set_input_files({"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.get_by_role("img", name="Chosen photo")).to_be_visible()
    [small] = chosen(page, "photos")
    assert not Image.open(io.BytesIO(small)).getexif()
    assert b"Exif" not in small
    assert len(small) <= 600_000


def test_a_file_that_the_browser_cannot_open_is_sent_as_it_is_and_refused_with_a_sentence(log_page):
    page = log_page
    heic = b"\0\0\0\x18ftypheic" + bytes(4000)
    page.locator("#id_redness_2").click()
    page.locator("input[name=photos_face_right]").set_input_files(
        {"name": "IMG_2.HEIC", "mimeType": "image/heic", "buffer": heic}
    )
    expect(page.get_by_text("IMG_2.HEIC")).to_be_visible()
    expect(page.get_by_text("This photo is a HEIC file")).to_be_visible()  # before it is sent
    assert chosen(page, "photos_face_right") == [heic]
    save(page)
    expect(page.get_by_text("Face, right side: This photo is a HEIC file")).to_be_visible()
    assert Entry.objects.get().redness == 2
    assert not Photo.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This photo arrived empty."),
        (b"Dear diary", "This file is not a photo we can open."),
        (encoded(plain((150, 120, 100), (190, 300))), "This photo is too small"),
    ],
    ids=["empty", "text", "small"],
)
def test_what_will_be_refused_is_said_before_it_is_sent(log_page, content, said):
    log_page.locator("input[name=photos]").set_input_files(
        {"name": "IMG_3.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    expect(log_page.get_by_text(said)).to_be_visible()


def test_other_photos_can_be_chosen_one_by_one(log_page):
    for day in (3, 4):
        log_page.locator("input[name=photos]").set_input_files(
            {"name": f"{day}.jpg", "mimeType": "image/jpeg", "buffer": demo_photos.photo(1, 3, 2, 1, day)}
        )
        expect(log_page.get_by_role("img", name="Chosen photo")).to_have_count(day - 2)
    save(log_page)
    assert Photo.objects.count() == 2


@pytest.mark.parametrize("shrinks", [True, False])
def test_no_canvas_is_as_large_as_a_large_photo(page, phone, twelve_megapixels, shrinks):
    page.add_init_script(LARGEST_CANVAS)
    if not shrinks:
        page.add_init_script("HTMLCanvasElement.prototype.toBlob = () => { throw new Error('full'); };")
    photo, _upright = twelve_megapixels
    phone(page).locator("input[name=photos]").set_input_files(
        {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(page.get_by_role("img", name="Chosen photo")).to_be_visible()
    expect(page.locator("[data-chosen] img")).to_have_js_property("complete", True)
    assert [len(file) == len(photo) for file in chosen(page, "photos")] == [not shrinks]
    assert 0 < page.evaluate("largest") <= 2016 * 2016


GONE = "internetdisconnected"


def test_a_camera_that_does_not_load_says_so_and_can_be_tried_again(log_page):
    page = log_page
    page.route("**/camera.js", lambda route: route.abort(GONE))
    page.get_by_role("button", name="Take photo: Face, front").click()
    expect(page.get_by_text("The camera could not load. Please try again, or choose a photo.")).to_be_visible()
    page.unroute("**/camera.js")
    camera_on(page)


def test_a_browser_that_cannot_fill_an_input_leaves_the_plain_one(page, phone):
    page.add_init_script("delete window.DataTransfer")
    camera = camera_on(phone(page))
    camera.get_by_role("button", name="Take photo").click()
    camera.get_by_role("button", name="Keep").click()
    expect(camera).to_have_count(0)
    expect(page.get_by_text("You can choose a photo instead.")).to_be_visible()
    page.locator("input[name=photos_face_front]").set_input_files(
        {"name": "front.jpg", "mimeType": "image/jpeg", "buffer": demo_photos.photo(1, 3, 2, 1, 3)}
    )
    save(page)
    assert Photo.objects.get().view == "front"


def test_a_script_that_did_not_load_is_asked_for_again_before_photos_are_sent(page, phone, twelve_megapixels):
    page.route("**/photos.js", lambda route: route.abort(GONE))
    photo, _upright = twelve_megapixels
    phone(page).locator("input[name=photos]").set_input_files(
        {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(page.get_by_role("button", name="Take photo")).to_have_count(0)
    page.unroute("**/photos.js")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request))
    save(page)
    assert [int(request.all_headers()["content-length"]) < 605_000 for request in sent] == [True]


def test_without_that_script_for_good_photos_are_sent_as_they_are(page, phone, twelve_megapixels):
    page.route("**/photos.js", lambda route: route.abort(GONE))
    photo, _upright = twelve_megapixels
    phone(page).locator("input[name=photos]").set_input_files(
        {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    save(page)
    assert Photo.objects.count() == 1


HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_nothing_is_filmed_while_the_page_is_out_of_sight(log_page):
    camera = camera_on(log_page)
    log_page.evaluate(HIDE, True)
    assert log_page.evaluate(ON) == ["ended"]
    log_page.evaluate(HIDE, False)
    expect(camera.get_by_role("button", name="Take photo")).to_be_visible()
    expect(log_page.locator("dialog[data-state=opening]")).to_have_count(0)
    assert states(log_page, ["ended", "live"])
    camera.get_by_role("button", name="Take photo").click()
    log_page.evaluate(HIDE, True)
    log_page.evaluate(HIDE, False)
    camera.get_by_role("button", name="Keep").click()  # what was taken has waited
    expect(camera.get_by_role("heading")).to_have_text(POSES[1])
    expect(log_page.locator("dialog[data-state=live]")).to_be_visible()
    assert states(log_page, ["ended", "ended", "live"])


def test_the_clinic_takes_photos_from_before_with_the_same_camera(page, enter, look_over, live_server, cara, treatment):
    page.set_viewport_size(DESK)
    enter(cara)
    page.goto(live_server.url + f"/treatments/{treatment.pk}/edit/")
    page.locator(".area", has_text="Face").get_by_text("Photos from before").click()
    camera = camera_on(page)
    look_over(page)
    camera.get_by_role("button", name="Take photo").click()
    camera.get_by_role("button", name="Keep").click()
    camera.get_by_role("button", name="Done").click()
    look_over(page)
    page.get_by_role("button", name="Save").click()
    sure = page.get_by_label("The photos were taken before the needles")
    assert sure.evaluate("sure => sure.validationMessage").startswith("Tick this first")
    sure.check()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(live_server.url + f"/timeline/{treatment.pk}/")
    photo = Photo.objects.get()
    assert (photo.area, photo.view, photo.baseline) == ("face", "front", True)


def seen_by_script(page, jpeg):
    """The measures of a JPEG as measure.js has them."""
    return page.evaluate(
        """async (bytes) => {
          const { measure } = await import("/static/journal/measure.js");
          const image = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
          return Object.values(measure(image, { x: 0, y: 0, width: image.width, height: image.height }));
        }""",
        list(jpeg),
    )


@pytest.mark.parametrize(("tone", "redness", "dryness"), [(1, 4, 0), (10, 0, 4)])
def test_the_phone_measures_what_the_server_measures(log_page, tone, redness, dryness):
    cleaned = clean(demo_photos.photo(tone, tone, redness, dryness, 3))
    here = Measures(*seen_by_script(log_page, cleaned.renditions[2016]))
    for phone, server in zip(astuple(here), astuple(cleaned.measures), strict=True):
        assert phone == pytest.approx(server, rel=0.03, abs=0.01)


def test_the_phone_gives_the_hint_that_the_server_gives(log_page):
    from itertools import product

    from journal.likeness import LIMITS, hint

    some = [
        Measures(*values)
        for values in product((0.5, 1.0, 2.0), (40, 160, 230), (-0.1, 0.3, 0.7), (0.0, 0.3), (40, 220))
    ]
    pairs = [(one, beside) for one in some for beside in [None, *some[::7]]]
    told = log_page.evaluate(
        """async ([pairs, limits]) => {
          const { hint } = await import("/static/journal/measure.js");
          return pairs.map(([one, beside]) => hint(one, limits, beside));
        }""",
        [[[as_script(one) for one in pair] for pair in pairs], LIMITS],
    )
    assert told == [hint(*pair) for pair in pairs]
    assert set(told) == {"", *HINTS}


def as_script(measures):
    from dataclasses import asdict

    return measures and asdict(measures)
