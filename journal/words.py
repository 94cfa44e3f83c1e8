"""Words that pages share: which signs are asked on which day and in which group, and who may read what."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Clinic
from journal.likeness import differences
from journal.models import Alignment, Entry, Flag, Photo, Review, Treatment, Visit
from journal.models.photo import View
from journal.models.progress import IN_OTHER_WORDS, OVERALL
from journal.recovery import scale
from journal.recovery.course import Finding
from journal.recovery.scale import Tier

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

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


def told_to_call(flag: Flag, clinic: Clinic, now: datetime.datetime) -> bool:
    """Whether its patient reads not to wait any longer: it is urgent, and nobody looked in the time promised."""
    reads = flag.holds and flag.is_urgent and may_read(Tier(flag.tier), clinic)
    return reads and flag.is_overdue(clinic, now)


def hurry(flag: Flag, clinic: Clinic, now: datetime.datetime, tried_at: datetime.datetime | None) -> str:
    """Why its patient should not wait any longer; empty where nothing says so. `tried_at`: rung without an answer."""
    look = flag.latest_look
    if look and look.outcome == Review.Outcome.NOT_REACHED:
        tried = date_format(look.at.astimezone(clinic.zone), "j M, H:i")
        return gettext("The clinic tried to reach you %(when)s. Please call.") % {"when": tried}
    if look and flag.is_live and flag.holds and flag.is_urgent:
        return gettext("Seen does not mean that somebody is calling you. If you have not spoken with them, call.")
    if not told_to_call(flag, clinic, now):
        return ""
    if tried_at and tried_at > flag.waits_since:
        return gettext("The clinic could not reach you. Do not wait: call now.")
    if opened_again_at(flag):
        return gettext("Your clinic has not come back to this in time. Do not wait: call now.")
    return gettext("Your clinic has not looked at this yet. Do not wait: call now.")


def opened_again_at(flag: Flag) -> datetime.datetime | None:
    """When a person of the clinic opened it again after it was closed, if nobody has looked since.

    Its reviews are fetched. A mark as seen that was taken back is followed by such a review too.
    """
    reviews = sorted(flag.reviews.all(), key=lambda review: (review.at, review.pk))
    if not reviews or reviews[-1].state != Flag.State.OPEN or not reviews[-1].by_id:
        return None
    return max((one.at for before, one in pairwise(reviews) if before.state == Flag.State.CLOSED), default=None)


def is_wish(finding: Finding) -> bool:
    """Whether it says nothing but that the patient is worried and would like a call."""
    return bool(finding.values.get("worried")) and not finding.values.get("signs")


def moment(photo: Photo) -> str:
    """When a photo was taken, as its treatment counts."""
    if photo.is_from_before:
        return gettext("Before treatment")
    return gettext("Day {n}").format(n=photo.treatment.day_of(photo.on))


def moment_beside(photo: Photo, other: Photo) -> str:
    """When a photo was taken; one of another session than `other` says which."""
    if photo.treatment_id == other.treatment_id:
        return moment(photo)
    return gettext("%(moment)s · %(session)s") % {"moment": moment(photo), "session": session(photo.treatment)}


def session(treatment: Treatment) -> str:
    said = {"n": treatment.session_number, "date": date_format(treatment.treated_on, "j F Y")}
    return gettext("Session %(n)s, %(date)s") % said


def goals(treatment: Treatment) -> list[str]:
    """What a treatment is for: the goals that were chosen, then what was said in other words."""
    chosen = [goal_label(treatment, code) for code in treatment.goals_chosen]
    return [*chosen, *([treatment.goals] if treatment.goals else [])]


def goal_label(treatment: Treatment, code: str) -> str:
    """What a goal is called, one in other words by these; one that this version does not know reads as itself."""
    if code == IN_OTHER_WORDS:
        return treatment.goals or gettext("Goals in other words")
    if code == OVERALL:
        return gettext("Skin overall")
    labels = {goal.code: gettext(goal.label) for goal in treatment.protocol.care.goals}
    return labels.get(code, code.replace("-", " "))


def visit_facts(visit: Visit, for_patient: bool) -> list[tuple[str, str]]:
    """What was written down of a day, each with its name. The note is the clinic's own."""
    lot = gettext("lot %(lot)s") % {"lot": visit.serum_lot} if visit.serum_lot else ""
    serum = f"{visit.serum} ({lot})" if visit.serum and lot else visit.serum or lot
    told = [
        (gettext("Cleaning"), [gettext("done") if visit.cleaned else ""]),
        (gettext("Numbing"), [visit.numbing, _minutes(visit.numbing_minutes)]),
        (gettext("Needling"), [visit.device, _minutes(visit.needling_minutes)]),
        (gettext("Serum or gel"), [serum]),
        (gettext("Mask or cream after"), [visit.mask]),
        (gettext("Whole visit"), [_minutes(visit.visit_minutes)]),
        (gettext("Note"), ["" if for_patient else visit.note]),
    ]
    return [(name, ", ".join(filter(None, said))) for name, said in told if any(said)]


