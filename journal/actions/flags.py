"""From findings to flags, and from flag to review. Better scores never close a flag: a person does."""

import datetime
from collections.abc import Iterable
from itertools import chain

from django.db import transaction

from accounts.models import User
from journal.models import Flag, Notice, Review, Treatment
from journal.recovery.assess import assess
from journal.recovery.course import Finding
from journal.recovery.scale import Tier


class AlreadyMoved(Exception):
    """Somebody else changed the flag first; `.flag` is how it stands now."""

    def __init__(self, flag: Flag) -> None:
        super().__init__(flag.state)
        self.flag = flag


def review_course(*, treatment: Treatment, at: datetime.datetime) -> None:
    """Compare the whole course with the expected one; raise, renew or mark flags. Callers hold the patient's row."""
    by_day = assess(treatment.course(), treatment.protocol)
    findings = [finding for finding in chain.from_iterable(by_day.values()) if finding.tier >= Tier.CONTACT]
    flags = list(Flag.objects.filter(treatment=treatment).select_for_update())
    # Oldest day first, so that a flag ends up telling of the latest day at its highest tier.
    for finding in sorted(findings, key=lambda finding: finding.day):
        _meet(finding, flags, treatment, at)
    _mark_what_holds(findings, flags, treatment)


def _meet(finding: Finding, flags: list[Flag], treatment: Treatment, at: datetime.datetime) -> None:
    on = treatment.date_of(finding.day).isoformat()
    of_rule = [flag for flag in flags if flag.rule == finding.rule]
    live = next((flag for flag in of_rule if flag.is_live), None)
    if any(on in flag.fired_on and flag.tier >= finding.tier for flag in of_rule):
        if live:
            _retell(live, finding, on)
    elif live:
        _renew(live, finding, on, at)
    else:
        flags.append(_raise(finding, on, treatment, at))


def _raise(finding: Finding, on: str, treatment: Treatment, at: datetime.datetime) -> Flag:
    flag = Flag(
        treatment=treatment,
        clinic_id=treatment.patient.clinic_id,
        tier=finding.tier,
        raised_at=at,
        fired_on=[on],
    )
    _describe(flag, finding, on)
    flag.save(force_insert=True)
    Notice.objects.create(clinic_id=flag.clinic_id, flag=flag, created_at=at)
    return flag


def _renew(flag: Flag, finding: Finding, on: str, at: datetime.datetime) -> None:
    """The rule fired on another day, or higher. At urgent or above a seen flag goes back to open."""
    again = flag.state == Flag.State.ACKNOWLEDGED and finding.tier >= Tier.URGENT
    flag.fired_on = sorted({*flag.fired_on, on})
    if finding.tier >= flag.tier:
        flag.tier = finding.tier
        _describe(flag, finding, on)
    if again:
        flag.state = Flag.State.OPEN
        Review.objects.create(flag=flag, state=Flag.State.OPEN, at=at)
    flag.save()


def _retell(flag: Flag, finding: Finding, on: str) -> None:
    """The day was corrected or the treatment moved: who reviews the flag reads what is true now."""
    if flag.on.isoformat() == on and flag.tier == finding.tier:
        _describe(flag, finding, on)
        flag.save()


def _describe(flag: Flag, finding: Finding, on: str) -> None:
    flag.rule, flag.shape, flag.protocol_version = finding.rule, finding.shape, finding.protocol
    flag.day, flag.on = finding.day, datetime.date.fromisoformat(on)
    flag.days, flag.values = list(finding.days), dict(finding.values)


def _mark_what_holds(findings: Iterable[Finding], flags: Iterable[Flag], treatment: Treatment) -> None:
    firing = {(finding.rule, treatment.date_of(finding.day).isoformat()) for finding in findings}
    for flag in flags:
        holds = any((flag.rule, on) in firing for on in flag.fired_on)
        if flag.is_live and holds != flag.holds:
            Flag.objects.filter(pk=flag.pk).update(holds=holds)


def acknowledge(*, flag: Flag, by: User, at: datetime.datetime) -> Review:
    return _move(flag, Flag.State.ACKNOWLEDGED, by=by, at=at)


def close(*, flag: Flag, outcome: str, note: str, by: User, at: datetime.datetime) -> Review:
    return _move(flag, Flag.State.CLOSED, outcome=outcome, note=note, by=by, at=at)


@transaction.atomic
def _move(flag: Flag, to: Flag.State, *, by: User, at: datetime.datetime, outcome: str = "", note: str = "") -> Review:
    """One conditional update decides who was first; the second person gets `AlreadyMoved`."""
    before = [state for state, following in Flag.NEXT.items() if to in following]
    moved = Flag.objects.filter(pk=flag.pk, state__in=before).update(state=to)
    flag.refresh_from_db()
    if not moved:
        raise AlreadyMoved(flag)
    return Review.objects.create(flag=flag, state=to, outcome=outcome, note=note, at=at, by=by)
