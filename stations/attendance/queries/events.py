"""What the events of openings say, read in one statement however many there are."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance.models import AttendanceEvent, OpeningCount, OpeningRecord
from stations.attendance.projection import TAKES_BACK, EventKind, Fact, Projection, combine
from stations.attendance.rules import Tile
from stations.core.database import db, fetch_all

Event = AttendanceEvent
LAST = 5
"""So many of the latest counts in force a tablet shows."""


@dataclass(frozen=True)
class Closing:
    """Who ended the day, and when, as far as that can be known; nobody: somebody who is not among the station's people."""

    at: dt.datetime
    by_id: int | None


@dataclass(frozen=True)
class Last:
    """One of the latest counts in force."""

    event_id: str
    made_at: dt.datetime
    tile: Tile
    delta: int


@dataclass
class State:
    """Everything that is asked about one opening's events at once.

    kept: id and number of the row that is kept of each tile (`OpeningCount`). stored: how many events of one device there
    are. last: the latest counts in force, the newest first.
    """

    counted: dict[Tile, int] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    closings: dict[str, Closing] = field(default_factory=dict)
    kept: dict[Tile, tuple[int, int]] = field(default_factory=dict)
    stored: int = 0
    last: list[Last] = field(default_factory=list)

    @property
    def projection(self) -> Projection:
        return combine(self.counted, self.facts)


def states(opening_ids: Collection[int], device_id: int | None = None) -> dict[int, State]:
    """The state of each of these openings, those without any event included; in one statement.

    ``device_id``: whose stored events are counted.
    """
    found = {one: State() for one in opening_ids}
    if found:
        asked = {"opening_ids": list(found), "device_id": device_id}
        for row in db.session.connection().execute(_states(), asked):
            _take(found[row.opening_id], row)
    return found


def _take(state: State, row: Any) -> None:
    tile: Tile = (row.counter, row.band)
    match row.what:
        case "sum":
            state.counted[tile] = row.number
        case "kept":
            state.kept[tile] = (row.row_id, row.number)
        case "stored":
            state.stored = row.number
        case "last":
            state.last.append(Last(row.event_id, row.made_at, tile, row.number))
        case _:
            state.facts.append(
                Fact(
                    event_id=row.event_id,
                    opening_id=row.opening_id,
                    kind=row.kind,
                    made_at=row.made_at,
                    counter=row.counter,
                    band=row.band,
                    delta=row.number or 0,
                    after=tuple(row.after or ()),
                    totals=row.totals,
                )
            )
            state.closings[row.event_id] = Closing(row.happened_at, row.by_id)


_HEADS = (EventKind.CORRECTION, EventKind.CLOSED, EventKind.REOPENED)


@cache  # built once: writing it down takes longer than asking it
def _states() -> sa.Executable:
    asked: sa.BindParameter[int] = sa.bindparam("opening_ids", expanding=True)
    here = Event.opening_id.in_(asked)
    # First the facts, for the types of their columns are those of all.
    parts = (_facts_asked(here), _sums(here), _kept(asked), _stored(here), _last(here))
    return sa.union_all(*parts).order_by(sa.desc(sa.literal_column("row_id")))


