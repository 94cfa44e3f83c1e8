"""The case bank: courses as small tables, with the tier that each day should have, and how a protocol does on them.

A case is a few `key: text` lines and a table; a row of day and tier alone is a day without an entry. The format is
told in `journal/protocols/cases/README.md`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .assess import tier_of
from .document import Spot
from .notation import Treated, found_in, read_course
from .protocol import Protocol
from .scale import CANT_TELL, QUESTIONS, TIERS, Tier

ABOUT = ("depth", "modality", "areas", "tone", "risks", "as of", "again")
KEYS = ("case", "says", "kind", "from", *ABOUT, "fires", "never")
COLUMNS = ("day", "tier", *QUESTIONS, "signs", "temp", "worried")
EXPECTED = {Tier.NONE.text: Tier.NONE, **TIERS}
CONSTRUCTED = "constructed"


@dataclass(frozen=True, slots=True)
class Case:
    """One course and what should be found in it; days count from the first treatment."""

    name: str
    family: str
    says: str
    ordinary: bool
    sources: tuple[str, ...]  # whose words the course acts out; none: constructed
    treatments: tuple[Treated, ...]
    expected: Mapping[int, Tier]  # by day; a day that is not named should have no finding
    fires: frozenset[str]
    never: frozenset[str]

    @property
    def entries(self) -> int:
        return sum(len(treated.course.readings) for treated in self.treatments)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a protocol did on a case."""

    case: Case
    found: Mapping[int, Tier]  # by day, on every day that is expected to have a tier or has one
    rules: frozenset[str]
    findings: int

    @property
    def complaints(self) -> list[str]:
        """What differs from the case, a sentence for each; none if it passed."""
        expected = self.case.expected
        wrong = [
            f"day {day}: {tier.text} where {expected.get(day, Tier.NONE).text} is expected"
            for day, tier in self.found.items()
            if tier != expected.get(day, Tier.NONE)
        ]
        silent = [f"{rule} does not fire" for rule in sorted(self.case.fires - self.rules)]
        loud = [f"{rule} fires" for rule in sorted(self.case.never & self.rules)]
        return wrong + silent + loud


def judge(case: Case, protocol: Protocol) -> Verdict:
    """A case against a protocol."""
    found = found_in(case.treatments, protocol)
    findings = [finding for of_day in found.values() for _, finding in of_day]
    return Verdict(
        case=case,
        found={
            day: tier_of(finding for _, finding in found.get(day, ()))
            for day in sorted(found.keys() | case.expected.keys())
        },
        rules=frozenset(finding.rule for finding in findings),
        findings=len(findings),
    )


def read(text: str, family: str) -> list[Case]:
    """The cases of one file. Raises Unreadable, each complaint naming the case."""
    top = Spot(None, family)
    cases = [_case(block, family, top) for block in _blocks(text)]
    top.settle()
    return cases


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that stand together, without remarks."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []


def _case(block: list[str], family: str, top: Spot) -> Case:
    start = next((at for at, line in enumerate(block) if line.split()[:2] == ["day", "tier"]), len(block))
    told = {key.strip(): text.strip() for key, _, text in (line.partition(":") for line in block[:start])}
    spot = top.within(f" {told.get('case', block[0])}", told)
    spot.keys(KEYS)
    header, *rows = [line.split() for line in block[start:]] or [[]]
    table = [_row(header, row, spot) for row in rows]
    written = _written(told, [row for row in table if len(row) > 2])
    return Case(
        name=spot["case"].text(80),
        family=family,
        says=spot["says"].text(200),
        ordinary=spot.has("kind") and spot["kind"].choice(["ordinary"], "kind") == "ordinary",
        sources=tuple(code for code in spot["from"].text(80).split() if code != CONSTRUCTED),
        treatments=tuple(read_course(spot.within("", written))),
        expected={
            _number(row["day"]): EXPECTED[spot.within(" tier", row["tier"]).choice(EXPECTED, "tier")] for row in table
        },
        fires=frozenset(told.get("fires", "").split()),
        never=frozenset(told.get("never", "").split()),
    )


def _row(header: list[str], row: list[str], spot: Spot) -> dict[str, str]:
    if not 2 <= len(row) <= len(header) or set(header) - set(COLUMNS):
        spot.complain(f"the row {' '.join(row)!r} does not fit its columns")
        return {"day": "0", "tier": Tier.NONE.text}
    return dict(zip(header, row, strict=False))


def _written(told: Mapping[str, str], rows: list[dict[str, str]]) -> dict[str, Any]:
    """The course as `notation` reads it, which complains of what is wrong."""
    treatment = {
        "areas": told.get("areas", "face").split(),
        "depth_mm": _number(told["depth"]) if "depth" in told else None,
        "modality": told.get("modality"),
    }
    days = [0, *map(_number, told.get("again", "").split())]
    return {
        "treatments": [{"day": day, **treatment} for day in days],
        "skin_tone": _number(told["tone"]) if "tone" in told else None,
        "risk_factors": told.get("risks", "").split(),
        "as_of_day": _number(told["as of"]) if "as of" in told else None,
        "entries": [_entry(row) for row in rows],
    }


def _entry(row: Mapping[str, str]) -> dict[str, Any]:
    said = {column: cell for column, cell in row.items() if cell != "."}
    scores = {question: _score(said[question]) for question in QUESTIONS if question in said}
    return {
        "day": _number(row["day"]),
        **scores,
        "signs": [sign for sign in said.get("signs", "-").split(",") if sign != "-"],
        "signs_answered": "signs" in said,
        "temperature_c": _number(said["temp"]) if "temp" in said else None,
        "worried": said.get("worried") == "yes",
    }


def _score(cell: str) -> Any:
    return CANT_TELL if cell == "?" else _number(cell)


def _number(cell: str) -> Any:
    """A whole number, another number, or the cell as it is for somebody to complain of."""
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
