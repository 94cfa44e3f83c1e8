"""What flags brought, counted: how many, what came of them, how long they waited. Plain values, and no small numbers.

Whatever would be told of fewer than FEWEST flags is told together with something else, so that no line stands for a
few people and no line can be worked out from the others.
"""

import datetime
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

FEWEST = 5
FEWEST_FOR_90 = 10  # waits, before the slowest tenth is anything but one of them
ACTED_ON = {"advised", "seen", "referred"}
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Raised:
    """One flag, without whom it is about."""

    rule: str
    month: datetime.date  # the first of the one that it was raised in
    live: bool
    outcome: str = ""  # of its latest closing; of a live flag nothing counts
    useful: str = ""  # yes, no or unsure; empty where nobody answered
    waited: datetime.timedelta | None = None  # until the first look, while the doors were open; None: nobody looked


@dataclass(frozen=True, slots=True)
class Worth:
    """What some flags brought. None is what cannot be told of so few."""

    flags: int
    closed: int
    per_100: float | None  # entries
    acted_on: int | None  # percent of the closed ones
    useful: int | None  # percent of those about which somebody answered
    usual_wait: datetime.timedelta | None  # half waited for less
    longest_waits: datetime.timedelta | None  # a tenth waited for longer


def worth(raised: Sequence[Raised], entries: int) -> Worth:
    """What these flags brought, of so many entries that could have raised one."""
    closed = [flag for flag in raised if not flag.live]
    waits = sorted(flag.waited for flag in raised if flag.waited is not None)
    return Worth(
        flags=len(raised),
        closed=len(closed),
        per_100=100 * len(raised) / entries if entries >= FEWEST else None,
        acted_on=_percent(*_acted_on(raised)),
        useful=_percent(*_useful(raised)),
        usual_wait=_within(waits, 0.5) if len(waits) >= FEWEST else None,
        longest_waits=_within(waits, 0.9) if len(waits) >= FEWEST_FOR_90 else None,
    )


def _within(waits: Sequence[datetime.timedelta], share: float) -> datetime.timedelta:
    """The wait, of some in order, that so many did not exceed."""
    return waits[math.ceil(share * len(waits)) - 1]


def _percent(part: int, whole: int) -> int | None:
    """None where either side is a few: from one the other follows."""
    if whole < FEWEST or 0 < part < FEWEST or 0 < whole - part < FEWEST:
        return None
    return round(100 * part / whole)


def by_month(raised: Sequence[Raised], entries: Mapping[datetime.date, int]) -> list[tuple[list[datetime.date], Worth]]:
    """By the months that have flags or entries, in order; one with few flags is told together with those beside it."""
    flags = _by(raised, lambda flag: flag.month)
    groups: list[list[datetime.date]] = []
    for month in sorted({*flags, *entries}):
        if not groups or sum(len(flags[one]) for one in groups[-1]) >= FEWEST:
            groups.append([])
        groups[-1].append(month)
    if len(groups) > 1 and sum(len(flags[one]) for one in groups[-1]) < FEWEST:
        last = groups.pop()
        groups[-1] += last
    return _hidden_well(
        [(months, _of(months, flags, sum(entries.get(month, 0) for month in months))) for months in groups], flags
    )


def by_rule(raised: Sequence[Raised], entries: int) -> list[tuple[list[str], Worth]]:
    """By rule, the most frequent first; last and together those with few flags, and as many more as hide them."""
    flags = _by(raised, lambda flag: flag.rule)
    rules = sorted(flags, key=lambda rule: (-len(flags[rule]), rule))
    few = [rule for rule in rules if len(flags[rule]) < FEWEST]
    while few and len(few) < len(rules) and (len(few) < 2 or sum(len(flags[rule]) for rule in few) < FEWEST):
        few.insert(0, rules[-len(few) - 1])
    alone = [[rule] for rule in rules[: len(rules) - len(few)]]
    return _hidden_well([(group, _of(group, flags, entries)) for group in [*alone, *([few] if few else [])]], flags)


def _hidden_well(
    lines: list[tuple[list[Key], Worth]], flags: Mapping[Key, list[Raised]]
) -> list[tuple[list[Key], Worth]]:
    """A share that is not told would follow from the others and the whole: so many are not that their sum may be."""
    for share, counts in (("acted_on", _acted_on), ("useful", _useful)):
        counted = [counts([flag for key in keys for flag in flags.get(key, [])]) for keys, _line in lines]
        hidden = {place for place, (_keys, line) in enumerate(lines) if getattr(line, share) is None}
        places = set(range(len(lines)))
        if _sum(counted, places) is None:
            continue  # the whole is not told: nothing follows from it
        told = sorted(places - hidden, key=lambda place: counted[place][1], reverse=True)
        while told and any(counted[place][1] for place in hidden) and _sum(counted, hidden) is None:
            hidden.add(told.pop())
        untold: dict[str, Any] = {share: None}
        lines = [
            (keys, replace(line, **untold) if place in hidden else line) for place, (keys, line) in enumerate(lines)
        ]
    return lines


def _sum(counted: Sequence[tuple[int, int]], places: Collection[int]) -> int | None:
    return _percent(sum(counted[place][0] for place in places), sum(counted[place][1] for place in places))


def _acted_on(raised: Sequence[Raised]) -> tuple[int, int]:
    closed = [flag for flag in raised if not flag.live]
    return sum(flag.outcome in ACTED_ON for flag in closed), len(closed)


def _useful(raised: Sequence[Raised]) -> tuple[int, int]:
    answered = [flag.useful for flag in raised if not flag.live and flag.useful]
    return answered.count("yes"), len(answered)


def _by(raised: Sequence[Raised], key: Callable[[Raised], Key]) -> defaultdict[Key, list[Raised]]:
    found: defaultdict[Key, list[Raised]] = defaultdict(list)
    for flag in raised:
        found[key(flag)].append(flag)
    return found


def _of(keys: Sequence[Key], flags: Mapping[Key, list[Raised]], entries: int) -> Worth:
    return worth([flag for key in keys for flag in flags.get(key, [])], entries)
