"""What came in since the last review: each kind of news is told, nothing that was seen is told again."""

import datetime
import uuid

import pytest
from django.utils import timezone

from journal.actions import entries, flags, looks, progress, treatments
from journal.actions.treatments import FIELDS
from journal.models import Flag, Look, Message
from journal.views import record, since
from journal.views.changed import changed
from journal.views.since import News, as_of, last_seen, latest_on_page
from tests.conftest import make_treatment

from .shots import shoot
from .tables import log


@pytest.fixture
def treatment(pat, cara):
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=21)
    return make_treatment(pat, on, cara)


def evening(treatment, day):
    return datetime.datetime.combine(treatment.date_of(day), datetime.time(22), treatment.zone)


@pytest.fixture
def reviewed(treatment, cara):
    """Saves a table of days, then has Cara look at all of it late on a day."""

    def review(table, day):
        log(treatment, table)
        at = evening(treatment, day)
        looks.look(treatment=treatment, seen_to=at, by=cara, at=at)

    return review


@pytest.fixture
def news_of(treatment, cara):
    """What is new, as words: the scores' steps, and the other lines by name."""

    def told():
        whole = record.read(treatment, timezone.now())
        revisions, said = list(treatment.revisions.all()), list(treatment.progress.all())
        news = News(revisions=revisions, progress=said)
        found = changed(whole, last_seen(treatment.looks.all(), whole.flags), news)
        steps = {step.question: (step.before, step.after, step.aside) for step in found.steps}
        return steps, dict(found.lines)

    return told


def test_a_timeline_that_nobody_reviewed_is_new_from_end_to_end(treatment, news_of):
    log(treatment, "day redness signs\n0 3 -\n1 2 warmth\n3 1 -")
    steps, lines = news_of()
    assert steps == {"redness": ("", "mild", "")}
    assert lines["Days added"] == "days 0 and 1, day 3"
    assert lines["Signs ticked"] == "Skin that feels warmer than the skin around it (day 1)"


def test_nothing_new_is_nothing_to_tell(reviewed, news_of):
    reviewed("day redness signs\n0 3 -\n1 2 warmth", 1)
    assert news_of() == ({}, {})


def test_scores_are_told_from_the_latest_that_was_seen_to_the_latest_there_is(reviewed, news_of, treatment):
    reviewed("day redness dryness\n3 1 2", 3)
    log(treatment, "day redness dryness\n4 3 .\n5 2 .")
    steps, lines = news_of()
    assert steps == {"redness": ("mild", "moderate", "severe on day 4 between")}
    assert lines["Days added"] == "days 4 and 5"


def test_a_question_that_was_not_answered_on_the_latest_day_says_of_which_day_it_is(reviewed, news_of, treatment):
    reviewed("day redness\n3 1", 3)
    log(treatment, "day redness itch\n4 2 1\n5 . 1")
    steps, _lines = news_of()
    assert steps == {"redness": ("mild", "moderate", "day 4"), "itch": ("", "mild", "")}


def test_what_could_not_be_told_is_no_score(reviewed, news_of, treatment):
    reviewed("day redness\n3 1", 3)
    log(treatment, "day redness\n4 ?")
    assert news_of()[0] == {"redness": ("mild", "can’t tell", "")}


def test_signs_that_are_new_are_told_apart_from_those_that_were_there(reviewed, news_of, treatment):
    reviewed("day signs\n0 warmth", 0)
    log(treatment, "day signs\n1 warmth\n2 warmth,pus")
    lines = news_of()[1]
    assert lines["New signs"] == "Thick or cloudy fluid from the skin that is yellow, green or white (day 2)"
    assert lines["Signs again"] == "heat (days 1 and 2)"
    assert "Signs" not in lines


@pytest.mark.parametrize(
    ("table", "told"),
    [("day signs\n5 -", "none ticked on day 5"), ("day redness\n5 1", "not answered on day 5")],
)
def test_no_signs_and_no_answer_are_two_things(reviewed, news_of, treatment, table, told):
    reviewed("day signs\n3 warmth", 3)
    log(treatment, table)
    assert news_of()[1]["Signs"] == told


def test_a_correction_says_what_it_changed_and_is_no_new_day(reviewed, news_of, treatment):
    reviewed("day redness signs\n3 3 pus\n4 1 -", 4)
    log(treatment, "day redness signs\n3 1 -", at=evening(treatment, 5))
    steps, lines = news_of()
    assert lines["Corrected"] == "day 3 (Redness severe → mild, no longer ticked: pus)"
    assert "Days added" not in lines
    assert steps == {}  # the latest answer is that of day 4, which was seen


def test_a_day_that_was_written_later_is_told_as_such(reviewed, news_of, treatment):
    reviewed("day redness\n5 1", 5)
    log(treatment, "day redness\n2 2", at=evening(treatment, 6))
    written = treatment.date_of(6)
    assert news_of()[1]["Written later"] == f"day 2, on {written.day} {written:%B}"


