"""The questions before a session: asked, decided by a person, kept; and the risk factors that follow from them."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import AccessEvent
from journal.actions import candidacies, treatments
from journal.actions.candidacies import risk_factors, without_question
from journal.models import Candidacy, Flag
from journal.recovery.care import Concern
from tests.conftest import make_treatment

from .drafts import approved
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


def decision_word(decision):
    return Candidacy.Decision(decision).label


def test_a_risk_factor_without_a_question_stays_until_it_is_answered_by_itself():
    known = ["eczema", "diabetes"]
    assert without_question(ALL, known) == ["diabetes"]
    for said, then in (("yes", known), ("unknown", known), ("no", ["eczema"])):
        assert risk_factors(ALL, {"on_record_diabetes": said}, known) == then


def test_a_yes_reaches_later_sessions_and_a_no_takes_nothing_from_them(decide, treatment, pat, cara):
    earlier, later, cancelled = (
        make_treatment(pat, treatment.treated_on + datetime.timedelta(days=days), cara, risk_factors=["rosacea"])
        for days in (-35, 35, 70)
    )
    treatments.cancel(treatment=cancelled, by=cara, at=timezone.now())
    treatment.risk_factors = ["rosacea"]
    treatment.save()
    decide(treatment, {"eczema": "yes", "rosacea": "no"})
    factors = {one.pk: one.risk_factors for one in pat.treatments.all()}
    assert factors == {
        treatment.pk: ["eczema"],
        later.pk: ["eczema", "rosacea"],
        earlier.pk: ["rosacea"],
        cancelled.pk: ["rosacea"],
    }
    assert later.revisions.get().answers["risk_factors"] == ["eczema", "rosacea"]


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


@pytest.fixture
def later(pat, cara, treatment):
    """Pat's next session, 35 days on."""
    return make_treatment(pat, treatment.treated_on + datetime.timedelta(days=35), cara, session_number=2)


def of(treatment):
    return f"/treatments/{treatment.pk}/questions/"


def answered(page):
    """What is filled in on the page, by the code of its question."""
    form = page.context["form"]
    return {code: value for code, name in form.names.items() if (value := form[name].value())}


def test_nothing_is_answered_or_decided_beforehand(desk, decide, treatment, later):
    decide(treatment, dict.fromkeys(codes(treatment), "yes"))
    page = desk.get(of(later))
    assert "checked" not in page.content.decode()
    assert f"Last time: Yes ({date_format(timezone.now().astimezone(treatment.zone), 'j F Y')})." in words(page)
    assert "Nothing is filled in from then." in words(page)


def test_asking_the_same_session_again_starts_from_its_own_answers(desk, path, decide, treatment, later):
    decide(treatment, {"eczema": "yes", "diabetes": "no"})
    decide(treatment, {"diabetes": "unknown"})
    decide(later, {"rosacea": "yes"})
    page = desk.get(path)
    assert answered(page) == {"eczema": "yes", "diabetes": "unknown"}
    assert "What was answered for this session is filled in." in words(page)
    assert not page.context["form"]["decision"].value()


def test_an_answer_of_an_earlier_list_stands_where_a_later_one_left_it_open(desk, decide, treatment, later):
    """The latest answer counts, not the latest list: one left unfinished takes nothing back."""
    decide(treatment, {"open-sores": "yes", "home-device": "no"})
    decide(later, {"home-device": "unknown"})
    after = make_treatment(treatment.patient, later.treated_on + datetime.timedelta(days=35), later.recorded_by)
    page = desk.get(of(after))
    last = {question.asked.asks: question.last.answer for question in page.context["questions"] if question.last}
    asks = {concern.code: concern.asks for concern in treatment.protocol.care.concerns}
    assert last == {asks["open-sores"]: "yes", asks["home-device"]: "unknown"}
    answer = desk.post(of(after), FILLED)
    assert words(answer).count("This was yes or not known before. Please answer it by itself.") == 2 * 2
    assert not after.candidacies.exists()


def test_a_no_that_came_later_is_reached_by_the_one_tick(desk, decide, treatment, later):
    decide(treatment, {"open-sores": "yes"})
    decide(treatment, {"open-sores": "no"})
    assert desk.post(of(later), FILLED).status_code == 302


