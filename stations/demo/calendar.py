"""The stories of the calendar: rules for each fiscal year, roving dates, cancellations, an extra date today."""

import datetime as dt

import sqlalchemy as sa

from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus, StationKind, occurrences
from stations.committees.services import calendar
from stations.core import clock
from stations.core.access import Role
from stations.core.database import fetch_all
from stations.demo.diary import Days, Story
from stations.demo.places import Place
from stations.demo.town import Town

_REASONS = (
    "台風が近づいているため",
    "会場の設備点検のため",
    "感染症が地域で広がっているため",
    "大雨の予報のため",
)
# Where something happens on the very day, so that anybody who opens the demonstration finds it at work.
_TODAY = ("farm", "mabashi")


def story(town: Town, place: Place) -> Story:
    """One station's dates: planned in March for the year to come, called off where it must be."""
    days, station = town.days, town.stations[place.key]
    by = town.of(place)[Role.DRAFTER]
    for year, planned in (
        (days.year - 1, days.winter(3, 20, of=days.year - 1)),
        (days.year, days.before(3, 20)),
    ):
        yield planned
        first, last = clock.fiscal_year_period(year)
        first = max(first, station.opened_on or first)
        _plan(town, place, first, last)
    if place.key in _TODAY:
        yield days.share(0.9)
        begins = max(14, place.hours[1])  # after what the rule may have opened that day
        calendar.add_opening(
            station=station,
            venue=town.venues[place.key][0],
            on=days.today,
            starts_at=dt.time(begins),
            ends_at=dt.time(begins + 2),
            by=by,
        )
    if place.key == "sakura":
        yield days.share(0.99)
        for opening in _next(town, place):  # none on the last days of a year
            _cancel(town, place, opening, "会場のエアコンが故障したため")


def _plan(town: Town, place: Place, first: dt.date, last: dt.date) -> None:
    """A fixed station opens by a rule; where venues take turns, each date is set on its own."""
    station, venues, by = town.stations[place.key], town.venues[place.key], town.of(place)[Role.DRAFTER]
    pattern = place.pattern(first, last)
    if place.kind is not StationKind.ROVING:
        calendar.add_rule(station=station, venue=venues[0], pattern=pattern, by=by)
        return
    for nth, day in enumerate(occurrences(pattern, first, last)):
        calendar.add_opening(
            station=station,
            venue=venues[nth % len(venues)],
            on=day,
            starts_at=pattern.starts_at,
            ends_at=pattern.ends_at,
            by=by,
        )


def cancel(town: Town, place: Place, opening: Opening) -> None:
    """Call an opening off, the day before it."""
    _cancel(town, place, opening, town.dice.choice(_REASONS))


def _cancel(town: Town, place: Place, opening: Opening, reason: str) -> None:
    calendar.cancel_opening(opening=opening, reason=reason, by=town.crew[place.key][Role.STATION_LEADER])


def _next(town: Town, place: Place) -> list[Opening]:
    return fetch_all(
        sa.select(Opening)
        .where(
            Opening.station_id == town.stations[place.key].id,
            Opening.on > town.days.today,
            Opening.status == OpeningStatus.PLANNED,
        )
        .order_by(Opening.on)
        .limit(1)
    )


def opened_days(days: Days, place: Place) -> list[dt.date]:
    """The days of both years up to yesterday on which a station opens by its pattern."""
    first = clock.add_months(clock.fiscal_year_period(days.year - 1)[0], place.months_late)
    last = clock.fiscal_year_period(days.year)[1]
    return [day for day in occurrences(place.pattern(first, last), first, last) if day < days.today]
