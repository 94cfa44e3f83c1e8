"""What is expected and why, and all rules: pages and a document that hold every number, rule and statement."""

import datetime
import html
import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string

from journal.actions import treatments
from journal.management.commands import protocol_document
from journal.models import Flag
from journal.recovery import telling
from journal.recovery.rows import LAST_DAY
from journal.recovery.scale import QUESTIONS, WORDS
from journal.recovery.stretches import stretches
from journal.views.origin import origin
from journal.words import sign_label
from tests.conftest import make_treatment
from tests.recovery.tables import PROTOCOL

from .tables import log, stop_clock, words

START = datetime.date(2026, 6, 15)
NOON = datetime.datetime(2026, 6, 18, 11, tzinfo=datetime.UTC)  # day 3
STEPS = [
    step
    for profile in PROTOCOL.profiles
    for band in profile.bands.values()
    for step in (*band.typical_steps, *band.limit_steps)
]
CARE = PROTOCOL.care
ADVICE = [*CARE.preparation, *(advice for clock in CARE.clocks for advice in clock.advice)]
SESSIONS = [*CARE.results, *CARE.goals, *CARE.milestones, CARE.spacing]
CARE_ROWS = [*CARE.concerns, *ADVICE, *CARE.stages, *CARE.comforts, *SESSIONS]
ROWS = [*STEPS, *PROTOCOL.windows, *PROTOCOL.rules, *PROTOCOL.modifiers, *PROTOCOL.checkins, *CARE_ROWS]
# A treatment that each selector of a profile fits.
FITTING = {
    "modality": lambda value: {"modality": value},
    "shallower_than_mm": lambda value: {"depth_mm": str(value - 0.1)},
    "deeper_than_mm": lambda value: {"depth_mm": str(value + 0.1)},
}


@pytest.fixture
def treatment(pat, cara):
    return make_treatment(pat, START, cara)


@pytest.fixture
def page(as_, pat, monkeypatch):
    """The patient's page on day 3, or on another one."""

    def on(day=3):
        stop_clock(monkeypatch, NOON + datetime.timedelta(days=day - 3))
        return as_(pat).get("/expected/")

    return on


@pytest.fixture
def rules_page(as_, cara):
    return as_(cara).get("/rules/")


def squeezed(text):
    return " ".join(text.split())


def assert_tells_where_it_comes_from(said, rows):
    for row in rows:
        assert squeezed(row.basis) in said
        assert squeezed(row.choice) in said
        for statement in row.says:
            for text in (statement.source.code, statement.source.title, statement.heading, statement.says):
                assert squeezed(text) in said, (statement.source.code, text)


def lines(page):
    """The lines that open, each as its words before it is opened."""
    found = re.findall(r'<details class="line[^"]*">\s*<summary>(.*?)</summary>', page.content.decode(), re.DOTALL)
    return [squeezed(html.unescape(re.sub(r"<[^>]+>", " ", line))) for line in found]


def profile_of(treatment):
    return PROTOCOL.profile_for(treatment.course(entries=()))


def test_the_patient_reads_each_question_by_day_with_the_words_of_the_form(page, treatment):
    told = lines(page())
    for question in QUESTIONS:
        for stretch in stretches(profile_of(treatment).bands[question]):
            days = telling.span(stretch.from_day, stretch.to_day, lasts=stretch.lasts)
            typical, limit = (WORDS[step.score] for step in (stretch.typical, stretch.limit))
            pattern = rf"{days[0].upper()}{days[1:]}: .*expected {typical} , up to {limit}"
            assert any(re.fullmatch(pattern, line) for line in told), pattern


def test_every_expectation_of_hers_says_where_it_comes_from(page, treatment):
    course = treatment.course(entries=())
    bands = profile_of(treatment).bands.values()
    mine = [step for band in bands for step in (*band.typical_steps, *band.limit_steps)]
    rows = [*mine, *PROTOCOL.windows_for(course.areas).values(), *PROTOCOL.checkins_for(course)]
    assert_tells_where_it_comes_from(words(page()), rows)


def test_nothing_is_open_until_it_is_tapped(page, treatment):
    assert "<details open" not in page().content.decode()
    assert not re.search(r"<details[^>]* open", page().content.decode())


def test_signs_have_their_days_and_around_the_eyes_others(page, treatment):
    assert f"{sign_label('swelling')} days 0 to 3 today" in lines(page())
    treatment.areas = ["face", "eyes"]
    treatment.save()
    assert f"{sign_label('swelling')} days 0 to 5 today" in lines(page())


def test_today_is_marked_while_it_is_one_of_the_days(page, treatment):
    assert sum("today" in line for line in lines(page(3))) >= len(QUESTIONS)
    assert not any("today" in line for line in lines(page(-2)))
    late = [line for line in lines(page(60)) if "today" in line]
    assert len(late) == len(QUESTIONS)


