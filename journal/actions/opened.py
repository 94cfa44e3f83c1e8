"""What a patient has had before her."""

import datetime
from collections.abc import Iterable

from accounts.models import User
from journal.models import Flag


def note_opened(*, flags: Iterable[Flag], by: User, at: datetime.datetime) -> None:
    """A patient's page told of these flags. The first time counts, until one becomes more urgent or opens again.

    Only as they were read: one that has changed since then was not on her page.
    """
    for flag in flags:
        if flag.opened_at is None:
            hers = Flag.objects.filter(pk=flag.pk, treatment__patient__user=by, opened_at=None)
            hers.filter(tier=flag.tier, waits_since=flag.waits_since).update(opened_at=at)
