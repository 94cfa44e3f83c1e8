"""The ways to depart from the expected: each says what it saw, or nothing. None knows a symptom's name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from .conditions import Above, Climbs, Clue, Present, Reaches, Rises, Silent, Together, Unclear
from .course import Reading
from .rows import SignWindow
from .scale import SIGNS, Tier


class Answer(NamedTuple):  # four are made for each entry, and a dataclass takes three times as long
    """One answered score and what is expected on its day."""

    day: int
    score: int
    typical: int
    limit: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a shape saw: the days it rests on, and values that JSON can keep."""

    shape: str
    days: tuple[int, ...]
    values: Mapping[str, Any]


@dataclass(slots=True)
class Today:
    """What may be judged on one day: what was written for it, all answers before it, and what has fired on it so far.

    A baseline (before day 0) has no answers here, so it can neither last nor rise. On a day without an entry nothing
    is answered and nothing is noted but the silence itself.
    """

    day: int
    reading: Reading
    answers: Mapping[str, Answer]  # by question
    before: Mapping[str, Sequence[Answer]]  # by question, oldest first
    unclear: Sequence[int]  # days in a row on which the question that may be unclear could not be judged
    windows: Mapping[str, SignWindow]  # by sign
    noted: set[str]  # what a rule may await: questions scored above 0, signs, rules that fired, and the rest
    last: tuple[int, Tier] | None = None  # on a day without an entry: day and tier of the latest one before it
    fired: dict[str, Evidence] = field(default_factory=dict)  # by rule


def above(today: Today, asked: Above) -> Evidence | None:
    """The score is over its day's limit, and was so on another day shortly before if that is asked for."""
    now = today.answers.get(asked.question)
    if now is None or now.score < now.limit + asked.by or not asked.holds_on(now.day):
        return None
    before = today.before[asked.question]
    others = _days_above(before, now.day - asked.confirmed_within_days) if asked.confirmed_within_days else []
    if asked.confirmed_within_days and not others:
        return None
    latest = before[-1].day if before else -1
    values = {
        "question": asked.question,
        **_judged(now),
        "other_days": others,
        "missing": _gaps([latest, now.day]),
    }
    return Evidence("above", (*others, now.day), values)


def _judged(now: Answer) -> dict[str, Any]:
    return {"score": now.score, "typical": now.typical, "limit": now.limit}


def _days_above(answers: Sequence[Answer], since: int) -> list[int]:
    """Days on which a score was over the limit of that day; no missing day is counted."""
    return [answer.day for answer in answers if answer.day >= since and answer.score > answer.limit]


def _gaps(days: Sequence[int]) -> list[list[int]]:
    """First and last day of each stretch without an answer between some days in order."""
    return [[one + 1, other - 1] for one, other in pairwise(days) if other - one > 1]


def reaches(today: Today, asked: Reaches) -> Evidence | None:
    """One of the scores is this high, whatever is expected."""
    scores = {
        question: today.answers[question].score
        for question in asked.questions
        if question in today.answers and today.answers[question].score >= asked.score
    }
    if not scores or not asked.holds_on(today.day):
        return None
    expected = {question: [today.answers[question].typical, today.answers[question].limit] for question in scores}
    return Evidence("reaches", (today.day,), {"scores": scores, "expected": expected})


def rises(today: Today, asked: Rises) -> Evidence | None:
    """The score is over the lowest one before it. However many days are missing between, that is a fact."""
    now = today.answers.get(asked.question)
    if now is None or now.score < asked.score or not asked.holds_on(now.day):
        return None
    if asked.over_typical and now.score <= now.typical:
        return None
    earlier = [answer for answer in today.before[asked.question] if answer.day >= asked.since_day]
    # Of equally low days the latest, so that the time of the rise is told as narrowly as it is known.
    low = min(earlier, key=lambda answer: (answer.score, -answer.day), default=now)
    if now.score - low.score < asked.by or low.score > asked.low_at_most:
        return None
    between = [answer for answer in earlier if answer.day >= low.day]
    values = {
        "question": asked.question,
        **_judged(now),
        "low": low.score,
        "low_day": low.day,
        "missing": _gaps([*(answer.day for answer in between), now.day]),
    }
    # It may be on its way down again, and then it must not be told as rising.
    peak = max(between, key=lambda answer: (answer.score, -answer.day))
    if peak.score >= now.score:
        values["peak"] = [peak.day, peak.score]
    return Evidence("rises", (low.day, now.day), values)


