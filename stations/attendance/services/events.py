"""Writing events down, and what is kept of them: the counts, whether the day is closed, whether something is unclear."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from stations.attendance import band_rules, rules
from stations.attendance.band_rules import UNKNOWN
from stations.attendance.models import AttendanceEvent, OpeningCount, OpeningRecord
from stations.attendance.projection import SAYS_HOW_MANY, EventKind, Projection, project
from stations.attendance.queries import bands
from stations.attendance.queries import events as stored
from stations.attendance.queries.events import State
from stations.attendance.rules import Counter, Tile
from stations.attendance.services.bands import keep_bands
from stations.committees.models import Opening
from stations.core import clock
from stations.core.database import add, db, fetch_all, ids


@dataclass(frozen=True)
class Author:
    """Who was there; who sent it, if that was somebody else; whether it is unsure that the former really was.

    person_id None: somebody who is not among the station's people.
    """

    person_id: int | None
    sent_by_id: int | None = None
    unsure: bool = False


NO_TILE: tuple[None, None] = (None, None)


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """One event to be written down: the columns of `AttendanceEvent`."""

    event_id: str
    opening_id: int
    kind: EventKind
    made_at: dt.datetime
    happened_at: dt.datetime
    received_at: dt.datetime
    counter: Counter | None = None
    band: str | None = None
    delta: int | None = None
    undoes: str | None = None
    moved_from: str | None = None
    after: list[str] | None = None
    totals: dict[str, int] | None = None
    words: str | None = None
    device_id: int | None = None
    sequence: int | None = None
    by_id: int | None = None
    sent_by_id: int | None = None
    author_unsure: bool = False


def insert(events: Sequence[NewEvent]) -> set[str]:
    """Write events down in one statement; the ids of those that were not there yet. The caller holds their openings."""
    if not events:
        return set()
    return set(db.session.scalars(_new_events(db.engine.dialect.name), [vars(one) for one in events]))


@cache
def _new_events(dialect: str) -> sa.sql.dml.ReturningInsert[str]:
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = make(AttendanceEvent).on_conflict_do_nothing(index_elements=["event_id"])
    return new.returning(AttendanceEvent.event_id)


def write(
    record: OpeningRecord,
    kind: EventKind,
    author: Author,
    *,
    made_at: dt.datetime,
    happened_at: dt.datetime | None = None,
    tile: Tile | tuple[None, None] = NO_TILE,
    **said: Any,
) -> Projection:
    """Add one event of a page, and keep what the opening's events then say. ``said``: further columns of `NewEvent`.

    ``happened_at``: as the server judges ``made_at``; a day after the opening's marks a late entry. `RuleBroken`, and
    nothing is written, for an age band that the year of the opening does not have.
    """
    counter, band = tile
    if band is not None and not stored.is_kept(
        record.id, band
    ):  # what has a row is a band of the year already
        band_rules.check_band(band, bands.bands_of(clock.fiscal_year(record.opening.on)))
    received_at = clock.now()
    happened_at = happened_at or min(made_at, received_at)
    event = NewEvent(
        opening_id=record.opening_id,
        kind=kind,
        made_at=made_at,
        happened_at=happened_at,
        received_at=received_at,
        counter=counter,
        band=band,
        by_id=author.person_id,
        sent_by_id=author.sent_by_id,
        author_unsure=author.unsure,
        **({"event_id": str(uuid.uuid4())} | said),
    )
    insert([event])
    if kind in SAYS_HOW_MANY and rules.is_late(record.opening.on, clock.local_date(happened_at)):
        record.late_entry = True
    return keep([record])[record.opening_id].projection


def new_record(opening: Opening, by_id: int | None) -> OpeningRecord:
    """An opening's record, at which nobody has been counted yet. With the first of a year its age bands stand."""
    keep_bands(clock.fiscal_year(opening.on))
    record = add(OpeningRecord(opening=opening, started_at=clock.now(), started_by_id=by_id))
    _keep_counts([(record, (Counter.VISIT, UNKNOWN.code), 0)])
    return record


