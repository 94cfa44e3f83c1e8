"""The care part of a protocol out of a document, with a complaint for each thing that is wrong with it."""

import re
from itertools import pairwise

from .care import Advice, Care, Claim, Clock, Comfort, Concern, Goal, Milestone, Result, Spacing, Stage
from .conditions import ALWAYS
from .document import Spot
from .row_reader import ROW_KEYS, Statements, no_doubles, read_row
from .rows import Source, Statement
from .scale import AREAS, QUESTIONS, RISK_FACTORS, SIGNS

KEYS = ("concerns", "preparation", "stages", "clocks", "comforts", "results", "goals", "milestones", "spacing")
CODE = re.compile(r"[a-z0-9-]{1,30}")  # names fields of forms
LONGEST_BEFORE = 30  # days
LONGEST_STAGE = 600  # minutes
NOBODY = Statement(Source("", "", "", "", ""), "", "")  # stands in where a document has no statements


def read_care(spot: Spot, said: Statements) -> Care:
    spot.keys(KEYS)
    clocks = tuple(_clock(row, said) for row in spot["clocks"].rows())
    care = Care(
        concerns=tuple(_concern(row, said) for row in spot["concerns"].rows()),
        preparation=tuple(_before(row, said) for row in spot["preparation"].rows()),
        stages=tuple(_stage(row, said) for row in spot["stages"].rows()),
        clocks=clocks,
        comforts=tuple(_comfort(row, said, {clock.code for clock in clocks}) for row in spot["comforts"].rows()),
        results=tuple(_result(row, said) for row in spot["results"].rows()),
        goals=tuple(_goal(row, said) for row in spot["goals"].rows()),
        milestones=tuple(_milestone(row, said) for row in spot["milestones"].rows()),
        spacing=_spacing(spot["spacing"], said),
    )
    for name in ("concerns", "preparation", "stages", "clocks", "comforts", "results", "goals"):
        no_doubles(spot[name], [row.code for row in getattr(care, name)])
    no_doubles(spot["milestones"], [f"week {milestone.week}" for milestone in care.milestones])
    return care


def _code(spot: Spot) -> str:
    code = spot.text(30)
    if code and not CODE.fullmatch(code):
        spot.complain("must be of small letters, digits and - only")
    return code


def _concern(spot: Spot, said: Statements) -> Concern:
    spot.keys(["code", "asks", "advice", "risk_factors", *ROW_KEYS])
    return Concern(
        code=_code(spot["code"]),
        asks=spot["asks"].text(200),
        advice=spot["advice"].text(300),
        risk_factors=spot["risk_factors"].choices(RISK_FACTORS, "risk factor"),
        **read_row(spot, said),
    )


def _advice(spot: Spot, said: Statements, *, first: int) -> Advice:
    spot.keys(["code", "does", "from_day", "to_day", "text", "short", "again", *ROW_KEYS])
    advice = Advice(
        code=_code(spot["code"]),
        does=spot["does"].flag(),
        from_day=spot["from_day"].whole(first, ALWAYS),
        to_day=spot["to_day"].whole(first, ALWAYS) if spot.has("to_day") else None,
        text=spot["text"].text(300),
        short=spot["short"].text(60) if spot.has("short") else "",
        again=spot["again"].flag(),
        **read_row(spot, said),
    )
    if advice.to_day is not None and advice.to_day < advice.from_day:
        spot.complain("ends before it begins")
    return advice


def _before(spot: Spot, said: Statements) -> Advice:
    advice = _advice(spot, said, first=-LONGEST_BEFORE)
    if advice.to_day is None or advice.to_day > 0:
        spot.complain("must end with the day of the treatment, or sooner")
    return advice


