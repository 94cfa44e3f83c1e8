"""`manage.py reassess`: every stored course against its protocol or a draft, counted, and nothing changed."""

import datetime
import json
from collections import Counter
from importlib.resources import files

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from journal import protocols
from journal.actions import treatments
from journal.models import Entry, Flag, Treatment, courses
from journal.recovery.assess import assess

from ..conftest import make_treatment
from .tables import log

LONG_AGO = datetime.date(2026, 1, 5)

LINGERS = """
    day redness signs
      0       3 -
      3       1 -
      9       2 -
"""
INFECTED = """
    day redness signs          temperature
      2       2 -              .
      4       3 pus,warmth     38.4
      5       .  .             .
"""


@pytest.fixture
def run(capsys):
    """The words of each line that the command prints."""

    def run(*options):
        call_command("reassess", *options)
        return [line.split() for line in capsys.readouterr().out.splitlines()]

    return run


@pytest.fixture
def reddened(pat, cara):
    """Pat was treated long ago; her redness was back on day 9."""
    treatment = make_treatment(pat, LONG_AGO, cara)
    log(treatment, LINGERS)
    return treatment


@pytest.fixture
def draft(tmp_path):
    """The file of a protocol with one rule only: the shipped R-1 (redness above its limit), or `when` in its place."""

    def draft(*when):
        written = json.loads(files(protocols).joinpath(f"{protocols.CURRENT}.json").read_text("utf-8"))
        only = next(rule for rule in written["rules"] if rule["code"] == "R-1")
        only |= {"when": list(when), "message": "Day {day}."} if when else {}
        written |= {"version": "draft-2", "rules": [only], "modifiers": []}
        file = tmp_path / "draft.json"
        file.write_text(json.dumps(written), "utf-8")
        return str(file)

    return draft


def counted(lines):
    """Findings by tier and rule, as they are (or would be with a draft)."""
    return {tuple(line[:2]): int(line[2]) for line in lines[4:]}


def changed(lines):
    """What would appear, what would vanish, and in how many courses, by tier and rule."""
    return {tuple(line[:2]): tuple(map(int, line[3:])) for line in lines[4:]}


def expected(*stored):
    """The same from the courses as the journal reads them one by one."""
    found = Counter()
    for treatment in stored:
        findings = assess(treatment.course(now=timezone.now()), treatment.protocol).values()
        found.update((one.tier.text, one.rule) for day in findings for one in day)
    return found


def test_a_course_is_read_in_bulk_as_the_journal_reads_it_alone(reddened, vera, cara):
    about = {
        "areas": ["eyes", "lips"],
        "depth_mm": "1.50",
        "modality": "rf",
        "skin_tone": 7,
        "risk_factors": ["eczema"],
    }
    every_answer = make_treatment(vera, LONG_AGO, cara, **about)
    log(
        every_answer,
        """
        day redness dryness tightness itch signs       temperature worried
         -1       0       .         .    . .           .           .
          1       ?       0         1    2 -           36.6        .
          3       4       .         .    . warmth,pus  38.2        yes
        """,
    )
    now = timezone.now()
    assert dict(courses.courses(now)) == {one: one.course(now=now) for one in (reddened, every_answer)}


@pytest.mark.django_db
def test_an_empty_journal_has_nothing_to_count(run):
    assert run()[0] == ["courses:", "0,", "entries:", "0,", "findings:", "0"]


def test_it_says_which_versions_judged(run, reddened, draft):
    assert run()[1] == ["protocols:", protocols.CURRENT, "(1)"]
    assert run("--protocol", draft())[1] == ["protocols:", protocols.CURRENT, "(1);", "draft:", "draft-2"]


def test_every_course_is_found_as_the_journal_reads_it(run, reddened, vera, cara):
    infected = make_treatment(vera, LONG_AGO, cara, areas=["face", "eyes"], risk_factors=["immunosuppressed"])
    log(infected, INFECTED)
    lines = run()
    assert lines[0][:4] == ["courses:", "2,", "entries:", "6,"]
    assert counted(lines) == expected(reddened, infected)
    assert counted(lines)["contact", "R-1"] == 1
    assert set(changed(lines).values()) == {(0, 0, 0)}


