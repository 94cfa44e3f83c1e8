"""What is expected after a treatment, and when and how to speak up: one version."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from string import Formatter
from typing import Any

from .conditions import ALWAYS, Known, awaits, read_condition
from .course import Course
from .document import Spot, Unreadable
from .rows import LAST_DAY, Band, Modifier, Profile, Rule, SignWindow, Source, Step
from .scale import AREAS, MODALITIES, QUESTIONS, RISK_FACTORS, SIGNS, Tier

__all__ = [
    "Band",
    "Modifier",
    "Profile",
    "Protocol",
    "Rule",
    "SignWindow",
    "Source",
    "Step",
    "Unreadable",
    "read",
]

ROW_KEYS = ("sources", "kind", "basis")
KINDS = ("stated", "read", "assumed")
# The clinic's own names in a message; `wording` has neutral words for those that are not known.
NAMES = frozenset({"clinic_name", "clinic_phone", "urgent_line", "emergency_number"})
TIERS = {tier.text: tier for tier in Tier if tier}


@dataclass(frozen=True, slots=True)
class Protocol:
    """One version. Rules are judged in the order in which they are written."""

    version: str
    title: str
    sources: Mapping[str, Source]
    closings: Mapping[Tier, str]  # how a message of this tier ends: what to do now
    profiles: tuple[Profile, ...]
    windows: tuple[SignWindow, ...]
    rules: tuple[Rule, ...]
    modifiers: tuple[Modifier, ...]

    def rule(self, code: str) -> Rule:
        """Raises KeyError for a code this version does not have."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(f"{self.version} has no rule {code}")

    def modifier(self, code: str) -> Modifier:
        """Raises KeyError for a code this version does not have."""
        for modifier in self.modifiers:
            if modifier.code == code:
                return modifier
        raise KeyError(f"{self.version} has no modifier {code}")

    def profile_for(self, course: Course) -> Profile:
        """The first that fits, and "standard" where none does."""
        others = (profile for profile in self.profiles if profile.code != "standard" and profile.fits(course))
        return next(others, None) or next(profile for profile in self.profiles if profile.code == "standard")

    def windows_for(self, areas: frozenset[str]) -> Mapping[str, SignWindow]:
        """By sign; where several hold for these areas, the one that ends last."""
        fitting = [window for window in self.windows if not window.areas or not areas.isdisjoint(window.areas)]
        return {window.sign: window for window in sorted(fitting, key=lambda window: window.to_day)}


def read(document: Any) -> Protocol:
    """The protocol that a document (parsed JSON) describes. Raises Unreadable with all its complaints."""
    spot = Spot(document, "protocol")
    spot.keys(["version", "title", "sources", "closings", "profiles", "windows", "rules", "modifiers"])
    spot.settle()
    sources = _sources(spot["sources"])
    windows = tuple(_window(row, sources) for row in spot["windows"].rows())
    rules = _rules(spot["rules"], sources, {window.sign for window in windows})
    protocol = Protocol(
        version=spot["version"].text(60),
        title=spot["title"].text(200),
        sources=sources,
        closings={tier: _message(spot["closings"][text], NAMES) for text, tier in TIERS.items()},
        profiles=tuple(_profile(row, sources) for row in spot["profiles"].rows()),
        windows=windows,
        rules=rules,
        modifiers=tuple(
            _modifier(row, sources, {rule.code: rule for rule in rules}) for row in spot["modifiers"].rows()
        ),
    )
    _no_doubles(spot["profiles"], [profile.code for profile in protocol.profiles])
    _no_doubles(spot["rules"], [rule.code for rule in rules])
    _no_doubles(spot["modifiers"], [modifier.code for modifier in protocol.modifiers])
    _no_doubles(spot["windows"], [f"{window.sign} {' '.join(sorted(window.areas))}".strip() for window in windows])
    if "standard" not in {profile.code for profile in protocol.profiles}:
        spot["profiles"].complain('one must have the code "standard", for all that no other fits')
    spot.settle()
    return protocol


def _no_doubles(spot: Spot, codes: list[str]) -> None:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        spot.complain(f"{code} is there twice")


def _sources(spot: Spot) -> dict[str, Source]:
    if not isinstance(spot.value, dict):
        spot.complain("must be an object")
        return {}
    return {code: _source(spot[code], code) for code in spot.value}


