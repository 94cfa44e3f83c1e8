"""Days are counted in a zone that is the same on every server."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models.clinic import validate_time_zone


@pytest.mark.parametrize("name", ["localtime", "Factory", "Europe/Atlantis", ""])
def test_the_servers_own_zone_is_no_zone(name):
    with pytest.raises(ValidationError):
        validate_time_zone(name)
