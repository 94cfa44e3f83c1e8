"""A photo from before a treatment and one of day 4, and the page that holds them against each other."""

import datetime
import json

import pytest
from django.utils import timezone

from journal.models import UploadedProtocol
from journal.models.protocol import digest
from tests.conftest import make_treatment

from .drafts import NEXT, written
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


@pytest.fixture
def another_version(ada):
    """A published version that asks nothing about eczema, has no week 6, and knows one goal: a calm chin."""

    def change(document):
        care = document["care"]
        care["concerns"] = [one for one in care["concerns"] if one["code"] != "eczema"]
        care["milestones"] = [one for one in care["milestones"] if one["week"] != 6]
        care["goals"] = [care["goals"][0] | {"code": "calm-chin", "label": "A calm chin"}]

    document, now = json.dumps(json.loads(written(NEXT, change=change))), timezone.now()
    UploadedProtocol.objects.create(
        version=NEXT,
        document=document,
        sha256=digest(document),
        uploaded_at=now,
        uploaded_by=ada,
        published_at=now,
        published_by=ada,
    )
    return NEXT
