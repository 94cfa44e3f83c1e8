"""Courses as readable tables, put in through the real action; pictures that are values; pages as words."""

import datetime
import html
import re
import uuid

from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.actions import entries
from journal.actions.photos import NewPhoto
from journal.likeness import Measures
from journal.photos import SIZES, Cleaned
from journal.recovery.scale import CANT_TELL, QUESTIONS
from tests.photos.pictures import encoded, plain

EVENING = datetime.time(20)


def log(treatment, table, *, by=None, at=None):
    """Save a table, a row a submission, and return the last entry.

    A dot is an unanswered question, ? is "can't tell", - is "none of these" signs. Each row is sent on the
    evening of its own day unless `at` says when.

    day redness itch signs         temperature worried
      3       2    . pus,warmth    38.2        yes
    """
    header, *rows = [line.split() for line in table.strip().splitlines()]
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        on = treatment.date_of(int(cells.pop("day")))
        sent = at or datetime.datetime.combine(on, EVENING, treatment.zone)
        saved = entries.save(
            treatment=treatment,
            on=on,
            answers=answers(cells),
            client_id=uuid.uuid4(),
            by=by or treatment.patient.user,
            at=sent,
        )
    return saved.entry


def answers(cells):
    """The cells of a row as `entries.save` takes them."""
    said = {name: cell for name, cell in cells.items() if cell != "."}
    read = {name: int(said[name]) for name in QUESTIONS if said.get(name, "?") != "?"}
    if said.get("redness") == "?":
        read["redness"] = CANT_TELL
    if "signs" in said:
        read["signs"] = sorted(set(said["signs"].split(",")) - {"-"})
    if "temperature" in said:
        read["temperature_c"] = said["temperature"]
    return read | ({"worried": True} if "worried" in said else {})


ALIKE = Measures(sharpness=1.0, brightness=180.0, warmth=0.3, burnt=0.0, brightest=220.0)


def picture(name, area="face", view="", measures=ALIKE):
    """A cleaned picture with bytes of its own, for tests that look at what is kept and not at pixels."""
    pixels = {size: f"{name} at {size}".encode() for size in SIZES}
    return NewPhoto(area, Cleaned(400, 300, pixels, measures), view)


def jpeg(shade=100, name="skin.jpg"):
    """A small real photo, as a browser sends it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, encoded(plain((shade, 120, 100), (640, 480))), "image/jpeg")


def files_kept():
    """Names of all files that lie in the storage."""
    found, folders = set(), [""]
    while folders:
        folder = folders.pop()
        if folder and not default_storage.exists(folder):
            continue
        try:
            below, files = default_storage.listdir(folder or ".")
        except FileNotFoundError:
            continue
        found |= {f"{folder}{name}" for name in files}
        folders += [f"{folder}{name}/" for name in below]
    return found


def posted(treatment, day, **fields):
    """What the form sends for a day."""
    return {"date": treatment.date_of(day).isoformat(), "client_id": str(uuid.uuid4()), **fields}


def asked(browser, address):
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def words(response):
    """What a page says, in one line and without its markup."""
    inside = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inside)).split())


def stop_clock_on(monkeypatch, start, day):
    """From here on it is noon in London in summer, so many days after a date."""
    noon = datetime.datetime.combine(start, datetime.time(11), datetime.UTC)
    stop_clock(monkeypatch, noon + datetime.timedelta(days=day))


def stop_clock(monkeypatch, moment):
    """From here on it is `moment` (aware) for every view and command."""
    monkeypatch.setattr(timezone, "now", lambda: moment)
