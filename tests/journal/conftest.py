"""A photo from before a treatment and one of day 4, and the page that holds them against each other."""

import datetime

import pytest

from tests.conftest import make_treatment

from .shots import START, shoot


@pytest.fixture
def earlier(pat, cara):
    return make_treatment(pat, START - datetime.timedelta(days=35), cara)


@pytest.fixture
def before(treatment):
    return shoot(treatment, 0, baseline=True)


@pytest.fixture
def after(treatment):
    return shoot(treatment, 4)


@pytest.fixture
def compare(as_):
    """The page of two photos, as somebody sees it; without `left` it is for the page to find."""

    def get(person, right, left=None):
        asked = {"right": right.token} | ({"left": left.token} if left else {})
        return as_(person).get("/compare/", asked)

    return get
