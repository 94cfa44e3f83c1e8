"""What must hold for every course, tried on courses that a machine makes up."""

import json

from hypothesis import given, settings
from hypothesis import strategies as some

from journal.recovery.assess import assess, tier_of
from journal.recovery.course import Course, Reading
from journal.recovery.scale import AREAS, QUESTIONS, RISK_FACTORS, SIGNS, Tier
from journal.recovery.wording import message, why

from .tables import PROTOCOL

tried = settings(deadline=None, database=None)  # a slow machine is no failure

readings = some.builds(
    Reading,
    day=some.integers(-5, 60),
    scores=some.dictionaries(some.sampled_from(QUESTIONS), some.integers(0, 4)),
    cant_tell=some.booleans(),
    signs=some.frozensets(some.sampled_from(list(SIGNS)), max_size=4),
    signs_answered=some.booleans(),
    temperature_c=some.none() | some.floats(34, 43),
    worried=some.booleans(),
)


def of(several):
    return tuple(sorted(several, key=lambda reading: reading.day))


courses = some.builds(
    Course,
    readings=some.lists(readings, max_size=8, unique_by=lambda reading: reading.day).map(of),
    areas=some.frozensets(some.sampled_from(list(AREAS))),
    risk_factors=some.frozensets(some.sampled_from(list(RISK_FACTORS))),
)


@tried
@given(courses)
def test_every_finding_can_be_kept_as_json_and_told_again_in_words(course):
    for findings in assess(course, PROTOCOL).values():
        for finding in findings:
            assert json.loads(json.dumps(finding.values)) == finding.values
            assert "{" not in why(finding, PROTOCOL) + message(finding, PROTOCOL, {})


@tried
@given(courses)
def test_findings_come_most_urgent_first_and_each_rule_once_a_day(course):
    for findings in assess(course, PROTOCOL).values():
        assert [one.tier for one in findings] == sorted((one.tier for one in findings), reverse=True)
        assert len({one.rule for one in findings}) == len(findings)
        assert tier_of(findings) == (findings[0].tier if findings else Tier.NONE)


@tried
@given(courses, some.sampled_from(list(SIGNS)))
def test_one_more_sign_never_lowers_the_tier_of_a_day(course, sign):
    if not course.readings:
        return
    *before, last = course.readings
    more = Reading(**{**{name: getattr(last, name) for name in last.__slots__}, "signs": last.signs | {sign}})
    fewer, further = (
        Course(readings=(*before, reading), areas=course.areas, risk_factors=course.risk_factors)
        for reading in (last, more)
    )
    tiers = [tier_of(assess(one, PROTOCOL)[last.day]) for one in (fewer, further)]
    assert tiers[0] <= tiers[1]


@tried
@given(courses)
def test_a_day_is_judged_without_what_came_later(course):
    whole = assess(course, PROTOCOL)
    for shown in range(len(course.readings)):
        part = Course(readings=course.readings[:shown], areas=course.areas, risk_factors=course.risk_factors)
        assert all(whole[day] == findings for day, findings in assess(part, PROTOCOL).items())
