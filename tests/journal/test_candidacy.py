"""The questions before a session: asked, decided by a person, kept; and the risk factors that follow from them."""

import datetime

import pytest
from django.utils import timezone

from accounts.models import AccessEvent
from journal.actions import candidacies, treatments
from journal.actions.candidacies import risk_factors
from journal.models import Candidacy, Flag
from journal.recovery.care import Concern
from tests.conftest import make_treatment

from .tables import asked, log, words


def concern(code, *factors):
    return Concern(
        code=code, asks=f"{code}?", advice="Think.", risk_factors=factors, says=(), kind="read", basis="", choice=""
    )


SKIN, SUN, BURN = concern("skin", "eczema"), concern("sun", "recent_sun"), concern("burn", "recent_sun")
WOUND = concern("wound")
ALL = [SKIN, SUN, BURN, WOUND]


@pytest.mark.parametrize(
    ("answers", "known", "then"),
    [
        ({}, [], []),
        ({}, ["eczema"], ["eczema"]),
        ({"skin": "yes"}, [], ["eczema"]),
        ({"skin": "no"}, ["eczema"], []),
        ({"skin": "unknown"}, ["eczema"], ["eczema"]),
        ({"skin": "unknown"}, [], []),
        ({"skin": "no"}, ["eczema", "diabetes"], ["diabetes"]),  # which no question stands for
        ({"wound": "yes"}, [], []),
        ({"sun": "no", "burn": "yes"}, ["recent_sun"], ["recent_sun"]),
        ({"sun": "no", "burn": "no"}, ["recent_sun"], []),
        ({"sun": "no", "burn": "unknown"}, ["recent_sun"], ["recent_sun"]),
        ({"sun": "no"}, ["recent_sun"], ["recent_sun"]),  # the other question was not asked
        ({"burn": "yes", "skin": "yes"}, ["diabetes"], ["eczema", "diabetes", "recent_sun"]),
    ],
)
def test_yes_adds_a_risk_factor_and_only_no_to_all_its_questions_takes_it_off(answers, known, then):
    assert risk_factors(ALL, answers, known) == then


@pytest.fixture
def decide(cara):
    def call(treatment, answers, decision="treat", reason="Skin is calm."):
        return candidacies.decide(
            treatment=treatment, answers=answers, decision=decision, reason=reason, by=cara, at=timezone.now()
        )

    return call


def test_what_was_decided_before_stays_and_the_latest_stands(decide, treatment, cara):
    first = decide(treatment, {"eczema": "yes"}, "wait", "Flare on the cheek.")
    second = decide(treatment, {"eczema": "no"})
    assert list(treatment.candidacies.all()) == [second, first]
    first.refresh_from_db()
    assert (first.decision, first.reason, first.by) == ("wait", "Flare on the cheek.", cara)
    assert (first.answers, first.protocol_version) == ({"eczema": "yes"}, treatment.protocol_version)


def test_the_treatments_risk_factors_follow_and_its_revisions_say_so(decide, treatment, cara):
    decide(treatment, {"eczema": "yes"})
    treatment.refresh_from_db()
    assert treatment.risk_factors == ["eczema"]
    [revision] = treatment.revisions.all()
    assert (revision.answers["risk_factors"], revision.by) == (["eczema"], cara)


def test_answers_that_change_no_risk_factor_leave_the_treatment_alone(decide, treatment):
    decide(treatment, {"eczema": "no", "open-sores": "yes"})
    assert not treatment.revisions.exists()


def test_a_risk_factor_that_is_told_late_makes_what_was_logged_more_urgent(decide, treatment):
    treatment.risk_factors = []
    treatment.save()
    log(treatment, "day signs\n2 cold_sore")
    assert Flag.objects.get().tier == Flag.Tier.CONTACT
    decide(treatment, {"eczema": "yes"})
    assert Flag.objects.get().tier == Flag.Tier.URGENT


@pytest.fixture
def desk(as_, cara):
    return as_(cara)


