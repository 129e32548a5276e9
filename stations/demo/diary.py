"""How the demonstration lives through its days: stories that wait for a day, told in the order of time."""

import datetime as dt
import heapq
import itertools
from collections.abc import Iterator

from stations.core import clock

Story = Iterator[dt.datetime]
"""A generator that yields when it wants to go on; what follows the yield happens at that time."""

MORNING, EVENING = 9, 18


class Days:
    """The days of the demonstration: ``today``, its fiscal year and the one before.

    `share` spreads what this fiscal year has seen so far between 4-1 and yesterday evening, so that every
    story reaches its end on any day of the year.
    """

    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.year = clock.fiscal_year(today)
        self.first = clock.fiscal_year_period(self.year)[0]
        self.begins = at(dt.date(self.year - 1, 1, 8))
        """Plans of the fiscal year before are written from here on."""
        self.opens = at(self.first)
        # On the first days of a year its whole story has to fit into hours.
        self.ends = max(at(today - dt.timedelta(days=1), EVENING), self.opens + dt.timedelta(hours=6))

    def share(self, part: float) -> dt.datetime:
        """The time at which ``part`` (0 … 1) of this fiscal year so far has passed; by day, if it can be."""
        passed = self.opens + (self.ends - self.opens) * part
        if self.ends - self.opens < dt.timedelta(days=20):
            return passed
        midnight = passed.replace(hour=0, minute=0, second=0, microsecond=0)
        of_day = (passed - midnight) / dt.timedelta(days=1)
        return midnight + dt.timedelta(hours=MORNING + (EVENING - MORNING) * of_day)

    def span(self, part: float) -> dt.timedelta:
        """So much of this fiscal year so far."""
        return (self.ends - self.opens) * part

    def before(self, month: int, day: int, hour: int = MORNING) -> dt.datetime:
        """A day of the fiscal year before this one; January to March of it lie in this calendar year."""
        return at(dt.date(self.year - 1 if month >= 4 else self.year, month, day), hour)

    def winter(self, month: int, day: int, *, of: int, hour: int = MORNING) -> dt.datetime:
        """A day of January to March just before the fiscal year ``of`` begins."""
        return at(dt.date(of, month, day), hour)


def at(on: dt.date, hour: int = MORNING, minute: int = 0) -> dt.datetime:
    """A time of day in Matsudo."""
    return dt.datetime.combine(on, dt.time(hour, minute), tzinfo=clock.TOKYO)


class Diary:
    """Tells stories together: of all that wait, the one with the earliest time goes on."""

    def __init__(self, ends: dt.datetime) -> None:
        self._ends = ends
        self._waiting: list[tuple[dt.datetime, int, Story]] = []
        self._order = itertools.count()

    def begin(self, story: Story) -> None:
        """Let a story wait for its first time; it may be begun from within another story."""
        self._wait(story)

    def live(self) -> Iterator[dt.datetime]:
        """Go on until no story waits for a time up to the end; yields the time of every step taken."""
        while self._waiting and self._waiting[0][0] <= self._ends:
            time, _order, story = heapq.heappop(self._waiting)
            with clock.telling(time):
                self._wait(story)
            yield time

    def _wait(self, story: Story) -> None:
        for time in story:
            heapq.heappush(self._waiting, (time, next(self._order), story))
            return
