"""When a place is open, as plain values: how long it was open between two moments, and when so much time has passed."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
        """The stretches of one local date, as aware moments."""
        if date in self.holidays:
            return []
        mine = sorted((opens, closes) for weekday, opens, closes in self.hours if weekday == date.weekday())
        return [(self._moment(date, opens), self._moment(date, closes)) for opens, closes in mine]

    def closes_at(self, moment: datetime.datetime) -> datetime.datetime | None:
        """When the doors close, where they are open at `moment` (aware)."""
        today = self.on(moment.astimezone(self.zone).date())
        return next((closes for opens, closes in today if opens <= moment < closes), None)

    def opens_after(self, moment: datetime.datetime) -> datetime.datetime | None:
        """The next opening after `moment`; None where none is known of for two months."""
        return next((opens for opens, _closes in self._from(moment) if opens > moment), None)

    def open_between(self, start: datetime.datetime, end: datetime.datetime) -> datetime.timedelta:
        """How long the doors were open between two moments. Without hours written down they count as never shut."""
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
        left = open_for
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
        if days == 0 and (closes := self.closes_at(start)):
            return self.on(closes.astimezone(self.zone).date())[-1][1]
        dates = (opens.astimezone(self.zone).date() for opens, _closes in self._from(start) if opens > start)
        working: list[datetime.date] = []
        for date in dates:
            begun = date == start.astimezone(self.zone).date() and self.on(date)[0][0] <= start
            if not begun and date not in working:
                working.append(date)
            if len(working) == max(days, 1):
                return self.on(date)[-1][1]
        return start + max(days, 1) * DAY

    def _from(self, start: datetime.datetime) -> Iterator[Stretch]:
        """Stretches that end after `start`, in order, for the next two months."""
        date = start.astimezone(self.zone).date()
        for _number in range(HORIZON if self.hours else 0):
            yield from (stretch for stretch in self.on(date) if stretch[1] > start)
            date += DAY

    def _moment(self, date: datetime.date, time: datetime.time) -> datetime.datetime:
        # In UTC, so that the night the clocks change is as long as it is.
        return datetime.datetime.combine(date, time, self.zone).astimezone(datetime.UTC)