def needles(treatment):
    return f"Needles of {float(treatment.depth_mm)} mm" if treatment.depth_mm else "Depth not written down"


@pytest.mark.parametrize(("depth", "told"), [("1", "1.0"), ("0.25", "0.25"), ("2.50", "2.5"), ("0.1", "0.1")])
def test_the_depth_is_told_as_it_was_written_down(page, treatment, depth, told):
    treatment.depth_mm = depth
    treatment.save()
    assert f"Needles of {told} mm" in words(page())


@pytest.mark.parametrize("profile", PROTOCOL.profiles, ids=lambda profile: profile.code)
def test_each_kind_of_treatment_has_its_own_expectations(page, treatment, profile):
    for selector, fitting in FITTING.items():
        value = getattr(profile, selector)
        for name, fitted in fitting(value).items() if value is not None else ():
            setattr(treatment, name, fitted)
    treatment.save()
    treatment.refresh_from_db()
    assert profile_of(treatment) == profile
    said = words(page())
    assert profile.label not in said  # that is ours; hers is how she was treated
    assert f"{START:%-d %B %Y} · {treatment.get_modality_display()} · {needles(treatment)}" in said
    assert_tells_where_it_comes_from(said, [step for band in profile.bands.values() for step in band.typical_steps])


def test_late_check_ins_of_hers_have_a_date(page, treatment):
    told = lines(page())
    mine = PROTOCOL.checkins_for(treatment.course(entries=()))
    for checkin in mine:
        on = treatment.date_of(checkin.day)
        assert f"{on.day} {on:%B} {on.year} day {checkin.day}" in told
    assert ("Asked once more later" in words(page())) == bool(mine)


@pytest.mark.parametrize(("day", "left"), [(21, [21, 28, 42]), (22, [28, 42]), (42, [42]), (43, [])])
def test_only_check_ins_to_come_are_listed(page, treatment, day, left):
    said = words(page(day))
    listed = [number for number in (21, 28, 42) if f"{(treatment.date_of(number)):%-d %B %Y} day {number}" in said]
    assert listed == left
    assert ("Asked once more later" in said) == bool(left)


@pytest.mark.parametrize(("gap", "left"), [(21, []), (28, [21]), (60, [21, 28, 42])])
def test_none_is_listed_from_the_next_treatment_on(page, treatment, pat, cara, gap, left):
    make_treatment(pat, START + datetime.timedelta(days=gap), cara)
    told = lines(page())
    assert [number for number in (21, 28, 42) if any(line.endswith(f" day {number}") for line in told)] == left


def test_without_a_treatment_it_says_so_kindly(page, treatment, cara):
    treatments.cancel(treatment=treatment, by=cara, at=NOON)
    said = words(page())
    assert "Your clinic has not written down a treatment for you yet." in said
    assert lines(page()) == []


def test_today_leads_to_it_and_says_how_many_sources_there_are(page, treatment, as_, pat):
    page()
    today = as_(pat).get("/").content.decode()
    bands = profile_of(treatment).bands.values()
    held = [stretch for band in bands for stretch in stretches(band) if stretch.holds_on(3)]
    windows = [one for one in PROTOCOL.windows_for(frozenset(["face"])).values() if one.from_day <= 3 <= one.to_day]
    rows = [*windows, *(step for stretch in held for step in (stretch.typical, stretch.limit))]
    number = len({code for row in rows for code in row.sources})
    assert f'href="/expected/">Why these numbers: our reading of {number} sources</a>' in today


def test_the_page_takes_few_queries(treatment, as_, pat, django_assert_max_num_queries):
    log(treatment, "day redness\n" + "\n".join(f"{day} 1" for day in range(3)))
    browser = as_(pat)
    browser.get("/expected/")
    with django_assert_max_num_queries(6):  # who is there, what was agreed to, which treatment
        browser.get("/expected/")


def test_the_clinician_reads_every_rule_in_words(rules_page):
    said = words(rules_page)
    for rule in PROTOCOL.rules:
        assert f'id="{rule.code}"' in rules_page.content.decode()
        for text in (f"{rule.code} · {rule.title}", telling.reads(rule.message), rule.staff, telling.unless(rule)):
            assert squeezed(text) in said
        for condition in rule.when:
            told = telling.when(condition, PROTOCOL)
            assert all(squeezed(text) in said for text in (told.sentence, *told.parts))
    assert said.count("No clinic can loosen this") == sum(rule.fixed for rule in PROTOCOL.rules)
    assert {telling.TIER_WORDS[tier] for tier in telling.TIER_WORDS} <= set(said.split())