def keep(records: Sequence[OpeningRecord], states: Mapping[int, State] | None = None) -> Mapping[int, State]:
    """Write down what the events of these records' openings say; returns it by opening. The caller holds the openings.

    ``states``: what has been read of them since the last event was written.
    """
    states = states or stored.states([one.opening_id for one in records])
    changed, added = [], []
    for record in records:
        state = states[record.opening_id]
        projection = state.projection
        for tile, number in projection.totals.items():
            row_id, kept = state.kept.get(tile, (None, 0))
            if row_id is None and number:
                added.append((record, tile, number))
            elif row_id is not None and number != kept:
                changed.append({"row_id": row_id, "new_number": number})
        _keep_record(record, state, projection)
    if changed:
        db.session.connection().execute(_changed_count(), changed)
    _keep_counts(added)
    return states


def _keep_record(record: OpeningRecord, state: State, projection: Projection) -> None:
    closing = state.closings[projection.closed_by] if projection.closed_by else None
    closed = (closing.at, closing.by_id) if closing else (None, None)
    if (record.closed_at, record.closed_by_id) != closed:
        record.closed_at, record.closed_by_id = closed
    if record.asks != projection.asks():
        record.asks = projection.asks()


@cache
def _changed_count() -> sa.Update:
    return (
        sa.update(OpeningCount)
        .where(OpeningCount.id == sa.bindparam("row_id"))
        .values(number=sa.bindparam("new_number"))
    )


def _keep_counts(counts: Iterable[tuple[OpeningRecord, Tile, int]]) -> None:
    rows = [
        {
            "record_id": record.id,
            "station_id": record.opening.station_id,
            "month": record.opening.on.replace(day=1),
            "fiscal_year": clock.fiscal_year(record.opening.on),
            "counter": counter,
            "band": band,
            "number": number,
        }
        for record, (counter, band), number in counts
    ]
    if rows:
        db.session.connection().execute(sa.insert(OpeningCount), rows)


@dataclass(frozen=True)
class Difference:
    """A tile whose kept count is not what its events say; 0 where there is none of either."""

    opening_id: int
    counter: Counter
    band: str | None
    counted: int
    events: int


RECOUNTED_AT_ONCE = 500


def recount(*, correct: bool = False) -> list[Difference]:
    """Compare the kept counts with what all events say; ``correct``: write that down. By the system, for ``flask``.

    The events are read row by row and added up by `projection.project`, not by the statement that keeps the counts.
    """
    found: list[Difference] = []
    openings = sa.select(OpeningRecord.opening_id).order_by(OpeningRecord.opening_id)
    every = db.session.scalars(openings).all()
    for start in range(0, len(every), RECOUNTED_AT_ONCE):
        opening_ids = every[start : start + RECOUNTED_AT_ONCE]
        said = project(stored.facts_of(opening_ids))
        wrong = []
        for opening_id, state in stored.states(opening_ids).items():
            says = said.get(opening_id, Projection())
            differ = _differences(
                opening_id, {tile: number for tile, (_id, number) in state.kept.items()}, says
            )
            found += differ
            wrong += [opening_id] if differ else []
        if correct and wrong:
            _correct(wrong)
    return found


def _differences(opening_id: int, kept: Mapping[Tile, int], says: Projection) -> list[Difference]:
    tiles = sorted({*kept, *says.totals}, key=lambda one: rules.tile_key(*one))
    return [
        Difference(opening_id, *tile, kept.get(tile, 0), says.totals.get(tile, 0))
        for tile in tiles
        if kept.get(tile, 0) != says.totals.get(tile, 0)
    ]


def _correct(opening_ids: Collection[int]) -> None:
    """Also tiles that no event names."""
    records = fetch_all(sa.select(OpeningRecord).where(OpeningRecord.opening_id.in_(opening_ids)))
    db.session.connection().execute(
        sa.update(OpeningCount).where(OpeningCount.record_id.in_(ids(records))).values(number=0)
    )
    keep(records)