def test_what_was_so_before_is_not_swept_away_by_the_one_tick(desk, pat, cara, decide, treatment):
    decide(treatment, {"eczema": "yes"})
    later = make_treatment(pat, treatment.treated_on + datetime.timedelta(days=35), cara)
    path = f"/treatments/{later.pk}/questions/"
    answer = desk.post(path, FILLED)
    assert answer.status_code == 422
    assert "This was yes or not known before. Please answer it by itself." in words(answer)
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
    assert ("The patient is told to ask about her date. Change it, or cancel the session." in said) == told
    assert (f"Decided: {decision_word(decision)}. The patient is told to ask about her date" in said) == told


def test_the_patients_page_shows_what_was_decided_by_whom(desk, path, pat, treatment):
    page = f"/patients/{pat.pk}/"
    assert "Questions not asked yet" in words(desk.get(page))
    desk.post(path, FILLED | {"decision": "wait"})
    assert "Decided: Wait, Cara" in words(desk.get(page))
    assert "Wait: Skin is calm. (Cara" in words(desk.get(f"/timeline/{treatment.pk}/"))


def test_a_list_that_was_left_unfinished_says_how_much_is_missing(desk, path, pat, treatment):
    left = len(codes(treatment)) - 1
    said = words(desk.post(path, {"ask_eczema": "no", "decision": "treat", "reason": "In a hurry."}, follow=True))
    assert f"{left} questions were not asked." in said
    chip = f'<span class="chip watch">{left} not asked</span>'
    assert chip in desk.get(f"/patients/{pat.pk}/").content.decode()
    assert f"In a hurry. · {left} not asked (Cara" in words(desk.get(f"/timeline/{treatment.pk}/"))
    assert "not asked" not in words(desk.post(path, FILLED, follow=True))


def test_an_unfinished_list_is_announced_where_it_is_taken_up(desk, path, decide, treatment, later):
    assert "not asked yet" not in words(desk.get(path))
    *all_but_one, last = codes(treatment)
    decide(treatment, {last: "no"})
    assert f"you decide. {len(all_but_one)} questions were not asked yet." in words(desk.get(path))
    assert "not asked yet" not in words(desk.get(of(later)))  # of which nobody was asked
    decide(treatment, dict.fromkeys(all_but_one, "no"))
    assert "you decide. 1 question was not asked yet." in words(desk.get(path))
    decide(treatment, dict.fromkeys(codes(treatment), "no"))
    assert "not asked yet" not in words(desk.get(path))


@pytest.mark.parametrize(("days_ago", "is_late"), [(1, True), (0, False), (-1, False)])
def test_questions_that_were_asked_after_the_session_say_so(desk, path, pat, decide, treatment, days_ago, is_late):
    treatment.treated_on = treatment.today(timezone.now()) - datetime.timedelta(days=days_ago)
    treatment.save()
    decide(treatment, {"eczema": "no"})
    assert ("Asked after the session" in words(desk.get(f"/patients/{pat.pk}/"))) == is_late
    assert ("asked after the session" in words(desk.get(path))) == is_late


def test_an_early_session_and_open_flags_are_said_above_the_decision(desk, path, pat, cara, treatment):
    assert "Early session" not in words(desk.get(path))
    log(treatment, "day signs\n2 pus")
    later = make_treatment(pat, treatment.treated_on + datetime.timedelta(days=27), cara)
    page = desk.get(of(later))
    on = date_format(treatment.treated_on, "j F Y")
    said = words(page).split("Your decision")[0]
    assert f"Early session. That is 27 days after the session of {on}: earlier than 4 weeks." in said
    assert "1 flag is not closed:" in said
    assert f'href="{reverse("journal:flag", args=[Flag.objects.get().pk])}"' in page.content.decode()


def test_what_was_asked_is_told_in_the_words_of_its_own_version(desk, path, treatment, decide, another_version):
    decide(treatment, {"eczema": "yes"})
    treatment.protocol_version = another_version
    treatment.save()
    old = len(treatment.candidacies.get().concerns) - 1
    said = words(desk.get(path)).split("Asked before")[1]
    assert f"1 answered yes · {old} not asked" in said
    assert "Yes: Eczema, now or in the past?" in said


