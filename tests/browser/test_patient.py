"""Pat's evening, with a thumb."""

import re

import pytest
from playwright.sync_api import expect

from journal import demo_photos
from journal.models import Entry, Flag, Photo


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
