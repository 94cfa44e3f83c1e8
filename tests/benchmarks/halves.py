"""Whether a photo is ever half there: workers are killed while entries with photos are posted to a real server.

    python tests/benchmarks/halves.py [--kills 100]

Starts `manage.py serve` on a throw-away database and folder, posts as a phone's outbox does (again until the answer
comes), kills a random worker with SIGKILL at random moments, and then compares answers, rows and files. Ends with
exit code 1 if an acknowledged photo is missing, double or not whole, or if a sweep an hour later leaves a file over.
"""

import argparse
import datetime
import http.client
import io
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WORKERS, SENDERS, PHOTOS = 3, 4, 2
PAUSE = (0.2, 1.6)  # seconds between two kills: a worker takes about one to start
LARGE = 3_000_000  # bytes: one upload in four waits on the disk while it is read


@dataclass
class Sender:
    """One patient's phone. `acknowledged`: how many photos the server said it keeps, by date."""

    treatment: object
    cookie: str
    acknowledged: dict = field(default_factory=dict)
    tries: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    kills = parser.parse_args().kills
    with tempfile.TemporaryDirectory() as folder:
        waiting = Path(folder, "waiting")
        waiting.mkdir()
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/halves.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TMPDIR": str(waiting),
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        import django

        django.setup()
        senders = people()
        killed = drill(senders, kills)
        sys.exit(0 if compare(senders, killed, waiting) else 1)


def people() -> list[Sender]:
    """Patients with years of days to write, signed in."""
    from django.conf import settings
    from django.test import Client
    from django.utils import timezone

    from accounts.models import Clinic, Patient, User
    from journal.actions import people
    from journal.models import Consent, Treatment

    now = timezone.now()
    clinic = Clinic.objects.create(
        name="Drill", phone="1", duty_email="duty@drill.example", urgent_line="1", emergency_number="9"
    )
    senders = []
    for number in range(SENDERS):
        user = User.objects.create_user(f"p{number}@drill.example", secrets.token_urlsafe(), role="patient")
        patient = Patient.objects.create(clinic=clinic, user=user, name="Drill", birth_year=1990, phone="1")
        Consent.objects.create(patient=patient, kind="care", wording="1", given_at=now)
        people.give_photo_consent(patient=patient, at=now)
        treatment = Treatment.objects.create(
            patient=patient,
            treated_on=now.date() - datetime.timedelta(days=1000),
            time_zone="UTC",
            areas=["face"],
            recorded_at=now,
            recorded_by=user,
        )
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        senders.append(Sender(treatment, f"{settings.SESSION_COOKIE_NAME}={session}"))
    return senders