def test_a_risk_factor_that_this_version_asks_nothing_about_is_asked_by_its_name(
    desk, path, treatment, another_version
):
    treatment.protocol_version, treatment.risk_factors = another_version, ["eczema"]
    treatment.save()
    page = words(desk.get(path))
    assert "On record: Eczema. Is it so now?" in page
    assert "Eczema, now or in the past?" not in page
    assert desk.post(path, FILLED).status_code == 422
    assert desk.post(path, FILLED | {"ask_on_record_eczema": "yes"}).status_code == 302
    treatment.refresh_from_db()
    assert treatment.risk_factors == ["eczema"]
    assert "Yes: On record: Eczema. Is it so now?" in words(desk.get(path)).split("Asked before")[1]
    assert desk.post(path, FILLED | {"ask_on_record_eczema": "no"}).status_code == 302
    treatment.refresh_from_db()
    assert treatment.risk_factors == []


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


def seen_on(page):
    return re.search(r'name="seen" value="([^"]+)"', page.text)[1]


def test_a_colleagues_decision_is_not_overruled_unseen(desk, path, treatment, decide):
    seen = seen_on(desk.get(path))
    decide(treatment, {"eczema": "yes"}, "decline", "Flare on the cheek.")
    answer = desk.post(path, FILLED | {"ask_eczema": "no", "seen": seen})
    assert answer.status_code == 422
    assert "Somebody decided here" in words(answer)
    assert "Flare on the cheek." in words(answer)
    assert Candidacy.objects.get().decision == "decline"
    assert desk.post(path, FILLED | {"ask_eczema": "yes", "seen": seen_on(answer)}).status_code == 302


def test_another_slip_hides_no_colleagues_decision(desk, path, treatment, decide):
    seen = seen_on(desk.get(path))
    decide(treatment, {"eczema": "yes"}, "decline", "Flare on the cheek.")
    answer = desk.post(path, FILLED | {"ask_eczema": "no", "reason": "", "seen": seen})
    assert "Somebody decided here" in words(answer)
    assert "Write why, in a few words." in words(answer)
    assert "Flare on the cheek." in words(answer)
    assert seen_on(answer) != seen


def test_a_decision_between_two_slips_is_not_overruled_unseen(desk, path, treatment, decide):
    slip = desk.post(path, FILLED | {"reason": "", "seen": seen_on(desk.get(path))})
    assert "Somebody decided here" not in words(slip)
    decide(treatment, {"eczema": "yes"}, "decline", "Flare on the cheek.")
    answer = desk.post(path, FILLED | {"ask_eczema": "no", "seen": seen_on(slip)})
    assert answer.status_code == 422
    assert "Somebody decided here" in words(answer)
    assert Candidacy.objects.get().decision == "decline"


def test_a_decision_in_the_same_moment_is_not_overruled_either(desk, path, treatment, decide, monkeypatch):
    seen = seen_on(desk.get(path))
    decide(treatment, {"eczema": "yes"}, "decline", "Flare on the cheek.")
    with monkeypatch.context() as a_moment_before:
        a_moment_before.setattr("journal.views.candidacy.standing_of", lambda treatment: seen)
        answer = desk.post(path, FILLED | {"ask_eczema": "no", "seen": seen})
    assert "Somebody decided here" in words(answer)
    assert seen_on(answer) == seen  # what came too late to be shown there is not taken for seen
    assert desk.post(path, FILLED | {"ask_eczema": "no", "seen": seen_on(answer)}).status_code == 422
    assert Candidacy.objects.get().decision == "decline"


def test_the_one_tick_answers_no_question_that_the_page_did_not_show(desk, path, treatment, another_version):
    seen, cara = seen_on(desk.get(path)), treatment.recorded_by
    approved(treatment.patient.clinic, another_version, cara)
    assert treatments.move(treatment=treatment, version=another_version, by=cara, at=timezone.now())
    answer = desk.post(path, FILLED | {"seen": seen})
    assert answer.status_code == 422
    assert not Candidacy.objects.exists()
    assert 'id="id_rest" checked' not in answer.text
