"""When a place is open, as plain values: how long it was open between two moments, and when so much time has passed."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

DAY = datetime.timedelta(days=1)
HORIZON = 60  # days: a place that is closed for longer counts as one that wrote no hours down
Stretch = tuple[datetime.datetime, datetime.datetime]


@dataclass(frozen=True, slots=True)
class Opening:
    """Stretches by weekday (0 is Monday) as local times, and dates on which the doors stay shut."""

    zone: ZoneInfo
    hours: Sequence[tuple[int, datetime.time, datetime.time]]
    holidays: frozenset[datetime.date] = frozenset()

    def on(self, date: datetime.date) -> list[Stretch]:
        """The stretches of one local date, in order, as aware moments; those that meet or overlap are one."""
        if date in self.holidays:
            return []
        mine = sorted((opens, closes) for weekday, opens, closes in self.hours if weekday == date.weekday())
        stretches: list[Stretch] = []
        for opens, closes in ((self._moment(date, opens), self._moment(date, closes)) for opens, closes in mine):
            if stretches and opens <= stretches[-1][1]:
                stretches[-1] = stretches[-1][0], max(stretches[-1][1], closes)
            elif opens < closes:  # a stretch may fall into the hour that a spring night leaves out
                stretches.append((opens, closes))
        return stretches

    def closes_at(self, moment: datetime.datetime) -> datetime.datetime | None:
        """When the doors close, where they are open at `moment` (aware)."""
        today = self.on(moment.astimezone(self.zone).date())
        return next((closes for opens, closes in today if opens <= moment < closes), None)

    def opens_after(self, moment: datetime.datetime) -> datetime.datetime | None:
        """The next opening after `moment`; None where none is known of for two months."""
        return next((opens for opens, _closes in self._from(moment) if opens > moment), None)

    def open_between(self, start: datetime.datetime, end: datetime.datetime) -> datetime.timedelta:
        """How long the doors were open between two moments. Without hours written down they count as never shut."""
        # In UTC: between two moments of one zone Python counts what the clock on the wall shows.
        start, end = start.astimezone(datetime.UTC), end.astimezone(datetime.UTC)
        if not self.hours:
            return max(end - start, datetime.timedelta())
        total, date = datetime.timedelta(), start.astimezone(self.zone).date()
        while date <= end.astimezone(self.zone).date():
            for opens, closes in self.on(date):
                total += max(min(closes, end) - max(opens, start), datetime.timedelta())
            date += DAY
        return total

    def after(self, start: datetime.datetime, open_for: datetime.timedelta) -> datetime.datetime:
        """When the doors have been open for so long since `start`."""
        start, left = start.astimezone(datetime.UTC), open_for
        for opens, closes in self._from(start):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, datetime.timedelta())
        return start + open_for

    def end_of_working_day(self, start: datetime.datetime, days: int) -> datetime.datetime:
        """When the n-th working day that begins after `start` ends; with 0 the day that is under way, or else the next.

        A day that has not opened yet at `start` is one that begins after it.
        """
        coming = (day for day in self._days(start) if not days or day[0][0] > start)
        reached = next(islice(coming, max(days, 1) - 1, None), None)
        return reached[-1][1] if reached else start + max(days, 1) * DAY

    def _from(self, start: datetime.datetime) -> Iterator[Stretch]:
        """Stretches that end after `start`, in order, for the next two months."""
        return (stretch for day in self._days(start) for stretch in day if stretch[1] > start)

    def _days(self, start: datetime.datetime) -> Iterator[list[Stretch]]:
        """The working days that are not over at `start`, in order, for the next two months."""
        first = start.astimezone(self.zone).date()
        days = (self.on(first + number * DAY) for number in range(HORIZON if self.hours else 0))
        return (day for day in days if day and day[-1][1] > start)

    def _moment(self, date: datetime.date, time: datetime.time) -> datetime.datetime:
        # In UTC, so that the night the clocks change is as long as it is.
        return datetime.datetime.combine(date, time, self.zone).astimezone(datetime.UTC)
