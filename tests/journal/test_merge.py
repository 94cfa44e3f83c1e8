"""A correction means the same for a stored entry and for a course on paper."""

import datetime
import json

from hypothesis import given
from hypothesis import strategies as some

from journal.actions.entries import merge
from journal.models import Entry, Treatment
from journal.recovery.notation import corrected
from journal.recovery.scale import CANT_TELL
from tests.recovery.courses import readings_on, tried

TREATMENT = Treatment(treated_on=datetime.date(2026, 5, 4))
submissions = some.lists(readings_on(some.just(3)), min_size=1, max_size=4)


def answers(reading):
    """What a form sends for a reading: what was not answered is left out."""
    said = dict(reading.scores) | ({"redness": CANT_TELL} if reading.cant_tell else {})
    if reading.signs_answered:
        said["signs"] = sorted(reading.signs)
    if reading.temperature_c is not None:
        said["temperature_c"] = str(reading.temperature_c)
    return json.loads(json.dumps(said | ({"worried": True} if reading.worried else {})))


@tried
@given(submissions)
def test_submissions_for_one_day_come_to_the_same_reading_in_the_journal_and_on_paper(readings):
    entry = Entry(treatment=TREATMENT, on=datetime.date(2026, 5, 7))
    on_paper = readings[0]
    merge(entry, answers(readings[0]))
    for reading in readings[1:]:
        merge(entry, answers(reading))
        on_paper = corrected(on_paper, reading)
    assert entry.reading() == on_paper
