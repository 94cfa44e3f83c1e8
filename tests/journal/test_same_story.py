"""The patient, the clinician, the stored flag and the paper engine tell one story, from one key and the same values."""

import datetime

import pytest

from journal import protocols
from journal.actions import silence
from journal.models import Entry, Flag
from journal.recovery import wording
from journal.recovery.notation import read_courses, write
from tests.conftest import make_treatment

from .tables import log, words

START = datetime.date(2026, 3, 2)
ABOUT = {"areas": ["face", "eyes"], "depth_mm": "2.0", "skin_tone": 9, "risk_factors": ["diabetes"]}
TABLE = """day redness dryness itch signs                  temperature worried
  0       3    1       1    warmth                 .           .
  2       0    2       0    -                      .           .
  4       2    2       2    yellow_crust           .           .
  5       3    4       3    increasing_pain,pus    38.4        yes
  9       1    0       .    bruising               .           ."""
ON_PAPER = {
    "treatments": [{"day": 0, "areas": ["face", "eyes"], "depth_mm": 2.0}],
    "skin_tone": 9,
    "risk_factors": ["diabetes"],
    "as_of_day": 20,
    "entries": [
        {"day": 0, "redness": 3, "dryness": 1, "itch": 1, "signs": ["warmth"]},
        {"day": 2, "redness": 0, "dryness": 2, "itch": 0, "signs": [], "signs_answered": True},
        {"day": 4, "redness": 2, "dryness": 2, "itch": 2, "signs": ["yellow_crust"]},
        {
            "day": 5,
            "redness": 3,
            "dryness": 4,
            "itch": 3,
            "signs": ["increasing_pain", "pus"],
            "temperature_c": 38.4,
            "worried": True,
        },
        {"day": 9, "redness": 1, "dryness": 0, "signs": ["bruising"]},
    ],
}


@pytest.fixture
def treatment(pat, cara):
    treatment = make_treatment(pat, START, cara, **ABOUT)
    log(treatment, TABLE)
    silence.review(at=datetime.datetime.combine(treatment.date_of(20), datetime.time(18), treatment.zone))
    return treatment


@pytest.fixture
def on_paper():
    (treatments,) = read_courses(ON_PAPER)
    return write(treatments, protocols.load(protocols.CURRENT))


def test_a_stored_flag_keeps_what_the_paper_engine_finds(treatment, on_paper):
    told = {(day["day"], one["rule"]): one for day in on_paper["days"] for one in day["findings"]}
    flags = list(Flag.objects.all())
    assert {flag.rule for flag in flags} >= {"N-1", "N-4", "N-7", "R-1", "R-4", "V-2", "IT-2", "W-1"}
    for flag in flags:
        paper = told[flag.day, flag.rule]
        assert (flag.protocol_version, flag.finding().tier.text) == (paper["protocol"], paper["tier"])
        assert flag.days == paper["days"]
        assert flag.values == paper["values"]
        assert wording.why(flag.finding(), treatment.protocol) == paper["why"]


def test_every_finding_for_the_clinic_on_paper_is_on_a_flag_or_told_by_one(treatment, on_paper):
    flags = {flag.rule: flag for flag in Flag.objects.all()}
    for day in on_paper["days"]:
        for one in day["findings"]:
            if one["tier"] in ("contact", "urgent", "emergency") and one["rule"] != "M-2":
                assert treatment.date_of(day["day"]).isoformat() in flags[one["rule"]].fired_on


def test_the_patient_and_the_clinician_read_the_same_reason_and_sources(treatment, on_paper, as_, pat, cara):
    (last,) = [day for day in on_paper["days"] if day["day"] == 5]
    result = words(as_(pat).get(f"/entry/{Entry.objects.get(on=treatment.date_of(5)).pk}/"))
    for one in last["findings"]:
        assert one["why"] in result, one["rule"]
        for source in one["sources"]:
            assert f"{source.split(':')[0]} {source.split(': ', 1)[1].rsplit(' (', 1)[0]}" in result
    for flag in Flag.objects.filter(day=5):
        page = words(as_(cara).get(f"/flag/{flag.pk}/"))
        (one,) = [one for one in last["findings"] if one["rule"] == flag.rule]
        assert one["why"] in page


def test_findings_name_days_values_expected_range_rule_version_and_sources(on_paper):
    for day in on_paper["days"]:
        for one in day["findings"]:
            assert one["rule"]
            assert one["days"][-1] == day["day"]
            assert one["values"]
            assert one["sources"]
            assert one["protocol"] == "microneedling-1"
            if "score" in one["values"]:
                assert {"typical", "limit"} <= one["values"].keys()
                assert "Expected on that day: " in one["why"]
