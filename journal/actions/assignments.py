"""Who of the clinic deals with a patient's flags: taken, given to a colleague, given back to all."""

import datetime

from django.db import transaction

from accounts.models import Patient, User
from journal.models import Assignment, Flag


class AlreadyAssigned(Exception):
    """Somebody else changed it first; `.flag` is how it stands now."""

    def __init__(self, flag: Flag) -> None:
        super().__init__(flag.state)
        self.flag = flag


class NotOfTheClinic(Exception):
    """A flag is given to a clinician of its own clinic who still works there, or to nobody."""


@transaction.atomic
def assign(*, flag: Flag, to: User | None, expected: int | None, by: User, at: datetime.datetime) -> None:
    """Give all live flags of its treatment to one person, or to nobody. `expected`, an id, had them on that page.

    Raises AlreadyAssigned where another person has the flag by now or it was closed, NotOfTheClinic for a stranger.
    """
    if to and not _works_there(to, flag):
        raise NotOfTheClinic
    Patient.objects.select_for_update().get(pk=flag.treatment.patient_id)
    flag.refresh_from_db()
    mine = Flag.objects.live().filter(pk=flag.pk, assigned_to=expected)
    if not mine.update(assigned_to=to):
        raise AlreadyAssigned(flag)
    others = Flag.objects.live().filter(treatment=flag.treatment_id).exclude(assigned_to=to).exclude(pk=flag.pk)
    given = [flag, *others] if expected != (to and to.pk) else list(others)
    Flag.objects.filter(pk__in=[one.pk for one in given]).update(assigned_to=to)
    Assignment.objects.bulk_create(Assignment(flag=one, to=to, at=at, by=by) for one in given)
    flag.assigned_to = to


def _works_there(person: User, flag: Flag) -> bool:
    return person.is_active and person.is_clinician and person.clinic_id == flag.clinic_id
