"""The first protocol as knowledge: every row grounded, every word fit for a patient."""

import json
import re
from importlib.resources import files

import pytest

from journal import protocols
from journal.recovery.reading import grade
from journal.recovery.row_reader import KINDS
from journal.recovery.scale import QUESTIONS, SIGNS, Tier
from journal.recovery.shapes import SHAPES

from .tables import PROTOCOL

PROFILES = {profile.code: profile for profile in PROTOCOL.profiles}
BANDS = [band for profile in PROTOCOL.profiles for band in profile.bands.values()]
STEPS = [step for band in BANDS for step in (*band.typical_steps, *band.limit_steps)]
CARE = PROTOCOL.care
ADVICE = [*CARE.preparation, *(advice for clock in CARE.clocks for advice in clock.advice)]
AROUND = [*CARE.stages, *CARE.comforts, *CARE.results, *CARE.goals, *CARE.milestones, CARE.spacing]
CARE_ROWS = [*CARE.concerns, *ADVICE, *AROUND]
CLAIMED = [claim.statement for clock in CARE.clocks for claim in clock.claims]
ROWS = [*STEPS, *PROTOCOL.windows, *PROTOCOL.rules, *PROTOCOL.modifiers, *PROTOCOL.checkins, *CARE_ROWS]
MESSAGES = [f"{rule.message} {PROTOCOL.closings[rule.tier]}" for rule in PROTOCOL.rules]
TITLES = [row.title for row in (*PROTOCOL.rules, *PROTOCOL.checkins)] + [row.reason for row in PROTOCOL.modifiers]
GROUNDS = list(dict.fromkeys([row.basis for row in ROWS] + [row.choice for row in ROWS if row.choice]))
SAYS = [statement.says for statement in PROTOCOL.statements.values()]
LABELS = [sign.label for sign in SIGNS.values()]
BANNED = (
    r"normal|abnormal|heal\w*|diagnos\w*|disease|infect\w*|allerg\w*|complication\w*|sepsis|cellulitis|herpe\w*|"
    r"granuloma\w*|safe|fine|all clear|don't worry"
)


def test_the_current_version_is_its_own_file():
    assert PROTOCOL.version == protocols.CURRENT
    assert protocols.load(protocols.CURRENT) is PROTOCOL


@pytest.mark.parametrize("row", ROWS, ids=lambda row: getattr(row, "code", type(row).__name__))
def test_every_row_says_where_it_comes_from(row):
    assert row.says
    assert set(row.sources) <= PROTOCOL.sources.keys()
    assert all(said.heading and said.says for said in row.says)
    assert row.kind in KINDS
    assert row.basis


def test_the_five_documents_are_named_and_nothing_is_listed_that_no_row_cites():
    cited = {code for row in ROWS for code in row.sources}
    seeds = {code for code, source in PROTOCOL.sources.items() if source.document}
    assert seeds == {"S0", "S1", "S2", "S3", "S4"}
    assert PROTOCOL.sources.keys() == cited
    assert set(PROTOCOL.statements.values()) == {said for row in ROWS for said in row.says} | set(CLAIMED)
    assert all(source.address.startswith("http") for code, source in PROTOCOL.sources.items() if code not in seeds)


def test_a_row_names_no_source_in_its_text_that_it_does_not_cite():
    for row in ROWS:
        assert set(re.findall(r"\b[SE]\d+\b", f"{row.basis} {row.choice}")) <= set(row.sources), row


def test_a_row_that_calls_itself_stated_names_a_source_in_its_basis():
    assert all(re.search(r"\b[SE]\d", row.basis) for row in ROWS if row.kind == "stated")


def test_a_step_of_a_band_is_never_stated_because_no_source_gives_daily_scores():
    assert all(step.kind != "stated" for step in STEPS)


EXPECTED = """
            redness                         dryness                         tightness                       itch
superficial 211000000000000/322111110000000 111111000000000/222222211000000 211000000000000/322211110000000 111000000000000/222111110000000
standard    322110000000000/433221110000000 122222110000000/233333221110000 222110000000000/333222110000000 111110000000000/222222110000000
deep        332211000000000/433322210000000 122332211000000/233333322110000 322211000000000/333322110000000 112211000000000/222222210000000
rf          322110000000000/433322210000000 122222110000000/233333322110000 222110000000000/333322110000000 111110000000000/222222210000000
"""  # noqa: E501  the tables of the clinical brief, section 2.2