def _facts_asked(here: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (
        sa.literal("fact", sa.Text()).label("what"),
        Event.opening_id,
        Event.counter,
        Event.band,
        Event.delta.label("number"),
        Event.id.label("row_id"),
        Event.event_id,
        Event.kind,
        Event.made_at,
        Event.happened_at,
        Event.by_id,
        Event.after,
        Event.totals,
    )
    return sa.select(*columns).where(here, Event.kind.in_(_HEADS))


def _sums(here: sa.ColumnElement[bool]) -> sa.Select[Any]:
    number = sa.func.sum(sa.case((gone(Event), 0), else_=Event.delta))
    return (
        _part("sum", Event.opening_id, Event.counter, Event.band, number)
        .where(here, Event.kind == EventKind.COUNT)
        .group_by(Event.opening_id, Event.counter, Event.band)
    )


def _kept(asked: sa.BindParameter[int]) -> sa.Select[Any]:
    count = OpeningCount
    return (
        _part(
            "kept", OpeningRecord.opening_id, count.counter, count.band, count.number, row_id=OpeningCount.id
        )
        .join_from(OpeningCount, OpeningRecord, OpeningRecord.id == OpeningCount.record_id)
        .where(OpeningRecord.opening_id.in_(asked))
    )


def _stored(here: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        _part("stored", Event.opening_id, sa.null(), sa.null(), sa.func.count(Event.id))
        .where(Event.device_id == sa.bindparam("device_id"), here)
        .group_by(Event.opening_id)
    )


def _last(here: sa.ColumnElement[bool]) -> sa.Select[Any]:
    place = sa.func.row_number().over(partition_by=Event.opening_id, order_by=Event.id.desc()).label("place")
    ranked = sa.select(Event, place).where(here, Event.kind == EventKind.COUNT, ~gone(Event)).subquery()
    newest = orm.aliased(Event, ranked)
    return _part(
        "last",
        newest.opening_id,
        newest.counter,
        newest.band,
        newest.delta,
        row_id=newest.id,
        event_id=newest.event_id,
        made_at=newest.made_at,
    ).where(ranked.c.place <= LAST)


def _part(
    what: str,
    opening_id: Any,
    counter: Any,
    band: Any,
    number: Any,
    *,
    row_id: Any = None,
    event_id: Any = None,
    made_at: Any = None,
) -> sa.Select[Any]:
    """One part of the statement, with nothing where it has no such column."""
    return sa.select(
        sa.literal(what, sa.Text()),
        opening_id,
        counter,
        band,
        number,
        *(sa.null() if one is None else one for one in (row_id, event_id)),
        sa.null(),
        sa.null() if made_at is None else made_at,
        *(sa.null() for _rest in range(4)),
    )


def gone(event: type[AttendanceEvent]) -> sa.ColumnElement[bool]:
    """Whether a count is not in force (`projection`): an undo or a move names it, or an undo names the one it stands for."""
    other = orm.aliased(AttendanceEvent)
    by_itself = sa.exists().where(other.undoes == event.event_id, other.kind.in_(TAKES_BACK))
    root = orm.aliased(AttendanceEvent)
    by_root = sa.exists().where(root.undoes == event.moved_from, root.kind == EventKind.UNDO)
    return sa.or_(by_itself, sa.and_(event.moved_from.is_not(None), by_root))


def event(event_id: str) -> AttendanceEvent | None:
    """The stored event of an id."""
    return db.session.scalars(sa.select(Event).where(Event.event_id == event_id)).first()


def is_kept(record_id: int, band: str) -> bool:
    """Whether somebody was counted in an age band at a record's opening."""
    kept = sa.select(OpeningCount.id).where(OpeningCount.record_id == record_id, OpeningCount.band == band)
    return db.session.scalar(kept) is not None


def known(event_ids: Collection[str]) -> dict[str, Fact]:
    """Which of these events are stored, and what they say."""
    if not event_ids:
        return {}
    found = fetch_all(_facts().where(Event.event_id.in_(event_ids)))
    return {one.event_id: one.fact for one in found}


def stand_ins(event_ids: Collection[str]) -> set[int]:
    """The openings in which counts of these ids stand now, because they were moved there."""
    if not event_ids:
        return set()
    return set(db.session.scalars(sa.select(Event.opening_id).where(Event.moved_from.in_(event_ids))))


def facts_of(opening_ids: Collection[int]) -> list[Fact]:
    """Every event of some openings, row by row; with the undos that name one of them, wherever those are."""
    here = Event.opening_id.in_(opening_ids)
    named: sa.CompoundSelect[str | None] = sa.union(
        sa.select(Event.event_id).where(here),
        sa.select(Event.moved_from).where(here, Event.moved_from.is_not(None)),
    )
    return [one.fact for one in fetch_all(_facts().where(sa.or_(here, Event.undoes.in_(named))))]


def _facts() -> sa.Select[AttendanceEvent]:
    """Events, with what somebody wrote left sealed."""
    return sa.select(Event).options(orm.defer(Event.words))


def in_force(opening_id: int, limit: int | None = None) -> list[AttendanceEvent]:
    """The counts of an opening that are in force (the last ones), newest first."""
    return fetch_all(
        _facts()
        .where(Event.opening_id == opening_id, Event.kind == EventKind.COUNT, ~gone(Event))
        .order_by(Event.id.desc())
        .limit(limit)
    )
