"""What an opening's events leave unclear, with the sides named, for the people of the station."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance.devices.models import Device
from stations.attendance.models import AttendanceEvent, OpeningRecord
from stations.attendance.projection import Unclear
from stations.attendance.queries.events import states
from stations.attendance.rules import Tile, tile_key
from stations.committees.models import Opening
from stations.core import access
from stations.core.access import Actor, Permission, can
from stations.core.database import db, fetch_all
from stations.people.models import Person


@dataclass(frozen=True)
class Side:
    """One side: when it was said and by whom, as far as that is known; ``number`` is what it makes of the tile."""

    at: dt.datetime
    person: str | None
    device: str | None
    number: int | None


@dataclass(frozen=True)
class OpenQuestion:
    """Something unclear. tile: which number it is about, if it is about one."""

    unclear: Unclear
    tile: Tile | None
    sides: tuple[Side, ...]

    @property
    def tile_key(self) -> str:
        return tile_key(*self.tile) if self.tile else ""


def questions_of(opening: Opening) -> list[OpenQuestion]:
    """What is unclear about an opening, what must be decided first."""
    questions = states([opening.id])[opening.id].projection.questions
    named = {event_id for one in questions for event_id in one.events}
    said = {row.event_id: row for row in db.session.execute(_sides(named))} if named else {}
    found = []
    for one in questions:
        sides = []
        for place, event_id in enumerate(one.events):
            row = said[event_id]
            number = one.numbers[place] if one.numbers else None
            sides.append(Side(row.happened_at, row.person, row.device, number))
        found.append(OpenQuestion(one.unclear, one.tile, tuple(sides)))
    return found


def _sides(event_ids: set[str]) -> sa.Select[str, dt.datetime, str | None, str | None]:
    return (
        sa.select(
            AttendanceEvent.event_id,
            AttendanceEvent.happened_at,
            Person.name.label("person"),
            Device.name.label("device"),
        )
        .outerjoin(Person, Person.id == AttendanceEvent.by_id)
        .outerjoin(Device, Device.id == AttendanceEvent.device_id)
        .where(AttendanceEvent.event_id.in_(event_ids))
    )


def openings_that_ask(person: Actor) -> list[Opening]:
    """Openings of stations ``person`` leads whose events leave something to decide, the oldest first."""
    stations = access.station_ids(person, Permission.VISIT_RECORD)
    if stations is not None and not stations:
        return []
    asking = (
        sa.select(Opening)
        .join(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .options(orm.joinedload(Opening.station, innerjoin=True))
        .where(OpeningRecord.asks)
        .order_by(Opening.on, Opening.starts_at)
    )
    found = fetch_all(asking if stations is None else asking.where(Opening.station_id.in_(stations)))
    return [one for one in found if can(person, Permission.OPENING_MANAGE, one)]
