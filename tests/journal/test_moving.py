"""Running treatments moved to another version on purpose: what it finds from then on, and what alarms nobody."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import AccessEvent
from journal import protocols
from journal.actions import flags, silence, treatments
from journal.actions import protocols as actions
from journal.models import Flag, Notice
from journal.models.courses import running
from journal.models.moves import found_late
from journal.models.protocol import version_for
from journal.recovery.assess import assess
from journal.recovery.scale import RISK_FACTORS
from tests.conftest import make_treatment

from .drafts import DRY, NEXT, approved, published, uploaded
from .tables import log, words
from .test_silence import at as at_night

DAY = datetime.timedelta(days=1)


@pytest.fixture
def moved(ada, cara, treatment):
    """Pat logged dryness on days 1 and 2; then her treatment was moved to a version that speaks of it."""
    log(treatment, "day dryness\n1 1\n2 1")
    published(ada, cara, DRY)
    move(treatment, cara)
    treatment.refresh_from_db()
    return treatment


def move(treatment, by, at=None):
    return actions.move(
        clinic=by.clinic, version=version_for(by.clinic_id), moving=[treatment], by=by, at=at or timezone.now()
    )


def test_a_moved_treatment_is_judged_by_the_new_version_from_then_on(moved):
    assert moved.protocol_version == NEXT
    assert not Flag.objects.exists()
    log(moved, "day dryness\n3 1", at=timezone.now())
    assert [(flag.rule, flag.day) for flag in Flag.objects.all()] == [("X-1", 3)]


def test_what_was_written_before_alarms_nobody(moved):
    treatments.correct(treatment=moved, fields={"products": "x"}, by=moved.recorded_by, at=timezone.now())
    silence.review(at=timezone.now())
    assert not Flag.objects.exists()
    assert not Notice.objects.exists()


def test_an_old_day_that_is_written_down_only_now_does_alarm(moved):
    log(moved, "day dryness\n0 1", at=timezone.now())
    assert [flag.day for flag in Flag.objects.all()] == [0]


def test_an_old_day_that_is_corrected_does_alarm(moved):
    log(moved, "day dryness\n1 3", at=timezone.now())
    assert [flag.day for flag in Flag.objects.filter(rule="X-1")] == [1]


def test_an_entry_of_the_day_of_the_move_alarms(moved):
    log(moved, "day signs\n3 pus", at=moved.moved_at + datetime.timedelta(minutes=1))
    assert Flag.objects.get().tier == Flag.Tier.URGENT


def test_flags_that_stand_stay_and_still_tell_what_they_told(ada, cara, treatment):
    log(treatment, "day signs\n2 pus")
    before = Flag.objects.values().get()
    published(ada, cara, DRY)
    move(treatment, cara)
    assert Flag.objects.values().get() == before


def test_a_flag_is_told_by_the_version_that_raised_it(ada, cara, moved):
    log(moved, "day dryness\n3 1", at=timezone.now())
    published(ada, cara, version="riverside-3")  # knows no X-1
    move(moved, cara)
    flag = Flag.objects.get()
    assert (flag.title, flag.holds, flag.protocol_version) == ("Dry at all", True, NEXT)
    log(moved, "day dryness\n3 0", at=timezone.now())
    flag.refresh_from_db()
    assert not flag.holds


def test_a_silence_that_lasts_alarms_although_it_began_before_the_move(ada, cara, clinic, treatment):
    quiet = {**DRY, "when": [{"shape": "silent", "days": 1, "to_day": 2}]}
    published(ada, cara, quiet | {"message": "Please log."})
    move(treatment, cara)
    assert not Flag.objects.exists()
    silence.review(at=timezone.now())
    assert Flag.objects.filter(rule="X-1").exists()


def test_a_stricter_rule_about_silence_alarms_after_a_move(ada, cara, treatment):
    log(treatment, "\n".join(["day redness signs", *(f"{day} 1 -" for day in range(4)), "4 1 warmth"]))

    def stricter(document):
        rule_of(document, "M-2")["when"][0]["days"] = 1

    published(ada, cara, change=stricter)
    move(treatment, cara, at=at_night(treatment, 6, datetime.time(10)))
    silence.review(at=at_night(treatment, 7))
    assert [(flag.rule, flag.day) for flag in Flag.objects.all()] == [("M-2", 5)]


def rule_of(document, code):
    return next(row for row in document["rules"] if row["code"] == code)


FACTOR = list(RISK_FACTORS)[3]


def test_a_modifier_that_only_the_new_version_has_alarms_with_a_risk_factor_of_later(ada, cara, treatment):
    def raise_sooner(document):
        raises = {"watch": "contact", "contact": "urgent"}
        document["modifiers"].append(
            document["modifiers"][0] | {"code": "X-99", "risk_factors": [FACTOR], "raises": raises}
        )

    log(treatment, "day redness signs\n2 1 warmth\n3 1 warmth")
    before = {(flag.rule, flag.tier) for flag in Flag.objects.all()}
    published(ada, cara, change=raise_sooner)
    move(treatment, cara)
    assert {(flag.rule, flag.tier) for flag in Flag.objects.all()} == before
    correct(treatment, cara, risk_factors=[FACTOR])
    assert {(flag.rule, flag.tier) for flag in Flag.objects.all()} > before


def test_a_corrected_date_alarms_where_the_move_found_nothing(ada, cara, treatment):
    later = {**DRY, "when": [{"shape": "reaches", "questions": ["dryness"], "score": 1, "from_day": 5}]}
    log(treatment, "day dryness\n2 1\n3 1")
    published(ada, cara, later)
    move(treatment, cara)
    correct(treatment, cara, treated_on=treatment.treated_on - 4 * DAY)
    assert sorted(Flag.objects.get().fired_on) == [treatment.date_of(2).isoformat(), treatment.date_of(3).isoformat()]


def test_a_corrected_date_alarms_nobody_anew_for_what_the_move_found(moved, cara):
    correct(moved, cara, treated_on=moved.treated_on - DAY)
    assert not Flag.objects.exists()


def correct(treatment, by, **fields):
    treatments.correct(treatment=treatment, fields=fields, by=by, at=timezone.now() + datetime.timedelta(minutes=1))


def test_what_the_move_found_alarms_nobody_after_something_else_was_saved(moved):
    log(moved, "day itch\n0 0\n3 0", at=timezone.now())
    log(moved, "day itch\n1 1", at=timezone.now())
    assert not Flag.objects.filter(rule="X-1").exists()


def test_treatments_that_follow_a_withdrawal_stay(ada, cara, clinic, treatment, vera, monkeypatch):
    """Taken back while treatments are being moved: those that follow stay."""
    other = make_treatment(vera, treatment.treated_on, cara)
    published(ada, cara)
    move_one = treatments.move

    def then_withdraw(**said):
        moved = move_one(**said)
        actions.withdraw(clinic=clinic, version=NEXT, by=cara, at=timezone.now())
        return moved

    monkeypatch.setattr(treatments, "move", then_withdraw)
    both = [treatment, other]
    assert actions.move(clinic=clinic, version=NEXT, moving=both, by=cara, at=timezone.now()) == 1
    other.refresh_from_db()
    assert other.protocol_version == protocols.CURRENT


def test_moving_is_remembered_with_its_author(moved, cara):
    latest = moved.revisions.order_by("-at", "-id").first()
    assert (latest.by, latest.answers["protocol"]) == (cara, NEXT)
    assert AccessEvent.objects.filter(verb="moved", target_id=str(moved.pk), actor_id=cara.pk).exists()


def test_moving_twice_is_moving_once(moved, cara):
    at = moved.moved_at
    assert move(moved, cara, at=timezone.now() + DAY) == 0
    moved.refresh_from_db()
    assert moved.moved_at == at


def test_a_version_that_the_clinic_does_not_use_is_refused(ada, cara, clinic, treatment):
    uploaded(ada)
    with pytest.raises(actions.Refused, match="does not use this version"):
        actions.move(clinic=clinic, version=NEXT, moving=[treatment], by=cara, at=timezone.now())


def test_nobody_moves_what_is_another_clinics(ada, owen, cara, treatment):
    draft = published(ada, cara, DRY)
    approved(owen.clinic, draft.version, owen)
    assert move(treatment, owen) == 0
    with pytest.raises(PermissionDenied):
        actions.move(clinic=cara.clinic, version=NEXT, moving=[treatment], by=owen, at=timezone.now())
    treatment.refresh_from_db()
    assert treatment.protocol_version == protocols.CURRENT


def test_a_treatment_that_did_not_take_place_is_left_alone(ada, cara, treatment):
    published(ada, cara)
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert move(treatment, cara) == 0


def test_the_timeline_marks_what_was_found_late(moved, as_, cara):
    page = words(as_(cara).get(moved.get_absolute_url()))
    assert page.count("Found later, by newer rules. It raised no alarm.") == 2


def test_what_raised_a_flag_is_not_marked(ada, cara, treatment, as_):
    log(treatment, "day signs\n2 pus")
    published(ada, cara)
    move(treatment, cara)
    assert "Found later" not in words(as_(cara).get(treatment.get_absolute_url()))


def test_her_old_entry_does_not_ask_the_patient_to_call(moved, as_, pat):
    old, new = moved.entries.get(on=moved.date_of(2)), log(moved, "day dryness\n3 1", at=timezone.now())
    assert "Your skin is dry." not in words(as_(pat).get(f"/entry/{old.pk}/"))
    assert "Your skin is dry." in words(as_(pat).get(f"/entry/{new.pk}/"))


def late(treatment):
    return found_late(treatment, assess(treatment.course(), treatment.protocol))


def test_what_the_version_before_finds_too_is_not_late(ada, cara, treatment, as_):
    log(treatment, "day redness dryness signs\n1 1 1 hives\n2 3 0 pus")
    Flag.objects.all().delete()  # so that nothing is taken for known because of a flag
    published(ada, cara, DRY)
    move(treatment, cara)
    treatment.refresh_from_db()
    assert late(treatment) == {(1, "X-1")}
    page = words(as_(cara).get(treatment.get_absolute_url()))
    assert page.count("Found later, by newer rules.") == 1


def test_a_rule_that_became_more_urgent_is_late_at_its_new_tier(ada, cara, treatment):
    log(treatment, "day dryness\n1 1")
    published(ada, cara, DRY | {"tier": "watch"}, version="quiet-2")
    move(treatment, cara)
    published(ada, cara, DRY, version="loud-3")
    move(treatment, cara)
    treatment.refresh_from_db()
    assert late(treatment) == {(1, "X-1")}
    assert not Flag.objects.exists()


def test_a_risk_factor_recorded_after_a_move_reaches_the_clinic(ada, cara, treatment):
    log(treatment, "day signs\n2 cold_sore")
    before = {flag.rule: flag.tier for flag in Flag.objects.all()}
    for flag in Flag.objects.all():
        flags.acknowledge(flag=flag, by=cara, at=timezone.now())
    published(ada, cara, DRY)
    move(treatment, cara)
    raised_by = next(one for one in treatment.protocol.modifiers if set(one.rules) & before.keys())
    treatments.correct(
        treatment=treatment, fields={"risk_factors": list(raised_by.who.risk_factors)}, by=cara, at=timezone.now()
    )
    risen = [flag for flag in Flag.objects.all() if flag.tier > before[flag.rule]]
    assert risen
    assert {flag.state for flag in risen} == {Flag.State.OPEN}
    assert Notice.objects.filter(flag__in=risen, kind=Notice.Kind.REOPENED).exists()


def test_a_second_move_does_not_alarm_for_what_the_first_brought(ada, cara, moved):
    published(ada, cara, DRY, version="riverside-3")
    move(moved, cara)
    silence.review(at=timezone.now())
    moved.refresh_from_db()
    assert late(moved) == {(1, "X-1"), (2, "X-1")}
    assert not Flag.objects.exists()


def test_what_a_version_in_between_alarmed_of_is_not_late(ada, cara, moved):
    log(moved, "day dryness\n3 1", at=timezone.now())
    published(ada, cara, DRY, version="riverside-3")
    move(moved, cara)
    moved.refresh_from_db()
    assert late(moved) == {(1, "X-1"), (2, "X-1")}


def test_a_version_that_notes_more_on_an_old_day_renews_no_flag(ada, cara, treatment):
    log(treatment, "day signs\n2 pus,hives")
    noted = Flag.objects.get(rule="N-1").fired_on
    wider = {"shape": "present", "signs": ["hives", "pus"]}

    def widen(document):
        row = next(row for row in document["rules"] if row["code"] == "N-1")
        row["when"] = [wider, *row["when"]]

    published(ada, cara, change=widen)
    assert move(treatment, cara) == 1
    flag = Flag.objects.get(rule="N-1")
    assert flag.fired_on == noted


def test_a_treatment_that_was_never_moved_asks_for_nothing(treatment, django_assert_num_queries):
    log(treatment, "day signs\n2 pus")
    found = assess(treatment.course(), treatment.protocol)
    with django_assert_num_queries(0):
        assert found_late(treatment, found) == frozenset()


def test_a_treatment_that_was_moved_asks_once(ada, cara, moved, django_assert_num_queries):
    published(ada, cara, DRY, version="riverside-3")
    move(moved, cara)
    moved.refresh_from_db()
    found = assess(moved.course(), moved.protocol)
    with django_assert_num_queries(1):
        assert len(found_late(moved, found)) == 2


def test_the_move_keeps_what_it_found(moved):
    kept = moved.revisions.latest("id").answers["found_by_move"]
    assert [(rule, on, tier, noted["score"]) for rule, on, tier, noted in kept] == [
        ("X-1", moved.date_of(day).isoformat(), Flag.Tier.CONTACT, 1) for day in (1, 2)
    ]


@pytest.fixture
def today(clinic):
    return timezone.now().astimezone(clinic.zone).date()


def test_those_to_come_and_the_latest_that_began_are_running(pat, vera, cara, clinic, today):
    _earlier, latest, coming, recent = (
        make_treatment(who, today + DAY * days, cara) for who, days in ((pat, -40), (pat, -5), (pat, 20), (vera, -90))
    )
    assert set(running(clinic.pk, today)) == {latest, coming, recent}


def test_what_is_long_past_cancelled_or_elsewhere_is_not(pat, vera, cara, clinic, elsewhere, today):
    make_treatment(pat, today - 91 * DAY, cara)
    gone = make_treatment(vera, today, cara)
    treatments.cancel(treatment=gone, by=cara, at=timezone.now())
    make_treatment(vera, today, cara)
    assert not running(elsewhere.pk, today).exists()
    assert running(clinic.pk, today).count() == 1
