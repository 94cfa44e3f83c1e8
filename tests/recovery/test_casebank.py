"""The case bank: the protocol passes every case, and a protocol that is wrong does not."""

import json
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from journal import protocols
from journal.recovery import cases, ordinary, report
from journal.recovery.document import Unreadable
from journal.recovery.notation import found_in
from journal.recovery.scale import AREAS, RISK_FACTORS, SIGNS, Tier

from .tables import PROTOCOL

BANK = protocols.case_bank()
CASE = """
# A remark.
case: a-case
says: Redness on day 8.
from: E01
areas: face eyes
tone: 8
risks: eczema
as of: 12
fires: R-1
day tier    redness itch signs         temp worried
0   none    3       .    warmth,peeling
1   none    ?
8   contact 1       0    -             .    .
10  contact
"""


@pytest.mark.parametrize("case", BANK, ids=lambda case: case.name)
def test_a_case(case):
    assert cases.judge(case, PROTOCOL).complaints == []


def test_the_bank_is_large_and_a_third_of_it_is_ordinary():
    assert len(BANK) >= 200
    assert sum(case.ordinary for case in BANK) * 3 >= len(BANK)
    assert len({case.name for case in BANK}) == len(BANK)


def test_no_ordinary_case_asks_for_the_clinic():
    assert all(tier < Tier.CONTACT for case in BANK if case.ordinary for tier in case.expected.values())


def test_the_bank_names_known_sources_and_known_rules():
    assert {code for case in BANK for code in case.sources} <= PROTOCOL.sources.keys()
    assert {rule for case in BANK for rule in case.fires | case.never} <= {rule.code for rule in PROTOCOL.rules}


def test_every_rule_and_every_modifier_is_tried_by_a_case():
    verdicts = [cases.judge(case, PROTOCOL) for case in BANK]
    assert {rule for verdict in verdicts for rule in verdict.rules} == {rule.code for rule in PROTOCOL.rules}
    assert {rule for case in BANK for rule in case.fires} == {rule.code for rule in PROTOCOL.rules}
    found = [finding for case in BANK for day in found_in(case.treatments, PROTOCOL).values() for _, finding in day]
    raised_by = {code for finding in found for code in finding.values.get("raised_by", ())}
    assert raised_by == {modifier.code for modifier in PROTOCOL.modifiers}


def test_the_bank_has_all_tones_areas_depths_signs_and_risk_factors():
    courses = [treated.course for case in BANK for treated in case.treatments]
    assert {course.skin_tone for course in courses} >= {*range(1, 11), None}
    assert set().union(*(course.areas for course in courses)) == AREAS.keys()
    assert set().union(*(course.risk_factors for course in courses)) == RISK_FACTORS.keys()
    assert {PROTOCOL.profile_for(course).code for course in courses} == {one.code for one in PROTOCOL.profiles}
    assert set().union(*(reading.signs for course in courses for reading in course.readings)) == SIGNS.keys()


def test_a_case_is_read_as_it_is_written():
    (case,) = cases.read(CASE, "redness")
    (treated,) = case.treatments
    assert (case.name, case.family, case.sources, case.fires) == ("a-case", "redness", ("E01",), {"R-1"})
    assert {day: tier.text for day, tier in case.expected.items()} == {
        0: "none",
        1: "none",
        8: "contact",
        10: "contact",
    }
    assert [reading.day for reading in treated.course.readings] == [0, 1, 8]
    assert treated.course.readings[0].signs == {"warmth", "peeling"}
    assert treated.course.readings[0].scores == {"redness": 3}
    assert treated.course.readings[1].cant_tell
    assert not treated.course.readings[1].signs_answered
    assert treated.course.readings[2].signs_answered
    assert (treated.course.skin_tone, treated.course.as_of_day, treated.course.areas) == (8, 12, {"face", "eyes"})