def climbs(today: Today, asked: Climbs) -> Evidence | None:
    """The score went up from entry to entry, so many times in a row, without a long gap between."""
    now = today.answers.get(asked.question)
    if now is None or now.score < asked.score or not asked.holds_on(now.day):
        return None
    up = [*today.before[asked.question][-asked.steps :], now]
    steep = all(0 < two.day - one.day <= asked.within_days and one.score < two.score for one, two in pairwise(up))
    if len(up) <= asked.steps or not steep:
        return None
    days = [answer.day for answer in up]
    values = {
        "question": asked.question,
        **_judged(now),
        "steps": [[answer.day, answer.score] for answer in up],
        "missing": _gaps(days),
    }
    return Evidence("climbs", tuple(days), values)


def unclear(today: Today, asked: Unclear) -> Evidence | None:
    """The question could not be judged, so many answers in a row."""
    days = today.unclear[-asked.times :]
    if len(days) < asked.times or days[-1] != today.day or not asked.holds_on(today.day):
        return None
    return Evidence("unclear", tuple(days), {"unclear": asked.question, "missing": _gaps(days)})


def silent(today: Today, asked: Silent) -> Evidence | None:
    """So many days without an entry: found on the last of them, and never again in the same silence."""
    last, tier = today.last or (None, Tier.NONE)
    since = 0 if last is None else max(0, last + 1)
    first = max(since, asked.from_day)
    if asked.after and (last is None or last < asked.from_day or tier < asked.after):
        return None
    if today.day > asked.to_day or today.day - first + 1 != asked.days:
        return None
    days = (last, today.day) if asked.after and last is not None else (today.day,)
    return Evidence("silent", days, {"last_day": last, "silent": [since, today.day], "after": asked.after.text})


def present(today: Today, asked: Present) -> Evidence | None:
    """The clue is there; or a sign is there that nothing else accounts for."""
    seen = _uncovered(today) if asked.uncovered else _seen(today, asked)
    return Evidence("present", (today.day,), seen) if seen else None


def together(today: Today, asked: Together) -> Evidence | None:
    """Enough of the clues are there on the same day."""
    seen = [noted for clue in asked.clues if (noted := _seen(today, clue))]
    if len(seen) < asked.at_least:
        return None
    values: dict[str, Any] = {}
    for noted in seen:
        for key, value in noted.items():
            values[key] = _joined(values[key], value) if key in values else value
    return Evidence("together", (today.day,), values)


def _joined(one: Any, other: Any) -> Any:
    """Lists of codes and windows by sign add up; a temperature is the same one."""
    if isinstance(one, dict):
        return {**one, **other}
    return one + other if isinstance(one, list) else one


def _seen(today: Today, clue: Clue) -> dict[str, Any]:
    """What of a clue is there on this day; empty if nothing."""
    reading = today.reading
    noted: dict[str, Any] = {}
    if not clue.holds_on(today.day):
        return noted
    if not reading.signs.isdisjoint(clue.signs) and (signs := _signs(today, clue)):
        noted["signs"] = signs
    if clue.past_window and "signs" in noted:
        noted["windows"] = _windows(today, noted["signs"])
    if clue.temperature_from is not None and (reading.temperature_c or 0) >= clue.temperature_from:
        noted["temperature_c"] = reading.temperature_c
    if clue.worried and reading.worried:
        noted["worried"] = True
    if clue.rules and (rules := [code for code in clue.rules if code in today.fired]):
        noted["rules"] = rules
    return noted


def _signs(today: Today, clue: Clue) -> list[str]:
    reading = today.reading
    return [
        sign
        for sign in clue.signs
        if sign in reading.signs and not (clue.past_window and today.day <= today.windows[sign].to_day)
    ]


def _uncovered(today: Today) -> dict[str, Any]:
    covered = {sign for evidence in today.fired.values() for sign in evidence.values.get("signs", ())}
    signs = [sign for sign in SIGNS if sign in today.reading.signs - covered and not _expected(today, sign)]
    return {"signs": signs, "windows": _windows(today, signs)} if signs else {}


def _expected(today: Today, sign: str) -> bool:
    window = today.windows.get(sign)
    return window is not None and window.holds_on(today.day)


def _windows(today: Today, signs: Sequence[str]) -> dict[str, list[int]]:
    """First and last expected day of those signs that are expected at all."""
    known = [today.windows[sign] for sign in signs if sign in today.windows]
    return {window.sign: [window.from_day, window.to_day] for window in known}


SHAPES: Mapping[str, Callable[[Today, Any], Evidence | None]] = {
    "above": above,
    "reaches": reaches,
    "rises": rises,
    "climbs": climbs,
    "unclear": unclear,
    "present": present,
    "together": together,
    "silent": silent,
}
