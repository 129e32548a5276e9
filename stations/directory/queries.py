"""What the public may know: running stations, where and when they open. Nothing about any person."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict

import sqlalchemy as sa

from stations.committees import queries as committees
from stations.committees import rules as calendar_rules
from stations.committees.models import District, Opening, Station, Venue
from stations.committees.rules import OpeningStatus, StationAct, StationKind, StationStage
from stations.core import audit, clock
from stations.core.database import fetch_all
from stations.core.labels import label
from stations.directory import rules
from stations.directory.labels import MARKS

MONTHS_AHEAD = 3
WEEK_DAYS = 7
CANCELLED_AHEAD = dt.timedelta(days=14)
CALENDAR_FILE_BACK = dt.timedelta(days=31)
CALENDAR_FILE_AHEAD = dt.timedelta(days=366)
TAKES_PLACE = (OpeningStatus.PLANNED, OpeningStatus.HELD)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody looks for; None and False leave it open. ``weekday``: 0 Monday … 6 Sunday."""

    district: str | None = None
    weekday: int | None = None
    kind: StationKind | None = None
    words: str = ""
    today: bool = False
    week: bool = False

    @property
    def given(self) -> bool:
        return self != Wish()

    def fits_day(self, on: dt.date) -> bool:
        days_off = (on - clock.today()).days
        return (
            (self.weekday is None or on.weekday() == self.weekday)
            and (not self.today or days_off == 0)
            and (not self.week or 0 <= days_off < WEEK_DAYS)
        )

    @property
    def of_a_day(self) -> bool:
        return self.weekday is not None or self.today or self.week

    def fits(self, station: Station) -> bool:
        """Whether the station itself fits; its words are looked for wherever the public reads them."""
        said = (
            station.name,
            station.summary,
            station.audience,
            station.what_to_bring,
            station.accessibility,
            station.fee,
            str(label(station.kind)),
            station.committee.district.name,
            *(" ".join((venue.name, venue.address, venue.directions)) for venue in station.open_venues),
        )
        return (
            self.district in (None, station.committee.district.code)
            and self.kind in (None, station.kind)
            and rules.says("／".join(said), self.words)
        )


@dataclass(frozen=True)
class Listed:
    """A station in the list, with its next opening that fits, and the place to go to.

    ``ended_today``: it opened today, and that is over. ``later``: what follows ``next`` on the same day, if that is today.
    """

    station: Station
    next: Opening | None
    ended_today: bool = False
    later: tuple[Opening, ...] = ()

    @property
    def marks(self) -> list[str]:
        """What its own words promise to a wheelchair user, in the reader's language."""
        return [str(MARKS[mark]) for mark in rules.marks(self.station.accessibility)]

    @property
    def district(self) -> District:
        return self.station.committee.district

    @property
    def place(self) -> Venue | None:
        if self.next is not None:
            return self.next.venue
        return next(iter(self.station.open_venues), None)


def running() -> list[Station]:
    """Stations that the public may see, in the order of the districts."""
    return committees.running_stations()


def near(stations: Iterable[Station]) -> list[Opening]:
    """All that opens today, and what was called off in the coming two weeks, soonest first; over or not."""
    return committees.near_openings([station.id for station in stations], clock.today() + CANCELLED_AHEAD)


def listing(stations: Iterable[Station], wish: Wish, near: Collection[Opening]) -> list[Listed]:
    """Those that fit, with their next opening; when a day is wished for, only those that open on such a day.

    Who asks for today also sees, last, where today is over, with the date that follows.
    """
    fitting = [station for station in stations if wish.fits(station)]
    following = committees.next_by_station(station.id for station in fitting)
    ended = committees.ended_today(near)
    if wish.of_a_day:
        on_such_a_day = _first_by_station(coming(fitting, wish))
        over = ended if wish.today and wish.fits_day(clock.today()) else set()
        fitting = [one for one in fitting if one.id in on_such_a_day or one.id in over]
        fitting.sort(key=lambda one: one.id not in on_such_a_day)
        following |= on_such_a_day
    todays: dict[int, list[Opening]] = {}
    for opening in today_of(near):
        if opening.status in TAKES_PLACE:
            todays.setdefault(opening.station_id, []).append(opening)
    return [
        Listed(
            station,
            following.get(station.id),
            station.id in ended,
            tuple(one for one in todays.get(station.id, ())[1:] if following[station.id].on == one.on),
        )
        for station in fitting
    ]


def today_of(near: Iterable[Opening]) -> list[Opening]:
    """The openings of today that are not over yet, soonest first; cancelled ones too."""
    today = clock.today()
    return [opening for opening in near if opening.on == today and not is_over(opening)]


def soonest(listed: Iterable[Listed]) -> list[Opening]:
    """The next openings of listed stations, one each, soonest first."""
    following = [one.next for one in listed if one.next is not None]
    return sorted(following, key=lambda opening: (opening.on, opening.starts_at, opening.station_id))