def _minutes(n: int | None) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n} if n else ""


# A view as it is called after its area, where View.label stands alone.
AFTER_AREA: "Mapping[str, StrOrPromise]" = {
    View.FRONT: _("front"),
    View.LEFT: _("left side"),
    View.RIGHT: _("right side"),
    View.OVERVIEW: _("overview"),
    View.CLOSE: _("close up"),
}


def place(area: str, view: str) -> str:
    """What a photo shows and from where."""
    named = gettext(scale.AREAS.get(area, area))
    return gettext("%(area)s, %(view)s") % {"area": named, "view": AFTER_AREA[view]} if view in AFTER_AREA else named


def photo_said(photo: Photo) -> str:
    """A photo in words, for those who listen."""
    said = {"place": place(photo.area, photo.view), "moment": moment(photo), "date": date_format(photo.on, "j F Y")}
    return gettext("%(place)s, %(moment)s, %(date)s") % said


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
COMPARED: "Mapping[str, StrOrPromise]" = {
    "view": _("view"),
    "light": _("light"),
    "sharpness": _("sharpness"),
    "distance": _("distance"),
}
UNCHECKED: "Mapping[str, StrOrPromise]" = {
    "view": _("the view, because it was not said"),
    "light": _("light, because one was not measured"),
    "sharpness": _("sharpness, because one was not measured"),
    "distance": _("distance, because they were not lined up"),
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two photos were taken alike, in words. What was not checked is in neither of the other two."""

    of: str  # when the second of the two was taken
    beside: str  # when the first was
    differ: Sequence[str]
    alike: Sequence[str]
    unchecked: Sequence[str]

    @property
    def warning(self) -> str:
        """What keeps the two from being compared, in a sentence; empty where nothing is known to."""
        if not self.differ:
            return ""
        said = {"photo": self.of, "other": self.beside, "what": ", ".join(self.differ)}
        return gettext("“%(photo)s” differs from “%(other)s” in: %(what)s. Do not judge redness by these two.") % said


def likeness(left: Photo, right: Photo, alignment: Alignment | None) -> Likeness:
    """Whether `right` was taken like `left`. `alignment` tells the distance, if the two were ever lined up."""
    one, other, same_view = left.measures, right.measures, left.is_same_view(right)
    measured = one is not None and other is not None
    known = {"view": same_view is not None, "light": measured, "sharpness": measured, "distance": alignment is not None}
    differ = differences(one, other, alignment.distance(left, right) if alignment else None)
    if same_view is False:
        differ = ["view", *differ]
    return Likeness(
        of=moment(right),
        beside=moment_beside(left, right),
        differ=[str(COMPARED[name]) for name in differ],
        alike=[str(COMPARED[name]) for name in COMPARED if known[name] and name not in differ],
        unchecked=[str(UNCHECKED[name]) for name in UNCHECKED if not known[name]],
    )
