"""Findings in words, for any reader and language: why a rule fired, and what the patient is told.

Sentences are made from what a finding stored, so an old flag can be told again. They say what was logged and
never fill a day on which nothing was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .course import Finding
from .protocol import Protocol
from .scale import QUESTION_LABELS, QUESTIONS, SIGNS, WORDS

_ = str  # marks English text for gettext
Translate = Callable[[str], str]

# Where a clinic has not said, or nobody's clinic is meant.
NEUTRAL: Mapping[str, str] = {
    "clinic_name": _("your clinic"),
    "clinic_phone": _("the number your clinic gave you"),
    "urgent_line": _("your local urgent care line"),
    "emergency_number": _("your local emergency number"),
}


def why(finding: Finding, protocol: Protocol, translate: Translate = str) -> str:
    """What was logged that made the rule fire, what was expected, and which days nobody logged."""
    told = _SENTENCES[finding.shape](finding, protocol, translate)
    reasons = [translate(protocol.modifier(code).reason) for code in finding.values.get("raised_by", ())]
    if reasons:
        told.append(translate(_("Counted as more urgent because: {reasons}.")).format(reasons="; ".join(reasons)))
    return " ".join(told)


def message(finding: Finding, protocol: Protocol, names: Mapping[str, str], translate: Translate = str) -> str:
    """What the patient is told. `names` are the clinic's; for those missing or empty, neutral words."""
    neutral = {name: translate(words) for name, words in NEUTRAL.items()}
    filled = {
        **neutral,
        **{name: text for name, text in names.items() if text},
        **_said(finding, protocol, translate),
    }
    # How it ends goes by the tier of the finding, which may be higher than that of the rule.
    texts = (protocol.rule(finding.rule).message, protocol.closings[finding.tier])
    return " ".join(_fill(text, filled, translate) for text in texts)


def _fill(text: str, filled: Mapping[str, str], translate: Translate) -> str:
    try:
        return translate(text).format_map(filled)
    except (KeyError, ValueError, IndexError):
        # A slip in a translation must not hide an urgent text.
        return text.format_map(filled)


def _said(finding: Finding, protocol: Protocol, translate: Translate) -> dict[str, str]:
    scores = _scores(finding.values)
    return {
        "day": str(finding.day),
        "signs": _noted(finding, protocol, translate),
        "questions": ", ".join(translate(QUESTION_LABELS[question]) for question in scores),
        "word": translate(WORDS[max(scores.values(), default=0)]),
    }


def _scores(values: Mapping[str, Any]) -> dict[str, int]:
    """By question, in the order in which they are asked; stored JSON does not keep an order."""
    found = values.get("scores") or ({values["question"]: values["score"]} if "question" in values else {})
    return {question: found[question] for question in QUESTIONS if question in found}


def _noted(finding: Finding, protocol: Protocol, translate: Translate) -> str:
    """What was ticked, measured or asked for, most urgent first as the form has it."""
    values = finding.values
    noted = [translate(SIGNS[code].label) for code in SIGNS if code in values.get("signs", ())]
    if "temperature_c" in values:
        noted.append(translate(_("a temperature of {degrees} °C")).format(degrees=values["temperature_c"]))
    if values.get("worried"):
        noted.append(translate(_("worried, and would like a call")))
    noted += [translate(protocol.rule(code).title) for code in values.get("rules", ())]
    return "; ".join(noted)


