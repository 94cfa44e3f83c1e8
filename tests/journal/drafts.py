"""Protocols that differ from the shipped one in a single thing, as an administrator uploads them."""

import json

from django.utils import timezone

from journal import protocols
from journal.actions import protocols as actions
from journal.models.protocol import text_in_use

NEXT = "riverside-2"
# Speaks up at `contact` on any dryness of 1 or more, which the shipped one does not.
DRY = {
    "code": "X-1",
    "family": "dryness",
    "tier": "contact",
    "when": [{"shape": "reaches", "questions": ["dryness"], "score": 1}],
    "title": "Dry at all",
    "message": "Your skin is dry.",
    "staff": "Made up.",
    "kind": "assumed",
    "says": ["S0:aims"],
    "basis": "Made up for a test.",
}


def written(version=NEXT, *more, change=None):
    """The shipped document under another name, with `more` rules, as bytes; `change` may do anything to it."""
    document = json.loads(protocols.text_of(protocols.CURRENT))
    document["version"] = version
    document["rules"] += more
    if change:
        change(document)
    return json.dumps(document).encode()


def uploaded(by, *more, version=NEXT, change=None):
    return actions.upload(contents=written(version, *more, change=change), by=by, at=timezone.now())


def approved(clinic, version, by):
    return actions.approve(clinic=clinic, version=version, seen=text_in_use(version), by=by, at=timezone.now())


def published(by, clinician, *more, version=NEXT, change=None):
    """A version that the clinician's clinic uses."""
    draft = uploaded(by, *more, version=version, change=change)
    approved(clinician.clinic, version, clinician)
    actions.publish(uploaded=draft, by=by, at=timezone.now())
    return draft