def test_the_clinician_reads_where_every_row_comes_from(rules_page):
    assert_tells_where_it_comes_from(words(rules_page), ROWS)


def cells(text):
    """The pairs of numbers of all tables, in the order in which they stand."""
    return [(int(typical), int(limit)) for typical, limit in re.findall(r"\b([0-4]) / ([0-4])\b", text)]


def bands_by_day():
    return [
        (profile.bands[question].typical[day], profile.bands[question].limit[day])
        for profile in PROTOCOL.profiles
        for day in range(LAST_DAY + 1)
        for question in QUESTIONS
    ]


def test_the_clinician_reads_every_number_of_the_bands(rules_page):
    assert cells(words(rules_page)) == bands_by_day()
    said = words(rules_page)
    for profile in PROTOCOL.profiles:
        assert profile.label in said
        assert telling.fits(profile) in said
    for step in STEPS:
        assert f"from day {step.from_day} on: {step.score} ({WORDS[step.score]})" in said


def test_the_clinician_reads_windows_modifiers_check_ins_and_sources(rules_page):
    said, markup = words(rules_page), rules_page.content.decode()
    for window in PROTOCOL.windows:
        assert f"{sign_label(window.sign)}: {telling.span(window.from_day, window.to_day)}" in said
    for modifier in PROTOCOL.modifiers:
        assert f"{modifier.code} · {modifier.reason[:1].upper()}{modifier.reason[1:]}" in said
        assert all(text in said for text in (telling.whom(modifier.who), *telling.raises(modifier, PROTOCOL)))
    for checkin in PROTOCOL.checkins:
        assert f"Day {checkin.day} · {checkin.title}" in said
        assert all(text in said for text in (telling.whom(checkin.who), "; ".join(telling.asks(checkin))))
    for source in PROTOCOL.sources.values():
        assert all(text in said for text in (source.title, source.document or source.address, source.read))
    outward = re.findall(r'<a [^>]*href="http[^>]*>', markup)
    assert outward
    assert all('rel="noreferrer"' in link for link in outward)


CARE_WORDS = [
    *(text for concern in CARE.concerns for text in (concern.asks, concern.advice)),
    *(advice.text for advice in ADVICE),
    *(text for row in (*CARE.stages, *CARE.comforts, *CARE.results) for text in (row.title, row.text)),
    *(f"Goal: {goal.label}" for goal in CARE.goals),
]
CARE_FACTS = [
    "Asked by the clinician. A yes sets the risk factors that rules use, and decides nothing.",
    "Sets: Isotretinoin now or in the last six months",
    "Sets no risk factor",
    "Days -7 to 0",
    "Sun · Days 0 to 6",
    "Sunscreen · From day 1 on",
    "By document: through day 6 (S3), through day 2 (S1, E15, E99), through day 1 (S0)",
    "30 to 45 minutes · Face",
    "Shown for: Redness; Skin that feels warmer than the skin around it",
    "With the clinic’s products for: Cool cloth",
    "From day 14 on",
    "Goals are asked about in week 2, from day 14 on",
    "The next session may be on days 28 to 42",
]


@pytest.mark.parametrize("where", ["page", "document"])
def test_the_care_around_a_treatment_is_told_whole(where, rules_page):
    said = words(rules_page) if where == "page" else squeezed(written())
    assert [text for text in (*CARE_WORDS, *CARE_FACTS) if text not in said] == []


def test_it_says_what_the_numbers_wait_for_and_is_one_tap_away(rules_page, as_, cara):
    said = words(rules_page)
    assert "No clinician of your clinic has approved this text yet." in said
    assert PROTOCOL.version in said
    assert PROTOCOL.title in said
    assert 'href="/rules/"' in as_(cara).get("/inbox/").content.decode()


def test_the_rules_themselves_ask_nothing_of_the_database(as_, cara, django_assert_max_num_queries):
    browser = as_(cara)
    browser.get("/rules/")
    with django_assert_max_num_queries(8):  # who is there, the second factor, and what the clinic has approved
        browser.get("/rules/")


@pytest.mark.parametrize("table", ["day redness\n9 2", "day signs\n5 pus"])
def test_a_prompt_says_what_each_source_says(treatment, as_, pat, table):
    page = as_(pat).get(f"/entry/{log(treatment, table).pk}/")
    block = re.search(r'<details class="sources">\s*<summary>Where does this come.*?</details>', page.text, re.DOTALL)
    rule = PROTOCOL.rule("R-1" if "redness" in table else "N-1")
    said = squeezed(html.unescape(re.sub(r"<[^>]+>", " ", block[0])))
    assert_tells_where_it_comes_from(said, [rule])
    assert str(origin(PROTOCOL, rule).standing) in said


