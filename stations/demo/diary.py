"""How the demonstration lives through its days: stories that wait for a day, told in the order of time."""

import datetime as dt
import heapq
import itertools
from bisect import bisect_left
from collections.abc import Iterator

from stations.core import clock

Story = Iterator[dt.datetime]
"""A generator that yields when it wants to go on; what follows the yield happens at that time."""

MORNING, EVENING = 9, 17
_HOURS = dt.timedelta(hours=EVENING - MORNING)
_LAST_MOMENT = 0.999  # of an office day: the whole would be the next morning
# Fewer office days than these leave no room for weekends, nor for meetings that keep to an afternoon.
_ROOMY = 25
_RECENT = 120


class Days:
    """The days of the demonstration: ``today``, its fiscal year and the one before.

    Time here is office time: it passes from 9:00 to 17:00 on the days on which city hall is open. Every time
    that comes from here lies in it, except those of `leisure`, so that officials act at their desks.
    `share` spreads what this fiscal year has seen so far between its first office day and the last one before
    today, so that every story reaches its end on any day of the year. On the first days of a year its whole
    story has to fit into hours; where no office day has passed yet, these are the hours of 4-1.
    """

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.year = clock.fiscal_year(today)
        self.first = clock.fiscal_year_period(self.year)[0]
        start, end = dt.date(self.year - 1, 1, 4), dt.date(self.year + 1, 6, 30)
        every = (start + dt.timedelta(days=nth) for nth in range((end - start).days))
        self._office = [day for day in every if clock.is_business_day(day)]
        lived = [day for day in self._office if self.first <= day < today] or [self.first]
        self._office = sorted({*self._office, *lived})
        self.hurried = len(lived) < _ROOMY
        self.begins = self.office_day(dt.date(self.year - 1, 1, 8))
        """Plans of the fiscal year before are written from here on."""
        self._opens, self._closes = at(lived[0], MORNING), at(lived[-1], EVENING)
        self.ends = max(at(today, 0), self._closes)

    def share(self, part: float) -> dt.datetime:
        """The time at which ``part`` (0 … 1) of this fiscal year so far has passed."""
        return self.between(self._opens, self._closes, part)

    def ago(self, office_days: float) -> dt.datetime:
        """So many office days before the end, at most `_RECENT`; where the year so far is shorter, closer together."""
        lived = self._position(self._closes) - self._position(self._opens)
        return self.share(1 - office_days / max(lived, _RECENT))

    def between(self, first: dt.datetime, last: dt.datetime, part: float) -> dt.datetime:
        """The time at which ``part`` (0 … 1) of the office time between two times has passed."""
        begins = self._position(first)
        return self._time(begins + (self._position(last) - begins) * part)

    def shift(self, time: dt.datetime, office_days: float) -> dt.datetime:
        """So many office days after a time, or before it."""
        return self._time(self._position(time) + office_days)

    def leisure(self, time: dt.datetime) -> dt.datetime:
        """For people with jobs of their own: the evening before this office day, or the weekend.

        Earlier than ``time`` and in the same order, hence within every deadline that ``time`` keeps.
        """
        if self.hurried:
            return time
        nth, of_day = divmod(self._position(time), 1)
        before, day = self._office[int(nth) - 1], self._office[int(nth)]
        free = (day - before).days - 1
        if not free:
            return at(before, 18) + dt.timedelta(hours=3) * of_day
        passed, of_day = divmod(of_day * free, 1)
        return at(before + dt.timedelta(days=1 + passed)) + dt.timedelta(hours=11) * of_day

    def office_day(self, on: dt.date, hour: int = MORNING) -> dt.datetime:
        """The first office day from a day on."""
        return at(self._office[bisect_left(self._office, on)], hour)

    def before(self, month: int, day: int, hour: int = MORNING) -> dt.datetime:
        """A day of the fiscal year before this one; January to March of it lie in this calendar year."""
        return self.office_day(dt.date(self.year - 1 if month >= 4 else self.year, month, day), hour)

    def winter(self, month: int, day: int, *, of: int, hour: int = MORNING) -> dt.datetime:
        """A day of January to March just before the fiscal year ``of`` begins."""
        return self.office_day(dt.date(of, month, day), hour)

    def _position(self, time: dt.datetime) -> float:
        """How many office days lie before a time; the part after the point is of its own day."""
        nth = bisect_left(self._office, time.date())
        of_day = (time - at(self._office[nth])) / _HOURS
        return nth + min(max(of_day, 0), _LAST_MOMENT)

    def _time(self, position: float) -> dt.datetime:
        nth, of_day = divmod(position, 1)
        return at(self._office[int(nth)]) + _HOURS * of_day


def at(on: dt.date, hour: int = MORNING, minute: int = 0) -> dt.datetime:
    """A time of day in Matsudo."""
    return dt.datetime.combine(on, dt.time(hour, minute), tzinfo=clock.TOKYO)


class Diary:
    """Tells stories together: of all that wait, the one with the earliest time goes on.

    No story goes back in time: one that asks for an earlier time than its last goes on at once.
    """

    def __init__(self, ends: dt.datetime) -> None:
        self._ends = ends
        self._waiting: list[tuple[dt.datetime, int, Story]] = []
        self._order = itertools.count()

    def begin(self, story: Story) -> None:
        """Let a story wait for its first time; it may be started from within another story."""
        for time in story:
            self._wait(time, story)
            return

    def run(self) -> Iterator[dt.datetime]:
        """Go on until no story waits for a time up to the end; yields the time of every step taken."""
        while self._waiting and self._waiting[0][0] <= self._ends:
            now, _order, story = heapq.heappop(self._waiting)
            with clock.frozen_at(now):
                following = next(story, None)
            if following is not None:
                self._wait(max(now, following), story)
            yield now

    def _wait(self, time: dt.datetime, story: Story) -> None:
        heapq.heappush(self._waiting, (time, next(self._order), story))
