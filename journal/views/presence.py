"""Who else of the clinic has had a flag before them in the last minutes, so that two do not answer one patient."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import AccessEvent, User
from journal.models import Flag

from .patients import clinic_of

LATELY = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody else opened it, so many minutes ago; 0 is just now."""

    by: User
    minutes: int


def others_at(flag: Flag, user: User, now: datetime.datetime) -> Sequence[Opened]:
    """Who else opened a flag of its treatment, or the treatment itself, in the last ten minutes; the latest first."""
    flags = flag.treatment.flags.live().values_list("pk", flat=True)
    return others_at_each({flag.treatment_id: {flag.pk, *flags}}, user, now).get(flag.treatment_id, [])


def others_at_treatment(treatment_id: uuid.UUID, user: User, now: datetime.datetime) -> Sequence[Opened]:
    """The same of a timeline without a flag."""
    return others_at_each({treatment_id: ()}, user, now).get(treatment_id, [])


def others_at_each(
    treatments: Mapping[uuid.UUID, Iterable[uuid.UUID]], user: User, now: datetime.datetime
) -> dict[uuid.UUID, list[Opened]]:
    """Of many treatments, each with its flags: who else opened which. Two queries, or one where nobody did."""
    of_target = {("treatment", str(pk)): pk for pk in treatments}
    of_target |= {("flag", str(flag)): pk for pk, flags in treatments.items() for flag in flags}
    opened = AccessEvent.objects.openings(of_target, since=now - LATELY, besides=user)
    latest: dict[tuple[uuid.UUID, int], datetime.datetime] = {}
    for target, who, at in opened:  # the oldest first, so that the latest stays
        latest[of_target[target], who] = at
    people = _people({who for _treatment, who in latest}, user)
    found: dict[uuid.UUID, list[Opened]] = {}
    for (treatment, who), at in sorted(latest.items(), key=lambda pair: pair[1], reverse=True):
        if who in people:
            found.setdefault(treatment, []).append(Opened(people[who], int((now - at).total_seconds()) // 60))
    return found


def _people(numbers: set[int], user: User) -> Mapping[int, User]:
    return clinic_of(user).staff.in_bulk(numbers) if numbers else {}