def drill(senders: list[Sender], kills: int) -> int:
    """Post and kill; how many workers died."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with open(Path(os.environ["TMPDIR"]).with_name("log"), "w") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    over = threading.Event()
    posting = [threading.Thread(target=post_on, args=(sender, port, over)) for sender in senders]
    try:
        while len(workers(server.pid)) < WORKERS:
            time.sleep(0.1)
        for thread in posting:
            thread.start()
        killed = 0
        while killed < kills:
            time.sleep(random.uniform(*PAUSE))
            killed += kill_one(server.pid)
            if killed % 20 == 0:
                print(f"{killed} killed, {sum(len(sender.acknowledged) for sender in senders)} answered", flush=True)
        return killed
    finally:
        over.set()
        for thread in posting:
            thread.join()
        server.terminate()
        server.wait()


def children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def workers(serve: int) -> list[int]:
    return [worker for gunicorn in children(serve) for worker in children(gunicorn)]


def kill_one(serve: int) -> bool:
    there = workers(serve)
    with suppress(ProcessLookupError):
        if there:
            os.kill(random.choice(there), signal.SIGKILL)
            return True
    return False


def post_on(sender: Sender, port: int, over: threading.Event) -> None:
    """Write one day after the other, each again under the same id until an answer says that it is kept."""
    for day in range(1000):
        if over.is_set():
            return
        on = sender.treatment.date_of(day)
        answers = {"date": on.isoformat(), "client_id": str(uuid.uuid4()), "redness": "1"}
        pictures = [picture(large=random.random() < 0.25) for _photo in range(PHOTOS)]
        while on not in sender.acknowledged and sender.tries["given up"] < 20:
            sender.tries["sent"] += 1
            try:
                status, answer = post(sender.cookie, port, answers, pictures)
            except (OSError, http.client.HTTPException):
                sender.tries["no answer"] += 1
                time.sleep(0.2)
                continue
            sender.tries[status] += 1
            if status in (200, 201):
                sender.acknowledged[on] = PHOTOS - len(answer["photos_refused"])
                sender.refused.update(answer["photos_refused"])
            elif status != 500:  # a database that a killed worker had locked may fail once
                sender.tries["given up"] += 1


def post(cookie: str, port: int, answers: dict, pictures: list[bytes]) -> tuple[int, dict]:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    sent = answers | {"photos": [SimpleUploadedFile("IMG.jpg", one, "image/jpeg") for one in pictures]}
    csrf = "c" * 32
    headers = {"Cookie": f"{cookie}; csrf={csrf}", "X-CSRFToken": csrf, "Accept": "application/json"}
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("POST", "/log/", encode_multipart(BOUNDARY, sent), headers | {"Content-Type": MULTIPART_CONTENT})
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def picture(large: bool) -> bytes:
    """A photo that nobody sent before; bytes after its end make it large and are thrown away by the server."""
    file = io.BytesIO()
    Image.frombytes("RGB", (9, 12), random.randbytes(9 * 12 * 3)).resize((900, 1200)).save(file, "JPEG")
    return file.getvalue() + b"\0" * (LARGE if large else 0)


def compare(senders: list[Sender], killed: int, waiting: Path) -> bool:
    """Print what became of it all; whether every promise was kept."""
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from journal.actions import damage, orphans
    from journal.actions.photos import path_of
    from journal.models import Photo
    from journal.photos import SIZES

    def lying() -> set[str]:
        media = Path(default_storage.path(""))
        return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}

    tries = sum((sender.tries for sender in senders), Counter())
    there = Counter(Photo.objects.values_list("treatment", "on"))
    rows = list(Photo.objects.all())
    promised = {(sender.treatment.pk, on): kept for sender in senders for on, kept in sender.acknowledged.items()}
    missing = sum(max(0, kept - there[day]) for day, kept in promised.items())
    doubles = sum(max(0, kept - PHOTOS) for kept in there.values())
    not_whole = 0
    for row in rows:
        for size in SIZES:
            try:
                damage.read(row, size)
            except (damage.Damaged, damage.Unreadable):
                not_whole += 1
    named = {path_of(row.token, size) for row in rows for size in SIZES}
    left = lying() - named
    swept = orphans.sweep(at=timezone.now() + orphans.OLD + datetime.timedelta(minutes=1))
    over = lying() - named
    print(f"{killed} workers killed; answers by status: {dict(tries)}")
    for why, times in sum((sender.refused for sender in senders), Counter()).items():
        print(f"refused {times} times: {why}")
    print(f"{len(promised)} entries acknowledged with {sum(promised.values())} photos; {len(rows)} rows")
    print(f"acknowledged and missing: {missing}, doubles: {doubles}, sizes not whole: {not_whole}")
    print(f"files without a row: {len(left)}, unfinished among them: {sum(name.endswith('.part') for name in left)}")
    print(f"uploads left in the folder where they wait: {len([path for path in waiting.rglob('*') if path.is_file()])}")
    print(f"swept an hour later: {swept.removed}, left over: {len(over)}")
    return not (missing or doubles or not_whole or over or tries["given up"])


if __name__ == "__main__":
    main()
