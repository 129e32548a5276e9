"""The story of one station's tablets: passed on with taps unsent, a wrong clock, taps after the closing, two openings a day."""

import datetime as dt
import uuid
from collections.abc import Iterable

import sqlalchemy as sa

from stations.attendance import authors
from stations.attendance.device_events import DeviceEvent, DeviceReport
from stations.attendance.services import counting, devices
from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus
from stations.committees.services import calendar
from stations.core import clock
from stations.core.access import Role
from stations.core.database import fetch_all
from stations.core.messages import RuleBroken
from stations.demo.diary import Story, at
from stations.demo.places import Place
from stations.demo.town import Town
from stations.people.models import Person

STATION = "farm"
"""The one whose leader and volunteer are demonstration accounts."""

_LATELY = dt.timedelta(days=21)
_AHEAD = dt.timedelta(days=2)
_TABLET = str(uuid.UUID(int=1, version=4))


def story(town: Town, place: Place) -> Story:
    """At the last opening, and at the next one."""
    today = town.days.today
    yield at(today - _LATELY, 7)
    past = _planned(town, place, today - _LATELY, today - dt.timedelta(days=1))
    if past:
        yield at(past[-1].on, past[-1].starts_at.hour, 40)
        if past[-1].status is OpeningStatus.PLANNED:
            _pass_the_tablet_on(town, place, past[-1])
            yield at(past[-1].on, past[-1].ends_at.hour + 1, 15)
            _come_too_late(town, place, past[-1])
    yield at(today - dt.timedelta(days=1), 12)
    coming = _planned(town, place, today, today + _LATELY)
    if coming:
        _open_twice(town, place, coming[0])


def _planned(town: Town, place: Place, first: dt.date, last: dt.date) -> list[Opening]:
    return fetch_all(
        sa.select(Opening)
        .where(
            Opening.station_id == town.stations[place.key].id,
            Opening.on.between(first, last),
            Opening.status == OpeningStatus.PLANNED,
        )
        .order_by(Opening.on, Opening.starts_at)
    )


def _pass_the_tablet_on(town: Town, place: Place, opening: Opening) -> None:
    """The leader tapped without a network; the volunteer, signed in after them, sends it with taps of their own."""
    leader, volunteer = _crew(town, place)
    taps = [*_taps(opening, leader, range(4)), *_taps(opening, volunteer, range(4, 7))]
    counting.receive(opening=opening, events=taps, sent_at=clock.now() + _AHEAD, by=volunteer)


def _taps(opening: Opening, author: Person, numbers: Iterable[int]) -> list[DeviceEvent]:
    mark = authors.mark(person_id=author.id, opening_id=opening.id)
    return [
        DeviceEvent(
            client_event_id=str(uuid.UUID(int=opening.id * 1000 + number, version=4)),
            tapped_at=clock.now() + _AHEAD - dt.timedelta(seconds=120 - 10 * number),
            band=("elementary", "age_65_plus")[number % 2],
            delta=1,
            author=mark,
        )
        for number in numbers
    ]


def _come_too_late(town: Town, place: Place, opening: Opening) -> None:
    """The tablet comes back into the network when the record is closed, with two taps and a clock two days ahead."""
    _leader, volunteer = _crew(town, place)
    report = DeviceReport(_TABLET, unsent=2, gone=True)
    devices.note_report(opening=opening, report=report, settled=0, clock_ahead=_AHEAD, by=volunteer)


def _open_twice(town: Town, place: Place, opening: Opening) -> None:
    """A second opening on the same day."""
    leader, _volunteer = _crew(town, place)
    starts_at = dt.time(opening.ends_at.hour + 1)
    try:
        calendar.add_opening(
            station=opening.station,
            venue=opening.venue,
            on=opening.on,
            starts_at=starts_at,
            ends_at=dt.time(starts_at.hour + 1, 30),
            by=leader,
        )
    except RuleBroken:
        return  # it opens twice already


def _crew(town: Town, place: Place) -> tuple[Person, Person]:
    crew = town.crew[place.key]
    return crew[Role.STATION_LEADER], crew[Role.VOLUNTEER]
