"""The first protocol as knowledge: every row grounded, every word fit for a patient."""

import json
import re
from importlib.resources import files

import pytest

from journal import protocols
from journal.recovery.protocol import KINDS
from journal.recovery.scale import QUESTIONS, SIGNS, Tier

from .tables import PROTOCOL

BANDS = list(PROTOCOL.profiles[0].bands.values())
STEPS = [step for band in BANDS for step in (*band.typical_steps, *band.limit_steps)]
ROWS = [*STEPS, *PROTOCOL.windows, *PROTOCOL.rules, *PROTOCOL.modifiers]
MESSAGES = [f"{rule.message} {PROTOCOL.closings[rule.tier]}" for rule in PROTOCOL.rules]
TITLES = [*(rule.title for rule in PROTOCOL.rules), *(modifier.reason for modifier in PROTOCOL.modifiers)]
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
    assert row.sources
    assert set(row.sources) <= PROTOCOL.sources.keys()
    assert row.kind in KINDS
    assert row.basis


def test_the_five_documents_are_named_and_nothing_is_listed_that_no_row_cites():
    cited = {code for row in ROWS for code in row.sources}
    seeds = {code for code, source in PROTOCOL.sources.items() if source.document}
    assert seeds == {"S0", "S1", "S2", "S3", "S4"}
    assert PROTOCOL.sources.keys() == cited | seeds
    assert all(source.address.startswith("http") for code, source in PROTOCOL.sources.items() if code not in seeds)


def test_a_row_that_calls_itself_stated_names_a_source_in_its_basis():
    assert all(re.search(r"\b[SE]\d", row.basis) for row in ROWS if row.kind == "stated")


@pytest.mark.parametrize(
    ("question", "typical", "limit"),
    [
        ("redness", "322110000000000", "433221110000000"),
        ("dryness", "122222110000000", "233333221110000"),
        ("tightness", "222110000000000", "333222110000000"),
        ("itch", "111110000000000", "222222110000000"),
    ],
)
def test_the_standard_bands(question, typical, limit):
    band = PROTOCOL.profiles[0].bands[question]
    assert "".join(map(str, band.typical)) == typical
    assert "".join(map(str, band.limit)) == limit


def test_no_band_expects_more_from_day_5_on_than_before():
    """Dryness builds up at first; after that an expected range only falls."""
    for band in BANDS:
        assert list(band.limit[5:]) == sorted(band.limit[5:], reverse=True)
        assert list(band.typical[5:]) == sorted(band.typical[5:], reverse=True)


def test_every_question_and_every_sign_has_a_rule():
    awaited = frozenset().union(*(rule.awaits for rule in PROTOCOL.rules if rule.code != "W-2"))
    assert awaited >= {*QUESTIONS, *SIGNS}


@pytest.mark.parametrize("text", [*MESSAGES, *TITLES, *LABELS])
def test_no_patient_reads_a_banned_word(text):
    assert not re.search(rf"\b({BANNED})\b", text, re.IGNORECASE)


@pytest.mark.parametrize("text", [*MESSAGES, *LABELS])
def test_patients_read_short_plain_sentences(text):
    assert grade(text) <= 6, grade(text)


def grade(text):
    """Flesch-Kincaid grade level, with vowel groups for syllables; one word for each placeholder."""
    text = re.sub(r"\{\w+\}", "this", text)
    sentences = [part for part in re.split(r"[.:;?!]\s*", text) if part]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e(d|s)?$", r"\1", word.lower())))) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


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
