"""The rows behind every count, and the counts kept of them."""

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from stations.attendance import band_rules, rules
from stations.attendance.band_rules import UNKNOWN
from stations.attendance.models import OpeningCount, OpeningRecord, Tap
from stations.attendance.queries import bands
from stations.attendance.rules import Counter
from stations.attendance.services.bands import keep_bands
from stations.committees.models import Opening
from stations.core import clock
from stations.core.database import add, db


@dataclass(frozen=True)
class Author:
    """Who tapped; who sent it, if that was somebody else; whether it is unsure that the former really did."""

    person_id: int
    sent_by_id: int | None = None
    unsure: bool = False


def write(
    record: OpeningRecord,
    counter: Counter,
    band: str | None,
    delta: int,
    author: Author,
    *,
    tapped_at: dt.datetime,
    happened_at: dt.datetime | None = None,
    client_event_id: str | None = None,
    undoes_id: int | None = None,
    moved_from_id: int | None = None,
    correction: bool = False,
) -> None:
    """Add a row. ``happened_at``: as the server judges ``tapped_at``; a day after the opening's marks a late entry.

    `RuleBroken`, and nothing is written, for an age band that the year of the opening does not have.
    """
    _count(record, counter, band, delta)
    received_at = clock.now()
    happened_at = happened_at or min(tapped_at, received_at)
    if rules.is_late(record.opening.on, clock.local_date(happened_at)):
        record.late_entry = True
    add(
        Tap(
            record_id=record.id,
            client_event_id=client_event_id or str(uuid.uuid4()),
            counter=counter,
            band=band,
            delta=delta,
            undoes_id=undoes_id,
            moved_from_id=moved_from_id,
            correction=correction,
            tapped_at=tapped_at,
            received_at=received_at,
            by_id=author.person_id,
            sent_by_id=author.sent_by_id,
            author_unsure=author.unsure,
        )
    )


def new_record(opening: Opening, by_id: int) -> OpeningRecord:
    """An opening's record, at which nobody has been counted yet. With the first of a year its age bands stand."""
    keep_bands(clock.fiscal_year(opening.on))
    record = add(OpeningRecord(opening=opening, started_at=clock.now(), started_by_id=by_id))
    _count(record, Counter.VISIT, UNKNOWN.code, 0)
    return record


def _count(record: OpeningRecord, counter: Counter, band: str | None, delta: int) -> None:
    """Keep the count of a tile. Whoever writes holds the opening, so nobody else counts it at the same time."""
    tile = (
        OpeningCount.record_id == record.id,
        OpeningCount.counter == counter,
        OpeningCount.band.is_(None) if band is None else OpeningCount.band == band,
    )
    counted = (
        sa.update(OpeningCount)
        .where(*tile)
        .values(number=OpeningCount.number + delta)
        .returning(OpeningCount.id)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(counted) is None:
        opening = record.opening
        year = clock.fiscal_year(opening.on)
        if band is not None:  # what has a row is a band of the year already
            band_rules.check_band(band, bands.bands_of(year))
        add(
            OpeningCount(
                record_id=record.id,
                station_id=opening.station_id,
                month=opening.on.replace(day=1),
                fiscal_year=year,
                counter=counter,
                band=band,
                number=delta,
            )
        )


@dataclass(frozen=True)
class Difference:
    """A tile whose kept count is not the sum of its taps; 0 where there is none of either."""

    record_id: int
    counter: Counter
    band: str | None
    counted: int
    taps: int


def recount(*, correct: bool = False) -> list[Difference]:
    """Compare the kept counts with the taps; ``correct``: write what the taps say. By the system, for ``flask``."""
    either = sa.union_all(
        sa.select(OpeningCount.record_id, OpeningCount.counter, OpeningCount.band).add_columns(
            OpeningCount.number.label("counted"), sa.literal(0).label("taps")
        ),
        sa.select(Tap.record_id, Tap.counter, Tap.band, sa.literal(0), Tap.delta),
    ).subquery()
    counted, taps = sa.func.sum(either.c.counted), sa.func.sum(either.c.taps)
    tile = (either.c.record_id, either.c.counter, either.c.band)
    found = [
        Difference(*row)
        for row in db.session.execute(
            sa.select(*tile, counted, taps).group_by(*tile).having(counted != taps).order_by(*tile)
        )
    ]
    for one in found if correct else []:
        record = db.session.get_one(OpeningRecord, one.record_id)
        _count(record, one.counter, one.band, one.taps - one.counted)
    return found