def coming(stations: Iterable[Station], wish: Wish) -> list[Opening]:
    """Openings of the coming months that take place, are not over, and fit, soonest first."""
    today = clock.today()
    openings = committees.openings_between(
        today,
        clock.add_months(today, MONTHS_AHEAD),
        station_ids=[station.id for station in stations],
        statuses=TAKES_PLACE,
    )
    return [opening for opening in openings if wish.fits_day(opening.on) and not is_over(opening)]


def is_over(opening: Opening) -> bool:
    """Whether it has ended by now."""
    return calendar_rules.is_over(opening.on, opening.ends_at, clock.now())


def cancelled_soon(near: Iterable[Opening]) -> list[Opening]:
    """What was called off in the coming two weeks, soonest first; of today what would not be over yet."""
    return [one for one in near if one.status is OpeningStatus.CANCELLED and not is_over(one)]


def month(stations: Iterable[Station], first: dt.date, wish: Wish) -> list[Opening]:
    """Openings of a month, cancelled ones too, in order; of this month only what is not past.

    ``first``: the month's first day.
    """
    today = clock.today()
    last = clock.add_months(first, 1) - dt.timedelta(days=1)
    ids = [station.id for station in stations if wish.fits(station)]
    start = today if first <= today <= last else first
    openings = committees.openings_between(start, last, station_ids=ids)
    return [opening for opening in openings if wish.fits_day(opening.on)]


def districts() -> list[District]:
    """All districts in the city's order; names only, without their committees."""
    return fetch_all(sa.select(District).order_by(District.number))


def in_preparation(districts: Iterable[District], stations: Iterable[Station]) -> list[District]:
    """Districts without a running station."""
    with_one = {station.committee.district_id for station in stations}
    return [district for district in districts if district.id not in with_one]


def station(station_id: int) -> Station | None:
    """A station that is or was open to the public; one in preparation is nobody's business yet."""
    found = committees.station(station_id)
    if found is None or found.stage is StationStage.PREPARING:
        return None
    return found


def openings_of(station: Station) -> list[Opening]:
    """A station's openings of today and the coming months, cancelled ones too."""
    today = clock.today()
    return committees.openings_between(today, clock.add_months(today, MONTHS_AHEAD), station_ids=[station.id])


@dataclass(frozen=True, kw_only=True)
class Dated:
    """An opening as calendar files tell it. ``reason``: why it does not take place.

    ``sequence``: how often it was called off, restored or taken out of the calendar; ``changed_at``: when last.
    """

    opening_id: int
    on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    venue: Venue
    cancelled: bool
    reason: str | None
    sequence: int
    changed_at: dt.datetime | None


def dates_for_file(station: Station) -> list[Dated]:
    """What a calendar file holds: a month back, so that a late cancellation reaches it, and a year ahead.

    What the end of a rule or of the station took out is there as cancelled: it stands in people's own calendars.
    SQLite gives its id to a later opening; that one then replaces it there.
    """
    first = clock.today() - CALENDAR_FILE_BACK
    openings = committees.openings_between(
        first, clock.today() + CALENDAR_FILE_AHEAD, station_ids=[station.id]
    )
    removed = _removed(station)
    changes = audit.changes(Opening, {one.id for one in openings} | removed.keys())
    in_use = committees.openings_named(removed.keys())
    venues = {venue.id: venue for venue in station.venues}
    living = [
        Dated(
            opening_id=one.id,
            on=one.on,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            venue=one.venue,
            cancelled=one.status is OpeningStatus.CANCELLED,
            reason=one.cancelled_reason,
            **_changed(one.id, changes, removed),
        )
        for one in openings
    ]
    gone = [
        Dated(
            opening_id=one.opening_id,
            on=one.on,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            venue=venues[one.venue_id],
            cancelled=True,
            reason=None,
            **_changed(one.opening_id, changes, removed),
        )
        for one in (times[-1][1] for times in removed.values())
        if one.opening_id not in in_use and one.on >= first
    ]
    return living + gone


Removals = dict[int, list[tuple[dt.datetime, calendar_rules.Removed]]]


def _removed(station: Station) -> Removals:
    """By id of an opening: when one with it was taken out of the calendar, and what it was, the oldest first."""
    found: Removals = {}
    for at, detail in audit.details(station, acts=[StationAct.END_RULE, StationAct.CLOSE]):
        for one in calendar_rules.removed_openings(detail):
            found.setdefault(one.opening_id, []).append((at, one))
    return found


class _Changed(TypedDict):
    sequence: int
    changed_at: dt.datetime | None


def _changed(opening_id: int, changes: Mapping[int, tuple[int, dt.datetime]], removed: Removals) -> _Changed:
    number, last = changes.get(opening_id, (0, None))
    times = [at for at, _one in removed.get(opening_id, ())]
    return {
        "sequence": number + len(times),
        "changed_at": max([*times, *([last] if last else [])], default=None),
    }


def _first_by_station(openings: Iterable[Opening]) -> dict[int, Opening]:
    first: dict[int, Opening] = {}
    for opening in openings:
        first.setdefault(opening.station_id, opening)
    return first
