"""Made-up cheeks for the demo: nobody's skin, drawn from noise, the same bytes for the same arguments.

Colour follows two pigments, melanin and blood, each darkening red, green and blue by its own amount; so redness
shows less the darker the skin, as in life. A person keeps pores and moles from day to day; the camera moves a
little and writes place and model into the file, as phones do.
"""

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter
from PIL.Image import Resampling, Transpose

SIZE = WIDTH, HEIGHT = 900, 1200
GRID = 60, 80  # shapes are worked out this coarse and enlarged

# Lit skin on a photo, by Monk tone 1 to 10.
TONES = (
    (247, 222, 208), (241, 210, 193), (234, 198, 176), (220, 178, 151), (201, 155, 125),
    (172, 126, 97), (143, 99, 74), (113, 75, 56), (86, 57, 44), (64, 44, 36),
)  # fmt: skip
MELANIN = (0.55, 0.85, 1.05)  # how strongly each pigment darkens red, green and blue
BLOOD = (0.14, 1.0, 0.84)
REDNESS = (0.0, 0.26, 0.5, 0.75, 1.0)
SHADE = (0.85, 1.06, 1.16)  # a shadow on skin is redder than the skin: light came through it

TURNS = ((6, Transpose.ROTATE_90), (1, None), (8, Transpose.ROTATE_270), (3, Transpose.ROTATE_180))
EARLIER_BY = 35  # days between two sessions
TREATED_AT = datetime(2026, 1, 5, 8, 20)  # noqa: DTZ001  a camera's clock knows no zone

Grey = Image.Image


@dataclass(frozen=True)
class Face:
    """What stays the same from day to day: grey pictures of SIZE."""

    light: Grey  # 255 is full light
    shine: Grey  # where light mirrors
    edge: Grey  # 255 on the face, 0 behind it
    treated: Grey
    needles: Grey
    pigment: Grey  # melanin above the palest spot
    flush: Grey  # how readily each place reddens
    relief: Grey  # 128 is flat, lighter looks towards the light


def photo(person: int, tone: int, redness: int, dryness: int, day: int, session: int = 1) -> bytes:
    """A phone photo of one cheek as JPEG, 900 by 1200 px once upright, with EXIF and often stored turned.

    `person` picks the face, `tone` is a Monk index 1-10, `redness` and `dryness` are scores 0-4, `day` counts
    from the treatment, which is the person's `session`th.
    """
    face, moment = _face(person), f"{person} {day}" + (f" {session}" if session > 1 else "")
    skin = _coloured(face, tone, _blood(face, redness, day))
    skin = _lit(skin, face, tone, dryness)
    skin = _flaking(skin, face, tone, dryness, moment)
    return _stored(_taken(skin, face, person, moment), person, day + EARLIER_BY * (session - 1))


# --- noise and shapes ------------------------------------------------------------------------------------------


def _dice(key: str) -> random.Random:
    return random.Random(key)  # noqa: S311  the point is to be repeatable


def _noise(key: str, cell: float) -> Grey:
    """Smooth random grey with bumps about `cell` px wide."""
    size = int(WIDTH / cell) + 2, int(HEIGHT / cell) + 2
    speckle = Image.frombytes("L", size, _dice(f"{key} {cell}").randbytes(size[0] * size[1]))
    return speckle.resize(SIZE, Resampling.BICUBIC)


def _cloud(key: str, *cells: float) -> Grey:
    """Several noises in one, each next one half as strong."""
    cloud = _noise(key, cells[-1])
    for cell in reversed(cells[:-1]):
        cloud = Image.blend(_noise(key, cell), cloud, 0.38)
    return cloud


def _levels(picture: Grey, black: float, white: float, most: float = 255) -> Grey:
    """Stretch so that `black` becomes 0 and `white` becomes `most`."""
    return picture.point([round(most * min(max((v - black) / (white - black), 0), 1)) for v in range(256)])


def _shape(value: Callable[[float, float], float]) -> Grey:
    """A grey picture of a function of x and y, both 0 to 1 from the top left."""
    columns, rows = GRID
    pixels = bytes(
        round(255 * min(max(value((x + 0.5) / columns, (y + 0.5) / rows), 0), 1))
        for y in range(rows)
        for x in range(columns)
    )
    return Image.frombytes("L", GRID, pixels).resize(SIZE, Resampling.BICUBIC)


def _faded(picture: Grey, by: float) -> Grey:
    return picture.point([round(v * by) for v in range(256)])


def _rgb(picture: Grey) -> Image.Image:
    return Image.merge("RGB", [picture] * 3)


def _moved(picture: Grey, by: int) -> Grey:
    return ImageChops.offset(picture, by, by)


