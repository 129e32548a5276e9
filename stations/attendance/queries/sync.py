"""What is asked when a tablet sends its events: its openings, held, with all that a row is judged by; and how they stand."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.attendance.band_rules import STANDARD
from stations.attendance.models import AgeBand, OpeningRecord
from stations.attendance.queries.events import Last, State, states
from stations.attendance.rules import tile_key
from stations.committees.models import Opening
from stations.core import clock
from stations.core.database import db
from stations.people.models import RoleAssignment

ROLE_ENDED = dt.timedelta(days=31)
"""Who stood at the door may have left since: a tablet may send weeks later."""


@dataclass
class Held:
    """An opening of the tablet's station. bands: the codes of its year's age bands; people: who may have stood there."""

    opening: Opening
    record: OpeningRecord | None
    bands: tuple[str, ...]
    people: frozenset[int]


def held(opening_ids: Collection[int], station_id: int, *, lock: bool) -> dict[int, Held]:
    """Those of these openings that are the station's; held until the transaction ends if ``lock``; in one statement."""
    if not opening_ids:
        return {}
    statement = _openings(lock)
    asked = {
        "opening_ids": sorted(opening_ids),
        "station_id": station_id,
        "ended": clock.today() - ROLE_ENDED,
    }
    found = {}
    for opening, record, bands, people in db.session.execute(statement, asked):
        by_year: dict[int, list[str]] = {}
        for one in (bands or "").split():
            year, _colon, code = one.partition(":")
            by_year.setdefault(int(year), []).append(code)
        found[opening.id] = Held(
            opening,
            record,
            _bands_of(clock.fiscal_year(opening.on), by_year),
            frozenset(int(one) for one in (people or "").split()),
        )
    return found


def _bands_of(year: int, by_year: dict[int, list[str]]) -> tuple[str, ...]:
    """As `bands.bands_of`: the year's own, else those of the nearest year before, else the programme's."""
    nearest = max((one for one in by_year if one <= year), default=None)
    return tuple(by_year[nearest]) if nearest is not None else tuple(one.code for one in STANDARD)


@cache
def _openings(lock: bool) -> sa.Select[Any]:
    coded = sa.cast(AgeBand.fiscal_year, sa.Text) + ":" + AgeBand.code
    bands = sa.select(sa.func.aggregate_strings(coded, " ")).scalar_subquery()
    people = (
        sa.select(sa.func.aggregate_strings(sa.cast(RoleAssignment.person_id, sa.Text), " "))
        .where(
            RoleAssignment.station_id == sa.bindparam("station_id"),
            sa.or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= sa.bindparam("ended")),
        )
        .scalar_subquery()
    )
    found = (
        sa.select(Opening, OpeningRecord, bands, people)
        .outerjoin(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .options(
            orm.lazyload(OpeningRecord.opening),
            orm.defer(OpeningRecord.note),
            orm.defer(OpeningRecord.incident),
        )
        .where(
            Opening.id.in_(sa.bindparam("opening_ids", expanding=True)),
            Opening.station_id == sa.bindparam("station_id"),
        )
        .order_by(Opening.id)
    )
    # Others may have changed the record since this transaction began.
    return found.with_for_update(of=Opening).execution_options(populate_existing=True) if lock else found


@dataclass(frozen=True)
class OpeningState:
    """How an opening stands, as a tablet keeps it: by tile and in JSON.

    stored: how many events of this very tablet there are. corrections, closings: the heads that the next one names.
    """

    totals: dict[str, int] = field(default_factory=dict)
    open: bool = True
    stored: int = 0
    corrections: dict[str, list[str]] = field(default_factory=dict)
    closings: list[str] = field(default_factory=list)
    last: list[dict[str, Any]] = field(default_factory=list)


NOTHING_STORED = OpeningState()


def opening_states(device_id: int, opening_ids: Collection[int]) -> dict[int, OpeningState]:
    """How openings stand, those without any event included; in one statement."""
    return {opening_id: for_tablet(state) for opening_id, state in states(opening_ids, device_id).items()}


def for_tablet(state: State) -> OpeningState:
    """A state as a tablet keeps it."""
    says = state.projection
    return OpeningState(
        totals={tile_key(*tile): number for tile, number in says.totals.items()},
        open=not says.is_closed,
        stored=state.stored,
        corrections={tile_key(*tile): list(heads) for tile, heads in says.corrections.items()},
        closings=list(says.closings),
        last=[_last(one) for one in state.last],
    )


def _last(one: Last) -> dict[str, Any]:
    at = one.made_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"id": one.event_id, "at": at, "tile": tile_key(*one.tile), "delta": one.delta}
