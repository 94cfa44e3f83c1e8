"""Whether pages take as long for a large clinic as for a small one.

    python tests/benchmarks/growth.py [--patients 1000 100000] [--rounds 15] [--only sqlite] [--keep FOLDER]

Makes worlds of so many patients (`worlds`), of which a fifth is in one clinic, in SQLite and on a throw-away
PostgreSQL server, and asks for the pages of that clinic in turn. Each world has a process of its own. Times are medians
of a whole answer, middlewares included, by the clock and of processors, the database server's included. With --keep the
worlds are used again.
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.clusters import cluster, copy, created

ROOT = Path(__file__).resolve().parents[2]
SET_UP = "import django; django.setup()"
MUST, GOAL = 1.5, 1.2
GROWS = {"yield": "reads all of a year"}  # as it has to
LINE = "{:<44} {:>7} {:>7} {:>6} {:>8} {:>7} {:>6} {:>8}  {}"


class World:
    """A database in a process of its own that answers for pages."""

    def __init__(self, address: str) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": address,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }

    def migrate(self) -> None:
        self._run("manage.py", "migrate", "--verbosity=0")

    def build(self, patients: int) -> None:
        self.migrate()
        self._run("-c", f"{SET_UP}; from tests.benchmarks.worlds import build; build({patients})")

    def _run(self, *command: str) -> None:
        if subprocess.run([sys.executable, *command], cwd=ROOT, env=self.environment).returncode:
            sys.exit("the world could not be made")

    def open(self) -> list[str]:
        """The names of its pages."""
        pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        command = [sys.executable, "-c", f"{SET_UP}; from tests.benchmarks.pages import main; main()"]
        self.child = subprocess.Popen(command, cwd=ROOT, env=self.environment, **pipe)
        return self._heard()

    def ask(self, page: str, what: str) -> dict[str, float]:
        print(json.dumps([page, what]), file=self.child.stdin, flush=True)
        return self._heard()

    def _heard(self):
        line = self.child.stdout.readline()
        return json.loads(line) if line else sys.exit("a world fell silent")

    def close(self) -> None:
        self.child.stdin.close()
        self.child.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, nargs=2, default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--pages", default="", help="only those with this in their name")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that no server and no folder stays behind
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)  # the server's owner goes through it
        for store in [options.only] if options.only else ["sqlite", "postgresql"]:
            with worlds(store, options.patients, folder) as pair:
                compare(store, options.patients, pair, options)


@contextmanager
def worlds(store: str, sizes: Sequence[int], folder: Path) -> Iterator[list[World]]:
    """The two of one kind, made if they are not there yet; PostgreSQL gets the very rows that SQLite has."""
    files = [folder / f"world_{patients}.sqlite3" for patients in sizes]
    for patients, file in zip(sizes, files, strict=True):
        if not file.exists():
            half_made = file.with_suffix(".part")
            half_made.unlink(missing_ok=True)
            World(f"sqlite:///{half_made}").build(patients)
            half_made.rename(file)
    if store == "sqlite":
        yield [World(f"sqlite:///{file}") for file in files]
        return
    with cluster(folder) as server:
        pair = [World(f"{server}/{file.stem}") for file in files]
        for file, world in zip(files, pair, strict=True):
            if created(server, file.stem):
                world.migrate()
                copy(file, f"{server}/{file.stem}")
        yield pair


def compare(store: str, sizes: Sequence[int], pair: Sequence[World], options: argparse.Namespace) -> None:
    few, _many = [world.open() for world in pair]
    pages = [page for page in few if options.pages in page]
    print(f"\n{store}, {sizes[0]:,} and {sizes[1]:,} patients\n")
    print(LINE.format("page", "ms", "ms", "ratio", "CPU ms", "CPU ms", "ratio", "queries", ""), flush=True)
    times = {page: ([], []) for page in pages}
    for turn in range(options.rounds + 1):
        for page in pages:
            for one in [0, 1] if turn % 2 else [1, 0]:
                taken = pair[one].ask(page, "time")
                if turn:  # the first round warms up
                    times[page][one].append(taken)
    for page in pages:
        tell(page, times[page], [int(world.ask(page, "count")["queries"]) for world in pair])
    for world in pair:
        world.close()


def tell(page: str, times: Sequence[Sequence[dict[str, float]]], queries: Sequence[int]) -> None:
    """A line, judged by processors: what else the machine does meanwhile is no fault of a page."""
    cells = []
    for measure in ("ms", "cpu_ms"):
        few, many = (median(taken[measure] for taken in of_world) for of_world in times)
        cells += [f"{few:.1f}", f"{many:.1f}", f"{many / few:.2f}"]
    ratio = many / few
    slow = "" if ratio <= GOAL else "above the goal" if ratio <= MUST else "TOO SLOW"
    kept = "" if queries[0] == queries[1] else f"QUERIES GROW to {queries[1]}"
    said = ", ".join(filter(None, [GROWS.get(page, slow), kept]))
    print(LINE.format(page, *cells, queries[0], said), flush=True)


if __name__ == "__main__":
    main()