# --- a face ----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _face(person: int) -> Face:
    key, dice = f"{person}", _dice(f"face {person}")
    tilt, fullness = dice.uniform(-0.06, 0.06), dice.uniform(0.9, 1.1)
    from_centre = _shape(lambda x, y: 1 - 0.55 * (((x - 0.42 - tilt) / 0.44) ** 2 + ((y - 0.52) / 0.42) ** 2))
    shine = _shape(lambda x, y: math.exp(-(((x - 0.36 - tilt) / 0.20) ** 2) - ((y - 0.36) / 0.15) ** 2))
    return Face(
        light=_shape(_light),
        shine=shine,
        edge=_levels(_shape(lambda x, y: _inside(x - tilt, y, fullness)), 90, 165),
        treated=_levels(Image.blend(from_centre, _cloud(f"edge {key}", 150, 60), 0.3), 70, 205),
        needles=_dots(f"needles {key}", 17, 1.5),
        pigment=_pigment(key),
        flush=_levels(_cloud(f"flush {key}", 130, 55, 22, 9), 10, 245),
        relief=_relief(key),
    )


def _light(x: float, y: float) -> float:
    """Light from the upper left on a cheek that is half an egg."""
    x, y = (x - 0.38) / 0.8, y - 0.46
    height = math.sqrt(max(1.12 - x * x - y * y, 0.0004))
    dx, dy = -0.78 * x / height, -0.62 * y / height
    return 0.34 + 0.72 * max((0.30 * dx + 0.42 * dy + 0.86) / math.sqrt(dx * dx + dy * dy + 1), 0)


def _inside(x: float, y: float, fullness: float) -> float:
    """One half on the line of jaw and temple, more on the face."""
    return 0.5 + 6 * (1.02 - (x - 0.30) ** 2 / 0.50 - max(y - 0.42, 0) ** 2 / (0.36 * fullness))


def _dots(key: str, step: int, radius: float) -> Grey:
    """Soft dots of many strengths, one about every `step` px."""
    dots, dice = Image.new("L", SIZE), _dice(f"dots {key}")
    draw = ImageDraw.Draw(dots)
    for row in range(0, HEIGHT, step):
        for column in range(0, WIDTH, step):
            x, y, r = column + dice.random() * step, row + dice.random() * step, radius * (0.5 + dice.random())
            draw.ellipse((x - r, y - r, x + r, y + r), fill=int(40 + 200 * dice.random() ** 2))
    return dots.filter(ImageFilter.GaussianBlur(1.1))


def _pigment(key: str) -> Grey:
    """Uneven tan, freckles for some, moles for all: what tells one person from another."""
    dice = _dice(f"moles {key}")
    tan = _levels(_cloud(f"tan {key}", 260, 90, 30), 40, 220, 70)
    freckles = _levels(_noise(f"freckles {key}", 9), 205 - dice.randrange(25), 250, dice.choice((0, 30, 70)))
    moles = Image.new("L", SIZE)
    draw = ImageDraw.Draw(moles)
    for _ in range(dice.randrange(5, 10)):
        x, y, r = dice.uniform(0.12, 0.75) * WIDTH, dice.uniform(0.12, 0.8) * HEIGHT, dice.uniform(2.5, 7.5)
        draw.ellipse((x - r, y - r, x + r, y + r * dice.uniform(0.8, 1.2)), fill=dice.randrange(140, 250))
    spots = ImageChops.add(freckles, moles).filter(ImageFilter.GaussianBlur(1.6))
    return ImageChops.add(tan, spots)


def _relief(key: str) -> Grey:
    """Fine lines in a net, bumps and pores, lit from the upper left."""
    net = [min(255, abs(v - 128) * 7) for v in range(256)]
    lines = ImageChops.multiply(_noise(f"net {key}", 5.5).point(net), _noise(f"net {key}", 8).point(net))
    height = Image.blend(_noise(f"fine {key}", 2.5), _noise(f"bumps {key}", 14), 0.5)
    height = Image.blend(height, lines, 0.3).filter(ImageFilter.GaussianBlur(0.9))
    pores = _dots(f"pores {key}", 15, 1.4)
    height = ImageChops.subtract(height, pores, 1.6)
    lit = ImageChops.subtract(height, _moved(height, 1), 0.8, 128)
    rough = _levels(_cloud(f"rough {key}", 140, 60), 60, 200, 230)
    lit = Image.composite(lit, Image.new("L", SIZE, 128), rough)
    return ImageChops.subtract(lit, _faded(pores, 0.25))


# --- one day ---------------------------------------------------------------------------------------------------


def _blood(face: Face, redness: int, day: int) -> Grey:
    """An even flush, blotches in it, and on the first days the prick of each needle."""
    level = REDNESS[redness]
    even = _faded(face.treated, 0.5 * level)
    blotches = _faded(ImageChops.multiply(face.treated, face.flush), 0.34 * level)
    pricks = _faded(ImageChops.multiply(face.treated, face.needles), 0.9 * level * math.exp(-day / 1.5))
    blood = _faded(face.flush, 0.24)  # at rest
    for more in (even, blotches, pricks):
        blood = ImageChops.add(blood, more)
    return blood


