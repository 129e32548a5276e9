"""Questions about the tablets behind the counts: what they hold, whose clock is wrong, who tapped, what can be moved."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance import rules
from stations.attendance.device_events import CLOCK_TOLERANCE
from stations.attendance.models import AttendanceEvent, OpeningRecord, TallyDevice
from stations.attendance.projection import SAYS_HOW_MANY
from stations.attendance.queries.events import in_force
from stations.attendance.rules import Totals
from stations.committees.models import Opening
from stations.committees.rules import OpeningStatus
from stations.core import access, clock
from stations.core.access import Actor, Permission
from stations.core.database import db, fetch_all
from stations.people.models import Person

SILENT_AFTER = dt.timedelta(minutes=3)
"""A tablet on whose page somebody counts is heard of every minute."""
MOVABLE_DAYS = 7


@dataclass(frozen=True)
class CountedBy:
    """Who counted at an opening: touches of tiles and typed numbers, how many of them others sent, or are unsure."""

    name: str
    rows: int
    sent_by_others: int
    unsure: int


def device(opening: Opening, device_id: str) -> TallyDevice | None:
    """What a tablet last reported about an opening."""
    return db.session.scalars(
        sa.select(TallyDevice).where(TallyDevice.opening_id == opening.id, TallyDevice.device_id == device_id)
    ).first()


def devices_of(opening: Opening) -> Sequence[TallyDevice]:
    """Every tablet that was heard of at an opening, the latest first."""
    return fetch_all(
        sa.select(TallyDevice)
        .where(TallyDevice.opening_id == opening.id)
        .order_by(TallyDevice.heard_at.desc(), TallyDevice.id)
    )


def devices_behind(opening: Opening) -> list[TallyDevice]:
    """Tablets that hold touches of an opening, or may hold some."""
    return [one for one in devices_of(opening) if is_behind(one)]


def is_behind(device: TallyDevice) -> bool:
    """Whether a tablet holds touches, or may hold some: it fell silent without leaving the counting page."""
    return device.unsent > 0 or (not device.gone and device.heard_at < clock.now() - SILENT_AFTER)


def wrong_clocks(person: Actor) -> Sequence[TallyDevice]:
    """Tablets of the last week, of stations ``person`` records for, whose clock somebody should set."""
    seconds = CLOCK_TOLERANCE.total_seconds()
    off = sa.or_(TallyDevice.clock_ahead_seconds > seconds, TallyDevice.clock_ahead_seconds < -seconds)
    return _devices(person, off, TallyDevice.heard_at > clock.now() - dt.timedelta(days=MOVABLE_DAYS))


def left_after_closing(person: Actor) -> Sequence[TallyDevice]:
    """Tablets that were heard of after the closing with touches of that record: opened again, it counts them.

    What was known before has been looked into by the one who closed it.
    """
    closed_before = sa.select(OpeningRecord.id).where(
        OpeningRecord.opening_id == TallyDevice.opening_id, OpeningRecord.closed_at < TallyDevice.heard_at
    )
    return _devices(person, TallyDevice.unsent > 0, closed_before.exists())


def _devices(person: Actor, *which: sa.ColumnElement[bool]) -> Sequence[TallyDevice]:
    stations = access.station_ids(person, Permission.VISIT_RECORD)
    if stations is not None and not stations:
        return []
    statement = (
        sa.select(TallyDevice)
        .join(TallyDevice.opening)
        .options(
            orm.contains_eager(TallyDevice.opening).joinedload(Opening.station, innerjoin=True),
            orm.joinedload(TallyDevice.person, innerjoin=True).lazyload(Person.roles),
        )
        .where(*which)
        .order_by(TallyDevice.heard_at.desc(), TallyDevice.id)
    )
    return fetch_all(statement if stations is None else statement.where(Opening.station_id.in_(stations)))


def counted_by(record: OpeningRecord | None) -> list[CountedBy]:
    """Who made the rows of a record, the most first."""
    if record is None:
        return []
    counted = AttendanceEvent.kind.in_(SAYS_HOW_MANY)
    rows = sa.func.count(AttendanceEvent.id)
    others, unsure = (
        sa.func.sum(sa.case((condition, 1), else_=0))
        for condition in (AttendanceEvent.sent_by_id.is_not(None), AttendanceEvent.author_unsure)
    )
    found = db.session.execute(
        sa.select(Person.name, rows, others, unsure)
        .join(Person, Person.id == AttendanceEvent.by_id)
        .where(AttendanceEvent.opening_id == record.opening_id, counted)
        .group_by(Person.id, Person.name)
        .order_by(rows.desc(), Person.id)
    )
    return [CountedBy(*row) for row in found]


def active_taps(record: OpeningRecord | None, limit: int | None = 5) -> list[AttendanceEvent]:
    """The last counts (all with None) that are in force, newest first."""
    return in_force(record.opening_id, limit) if record is not None else []


def sum_of(events: Iterable[AttendanceEvent]) -> Totals:
    """What these counts add up to."""
    facts = [one.fact for one in events]
    return rules.totals((one.counter, one.band, one.delta) for one in facts if one.counter is not None)


def movable_taps(record: OpeningRecord | None, since: dt.time | None = None) -> list[AttendanceEvent]:
    """Counts in force, from a time of day in Matsudo on; newest first."""
    return [one for one in active_taps(record, None) if since is None or _time_of_day(one) >= since]


def movable_by_hour(record: OpeningRecord | None) -> list[tuple[int, int]]:
    """(hour of the day in Matsudo, counts in force)."""
    return sorted(Counter(_time_of_day(one).hour for one in active_taps(record, None)).items())


def _time_of_day(event: AttendanceEvent) -> dt.time:
    return event.happened_at.astimezone(clock.TOKYO).time()


def openings_to_move_to(opening: Opening) -> Sequence[Opening]:
    """Other openings of the station whose day is near and has come, with a record that is not closed; nearest first."""
    near = dt.timedelta(days=MOVABLE_DAYS)
    found = fetch_all(
        sa.select(Opening)
        .outerjoin(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .where(
            Opening.station_id == opening.station_id,
            Opening.id != opening.id,
            Opening.status != OpeningStatus.CANCELLED,
            Opening.on.between(opening.on - near, min(opening.on + near, clock.today())),
            OpeningRecord.closed_at.is_(None),
        )
    )
    return sorted(found, key=lambda one: (abs(one.on - opening.on), one.starts_at, one.id))


def others_of_the_day(opening: Opening) -> Sequence[Opening]:
    """The station's other openings of the same day that take place, by their hour."""
    return fetch_all(
        sa.select(Opening)
        .where(
            Opening.station_id == opening.station_id,
            Opening.on == opening.on,
            Opening.id != opening.id,
            Opening.status != OpeningStatus.CANCELLED,
        )
        .order_by(Opening.starts_at, Opening.id)
    )
