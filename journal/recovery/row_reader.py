"""What every row of a document says of itself, read once for all kinds of rows."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .document import Spot
from .rows import Statement

ROW_KEYS = ("says", "kind", "basis", "choice")
KINDS = ("stated", "read", "assumed")

Statements = Mapping[str, Statement]


def read_row(spot: Spot, said: Statements) -> dict[str, Any]:
    """The fields of `Row`."""
    cited = spot["says"].choices(said, "statement")
    if not cited:
        spot.complain("names no statement of a source")
    return {
        "says": tuple(said[code] for code in cited if code in said),
        "kind": spot["kind"].choice(KINDS, "kind"),
        "basis": spot["basis"].text(600),
        "choice": spot["choice"].text(600) if spot.has("choice") else "",
    }


def no_doubles(spot: Spot, codes: list[str]) -> None:
    for code in sorted(code for code, times in Counter(codes).items() if times > 1):
        spot.complain(f"{code} is there twice")
