"""From findings to flags: one live flag a rule, which only a person closes, and one mail to the clinic."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from journal.actions import flags, treatments
from journal.models import Call, Flag, Look, Notice, Review
from journal.recovery import wording
from journal.recovery.assess import assess
from journal.recovery.course import Finding
from journal.recovery.scale import Tier
from tests.conftest import make_treatment

from .tables import log


@pytest.fixture
def treatment(pat, cara):
    """Three weeks ago, so that there is room for later days."""
    on = timezone.now().astimezone(pat.clinic.zone).date() - datetime.timedelta(days=21)
    return make_treatment(pat, on, cara)


@pytest.fixture
def acknowledge(cara):
    return lambda flag: flags.acknowledge(flag=flag, by=cara, at=timezone.now())


@pytest.fixture
def close(cara):
    return lambda flag: flags.close(flag=flag, outcome="advised", note="", by=cara, at=timezone.now())


def states():
    """Rule and state of every flag, oldest first."""
    return [f"{flag.rule} {flag.state}" for flag in Flag.objects.order_by("raised_at", "rule")]


def kinds():
    """Why the clinic is mailed, oldest first."""
    return list(Notice.objects.order_by("pk").values_list("kind", flat=True))


def test_an_entry_within_the_expected_raises_nothing(treatment):
    log(treatment, "day redness dryness tightness itch signs\n1 2 2 2 1 warmth")
    assert not Flag.objects.exists()
    assert not Notice.objects.exists()


def test_a_watch_finding_stays_on_the_timeline(treatment):
    entry = log(treatment, "day signs\n5 dark_patches")
    assert [finding.tier for finding in assess(treatment.course(), treatment.protocol)[entry.day]] == [Tier.WATCH]
    assert not Flag.objects.exists()
    assert not Notice.objects.exists()


def test_a_contact_finding_raises_a_flag_and_exactly_one_notice(treatment, clinic):
    log(treatment, "day redness\n8 1")
    flag = Flag.objects.get()
    assert (flag.rule, flag.tier, flag.state) == ("R-1", Flag.Tier.CONTACT, "open")
    assert (flag.day, flag.on, flag.clinic) == (8, treatment.date_of(8), clinic)
    assert flag.protocol_version == treatment.protocol_version
    assert Notice.objects.get().flag == flag


def test_each_rule_has_a_flag_of_its_own(treatment):
    log(treatment, "day redness signs\n8 1 pus")
    assert set(Flag.objects.values_list("rule", flat=True)) == {"R-1", "N-1"}
    assert Notice.objects.count() == 2


def test_the_most_urgent_comes_first(treatment):
    log(treatment, "day redness signs\n8 1 pus,breathing_trouble")
    assert [flag.rule for flag in Flag.objects.live().by_urgency()] == ["A-1", "N-1", "R-1"]


def test_a_rule_that_fires_again_renews_its_flag_and_sends_no_second_notice(treatment):
    log(treatment, "day redness\n8 1\n9 2")
    flag = Flag.objects.get()
    assert (flag.day, flag.values["score"]) == (9, 2)
    assert list(flag.fired_on) == [treatment.date_of(day).isoformat() for day in (8, 9)]
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("table", ["day signs\n9 hives\n8 hives", "day redness\n9 1\n8 1"])
def test_a_day_written_later_does_not_make_the_flag_tell_of_an_older_day(treatment, table):
    log(treatment, table)
    flag = Flag.objects.get()
    assert (flag.day, len(flag.fired_on)) == (9, 2)
    assert not Review.objects.exists()


def test_contact_again_leaves_a_seen_flag_seen_and_asks_for_a_new_look(treatment, acknowledge, cara):
    log(treatment, "day redness\n8 1")
    acknowledge(Flag.objects.get())
    assert Flag.objects.get().latest_look.by == cara
    again = timezone.now()
    log(treatment, "day redness\n9 1", at=again)
    assert states() == ["R-1 acknowledged"]
    assert (Flag.objects.get().fired_at, Flag.objects.get().latest_look) == (again, None)
    assert kinds() == ["raised"]
    acknowledge(Flag.objects.get())  # seen again
    assert Flag.objects.get().latest_look.by == cara
    assert states() == ["R-1 acknowledged"]


def test_the_same_day_saved_again_asks_for_no_new_look(treatment, acknowledge):
    log(treatment, "day redness\n8 1")
    acknowledge(Flag.objects.get())
    fired_at = Flag.objects.get().fired_at
    log(treatment, "day redness itch\n8 1 1", at=timezone.now())
    assert Flag.objects.get().fired_at == fired_at
    assert Flag.objects.get().latest_look


def test_a_worry_on_a_new_day_reopens_a_seen_flag_though_it_can_wait_a_day(treatment, acknowledge):
    log(treatment, "day worried\n5 yes")
    acknowledge(Flag.objects.get())
    log(treatment, "day worried redness\n5 yes 1", at=timezone.now())
    assert states() == ["W-1 acknowledged"]
    log(treatment, "day worried\n6 yes", at=timezone.now())
    assert (states(), Flag.objects.get().tier) == (["W-1 open"], Flag.Tier.CONTACT)
    assert kinds() == ["raised", "reopened"]


def test_a_flag_that_nobody_has_seen_yet_is_not_reopened(treatment):
    log(treatment, "day signs\n5 pus\n6 pus\n7 pus")
    assert states() == ["N-1 open"]
    assert kinds() == ["raised"]
    assert not Review.objects.exists()


def test_urgent_again_reopens_a_seen_flag_by_nobody(treatment, acknowledge):
    log(treatment, "day signs\n5 pus")
    acknowledge(Flag.objects.get())
    log(treatment, "day signs\n6 pus", at=timezone.now())
    assert states() == ["N-1 open"]
    _seen, reopened = Review.objects.all()
    assert (reopened.state, reopened.by) == ("open", None)
    assert Flag.objects.get().latest_look is None
    assert kinds() == ["raised", "reopened"]


def test_the_same_urgent_day_saved_again_does_not_reopen(treatment, acknowledge):
    log(treatment, "day signs\n5 pus")
    acknowledge(Flag.objects.get())
    log(treatment, "day signs itch\n5 pus 1")
    assert states() == ["N-1 acknowledged"]


def test_a_higher_tier_reopens_a_seen_flag(treatment, acknowledge, cara):
    log(treatment, "day signs\n5 blisters")
    assert Flag.objects.get().tier == Flag.Tier.CONTACT
    acknowledge(Flag.objects.get())
    treatments.correct(treatment=treatment, fields={"risk_factors": ["eczema"]}, by=cara, at=timezone.now())
    flag = Flag.objects.get()
    assert (flag.state, flag.tier, flag.values["raised_by"]) == ("open", Flag.Tier.URGENT, ["MOD-8H"])


def test_a_closed_flag_is_not_raised_again_by_saving_an_old_day_again(treatment, close):
    log(treatment, "day redness\n8 1")
    close(Flag.objects.get())
    log(treatment, "day redness\n8 1")
    log(treatment, "day itch\n7 1")
    assert states() == ["R-1 closed"]


@pytest.mark.parametrize(
    ("then", "more"),
    [
        ("day redness\n8 1", "day redness\n8 2"),  # a higher score
        ("day temperature\n5 38.1", "day temperature\n5 40.5"),
        ("day signs\n5 blisters", "day signs\n5 blisters,cold_sore"),  # a sign more
        ("day signs\n5 blisters", "day signs\n5 cold_sore"),  # another sign
    ],
)
def test_a_closed_flag_is_raised_anew_by_more_on_the_same_day(treatment, close, then, more):
    log(treatment, then)
    first = Flag.objects.get()
    close(first)
    log(treatment, more)
    second = Flag.objects.live().get()
    assert (second.rule, second.on, list(second.fired_on)) == (first.rule, first.on, list(first.fired_on))
    assert kinds() == ["raised", "raised"]


def test_more_on_an_older_date_of_a_closed_flag_is_raised_anew_too(treatment, close):
    log(treatment, "day signs\n5 blisters\n6 blisters")
    close(Flag.objects.get())
    log(treatment, "day signs\n5 blisters,cold_sore")
    second = Flag.objects.live().get()
    assert (second.day, sorted(second.values["signs"])) == (5, ["blisters", "cold_sore"])


@pytest.mark.parametrize(
    ("then", "less"),
    [
        ("day redness\n8 3", "day redness\n8 1"),
        ("day temperature\n5 40.5", "day temperature\n5 38.1"),
        ("day signs\n5 blisters,cold_sore", "day signs\n5 blisters"),
    ],
)
def test_a_closed_flag_covers_less_on_the_same_day(treatment, close, then, less):
    log(treatment, then)
    close(Flag.objects.get())
    log(treatment, less)
    log(treatment, then)
    assert [flag.state for flag in Flag.objects.all()] == ["closed"]


def test_a_closed_flag_covers_every_day_it_told_of(treatment, close):
    log(treatment, "day redness\n8 1\n9 2")
    close(Flag.objects.get())
    log(treatment, "day itch\n8 0\n9 0")
    assert states() == ["R-1 closed"]


def test_a_closed_flag_is_raised_anew_where_its_day_turns_out_more_urgent(treatment, close, cara):
    log(treatment, "day signs\n5 blisters")
    close(Flag.objects.get())
    treatments.correct(treatment=treatment, fields={"risk_factors": ["eczema"]}, by=cara, at=timezone.now())
    assert [(flag.state, flag.tier) for flag in Flag.objects.order_by("tier")] == [("closed", 2), ("open", 3)]


def test_a_closed_flag_is_raised_anew_by_a_new_day(treatment, close):
    log(treatment, "day redness\n8 1")
    close(Flag.objects.get())
    log(treatment, "day redness\n9 1")
    assert states() == ["R-1 closed", "R-1 open"]
    assert Notice.objects.count() == 2


def test_a_correction_that_takes_the_sign_away_leaves_the_flag_for_a_person(treatment):
    log(treatment, "day signs\n5 pus\n5 -")
    flag = Flag.objects.get()
    assert (flag.state, flag.holds) == ("open", False)
    log(treatment, "day signs\n5 pus")
    assert Flag.objects.get().holds


def test_a_flag_whose_own_day_was_corrected_tells_of_another_that_still_fires(treatment):
    log(treatment, "day redness\n8 1\n9 2\n9 0")
    flag = Flag.objects.get()
    assert (flag.holds, flag.day, flag.on, flag.values["score"]) == (True, 8, treatment.date_of(8), 1)


def test_a_flag_stays_as_urgent_as_it_was_while_its_rule_fires_at_all(treatment, cara):
    call = {"treatment": treatment, "by": cara, "at": timezone.now()}
    treatments.correct(fields={"risk_factors": ["eczema"]}, **call)
    log(treatment, "day signs\n5 blisters")
    assert (Flag.objects.get().tier, Flag.objects.get().holds) == (Flag.Tier.URGENT, True)
    treatments.correct(fields={"risk_factors": []}, **call)
    assert (Flag.objects.get().tier, Flag.objects.get().holds) == (Flag.Tier.URGENT, True)
    log(treatment, "day signs\n5 -")
    assert not Flag.objects.get().holds


def test_a_live_flag_tells_of_the_corrected_score(treatment):
    log(treatment, "day redness\n8 1\n8 3")
    assert Flag.objects.get().values["score"] == 3


def test_better_scores_never_close_a_flag(treatment):
    log(treatment, "day redness signs\n8 2 pus\n9 0 -\n10 0 -\n11 0 -")
    assert states() == ["N-1 open", "R-1 open"]
    assert all(Flag.objects.values_list("holds", flat=True))


def test_a_second_person_may_say_that_they_have_seen_it_too_each_with_a_note(treatment, cara):
    log(treatment, "day redness\n8 1")
    for note in ("Left a message", "Called back"):
        flags.acknowledge(flag=Flag.objects.get(), note=note, by=cara, at=timezone.now())
    assert states() == ["R-1 acknowledged"]
    assert [review.note for review in Review.objects.all()] == ["Left a message", "Called back"]


def test_what_fired_since_a_person_looked_cannot_be_moved_unseen(treatment, cara):
    log(treatment, "day redness\n8 1")
    seen = Flag.objects.get().fired_at
    log(treatment, "day redness\n9 2", at=timezone.now())
    call = {"by": cara, "at": timezone.now(), "seen": seen}
    with pytest.raises(flags.AlreadyMoved) as told:
        flags.acknowledge(flag=Flag.objects.get(), **call)
    with pytest.raises(flags.AlreadyMoved):
        flags.close(flag=Flag.objects.get(), outcome="advised", note="", **call)
    assert (told.value.flag.state, told.value.flag.day) == ("open", 9)
    assert not Review.objects.exists()
    flags.close(flag=Flag.objects.get(), outcome="advised", note="", **call | {"seen": told.value.flag.fired_at})
    assert states() == ["R-1 closed"]


def test_nothing_moves_a_closed_flag(treatment, acknowledge, close):
    log(treatment, "day redness\n8 1")
    close(Flag.objects.get())
    for move in (acknowledge, close):
        with pytest.raises(flags.AlreadyMoved):
            move(Flag.objects.get())
    assert Review.objects.get().outcome == "advised"


def test_a_flag_may_be_closed_without_having_been_seen(treatment, close):
    log(treatment, "day redness\n8 1")
    flag = Flag.objects.get()
    close(flag)
    assert (Review.objects.get().state, flag.state, flag.is_live) == ("closed", "closed", False)


MANY = """
    day redness dryness tightness itch signs                       temperature worried
    1   1       1       1         1    warmth                      .           .
    3   3       4       4         3    swelling,increasing_pain    .           .
    5   4       4       3         4    pus,yellow_crust,warmth     38.2        yes
    9   2       2       1         1    hives,blisters,peeling      .           .
    15  1       1       1         1    raised_scar,bruising        .           .
