"""A course against a protocol."""

from collections.abc import Iterable, Mapping

from .conditions import ALWAYS, SILENCE, unclear
from .course import Course, Finding, Reading
from .protocol import Protocol
from .rows import Rule
from .scale import MAY_BE_UNCLEAR, QUESTIONS, Tier
from .shapes import SHAPES, Answer, Evidence, Today

Found = tuple[Finding, ...]


def assess(course: Course, protocol: Protocol) -> Mapping[int, Found]:
    """What was found on each day that has a reading, most urgent first and then in the protocol's order.

    A day is judged by what was answered up to that day: a later day never changes it. Days without a reading are
    there only if their silence was found; silence is judged up to the course's `as_of_day`, and not without one.
    """
    walk = _Walk(course, protocol)
    for reading in course.readings:
        walk.wait(until=reading.day - 1)
        walk.read(reading)
    walk.wait(until=ALWAYS)
    return walk.found


def tier_of(findings: Iterable[Finding]) -> Tier:
    """The highest; NONE where nothing was found, which does not say that all is well."""
    return max((finding.tier for finding in findings), default=Tier.NONE)


class _Walk:
    """A course gone through day by day, knowing what was answered so far and nothing of what comes."""

    __slots__ = ("as_of", "bands", "before", "found", "last", "protocol", "raising", "unsure", "windows")

    def __init__(self, course: Course, protocol: Protocol) -> None:
        self.protocol, self.as_of = protocol, course.as_of_day
        self.bands = protocol.profile_for(course).bands
        self.windows = protocol.windows_for(course.areas)
        self.raising = [modifier for modifier in protocol.modifiers if modifier.who.includes(course)]
        self.before: dict[str, list[Answer]] = {question: [] for question in QUESTIONS}
        self.unsure: list[int] = []  # days in a row on which it could not be judged
        self.last: int | None = None  # day of the latest reading
        self.found: dict[int, Found] = {}

    def read(self, reading: Reading) -> None:
        """Judge a day by its reading and those before it."""
        answers = self._answers(reading)
        if reading.cant_tell and reading.day >= 0:
            self.unsure.append(reading.day)
        elif MAY_BE_UNCLEAR in answers:
            self.unsure.clear()
        self.found[reading.day] = self._judge(reading, answers, _noted(reading))
        self.last = reading.day
        for question, answer in answers.items():
            self.before[question].append(answer)

    def wait(self, until: int) -> None:
        """Judge the days since the latest reading on which a silence may be long enough to be spoken of."""
        since = -1 if self.last is None else self.last
        if self.as_of is None or until <= since:
            return
        last = None if self.last is None else (self.last, tier_of(self.found[self.last]))
        due = {max(since + 1, asked.from_day) + asked.days - 1 for asked in self.protocol.silences}
        for day in sorted(due):
            if day <= min(until, self.as_of) and (found := self._judge(Reading(day, {}), {}, {SILENCE}, last)):
                self.found[day] = found

    def _answers(self, reading: Reading) -> dict[str, Answer]:
        day = reading.day
        if day < 0:
            return {}
        return {
            question: Answer(day, score, *self.bands[question].range_on(day))
            for question, score in reading.scores.items()
        }

    def _judge(
        self,
        reading: Reading,
        answers: Mapping[str, Answer],
        noted: set[str],
        last: tuple[int, Tier] | None = None,
    ) -> Found:
        if not noted:
            return ()
        today = Today(reading.day, reading, answers, self.before, self.unsure, self.windows, noted, last)
        findings = [
            self._finding(rule, evidence, reading.day)
            for rule in self.protocol.rules
            # Most rules have nothing to speak of on most days: not asking them is what makes this fast.
            if not rule.awaits.isdisjoint(noted) and (evidence := _evidence(rule, today))
        ]
        return tuple(sorted(findings, key=lambda finding: -finding.tier))

    def _finding(self, rule: Rule, evidence: Evidence, day: int) -> Finding:
        tier, values = rule.tier, dict(evidence.values)
        raising = [one for one in self.raising if rule.code in one.rules and rule.tier in one.raises]
        if raising:
            tier = max(modifier.raises[rule.tier] for modifier in raising)
            values["raised_by"] = [modifier.code for modifier in raising]
        return Finding(rule.code, tier, day, evidence.days, values, evidence.shape, self.protocol.version)


def _noted(reading: Reading) -> set[str]:
    noted = {question for question, score in reading.scores.items() if score}
    noted |= reading.signs
    if reading.temperature_c is not None:
        noted.add("temperature_c")
    if reading.worried:
        noted.add("worried")
    if reading.cant_tell:
        noted.add(unclear(MAY_BE_UNCLEAR))
    return noted


def _evidence(rule: Rule, today: Today) -> Evidence | None:
    """Of the first of the rule's conditions that is met, noted in `today` for the rules after it."""
    if rule.unless and not today.fired.keys().isdisjoint(rule.unless):
        return None
    for condition in rule.when:
        evidence = SHAPES[condition.shape](today, condition)
        if evidence:
            today.fired[rule.code] = evidence
            today.noted.add(rule.code)
            return evidence
    return None
