"""Pat's evening, with a thumb."""

import re
import socket
import threading
from contextlib import closing, contextmanager, suppress

import pytest
from playwright.sync_api import expect

from journal import demo_photos
from journal.models import Entry, EntryRevision, Flag, Photo
from tests.conftest import make_treatment


@pytest.fixture
def home(page, enter, live_server, treatment, pat):
    enter(pat)
    page.goto(live_server.url)
    return page


def tap(page, question, score):
    page.locator(f"#id_{question}_{score}").click()


def test_a_day_with_a_photo_and_a_sign_leads_to_the_call(home, look_over, tmp_path):
    page = home
    look_over(page)
    page.get_by_role("link", name="Log today").click()
    look_over(page)
    for question, score in (("redness", 3), ("dryness", 1), ("tightness", 1), ("itch", 0)):
        tap(page, question, score)
    page.get_by_text("pus, crust, smell").click()
    page.get_by_label(re.compile("Thick or cloudy fluid")).check()
    picture = tmp_path / "IMG_0001.HEIC"  # a name as phones give it; the bytes are a JPEG
    picture.write_bytes(demo_photos.photo(1, 3, 2, 1, 3))
    page.locator("summary", has_text="Photo").click()
    page.locator("input[name=photos]").set_input_files(picture)
    look_over(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please call now")
    look_over(page)
    assert page.locator("main a[href^='tel:']").count() >= 1
    page.get_by_text("Where does this come from?").first.click()
    look_over(page)
    assert Entry.objects.get().signs == ["pus"]
    assert Flag.objects.live().count() >= 1
    assert Photo.objects.count() == 1
    page.get_by_role("link", name="See my timeline").click()
    look_over(page)


# Text that an eye meets: shown, not clipped away for listeners only.
SEEN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = [];
  while (walker.nextNode()) {
    const box = document.createRange();
    box.selectNodeContents(walker.currentNode);
    const hidden = walker.currentNode.parentElement.closest(".visually-hidden, .skip");
    if (!hidden && walker.currentNode.parentElement.checkVisibility() && box.getBoundingClientRect().width > 1)
      seen.push(walker.currentNode.textContent);
  }
  return seen.join(" ");
}"""
WORD = r"[^\W\d_][\w’'-]*"


def test_an_ordinary_evening_takes_at_most_eight_taps_and_thirty_seconds(home):
    """1.2 seconds a tap, and the words that are on the form at 200 a minute: the issue's own measure."""
    page = home
    taps = 0
    page.get_by_role("link", name="Log today").click()
    taps += 1
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    read = re.findall(WORD, page.evaluate(SEEN))
    words = len(read)
    for question in ("redness", "dryness", "tightness", "itch"):
        tap(page, question, 1)
        taps += 1
    page.get_by_label("None of these").check()
    page.get_by_role("button", name="Save").click()
    taps += 2
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")
    seconds = taps * 1.2 + words / 200 * 60
    print(f"\n{taps} taps, {words} words, {seconds:.1f} s: {' '.join(read)}")
    assert taps <= 8
    assert seconds <= 30, f"{taps} taps, {words} words"


