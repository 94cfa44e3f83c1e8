"""How scores, signs, days, tiers, photos and phone numbers are written on pages."""

import datetime
import re

from django import template
from django.utils.translation import gettext as _

from accounts.models import Clinic, User
from journal import words
from journal.models import Flag, Photo, Treatment, Visit
from journal.models.protocol import Standing, standing_of
from journal.recovery import scale, wording
from journal.recovery.course import Finding
from journal.recovery.scale import Tier

register = template.Library()


@register.filter
def score_word(score: int | None) -> str:
    return "" if score is None else _(scale.WORDS[score])


@register.filter
def question_label(code: str) -> str:
    return _("Signs") if code == "signs" else _(scale.QUESTION_LABELS[code])


@register.filter
def question_hint(code: str) -> str:
    return str(words.HINTS[code])


@register.filter
def sign_label(code: str) -> str:
    return words.sign_label(code)


@register.filter
def area_label(code: str) -> str:
    return _(scale.AREAS.get(code, code))


@register.filter
def risk_label(code: str) -> str:
    return _(scale.RISK_FACTORS.get(code, code))


@register.filter
def goals(treatment: Treatment) -> list[str]:
    return words.goals(treatment)


@register.filter
def visit_facts(visit: Visit, for_patient: bool) -> list[tuple[str, str]]:
    return words.visit_facts(visit, for_patient)


@register.filter
def tier_code(tier: int) -> str:
    return Tier(tier).text


@register.filter
def opened_again_at(flag: Flag) -> datetime.datetime | None:
    return words.opened_again_at(flag)


@register.filter
def is_told_at(tier: int, clinic: Clinic) -> bool:
    """Whether a clinic's patients read of findings as urgent as this."""
    return words.may_read(Tier(tier), clinic)


@register.filter
def day_on(on: datetime.date, treatment: Treatment) -> int:
    """Day number of a local date in a treatment."""
    return treatment.day_of(on)


@register.simple_tag
def finding_line(finding: Finding, treatment: Treatment, for_patient: bool) -> str:
    """A finding in a line of the timeline; empty where the clinic keeps it to itself."""
    if for_patient and not words.may_read(finding.tier, treatment.patient.clinic):
        return ""
    return wording.why(finding, treatment.protocol, _)


@register.simple_tag
def approvals_of(user: User) -> Standing | None:
    """How this clinician's clinic stands to the rules there are; None for who has no clinic. One query."""
    return None if user.clinic_id is None else standing_of(user.clinic_id)


@register.filter
def moment(photo: Photo) -> str:
    return words.moment(photo)


@register.filter
def place(photo: Photo) -> str:
    return words.place(photo.area, photo.view)


@register.filter
def session(treatment: Treatment) -> str:
    return words.session(treatment)


@register.filter
def photo_said(photo: Photo) -> str:
    return words.photo_said(photo)


@register.filter
def tel(phone: str) -> str:
    """A phone number as a `tel:` address."""
    return "tel:" + re.sub(r"[^0-9+]", "", phone)
