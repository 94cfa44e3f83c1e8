"""Courses as people write them down in JSON, and what was found in them, written back.

A written course may span several treatments. Its days count from the first; each entry belongs to the latest
treatment on or before its day, and before the first it is a baseline of the first.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from .assess import assess, tier_of
from .course import Course, Finding, Reading
from .document import Spot
from .protocol import Protocol
from .scale import AREAS, CANT_TELL, MAY_BE_UNCLEAR, MODALITIES, QUESTIONS, RISK_FACTORS, SIGNS, Tier
from .wording import message, why

EARLIEST, LATEST = -3650, 3650  # days that can be written
COURSE_KEYS = ("treatments", "skin_tone", "risk_factors", "as_of_day", "entries")
TREATMENT_KEYS = ("day", "areas", "depth_mm", "modality")
ENTRY_KEYS = ("day", *QUESTIONS, "signs", "signs_answered", "temperature_c", "worried", "note")


@dataclass(frozen=True, slots=True)
class Treated:
    """The course of one treatment, and on which written day that treatment was."""

    on_day: int
    course: Course


def read_courses(document: Any) -> list[list[Treated]]:
    """For each written course its treatments, earliest first. Raises Unreadable."""
    spot = Spot(document, "courses" if isinstance(document, list) else "course")
    courses = [read_course(row) for row in (spot.rows() if isinstance(document, list) else [spot])]
    spot.settle()
    return courses


def found_in(treatments: Iterable[Treated], protocol: Protocol) -> dict[int, list[tuple[int, Finding]]]:
    """By written day: the findings, each with the written day of its treatment."""
    return {
        day + treated.on_day: [(treated.on_day, finding) for finding in findings]
        for treated in treatments
        for day, findings in assess(treated.course, protocol).items()
    }


def write(treatments: Iterable[Treated], protocol: Protocol) -> dict[str, Any]:
    """What was found in a written course, on its own days, in English and with neutral names."""
    found = found_in(treatments, protocol)
    tiers = {day: tier_of(finding for _, finding in findings) for day, findings in sorted(found.items())}
    return {
        "protocol": protocol.version,
        "tier": max(tiers.values(), default=Tier.NONE).text,
        "first_contact_day": next((day for day, tier in tiers.items() if tier >= Tier.CONTACT), None),
        "days": [
            {
                "day": day,
                "tier": tier.text,
                "findings": [_write(*finding, protocol) for finding in found[day]],
            }
            for day, tier in tiers.items()
        ],
    }


def _write(on_day: int, finding: Finding, protocol: Protocol) -> dict[str, Any]:
    cited = protocol.rule(finding.rule).sources
    return {
        "rule": finding.rule,
        "protocol": finding.protocol,
        "treatment_day": on_day,  # `why` and `values` count their days from it
        "tier": finding.tier.text,
        "days": [day + on_day for day in finding.days],
        "values": finding.values,
        "why": why(finding, protocol),
        "message": message(finding, protocol, {}),
        "sources": [protocol.sources[code].citation for code in cited],
    }


def read_course(spot: Spot) -> list[Treated]:
    """The treatments of one written course, earliest first. What is wrong goes to the complaints of `spot`."""
    if not spot.keys(COURSE_KEYS):
        return []
    tone = spot["skin_tone"].whole(1, 10) if spot.has("skin_tone") else None
    as_of = spot["as_of_day"].whole(EARLIEST, LATEST) if spot.has("as_of_day") else None
    risks = frozenset(spot["risk_factors"].choices(RISK_FACTORS, "risk factor"))
    entries = [_entry(row) for row in spot["entries"].rows()]
    treatments = _treatments(spot["treatments"])
    later = [on_day for on_day, _ in treatments[1:]]
    of_treatment: list[list[Reading]] = [[] for _ in treatments]
    for entry in entries if of_treatment else ():
        of_treatment[bisect_right(later, entry.day)].append(entry)
    return [
        Treated(
            on_day,
            replace(
                course,
                readings=_readings(mine, on_day),
                skin_tone=tone,
                risk_factors=risks,
                # A treatment is waited for until the next one.
                as_of_day=None if as_of is None else min(as_of, following - 1) - on_day,
            ),
        )
        for (on_day, course), mine, following in zip(treatments, of_treatment, [*later, LATEST + 1], strict=False)
    ]


def _readings(entries: Iterable[Reading], on_day: int) -> tuple[Reading, ...]:
    """By the days of a treatment and one for each, from entries in the order in which they were submitted."""
    by_day: dict[int, Reading] = {}
    for entry in entries:
        earlier = by_day.get(entry.day)
        by_day[entry.day] = corrected(earlier, entry) if earlier else entry
    return tuple(replace(by_day[day], day=day - on_day) for day in sorted(by_day))


def _treatments(spot: Spot) -> list[tuple[int, Course]]:
    """Day and kind of each treatment, earliest first, without readings yet."""
    treatments = sorted((_treatment(row) for row in spot.rows()), key=lambda treatment: treatment[0])
    days = [day for day, _ in treatments]
    if isinstance(spot.value, list) and (days[:1] != [0] or len(set(days)) < len(days)):
        spot.complain("must hold one on day 0, none before it, and no two on one day")
    return treatments


def _treatment(spot: Spot) -> tuple[int, Course]:
    spot.keys(TREATMENT_KEYS)
    course = Course(
        readings=(),
        areas=frozenset(spot["areas"].choices(AREAS, "area")),
        depth_mm=spot["depth_mm"].number(0, 10) if spot.has("depth_mm") else None,
        modality=spot["modality"].choice(MODALITIES, "modality") if spot.has("modality") else "microneedling",
    )
    return spot["day"].whole(0, LATEST), course


def _entry(spot: Spot) -> Reading:
    spot.keys(ENTRY_KEYS)
    scores = {question: _score(spot[question], question) for question in QUESTIONS if spot.has(question)}
    signs = frozenset(spot["signs"].choices(SIGNS, "sign"))
    if spot.has("note") and not isinstance(spot["note"].value, str):
        spot["note"].complain("must be text or null")
    return Reading(
        day=spot["day"].whole(EARLIEST, LATEST),
        scores={question: score for question, score in scores.items() if score is not None},
        cant_tell=spot[MAY_BE_UNCLEAR].value == CANT_TELL,
        signs=signs,
        # A ticked sign counts, whatever is said of the list.
        signs_answered=spot["signs_answered"].flag() or bool(signs),
        temperature_c=spot["temperature_c"].number(34, 43) if spot.has("temperature_c") else None,
        worried=spot["worried"].flag(),
    )


def _score(spot: Spot, question: str) -> int | None:
    """None for "can't tell", which only one question may be answered with."""
    if question == MAY_BE_UNCLEAR and spot.value == CANT_TELL:
        return None
    if type(spot.value) is int and 0 <= spot.value <= 4:
        return spot.value
    spot.complain(f'must be 0 to 4, null or "{CANT_TELL}"' if question == MAY_BE_UNCLEAR else "must be 0 to 4 or null")
    return None


def corrected(before: Reading, after: Reading) -> Reading:
    """Two submissions for one day: what the later one answers replaces, what it leaves out stays.

    A wish for a call stays too: leaving the box empty does not take it back.
    """
    scores = {**before.scores, **after.scores}
    if after.cant_tell:
        scores.pop(MAY_BE_UNCLEAR, None)
    return Reading(
        day=after.day,
        scores=scores,
        cant_tell=after.cant_tell or (before.cant_tell and MAY_BE_UNCLEAR not in after.scores),
        signs=after.signs if after.signs_answered else before.signs,
        signs_answered=before.signs_answered or after.signs_answered,
        temperature_c=before.temperature_c if after.temperature_c is None else after.temperature_c,
        worried=before.worried or after.worried,
    )
