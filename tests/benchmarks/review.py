"""How many keys and seconds twenty scripted cases take, from the focused inbox to a saved review.

    python tests/benchmarks/review.py [--cases 20]

Fills a throw-away database through the real actions with cases that have photos (half of them ordinary, half flagged,
by different rules), starts `manage.py serve`, and plays the keys in a real Chromium. A case counts only if the photo
from before and the newest were really shown and the review is in the database; otherwise it ends with exit code 1.
Seconds are the machine's, page loads included: what a person needs to look and think comes on top.
"""

import argparse
import datetime
import multiprocessing
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

CLINICIAN, PASSWORD = "cara@demo.example", "afterglow-demo"
MOST = {"ordinary": 3, "flagged": 6}  # keys
# What an otherwise calm course says on its last day for different rules to speak up.
FLAGGED = [
    {"redness": 2},
    {"signs": ["pus"]},
    {"signs": ["yellow_crust"]},
    {"worried": True},
    {"dryness": 4},
    {"temperature_c": "38.4"},
    {"signs": ["hives"]},
    {"signs": ["breathing_trouble"]},
    {"signs": ["cold_sore"]},
    {"signs": ["raised_scar"]},
]
# The list has come to rest with a line in hand; where no flag is left, its own line has nothing.
IN_HAND = "html[data-keys] [data-open]:focus, html[data-keys] .empty"
SHOWN = """() => [...document.querySelectorAll('.then-and-now img')].filter((one) => {
    const box = one.getBoundingClientRect();
    return one.complete && one.naturalWidth > 0 && box.top >= 0 && box.bottom <= innerHeight;
}).length >= 2"""


@dataclass
class Played:
    """One case: its kind, what it was about, and what it took."""

    kind: str
    about: str
    keys: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20)
    each = parser.parse_args().cases // 2
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/review.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in this thread
            "AFTERGLOW_DEMO": "1",  # static files from where they lie, and nobody's second factor
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        # In a process of its own: drawing photos grows it.
        filling = multiprocessing.get_context("spawn").Process(target=fill, args=(each,))
        filling.start()
        filling.join()
        if filling.exitcode:
            sys.exit("the database could not be filled")
        sys.exit(tell(play(each, Path(folder, "log"))))


def play(each: int, log: Path) -> list[Played]:
    import django

    django.setup()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"http://localhost:{probe.getsockname()[1]}"
    command = [sys.executable, "manage.py", "serve", "--port", address.rsplit(":", 1)[1]]
    with log.open("w") as said:
        server = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
    try:
        wait_for(address)
        with sync_playwright() as playwright:
            chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
            root = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-gpu", *root])
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            sign_in(page, address)
            played = [ordinary(page, address) for _case in range(each)]
            played += [flagged(page, address, "123456"[number % 6]) for number in range(each)]
            browser.close()
            return played
    finally:
        server.terminate()
        server.wait()


def wait_for(address: str) -> None:
    for _try in range(100):
        with suppress(OSError):
            urllib.request.urlopen(address + "/healthz", timeout=5).close()
            return
        time.sleep(0.2)
    sys.exit("the server did not come up")


def sign_in(page: Page, address: str) -> None:
    page.goto(address + "/accounts/login/")
    page.fill("[name=login]", CLINICIAN)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/")


def ordinary(page: Page, address: str) -> Played:
    """Open the timeline that has waited longest, and mark it as seen."""
    from journal.models import Look

    before = Look.objects.count()
    about, keys, seconds = played(page, address, ["s"], "Marked as seen.", shown="8")
    if Look.objects.count() != before + 1:
        sys.exit(f"the look at {about} was not saved")
    return Played("ordinary", about, keys, seconds)


def flagged(page: Page, address: str, outcome: str) -> Played:
    """Open the flag that waits most, and close it with an outcome and whether it was useful."""
    from journal.models import Flag, Review

    flag = Flag.objects.live().by_urgency()[0]
    about, keys, seconds = played(page, address, [outcome, "y", "Enter"], ": closed (")
    if not Review.objects.filter(flag=flag, state="closed", useful="yes").exists():
        sys.exit(f"the review of {about} was not saved")
    return Played("flagged", f"{flag.rule} {about}", keys, seconds)