@pytest.mark.parametrize(
    ("written", "rewritten", "complaint"),
    [
        ("tone: 8", "tone: dark", "redness a-case.skin_tone: must be a whole number from 1 to 10"),
        ("risks: eczema", "risks: mood", 'redness a-case.risk_factors[0]: "mood" is not a known risk factor'),
        ("says: Redness on day 8.", "", "redness a-case.says: must be text"),
        ("from: E01", "form: E01", 'redness a-case: does not know "form"'),
        ("8   contact", "8   alarm", 'redness a-case tier: "alarm" is not a known tier'),
        ("warmth,peeling", "mood", 'redness a-case.entries[0].signs[0]: "mood" is not a known sign'),
        ("1   none    ?", "1   none    9", "redness a-case.entries[1].redness: must be 0 to 4"),
        ("1   none    ?", "1   none ? . - . . 7", "redness a-case: the row '1 none ? . - . . 7' does not fit"),
        ("worried", "mood", "redness a-case: the row '0 none 3 . warmth,peeling' does not fit its columns"),
        ("0   none", "zero none", "redness a-case.entries[0].day: must be a whole number"),
    ],
)
def test_a_slip_in_a_case_is_named_with_its_place(written, rewritten, complaint):
    with pytest.raises(Unreadable) as refused:
        cases.read(CASE.replace(written, rewritten), "redness")
    assert complaint in str(refused.value)


def test_a_case_that_does_not_come_out_is_told():
    told = """
case: a-case
says: Redness on day 8.
from: constructed
as of: 10
fires: N-1
never: R-1
day tier    redness
7   watch   1
8   none    1
10  none
"""
    (case,) = cases.read(told, "redness")
    assert cases.judge(case, PROTOCOL).complaints == [
        "day 2: watch where none is expected",
        "day 7: none where watch is expected",
        "day 8: contact where none is expected",
        "day 10: contact where none is expected",
        "N-1 does not fire",
        "R-1 fires",
    ]


def test_a_protocol_without_a_rule_fails_the_cases_of_that_rule():
    without = replace(PROTOCOL, rules=tuple(rule for rule in PROTOCOL.rules if rule.code != "R-1"))
    told = report.on_cases(BANK, without)
    assert told.failed
    assert told.sensitivity < report.on_cases(BANK, PROTOCOL).sensitivity == 1.0


def test_a_protocol_that_alarms_too_soon_is_less_specific():
    sooner = tuple(replace(rule, tier=Tier.CONTACT) if rule.code == "R-5" else rule for rule in PROTOCOL.rules)
    assert report.on_cases(BANK, replace(PROTOCOL, rules=sooner)).specificity < 1.0


def test_made_up_recoveries_are_the_same_for_the_same_seed():
    kind = ordinary.KINDS[1]
    once, again, other = (list(ordinary.recoveries(kind, PROTOCOL, seed=seed, count=5)) for seed in (1, 1, 2))
    assert once == again != other
    assert all(reading.day <= 14 for course in once for reading in course.readings)


def test_made_up_recoveries_miss_days_and_slip_as_often_as_they_say():
    courses = [one for kind in ordinary.KINDS for one in ordinary.recoveries(kind, PROTOCOL, seed=1, count=200)]
    days = sum(len(course.readings) for course in courses)
    assert 0.83 < days / (15 * len(courses)) < 0.87
    late = [reading.scores["redness"] for course in courses for reading in course.readings if reading.day > 9]
    assert 0.03 < sum(score == 1 for score in late) / len(late) < 0.07  # half of the slips from 0 stay at 0


def test_the_command_reports_and_passes(capsys):
    call_command("casebank", "--ordinary", "20")
    said = capsys.readouterr().out
    assert f"{len(BANK)} cases" in said
    assert "0 failed" in said
    assert "sensitivity 100.0%, specificity 100.0%" in said


def test_the_command_reports_as_json_and_fails_where_a_case_fails(capsys, tmp_path, monkeypatch):
    (case,) = cases.read(CASE.replace("8   contact", "8   watch"), "redness")
    monkeypatch.setattr(protocols, "case_bank", lambda: [case])
    with pytest.raises(CommandError, match="1 of 1 cases failed"):
        call_command("casebank", "--json", "--ordinary", "5")
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["passed"]) == (1, 0)
    assert "a-case" in told["failed"]
    assert set(told["ordinary_recoveries"]) == {kind.name for kind in ordinary.KINDS}