def test_temperature_worry_note_and_photos_are_told(reviewed, news_of, treatment, pat):
    reviewed("day redness\n3 1", 3)
    log(treatment, "day redness temperature worried\n4 1 38.2 yes")
    words = {"note": "It hurts. " * 40}
    at = evening(treatment, 5)
    entries.save(
        treatment=treatment, on=treatment.date_of(5), answers=words, client_id=uuid.uuid4(), by=pat.user, at=at
    )
    shoot(treatment, 5)
    lines = news_of()[1]
    assert lines["Temperature"] == "38.2 °C, day 4"
    assert lines["Asked for a call"] == "day 4"
    assert lines["Notes"].startswith("day 5: “It hurts. It hurts.")
    assert lines["Notes"].endswith("…”")
    assert lines["Photos"] == "1 new: Day 5"


def test_flags_that_were_raised_and_those_that_fired_again_are_told(reviewed, news_of, treatment):
    reviewed("day redness\n8 1", 8)
    log(treatment, "day redness signs\n9 2 hives")
    lines = news_of()[1]
    again, raised = Flag.objects.get(rule="R-1"), Flag.objects.exclude(rule="R-1").get()
    assert lines["Flags raised"] == raised.title
    assert lines["Fired again"] == f"{again.title}, day 9"


def test_a_treatment_that_was_corrected_says_in_what(pat, cara):
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=5)
    fields = {"treated_on": on, "time_zone": "Europe/London", "areas": ["face"]}
    at = timezone.now() - datetime.timedelta(days=5)
    made = treatments.record(patient=pat, fields=fields, by=cara, at=at)
    looks.look(treatment=made, seen_to=at, by=cara, at=at)
    later = timezone.now()
    treatments.correct(treatment=made, fields={"depth_mm": "2.0", "risk_factors": ["eczema"]}, by=cara, at=later)
    whole = record.read(made, later)
    found = changed(whole, last_seen(made.looks.all(), []), News(revisions=list(made.revisions.all())))
    assert dict(found.lines)["Treatment corrected"] == "depth (mm); risk factors"
    assert all(hasattr(made, name) for name in FIELDS)


def test_what_was_said_of_the_goals_is_told(pat, cara):
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=14)
    made = make_treatment(pat, on, cara, goals_chosen=["acne-scars"])
    progress.say(treatment=made, week=2, answers={"acne-scars": "worse"}, by=pat.user, at=timezone.now())
    found = changed(record.read(made), None, News(progress=list(made.progress.all())))
    assert dict(found.lines)["How it is going"] == "Acne scars: Worse, week 2"


def test_the_latest_look_counts_and_before_there_were_looks_a_flag_that_was_closed(treatment, cara, owen):
    log(treatment, "day redness\n8 1\n9 1")
    whole = record.read(treatment)
    assert last_seen([], whole.flags) is None
    flag = Flag.objects.get()
    flags.acknowledge(flag=flag, by=cara, at=evening(treatment, 9))
    assert last_seen([], record.read(treatment).flags) is None  # a line of a list is no timeline
    flags.close(flag=flag, outcome="seen", note="", by=owen, at=evening(treatment, 10))
    assert last_seen([], record.read(treatment).flags).by == owen
    first, second = evening(treatment, 11), evening(treatment, 12)
    seen = [Look(treatment=treatment, seen_to=to, at=to, by=cara) for to in (second, first)]
    assert last_seen(seen, record.read(treatment).flags).to == second


def test_an_entry_can_be_told_as_it_stood(treatment):
    log(treatment, "day redness itch signs\n3 3 1 warmth")
    between = evening(treatment, 3)
    log(treatment, "day redness signs\n3 1 -", at=evening(treatment, 4))
    [day] = record.read(treatment).days
    then = as_of(day.entry, between)
    assert (then.redness, then.itch, then.signs) == (3, 1, ["warmth"])
    assert as_of(day.entry, evening(treatment, 2)) is None
    assert as_of(day.entry, evening(treatment, 4)).redness == 1


def test_a_page_was_made_when_the_latest_of_what_it_shows_came_in(treatment):
    assert latest_on_page(record.read(treatment), News()) is None
    log(treatment, "day redness\n8 1")
    assert latest_on_page(record.read(treatment), News()) == treatment.entries.get().updated_at
    photo = shoot(treatment, 8)
    assert latest_on_page(record.read(treatment), News()) == photo.added_at
    assert since.came(record.read(treatment), None).added == [treatment.entries.get()]


def test_messages_are_told_in_the_patients_words_and_stay_until_somebody_opens_them(treatment, pat, cara, reviewed):
    reviewed("day redness\n1 2", 1)
    hours, about = datetime.timedelta(hours=1), {"patient": pat, "from_clinic": False}
    earlier = [
        Message(text=text, at=evening(treatment, 1) - hours, opened_at=opened_at, **about)
        for text, opened_at in [("Is this all right?", None), ("Thank you", evening(treatment, 1))]
    ]
    later = [Message(text=f"Number {n} " + "x" * 200, at=evening(treatment, 2) - n * hours, **about) for n in (1, 2, 3)]
    found = changed(record.read(treatment), last_seen(treatment.looks.all(), []), News(messages=[*later, *earlier]))
    assert found.wrote == [*(f"“Number {n} {'x' * 151}…”" for n in (1, 2)), "1 more"]
    assert found.unseen == ["“Is this all right?”"]
    assert not found.is_empty
    before = changed(record.read(treatment), last_seen(treatment.looks.all(), []), News(messages=earlier))
    assert (before.wrote, before.unseen, before.is_empty) == ([], ["“Is this all right?”"], True)
