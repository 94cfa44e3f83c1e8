"""How long it takes to assess a course, and how that compares with plain Python (`plain`) in the same run.

    python tests/benchmarks/assess.py [--courses 1000 10000 100000] [--rounds 3]

CPU time of this process, median over the rounds, the two in turn. Making up the courses is not timed.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from journal import protocols
from journal.recovery.assess import assess
from tests.benchmarks import plain
from tests.benchmarks.courses import ENTRIES, courses

STEP = 100  # courses in memory at a time
FLAT = 1.1  # how much more a course may cost among many than among few
LINE = "{:>9} {:>10} {:>9} {:>9} {:>13} {:>8} {:>8} {:>8}"

PROTOCOL = protocols.load(protocols.CURRENT)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--courses", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{PROTOCOL.version}: {len(PROTOCOL.rules)} rules; the floor: {len(plain.RULES)} rules")
    print("microseconds of CPU, by courses of", ENTRIES, "entries\n")
    print(LINE.format("courses", "entries", "a course", "an entry", "a rule+entry", "floor", "x floor", "peak MB"))
    costs = []
    for size in options.courses:
        ours, floor = times(size, options.rounds)
        entries = size * ENTRIES
        each, least = ours / entries / len(PROTOCOL.rules), floor / entries / len(plain.RULES)
        costs.append(each / least)
        figures = (f"{ours / size:.1f}", f"{ours / entries:.2f}", f"{each:.4f}", f"{least:.4f}", f"{each / least:.2f}")
        print(LINE.format(f"{size:,}", f"{entries:,}", *figures, f"{peak_memory():.0f}"), flush=True)
    # By the floor, which knows nothing of other courses: so a machine that slows down meanwhile does not count.
    spread = max(costs) / min(costs)
    print(
        f"\n{'flat' if spread <= FLAT else 'NOT flat'} per course: the dearest size is {spread:.2f} times the cheapest"
    )


def times(size: int, rounds: int) -> tuple[float, float]:
    """Microseconds for so many courses, ours and the floor's."""
    ours, floor = [0.0] * rounds, [0.0] * rounds
    for turn in range(rounds):
        for number, some in enumerate(courses(0, size, STEP)):
            entries = [plain.entries(course) for course in some]
            works = [(ours, _assess, some), (floor, plain.judge, entries)]
            for spent, work, on in works if (turn + number) % 2 else reversed(works):
                spent[turn] += microseconds(work, on)
    return median(ours), median(floor)


def _assess(course: Any) -> object:
    return assess(course, PROTOCOL)


def microseconds(work: Callable[[Any], object], courses: Iterable[Any]) -> float:
    start = time.process_time()
    for course in courses:
        work(course)
    return (time.process_time() - start) * 1e6


def peak_memory() -> float:
    """Of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
