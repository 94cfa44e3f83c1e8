"""Moments that a page sends back are those of a page of ours."""

import datetime

import pytest
from django import forms
from django.utils import timezone

from journal.moments import MomentField


@pytest.mark.parametrize(
    "made_up",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1999-12-31T00:00:00Z", "yesterday", "2026-13-01"],
)
def test_a_made_up_moment_is_refused(made_up):
    with pytest.raises(forms.ValidationError, match="sent back broken"):
        MomentField().clean(made_up)


def test_the_moment_of_a_page_is_read_to_the_microsecond():
    now = timezone.now()
    assert MomentField().clean(now.isoformat()) == now


def test_a_moment_that_is_still_to_come_is_refused():
    with pytest.raises(forms.ValidationError):
        MomentField().clean((timezone.now() + datetime.timedelta(days=2)).isoformat())
