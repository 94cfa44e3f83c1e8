"""When `tick` last did its work, kept where every worker process can read it."""

import datetime

from django.core.cache import cache

KEY = "tick"


def beat(*, at: datetime.datetime) -> None:
    cache.set(KEY, at, timeout=None)


def last() -> datetime.datetime | None:
    """None where it never ran. The cache may drop it too: the next tick, a minute later, puts it back."""
    moment: datetime.datetime | None = cache.get(KEY)
    return moment