def _coloured(face: Face, tone: int, blood: Grey) -> Image.Image:
    """Each pigment takes its share of each colour away; melanin lies above blood and hides some of it."""
    lit, hidden = TONES[tone - 1], 1 - 0.055 * tone
    channels = []
    for colour, by_melanin, by_blood in zip(lit, MELANIN, BLOOD, strict=True):
        by_blood = by_blood * hidden + 0.02 * tone
        brown = face.pigment.point([round(colour * math.exp(-by_melanin * v / 230)) for v in range(256)])
        red = blood.point([round(255 * math.exp(-0.78 * by_blood * v / 255)) for v in range(256)])
        channels.append(ImageChops.multiply(brown, red))
    return Image.merge("RGB", channels)


def _lit(skin: Image.Image, face: Face, tone: int, dryness: int) -> Image.Image:
    """Shaded by the form of the cheek, roughened by its relief, and shining where it is not dry."""
    shadows = [face.light.point([round(255 * (v / 255) ** bend) for v in range(256)]) for bend in SHADE]
    skin = ImageChops.multiply(skin, Image.merge("RGB", shadows))
    skin = ImageChops.soft_light(skin, _rgb(face.relief))
    gloss = ImageChops.multiply(face.shine, _levels(face.relief, 105, 190))
    return ImageChops.screen(skin, _rgb(_faded(gloss, 0.2 - 0.04 * dryness + 0.015 * tone)))


def _flaking(skin: Image.Image, face: Face, tone: int, dryness: int, key: str) -> Image.Image:
    """Small pale scales with a lit and a shaded rim, in patches; ashy on dark skin, whitish on light."""
    if not dryness:
        return skin
    dry = _levels(_cloud(f"dry {key}", 130, 50), 175 - 25 * dryness, 245 - 20 * dryness)
    scales = _levels(_cloud(f"scales {key}", 9, 4), 150, 200)
    scales = ImageChops.multiply(scales, ImageChops.multiply(face.treated, dry))
    pale = tuple((colour + 235) // 2 for colour in TONES[tone - 1])
    skin = Image.composite(Image.new("RGB", SIZE, pale), skin, _faded(scales, 0.34))
    return ImageChops.soft_light(skin, _rgb(ImageChops.subtract(scales, _moved(scales, 1), 2.5, 128)))


def _taken(skin: Image.Image, face: Face, person: int, moment: str) -> Image.Image:
    """As a phone sees it: a wall behind, held a little differently each day, other light, grain."""
    paint, dice = _dice(f"wall {person}"), _dice(f"camera {moment}")
    wall = Image.new("RGB", SIZE, tuple(paint.randrange(120, 165) for _ in range(3)))
    scene = _held(Image.composite(skin, wall, face.edge), dice)
    exposure, warmth = dice.uniform(0.94, 1.05), dice.uniform(-0.02, 0.02)
    gains = exposure * (1 + warmth), exposure, exposure * (1 - warmth)
    scene = scene.point([min(255, round(v * gain)) for gain in gains for v in range(256)])
    grain = Image.frombytes("L", SIZE, dice.randbytes(WIDTH * HEIGHT)).filter(ImageFilter.GaussianBlur(0.7))
    return ImageChops.add(scene, _rgb(_faded(grain, 0.09)), 1, -12)


def _held(scene: Image.Image, dice: random.Random) -> Image.Image:
    """A tenth nearer, so that turning by 2 degrees and moving by 18 px shows no border."""
    turn = math.radians(dice.uniform(-2.5, 2.5))
    along, across = 0.9 * math.cos(turn), 0.9 * math.sin(turn)
    x, y = WIDTH / 2, HEIGHT / 2
    left = x + dice.uniform(-18, 18) - along * x + across * y
    top = y + dice.uniform(-18, 18) - across * x - along * y
    coefficients = (along, -across, left, across, along, top)
    return scene.transform(SIZE, Image.Transform.AFFINE, coefficients, Resampling.BILINEAR)


def _stored(picture: Image.Image, person: int, day: int) -> bytes:
    """The file a phone writes: turned as it was held, with the time, the model and a place in the empty Pacific."""
    orientation, turn = TURNS[(person + day) % len(TURNS)]
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x0112] = "Afterglow", "Demo Phone", orientation
    tags[0x8769] = {0x9003: f"{TREATED_AT + timedelta(days=day, minutes=7 * person):%Y:%m:%d %H:%M:%S}"}
    tags[0x8825] = {1: "S", 2: (48.0, 52.0, 36.0), 3: "W", 4: (123.0, 23.0, 36.0)}
    file = io.BytesIO()
    (picture if turn is None else picture.transpose(turn)).save(file, "JPEG", quality=86, exif=tags, comment=b"demo")
    return file.getvalue()
