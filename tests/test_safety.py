"""The hazard log holds: each control names what shows it, and what it names is there."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
LOG = (DOCS / "safety.md").read_text()
# What may stand below a control, and the names in it that can be looked up.
SHOWN_BY = {
    "Test": r"`(tests/[^`]+::\w+)`",
    "Page": r"`(/[^`]*|templates/[^`]+)`",
    "Document": r"`(docs/[^`]+)`",
    "Not built yet": r"\[(G-\d\d)\]",
}
# What stands for the part of an address that differs.
PLACES = {"ID": "00000000-0000-0000-0000-000000000000", "TOKEN": "a-token", "YYYY-MM-DD": "2026-05-09"}
RISK = re.compile(r"^\| (?:Before|With) controls \| severity ([1-5]), likelihood ([1-5]), risk (.+) \|$", re.MULTILINE)
CONTROL = re.compile(r"^\d+\. (.+)\n((?: +- .+\n)*)", re.MULTILINE)
GAP = re.compile(r"^\| (G-\d\d) \| .+ \| (.+) \| (.*) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Hazard:
    code: str
    title: str
    text: str

    @property
    def controls(self):
        """Each with the lines below it."""
        return [(control, re.findall(r"- (.+)", lines)) for control, lines in CONTROL.findall(self.text)]

    @property
    def gaps(self):
        return set(re.findall(r"- Not built yet: \[(G-\d\d)\]", self.text))

    @property
    def risks(self):
        """Before controls and with them: severity times likelihood, and how the log writes it."""
        return [(int(severity) * int(often), written) for severity, often, written in RISK.findall(self.text)]


def section(log, title):
    return log.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0] + "\n"


def hazards(log):
    parts = re.split(r"^### ", section(log, "The log"), flags=re.MULTILINE)[1:]
    return [Hazard(*part.split("\n", 1)[0].split(" ", 1), part) for part in parts]


def gaps(log):
    """By number: which hazards it concerns, and who takes it up."""
    return {number: (concerns, taken_up) for number, concerns, taken_up in GAP.findall(section(log, "Open gaps"))}


@cache
def defined_in(path):
    """Names of the tests in a file; none where there is no file."""
    file = ROOT / path
    body = ast.parse(file.read_text()).body if file.is_file() else []
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def is_page(address):
    for place, sample in PLACES.items():
        address = address.replace(f"/{place}/", f"/{sample}/")
    try:
        return bool(resolve(address))
    except Resolver404:
        return False


def is_there(name, log):
    if "::" in name:
        path, test = name.split("::")
        return test in defined_in(path)
    if name.startswith("/"):
        return is_page(name)
    return name in gaps(log) if name.startswith("G-") else (ROOT / name).is_file()


def word_for(risk):
    return "low" if risk <= 4 else "medium" if risk <= 9 else "high"


def complaints(log):
    for hazard in hazards(log):
        for complaint in (*of_controls(hazard, log), *of_risks(hazard, log)):
            yield f"{hazard.code}: {complaint}"
    yield from of_gaps(log)


def of_controls(hazard, log):
    if not hazard.controls:
        yield "no control"
    for control, lines in hazard.controls:
        if not lines:
            yield f"nothing shows: {control}"
        for line in lines:
            names = re.findall(SHOWN_BY.get(line.partition(":")[0], "(?!)"), line)
            yield from [f"is not there: {name}" for name in names if not is_there(name, log)]
            if not names:
                yield f"names nothing: {line}"


def of_risks(hazard, log):
    if len(hazard.risks) != 2:
        yield "wants a risk before controls and one with them"
        return
    for risk, written in hazard.risks:
        if written != f"{risk} {word_for(risk)}":
            yield f"{written} should be {risk} {word_for(risk)}"
    (before, _), (now, written) = hazard.risks
    if now > before:
        yield "controls make it worse"
    if word_for(now) == "high" and not hazard.gaps:
        yield "high, and no gap says what is missing"
    line = f"| {hazard.title} | {before} {word_for(before)} | {written} | {', '.join(sorted(hazard.gaps))} |"
    if line not in log:
        yield "the list at the top says something else"


def of_gaps(log):
    for number, (concerns, taken_up) in gaps(log).items():
        named = {hazard.code for hazard in hazards(log) if number in hazard.gaps}
        if concerns != "all" and set(concerns.split()) != named:
            yield f"{number}: concerns {concerns}, but {' '.join(sorted(named))} name it"
        if not taken_up:
            yield f"{number}: nobody is said to take it up"


def test_every_control_names_what_shows_it_and_it_is_there():
    assert list(complaints(LOG)) == []


@pytest.mark.parametrize(
    ("written", "instead", "complaint"),
    [
        (
            "::test_a_case`",
            "::test_no_such_thing`",
            "is not there: tests/recovery/test_casebank.py::test_no_such_thing",
        ),
        ("`tests/test_doors.py::", "`tests/test_windows.py::", "is not there: tests/test_windows.py::"),
        ("`/clinic/`", "`/cellar/`", "is not there: /cellar/"),
        ("`templates/404.html`", "`templates/405.html`", "is not there: templates/405.html"),
        ("`docs/protocol.md`", "`docs/prototype.md`", "is not there: docs/prototype.md"),
        ("[G-18](", "[G-99](", "is not there: G-99"),
        ("Test: [`tests/test_doors.py::", "Trust us: [`tests/test_doors.py::", "names nothing: Trust us"),
        (
            "   - Test: [`tests/recovery/test_casebank.py::test_a_case`](../tests/recovery/test_casebank.py)\n",
            "",
            "nothing shows:",
        ),
        ("risk 16 high", "risk 12 high", "12 high should be 16 high"),
        ("likelihood 2, risk 8 medium", "likelihood 5, risk 20 high", "controls make it worse"),
        (
            "   - Not built yet: [G-18](#open-gaps)\n",
            "   - Not built yet: [G-08](#open-gaps)\n",
            "G-18: concerns HZ-03, but  name it",
        ),
        (" | a later issue (languages) |", " |  |", "nobody is said to take it up"),
    ],
)
def test_a_log_that_says_more_than_there_is_is_found_out(written, instead, complaint):
    assert written in LOG
    assert any(complaint in one for one in complaints(LOG.replace(written, instead)))


def test_a_hazard_without_a_control_is_found_out():
    bare = CONTROL.sub("", LOG)
    assert [one for one in complaints(bare) if "no control" in one] == [
        f"{one.code}: no control" for one in hazards(LOG)
    ]


def test_hazards_are_numbered_without_a_hole_and_gaps_in_order():
    assert [one.code for one in hazards(LOG)] == [f"HZ-{n:02}" for n in range(1, len(hazards(LOG)) + 1)]
    numbers = [number for number, *_rest in GAP.findall(section(LOG, "Open gaps"))]
    assert numbers == sorted(set(numbers))


def test_rows_of_a_table_have_as_many_cells_as_its_head():
    rows, cells = [], 0
    for line in LOG.splitlines():
        cells = line.count(" |") if line.startswith("|") and not cells else cells if line.startswith("|") else 0
        rows.append((line, line.count(" |") if line.startswith("| ") else cells, cells))
    assert [line for line, has, wants in rows if has != wants] == []


def test_links_lead_to_what_they_name():
    links = re.findall(r"\[`([^`]+)`\]\(([^)#]+)\)", LOG)
    assert links
    assert [(named, path) for named, path in links if (DOCS / path).resolve() != ROOT / named.split("::")[0]] == []


def test_nobody_uses_it_before_three_have_signed_and_no_risk_is_high():
    status = section(LOG, "Status")
    _header, _rule, *rows = [row.strip("|").split("|") for row in status.splitlines() if row.startswith("|")]
    signed = [name.strip() and date.strip() for _who, _what, name, date in rows]
    high = [hazard.code for hazard in hazards(LOG) if hazard.risks[1][1].endswith("high")]
    assert len(rows) == 3
    assert ("Not for use with patients" in status) == bool(high or not all(signed))
