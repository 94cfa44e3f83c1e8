"""What flags brought: counted, shared out by rule and month, and never told of a few."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from journal.actions import flags
from journal.models import Flag, Review
from journal.worth import FEWEST, Raised, by_month, by_rule, worth
from tests.conftest import make_patient, make_treatment

from .tables import log, words

MONTHS = [datetime.date(2026, month, 1) for month in range(1, 13)]


def raised(count, rule="S-1", month=0, **fields):
    return [Raised(rule=rule, month=MONTHS[month], **{"live": False, "outcome": "advised", **fields})] * count


def minutes(*waits):
    return [raised(1, waited=datetime.timedelta(minutes=wait))[0] for wait in waits]


def told(lines):
    return [(keys, line.flags) for keys, line in lines]


def test_flags_are_told_for_a_hundred_entries():
    assert worth(raised(6), 400).per_100 == 1.5
    assert worth(raised(6), 4).per_100 is None


@pytest.mark.parametrize(
    ("acted", "not_acted", "open_ones", "share"),
    [
        (6, 6, 0, 50),
        (6, 6, 30, 50),
        (9, 5, 0, 64),
        (6, 0, 0, 100),
        (0, 6, 0, 0),
        (4, 6, 0, None),
        (6, 4, 0, None),
        (2, 2, 9, None),
        (0, 0, 9, None),
    ],
)
def test_acted_on_are_the_closed_ones_that_led_to_something(acted, not_acted, open_ones, share):
    some = raised(acted, outcome="referred") + raised(not_acted, outcome="reassured") + raised(open_ones, live=True)
    assert worth(some, 100).acted_on == share


def test_useful_is_asked_of_those_who_answered():
    some = raised(6, useful="yes") + raised(3, useful="no") + raised(3, useful="unsure") + raised(20, useful="")
    assert worth(some, 100).useful == 50


def test_half_and_nine_in_ten_waited_no_longer():
    line = worth(minutes(*range(10, 110, 10)) + raised(5, live=True), 100)
    assert (line.usual_wait, line.longest_waits) == (datetime.timedelta(minutes=50), datetime.timedelta(minutes=90))


def test_waits_of_a_few_are_not_told():
    assert worth(minutes(1, 2, 3, 4), 100).usual_wait is None
    line = worth(minutes(1, 2, 3, 4, 5), 100)
    assert (line.usual_wait, line.longest_waits) == (datetime.timedelta(minutes=3), None)


def test_rules_with_few_flags_are_told_together():
    some = raised(9, "A") + raised(7, "B") + raised(3, "C") + raised(2, "D")
    assert told(by_rule(some, 100)) == [(["A"], 9), (["B"], 7), (["C", "D"], 5)]


def test_one_rule_with_few_flags_takes_another_along_so_that_it_cannot_be_worked_out():
    assert told(by_rule(raised(9, "A") + raised(7, "B") + raised(2, "C"), 100)) == [(["A"], 9), (["B", "C"], 9)]
    assert told(by_rule(raised(9, "A") + raised(2, "C"), 100)) == [(["A", "C"], 11)]


def test_rules_that_each_have_enough_stand_alone():
    assert told(by_rule(raised(5, "A") + raised(7, "B"), 100)) == [(["B"], 7), (["A"], 5)]


def test_months_with_few_flags_are_told_with_those_beside_them():
    some = raised(2, month=0) + raised(4, month=2) + raised(5, month=3) + raised(1, month=5)
    entries = dict.fromkeys(MONTHS[:6], 50)
    assert told(by_month(some, entries)) == [(MONTHS[:3], 6), (MONTHS[3:6], 6)]
    assert [line.per_100 for _months, line in by_month(some, entries)] == [4.0, 4.0]


def shares(share, *groups):
    lines = by_rule([flag for group in groups for flag in group], 100)
    return {rules[0]: getattr(line, share) for rules, line in lines}


def test_a_share_that_would_follow_from_the_others_is_not_told_either():
    most = raised(20, "A") + raised(6, "A", outcome="reassured")
    some = raised(12, "B") + raised(8, "B", outcome="reassured")
    few = raised(6, "C") + raised(4, "C", outcome="reassured")
    assert shares("acted_on", most, some, few) == {"A": 77, "B": None, "C": None}


def test_two_hidden_lines_are_not_enough_where_their_sum_is_a_few():
    most = raised(18, "A") + raised(12, "A", outcome="reassured")
    two = raised(2, "B") + raised(5, "B", outcome="reassured") + raised(5, "C", outcome="reassured")
    assert shares("acted_on", most, two) == {"A": None, "B": None, "C": None}


def test_the_share_called_useful_is_hidden_as_well():
    most = raised(15, "A", useful="yes") + raised(5, "A", useful="no")
    some = raised(5, "C", useful="yes") + raised(5, "C", useful="no")
    few = raised(2, "B", useful="yes") + raised(4, "B", useful="no")
    assert shares("useful", most, some, few) == {"A": 75, "C": None, "B": None}


def test_where_the_whole_is_not_told_nothing_follows_from_it():
    few = raised(4, "C", outcome="reassured") + raised(6, "C")
    assert shares("acted_on", raised(20, "A"), raised(12, "B"), few) == {"A": 100, "B": 100, "C": None}


def test_a_rule_of_which_nothing_is_closed_yet_hides_no_other():
    lines = {tuple(rules): line.acted_on for rules, line in by_rule(raised(20, "A") + raised(12, "B", live=True), 100)}
    assert lines == {("A",): 100, ("B",): None}


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 12)), st.lists(st.integers(0, 11), max_size=60))
def test_no_line_is_of_a_few_unless_all_are_few_and_none_is_lost(rules, months):
    by_rules = told(by_rule([flag for rule, count in rules.items() for flag in raised(count, rule)], 100))
    by_months = told(by_month([raised(1, month=month)[0] for month in months], dict.fromkeys(MONTHS, 9)))
    for lines, whole in ((by_rules, sum(rules.values())), (by_months, len(months))):
        assert sum(count for _keys, count in lines) == whole
        assert all(count >= FEWEST for _keys, count in lines) or whole < FEWEST


# the page


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


def facts(response):
    """The head of the page by its names."""
    cells = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", response.content.decode())
    return {name: said.replace("\xa0", " ") for name, said in cells}


def rows(response, labelled):
    """A table of the page: the words of each row."""
    table = re.search(
        rf'<table class="list figures" aria-labelledby="{labelled}">.*?</table>', response.content.decode(), re.S
    )
    cells = re.findall(r"<tr>(<th scope=.row.*?)</tr>", table[0], re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in cells]


@pytest.fixture
def flagged(clinic, cara):
    """Patients of the clinic, each with one flag for pus, raised on a Monday at ten."""

    def make(count, closed=(), at=None):
        monday = timezone.now() - datetime.timedelta(days=timezone.now().weekday() + 14)
        at = at or monday.astimezone(clinic.zone).replace(hour=10, minute=0)
        for number in range(count):
            patient = make_patient(clinic, f"Some One{number}", f"some{at:%Y%m}-{number}@test.example")
            one = make_treatment(patient, at.date() - datetime.timedelta(days=4), cara)
            log(one, "day redness signs\n4 1 pus", at=at)
        for flag, (outcome, useful, wait) in zip(Flag.objects.live().order_by("raised_at"), closed, strict=False):
            flags.close(flag=flag, outcome=outcome, note="", by=cara, at=at + datetime.timedelta(minutes=wait))
            Review.objects.filter(flag=flag).update(useful=useful)

    return make


def test_the_page_tells_what_the_flags_of_the_clinic_brought(desk, flagged):
    flagged(12, closed=[("seen", "yes", 30)] * 5 + [("reassured", "no", 90)] * 5)
    page = desk.get("/yield/")
    assert facts(page) == {
        "Entries": "12",
        "Flags": "12",
        "For 100 entries": "100.0",
        "Acted on": "50 %",
        "Useful": "50 %",
        "Half looked at within": "30 min",
        "Nine in ten within": "1 h 30 min",
        "Not closed yet": "fewer than 5",
    }
    assert rows(page, "by-rule") == ["Thick or cloudy fluid 12 100.0 50 % 50 % 30 min 1 h 30 min"]
    assert len(rows(page, "by-month")) == 1
    assert "Nobody asked how these patients did" in words(page)


def test_a_night_does_not_count_as_waiting(desk, flagged, clinic):
    flagged(5, closed=[("seen", "yes", 24 * 60)] * 5)  # Monday at ten to Tuesday at ten; open from nine to six
    assert facts(desk.get("/yield/"))["Half looked at within"] == "9 h"


def test_of_a_flag_closed_twice_the_last_word_counts(desk, flagged, cara):
    flagged(5, closed=[("reassured", "no", 30)] * 5)
    for flag in Flag.objects.all():
        Review.objects.create(flag=flag, state="open", at=timezone.now(), by=cara)
        Review.objects.create(flag=flag, state="closed", outcome="seen", useful="yes", at=timezone.now(), by=cara)
    assert [facts(desk.get("/yield/"))[name] for name in ("Acted on", "Useful")] == ["100 %", "100 %"]


def test_fewer_than_five_flags_are_not_told_at_all(desk, flagged):
    flagged(4)
    page = desk.get("/yield/")
    assert "fewer than 5 flags" in words(page)
    assert not facts(page)
    assert "<table" not in page.content.decode()


def test_flags_of_longer_ago_and_of_other_clinics_do_not_count(desk, as_, owen, flagged):
    flagged(6)
    flagged(6, at=timezone.now() - datetime.timedelta(days=400))
    assert facts(desk.get("/yield/"))["Flags"] == "6"
    assert "fewer than 5 flags" in words(as_(owen).get("/yield/"))


def test_no_patient_is_named(desk, flagged):
    flagged(6)
    assert "Some One" not in desk.get("/yield/").content.decode()


def test_the_page_asks_as_often_however_many_flags_there_are(desk, flagged):
    counts = []
    for months in (1, 2):
        flagged(6, at=timezone.now() - datetime.timedelta(days=40 * months))
        desk.get("/yield/")
        with CaptureQueriesContext(connection) as queries:
            desk.get("/yield/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
