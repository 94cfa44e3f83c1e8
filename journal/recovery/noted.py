"""What was noted in a finding: what tells whether another finding of the same rule and day says any more."""

from collections.abc import Mapping
from typing import Any

from .assess import assess
from .course import Course, Finding
from .protocol import Protocol


def noted(finding: Finding) -> dict[str, Any]:
    """What could be more next time, safe for JSON."""
    said = finding.values
    return {
        "signs": [*said.get("signs", ())],
        "named": [*said.get("scores", ()), *said.get("rules", ())],
        "score": max([said.get("score", 0), *said.get("scores", {}).values()]),
        "temperature_c": said.get("temperature_c", 0),
    }


def says_more(finding: Finding, before: Mapping[str, Any]) -> bool:
    """Whether it notes anything that was not noted `before`; what was not kept then is taken as noted."""
    now = noted(finding)
    then = {**now, **before}
    more = any(set(now[name]) - set(then[name]) for name in ("signs", "named"))
    return more or any(now[name] > then[name] for name in ("score", "temperature_c"))


def tells_of(earlier: Finding, finding: Finding) -> bool:
    """Whether a finding of the same day told all of this: the same rule, as high, and nothing noted in less."""
    is_same = earlier.rule == finding.rule and earlier.tier >= finding.tier
    return is_same and not says_more(finding, noted(earlier))


def newly_found(course: Course, before: Protocol, after: Protocol) -> list[Finding]:
    """What a protocol finds in a course that the one `before` it does not tell of on the same day."""
    told = assess(course, before)
    return [
        one
        for day, found in assess(course, after).items()
        for one in found
        if not any(tells_of(other, one) for other in told.get(day, ()))
    ]
