"""Words that pages share: which signs are asked on which day and in which group, and who may read what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from journal.likeness import Measures, differences
from journal.models import Entry, Photo
from journal.models.photo import View
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


def moment(photo: Photo) -> str:
    """When a photo was taken, as its treatment counts."""
    day = photo.treatment.day_of(photo.on)
    return gettext("Before treatment") if photo.baseline or day < 0 else gettext("Day {n}").format(n=day)


def place(area: str, view: str) -> str:
    """What a photo shows and from where."""
    named = gettext(scale.AREAS.get(area, area))
    return f"{named}, {View(view).label.lower()}" if view in View else named


def photo_said(photo: Photo) -> str:
    """A photo in words, for those who listen."""
    return f"{place(photo.area, photo.view)}, {moment(photo)}, {date_format(photo.on, 'j F Y')}"


def in_short(entry: Entry) -> list[tuple[str, str]]:
    """The four scores and the signs of a day, each with a word or two; what was not answered says so."""
    unanswered, scores = gettext("not answered"), entry.scores()
    said = {question: gettext(scale.WORDS[score]) for question, score in scores.items()}
    if entry.redness_cant_tell:
        said[scale.MAY_BE_UNCLEAR] = gettext("can’t tell")
    told = [(gettext(label), said.get(code, unanswered)) for code, label in scale.QUESTION_LABELS.items()]
    ticked = ", ".join(str(SHORT.get(code, code)) for code in entry.signs)
    return [*told, (gettext("Signs"), ticked or (gettext("none ticked") if entry.signs_answered else unanswered))]


# What two photos can differ in, and how it is said that it was not looked at.
CHECKED: dict[str, tuple[Any, Any]] = {
    "view": (_("view"), _("the view, because it was not said")),
    "light": (_("light"), _("light, because one was not measured")),
    "sharpness": (_("sharpness"), _("sharpness, because one was not measured")),
    "distance": (_("distance"), _("distance, because nobody lined them up")),
}
BLANK = Measures(0, 0, 0, 0, 0)  # so that the distance alone can be asked about


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two photos were taken alike, in words. What was not checked is in neither of the other two."""

    differ: Sequence[str]
    alike: Sequence[str]
    unchecked: Sequence[str]


def likeness(left: Photo, right: Photo, distance: float | None) -> Likeness:
    """`distance`: as `likeness.differences` takes it, None where nobody marked two spots."""
    one, other = left.measures, right.measures
    measured = one is not None and other is not None
    told = (left.view and right.view) or left.area != right.area
    answers = {"view": bool(told), "light": measured, "sharpness": measured, "distance": distance is not None}
    checked = [name for name, known in answers.items() if known]
    differ = differences(one, other, distance) if one and other else differences(BLANK, BLANK, distance)
    if told and (left.area, left.view) != (right.area, right.view):
        differ = ["view", *differ]
    return Likeness(
        differ=[str(CHECKED[name][0]) for name in differ],
        alike=[str(CHECKED[name][0]) for name in checked if name not in differ],
        unchecked=[str(CHECKED[name][1]) for name in CHECKED if name not in checked],
    )
