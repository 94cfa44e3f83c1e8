"""What must hold for every course, tried on courses that a machine makes up."""

import json
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as some

from journal.recovery.assess import assess, tier_of
from journal.recovery.conditions import Silent
from journal.recovery.course import Reading
from journal.recovery.notation import read_courses, write
from journal.recovery.scale import CANT_TELL, QUESTIONS, RISK_FACTORS, SIGNS, Tier
from journal.recovery.wording import message, why

from .courses import courses, readings_on, signs, tried, waited, with_last
from .tables import PROTOCOL

SILENT = {rule.code for rule in PROTOCOL.rules if any(isinstance(one, Silent) for one in rule.when)}


def tiers(course):
    return {day: tier_of(findings) for day, findings in assess(course, PROTOCOL).items()}


def never_lower(plain, raised):
    before, after = tiers(plain), tiers(raised)
    return all(after.get(day, Tier.NONE) >= tier for day, tier in before.items())


@tried
@given(courses(as_of=waited))
def test_every_finding_can_be_kept_as_json_and_told_again_in_words(course):
    for findings in assess(course, PROTOCOL).values():
        for finding in findings:
            assert json.loads(json.dumps(finding.values)) == finding.values
            assert "{" not in why(finding, PROTOCOL) + message(finding, PROTOCOL, {})


@tried
@given(courses(as_of=waited))
def test_findings_come_most_urgent_first_and_each_rule_once_a_day(course):
    for findings in assess(course, PROTOCOL).values():
        assert [one.tier for one in findings] == sorted((one.tier for one in findings), reverse=True)
        assert len({one.rule for one in findings}) == len(findings)
        assert tier_of(findings) == (findings[0].tier if findings else Tier.NONE)


@tried
@given(courses(min_size=1, as_of=waited), some.sampled_from(QUESTIONS), some.integers(1, 4))
def test_a_worse_score_on_the_latest_day_never_lowers_the_tier_of_any_day(course, question, worse):
    now = course.readings[-1].scores
    assume(question in now)
    score = min(4, now[question] + worse)
    assert never_lower(course, with_last(course, scores={**now, question: score}))


@tried
@given(courses(min_size=1, as_of=waited), signs)
def test_more_signs_on_the_latest_day_never_lower_the_tier_of_any_day(course, more):
    last = course.readings[-1]
    assert never_lower(course, with_last(course, signs=last.signs | more, signs_answered=True))


@tried
@given(courses(min_size=1, as_of=waited), some.floats(34, 43))
def test_a_hotter_temperature_or_a_worry_never_lowers_the_tier_of_any_day(course, degrees):
    hotter = max(degrees, course.readings[-1].temperature_c or 34)
    assert never_lower(course, with_last(course, temperature_c=hotter))
    assert never_lower(course, with_last(course, worried=True))


@tried
@given(courses(min_size=1, as_of=waited), some.sampled_from(QUESTIONS))
def test_a_question_left_unanswered_on_the_latest_day_never_raises_its_tier(course, question):
    last = course.readings[-1]
    fewer = {name: score for name, score in last.scores.items() if name != question}
    left_out = with_last(course, scores=fewer, cant_tell=last.cant_tell and question != "redness")
    assert tiers(left_out)[last.day] <= tiers(course)[last.day]


@tried
@given(courses())
def test_no_finding_speaks_of_a_question_that_was_not_answered_on_its_day(course):
    found = assess(course, PROTOCOL)
    for reading in course.readings:
        spoken = {finding.values.get("question") for finding in found[reading.day]}
        spoken |= {question for finding in found[reading.day] for question in finding.values.get("scores", ())}
        assert spoken - {None} <= reading.scores.keys()


@tried
@given(courses(), some.integers(0, 60))
def test_an_entry_that_answers_nothing_finds_nothing(course, day):
    assume(day not in {reading.day for reading in course.readings})
    before = tuple(reading for reading in course.readings if reading.day < day)
    assert assess(replace(course, readings=(*before, Reading(day, {}))), PROTOCOL)[day] == ()


@tried
@given(courses(as_of=waited), some.sampled_from(list(RISK_FACTORS)))
def test_a_risk_factor_never_lowers_the_tier_of_any_day(course, factor):
    assert never_lower(course, replace(course, risk_factors=course.risk_factors | {factor}))