def block_of(page, rule):
    """What stands behind the question of where a prompt comes from."""
    cards = re.findall(r'<section class="card call .*?</section>', page.text, re.DOTALL)
    [card] = [card for card in cards if squeezed(rule.basis) in squeezed(html.unescape(card))]
    return squeezed(html.unescape(re.sub(r"<[^>]+>", " ", card[card.index('<details class="sources">') :])))


def blistered(treatment):
    return log(treatment, "day signs\n5 blisters")


def test_a_prompt_that_was_raised_says_what_it_was_raised_for_and_where_that_comes_from(treatment, as_, pat):
    treatment.risk_factors = ["immunosuppressed"]
    treatment.save()
    page = as_(pat).get(f"/entry/{blistered(treatment).pk}/")
    flag = Flag.objects.get()
    raising = [PROTOCOL.modifier(code) for code in flag.values["raised_by"]]
    assert raising
    said = block_of(page, PROTOCOL.rule(flag.rule))
    assert_tells_where_it_comes_from(said, [PROTOCOL.rule(flag.rule), *raising])
    for modifier in raising:
        assert f"Counted as more urgent because: {modifier.reason}." in said


def test_a_prompt_that_was_not_raised_speaks_of_its_rule_only(treatment, as_, pat):
    page = as_(pat).get(f"/entry/{blistered(treatment).pk}/")
    assert "Counted as more urgent" not in block_of(page, PROTOCOL.rule(Flag.objects.get().rule))


@pytest.mark.parametrize("kind", ["stated", "read", "assumed"])
def test_only_of_a_row_that_is_a_number_it_is_said_whose_number_it_is(kind):
    numbers, acts = [*STEPS, *PROTOCOL.windows], [*PROTOCOL.rules, *PROTOCOL.modifiers, *PROTOCOL.checkins]
    for rows, speaks in ((numbers, kind != "stated"), (acts, False), (CARE_ROWS, False)):
        standings = {origin(PROTOCOL, row).standing for row in rows if row.kind == kind}
        assert all(("number" in standing) == speaks for standing in standings)
        assert len(standings) <= 1


def test_for_staff_a_prompt_leads_to_its_rule_and_for_patients_to_what_is_expected():
    rule = PROTOCOL.rule("N-1")
    told = {"origin": origin(PROTOCOL, rule)}
    assert f'href="/rules/#{rule.code}"' in render_to_string("journal/_origin.html", told | {"rule": rule})
    assert 'href="/expected/"' in render_to_string("journal/_origin.html", told | {"for_patient": True})
    assert "href" not in render_to_string("journal/_origin.html", told)


def written(**options):
    out = io.StringIO()
    call_command("protocol_document", stdout=out, **options)
    return out.getvalue()


def test_the_document_in_the_repository_is_the_protocol():
    assert protocol_document.DOCUMENT.read_text("utf-8") == written(), (
        "docs/protocol.md has drifted from the protocol: run `manage.py protocol_document --write`"
    )


def test_the_document_holds_all_that_the_page_holds(rules_page):
    said = squeezed(written())
    assert_tells_where_it_comes_from(said, ROWS)
    assert cells(said) == bands_by_day()
    for rule in PROTOCOL.rules:
        assert f"#### {rule.code} · {rule.title}" in said
        assert squeezed(telling.reads(rule.message)) in said
        for condition in rule.when:
            told = telling.when(condition, PROTOCOL)
            assert all(squeezed(text) in said for text in (told.sentence, *told.parts))
    for modifier in PROTOCOL.modifiers:
        assert all(text in said for text in telling.raises(modifier, PROTOCOL))


def test_the_document_is_plain_markdown():
    text = written()
    assert not re.search(r"&(amp|lt|gt|quot|#)", text)
    assert not re.search(r"\{[{%]", text)
    assert "\n\n\n" not in text
    assert text.count("<details>") == text.count("</details>") == len(ROWS)


def test_it_is_written_where_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(protocol_document, "DOCUMENT", tmp_path / "protocol.md")
    assert written(write=True) == ""
    assert (tmp_path / "protocol.md").read_text("utf-8") == written()


def test_a_draft_can_be_told_and_a_broken_one_is_refused(tmp_path):
    draft = tmp_path / "draft.json"
    draft.write_text('{"version": 1}', "utf-8")
    with pytest.raises(CommandError) as refused:
        written(protocol=str(draft))
    assert refused.value.returncode == 2


def test_a_draft_never_overwrites_the_document_of_the_shipped_protocol(tmp_path):
    before = protocol_document.DOCUMENT.read_bytes()
    with pytest.raises(CommandError, match="a draft can only be printed"):
        call_command("protocol_document", "--write", "--protocol", str(tmp_path / "draft.json"))
    assert protocol_document.DOCUMENT.read_bytes() == before