@pytest.mark.parametrize("line", EXPECTED.strip().splitlines()[1:])
def test_the_bands_of_each_profile(line):
    code, *written = line.split()
    for question, digits in zip(EXPECTED.split()[: len(QUESTIONS)], written, strict=True):
        band = PROFILES[code].bands[question]
        assert f"{_digits(band.typical)}/{_digits(band.limit)}" == digits


def _digits(scores):
    return "".join(map(str, scores))


def test_redness_is_beyond_what_is_expected_from_day_8_on_for_every_kind_of_treatment():
    assert all(profile.bands["redness"].limit[7:9] == (1, 0) for profile in PROTOCOL.profiles)


def test_a_shallower_treatment_never_allows_more_than_a_deeper_one():
    for shallower, deeper in (("superficial", "standard"), ("standard", "deep")):
        for question, band in PROFILES[shallower].bands.items():
            assert all(map(int.__le__, band.limit, PROFILES[deeper].bands[question].limit)), (shallower, question)


def test_no_band_expects_more_from_day_5_on_than_before():
    """Dryness builds up at first; after that an expected range only falls."""
    for band in BANDS:
        assert list(band.limit[5:]) == sorted(band.limit[5:], reverse=True)
        assert list(band.typical[5:]) == sorted(band.typical[5:], reverse=True)


def test_the_rules_that_no_clinic_may_loosen():
    fixed = {rule.code for rule in PROTOCOL.rules if rule.fixed}
    assert fixed == {"R-1", "W-1"} | {
        rule.code
        for rule in PROTOCOL.rules
        if rule.family in {"infection", "pain", "swelling", "allergy", "eyes", "blisters"}
    }


def test_the_late_check_ins():
    assert [(one.day, one.who.is_everyone) for one in PROTOCOL.checkins] == [
        (21, True),
        (28, True),
        (42, True),
        (84, False),
    ]
    assert set(PROTOCOL.checkins[3].who.risk_factors) == {"keloid_history", "isotretinoin"}
    assert set(PROTOCOL.checkins[3].who.areas) == {"chest", "back"}


def test_eight_shapes_are_enough():
    assert len(SHAPES) == 8


def test_every_question_and_every_sign_has_a_rule():
    awaited = frozenset().union(*(rule.awaits for rule in PROTOCOL.rules if rule.code != "W-2"))
    assert awaited >= {*QUESTIONS, *SIGNS}


@pytest.mark.parametrize("text", [*MESSAGES, *TITLES, *LABELS, *GROUNDS, *SAYS])
def test_no_patient_reads_a_banned_word(text):
    assert not re.search(rf"\b({BANNED})\b", text, re.IGNORECASE)


@pytest.mark.parametrize("text", [*MESSAGES, *LABELS])
def test_patients_read_short_plain_sentences(text):
    assert grade(text) <= 6, grade(text)


@pytest.mark.parametrize("text", [*GROUNDS, *SAYS])
def test_what_stands_behind_a_number_reads_almost_as_plainly(text):
    assert grade(re.sub(r"\b[SE]\d+\b", "it", text)) <= 8.5, grade(text)


def test_no_emergency_depends_on_another_rule_or_on_the_day():
    emergencies = [rule for rule in PROTOCOL.rules if rule.tier is Tier.EMERGENCY]
    assert len(emergencies) == 3
    for rule in emergencies:
        assert not rule.unless
        assert all((condition.from_day, condition.to_day) == (-100_000, 100_000) for condition in rule.when)


def test_the_document_is_plain_json_without_a_path_of_some_machine():
    text = files(protocols).joinpath(f"{protocols.CURRENT}.json").read_text("utf-8")
    assert json.loads(text)["version"] == protocols.CURRENT
    assert not re.search(r"/(work|home|tmp|root)/", text)
