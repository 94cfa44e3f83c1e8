"""Courses as small tables. A dot is an unanswered question, ? is "I can't tell", - is "none of these" signs."""

from journal import protocols
from journal.recovery.assess import assess
from journal.recovery.course import Course, Reading
from journal.recovery.scale import QUESTIONS, SIGNS

PROTOCOL = protocols.load(protocols.CURRENT)


def course(table, **about):
    """
    day redness itch signs         temperature worried
      3       2    . pus,warmth    38.2        yes
    """
    header, *rows = [line.split() for line in table.strip().splitlines()]
    readings = [_reading(dict(zip(header, row, strict=True))) for row in rows]
    about = {key: frozenset(value) if isinstance(value, list) else value for key, value in about.items()}
    return Course(readings=tuple(readings), **{"areas": frozenset({"face"}), **about})


def _reading(cells):
    said = {key: cell for key, cell in cells.items() if cell != "."}
    signs = frozenset(said.get("signs", "-").split(",")) - {"-"}
    assert signs <= SIGNS.keys()
    return Reading(
        day=int(said["day"]),
        scores={question: int(said[question]) for question in QUESTIONS if said.get(question, "?") != "?"},
        cant_tell=said.get("redness") == "?",
        signs=signs,
        signs_answered="signs" in said,
        temperature_c=float(said["temperature"]) if "temperature" in said else None,
        worried="worried" in said,
    )


def found(table, **about):
    """Findings by day."""
    return assess(course(table, **about), PROTOCOL)


def fired(table, **about):
    """Rule codes and tiers of the last day, the most urgent first."""
    *_, findings = found(table, **about).values()
    return {finding.rule: finding.tier.text for finding in findings}


def on(day, signs="-", **about):
    """Rule codes and tiers for a day on which only signs (or nothing) were ticked."""
    return fired(f"day signs\n{day} {signs}", **about)
