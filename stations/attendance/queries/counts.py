"""Questions about attendance: what is counted, what is still to be recorded, the yearly figures."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance import rules
from stations.attendance.models import AttendanceEvent, OpeningCount, OpeningRecord
from stations.attendance.queries import events
from stations.attendance.rules import Counter, Totals
from stations.committees.models import Committee, District, Opening, Station
from stations.committees.rules import OpeningStatus
from stations.core import access, clock, lists
from stations.core.access import Actor, Permission
from stations.core.database import db

NOTHING = rules.totals(())
TO_RECORD_LIMIT = 50


@dataclass(frozen=True)
class OpeningRow:
    """One opening with what was recorded of it. ``record`` is None until somebody began to count."""

    opening: Opening
    record: OpeningRecord | None
    totals: Totals

    @property
    def cancelled(self) -> bool:
        return self.opening.status is OpeningStatus.CANCELLED

    @property
    def closed(self) -> bool:
        return self.record is not None and self.record.closed_at is not None

    @property
    def to_record(self) -> bool:
        """Its day has come, and nobody has closed its record."""
        return not self.cancelled and not self.closed and self.opening.on <= clock.today()


@dataclass(frozen=True)
class StationRow:
    """One station's fiscal year so far: openings with a record, what they counted, and those not closed yet.

    An opening whose record is open is among both.
    """

    station: Station
    openings: int
    visits: int
    unclosed: int


@dataclass(frozen=True)
class PeriodTotals:
    """Openings held in a period and the sum of what was counted at them."""

    openings: int
    totals: Totals


# ---- one opening --------------------------------------------------------------------------------------------


def opening(opening_id: int) -> Opening | None:
    """Loader of views, with station, committee, district and venue."""
    return db.session.scalars(_openings().where(Opening.id == opening_id)).first()


def station(station_id: int) -> Station | None:
    """Loader of views."""
    return db.session.get(Station, station_id)


def details(record: OpeningRecord | None) -> tuple[str, str, str]:
    """Weather, note and incident as they stand; empty when nothing was recorded yet."""
    return (record.weather or "", record.note or "", record.incident or "") if record else ("", "", "")


def record_of(opening: Opening) -> OpeningRecord | None:
    """The opening's record, if anybody began one."""
    found = db.session.scalars(sa.select(OpeningRecord).where(OpeningRecord.opening_id == opening.id))
    return found.first()


def totals(opening: Opening) -> Totals:
    """What is counted at one opening; all zero before the first tap."""
    return totals_of([opening.id]).get(opening.id, NOTHING)


def totals_of(opening_ids: Collection[int]) -> dict[int, Totals]:
    """What is counted, by opening id; openings without a record are missing."""
    if not opening_ids:
        return {}
    rows = db.session.execute(
        sa.select(OpeningRecord.opening_id, OpeningCount.counter, OpeningCount.band, OpeningCount.number)
        .join(OpeningRecord, OpeningRecord.id == OpeningCount.record_id)
        .where(OpeningRecord.opening_id.in_(opening_ids))
    )
    counted: dict[int, list[tuple[Counter, str | None, int]]] = {}
    for opening_id, counter, band, number in rows:
        counted.setdefault(opening_id, []).append((counter, band, number))
    return {opening_id: rules.totals(each) for opening_id, each in counted.items()}


def count(record: OpeningRecord, counter: Counter, band: str | None) -> int:
    """What stands on one tile now."""
    counted = sa.select(OpeningCount.number).where(
        OpeningCount.record_id == record.id,
        OpeningCount.counter == counter,
        OpeningCount.band.is_(None) if band is None else OpeningCount.band == band,
    )
    return db.session.scalar(counted) or 0


def stands_for(event_id: str) -> AttendanceEvent | None:
    """The stored count of an id, or the one it became when it was moved to another opening, and again."""
    found = events.event(event_id)
    # Of several moves the last one that was not moved on stands for it.
    moved = sa.select(AttendanceEvent).where(AttendanceEvent.moved_from == event_id)
    return db.session.scalars(moved.order_by(AttendanceEvent.id.desc()).limit(1)).first() or found


def opening_of(event: AttendanceEvent) -> Opening:
    """The opening at which a count stands."""
    return db.session.get_one(Opening, event.opening_id)


