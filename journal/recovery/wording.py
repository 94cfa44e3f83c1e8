"""Findings in words, for any reader and language: why a rule fired, and what the patient is told.

Sentences are made from what a finding stored, so an old flag can be told again. They say what was logged and
never fill a day on which nothing was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .course import Finding
from .protocol import Protocol
from .scale import QUESTION_LABELS, QUESTIONS, SIGNS, WORDS, Translate, _
from .stretches import span

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
    """What the patient is told, and what to do. `names` are the clinic's; for those missing or empty, neutral words."""
    told = (news(finding, protocol, names, translate), closing(finding, protocol, names, translate))
    return " ".join(text for text in told if text)


def news(finding: Finding, protocol: Protocol, names: Mapping[str, str], translate: Translate = str) -> str:
    """What the patient is told about a finding; beside a more urgent one it needs no closing of its own."""
    filled = {**_names(names, translate), **_said(finding, protocol, translate)}
    return _fill(protocol.rule(finding.rule).message, filled, translate)


def closing(finding: Finding, protocol: Protocol, names: Mapping[str, str], translate: Translate = str) -> str:
    """What to do now, by the tier of the finding, which may be higher than that of its rule."""
    rule = protocol.rule(finding.rule)
    if rule.complete and finding.tier == rule.tier:
        return ""
    return _fill(protocol.closings[finding.tier], _names(names, translate), translate)


def _names(names: Mapping[str, str], translate: Translate) -> dict[str, str]:
    neutral = {name: translate(words) for name, words in NEUTRAL.items()}
    return {**neutral, **{name: text for name, text in names.items() if text}}


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
        "days": _days([finding.values["silent"]], translate) if "silent" in finding.values else "",
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
        days = _days(_runs(values["other_days"]), translate)
        told.append(translate(_("It was also above the limit on {days}.")).format(days=days))
    return told + _missing(values, translate)


def _reaches(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    scores = [
        f"{translate(QUESTION_LABELS[question])} ({translate(WORDS[score])})"
        for question, score in _scores(finding.values).items()
    ]
    told = translate(_("Logged on day {day}: {scores}.")).format(day=finding.day, scores=", ".join(scores))
    ranges = [
        f"{translate(QUESTION_LABELS[question])} ({_range(typical, limit, translate)})"
        for question in QUESTIONS
        if question in finding.values.get("expected", {})
        for typical, limit in [finding.values["expected"][question]]
    ]
    if not ranges:  # a flag of before this was kept
        return [told]
    return [told, translate(_("Expected on that day: {ranges}.")).format(ranges=", ".join(ranges))]


def _rises(finding: Finding, protocol: Protocol, translate: Translate) -> list[str]:
    values = finding.values
    if "peak" in values:
        sentence = _("{question} rose from day {low_day} ({low}) to day {peak_day} ({peak}). On day {day}: {word}.")
    elif values["missing"]:
        sentence = _("{question} rose at some time between day {low_day} ({low}) and day {day} ({word}).")
    else:
        sentence = _("{question} rose from day {low_day} ({low}) to day {day} ({word}).")
    told = translate(sentence).format(
        question=translate(QUESTION_LABELS[values["question"]]),
        low_day=values["low_day"],
        low=translate(WORDS[values["low"]]),
        day=finding.day,
        word=translate(WORDS[values["score"]]),
        **_peak(values, translate),
    )
    return [told, *_expected(values, translate), *_missing(values, translate)]


def _peak(values: Mapping[str, Any], translate: Translate) -> dict[str, Any]:
    if "peak" not in values:
        return {}
    day, score = values["peak"]
    return {"peak_day": day, "peak": translate(WORDS[score])}


def _expected(values: Mapping[str, Any], translate: Translate) -> list[str]:
    """The range of the day; and for a score within it, why it counts all the same."""
    if "typical" not in values:  # a flag of before this was kept
        return []
    expected = _range(values["typical"], values["limit"], translate)
    told = [translate(_("Expected on that day: {range}.")).format(range=expected)]
    if values["score"] <= values["limit"]:
        told.append(translate(_("It is within that range. It counts because it went up.")))
    return told


def _range(typical: int, limit: int, translate: Translate) -> str:
    sentence = _("{limit}") if typical == limit == 0 else _("up to {limit}")
    sentence = _("{typical}, up to {limit}") if typical < limit else sentence
    return translate(sentence).format(typical=translate(WORDS[typical]), limit=translate(WORDS[limit]))


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
    days = _days(_runs(finding.days), translate)
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
    before = _("Noted on the day before the treatment: {signs}.")
    earlier = _("Noted {day} days before the treatment: {signs}.")
    sentence = _("Noted on day {day}: {signs}.") if finding.day >= 0 else before if finding.day == -1 else earlier
    told = [translate(sentence).format(day=abs(finding.day), signs=_noted(finding, protocol, translate))]
    windows = [
        f"{translate(SIGNS[code].label)} ({_days([days], translate)})"
        for code, days in finding.values.get("windows", {}).items()
    ]
    if windows:
        told.append(translate(_("Expected only on these days: {windows}.")).format(windows="; ".join(windows)))
    signs = set(finding.values.get("signs", ()))
    if signs and signs.isdisjoint(window.sign for window in protocol.windows):
        told.append(translate(_("That is not expected on any day.")))
    return told


def _missing(values: Mapping[str, Any], translate: Translate) -> list[str]:
    if not values["missing"]:
        return []
    return [translate(_("There is no score for {days}.")).format(days=_days(values["missing"], translate))]


def _runs(days: Iterable[int]) -> list[list[int]]:
    """Single days as stretches, each as its first and last."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][1] + 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return runs


def _days(stretches: Iterable[Sequence[int]], translate: Translate) -> str:
    """Stretches of days, each as its first and last."""
    return ", ".join(span(first, last, translate) for first, last in stretches)


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