@tried
@given(courses(as_of=waited), some.integers(1, 10), some.none() | some.integers(1, 10))
def test_darker_skin_never_lowers_the_tier_of_any_day(course, darker, tone):
    assume(tone is None or tone <= darker)
    assert never_lower(replace(course, skin_tone=tone), replace(course, skin_tone=darker))


@tried
@given(courses(as_of=waited), some.floats(0.1, 5), some.floats(0.1, 5))
def test_a_shallower_depth_never_lowers_the_tier_of_any_day(course, one, other):
    deep, shallow = max(one, other), min(one, other)
    assert never_lower(replace(course, depth_mm=deep), replace(course, depth_mm=shallow))


@tried
@given(courses(min_size=1, as_of=waited), readings_on(some.integers(0, 20)), some.integers(1, 30))
def test_a_later_day_changes_no_earlier_day_but_for_a_silence(course, later, days):
    later = replace(later, day=course.readings[-1].day + days)
    before = assess(course, PROTOCOL)
    after = assess(replace(course, readings=(*course.readings, later)), PROTOCOL)
    for day, findings in before.items():
        silence = bool(findings) and {one.rule for one in findings} <= SILENT
        assert after.get(day) == findings or silence, day


@tried
@given(courses(min_size=1, as_of=waited), some.data())
def test_an_entry_on_the_day_of_a_silence_ends_it(course, data):
    silent = [day for day, findings in assess(course, PROTOCOL).items() if {one.rule for one in findings} & SILENT]
    assume(silent)
    day = data.draw(some.sampled_from(silent))
    said = data.draw(readings_on(some.just(day)))
    readings = tuple(sorted((*course.readings, said), key=lambda reading: reading.day))
    assert not SILENT & {one.rule for one in assess(replace(course, readings=readings), PROTOCOL)[day]}


@tried
@given(courses(min_size=2, as_of=waited), some.randoms())
def test_the_order_in_which_days_are_submitted_changes_nothing(course, random):
    entries = [_written(reading) for reading in course.readings]
    shuffled = random.sample(entries, len(entries))
    assert _found(course, entries) == _found(course, shuffled)


def _written(reading):
    entry = {"day": reading.day, **reading.scores, "signs": sorted(reading.signs)}
    entry |= {"redness": CANT_TELL} if reading.cant_tell else {}
    return entry | {
        "signs_answered": reading.signs_answered,
        "temperature_c": reading.temperature_c,
        "worried": reading.worried,
    }


def _found(course, entries):
    document = {
        "treatments": [
            {"day": 0, "areas": sorted(course.areas), "depth_mm": course.depth_mm, "modality": course.modality},
            {"day": 30, "areas": sorted(course.areas), "depth_mm": course.depth_mm, "modality": course.modality},
        ],
        "skin_tone": course.skin_tone,
        "risk_factors": sorted(course.risk_factors),
        "as_of_day": course.as_of_day,
        "entries": entries,
    }
    (treatments,) = read_courses(document)
    return write(treatments, PROTOCOL)


class _Everything(frozenset):
    """Stands for whatever a rule may await, so that it is asked on every day."""

    def isdisjoint(self, other):
        return False


@tried
@given(courses(as_of=waited))
def test_rules_that_are_not_asked_would_have_been_silent(course):
    every = replace(PROTOCOL, rules=tuple(replace(rule, awaits=_Everything()) for rule in PROTOCOL.rules))
    plain = assess(course, PROTOCOL)
    for day, findings in assess(course, every).items():
        assert tuple(one for one in findings if one.rule not in SILENT) == tuple(
            one for one in plain.get(day, ()) if one.rule not in SILENT
        )


@tried
@given(courses(as_of=waited))
def test_every_sign_that_is_not_expected_on_its_day_is_spoken_of(course):
    found, windows = assess(course, PROTOCOL), PROTOCOL.windows_for(course.areas)
    for reading in course.readings:
        told = {sign for one in found[reading.day] for sign in one.values.get("signs", ())}
        for sign in reading.signs & SIGNS.keys() - told:
            assert windows[sign].from_day <= reading.day <= windows[sign].to_day
