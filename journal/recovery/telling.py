"""A protocol told to people who do not read code: when a rule speaks up, for whom, how strongly, on what grounds.

Nothing is left out that counts: whoever reads the sentences can check every number of the document.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .conditions import ALWAYS, Above, Climbs, Clue, Condition, Days, Present, Reaches, Rises, Silent, Together, Unclear
from .protocol import Protocol
from .rows import CheckIn, Modifier, Profile, Rule, Who
from .scale import AREAS, MODALITIES, QUESTION_LABELS, RISK_FACTORS, SIGNS, WORDS, Tier, Translate, _
from .stretches import span
from .wording import NEUTRAL

WORST = len(WORDS) - 1
TIER_WORDS: Mapping[Tier, str] = {
    Tier.WATCH: _("watch"),
    Tier.CONTACT: _("contact"),
    Tier.URGENT: _("urgent"),
    Tier.EMERGENCY: _("emergency"),
}
# What stands in a message where a patient reads what she logged.
BLANKS: Mapping[str, str] = {
    "day": _("number of the day"),
    "word": _("how strong"),
    "signs": _("what was noted"),
    "questions": _("which scores"),
    "days": _("which days"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and the `parts` it speaks of where it speaks of several."""

    sentence: str
    parts: tuple[str, ...] = ()


def when(condition: Condition, protocol: Protocol, translate: Translate = str) -> Told:
    """What has to be there for a rule to speak up."""
    match condition:
        case Above():
            return Told(_above(condition, translate))
        case Reaches():
            return _reaches(condition, translate)
        case Rises():
            return Told(_rises(condition, translate))
        case Climbs():
            return Told(_climbs(condition, translate))
        case Unclear():
            return Told(_unclear(condition, translate))
        case Silent():
            return Told(_silent(condition, translate))
        case Present():
            return _present(condition, protocol, translate)
        case Together():
            return _together(condition, protocol, translate)


def _label(condition: Above | Rises | Climbs | Unclear, translate: Translate) -> str:
    return translate(QUESTION_LABELS[condition.question])


def _on(days: Days, translate: Translate) -> str:
    first, last = days.from_day, days.to_day
    match first > -ALWAYS, last < ALWAYS:
        case False, False:
            told = _("on any day")
        case False, True:
            told = _("up to day {last}")
        case True, False:
            told = _("from day {first} on")
        case _:
            told = _("on day {first}") if first == last else _("on days {first} to {last}")
    return translate(told).format(first=first, last=last)


def _is_any_day(days: Days) -> bool:
    return days.from_day == -ALWAYS and days.to_day == ALWAYS


def _scored(days: Days, translate: Translate) -> str:
    """As `_on`, for what is never asked of a baseline."""
    return _on(Days(from_day=max(days.from_day, 0), to_day=days.to_day), translate)


def _so_many(days: int, translate: Translate) -> str:
    return translate(_("1 day") if days == 1 else _("{number} days")).format(number=days)


def _at_least(score: int, translate: Translate) -> str:
    word = translate(WORDS[score])
    return word if score == WORST else translate(_("{word} or more")).format(word=word)


def _above(asked: Above, translate: Translate) -> str:
    once = _("{question} is above the limit of its day, {days}.")
    steps = _("{question} is above the limit of its day by {by} steps or more, {days}.")
    told = translate(once if asked.by == 1 else steps).format(
        question=_label(asked, translate), by=asked.by, days=_scored(asked, translate)
    )
    if not asked.confirmed_within_days:
        return told
    before = translate(_("It was above the limit on another entry too, at most {so_many} before."))
    return f"{told} {before.format(so_many=_so_many(asked.confirmed_within_days, translate))}"


def _reaches(asked: Reaches, translate: Translate) -> Told:
    labels = tuple(translate(QUESTION_LABELS[question]) for question in asked.questions)
    said = {"score": _at_least(asked.score, translate), "days": _scored(asked, translate)}
    if len(labels) == 1:
        return Told(translate(_("{question} is {score}, {days}.")).format(question=labels[0], **said))
    return Told(translate(_("Any of these is {score}, {days}:")).format(**said), labels)


