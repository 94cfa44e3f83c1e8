"""How a photo was taken, in a few numbers, and whether two were taken alike. Light and sharpness; never the skin.

`photo_child.py` measures every upload, `measure.js` what the phone is about to send; both as `Measures` says.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measures:
    """Of the middle of a photo: three fifths of its width and height, shrunk so that its longest side is 1008 px.

    The red channel stands for light, because blood barely darkens it: redder skin is not taken for a darker
    photo. Green over blue stands for the colour of light, because blood darkens both about alike.
    """

    sharpness: float
    brightness: float  # mean of red, 0 to 255
    warmth: float  # log2 of mean green over mean blue: 0.3 is skin in daylight, more is yellow light
    burnt: float  # share of pixels whose green is 250 or more, 0 to 1
    brightest: float  # red of the brightest fiftieth of pixels, 0 to 255


LIMITS = {"brightness": 1.4, "warmth": 0.25, "sharpness": 2.0, "distance": 1.25}


def differences(one: Measures, other: Measures, distance: float | None = None) -> list[str]:
    """What keeps two photos from being compared, of "light", "sharpness" and "distance"; nothing if they are alike.

    `distance` is how many times larger the same thing is on one than on the other; None where nobody marked it.
    """
    found = []
    if _times(one.brightness, other.brightness) > LIMITS["brightness"] or (
        abs(one.warmth - other.warmth) > LIMITS["warmth"]
    ):
        found.append("light")
    if _times(one.sharpness, other.sharpness) > LIMITS["sharpness"]:
        found.append("sharpness")
    if distance is not None and max(distance, 1 / distance) > LIMITS["distance"]:
        found.append("distance")
    return found


def _times(one: float, other: float) -> float:
    least, most = sorted((one, other))
    return most / max(least, 1e-6)