@pytest.fixture
def path(treatment):
    return f"/treatments/{treatment.pk}/questions/"


FILLED = {"rest": "on", "decision": "treat", "reason": "Skin is calm."}


def codes(treatment):
    return [concern.code for concern in treatment.protocol.care.concerns]


def test_one_tick_answers_what_was_left_with_no(desk, path, treatment, pat):
    answer = desk.post(path, FILLED | {"ask_eczema": "yes", "ask_blood-thinner": "unknown"})
    assert answer.url == f"/patients/{pat.pk}/"
    left = dict.fromkeys(codes(treatment), "no")
    assert Candidacy.objects.get().answers == left | {"eczema": "yes", "blood-thinner": "unknown"}


def test_without_the_tick_what_was_left_was_not_asked(desk, path, treatment):
    desk.post(path, {"ask_eczema": "no", "decision": "wait", "reason": "She will bring her list."})
    assert Candidacy.objects.get().answers == {"eczema": "no"}
    not_asked = len(codes(treatment)) - 1
    assert f"0 answered yes · {not_asked} not asked" in words(desk.get(path))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"rest": ""}, "Answer the questions first"),
        ({"decision": ""}, "Nothing is decided for you."),
        ({"decision": "perhaps"}, "is not one of the available choices"),
        ({"reason": ""}, "Write why, in a few words."),
        ({"reason": " ok "}, "Write why, in a few words."),
        ({"reason": "x" * 501}, "at most 500"),
        ({"ask_eczema": "maybe"}, "is not one of the available choices"),
    ],
)
def test_a_slip_says_what_is_wrong_and_saves_nothing(desk, path, sent, said):
    answer = desk.post(path, FILLED | {"ask_blood-thinner": "yes"} | sent if sent != {"rest": ""} else FILLED | sent)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Candidacy.objects.exists()


def test_a_slip_keeps_what_was_answered(desk, path):
    page = desk.post(path, FILLED | {"ask_eczema": "yes", "reason": ""}).content.decode()
    assert 'id="id_ask_eczema_0" value="yes" checked' in page
    assert 'id="id_rest" checked' in page


def test_nothing_is_answered_or_decided_beforehand(desk, path, decide, treatment):
    decide(treatment, dict.fromkeys(codes(treatment), "yes"))
    page = desk.get(path)
    assert "checked" not in page.content.decode()
    assert "Last time: Yes." in words(page)


def test_what_was_so_before_is_not_swept_away_by_the_one_tick(desk, pat, cara, decide, treatment):
    decide(treatment, {"eczema": "yes"})
    later = make_treatment(pat, treatment.treated_on + datetime.timedelta(days=35), cara)
    path = f"/treatments/{later.pk}/questions/"
    answer = desk.post(path, FILLED)
    assert answer.status_code == 422
    assert "This was so before. Please answer it by itself." in words(answer)
    assert desk.post(path, FILLED | {"ask_eczema": "no"}).status_code == 302


def test_a_risk_factor_on_record_is_asked_by_itself_too(desk, path, treatment):
    treatment.risk_factors = ["blood_thinner"]
    treatment.save()
    assert "On record." in words(desk.get(path))
    assert desk.post(path, FILLED).status_code == 422
    assert desk.post(path, FILLED | {"ask_blood-thinner": "no"}).status_code == 302
    treatment.refresh_from_db()
    assert treatment.risk_factors == []


def test_the_last_answer_is_of_this_patients_sessions_so_far(desk, pat, vera, cara, decide, treatment):
    hers = make_treatment(vera, treatment.treated_on, cara)
    later = make_treatment(pat, treatment.treated_on + datetime.timedelta(days=35), cara)
    cancelled = make_treatment(pat, treatment.treated_on - datetime.timedelta(days=35), cara)
    for other in (hers, later, cancelled):
        decide(other, {"eczema": "yes"})
    treatments.cancel(treatment=cancelled, by=cara, at=timezone.now())
    assert "Last time" not in words(desk.get(f"/treatments/{treatment.pk}/questions/"))