def test_the_most_urgent_comes_first(run, reddened, vera, cara):
    log(make_treatment(vera, LONG_AGO, cara), INFECTED)
    tiers = [line[0] for line in run()[4:]]
    order = ["emergency", "urgent", "contact", "watch"]
    assert len(set(tiers)) > 1
    assert tiers == sorted(tiers, key=order.index)


def test_a_rule_that_changes_twice_in_a_course_is_one_course(run, reddened, draft):
    log(reddened, "day redness\n10 2\n11 2")
    assert counted(run())["contact", "R-1"] == 3
    found = changed(run("--protocol", draft({"shape": "reaches", "questions": ["redness"], "score": 2, "to_day": 0})))
    assert found["contact", "R-1"] == (1, 3, 1)


def test_a_cancelled_treatment_is_left_out(run, reddened, cara):
    treatments.cancel(treatment=reddened, by=cara, at=timezone.now())
    assert run()[0] == ["courses:", "0,", "entries:", "0,", "findings:", "0"]


def test_a_treatment_without_entries_is_a_course(run, pat, cara):
    treatment = make_treatment(pat, LONG_AGO, cara)
    lines = run()
    assert lines[0][:4] == ["courses:", "1,", "entries:", "0,"]
    assert counted(lines) == expected(treatment)


def test_a_course_is_waited_for_until_the_next_treatment(run, reddened, pat, cara, draft):
    make_treatment(pat, reddened.date_of(12), cara)
    # Silent from day 4 to 8, and from day 0 after the second; days 10 and 11 are too few.
    lines = run("--protocol", draft({"shape": "silent", "days": 3}))
    assert changed(lines)["contact", "R-1"] == (2, 1, 2)


def test_a_draft_is_used_in_place_of_the_protocol_of_each_course(run, reddened, draft):
    lines = run("--protocol", draft())
    gone = {kind: number for kind, number in counted(run()).items() if kind != ("contact", "R-1")}
    assert counted(lines) == {("contact", "R-1"): 1, **dict.fromkeys(gone, 0)}
    assert changed(lines) == {("contact", "R-1"): (0, 0, 0), **{kind: (0, number, 1) for kind, number in gone.items()}}
    reddened.refresh_from_db()
    assert reddened.protocol_version == protocols.CURRENT


def test_a_draft_with_faults_is_refused(run, reddened, tmp_path):
    file = tmp_path / "draft.json"
    file.write_text('{"version": 1}')
    with pytest.raises(CommandError, match=r"protocol\.version: must be text") as refused:
        run("--protocol", str(file))
    assert refused.value.returncode == 2


def test_a_version_that_is_not_here_is_named(run, reddened):
    Treatment.objects.update(protocol_version="lost-7")
    with pytest.raises(CommandError, match="there is no protocol 'lost-7'"):
        run()


def test_nothing_is_changed(run, reddened, draft):
    before = [list(model.objects.order_by("pk").values()) for model in (Treatment, Entry, Flag)]
    run("--protocol", draft())
    assert [list(model.objects.order_by("pk").values()) for model in (Treatment, Entry, Flag)] == before


def test_courses_are_read_in_two_queries_however_many_they_are(
    run, reddened, vera, cara, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(courses, "CHUNK", 3)
    for days in range(20, 90, 14):
        log(make_treatment(vera, LONG_AGO + datetime.timedelta(days), cara), INFECTED)
    # Six courses in two chunks, and a look at what comes after the last.
    with django_assert_num_queries(2 * 2 + 1):
        lines = run()
    assert lines[0][:4] == ["courses:", "6,", "entries:", "18,"]
    assert counted(lines) == expected(*Treatment.objects.all())