def _above(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    values = finding.values
    present = translate(_("{question} was present on day {day} ({word}).")).format(
        question=translate(QUESTION_LABELS[values["question"]]),
        day=finding.day,
        word=translate(WORDS[values["score"]]),
    )
    told = [present, *_expected(values, translate)]
    if values["other_days"]:
        days = _days([[day, day] for day in values["other_days"]], translate)
        told.append(translate(_("It was also above the limit on {days}.")).format(days=days))
    return told + _missing(values, translate)


def _reaches(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    scores = [
        f"{translate(QUESTION_LABELS[question])} ({translate(WORDS[score])})"
        for question, score in _scores(finding.values).items()
    ]
    told = translate(_("Logged on day {day}: {scores}.")).format(day=finding.day, scores=", ".join(scores))
    limits = [
        f"{translate(QUESTION_LABELS[question])} ({translate(WORDS[finding.values['expected'][question][1]])})"
        for question in QUESTIONS
        if question in finding.values.get("expected", {})
    ]
    if not limits:  # a flag of before this was kept
        return [told]
    return [told, translate(_("The limit we expect on that day is: {limits}.")).format(limits=", ".join(limits))]


def _rises(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    values = finding.values
    if values["missing"]:
        sentence = _("{question} rose at some time between day {low_day} ({low}) and day {day} ({word}).")
    else:
        sentence = _("{question} rose from day {low_day} ({low}) to day {day} ({word}).")
    told = translate(sentence).format(
        question=translate(QUESTION_LABELS[values["question"]]),
        low_day=values["low_day"],
        low=translate(WORDS[values["low"]]),
        day=finding.day,
        word=translate(WORDS[values["score"]]),
    )
    return [told, *_expected(values, translate), *_missing(values, translate)]


def _expected(values: Mapping[str, Any], translate: Translate) -> list[str]:
    if "limit" not in values:  # a flag of before this was kept
        return []
    sentence = translate(_("The limit we expect on that day is: {limit}."))
    return [sentence.format(limit=translate(WORDS[values["limit"]]))]


def _climbs(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    values = finding.values
    steps = ", ".join(
        translate(_("day {day} ({word})")).format(day=day, word=translate(WORDS[score]))
        for day, score in values["steps"]
    )
    told = translate(_("{question} went up from entry to entry: {steps}.")).format(
        question=translate(QUESTION_LABELS[values["question"]]), steps=steps
    )
    return [told, *_expected(values, translate), *_missing(values, translate)]


def _unclear(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    values = finding.values
    days = _days([[day, day] for day in finding.days], translate)
    sentence = translate(_("{question} could not be judged on {days}."))
    told = sentence.format(question=translate(QUESTION_LABELS[values["unclear"]]), days=days)
    return [told, *_missing(values, translate)]


def _silent(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    values = finding.values
    told = [translate(_("There is no entry for {days}.")).format(days=_days([values["silent"]], translate))]
    if values["last_day"] is None:
        told.append(translate(_("Nothing was logged before that.")))
    else:
        told.append(translate(_("The entry before that is of day {day}.")).format(day=values["last_day"]))
    return told


def _present(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    before = _("Noted on day {day}, before the treatment: {signs}.")
    sentence = _("Noted on day {day}: {signs}.") if finding.day >= 0 else before
    told = [translate(sentence).format(day=finding.day, signs=_noted(finding, protocol, translate))]
    windows = [
        f"{translate(SIGNS[code].label)} ({_days([days], translate)})"
        for code, days in finding.values.get("windows", {}).items()
    ]
    if windows:
        told.append(translate(_("Expected only on these days: {windows}.")).format(windows="; ".join(windows)))
    return told


def _missing(values: Mapping[str, Any], translate: Translate) -> list[str]:
    if not values["missing"]:
        return []
    return [translate(_("There is no score for {days}.")).format(days=_days(values["missing"], translate))]


def _days(stretches: Iterable[Sequence[int]], translate: Translate) -> str:
    """Stretches of days, each as its first and last."""
    return ", ".join(
        translate(_("day {first}") if first == last else _("days {first} to {last}")).format(first=first, last=last)
        for first, last in stretches
    )


_SENTENCES: Mapping[str, Callable[[Finding, Protocol, Translate], list[str]]] = {
    "above": _above,
    "reaches": _reaches,
    "rises": _rises,
    "climbs": _climbs,
    "unclear": _unclear,
    "present": _present,
    "together": _present,
    "silent": _silent,
}