def _source(spot: Spot, code: str) -> Source:
    spot.keys(["title", "document", "heading", "address"])
    if not (spot.has("document") or spot.has("address")):
        spot.complain("needs a document or an address")
    where = {key: spot[key].text() if spot.has(key) else "" for key in ("document", "heading", "address")}
    return Source(code, spot["title"].text(200), **where)


def _row(spot: Spot, sources: Mapping[str, Source]) -> dict[str, Any]:
    """What every row says of itself: the fields of `Row`."""
    cited = spot["sources"].choices(sources, "source")
    if not cited:
        spot.complain("names no source")
    return {"sources": cited, "kind": spot["kind"].choice(KINDS, "kind"), "basis": spot["basis"].text(600)}


def _profile(spot: Spot, sources: Mapping[str, Source]) -> Profile:
    spot.keys(["code", "label", "bands", "modality", "shallower_than_mm", "deeper_than_mm"])
    rows = spot["bands"].rows()
    bands = [_band(row, sources) for row in rows]
    _no_doubles(spot["bands"], [band.question for band in bands])
    for question in QUESTIONS:
        if rows and question not in {band.question for band in bands}:
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


def _band(spot: Spot, sources: Mapping[str, Source]) -> Band:
    spot.keys(["question", "typical", "limit"])
    typical, limit = ([_step(row, sources) for row in spot[line].rows()] for line in ("typical", "limit"))
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


def _step(spot: Spot, sources: Mapping[str, Source]) -> Step:
    spot.keys(["from_day", "score", *ROW_KEYS])
    return Step(from_day=spot["from_day"].whole(0, LAST_DAY), score=spot["score"].whole(0, 4), **_row(spot, sources))


def _by_day(spot: Spot, steps: list[Step]) -> tuple[int, ...]:
    days = [step.from_day for step in steps]
    if days[:1] != [0] or days != sorted(set(days)):
        spot.complain("must start on day 0 and go up in days")
    held = {step.from_day: step.score for step in steps}
    return tuple(accumulate(range(LAST_DAY + 1), lambda score, day: held.get(day, score), initial=0))[1:]


def _window(spot: Spot, sources: Mapping[str, Source]) -> SignWindow:
    spot.keys(["sign", "from_day", "to_day", *ROW_KEYS, "areas"])
    window = SignWindow(
        sign=spot["sign"].choice(SIGNS, "sign"),
        from_day=spot["from_day"].whole(0, ALWAYS),
        to_day=spot["to_day"].whole(0, ALWAYS),
        areas=spot["areas"].choices(AREAS, "area"),
        **_row(spot, sources),
    )
    if window.from_day > window.to_day:
        spot.complain("ends before it begins")
    return window


def _rules(spot: Spot, sources: Mapping[str, Source], windows: set[str]) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for row in spot.rows():
        known = Known(rules=[rule.code for rule in rules], windows=windows)
        rules.append(_rule(row, sources, known))
    return tuple(rules)


def _rule(spot: Spot, sources: Mapping[str, Source], known: Known) -> Rule:
    spot.keys(["code", "family", "tier", "when", "title", "message", "staff", *ROW_KEYS, "unless", "reopens"])
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
        reopens=spot.has("reopens") and spot["reopens"].flag(),
        **_row(spot, sources),
    )


def _message(spot: Spot, allowed: frozenset[str]) -> str:
    text = spot.text(500)
    try:
        parts = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        spot.complain("has a brace that is not part of a placeholder")
        return text
    for _, name, layout, conversion in parts:
        if name not in allowed or layout or conversion:
            spot.complain(f"cannot fill the placeholder {{{name}}} here")
    return text


def _modifier(spot: Spot, sources: Mapping[str, Source], rules: Mapping[str, Rule]) -> Modifier:
    spot.keys(["code", "reason", "rules", "raises", *ROW_KEYS, "areas", "risk_factors"])
    modifier = Modifier(
        code=spot["code"].text(20),
        reason=spot["reason"].text(100),
        areas=spot["areas"].choices(AREAS, "area"),
        risk_factors=spot["risk_factors"].choices(RISK_FACTORS, "risk factor"),
        rules=spot["rules"].choices(rules, "rule"),
        raises=_raises(spot["raises"]),
        **_row(spot, sources),
    )
    if not (modifier.areas or modifier.risk_factors):
        spot.complain("names no area and no risk factor")
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
