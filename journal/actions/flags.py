"""From findings to flags, and from flag to review. Better scores never close a flag: a person does."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from accounts.models import Patient, User
from journal.models import Flag, Notice, Review, Treatment
from journal.models.moves import found_late
from journal.models.protocol import protocol_of
from journal.recovery.assess import assess, tier_of
from journal.recovery.conditions import Silent
from journal.recovery.course import Course, Finding
from journal.recovery.noted import noted, says_more
from journal.recovery.scale import Tier

from . import calls
from .looks import look

Found = Mapping[tuple[str, str], Finding]  # by rule and local date
NEWS = datetime.timedelta(days=7)  # a silence that was found longer ago alarms nobody any more


# A flag, and its `fired_at` as the page had it; None asks for no check.
Shown = tuple[Flag, datetime.datetime | None]


class AlreadyLive(Exception):
    """The rule has spoken up again since; `.flag` is what it says now."""

    def __init__(self, flag: Flag) -> None:
        super().__init__(flag.state)
        self.flag = flag


class AlreadyMoved(Exception):
    """Somebody else changed the flag first; `.flag` is how it stands now."""

    def __init__(self, flag: Flag) -> None:
        super().__init__(flag.state)
        self.flag = flag


def review_course(*, treatment: Treatment, at: datetime.datetime, silence: bool = False) -> None:
    """Compare the whole course with the expected one; raise, renew or mark flags. Callers hold the patient's row.

    Missed days raise a flag only where `silence` says so: who adds several days writes them one after the other.
    """
    course = treatment.course(now=at)
    by_day = {} if treatment.cancelled_at else assess(course, treatment.protocol)
    found, late = _by_date(by_day, treatment), found_late(treatment, by_day)
    # Of all sessions: a date that was dealt with before a later session took it over is not raised again.
    flags = list(Flag.objects.filter(treatment__patient=treatment.patient_id).select_for_update())
    # Oldest date first, so that a flag ends up telling of the latest date at its highest tier.
    for (_rule, on), finding in sorted(found.items(), key=lambda pair: pair[0][1]):
        if (finding.day, finding.rule) in late:
            continue
        if finding.shape != Silent.shape or (silence and _is_news(finding, by_day, treatment, at)):
            _meet(finding, on, flags, treatment, at)
    for flag in flags:
        if flag.is_live and flag.treatment_id == treatment.pk:
            moved = flag.protocol_version != treatment.protocol_version
            _retell(flag, _found_by(flag.protocol_version, treatment, course) if moved else found)


def _by_date(by_day: Mapping[int, Sequence[Finding]], treatment: Treatment) -> Found:
    """What is worth a flag."""
    return {
        (finding.rule, treatment.date_of(finding.day).isoformat()): finding
        for finding in chain.from_iterable(by_day.values())
        if finding.tier >= Tier.CONTACT
    }


def _found_by(version: str, treatment: Treatment, course: Course) -> Found:
    """What another version finds: a flag is told by the one that raised it, whatever its treatment was moved to."""
    return {} if treatment.cancelled_at else _by_date(assess(course, protocol_of(version)), treatment)


def _is_news(
    silent: Finding, by_day: Mapping[int, Sequence[Finding]], treatment: Treatment, at: datetime.datetime
) -> bool:
    """Whether a silence would tell the clinic something: it is not long past, and the day before it has no flag.

    A flag that was closed because nobody was reached does not count: then the silence is all there is.
    """
    if treatment.today(at) - treatment.date_of(silent.day) > NEWS:
        return False
    last = silent.values["last_day"]
    if last is None or tier_of(by_day[last]) < Tier.CONTACT:
        return True
    flags = treatment.flags.filter(fired_on__has_key=treatment.date_of(last).isoformat())
    return flags.filter(reviews__outcome=Review.Outcome.NOT_REACHED).exists()


def _meet(finding: Finding, on: str, flags: list[Flag], treatment: Treatment, at: datetime.datetime) -> None:
    # A live flag of another session was left behind there: it no longer holds, so it speaks for no date here.
    of_rule = [
        flag for flag in flags if flag.rule == finding.rule and (flag.treatment_id == treatment.pk or not flag.is_live)
    ]
    if any(_covers(flag, finding, on) for flag in of_rule):
        return
    live = next((flag for flag in of_rule if flag.is_live), None)
    if live:
        _renew(live, finding, on, treatment, at)
    else:
        mine = (flag for flag in flags if flag.is_live and flag.treatment_id == treatment.pk)
        flags.append(_raise(finding, on, treatment, _taken_by(mine), at))


def _taken_by(live: Iterable[Flag]) -> int | None:
    """Who has taken a patient has all of her live flags of a session."""
    return next((flag.assigned_to_id for flag in live), None)


def _covers(flag: Flag, finding: Finding, on: str) -> bool:
    """Whether a flag tells of this already: the same date, as high, and nothing noted that was not noted then."""
    if on not in flag.fired_on or flag.tier < finding.tier:
        return False
    return not says_more(finding, flag.fired_on[on])


def _raise(finding: Finding, on: str, treatment: Treatment, taken_by: int | None, at: datetime.datetime) -> Flag:
    flag = Flag(treatment=treatment, clinic_id=treatment.patient.clinic_id, tier=finding.tier, assigned_to_id=taken_by)
    flag.raised_at = flag.fired_at = flag.waits_since = at
    flag.fired_on = {on: noted(finding)}
    _describe(flag, finding, on)
    flag.save(force_insert=True)
    Notice.objects.create(clinic_id=flag.clinic_id, flag=flag, kind=Notice.Kind.RAISED, created_at=at)
    return flag


def _renew(flag: Flag, finding: Finding, on: str, treatment: Treatment, at: datetime.datetime) -> None:
    """The rule fired on another date, or higher. At urgent, or where the rule asks for it, a seen flag opens again."""
    reopens = finding.tier >= Tier.URGENT or treatment.protocol.rule(finding.rule).reopens
    flag.fired_on, flag.fired_at = {**flag.fired_on, on: noted(finding)}, at
    risen = finding.tier > flag.tier
    if risen:
        flag.opened_at = None  # what the patient reads has become more urgent
    if risen or (finding.tier == flag.tier and on >= flag.on.isoformat()):
        _describe(flag, finding, on)
    seen = flag.state == Flag.State.ACKNOWLEDGED
    if reopens and seen:
        flag.state = Flag.State.OPEN
        Review.objects.create(flag=flag, state=Flag.State.OPEN, at=at)
    # One that nobody has looked at, and that is urgent from now on, is another matter than the one that was mailed.
    if reopens and (seen or risen):
        flag.waits_since, flag.opened_at = at, None
        Notice.objects.create(clinic_id=flag.clinic_id, flag=flag, kind=Notice.Kind.REOPENED, created_at=at)
    flag.save()


def _describe(flag: Flag, finding: Finding, on: str) -> None:
    flag.rule, flag.shape, flag.protocol_version = finding.rule, finding.shape, finding.protocol
    flag.tier, flag.day, flag.on = finding.tier, finding.day, datetime.date.fromisoformat(on)
    flag.days, flag.values = list(finding.days), dict(finding.values)


def _retell(flag: Flag, found: Found) -> None:
    """A correction or a moved treatment may have changed what the flag tells, or taken its ground away.

    It holds while the rule fires on one of its dates for the clinic, and tells of the latest date at the highest tier.
    Where nothing fires as high any more it keeps telling what it told: only a person makes a flag less urgent.
    """
    firing = {on: found[flag.rule, on] for on in flag.fired_on if (flag.rule, on) in found}
    told = _told(flag)
    flag.holds = bool(firing)
    firing = {on: finding for on, finding in firing.items() if finding.tier >= flag.tier}
    if firing:
        on = max(firing, key=lambda date: (firing[date].tier, date))
        _describe(flag, firing[on], on)
    if _told(flag) != told:
        flag.save()


def _told(flag: Flag) -> tuple[object, ...]:
    return flag.holds, flag.tier, flag.day, flag.on, list(flag.days), dict(flag.values), flag.shape


def acknowledge(
    *, flag: Flag, note: str = "", seen: datetime.datetime | None = None, by: User, at: datetime.datetime
) -> None:
    """Say that somebody has looked. `seen` is the `fired_at` that the person saw; None asks for no check."""
    acknowledge_all(shown=[(flag, seen)], note=note, by=by, at=at)


def close(
    *,
    flag: Flag,
    outcome: str,
    note: str,
    useful: str = "",
    seen: datetime.datetime | None = None,
    by: User,
    at: datetime.datetime,
) -> None:
    """Say what came of it. Raises AlreadyMoved too where the rule fired again after the person looked (`seen`)."""
    close_all(shown=[(flag, seen)], outcome=outcome, note=note, useful=useful, by=by, at=at)


@transaction.atomic
def acknowledge_all(
    *,
    shown: Sequence[Shown],
    note: str = "",
    seen_to: datetime.datetime | None = None,
    by: User,
    at: datetime.datetime,
) -> list[Flag]:
    """Say that somebody has looked at flags of one patient, and with `seen_to` at the whole timeline of the first.

    Returns those that moved meanwhile: they stay as they are. Raises AlreadyMoved where all did.
    """
    moved = _move_all(shown, Flag.State.ACKNOWLEDGED, note=note, by=by, at=at)
    _look(shown, seen_to, by, at)
    return _but(shown, moved)


@transaction.atomic
def close_all(
    *,
    shown: Sequence[Shown],
    outcome: str,
    note: str,
    useful: str = "",
    seen_to: datetime.datetime | None = None,
    by: User,
    at: datetime.datetime,
) -> list[Flag]:
    """Say what came of flags of one patient, together. `useful` is asked of the first, which the page was about.

    Calls that came of them get what the outcome says of them. Returns and raises as `acknowledge_all` does.
    """
    moved = _move_all(shown, Flag.State.CLOSED, note=note, outcome=outcome, useful=useful, by=by, at=at)
    calls.close_with(flags=moved, outcome=outcome, by=by, at=at)
    _look(shown, seen_to, by, at)
    return _but(shown, moved)


@transaction.atomic
def reopen(*, flag: Flag, also: Sequence[Flag] = (), reason: str, by: User, at: datetime.datetime) -> list[Flag]:
    """A closed flag waits again, from now on, and with it those of the same patient that `also` names.

    Returns those of `also` that stay as they are. Raises AlreadyMoved, or AlreadyLive where its rule has another flag.
    """
    _line_up(flag)
    _open_again(flag, reason, by, at)
    left = []
    for one in also:
        try:
            _open_again(one, "", by, at)
        except (AlreadyMoved, AlreadyLive):
            left.append(one)
    return left


def _open_again(flag: Flag, reason: str, by: User, at: datetime.datetime) -> None:
    live = Flag.objects.live().filter(treatment=flag.treatment_id, rule=flag.rule).exclude(pk=flag.pk).first()
    if live:
        raise AlreadyLive(live)
    closed = Flag.objects.filter(pk=flag.pk, state=Flag.State.CLOSED)
    # Her journal shows it anew: whether she had it before her then says nothing of now.
    taken_by = _taken_by(Flag.objects.live().filter(treatment=flag.treatment_id))
    moved = closed.update(state=Flag.State.OPEN, waits_since=at, opened_at=None, assigned_to=taken_by)
    flag.refresh_from_db()
    if not moved:
        raise AlreadyMoved(flag)
    Review.objects.create(flag=flag, state=Flag.State.OPEN, note=reason, at=at, by=by)


@transaction.atomic
def take_back(*, flag: Flag, by: User, at: datetime.datetime) -> None:
    """Nobody looked after all: what was marked as seen by that one press is open, and waits as long as it did before.

    The look at the timeline that was saved with it stays. Raises AlreadyMoved where it is no longer marked as seen.
    """
    _line_up(flag)
    live = flag.treatment.flags.live().prefetch_related("reviews")
    together = [one for one in live if _is_same_look(one.latest_look, flag.latest_look)]
    if flag not in together:
        flag.refresh_from_db()
        raise AlreadyMoved(flag)
    for one in together:
        # A look that came before it began to wait was another one.
        first = None if one.first_look_at and one.first_look_at >= one.waits_since else one.first_look_at
        Flag.objects.filter(pk=one.pk).update(state=Flag.State.OPEN, first_look_at=first)
        Review.objects.create(flag=one, state=Flag.State.OPEN, at=at, by=by)
    flag.refresh_from_db()


def _is_same_look(one: Review | None, other: Review | None) -> bool:
    """Whether one press marked both as seen."""
    if one is None or other is None or one.state != Flag.State.ACKNOWLEDGED:
        return False
    return (one.at, one.by_id) == (other.at, other.by_id)


def _move_all(
    shown: Sequence[Shown], to: Flag.State, *, note: str, by: User, at: datetime.datetime, **said: str
) -> list[Flag]:
    """Those that moved. What was said of the first is written on it alone, and the note on the first that moved."""
    _line_up(shown[0][0])
    moved: list[Flag] = []
    for flag, seen in shown:
        if _is_moved(flag, to, seen, at):
            told = said if flag is shown[0][0] else {**said, "useful": ""}
            Review.objects.create(flag=flag, state=to, note="" if moved else note, at=at, by=by, **told)
            moved.append(flag)
    if not moved:
        raise AlreadyMoved(shown[0][0])
    return moved


def _line_up(flag: Flag) -> None:
    """Whoever saves an entry holds the patient's row before the flags', so the same is done here."""
    Patient.objects.select_for_update().get(pk=flag.treatment.patient_id)


def _is_moved(flag: Flag, to: Flag.State, seen: datetime.datetime | None, at: datetime.datetime) -> bool:
    """One conditional update decides who was first."""
    before = [state for state, following in Flag.NEXT.items() if to in following]
    mine = Flag.objects.filter(pk=flag.pk, state__in=before)
    firsts = {"first_look_at": Coalesce("first_look_at", Value(at))}
    moved = (mine.filter(fired_at=seen) if seen else mine).update(state=to, **firsts)
    flag.refresh_from_db()
    return bool(moved)


def _look(shown: Sequence[Shown], seen_to: datetime.datetime | None, by: User, at: datetime.datetime) -> None:
    if seen_to:
        look(treatment=shown[0][0].treatment, seen_to=seen_to, by=by, at=at)


def _but(shown: Sequence[Shown], moved: Sequence[Flag]) -> list[Flag]:
    return [flag for flag, _seen in shown if flag not in moved]
