"""Courses as JSON has them: which day belongs to which treatment, corrections, and complaints."""

import pytest

from journal.recovery.course import Course, Reading
from journal.recovery.document import Unreadable, parse
from journal.recovery.notation import read_courses, write

from .tables import PROTOCOL

FACE = [{"day": 0, "areas": ["face"], "depth_mm": 1.0, "modality": "microneedling"}]


def course(*entries, treatments=FACE, **about):
    return {"treatments": treatments, "entries": list(entries), **about}


def run(*entries, **about):
    (treatments,) = read_courses(course(*entries, **about))
    return write(treatments, PROTOCOL)


def tiers(*entries, **about):
    return {day["day"]: day["tier"] for day in run(*entries, **about)["days"]}


def reading(*entries):
    (((treated),),) = read_courses(course(*entries))
    (reading,) = treated.course.readings
    return reading


def complaints(document):
    with pytest.raises(Unreadable) as refused:
        read_courses(document)
    return refused.value.complaints


def test_a_course_without_findings_says_none_everywhere():
    assert run({"day": 0, "redness": 3}, {"day": 4, "redness": 1, "itch": None}) == {
        "protocol": "microneedling-1",
        "tier": "none",
        "first_contact_day": None,
        "days": [{"day": 0, "tier": "none", "findings": []}, {"day": 4, "tier": "none", "findings": []}],
    }


def test_a_finding_says_all_that_is_promised():
    found = run({"day": 3, "redness": 3}, {"day": 9, "redness": 2})
    assert (found["tier"], found["first_contact_day"]) == ("contact", 9)
    assert found["days"][0]["findings"][0]["rule"] == "R-2"
    (finding,) = found["days"][1]["findings"]
    assert (finding["values"]["score"], finding["values"]["typical"], finding["values"]["limit"]) == (2, 0, 0)
    assert finding.keys() == {
        "rule",
        "protocol",
        "treatment_day",
        "tier",
        "days",
        "values",
        "why",
        "message",
        "sources",
    }
    assert (finding["rule"], finding["tier"], finding["days"]) == ("R-1", "contact", [9])
    assert "present on day 9" in finding["why"]
    assert "your clinic" in finding["message"]
    assert "S4: What To Expect During Your Micro-Needling Procedure (004_306b608344f16914.txt)" in finding["sources"]


def test_a_course_without_entries_is_a_course():
    assert run()["days"] == []


def test_days_come_in_order_whatever_the_order_of_submission():
    assert list(tiers({"day": 9, "redness": 0}, {"day": -2}, {"day": 3})) == [-2, 3, 9]


def test_a_backdated_entry_is_judged_by_its_own_date():
    assert tiers({"day": 4, "redness": 2}, {"day": 3, "redness": 0}) == {3: "none", 4: "contact"}


def test_the_same_day_again_is_a_correction():
    first = {"day": 3, "redness": 4, "itch": 1, "signs": ["pus"], "signs_answered": True, "temperature_c": 38.5}
    corrected = reading(first, {"day": 3, "redness": 2, "dryness": 1, "signs": [], "signs_answered": True})
    assert corrected == Reading(
        day=3,
        scores={"redness": 2, "itch": 1, "dryness": 1},
        signs=frozenset(),
        signs_answered=True,
        temperature_c=38.5,
    )


def test_what_a_correction_leaves_out_stays():
    first = {"day": 3, "redness": 4, "signs": ["pus"], "signs_answered": True, "worried": True}
    left_out = {"day": 3, "redness": None, "signs": [], "signs_answered": False, "worried": False}
    assert reading(first, left_out) == reading(first)
    assert reading(first, {"day": 3}) == reading(first)


def test_cannot_tell_and_a_score_replace_each_other():
    cannot, score = {"day": 3, "redness": "cant_tell"}, {"day": 3, "redness": 2}
    assert reading(score, cannot) == Reading(day=3, scores={}, cant_tell=True)
    assert reading(cannot, score) == Reading(day=3, scores={"redness": 2})
    assert reading(cannot, {"day": 3, "itch": 1}) == Reading(day=3, scores={"itch": 1}, cant_tell=True)


def test_an_empty_list_of_signs_is_no_answer_unless_it_says_so():
    assert not reading({"day": 1, "signs": []}).signs_answered
    assert reading({"day": 1, "signs": [], "signs_answered": True}).signs_answered
    assert reading({"day": 1, "signs": ["pus"], "signs_answered": False}).signs_answered


ONE_ON_DAY_0 = "course.treatments: must hold one on day 0, none before it, and no two on one day"
TWICE = [{"day": 28, "areas": ["eyes"]}, {"day": 0, "areas": ["face"], "modality": None}]


def test_each_entry_belongs_to_the_latest_treatment_on_or_before_its_day():
    entries = [{"day": day, "redness": 1} for day in (-1, 7, 27, 28, 35, 36)]
    assert tiers(*entries, treatments=TWICE) == {
        -1: "none",
        7: "none",
        27: "contact",
        28: "none",
        35: "none",
        36: "contact",
    }


def test_findings_of_a_later_treatment_are_given_on_the_written_days():
    (day,) = run({"day": 37, "redness": 1}, treatments=TWICE)["days"]
    assert day["findings"][0]["days"] == [37]
    assert "on day 9" in day["findings"][0]["why"]


