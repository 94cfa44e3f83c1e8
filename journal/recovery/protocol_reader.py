"""A protocol out of a document, with a complaint for each thing that is wrong with it."""

import re
from collections.abc import Mapping
from itertools import accumulate
from string import Formatter
from typing import Any

from .care_reader import read_care
from .condition_reader import Known, read_condition
from .conditions import ALWAYS, awaits
from .document import Spot, quoted
from .protocol import Protocol
from .row_reader import ROW_KEYS, Statements, no_doubles, read_row
from .rows import LAST_DAY, Band, CheckIn, Modifier, Profile, Rule, SignWindow, Source, Statement, Step, Who
from .scale import AREAS, MODALITIES, QUESTIONS, RISK_FACTORS, SIGNS, TIERS, Tier

KEYS = (
    "version",
    "title",
    "sources",
    "statements",
    "closings",
    "profiles",
    "windows",
    "rules",
    "modifiers",
    "checkins",
    "care",
)
RULE_KEYS = ("code", "family", "tier", "when", "title", "message", "staff", "unless", "reopens", "complete", "fixed")
WHO_KEYS = ("areas", "risk_factors", "modalities", "skin_tone_from")
# The clinic's own names in a message; `wording` has neutral words for those that are not known.
NAMES = frozenset({"clinic_name", "clinic_phone", "urgent_line", "emergency_number"})

CODE = re.compile(r"[A-Za-z0-9.:_-]{1,60}")


def read(document: Any) -> Protocol:
    """The protocol that a document (parsed JSON) describes. Raises Unreadable with all its complaints."""
    spot = Spot(document, "protocol")
    spot.keys(KEYS)
    spot.settle()
    spot["closings"].keys(TIERS)
    sources = _sources(spot["sources"])
    said = _statements(spot["statements"], sources)
    windows = tuple(_window(row, said) for row in spot["windows"].rows())
    # A window for some areas only leaves the days of all other skin open.
    rules = _rules(spot["rules"], said, {window.sign for window in windows if not window.areas})
    protocol = Protocol(
        version=spot["version"].text(60),
        title=spot["title"].text(200),
        sources=sources,
        statements=said,
        closings={tier: _closing(spot["closings"][text], tier) for text, tier in TIERS.items()},
        profiles=tuple(_profile(row, said) for row in spot["profiles"].rows()),
        windows=windows,
        rules=rules,
        modifiers=tuple(_modifier(row, said, rules) for row in spot["modifiers"].rows()),
        checkins=tuple(_checkin(row, said) for row in spot["checkins"].rows()),
        care=read_care(spot["care"], said),
    )
    _check_codes(spot, protocol)
    spot.settle()
    return protocol


def _check_codes(spot: Spot, protocol: Protocol) -> None:
    windows = [f"{window.sign} {' '.join(sorted(window.areas))}".strip() for window in protocol.windows]
    no_doubles(spot["profiles"], [profile.code for profile in protocol.profiles])
    no_doubles(spot["rules"], [rule.code for rule in protocol.rules])
    no_doubles(spot["modifiers"], [modifier.code for modifier in protocol.modifiers])
    no_doubles(spot["windows"], windows)
    no_doubles(spot["checkins"], [f"day {checkin.day}" for checkin in protocol.checkins])
    if "standard" not in {profile.code for profile in protocol.profiles}:
        spot["profiles"].complain('one must have the code "standard", for all that no other fits')


def _sources(spot: Spot) -> dict[str, Source]:
    return {code: _source(spot[code], code) for code in _codes(spot)}


def _source(spot: Spot, code: str) -> Source:
    spot.keys(["title", "document", "address", "read"])
    if not (spot.has("document") or spot.has("address")):
        spot.complain("needs a document or an address")
    where = {key: spot[key].text() if spot.has(key) else "" for key in ("document", "address")}
    if where["address"] and not where["address"].startswith(("https://", "http://")):
        spot["address"].complain("must begin with https:// or http://")
    return Source(code, spot["title"].text(200), read=spot["read"].text(100), **where)


def _statements(spot: Spot, sources: Mapping[str, Source]) -> dict[str, Statement]:
    return {code: _statement(spot[code], sources) for code in _codes(spot)}


