"""The words that pages share: every sign has one, in one group, and nothing is asked before it makes sense."""

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from journal import words
from journal.models import Flag
from journal.recovery import scale
from journal.recovery.scale import Tier
from journal.templatetags.journal import tel
from tests.recovery.tables import on


def asked(day, ticked=()):
    return [code for group in words.sign_groups(day, ticked) for code in group.codes]


def test_every_sign_is_in_one_group_and_has_a_short_word():
    in_groups = [code for group in words.GROUPS for code in group]
    assert sorted(in_groups) == sorted(scale.SIGNS)
    assert words.SHORT.keys() == scale.SIGNS.keys()


def test_no_two_signs_share_a_short_word():
    short = [str(word) for word in words.SHORT.values()]
    assert len(short) == len(set(short))


def test_danger_signs_come_first_and_are_all_asked_on_every_day():
    danger = {code for code in scale.SIGNS if "emergency" in on(5, code).values()}
    assert danger
    for day in (-10, 0, 1, 14, 300):
        first = words.sign_groups(day)[0]
        assert first.is_danger
        assert set(first.codes) == danger


@pytest.mark.parametrize("day", [-5, 0])
def test_no_sign_waits_for_a_day_but_those_that_cannot_be_there_yet(day):
    assert scale.SIGNS.keys() - asked(day) == {"increasing_pain", "dark_patches", "firm_bumps", "raised_scar"}


@pytest.mark.parametrize(("code", "day"), words.ASKED_FROM.items())
def test_a_sign_is_asked_from_its_day_on(code, day):
    assert code not in asked(day - 1)
    assert code in asked(day)


@pytest.mark.parametrize("code", words.ASKED_FROM)
def test_a_sign_that_was_ticked_stays_to_be_unticked(code):
    assert code in asked(0, {code})


def test_all_signs_are_asked_in_the_end():
    assert set(asked(14)) == set(scale.SIGNS)


def test_a_group_is_open_once_something_in_it_is_ticked():
    opened = [group.codes for group in words.sign_groups(5, {"pus"}) if group.opened]
    assert len(opened) == 1
    assert "pus" in opened[0]


def test_the_temperature_is_asked_where_fever_is():
    assert [group.asks_temperature for group in words.sign_groups(0)].count(True) == 1


def test_every_question_has_a_hint_and_every_tier_of_a_flag_a_name():
    assert words.HINTS.keys() == set(scale.QUESTIONS)
    assert set(Flag.Tier.values) == {Tier.CONTACT, Tier.URGENT, Tier.EMERGENCY}


def test_each_tier_has_a_word_and_a_drawing_of_its_own():
    chips = [render_to_string("_tier.html", {"tier": tier.text}) for tier in Tier if tier > Tier.NONE]
    assert all("<path" in chip for chip in chips)
    assert len({re.sub(r"<.*?>", "", chip, flags=re.DOTALL).strip() for chip in chips} - {""}) == len(chips)
    assert len({re.search(r"<path.*?>", chip)[0] for chip in chips}) == len(chips)


def test_a_sign_of_a_later_protocol_reads_as_itself():
    assert words.sign_label("glowing_skin") == "glowing skin"


def test_only_emergencies_pass_a_clinic_that_keeps_prompts_to_itself(clinic):
    assert [words.may_read(tier, clinic) for tier in Tier] == [True] * 5
    clinic.prompts_patients = False
    assert [tier for tier in Tier if words.may_read(tier, clinic)] == [Tier.EMERGENCY]


@pytest.mark.parametrize(
    ("phone", "address"), [("+44 20 7946 0000", "tel:+442079460000"), ("(020) 7946-0000", "tel:02079460000")]
)
def test_a_phone_number_can_be_pressed(phone, address):
    assert tel(phone) == address


TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_normal_or_healed_or_nudges(path):
    said = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\b(normal|healed|streak|well done|great job|you missed|forgot)\b", said, re.IGNORECASE)