def test_areas_count_for_their_own_treatment():
    entries = [{"day": 3, "signs": ["blisters"]}, {"day": 31, "signs": ["blisters"]}]
    assert tiers(*entries, treatments=TWICE) == {3: "contact", 31: "urgent"}


def test_the_person_is_the_same_in_all_treatments_and_each_is_waited_for_until_the_next():
    (treatments,) = read_courses(course(treatments=TWICE, skin_tone=7, risk_factors=["eczema", "eczema"], as_of_day=30))
    assert [treated.on_day for treated in treatments] == [0, 28]
    assert all(one.course.risk_factors == {"eczema"} and one.course.skin_tone == 7 for one in treatments)
    assert [treated.course.as_of_day for treated in treatments] == [27, 2]


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"redness": 5}, '.redness: must be 0 to 4, null or "cant_tell"'),
        ({"redness": -1}, '.redness: must be 0 to 4, null or "cant_tell"'),
        ({"redness": True}, '.redness: must be 0 to 4, null or "cant_tell"'),
        ({"redness": 2.0}, '.redness: must be 0 to 4, null or "cant_tell"'),
        ({"redness": "2"}, '.redness: must be 0 to 4, null or "cant_tell"'),
        ({"redness": float("nan")}, '.redness: must be 0 to 4, null or "cant_tell"'),
        ({"itch": "cant_tell"}, ".itch: must be 0 to 4 or null"),
        ({"itch": []}, ".itch: must be 0 to 4 or null"),
        ({"pain": 3}, ': does not know "pain"'),
        ({"ro\u2028te": 3}, ': does not know "ro\\u2028te"'),
        ({"signs": "pus"}, ".signs: must be a list"),
        ({"signs": ["pus", "mood"]}, '.signs[1]: "mood" is not a known sign'),
        ({"signs": [["pus"]]}, ".signs[0]: a list or object is not a known sign"),
        ({"signs_answered": 1}, ".signs_answered: must be true or false"),
        ({"temperature_c": 100.4}, ".temperature_c: must be a number from 34 to 43"),
        ({"temperature_c": True}, ".temperature_c: must be a number from 34 to 43"),
        ({"temperature_c": float("nan")}, ".temperature_c: must be a number from 34 to 43"),
        ({"temperature_c": 10**400}, ".temperature_c: must be a number from 34 to 43"),
        ({"worried": "yes"}, ".worried: must be true or false"),
        ({"note": 5}, ".note: must be text or null"),
        ({"day": None}, ".day: must be a whole number from -3650 to 3650"),
        ({"day": 1.5}, ".day: must be a whole number from -3650 to 3650"),
        ({"day": True}, ".day: must be a whole number from -3650 to 3650"),
        ({"day": 10**30}, ".day: must be a whole number from -3650 to 3650"),
    ],
)
def test_a_bad_answer_is_named_with_its_place(entry, complaint):
    document = [course(), course(), course({"day": 3}, {"day": 4, **entry})]
    assert complaints(document) == (f"courses[2].entries[1]{complaint}",)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (None, "course: must be an object"),
        ("text", "course: must be an object"),
        ([course(), 3], "courses[1]: must be an object"),
        ({"entries": []}, "course.treatments: must be a list"),
        ({"treatments": FACE}, "course.entries: must be a list"),
        (course(treatments=[]), ONE_ON_DAY_0),
        (course(treatments=[{"day": 3}]), ONE_ON_DAY_0),
        (course(treatments=FACE * 2), ONE_ON_DAY_0),
        (
            course(treatments=[{"day": 0, "areas": ["nose"]}]),
            'course.treatments[0].areas[0]: "nose" is not a known area',
        ),
        (
            course(treatments=[{"day": 0, "modality": "laser"}]),
            'course.treatments[0].modality: "laser" is not a known modality',
        ),
        (
            course(treatments=[{"day": 0, "depth_mm": 15}]),
            "course.treatments[0].depth_mm: must be a number from 0 to 10",
        ),
        (course(5), "course.entries[0]: must be an object"),
        (course(skin_tone=11), "course.skin_tone: must be a whole number from 1 to 10"),
        (course(risk_factors=["luck"]), 'course.risk_factors[0]: "luck" is not a known risk factor'),
        (course(as_of_day="today"), "course.as_of_day: must be a whole number from -3650 to 3650"),
        (course(risk_factor=["eczema"]), 'course: does not know "risk_factor"'),
    ],
)
def test_a_bad_course_is_named_with_its_place(document, complaint):
    assert complaint in complaints(document)


def test_a_key_written_twice_is_complained_of():
    text = '{"treatments": [{"day": 0}], "entries": [{"day": 1, "redness": 4, "redness": 0}]}'
    assert complaints(parse(text)) == ('course.entries[0]: "redness" is written twice',)


def test_many_complaints_are_cut_short_in_print():
    with pytest.raises(Unreadable, match=r"\nand 30 more$"):
        read_courses(course(*[{"day": 0, "redness": 9}] * 50))


def test_readings_out_of_order_are_no_course():
    for days in ((2, 1), (1, 1)):
        with pytest.raises(ValueError, match="in order of their days"):
            Course(readings=tuple(Reading(day=day, scores={}) for day in days))