def _codes(spot: Spot) -> list[str]:
    """The keys of an object that are codes, made of plain letters, so that they can be shown anywhere."""
    if not isinstance(spot.value, dict):
        spot.complain("must be an object")
        return []
    spot.keys(spot.value)
    plain = [code for code in spot.value if CODE.fullmatch(code)]
    for code in spot.value.keys() - set(plain):
        spot.complain(f"{quoted(code)} is no code: letters, digits and .:_- only")
    return plain


def _statement(spot: Spot, sources: Mapping[str, Source]) -> Statement:
    spot.keys(["source", "heading", "says"])
    code = spot["source"].choice(sources, "source")
    unknown = Source(code, title="", document="", address="", read="")
    return Statement(sources.get(code, unknown), spot["heading"].text(200), spot["says"].text(300))


def _who(spot: Spot) -> Who:
    return Who(
        areas=spot["areas"].choices(AREAS, "area"),
        risk_factors=spot["risk_factors"].choices(RISK_FACTORS, "risk factor"),
        modalities=spot["modalities"].choices(MODALITIES, "modality"),
        skin_tone_from=spot["skin_tone_from"].whole(1, 10) if spot.has("skin_tone_from") else None,
    )


def _profile(spot: Spot, said: Statements) -> Profile:
    spot.keys(["code", "label", "bands", "modality", "shallower_than_mm", "deeper_than_mm"])
    rows = spot["bands"].rows()
    bands = [_band(row, said) for row in rows]
    no_doubles(spot["bands"], [band.question for band in bands])
    for question in QUESTIONS:
        if question not in {band.question for band in bands}:
            spot["bands"].complain(f"has no band for {question}")
    return Profile(
        code=spot["code"].text(20),
        label=spot["label"].text(100),
        bands={band.question: band for band in bands},
        modality=spot["modality"].choice(MODALITIES, "modality") if spot.has("modality") else None,
        shallower_than_mm=_depth(spot["shallower_than_mm"]),
        deeper_than_mm=_depth(spot["deeper_than_mm"]),
    )


def _depth(spot: Spot) -> float | None:
    return None if spot.value is None else spot.number(0, 10)


def _band(spot: Spot, said: Statements) -> Band:
    spot.keys(["question", "typical", "limit"])
    typical, limit = ([_step(row, said) for row in spot[line].rows()] for line in ("typical", "limit"))
    band = Band(
        question=spot["question"].choice(QUESTIONS, "question"),
        typical=_by_day(spot["typical"], typical),
        limit=_by_day(spot["limit"], limit),
        typical_steps=tuple(typical),
        limit_steps=tuple(limit),
    )
    below = [day for day in range(LAST_DAY + 1) if band.limit[day] < band.typical[day]]
    if below:
        spot.complain(f"the limit is below what is typical on day {below[0]}")
    return band


def _step(spot: Spot, said: Statements) -> Step:
    spot.keys(["from_day", "score", *ROW_KEYS])
    return Step(from_day=spot["from_day"].whole(0, LAST_DAY), score=spot["score"].whole(0, 4), **read_row(spot, said))


def _by_day(spot: Spot, steps: list[Step]) -> tuple[int, ...]:
    days = [step.from_day for step in steps]
    if days[:1] != [0] or days != sorted(set(days)):
        spot.complain("must start on day 0 and go up in days")
    held = {step.from_day: step.score for step in steps}
    return tuple(accumulate(range(LAST_DAY + 1), lambda score, day: held.get(day, score), initial=0))[1:]


def _window(spot: Spot, said: Statements) -> SignWindow:
    spot.keys(["sign", "from_day", "to_day", *ROW_KEYS, "areas"])
    window = SignWindow(
        sign=spot["sign"].choice(SIGNS, "sign"),
        from_day=spot["from_day"].whole(0, ALWAYS),
        to_day=spot["to_day"].whole(0, ALWAYS),
        areas=spot["areas"].choices(AREAS, "area"),
        **read_row(spot, said),
    )
    if window.from_day > window.to_day:
        spot.complain("ends before it begins")
    return window