def test_a_form_that_fails_keeps_every_answer_and_says_what_to_do(home, look_over):
    page = home
    page.get_by_role("link", name="Log today").click()
    tap(page, "redness", 2)
    page.get_by_text("fever, chills").click()
    page.get_by_label(re.compile("Temperature in")).fill("hot")
    page.locator("summary", has_text="Note").click()
    page.get_by_label(re.compile("Anything else")).fill("A long day.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("for example 37.5")
    expect(page.get_by_role("alert").first).to_be_focused()
    look_over(page)
    assert page.locator("#id_redness_2").is_checked()
    assert page.get_by_label(re.compile("Anything else")).input_value() == "A long day."
    page.get_by_label(re.compile("Temperature in")).fill("37.2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")
    assert str(Entry.objects.get().temperature_c) == "37.2"


def test_without_a_network_nothing_that_was_tapped_is_lost(home):
    page = home
    page.get_by_role("link", name="Log today").click()
    tap(page, "redness", 2)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No connection")).to_be_visible()
    assert page.locator("#id_redness_2").is_checked()
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")
    assert Entry.objects.get().redness == 2


PICTURE = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": demo_photos.photo(1, 3, 2, 1, 3)}


@pytest.fixture
def form(home):
    """The entry form with an answer and a photo."""
    home.get_by_role("link", name="Log today").click()
    tap(home, "redness", 2)
    home.locator("summary", has_text="Photo").click()
    home.locator("input[name=photos_face_front]").set_input_files(PICTURE)
    expect(home.get_by_role("img", name="Chosen photo")).to_be_visible()
    return home


def press_save(page):
    page.get_by_role("button", name="Save").click()


def is_all_there(page):
    expect(page.get_by_role("button", name="Save · 1/5 · photos: 1")).to_be_visible()
    return page.locator("#id_redness_2").is_checked() and page.evaluate(
        "document.querySelector('[name=photos_face_front]').files.length === 1"
    )


def is_saved_once(page):
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")
    return (Entry.objects.count(), EntryRevision.objects.count(), Photo.objects.count()) == (1, 1, 1)


class Wire:
    """A way to the server that can be cut. It carries so many bytes up, and then every connection is gone."""

    def __init__(self, port):
        self.port, self.left, self.open = port, float("inf"), []
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self):
        return f"http://localhost:{self.door.getsockname()[1]}"

    def _serve(self):
        with suppress(OSError):
            while True:
                ends = [self.door.accept()[0], socket.create_connection(("localhost", self.port))]
                self.open += ends
                for way in (ends, ends[::-1]):
                    threading.Thread(target=self._carry, args=(*way, way is ends), daemon=True).start()

    def _carry(self, source, goal, up):
        with suppress(OSError):
            while (piece := source.recv(1000)) and self.left > 0:
                goal.sendall(piece)
                self.left -= len(piece) if up else 0
        for end in (source, goal):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        for end in (self.door, *self.open):
            end.close()


def test_a_network_that_goes_away_during_the_upload_loses_nothing(
    browser, browser_context_args, live_server, as_, pat, treatment
):
    wire = Wire(live_server.thread.port)
    with closing(wire), in_a_browser_of_its_own(browser, browser_context_args, live_server, as_(pat)) as page:
        filled(page, wire.url)
        network = page.context.new_cdp_session(page)
        slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 8000}
        network.send("Network.enable")
        network.send("Network.emulateNetworkConditions", slow)
        wire.left = 16_000
        press_save(page)
        expect(page.get_by_role("button", name=re.compile(r"Saving… [1-9]\d? %"))).to_be_visible()
        expect(page.get_by_text("No connection")).to_be_visible(timeout=20_000)
        assert is_all_there(page)
        network.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})
        wire.left = float("inf")
        press_save(page)
        assert is_saved_once(page)


def test_an_answer_that_is_lost_on_its_way_is_asked_for_again_and_saved_once(form):
    page = form

    def lost(route):
        route.fetch(max_redirects=0)
        route.abort("internetdisconnected")

    page.route("**/log/", lost, times=1)
    press_save(page)
    expect(page.get_by_text("No connection")).to_be_visible()
    assert is_all_there(page)
    press_save(page)
    assert is_saved_once(page)


@pytest.mark.parametrize(
    ("status", "said"),
    [(413, "too large to send together"), (500, "something went wrong"), (404, "something went wrong")],
)
def test_an_answer_that_is_no_page_of_this_form_leaves_everything_where_it_is(
    browser, browser_context_args, live_server, as_, pat, treatment, status, said
):
    with in_a_browser_of_its_own(browser, browser_context_args, live_server, as_(pat)) as page:
        filled(page, live_server.url)
        page.route("**/log/", lambda route: route.fulfill(status=status, body="<h1>No</h1>"), times=1)
        press_save(page)
        expect(page.get_by_text(said)).to_be_visible()
        assert is_all_there(page)
        press_save(page)
        assert is_saved_once(page)


@contextmanager
def in_a_browser_of_its_own(browser, browser_context_args, live_server, client):
    """A page of somebody whose console may say that a request was refused."""
    context = browser.new_context(**browser_context_args)
    sign_in(context, live_server, client)
    yield context.new_page()
    context.close()


