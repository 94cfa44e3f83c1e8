"""How a photo was taken, in a few numbers: whether two were taken alike, and what to change before taking another.

Light and sharpness, never the skin. `photo_child.py` measures every upload, `measure.js` what the phone is about to
send, both as `Measures` says; the page hands LIMITS to the script.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Measures:
    """Of the middle of a photo: a fifth of its width and of its height left away on each side, the rest shrunk by
    averaging to 280 px on its longest side (less where the photo is smaller), both sides rounded down to 8 px.

    Red stands for light, because blood barely darkens it: redder skin is not taken for a darker photo. Green over
    blue stands for the colour of light, because blood darkens both about alike. The limits leave room for the rest.
    """

    # A bend is |left - 2 x pixel + right| of red, at most 127; pixels at the border have none. Sharpness is the mean
    # bend of the picture over that of the picture shrunk to an eighth (8 x 8 px averaged), the latter at least 0.02;
    # the same with above and below; the smaller of the two. About 1 is any sharp picture, whatever contrast or tone.
    sharpness: float
    brightness: float  # mean of red, 0 to 255
    warmth: float  # log2 of mean green over mean blue, each at least 1: 0.3 is skin in daylight, more is yellow light
    burnt: float  # share of pixels whose red is 250 or more, 0 to 1: of skin, red burns out first
    brightest: float  # the highest red that a fiftieth of the pixels reach, 0 to 255


# From made-up pairs, as tests/photos/test_likeness.py makes them: wide enough that redness or flakes alone pass none.
# Flat and all numbers: scripts are given them.
LIMITS = {
    # between two photos
    "light": 1.45,  # times the exposure
    "shoulder": 140.0,  # of 255: the room left above white; with less, blood in pale skin looks like much less light
    "blood": 0.5,  # of the fall in warmth: what red gets back, because blood lowers both
    "warmth": 0.17,  # apart
    "sharpness": 2.15,  # times: flakes on the deepest skin reach 2.14
    "distance": 1.25,  # times
    # of one photo
    "dark": 55.0,  # brightest below: the deepest skin in good light reaches 60
    "burnt": 0.1,  # more; between two photos, so much apart
    "yellow": 0.52,  # warmth above
    "blue": -0.02,  # warmth below
    "blurred": 0.6,  # sharpness below: demo skin has 1.2, smoother pictures 0.7, blurred ones 0.4
}

HINTS = {
    "dark": _("It is dark here. Turn to a lamp, or to a window by day."),
    "yellow": _("The light is yellow here. Use a white lamp, or turn to a window by day."),
    "bright": _("The light is too strong. Turn away from it a little."),
    "blue": _("The light is blue here. Turn away from screens and coloured lamps."),
    "blurred": _("The picture is not sharp. Hold still, or move back a little."),
}
# The same, of a photo that is kept already: nothing is left to do about it today.
HINDSIGHT = {
    "dark": _("It was dark. That is all right for today; next time, turn to a lamp, or to a window by day."),
    "yellow": _("The light was yellow. That is all right for today; next time, use a white lamp."),
    "bright": _("The light was too strong. That is all right for today; next time, turn away from it a little."),
    "blue": _("The light was blue. That is all right for today; next time, turn away from screens."),
    "blurred": _(
        "The picture is not sharp. That is all right for today; next time, hold still, or move back a little."
    ),
}


def differences(one: Measures | None, other: Measures | None, distance: float | None = None) -> list[str]:
    """What is known to keep two photos from being compared, of "light", "sharpness" and "distance".

    Of a photo that was never measured (None) neither light nor sharpness is known. `distance` is how many times
    larger the same thing is on one than on the other; None where nobody marked it.
    """
    apart = {*_against(one, other), *_against(other, one)} if one and other else set()
    found = ["light"] if apart - {"blurred"} else []
    if "blurred" in apart:
        found.append("sharpness")
    if distance is not None and max(distance, 1 / distance) > LIMITS["distance"]:
        found.append("distance")
    return found


def hint(one: Measures, beside: Measures | None = None) -> str:
    """What to change first before taking a photo again, a key of HINTS, or "" if it is well taken.

    `beside` is the photo it will be held against. Without one, dim light on light skin cannot be told from good
    light on dark skin: only what no skin looks like is hinted at. One that was badly taken itself is left aside.
    """
    wrong = _alone(one)
    if not wrong and beside is not None and not _alone(beside):
        wrong = _against(one, beside)
    return wrong[0] if wrong else ""


def _alone(one: Measures) -> list[str]:
    """What is wrong with a photo by itself, in the order of HINTS."""
    return _named(
        dark=one.brightest < LIMITS["dark"],
        yellow=one.warmth > LIMITS["yellow"],
        bright=one.burnt > LIMITS["burnt"],
        blue=one.warmth < LIMITS["blue"],
        blurred=one.sharpness < LIMITS["blurred"],
    )


def _against(one: Measures, other: Measures) -> list[str]:
    """What is wrong with a photo if the other is right, in the order of HINTS."""
    brighter = _exposure(one) / _exposure(other)
    warmer = one.warmth - other.warmth
    return _named(
        dark=brighter < 1 / LIMITS["light"],
        yellow=warmer > LIMITS["warmth"],
        bright=brighter > LIMITS["light"] or one.burnt - other.burnt > LIMITS["burnt"],
        blue=warmer < -LIMITS["warmth"],
        blurred=one.sharpness * LIMITS["sharpness"] < other.sharpness,
    )


def _named(**wrong: bool) -> list[str]:
    return [code for code, found in wrong.items() if found]


def _exposure(one: Measures) -> float:
    """How far from black over how far from white: pale skin in too much light has little room to grow brighter.

    Of red as it would be with less blood: redness must not be the reason to be told not to judge redness.
    """
    red = min(max(one.brightness, 1) * 2 ** (-LIMITS["blood"] * one.warmth), 255)
    return red / (255 + LIMITS["shoulder"] - red)