def played(page: Page, address: str, keys: list[str], done: str, shown: str = "") -> tuple[str, int, float]:
    """From the inbox as it opens: the key of a list, if any, Enter on the focused line, photos shown, the keys, and
    the word that it was saved. Who, presses, seconds."""
    page.goto(f"{address}/inbox/")
    page.locator(IN_HAND).wait_for()
    began = time.perf_counter()
    if shown:
        page.keyboard.press(shown)
        page.wait_for_url("**/inbox/?show=*")
        page.locator(IN_HAND).wait_for()
    about = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/inbox/" not in address)
    page.wait_for_function(SHOWN)
    page.locator("html[data-keys=all]").wait_for()  # keys that save wait a moment
    for key in keys:
        page.keyboard.press(key)
    page.locator(".message").get_by_text(done).wait_for()
    return about, len(shown) + 1 + len(keys), time.perf_counter() - began


def tell(cases: list[Played]) -> int:
    print("kind      case                          keys  seconds")
    for case in cases:
        print(f"{case.kind:9} {case.about:30}{case.keys:>4}{case.seconds:>9.2f}")
    for kind, most in MOST.items():
        mine = [case for case in cases if case.kind == kind]
        keys, seconds = [case.keys for case in mine], [case.seconds for case in mine]
        middle = f"{statistics.median(keys):.0f} keys, {statistics.median(seconds):.2f} s"
        print(f"{kind}: median {middle}, slowest {max(seconds):.2f} s, most keys {max(keys)} (at most {most})")
    return int(any(case.keys > MOST[case.kind] for case in cases))


def fill(each: int) -> None:
    """Patients whose newest photo, photo from before and last session can be held against each other."""
    import django

    django.setup()
    from django.utils import timezone

    from accounts.models import User
    from journal.management.demo import _clinic

    clinic = _clinic("Twenty Cases Clinic", "0000")
    User.objects.create_user(CLINICIAN, PASSWORD, role="clinician", clinic=clinic, first_name="Cara")
    for number in range(each):
        course(clinic, f"Ordinary {number + 1}", number, {}, timezone.now())
    for number in range(each):
        course(clinic, f"Flagged {number + 1}", each + number, FLAGGED[number % len(FLAGGED)], timezone.now())


def course(clinic, name: str, number: int, said: dict, now: datetime.datetime) -> None:
    """A calm week after an earlier session that was looked at; `said` on its last day."""
    from accounts.models import User
    from journal.actions import looks, people, treatments

    cara = User.objects.get(email=CLINICIAN)
    patient = people.create_patient(
        clinic=clinic, name=name, birth_year=1990, phone="+44 7700 900100", language="en", by=cara, at=now
    )
    token = people.invite(patient=patient, by=cara, at=now)
    user = people.accept(token=token, email=f"p{number}@demo.example", password=PASSWORD, photos=True, at=now)
    today = now.astimezone(clinic.zone).date()
    for session, days_ago in ((1, 50), (2, 8)):
        fields = {
            "treated_on": today - datetime.timedelta(days=days_ago),
            "time_zone": clinic.time_zone,
            "areas": ["face"],
            "session_number": session,
        }
        treatment = treatments.record(patient=patient, fields=fields, by=cara, at=now)
        write(treatment, number, session, said if session == 2 else {}, user, cara, now)
        if session == 1:
            looks.look(treatment=treatment, seen_to=now, by=cara, at=now)


def write(treatment, number: int, session: int, said: dict, user, cara, now: datetime.datetime) -> None:
    import uuid

    from journal.actions import entries, photos
    from journal.actions.photos import NewPhoto
    from journal.demo_photos import photo
    from journal.models.photo import View
    from journal.photos import clean

    def shot(day: int, redness: int) -> NewPhoto:
        return NewPhoto("face", clean(photo(number, 3 + number % 6, redness, 1, day, session)), View.LEFT)

    days = [0, 2, 4, 6, 8]
    photos.add(treatment=treatment, on=treatment.treated_on, photos=[shot(-1, 0)], by=cara, at=now, baseline=True)
    for day in days:
        calm = {"redness": max(0, 2 - day // 2), "dryness": 1 if day < 5 else 0, "tightness": 0, "itch": 0, "signs": []}
        answers = {**calm, **(said if day == days[-1] else {})}
        taken = [shot(day, calm["redness"])] if day == days[-1] else []
        on = treatment.date_of(day)
        entries.save(treatment=treatment, on=on, answers=answers, photos=taken, client_id=uuid.uuid4(), by=user, at=now)


if __name__ == "__main__":
    main()
