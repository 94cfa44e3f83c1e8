import hashlib
import io
import subprocess
import sys

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from journal import demo_photos, photos

from .pictures import opened


def face(**changed):
    return demo_photos.photo(**{"person": 3, "tone": 3, "redness": 2, "dryness": 1, "day": 2, **changed})


def upright(upload):
    return ImageOps.exif_transpose(Image.open(io.BytesIO(upload)))


def redness(**changed):
    """How much red stands out over green, as a share of all light."""
    red, green, blue = ImageStat.Stat(upright(face(**changed))).mean
    return (red - green) / (red + green + blue)


def test_the_same_arguments_give_the_same_bytes_in_any_process():
    script = (
        "import hashlib, journal.demo_photos as d;"
        "print(hashlib.sha256(d.photo(person=3, tone=3, redness=2, dryness=1, day=2)).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", script], cwd=photos.CHILD.parents[1], capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == hashlib.sha256(face()).hexdigest()


def test_a_days_photos_are_turned_every_way_a_phone_is_held_and_clean_upright():
    orientations = set()
    for day in range(4):
        upload = face(day=day)
        orientations.add(opened(upload).getexif()[0x0112])
        cleaned = photos.clean(upload)
        assert (cleaned.width, cleaned.height) == demo_photos.SIZE
        difference = ImageChops.difference(opened(cleaned.renditions[2016]), upright(upload))
        assert max(ImageStat.Stat(difference).mean) < 1.5  # no worse to see for being saved again
    assert orientations == {1, 3, 6, 8}


def test_a_photo_carries_what_a_phone_writes():
    tags = opened(face(day=2)).getexif()
    assert tags[0x0110] == "Demo Phone"
    assert tags.get_ifd(0x8769)[0x9003].startswith("2026:01:07 ")
    assert tags.get_ifd(0x8825)[2] == (48.0, 52.0, 36.0)


def test_a_higher_score_looks_redder():
    seen = [redness(redness=score) for score in range(5)]
    assert seen == sorted(seen)
    assert seen[4] > 1.5 * seen[0]


def test_redness_shows_less_on_dark_skin():
    light = ImageStat.Stat(ImageChops.difference(upright(face(redness=0)), upright(face(redness=4)))).mean
    dark = ImageStat.Stat(
        ImageChops.difference(upright(face(redness=0, tone=9)), upright(face(redness=4, tone=9)))
    ).mean
    assert sum(dark) < 0.4 * sum(light)


@pytest.mark.parametrize("changed", [{"person": 4}, {"day": 3}, {"dryness": 4}, {"tone": 8}])
def test_another_person_day_dryness_or_tone_looks_different(changed):
    difference = ImageChops.difference(upright(face()), upright(face(**changed)))
    assert max(ImageStat.Stat(difference).mean) > 1