def _rises(asked: Rises, translate: Translate) -> str:
    step = _("{question} is {score}, {days}, and higher than the lowest score before it from day {since} on.")
    steps = _(
        "{question} is {score}, {days}, and {by} steps or more above the lowest score before it from day {since} on."
    )
    told = translate(step if asked.by == 1 else steps).format(
        question=_label(asked, translate),
        score=_at_least(asked.score, translate),
        days=_scored(asked, translate),
        by=asked.by,
        since=asked.since_day,
    )
    if asked.over_typical:
        told += " " + translate(_("It is also above what is typical on its day."))
    if asked.low_at_most == WORST:
        return told
    low = _("That lowest score was {word} or less.") if asked.low_at_most else _("That lowest score was {word}.")
    return f"{told} {translate(low).format(word=translate(WORDS[asked.low_at_most]))}"


def _climbs(asked: Climbs, translate: Translate) -> str:
    once = _("{question} is {score}, {days}, and higher than the answer before it, which is at most {so_many} older.")
    often = _(
        "{question} is {score}, {days}, and went up from answer to answer {steps} times in a row, "
        "each at most {so_many} after the one before."
    )
    return translate(once if asked.steps == 1 else often).format(
        question=_label(asked, translate),
        score=_at_least(asked.score, translate),
        days=_scored(asked, translate),
        steps=asked.steps,
        so_many=_so_many(asked.within_days, translate),
    )


def _unclear(asked: Unclear, translate: Translate) -> str:
    told = translate(_("{question} could not be judged {times} answers in a row, {days}."))
    told = told.format(question=_label(asked, translate), times=asked.times, days=_scored(asked, translate))
    return f"{told} {translate(_('Entries that say nothing of it are passed over.'))}"


def _silent(asked: Silent, translate: Translate) -> str:
    after = _("No entry on {so_many} in a row, right after an entry with a finding of {tier} or more, {days}.")
    told = translate(after if asked.after else _("No entry on {so_many} in a row, all of them {days}."))
    tier = translate(TIER_WORDS[asked.after]) if asked.after else ""
    return told.format(so_many=_so_many(asked.days, translate), tier=tier, days=_scored(asked, translate))


def _first(days: str) -> str:
    """As the beginning of a sentence."""
    return days[:1].upper() + days[1:]


def _present(asked: Present, protocol: Protocol, translate: Translate) -> Told:
    days = _on(asked, translate)
    if asked.uncovered:
        told = _("A sign outside its expected days that no rule before this one speaks of, {days}.")
        return Told(translate(told).format(days=days))
    days, parts = _first(days), _parts(asked, protocol, translate)
    if len(parts) == 1 and asked.past_window and _is_any_day(asked):
        return Told(f"{parts[0]}.")
    if len(parts) == 1:
        return Told(translate(_("{days}: {part}.")).format(days=days, part=parts[0]))
    return Told(translate(_("{days}, any of these:")).format(days=days), parts)


def _together(asked: Together, protocol: Protocol, translate: Translate) -> Told:
    some, everything = _("At least {number} of these on one day:"), _("All of these on one day:")
    told = translate(some if asked.at_least < len(asked.clues) else everything).format(number=asked.at_least)
    return Told(told, tuple(_clue(clue, protocol, translate) for clue in asked.clues))


def _clue(clue: Clue, protocol: Protocol, translate: Translate) -> str:
    """One of the clues of `Together`, in one line."""
    parts = _parts(clue, protocol, translate)
    days, joined = _first(_on(clue, translate)), "; ".join(parts)
    if _is_any_day(clue):
        return joined if len(parts) == 1 else translate(_("Any of: {parts}")).format(parts=joined)
    told = _("{days}: {parts}") if len(parts) == 1 else _("{days}, any of: {parts}")
    return translate(told).format(days=days, parts=joined)


