"""Patients read plain words: the protocol, the care around the treatment, every page."""

import io

import pytest
from django.core.management import call_command

from journal.management.patient_texts import Text, of_code, of_protocol, of_scale, of_templates, texts
from journal.recovery.reading import grade

from .recovery.tables import PROTOCOL

HIGHEST = 6
# Harder, and why it stays.
HARDER = {
    "Call the emergency number now": "five words; the long one is what people look for",
    "Reported by the patient, not verified. Ranges are expectations, not diagnostic limits. "
    "No flag does not mean no complication.": "printed for the clinic, in a template that both read",
}
SENTENCES = [text for text in texts(PROTOCOL) if not text.is_label]


def test_a_patient_reads_everything_with_six_years_of_school():
    hard = {text.words: (round(text.grade, 1), text.place) for text in SENTENCES if text.grade > HIGHEST}
    assert {words: where for words, where in hard.items() if words not in HARDER} == {}
    assert HARDER.keys() <= hard.keys(), "no longer hard: take it off the list"


def test_each_place_where_patients_read_is_looked_at():
    for found in (of_protocol(PROTOCOL), of_scale(), of_templates(), of_code()):
        assert len(list(found)) > 30


@pytest.mark.parametrize(
    "place",
    [
        "rule R-1",
        "clock sun",
        "stage numbing",
        "comfort dryness",
        "templates/journal/today.html",
        "templates/welcome/invite.html",
        "journal/forms.py",
        "journal/views/diary.py",
    ],
)
def test_one_of_each_kind_is_among_them(place):
    assert place in {text.place for text in texts(PROTOCOL)}


def test_markup_and_blanks_are_not_read_aloud():
    words = " ".join(text.words for text in texts(PROTOCOL))
    assert not any(mark in words for mark in ("<", "{{", "{%", "%(", "{clinic"))


def test_words_that_are_hard_are_seen():
    assert grade("Discontinue application of photosensitizing preparations immediately.") > 12
    assert grade("Leave the cream off for a week.") < 3


def test_a_few_words_are_a_label():
    assert Text("", "Day 3").is_label
    assert not Text("", "Keep it out of the sun.").is_label


def test_the_command_tells_the_mean_and_the_hardest():
    out = io.StringIO()
    call_command("reading_grade", stdout=out)
    head, mean, above, *worst = out.getvalue().splitlines()
    assert head.startswith(f"{len(texts(PROTOCOL))} texts")
    assert float(mean.split()[2].strip(",")) <= HIGHEST
    assert above == f"above 6: {sum(text.grade > HIGHEST for text in SENTENCES)}"
    grades = [float(line.split()[0]) for line in worst]
    assert grades == sorted(grades, reverse=True)
    assert len(grades) == 20