def is_undone(event: AttendanceEvent) -> bool:
    """Whether a count is not in force any more."""
    return (
        db.session.scalar(sa.select(events.gone(AttendanceEvent)).where(AttendanceEvent.id == event.id))
        or False
    )


# ---- lists ---------------------------------------------------------------------------------------------------


def openings_of(station: Station, year: int) -> list[OpeningRow]:
    """The station's openings of a fiscal year up to today, newest first."""
    first, last = clock.fiscal_year_period(year)
    return _rows(
        _openings()
        .where(Opening.station_id == station.id, Opening.on.between(first, min(last, clock.today())))
        .order_by(Opening.on.desc(), Opening.starts_at.desc())
    )


def to_record(person: Actor) -> list[OpeningRow]:
    """Openings up to today that ``person`` may record and nobody has closed, newest first."""
    return _recordable(
        person, Opening.on <= clock.today(), OpeningRecord.closed_at.is_(None), limit=TO_RECORD_LIMIT
    )


def of_today(person: Actor) -> list[OpeningRow]:
    """Today's openings that ``person`` may record, counted and closed or not."""
    return _recordable(person, Opening.on == clock.today())


def left_to_record(person: Actor, page: int) -> lists.Paged[OpeningRow]:
    """One page of the days gone by among `to_record`."""
    asked = _may_record(person, Opening.on < clock.today(), OpeningRecord.closed_at.is_(None))
    found: lists.Paged[Opening] = lists.paged(asked, page)
    return lists.Paged(_with_records(found.rows), found.page, found.pages, found.total)


def _recordable(person: Actor, *which: sa.ColumnElement[bool], limit: int | None = None) -> list[OpeningRow]:
    """The openings held that ``person`` may record and that fit ``which``, newest first."""
    return _rows(_may_record(person, *which).limit(limit)) if records(person) else []


def records(person: Actor) -> bool:
    """Whether ``person`` records visits anywhere."""
    stations = access.station_ids(person, Permission.VISIT_RECORD)
    return stations is None or bool(stations)


def _may_record(person: Actor, *which: sa.ColumnElement[bool]) -> sa.Select[Opening]:
    stations = access.station_ids(person, Permission.VISIT_RECORD)
    statement = _held_newest_first().where(*which)
    return statement if stations is None else statement.where(Opening.station_id.in_(stations))