def _rules(spot: Spot, said: Statements, windows: set[str]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for row in spot.rows():
        known = Known(rules=[rule.code for rule in rules], windows=windows)
        rules.append(_rule(row, said, known))
    return tuple(rules)


def _rule(spot: Spot, said: Statements, known: Known) -> Rule:
    spot.keys([*RULE_KEYS, *ROW_KEYS])
    when = tuple(read_condition(row, known) for row in spot["when"].rows())
    if not when:
        spot["when"].complain("must name at least one condition")
    says = frozenset.intersection(*(condition.says for condition in when)) if when else frozenset()
    return Rule(
        code=spot["code"].text(20),
        family=spot["family"].text(20),
        tier=TIERS[spot["tier"].choice(TIERS, "tier")],
        when=when,
        awaits=frozenset().union(*map(awaits, when)),
        unless=spot["unless"].choices(known.rules, "rule further up"),
        title=spot["title"].text(80),
        message=_message(spot["message"], NAMES | {"day"} | says),
        staff=spot["staff"].text(400),
        reopens=spot["reopens"].flag(),
        complete=spot["complete"].flag(),
        fixed=spot["fixed"].flag(),
        **read_row(spot, said),
    )


def _closing(spot: Spot, tier: Tier) -> str:
    """How a message ends; whom to call must not get lost."""
    text = _message(spot, NAMES)
    needed = {Tier.CONTACT: "clinic_phone", Tier.URGENT: "clinic_phone", Tier.EMERGENCY: "emergency_number"}.get(tier)
    if needed and needed not in _placeholders(text):
        spot.complain(f"must name {{{needed}}}")
    return text


def _message(spot: Spot, allowed: frozenset[str]) -> str:
    text = spot.text(500)
    if text.count("{{") or text.count("}}"):
        spot.complain("has doubled braces")
    for name in _placeholders(text):
        if name not in allowed:
            spot.complain(f"cannot fill the placeholder {{{name}}} here")
    return text


def _placeholders(text: str) -> list[str]:
    """Names in braces, with all that is written there; a brace that belongs to none is one that nothing fills."""
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return ["..."]
    return [f"{name}{'!' if how else ''}{how or ''}{':' if layout else ''}{layout}" for _, name, layout, how in parts]


def _modifier(spot: Spot, said: Statements, rules: tuple[Rule, ...]) -> Modifier:
    spot.keys(["code", "reason", "families", "rules", "raises", *WHO_KEYS, *ROW_KEYS])
    families = spot["families"].choices({rule.family for rule in rules}, "family")
    named = spot["rules"].choices([rule.code for rule in rules], "rule")
    modifier = Modifier(
        code=spot["code"].text(20),
        reason=spot["reason"].text(100),
        who=_who(spot),
        rules=tuple(rule.code for rule in rules if rule.family in families or rule.code in named),
        raises=_raises(spot["raises"]),
        **read_row(spot, said),
    )
    if modifier.who.is_everyone:
        spot.complain("does not say for whom")
    if not modifier.rules:
        spot.complain("names no family and no rule")
    return modifier


def _raises(spot: Spot) -> dict[Tier, Tier]:
    """From tier to tier: only ever up, and never to emergency."""
    spot.keys(["watch", "contact"])
    raises: dict[Tier, Tier] = {}
    for text in ("watch", "contact"):
        if spot.has(text):
            raises[TIERS[text]] = to = TIERS[spot[text].choice(TIERS, "tier")]
            if not TIERS[text] < to < Tier.EMERGENCY:
                spot[text].complain("may only raise, and to urgent at most")
    if not raises:
        spot.complain("raises nothing")
    return raises


def _checkin(spot: Spot, said: Statements) -> CheckIn:
    spot.keys(["day", "title", "asks", *WHO_KEYS, *ROW_KEYS])
    return CheckIn(
        day=spot["day"].whole(LAST_DAY + 1, ALWAYS),
        title=spot["title"].text(100),
        who=_who(spot),
        asks=spot["asks"].choices([*QUESTIONS, *SIGNS], "question or sign"),
        **read_row(spot, said),
    )