def test_each_question_shows_what_the_documents_say(desk, path, treatment):
    page = words(desk.get(path))
    for concern in treatment.protocol.care.concerns:
        assert concern.asks in page
        assert concern.advice in page
        assert all(statement.says in page for statement in concern.says)


def test_no_verdict_is_worked_out(desk, path, treatment):
    desk.post(path, {f"ask_{code}": "yes" for code in codes(treatment)} | {"decision": "treat", "reason": "Agreed."})
    page = words(desk.get(path)).lower()
    assert f"{len(codes(treatment))} answered yes" in page
    assert "suitable" not in page
    assert Candidacy.objects.get().decision == "treat"


def test_saving_says_which_risk_factors_stand_now(desk, path):
    said = words(desk.post(path, FILLED | {"ask_eczema": "yes", "ask_diabetes": "yes"}, follow=True))
    assert "Saved. Risk factors on record: Eczema, Diabetes." in said
    again = FILLED | {"ask_eczema": "no", "ask_diabetes": "no"}
    assert "Saved. Risk factors on record: none." in words(desk.post(path, again, follow=True))


@pytest.mark.parametrize(
    ("days_ahead", "decision", "told"),
    [(2, "wait", True), (0, "decline", True), (2, "treat", False), (-3, "wait", False)],
)
def test_a_session_that_shall_wait_goes_on_being_told_until_it_is_moved(
    desk, path, treatment, days_ahead, decision, told
):
    today = treatment.today(timezone.now())
    treatment.treated_on = today + datetime.timedelta(days=days_ahead)
    treatment.save()
    said = words(desk.post(path, FILLED | {"decision": decision}, follow=True))
    assert ("still told to get ready" in said) == told


def test_the_patients_page_shows_what_was_decided_by_whom(desk, path, pat, treatment):
    page = f"/patients/{pat.pk}/"
    assert "Questions not asked yet" in words(desk.get(page))
    desk.post(path, FILLED | {"decision": "wait"})
    assert "Decided: Wait, Cara" in words(desk.get(page))
    assert "Wait: Skin is calm. (Cara" in words(desk.get(f"/timeline/{treatment.pk}/"))


def test_the_patients_page_asks_as_much_for_many_sessions(desk, pat, cara, decide, treatment):
    decide(treatment, {"eczema": "no"})
    page = f"/patients/{pat.pk}/"
    desk.get(page)  # the first look is written down
    few = asked(desk, page)
    for n in range(1, 4):
        decide(make_treatment(pat, treatment.treated_on - datetime.timedelta(days=35 * n), cara), {"eczema": "no"})
    assert asked(desk, page) == few


def test_the_patient_reads_none_of_it(as_, pat, path, decide, treatment):
    decide(treatment, {"eczema": "yes"}, "wait", "Flare on the cheek.")
    for page in ("/", f"/timeline/{treatment.pk}/"):
        assert "Flare" not in words(as_(pat).get(page))


def test_looking_at_the_questions_leaves_a_trace(desk, path, cara, treatment):
    desk.get(path)
    assert AccessEvent.objects.filter(actor_id=cara.pk, verb="read", target_id=str(treatment.pk)).exists()


@pytest.mark.parametrize("page", ["questions", "day"])
@pytest.mark.parametrize("ask", ["get", "post"])
def test_who_may_open_the_pages_around_a_treatment(client, as_, pat, owen, ada, treatment, page, ask):
    path = f"/treatments/{treatment.pk}/{page}/"
    assert getattr(client, ask)(path).status_code == 302
    assert [getattr(as_(who), ask)(path).status_code for who in (pat, owen, ada)] == [403, 404, 403]


@pytest.mark.parametrize("page", ["questions", "day"])
def test_a_cancelled_treatment_is_not_asked_about(desk, cara, treatment, page):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    assert desk.get(f"/treatments/{treatment.pk}/{page}/").status_code == 404