@cache
def _held_newest_first() -> sa.Select[Opening]:
    return (
        _openings()
        .outerjoin(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .where(Opening.status != OpeningStatus.CANCELLED)
        .order_by(Opening.on.desc(), Opening.starts_at)
    )


def stations_of(person: Actor, year: int) -> list[StationRow]:
    """The stations whose attendance ``person`` may read, by district, with their year so far."""
    found = db.session.scalars(
        sa.select(Station)
        .join(Station.committee)
        .join(Committee.district)
        .options(orm.contains_eager(Station.committee, Committee.district))
        .where(_readable(person), Station.opened_on.is_not(None))
        .order_by(District.number, Station.id)
    ).all()
    figures = _figures([one.id for one in found], year)
    return [StationRow(one, *figures.get(one.id, (0, 0, 0))) for one in found]


# ---- yearly figures -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearVisits:
    """延べ人数 of a fiscal year: by (committee id, month 1–12) and by (month, code of an age band), where an opening was
    recorded."""

    by_committee: dict[tuple[int, int], int]
    by_band: dict[tuple[int, str], int]


def visits_of_year(year: int) -> YearVisits:
    """What was counted in a fiscal year; months without a recorded opening are missing."""
    first, last = clock.fiscal_year_period(year)
    found = YearVisits({}, {})
    for committee_id, month, band, visits in db.session.execute(
        _visits_of_year(), {"first": first, "last": last}
    ):
        if committee_id is not None:
            found.by_committee[committee_id, month.month] = visits
        elif band is not None:
            found.by_band[month.month, band] = visits
    return found


@cache  # built once: writing down such a statement takes longer than asking it
def _visits_of_year() -> sa.CompoundSelect[int | None, dt.date, str | None, int]:
    visits = sa.func.sum(OpeningCount.number)
    of_year = sa.and_(
        OpeningCount.counter == Counter.VISIT,
        OpeningCount.month.between(sa.bindparam("first"), sa.bindparam("last")),
    )
    by_committee = (
        sa.select(Station.committee_id, OpeningCount.month, sa.cast(sa.null(), sa.Text()), visits)
        .join_from(OpeningCount, Station, Station.id == OpeningCount.station_id)
        .where(of_year)
        .group_by(Station.committee_id, OpeningCount.month)
    )
    by_band = (
        sa.select(sa.cast(sa.null(), sa.Integer()), OpeningCount.month, OpeningCount.band, visits)
        .where(of_year)
        .group_by(OpeningCount.month, OpeningCount.band)
    )
    return sa.union_all(by_committee, by_band)


def totals_between(station_id: int, first: dt.date, last: dt.date) -> PeriodTotals:
    """A station's openings with a record from ``first`` to ``last``, and the sum of everything counted at them."""
    rows = db.session.execute(
        sa.select(OpeningCount.counter, OpeningCount.band, sa.func.sum(OpeningCount.number))
        .add_columns(sa.func.count(sa.distinct(OpeningCount.record_id)))
        .join(OpeningRecord, OpeningRecord.id == OpeningCount.record_id)
        .join(Opening, Opening.id == OpeningRecord.opening_id)
        .where(Opening.station_id == station_id, Opening.on.between(first, last))
        .group_by(OpeningCount.counter, OpeningCount.band)
    ).all()
    # Every record has its row of 年代不明.
    openings = max((records for *_tile, records in rows), default=0)
    return PeriodTotals(
        openings, rules.totals([(counter, band, number) for counter, band, number, _ in rows])
    )


@cache
def _openings() -> sa.Select[Opening]:
    return sa.select(Opening).options(
        orm.joinedload(Opening.station, innerjoin=True), orm.joinedload(Opening.venue, innerjoin=True)
    )


def _rows(statement: sa.Select[Opening]) -> list[OpeningRow]:
    return _with_records(db.session.scalars(statement).all())


def _with_records(openings: Sequence[Opening]) -> list[OpeningRow]:
    numbers = [one.id for one in openings]
    records = (
        {}
        if not numbers
        else {
            record.opening_id: record
            for record in db.session.scalars(
                sa.select(OpeningRecord)
                .options(orm.lazyload(OpeningRecord.opening), *_unsaid())
                .where(OpeningRecord.opening_id.in_(numbers))
            )
        }
    )
    counted = totals_of(list(records))
    return [OpeningRow(one, records.get(one.id), counted.get(one.id, NOTHING)) for one in openings]


def _unsaid() -> tuple[orm.interfaces.ORMOption, ...]:
    """Lists leave sealed what a record says."""
    return orm.defer(OpeningRecord.note), orm.defer(OpeningRecord.incident)


def _readable(person: Actor) -> sa.ColumnElement[bool]:
    committees = access.committee_ids(person, Permission.VISIT_READ)
    stations = access.station_ids(person, Permission.VISIT_READ)
    if committees is None or stations is None:
        return sa.true()
    return sa.or_(Station.committee_id.in_(committees), Station.id.in_(stations))


def _figures(station_ids: Iterable[int], year: int) -> dict[int, tuple[int, int, int]]:
    """By station: openings with a record, their visits, openings without a closed record."""
    first, last = clock.fiscal_year_period(year)
    asked = {"station_ids": list(station_ids), "first": first, "last": min(last, clock.today())}
    return {
        number: (recorded, int(visits or 0), left)
        for number, recorded, visits, left in db.session.execute(_held(), asked)
    }


@cache
def _held() -> sa.Select[int, int, int | None, int]:
    visits = (
        sa.select(sa.func.sum(OpeningCount.number))
        .where(OpeningCount.record_id == OpeningRecord.id, OpeningCount.counter == Counter.VISIT)
        .correlate(OpeningRecord)
        .scalar_subquery()
    )
    past = (
        sa.select(Opening.station_id, OpeningRecord.id.label("record_id"), OpeningRecord.closed_at)
        .add_columns(visits.label("visits"))
        .outerjoin(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .where(
            Opening.station_id.in_(sa.bindparam("station_ids", expanding=True)),
            Opening.status != OpeningStatus.CANCELLED,
            Opening.on.between(sa.bindparam("first"), sa.bindparam("last")),
        )
        .subquery()
    )
    recorded, unclosed = sa.func.count(past.c.record_id), sa.func.count() - sa.func.count(past.c.closed_at)
    return sa.select(past.c.station_id, recorded, sa.func.sum(past.c.visits), unclosed).group_by(
        past.c.station_id
    )
