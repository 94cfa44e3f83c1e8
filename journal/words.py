"""Words that pages share: which signs are asked on which day and in which group, and who may read what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from journal.recovery import scale
from journal.recovery.scale import Tier

# One or two words a sign, so that every sign asked is on the screen before "none of these" can be tapped.
SHORT: dict[str, Any] = {
    "breathing_trouble": _("breathing"),
    "face_or_throat_swelling": _("throat"),
    "eye_pain_or_vision_change": _("eyes"),
    "feeling_very_unwell": _("unwell"),
    "pus": _("pus"),
    "yellow_crust": _("crust"),
    "bad_smell": _("smell"),
    "open_wound": _("wound"),
    "spreading_redness": _("spreading"),
    "red_streaks": _("streaks"),
    "swollen_glands": _("glands"),
    "fever": _("fever"),
    "chills": _("chills"),
    "hives": _("hives"),
    "blisters": _("blisters"),
    "cold_sore": _("cold sore"),
    "warmth": _("heat"),
    "swelling": _("swelling"),
    "increasing_pain": _("pain"),
    "peeling": _("peeling"),
    "bruising": _("bruise"),
    "bleeding": _("blood"),
    "dark_patches": _("patches"),
    "firm_bumps": _("bumps"),
    "raised_scar": _("scar"),
}
GROUPS: tuple[tuple[str, ...], ...] = (
    ("breathing_trouble", "face_or_throat_swelling", "eye_pain_or_vision_change", "feeling_very_unwell"),
    ("fever", "chills"),
    ("pus", "yellow_crust", "bad_smell", "open_wound"),
    ("spreading_redness", "red_streaks", "swollen_glands"),
    ("hives", "blisters", "cold_sore"),
    ("warmth", "swelling", "increasing_pain"),
    ("peeling", "bruising", "bleeding"),
    ("dark_patches", "firm_bumps", "raised_scar"),
)
# Before these days the question makes no sense, or could only worry.
ASKED_FROM = {"increasing_pain": 1, "dark_patches": 3, "firm_bumps": 3, "raised_scar": 14}

HINTS: dict[str, Any] = {
    "redness": _("Feel first. Pink, purple, darker?"),
    "dryness": _("How rough is it before cream?"),
    "tightness": _("Smile, chew, turn your head."),
    "itch": _("At its worst in the last 24 hours."),
}


@dataclass(frozen=True, slots=True)
class SignGroup:
    """A line of the form: short words to read, and the signs behind it to tick."""

    codes: Sequence[str]
    opened: bool = False  # something in it is ticked

    @property
    def summary(self) -> str:
        return ", ".join(str(SHORT[code]) for code in self.codes)

    @property
    def is_danger(self) -> bool:
        return self.codes[0] == GROUPS[0][0]

    @property
    def asks_temperature(self) -> bool:
        return "fever" in self.codes


def sign_groups(day: int, ticked: Collection[str] = ()) -> list[SignGroup]:
    """The signs that are asked on a day, and those that were ticked, most urgent group first."""
    asked = ([code for code in group if day >= ASKED_FROM.get(code, day) or code in ticked] for group in GROUPS)
    return [SignGroup(codes, opened=not set(codes).isdisjoint(ticked)) for codes in asked if codes]


def sign_label(code: str) -> str:
    """What a sign is called on pages; a code of a later protocol reads as itself."""
    sign = scale.SIGNS.get(code)
    return gettext(sign.label) if sign else code.replace("_", " ")


def may_read(tier: Tier, clinic: Clinic) -> bool:
    """A clinic may keep findings to itself, but never the emergency ones."""
    return clinic.prompts_patients or tier == Tier.EMERGENCY