def sign_in(context, live_server, client):
    context.clear_cookies()
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])


def filled(page, url):
    page.goto(url + "/log/")
    tap(page, "redness", 2)
    page.locator("summary", has_text="Photo").click()
    page.locator("input[name=photos_face_front]").set_input_files(PICTURE)
    expect(page.get_by_role("img", name="Chosen photo")).to_be_visible()


def test_signed_out_meanwhile_one_signs_in_again_and_saves_what_is_still_there(
    browser, browser_context_args, live_server, as_, pat, treatment
):
    with in_a_browser_of_its_own(browser, browser_context_args, live_server, as_(pat)) as page:
        filled(page, live_server.url)
        page.context.clear_cookies(name="session")
        press_save(page)
        expect(page.get_by_text("you are signed out")).to_be_visible()
        assert is_all_there(page)
        sign_in(page.context, live_server, as_(pat))  # with another token for forms
        press_save(page)
        assert is_saved_once(page)


def test_a_form_is_never_sent_into_the_journal_of_somebody_else_who_signed_in_since(
    browser, browser_context_args, live_server, as_, pat, vera, cara, treatment
):
    make_treatment(vera, treatment.treated_on, cara)
    with in_a_browser_of_its_own(browser, browser_context_args, live_server, as_(pat)) as page:
        filled(page, live_server.url)
        sign_in(page.context, live_server, as_(vera))
        press_save(page)
        expect(page.get_by_text("you are signed out")).to_be_visible()
        assert is_all_there(page)
    assert not Entry.objects.exists()


def test_a_form_that_comes_back_works_as_before_and_keeps_its_photos(form):
    page = form
    page.evaluate("window.stays = true")
    page.get_by_text("fever, chills").click()
    page.get_by_label(re.compile("Temperature in")).fill("hot")
    press_save(page)
    expect(page.get_by_role("alert").first).to_be_focused()
    assert page.evaluate("window.stays")
    expect(page.get_by_role("img", name="Kept photo: Face, front")).to_be_visible()
    expect(page.get_by_role("button", name="Take photo: Face, left side")).to_be_visible()
    page.get_by_label("None of these").check()
    page.get_by_text("pus, crust, smell").click()
    page.get_by_label(re.compile("Thick or cloudy fluid")).check()
    assert not page.get_by_label("None of these").is_checked()
    page.get_by_label(re.compile("Temperature in")).fill("37.2")
    press_save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Please call now")
    assert (Entry.objects.count(), Photo.objects.count()) == (1, 1)


LEAVES = "dispatchEvent(new Event('beforeunload', { cancelable: true }))"


def test_going_away_with_something_unsaved_is_asked_about_but_never_before_a_call(home):
    page = home
    page.get_by_role("link", name="Log today").click()
    assert page.evaluate(LEAVES)
    page.locator("summary", has_text="Photo").click()
    page.locator("input[name=photos_face_front]").set_input_files(PICTURE)
    expect(page.get_by_role("img", name="Chosen photo")).to_be_visible()
    assert not page.evaluate(LEAVES)
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault(), { once: true })")
    page.get_by_role("link", name="In an emergency, call 999").click()
    assert page.evaluate(LEAVES)
    press_save(page)
    assert is_saved_once(page)
    assert page.evaluate(LEAVES)


def test_everything_works_with_scripts_blocked(browser, browser_context_args, live_server, as_, pat, treatment):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies([{"name": "session", "value": as_(pat).cookies["session"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + "/log/")
    tap(page, "redness", 1)
    page.get_by_label("None of these").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Saved")
    context.close()
    assert Entry.objects.get().signs_answered


def test_the_clinic_page_and_other_days_are_in_reach(home, look_over):
    page = home
    page.get_by_role("link", name="Clinic").click()
    look_over(page)
    page.goto(page.url.replace("clinic/", "log/"))
    page.locator("summary", has=page.get_by_role("heading", level=1)).click()
    look_over(page)
    page.get_by_role("link", name=re.compile("Day 1")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Day 1")


def test_the_timeline_prints_on_paper(home, treatment):
    page = home
    page.goto(page.url + f"timeline/{treatment.pk}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