def _parts(clue: Clue, protocol: Protocol, translate: Translate) -> tuple[str, ...]:
    """What a clue lists, each as the patient or the clinic knows it."""
    parts = [_sign(code, clue, protocol, translate) for code in clue.signs]
    if clue.temperature_from is not None:
        measured = translate(_("A measured temperature of {degrees} °C or more"))
        parts.append(measured.format(degrees=clue.temperature_from))
    if clue.worried:
        parts.append(translate(_("The patient is worried and would like a call")))
    rule = translate(_("Rule {code}: {title}"))
    parts += [rule.format(code=code, title=translate(protocol.rule(code).title)) for code in clue.rules]
    return tuple(parts)


def _sign(code: str, clue: Clue, protocol: Protocol, translate: Translate) -> str:
    label = translate(SIGNS[code].label)
    if not clue.past_window:
        return label
    told = translate(_("{sign}, after its expected days ({spans})"))
    return told.format(sign=label, spans="; ".join(_spans(code, protocol, translate)))


def _spans(sign: str, protocol: Protocol, translate: Translate) -> list[str]:
    """The days on which a sign is expected; for some areas they may be others."""
    spans = []
    for window in (window for window in protocol.windows if window.sign == sign):
        told = span(window.from_day, window.to_day, translate)
        if window.areas:
            areas = ", ".join(translate(AREAS[area]) for area in window.areas)
            told = translate(_("{days} where this was treated: {areas}")).format(days=told, areas=areas)
        spans.append(told)
    return spans


def unless(rule: Rule, translate: Translate = str) -> str:
    """On which days a rule keeps silent; empty if it never does."""
    told = translate(_("Not on a day on which one of these spoke up: {rules}."))
    return told.format(rules=", ".join(rule.unless)) if rule.unless else ""


def reads(message: str, translate: Translate = str) -> str:
    """A message with neutral words for the clinic and, in brackets, what depends on what the patient logged."""
    blanks = {name: f"[{translate(words)}]" for name, words in BLANKS.items()}
    filled = {**blanks, **{name: translate(words) for name, words in NEUTRAL.items()}}
    return re.sub(r"\{(\w+)\}", lambda found: filled.get(found[1], found[0]), translate(message))


def whom(who: Who, translate: Translate = str) -> str:
    """For whom a row is."""
    parts = [translate(RISK_FACTORS[code]) for code in who.risk_factors]
    parts += [translate(_("treated: {area}")).format(area=translate(AREAS[code])) for code in who.areas]
    parts += [translate(MODALITIES[code]) for code in who.modalities]
    if who.skin_tone_from is not None:
        tone = translate(_("skin tone {tone} to 10 on the Monk scale"))
        parts.append(tone.format(tone=who.skin_tone_from))
    if len(parts) > 1:
        return translate(_("Any of these: {parts}")).format(parts="; ".join(parts))
    return parts[0] if parts else translate(_("Everyone"))


def raises(modifier: Modifier, protocol: Protocol, translate: Translate = str) -> list[str]:
    """What becomes of which rules, a sentence for each tier."""
    told = translate(_("From {tier} to {higher}: {rules}."))
    lines = []
    for tier, higher in modifier.raises.items():
        if codes := [code for code in modifier.rules if protocol.rule(code).tier == tier]:
            words = {"tier": translate(TIER_WORDS[tier]), "higher": translate(TIER_WORDS[higher])}
            lines.append(told.format(rules=", ".join(codes), **words))
    return lines


def asks(checkin: CheckIn, translate: Translate = str) -> tuple[str, ...]:
    """What is asked once more, in the order of the document."""
    labels = {**QUESTION_LABELS, **{code: sign.label for code, sign in SIGNS.items()}}
    return tuple(translate(labels[code]) for code in checkin.asks)


def fits(profile: Profile, translate: Translate = str) -> str:
    """Which treatments a profile is for."""
    parts = [translate(MODALITIES[profile.modality])] if profile.modality else []
    if profile.shallower_than_mm is not None:
        parts.append(translate(_("needles shorter than {mm:g} mm")).format(mm=profile.shallower_than_mm))
    if profile.deeper_than_mm is not None:
        parts.append(translate(_("needles longer than {mm:g} mm")).format(mm=profile.deeper_than_mm))
    return ", ".join(parts) or translate(_("every treatment that no other profile fits, and an unknown depth"))
