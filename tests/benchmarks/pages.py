"""One world, asked for pages by `growth`: a line in names a page, a line out says what it took.

Import it when Django is set up.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Patient, SearchKey, User
from journal.models import Flag, Treatment
from tests.benchmarks.worlds import COMMON, RARE
from tests.conftest import give_second_factor

WHO = "cara0@made-up.example"
LISTS = ("mine", "new", "waiting", "calls", "messages", "silent", "unflagged")


def main() -> None:
    browser, pages = signed_in(), addresses()
    print(json.dumps(list(pages)), flush=True)
    for line in sys.stdin:
        name, what = json.loads(line)
        path, words = pages[name]
        if browser.session.get("patient_search", "") != words:
            browser.post(reverse("journal:patients"), {"q": words})
        print(json.dumps(timed(browser, path) if what == "time" else counted(browser, path)), flush=True)


def signed_in() -> Client:
    user, browser = User.objects.get(email=WHO), Client()
    browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    give_second_factor(browser, user)
    return browser


def timed(browser: Client, path: str) -> dict[str, float]:
    """Milliseconds of one answer, by the clock and of processors."""
    clock, spent = time.perf_counter(), processors()
    page = browser.get(path)
    taken = {"ms": (time.perf_counter() - clock) * 1000, "cpu_ms": (processors() - spent) * 1000}
    if page.status_code != 200:
        sys.exit(f"{path} answered {page.status_code}")
    return taken


def processors() -> float:
    """Seconds that this process has worked, and the database server for it."""
    server = 0.0
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
        server = int(told.split()[0]) / 1e9
    return time.process_time() + server


def counted(browser: Client, path: str) -> dict[str, int]:
    """How many queries an answer takes; the fewer of two, because each minute one request writes the visit down."""
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browser.get(path)
        counts.append(len(queries))
    return {"queries": min(counts)}


def addresses() -> Mapping[str, tuple[str, str]]:
    """Pages by name: where, and what was searched for before."""
    me = User.objects.get(email=WHO)
    return {name: (path, "") for name, path in lists(me)} | dict(searches(me)) | dict(records(me))


def lists(me: User) -> Iterator[tuple[str, str]]:
    inbox, everybody = reverse("journal:inbox"), reverse("journal:patients")
    patients = Patient.objects.visible_to(me).order_by("name", "id")
    yield "inbox", inbox
    yield "inbox, second page", f"{inbox}?after={Flag.objects.inbox_of(me)[49].pk}"
    for name in LISTS:
        yield f"inbox: {name}", f"{inbox}?show={name}"
    yield "patients", everybody
    yield "patients, from the middle", f"{everybody}?after={patients[patients.count() // 2].pk}"


def searches(me: User) -> Iterator[tuple[str, tuple[str, str]]]:
    everybody, rare = reverse("journal:patients"), Patient.objects.visible_to(me).get(name__endswith=RARE)
    typed = {
        "one has it": RARE,
        "two in three have it": COMMON,
        "a letter": COMMON[0],
        "a name many have, a letter one has": f"{COMMON} {RARE[0]}",
        "nobody": "Nobody Whatsoever",
        "phone number": rare.phone,
    }
    for name, words in typed.items():
        yield f"search: {name}", (everybody, words)
    last = SearchKey.objects.visible_to(me).matching(COMMON)[49]
    yield "search, second page", (f"{everybody}?after={last.patient_id}", COMMON)


def records(me: User) -> Iterator[tuple[str, tuple[str, str]]]:
    flag, calm = Flag.objects.inbox_of(me)[3], Treatment.objects.unflagged_of(me)[3]  # the same in every world
    yield "flag", (reverse("journal:flag", args=[flag.pk]), "")
    yield "review", (reverse("journal:review", args=[calm.pk]), "")
    yield "timeline", (reverse("journal:timeline", args=[flag.treatment_id]), "")
    yield "patient", (reverse("journal:patient", args=[flag.treatment.patient_id]), "")
    yield "messages", (reverse("journal:patient_messages", args=[flag.treatment.patient_id]), "")
    yield "yield", (reverse("journal:clinic_yield"), "")
