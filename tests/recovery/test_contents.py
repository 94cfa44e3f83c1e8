"""One walk finds every row of a protocol, and one list every text of it that a patient may read."""

import json
import re

import pytest

from journal import protocols
from journal.recovery.contents import lines, patient_texts, rows
from journal.recovery.rows import Row

from .tables import PROTOCOL

DOCUMENT = json.loads(protocols.text_of(protocols.CURRENT))
HELD = list(rows(PROTOCOL))
TEXTS = list(patient_texts(PROTOCOL))


def written_at(place):
    """What stands at a place of the document."""
    value = DOCUMENT
    for key, at in re.findall(r"\.(\w+)|\[(\d+)\]", place.removeprefix("protocol")):
        value = value[key] if key else value[int(at)]
    return value


def objects(value):
    """Every object in a document that says what it rests on."""
    if isinstance(value, dict):
        yield from [value] if "basis" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from objects(one)


def test_each_row_of_the_document_is_found_once_at_its_place():
    found = [held for held in HELD if isinstance(held.row, Row)]
    assert len({held.place for held in found}) == len(found) == len(list(objects(DOCUMENT)))
    for held in found:
        assert written_at(held.place)["basis"] == held.row.basis


def test_each_claim_stands_under_its_clock():
    claims = [held for held in HELD if not isinstance(held.row, Row)]
    assert len(claims) == sum(len(clock.claims) for clock in PROTOCOL.care.clocks)
    for held in claims:
        assert held.says == (held.row.statement,)
        assert held.name == f"clock {written_at(held.place.removesuffix('.claims'))['code']}"


def test_a_row_is_named_by_its_kind_and_its_code():
    kinds = {held.name.split()[0] for held in HELD}
    assert kinds == {
        *("band", "window", "rule", "modifier", "check-in", "question", "preparation", "stage", "clock", "comfort"),
        *("result", "goal", "week", "spacing"),
    }


def test_all_statements_are_cited_by_some_row():
    assert {statement for held in HELD for statement in held.says} == set(PROTOCOL.statements.values())


def test_a_line_for_what_is_typical_and_one_for_the_limit_of_each_question():
    assert len(list(lines(PROTOCOL))) == 2 * sum(len(profile.bands) for profile in PROTOCOL.profiles)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.place)
def test_each_text_stands_where_it_says(text):
    assert text.words.startswith(written_at(text.place))


def test_a_message_is_read_with_its_ending_unless_it_is_complete():
    words = {text.place: text.words for text in TEXTS}
    for at, rule in enumerate(PROTOCOL.rules):
        closing = PROTOCOL.closings[rule.tier]
        assert words[f"protocol.rules[{at}].message"].endswith(closing) != rule.complete


def test_no_text_of_the_clinician_is_among_them():
    told = {text.words for text in TEXTS}
    assert told.isdisjoint(text for concern in PROTOCOL.care.concerns for text in (concern.asks, concern.advice))
    assert told.isdisjoint(rule.staff for rule in PROTOCOL.rules)
