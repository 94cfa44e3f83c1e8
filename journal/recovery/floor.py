"""What a changed protocol may not do: speak up later, or less urgently, than the fixed rules of the shipped one."""

from collections.abc import Iterator

from .conditions import Above, Clue, Condition, Present, Together
from .course import Course
from .losses import unasked
from .protocol import Protocol
from .rows import LAST_DAY, Modifier, Rule, Who
from .scale import MODALITIES

CALLS = ("{clinic_phone}", "{urgent_line}", "{emergency_number}")


def loosened(draft: Protocol, shipped: Protocol) -> list[str]:
    """How a draft is looser than the fixed rules of the shipped protocol, a sentence for each; none if it is not.

    A fixed rule, and one that it counts as a clue, has to be there with its tier or a higher one and with all that
    makes it fire. What it rests on has to be as strict: the limit it compares with, the last expected day of its
    signs, the modifiers that raise it, the questions that set what these look at. What a patient reads has to be the
    same.
    """
    return list(_complaints(draft, shipped))


def _complaints(draft: Protocol, shipped: Protocol) -> Iterator[str]:
    for tier, text in shipped.closings.items():
        if draft.closings[tier] != text:
            yield f"what the patient is told to do at {tier.text} is something else"
    yield from _endings(draft, shipped)
    fixed = _fixed(shipped)
    codes = {rule.code for rule in fixed}
    for rule in fixed:
        yield from _rule(rule, draft)
        yield from _limits(rule, draft, shipped)
        yield from _windows(rule, draft, shipped)
    for modifier in shipped.modifiers:
        if codes & set(modifier.rules):
            yield from _modifier(modifier, codes, draft)
            yield from _asked(modifier, draft, shipped)


def _endings(draft: Protocol, shipped: Protocol) -> Iterator[str]:
    """Of every rule, fixed or not: where no closing is added, the message itself has to say whom to call."""
    before = {rule.code: rule for rule in shipped.rules}
    for rule in draft.rules:
        if rule.complete and not before.get(rule.code, rule).complete:
            yield f"{rule.code} no longer ends with what to do"
        elif rule.complete and not any(call in rule.message for call in CALLS):
            yield f"{rule.code} says itself what to do, but names nobody to call"


def _fixed(shipped: Protocol) -> list[Rule]:
    """The fixed rules and those that they count as clues."""
    named = {
        code for rule in shipped.rules if rule.fixed for one in rule.when for clue in _clues(one) for code in clue.rules
    }
    return [rule for rule in shipped.rules if rule.fixed or rule.code in named]


def _rule(rule: Rule, draft: Protocol) -> Iterator[str]:
    kept = next((one for one in draft.rules if one.code == rule.code), None)
    if kept is None:
        yield f"{rule.code} is missing"
        return
    if kept.tier < rule.tier:
        yield f"{rule.code} is only {kept.tier.text}"
    if not set(rule.when) <= set(kept.when):
        yield f"{rule.code} no longer fires on all that it should fire on"
    if not set(kept.unless) <= set(rule.unless):
        yield f"{rule.code} is silent where another rule fires"
    if rule.fixed and not kept.fixed:
        yield f"{rule.code} is no longer fixed"
    if rule.fixed and kept.message != rule.message:
        yield f"{rule.code} tells the patient something else"
    if rule.reopens and not kept.reopens:
        yield f"{rule.code} no longer asks for a new look on each day"


def _limits(rule: Rule, draft: Protocol, shipped: Protocol) -> Iterator[str]:
    """For treatments of every kind, because a profile could also be given to other treatments than before."""
    for condition in rule.when:
        if isinstance(condition, Above):
            # After the last day of a band its last value holds.
            first = max(0, condition.from_day - condition.confirmed_within_days)
            days = [day for day in range(first, max(first, LAST_DAY) + 1) if day <= condition.to_day]
            for course in _kinds():
                band, strict = (one.profile_for(course).bands[condition.question] for one in (draft, shipped))
                if any(band.limit_on(day) > strict.limit_on(day) for day in days):
                    yield f"{rule.code}: the limit for {condition.question} is higher for some treatments"
                    return


def _kinds() -> Iterator[Course]:
    # Each depth that can be written down: with two digits after the point, to 5 mm.
    depths = [None, *(hundredths / 100 for hundredths in range(1, 501))]
    return (Course(readings=(), modality=modality, depth_mm=depth) for modality in MODALITIES for depth in depths)


def _windows(rule: Rule, draft: Protocol, shipped: Protocol) -> Iterator[str]:
    ends = {(window.sign, window.areas): window.to_day for window in shipped.windows}
    resting = {sign for condition in rule.when for clue in _clues(condition) if clue.past_window for sign in clue.signs}
    for window in draft.windows:
        end = ends.get((window.sign, window.areas), ends.get((window.sign, ())))
        if window.sign in resting and end is not None and window.to_day > end:
            yield f"{rule.code}: {window.sign} is expected for longer"


def _clues(condition: Condition) -> tuple[Clue, ...]:
    if isinstance(condition, Together):
        return condition.clues
    return (condition,) if isinstance(condition, Present) else ()


def _modifier(modifier: Modifier, fixed: set[str], draft: Protocol) -> Iterator[str]:
    kept = next((one for one in draft.modifiers if one.code == modifier.code), None)
    if kept is None:
        yield f"{modifier.code} is missing"
        return
    there = {rule.code for rule in draft.rules}
    if not there & fixed & set(modifier.rules) <= set(kept.rules):
        yield f"{modifier.code} no longer raises all that it should raise"
    if any(kept.raises.get(tier, tier) < to for tier, to in modifier.raises.items()):
        yield f"{modifier.code} raises less"
    if not _covers(kept.who, modifier.who):
        yield f"{modifier.code} is for fewer people"


def _asked(modifier: Modifier, draft: Protocol, shipped: Protocol) -> Iterator[str]:
    """It raises for nobody if no question before a session sets what it looks at."""
    for factor in unasked(draft.care, shipped.care):
        if factor in modifier.who.risk_factors:
            yield f"{modifier.code}: no question sets {factor} any more"


def _covers(wider: Who, who: Who) -> bool:
    named = all(
        set(getattr(who, name)) <= set(getattr(wider, name)) for name in ("areas", "risk_factors", "modalities")
    )
    tones = who.skin_tone_from is None or (wider.skin_tone_from or 11) <= who.skin_tone_from
    return named and tones
