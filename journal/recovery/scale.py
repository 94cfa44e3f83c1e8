"""The words of the journal: questions, scores, signs, areas, risk factors and tiers. Codes are permanent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

_ = str  # marks English text for gettext; who shows it translates it
Translate = Callable[[str], str]

QUESTIONS = ("redness", "dryness", "tightness", "itch")
QUESTION_LABELS: Mapping[str, str] = {
    "redness": _("Redness"),
    "dryness": _("Dryness"),
    "tightness": _("Tightness"),
    "itch": _("Itch"),
}
CANT_TELL = "cant_tell"  # an answer to redness, and never a score of 0
MAY_BE_UNCLEAR = "redness"  # the question that may be answered so
WORDS = (_("none"), _("mild"), _("moderate"), _("severe"), _("very severe"))


class Tier(IntEnum):
    """How soon somebody should act on a finding."""

    NONE = 0
    WATCH = 1
    CONTACT = 2
    URGENT = 3
    EMERGENCY = 4

    @property
    def text(self) -> str:
        return self.name.lower()


TIERS: Mapping[str, Tier] = {tier.text: tier for tier in Tier if tier}  # by their names in documents


@dataclass(frozen=True, slots=True)
class Sign:
    """Something a patient ticks; `label` is what the patient reads."""

    code: str
    label: str


# The most urgent first: the order in which findings list them.
SIGNS: Mapping[str, Sign] = {
    sign.code: sign
    for sign in (
        Sign("breathing_trouble", _("Hard to breathe, wheezing, or a throat that feels tight")),
        Sign(
            "face_or_throat_swelling",
            _("Sudden swelling of lips, tongue, mouth, throat or face"),
        ),
        Sign(
            "eye_pain_or_vision_change",
            _("A change in how you see, pain when an eye moves, or an eye that bulges"),
        ),
        Sign(
            "feeling_very_unwell",
            _("Feeling very ill: faint, confused, shaking hard, no pee all day, or blue or blotchy skin"),
        ),
        Sign("pus", _("Thick or cloudy fluid from the skin that is yellow, green or white")),
        Sign(
            "spreading_redness",
            _("Redness, color change or swelling that spreads past the treated skin"),
        ),
        Sign("red_streaks", _("Red or dark lines that run out from the treated skin")),
        Sign("hives", _("Raised, itchy welts (hives)")),
        Sign("fever", _("A temperature of 38 °C (100.4 °F) or more")),
        Sign("chills", _("Chills or shaking")),
        Sign("open_wound", _("An open sore, or raw and wet skin")),
        Sign("yellow_crust", _("A yellow or honey-colored crust")),
        Sign("bad_smell", _("A bad smell from the skin")),
        Sign("swollen_glands", _("Sore lumps in the neck, under the jaw or under the arm")),
        Sign("increasing_pain", _("More pain than yesterday")),
        Sign("blisters", _("Blisters on the treated skin")),
        Sign("cold_sore", _("A cold sore, or a spot that tingles or burns near the lips or nose")),
        Sign("warmth", _("Skin that feels warmer than the skin around it")),
        Sign("swelling", _("Puffy or swollen skin")),
        Sign("peeling", _("Light peeling or flaking")),
        Sign("bruising", _("A bruise")),
        Sign("bleeding", _("Tiny dots of blood")),
        Sign("dark_patches", _("New patches that are darker than your skin")),
        Sign("firm_bumps", _("Firm bumps that you can feel in the skin")),
        Sign("raised_scar", _("Raised or thick skin, like a scar")),
    )
}

AREAS: Mapping[str, str] = {
    "face": _("Face"),
    "eyes": _("Around the eyes"),
    "lips": _("Lips"),
    "neck": _("Neck"),
    "chest": _("Chest"),
    "back": _("Back"),
    "scalp": _("Scalp"),
    "other": _("Somewhere else"),
}

MODALITIES: Mapping[str, str] = {
    "microneedling": _("Microneedling"),
    "rf": _("Microneedling with radio-frequency heat"),
}

RISK_FACTORS: Mapping[str, str] = {
    "acne_active": _("Active acne on the treated skin"),
    "eczema": _("Eczema"),
    "psoriasis": _("Psoriasis"),
    "rosacea": _("Rosacea"),
    "keloid_history": _("Raised or keloid scars in the past"),
    "cold_sore_history": _("Cold sores in the past"),
    "diabetes": _("Diabetes"),
    "immunosuppressed": _("Weak immune system, from illness or medicine"),
    "blood_thinner": _("Takes a blood thinner"),
    "bleeding_disorder": _("Bleeds or bruises easily (bleeding disorder)"),
    "poor_wound_healing": _("Wounds that heal slowly"),
    "isotretinoin": _("Isotretinoin now or in the last six months"),
    "recent_radiation": _("Recent radiation to the treated skin"),
    "pregnancy": _("Pregnant or breastfeeding"),
    "melasma": _("Melasma or dark patches in the past"),
    "sensitive_skin": _("Sensitive skin"),
    "known_allergy": _("Known allergy, to metal or a skin product for example"),
    "recent_sun": _("Sunburn or much sun just before the treatment"),
    "home_device": _("Uses a needling device at home"),
}