"""


def test_why_can_be_told_again_from_what_a_flag_keeps(treatment):
    log(treatment, MANY)
    protocol = treatment.protocol
    found = assess(treatment.course(), protocol)
    assert Flag.objects.count() > 10
    for flag in Flag.objects.all():
        again = Finding(
            rule=flag.rule,
            tier=Tier(flag.tier),
            day=flag.day,
            days=tuple(flag.days),
            values=flag.values,
            shape=flag.shape,
            protocol=flag.protocol_version,
        )
        [now] = [finding for finding in found[flag.day] if finding.rule == flag.rule]
        assert wording.why(again, protocol) == wording.why(now, protocol)
        assert wording.message(again, protocol, {}) == wording.message(now, protocol, {})


def a_flag(treatment, **fields):
    return Flag.objects.create(
        treatment=treatment,
        clinic=treatment.patient.clinic,
        raised_at=timezone.now(),
        waits_since=timezone.now(),
        fired_at=timezone.now(),
        on=treatment.treated_on,
        **{"rule": "R-1", "shape": "above", "day": 0, "tier": 2, **fields},
    )


def refused(make, *args, **fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(*args, **fields)


def test_the_database_refuses_a_second_live_flag_of_a_rule(treatment):
    a_flag(treatment)
    refused(a_flag, treatment, state="acknowledged")
    a_flag(treatment, state="closed")
    a_flag(treatment, rule="R-3")


def test_the_database_mails_once_that_a_flag_was_raised_and_each_time_that_it_opened_again(treatment):
    flag = a_flag(treatment)
    notice = {"flag": flag, "clinic": flag.clinic, "created_at": timezone.now()}
    Notice.objects.create(kind="raised", **notice)
    refused(Notice.objects.create, kind="raised", **notice)
    refused(Notice.objects.create, kind="forgotten", **notice)
    for _time in range(2):
        Notice.objects.create(kind="reopened", **notice)
    assert flag.notices.count() == 3


def test_the_database_refuses_tiers_and_states_that_do_not_exist(treatment):
    refused(a_flag, treatment, tier=1)
    refused(a_flag, treatment, tier=5)
    refused(a_flag, treatment, state="forgotten")


def test_the_database_wants_an_outcome_for_closing_and_for_nothing_else(treatment, cara):
    review = {"flag": a_flag(treatment), "by": cara, "at": timezone.now()}
    refused(Review.objects.create, state="closed", **review)
    refused(Review.objects.create, state="acknowledged", outcome="seen", **review)
    Review.objects.create(state="closed", outcome="seen", **review)


def test_the_database_lets_nobody_but_a_rule_move_a_flag_unnamed(treatment):
    review = {"flag": a_flag(treatment), "by": None, "at": timezone.now()}
    refused(Review.objects.create, state="acknowledged", **review)
    refused(Review.objects.create, state="closed", outcome="seen", **review)
    Review.objects.create(state="open", **review)


def test_a_flag_is_seen_by_its_patient_and_its_clinic_alone(treatment, pat, vera, cara, owen, ada):
    a_flag(treatment)
    seen = {user.email.split("@")[0]: Flag.objects.visible_to(user).count() for user in (cara, owen, ada)}
    assert seen == {"cara": 1, "owen": 0, "ada": 0}
    assert (Flag.objects.visible_to(pat.user).count(), Flag.objects.visible_to(vera.user).count()) == (1, 0)


def test_another_top_score_on_a_closed_day_speaks_up_again(treatment, close):
    log(treatment, "day dryness\n3 4")
    close(Flag.objects.get(rule="V-2"))
    log(treatment, "day tightness\n3 4")
    assert Flag.objects.filter(rule="V-2").live().get().values["scores"] == {"dryness": 4, "tightness": 4}


def test_what_an_older_flag_did_not_keep_does_not_raise_it_again(treatment, close):
    log(treatment, "day dryness\n3 4")
    closed = Flag.objects.get(rule="V-2")
    close(closed)
    for noted in closed.fired_on.values():
        del noted["named"]
    closed.save()
    log(treatment, "day itch\n3 0")
    assert not Flag.objects.filter(rule="V-2").live().exists()


@pytest.fixture
def several(treatment):
    """Three live flags of one patient, the most urgent first."""
    log(treatment, "day redness signs\n8 1 pus,yellow_crust")
    return list(Flag.objects.live().by_urgency())


def shown(flags):
    return [(flag, flag.fired_at) for flag in flags]


def test_flags_of_a_patient_are_closed_together_and_only_the_first_is_said_to_be_useful(several, cara):
    assert len(several) > 2
    at = timezone.now()
    left = flags.close_all(shown=shown(several), outcome="advised", note="Came in", useful="yes", by=cara, at=at)
    assert left == []
    assert not Flag.objects.live().exists()
    reviews = [Review.objects.get(flag=flag) for flag in several]
    assert [review.useful for review in reviews] == ["yes", *[""] * (len(several) - 1)]
    assert [review.note for review in reviews] == ["Came in", *[""] * (len(several) - 1)]
    assert {review.at for review in reviews} == {at}
    assert {flag.first_look_at for flag in several} == {at}


def test_the_one_that_moved_meanwhile_is_named_and_the_others_are_closed(several, cara, owen):
    first, second, *rest = several
    flags.close(flag=Flag.objects.get(pk=second.pk), outcome="seen", note="", by=owen, at=timezone.now())
    left = flags.close_all(shown=shown(several), outcome="advised", note="Mine", by=cara, at=timezone.now())
    assert left == [second]
    assert Review.objects.get(flag=second).by == owen
    assert {review.by for review in Review.objects.filter(flag__in=[first, *rest])} == {cara}


def test_what_was_written_is_kept_with_the_first_that_could_be_closed(several, cara):
    first, second, *_rest = several
    pairs = [(first, first.fired_at - datetime.timedelta(seconds=1)), *shown(several[1:])]
    assert flags.close_all(shown=pairs, outcome="advised", note="Mine", useful="no", by=cara, at=timezone.now()) == [
        first
    ]
    assert (Review.objects.get(flag=second).note, Review.objects.get(flag=second).useful) == ("Mine", "")
    assert Flag.objects.get(pk=first.pk).is_live


def test_where_all_of_them_moved_nothing_is_saved(several, cara):
    early = several[0].fired_at - datetime.timedelta(seconds=1)
    for act in (flags.acknowledge_all, lambda **call: flags.close_all(outcome="advised", **call)):
        with pytest.raises(flags.AlreadyMoved):
            act(shown=[(flag, early) for flag in several], note="", seen_to=timezone.now(), by=cara, at=timezone.now())
    assert not Review.objects.exists()
    assert not Look.objects.exists()


@pytest.mark.parametrize("act", ["acknowledge_all", "close_all"])
def test_a_review_of_the_whole_page_is_a_look_at_the_timeline_up_to_its_moment(treatment, several, cara, act):
    seen_to, at = treatment.entries.get().updated_at, timezone.now()
    more = {"outcome": "advised"} if act == "close_all" else {}
    getattr(flags, act)(shown=shown(several), note="", seen_to=seen_to, by=cara, at=at, **more)
    look = Look.objects.get()
    assert (look.treatment, look.seen_to, look.at, look.by) == (treatment, seen_to, at, cara)
    treatment.refresh_from_db()
    assert treatment.unseen_since is None


def test_what_came_in_after_the_page_was_made_still_waits_to_be_seen(treatment, several, cara):
    seen_to = treatment.entries.get().updated_at
    later = seen_to + datetime.timedelta(hours=1)
    log(treatment, "day redness\n9 0", at=later)
    flags.acknowledge_all(shown=[(several[0], None)], seen_to=seen_to, by=cara, at=later)
    treatment.refresh_from_db()
    assert treatment.unseen_since == later


def test_a_line_of_a_list_is_no_look_at_the_whole_timeline(treatment, several, acknowledge):
    acknowledge(several[0])
    treatment.refresh_from_db()
    assert not Look.objects.exists()
    assert treatment.unseen_since is not None


@pytest.mark.parametrize(
    ("outcome", "tried", "is_open"),
    [("advised", "spoken", False), ("not_reached", "no_answer", True), ("entered_in_error", "not_needed", False)],
)
def test_a_call_that_came_of_a_flag_gets_what_its_outcome_says(treatment, cara, outcome, tried, is_open):
    log(treatment, "day worried\n5 yes")
    flag = Flag.objects.get()
    call, _made = Call.objects.update_or_create(
        patient=treatment.patient,
        defaults={
            "flag": flag,
            "clinic": flag.clinic,
            "number": "+44 7700 900123",
            "asked_at": timezone.now(),
            "asked_by": treatment.patient.user,
        },
    )
    flags.close(flag=flag, outcome=outcome, note="", by=cara, at=timezone.now())
    call.refresh_from_db()
    assert [one.outcome for one in call.tries.all()] == [tried]
    assert (call.closed_at is None) == is_open


@pytest.fixture
def closed(treatment, close):
    log(treatment, "day redness\n8 1")
    flag = Flag.objects.get()
    close(flag)
    return flag


def test_a_closed_flag_can_be_opened_again_and_waits_from_then_on(closed, cara):
    at = timezone.now()
    flags.reopen(flag=closed, reason="She called back", by=cara, at=at)
    flag = Flag.objects.get()
    assert (flag.state, flag.waits_since, flag.latest_look) == ("open", at, None)
    assert flag.first_look_at < at
    review = Review.objects.latest("pk")
    assert (review.state, review.note, review.by, review.outcome) == ("open", "She called back", cara, "")
    assert kinds() == ["raised"]  # who opens it is there: nobody is mailed


def test_a_patient_whose_flag_is_opened_again_has_not_had_it_before_her(closed, cara):
    Flag.objects.update(opened_at=timezone.now())
    flags.reopen(flag=closed, reason="She called back", by=cara, at=timezone.now())
    assert Flag.objects.get().opened_at is None


def test_flags_are_opened_again_together_and_the_one_that_is_open_already_is_named(several, cara, owen):
    flags.close_all(shown=shown(several), outcome="advised", note="", by=cara, at=timezone.now())
    first, second, *rest = several
    flags.reopen(flag=Flag.objects.get(pk=second.pk), reason="Mine", by=owen, at=timezone.now())
    at = timezone.now()
    assert flags.reopen(flag=first, also=[second, *rest], reason="She called back", by=cara, at=at) == [second]
    assert Flag.objects.live().count() == len(several)
    notes = [review.note for review in Review.objects.filter(state="open", by=cara).order_by("pk")]
    assert notes == ["She called back", *[""] * len(rest)]
    assert set(Flag.objects.filter(waits_since=at)) == {first, *rest}


def test_a_look_that_was_none_is_taken_back_and_the_promise_runs_on(treatment, several, cara, owen):
    waited, seen_to = [flag.waits_since for flag in several], treatment.entries.get().updated_at
    flags.acknowledge_all(shown=shown(several), seen_to=seen_to, by=cara, at=timezone.now())
    at = timezone.now()
    flags.take_back(flag=several[0], by=owen, at=at)
    now = list(Flag.objects.live().by_urgency())
    assert [flag.waits_since for flag in now] == waited
    assert {(flag.state, flag.first_look_at, flag.latest_look) for flag in now} == {("open", None, None)}
    backs = Review.objects.filter(state="open")
    assert {(review.flag, review.by, review.at) for review in backs} == {(flag, owen, at) for flag in several}
    assert Look.objects.count() == 1


def test_only_what_one_press_marked_is_taken_back(several, cara, owen, acknowledge):
    first, second, *_rest = several
    acknowledge(first)
    flags.acknowledge(flag=second, by=owen, at=timezone.now())
    flags.take_back(flag=first, by=cara, at=timezone.now())
    assert Flag.objects.get(pk=first.pk).state == "open"
    assert Flag.objects.get(pk=second.pk).state == "acknowledged"


def test_a_look_before_the_flag_was_opened_again_stays_the_first(closed, cara, acknowledge):
    first = closed.first_look_at
    flags.reopen(flag=closed, reason="Hm", by=cara, at=timezone.now())
    acknowledge(closed)
    flags.take_back(flag=closed, by=cara, at=timezone.now())
    assert Flag.objects.get().first_look_at == first


def test_what_is_not_marked_as_seen_cannot_be_taken_back(several, close, cara):
    with pytest.raises(flags.AlreadyMoved):
        flags.take_back(flag=several[0], by=cara, at=timezone.now())
    close(several[1])
    with pytest.raises(flags.AlreadyMoved):
        flags.take_back(flag=several[1], by=cara, at=timezone.now())
    assert not Review.objects.filter(state="open").exists()


def test_what_is_open_is_not_opened_again(closed, cara):
    flags.reopen(flag=closed, reason="Once", by=cara, at=timezone.now())
    with pytest.raises(flags.AlreadyMoved):
        flags.reopen(flag=closed, reason="Twice", by=cara, at=timezone.now())
    assert Review.objects.filter(state="open").count() == 1


def test_an_older_flag_stays_closed_where_its_rule_has_spoken_up_again(treatment, closed, cara):
    log(treatment, "day redness\n9 2")
    with pytest.raises(flags.AlreadyLive) as told:
        flags.reopen(flag=closed, reason="Hm", by=cara, at=timezone.now())
    assert told.value.flag == Flag.objects.live().get()
    assert Flag.objects.get(pk=closed.pk).state == "closed"


def test_a_flag_that_was_opened_again_is_seen_and_closed_like_any_other(closed, cara, acknowledge, close):
    flags.reopen(flag=closed, reason="Hm", by=cara, at=timezone.now())
    acknowledge(closed)
    assert Flag.objects.get().latest_look.state == "acknowledged"
    close(closed)
    assert Flag.objects.get().latest_look.outcome == "advised"


def test_a_new_flag_goes_to_who_has_taken_the_patient(treatment, cara):
    log(treatment, "day redness\n8 1")
    Flag.objects.update(assigned_to=cara)
    log(treatment, "day signs\n9 pus")
    assert Flag.objects.get(rule="N-1").assigned_to == cara
    Flag.objects.update(state="closed")
    log(treatment, "day itch\n10 4")
    assert {flag.assigned_to for flag in Flag.objects.live()} == {None}


def test_an_open_flag_that_becomes_urgent_is_mailed_and_waits_anew(treatment, cara):
    """Until then it was one to look at by the end of the next working day."""
    log(treatment, "day signs\n4 blisters")
    flag = Flag.objects.get()
    assert flag.tier == Tier.CONTACT
    Flag.objects.update(opened_at=timezone.now())
    later = timezone.now() + datetime.timedelta(minutes=1)
    treatments.correct(treatment=treatment, fields={"risk_factors": ["immunosuppressed"]}, by=cara, at=later)
    risen = Flag.objects.get()
    assert (risen.tier, risen.state, risen.opened_at, risen.waits_since) == (Tier.URGENT, "open", None, later)
    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["raised", "reopened"]


def test_a_flag_that_is_opened_again_belongs_to_who_has_the_others(treatment, cara, close):
    log(treatment, "day redness signs\n9 2 pus")
    closed, other = Flag.objects.order_by("rule")
    close(closed)
    Flag.objects.filter(pk=other.pk).update(assigned_to=cara)
    flags.reopen(flag=closed, reason="It is back.", by=cara, at=timezone.now())
    closed.refresh_from_db()
    assert closed.assigned_to == cara