def _clock(spot: Spot, said: Statements) -> Clock:
    spot.keys(["code", "topic", "advice", "claims"])
    claims = [_claim(row, said) for row in spot["claims"].rows()]
    clock = Clock(
        code=_code(spot["code"]),
        topic=spot["topic"].text(80),
        advice=tuple(_advice(row, said, first=0) for row in spot["advice"].rows()),
        claims=tuple(sorted(claims, key=lambda claim: -ALWAYS - 1 if claim.to_day is None else -claim.to_day)),
    )
    if not clock.advice:
        spot["advice"].complain("must tell something")
    no_doubles(spot["advice"], [advice.code for advice in clock.advice])
    named = [row["says"].value for row in spot["claims"].rows()]
    no_doubles(spot["claims"], [code for code in named if isinstance(code, str)])
    _follow_on(spot["advice"], clock.advice)
    return clock


def _follow_on(spot: Spot, advice: tuple[Advice, ...]) -> None:
    """Of one topic one thing holds at a time: no gap, no two at once, and what is left out comes first."""
    for before, after in pairwise(advice):
        if before.to_day is None or after.from_day != before.to_day + 1:
            spot.complain(f"{after.code} must begin on the day after {before.code} ends")
    if any(before.does and not after.does for before, after in pairwise(advice)):
        spot.complain("must begin with what is left out")


def _claim(spot: Spot, said: Statements) -> Claim:
    spot.keys(["says", "to_day"])
    code = spot["says"].choice(said, "statement")
    return Claim(said.get(code, NOBODY), spot["to_day"].whole(-1, ALWAYS) if spot.has("to_day") else None)


def _stage(spot: Spot, said: Statements) -> Stage:
    spot.keys(["code", "title", "text", "areas", "minutes", *ROW_KEYS])
    return Stage(
        code=_code(spot["code"]),
        title=spot["title"].text(80),
        text=spot["text"].text(400),
        areas=spot["areas"].choices(AREAS, "area"),
        minutes=_minutes(spot["minutes"]) if spot.has("minutes") else None,
        **read_row(spot, said),
    )


def _minutes(spot: Spot) -> tuple[int, int]:
    read = [row.whole(1, LONGEST_STAGE) for row in spot.rows()]
    if len(read) != 2 or read[0] > read[1]:
        spot.complain("must be the shortest and the longest time")
        return 1, 1
    return read[0], read[1]


def _comfort(spot: Spot, said: Statements, clocks: set[str]) -> Comfort:
    spot.keys(["code", "title", "text", "eases", "clock", *ROW_KEYS])
    return Comfort(
        code=_code(spot["code"]),
        title=spot["title"].text(80),
        text=spot["text"].text(400),
        eases=spot["eases"].choices([*QUESTIONS, *SIGNS], "question or sign"),
        clock=spot["clock"].choice(clocks, "clock") if spot.has("clock") else "",
        **read_row(spot, said),
    )


def _result(spot: Spot, said: Statements) -> Result:
    spot.keys(["code", "from_day", "title", "text", *ROW_KEYS])
    return Result(
        code=_code(spot["code"]),
        from_day=spot["from_day"].whole(0, ALWAYS),
        title=spot["title"].text(80),
        text=spot["text"].text(400),
        **read_row(spot, said),
    )


def _goal(spot: Spot, said: Statements) -> Goal:
    spot.keys(["code", "label", *ROW_KEYS])
    return Goal(code=_code(spot["code"]), label=spot["label"].text(80), **read_row(spot, said))


def _milestone(spot: Spot, said: Statements) -> Milestone:
    spot.keys(["week", *ROW_KEYS])
    return Milestone(week=spot["week"].whole(1, 52), **read_row(spot, said))


def _spacing(spot: Spot, said: Statements) -> Spacing:
    spot.keys(["from_day", "to_day", *ROW_KEYS])
    spacing = Spacing(
        from_day=spot["from_day"].whole(1, ALWAYS), to_day=spot["to_day"].whole(1, ALWAYS), **read_row(spot, said)
    )
    if spacing.to_day < spacing.from_day:
        spot.complain("ends before it begins")
    return spacing
