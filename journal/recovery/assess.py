"""A course against a protocol."""

from collections.abc import Iterable, Mapping

from .course import Course, Finding, Reading
from .protocol import Modifier, Profile, Protocol, Rule
from .scale import QUESTIONS, Tier
from .shapes import SHAPES, Answer, Evidence, Today


def assess(course: Course, protocol: Protocol) -> Mapping[int, tuple[Finding, ...]]:
    """What was found on each day that has a reading, most urgent first and then in the protocol's order.

    A day is judged by what was answered up to that day: a later day never changes it.
    """
    profile, windows = protocol.profile_for(course), protocol.windows_for(course.areas)
    modifiers = [modifier for modifier in protocol.modifiers if modifier.applies_to(course)]
    before: dict[str, list[Answer]] = {question: [] for question in QUESTIONS}
    found: dict[int, tuple[Finding, ...]] = {}
    for reading in course.readings:
        today = Today(reading, _answers(reading, profile), before, windows, {}, _noted(reading))
        findings = [
            _finding(rule, evidence, reading.day, modifiers, protocol)
            for rule in protocol.rules
            # Most rules have nothing to speak of on most days: not asking them is what makes this fast.
            if not today.noted.isdisjoint(rule.awaits) and (evidence := _judge(rule, today))
        ]
        found[reading.day] = tuple(sorted(findings, key=lambda finding: -finding.tier))
        for question, answer in today.answers.items():
            before[question].append(answer)
    return found


def tier_of(findings: Iterable[Finding]) -> Tier:
    """The highest; NONE where nothing was found, which does not say that all is well."""
    return max((finding.tier for finding in findings), default=Tier.NONE)


def _noted(reading: Reading) -> set[str]:
    noted = {question for question, score in reading.scores.items() if score}
    noted |= reading.signs
    if reading.temperature_c is not None:
        noted.add("temperature_c")
    if reading.worried:
        noted.add("worried")
    return noted


def _answers(reading: Reading, profile: Profile) -> dict[str, Answer]:
    if reading.day < 0:
        return {}
    return {
        question: Answer(reading.day, score, profile.bands[question].limit_on(reading.day))
        for question, score in reading.scores.items()
    }


def _judge(rule: Rule, today: Today) -> Evidence | None:
    """The first of the rule's conditions that is met, noted in `today` for the rules after it."""
    if rule.unless and not today.fired.keys().isdisjoint(rule.unless):
        return None
    for condition in rule.when:
        evidence = SHAPES[condition.shape](today, condition)
        if evidence:
            today.fired[rule.code] = evidence
            today.noted.add(rule.code)
            return evidence
    return None


def _finding(rule: Rule, evidence: Evidence, day: int, modifiers: Iterable[Modifier], protocol: Protocol) -> Finding:
    tier, values = rule.tier, dict(evidence.values)
    raising = [one for one in modifiers if rule.code in one.rules and rule.tier in one.raises]
    if raising:
        tier = max(modifier.raises[rule.tier] for modifier in raising)
        values["raised_by"] = [modifier.code for modifier in raising]
    return Finding(rule.code, tier, day, evidence.days, values, evidence.shape, protocol.version)
