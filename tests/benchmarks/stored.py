"""How long `manage.py reassess` takes on a full database, and whether its memory grows with it.

    python tests/benchmarks/stored.py [--entries 1000000]

Fills a throw-away SQLite file and runs the command in a process of its own when it is empty, and at 10, 50 and
100 % of the entries. CPU time and peak memory are those of that process, its start included.
"""

import argparse
import multiprocessing
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.courses import ENTRIES

ROOT = Path(__file__).resolve().parents[2]
SHARES = (0, 10, 50, 100)  # percent
FLAT = 1.1  # how much more memory the full database may need than a tenth of it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    wanted = parser.parse_args().entries // ENTRIES
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/stored.sqlite3",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        run("migrate", "--verbosity=0")
        print("entries      CPU s     s per million     peak MB")
        peaks, there = {}, 0
        for share in SHARES:
            goal = wanted * share // 100
            filled(there, goal)
            there = goal
            spent, peaks[share] = run("reassess")
            each = f"{spent / (there * ENTRIES) * 1e6:.2f}" if there else "-"
            print(f"{there * ENTRIES:<12,} {spent:<9.2f} {each:<17} {peaks[share]:.0f}", flush=True)
    growth = peaks[100] / peaks[10]
    print(f"memory: {'flat' if growth <= FLAT else 'NOT flat'}, at 100 % {growth:.2f} times that at 10 %")


def run(*command: str) -> tuple[float, float]:
    """CPU seconds and peak memory in MB of a command, which must succeed."""
    child = subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{command[0]} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def filled(start: int, stop: int) -> None:
    """In another process: the peak of a command counts that of whoever started it, so this one stays small."""
    child = multiprocessing.get_context("spawn").Process(target=fill, args=(start, stop))
    child.start()
    child.join()
    if child.exitcode:
        sys.exit("the database could not be filled")


def fill(start: int, stop: int) -> None:
    import django

    django.setup()
    from tests.benchmarks.storing import store

    store(start, stop)


if __name__ == "__main__":
    main()
