"""What a tablet keeps for a week without a network: its station's openings, their totals, and who may stand at the door."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from stations.attendance.devices.models import Device
from stations.attendance.devices.rules import short_names
from stations.attendance.models import OpeningRecord
from stations.attendance.queries import counts, sync
from stations.attendance.queries.sync import OpeningState
from stations.attendance.rules import Totals
from stations.committees.models import Opening, Venue
from stations.committees.rules import OpeningStatus
from stations.core import clock
from stations.core.access import STATION_ROLES
from stations.core.database import db
from stations.people.models import Person, RoleAssignment

AHEAD = dt.timedelta(days=7)
BACK = dt.timedelta(days=1)
BACK_IF_OPEN = dt.timedelta(days=7)


@dataclass(frozen=True)
class KnownOpening:
    """One opening as a tablet keeps it. ``open``: its record is not closed."""

    id: int
    on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    venue: str
    status: OpeningStatus
    open: bool
    totals: Totals
    state: OpeningState

    @property
    def fiscal_year(self) -> int:
        return clock.fiscal_year(self.on)


def openings_for(device: Device) -> list[KnownOpening]:
    """The station's openings from yesterday to a week ahead, and older ones of the last week that are still to be closed."""
    today = clock.today()
    to_be_closed = sa.and_(
        Opening.on >= today - BACK_IF_OPEN,
        OpeningRecord.closed_at.is_(None),
        Opening.status != OpeningStatus.CANCELLED,
    )
    rows = db.session.execute(
        sa.select(
            Opening.id,
            Opening.on,
            Opening.starts_at,
            Opening.ends_at,
            Venue.name,
            Opening.status,
            OpeningRecord.closed_at.is_(None),
        )
        .join(Venue, Venue.id == Opening.venue_id)
        .outerjoin(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .where(
            Opening.station_id == device.station_id,
            Opening.on <= today + AHEAD,
            sa.or_(Opening.on >= today - BACK, to_be_closed),
        )
        .order_by(Opening.on, Opening.starts_at, Opening.id)
    ).all()
    ids = [row[0] for row in rows]
    totals, states = counts.totals_of(ids), sync.opening_states(device.id, ids)
    return [
        KnownOpening(*row, totals.get(row[0], counts.NOTHING), states.get(row[0], sync.NOTHING_STORED))
        for row in rows
    ]


def people_at(device: Device) -> dict[int, str]:
    """Who holds a role of the station today, by id; only what the tablet's screen calls them (`rules.short_names`)."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(Person.id, Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.station_id == device.station_id,
            RoleAssignment.role.in_(STATION_ROLES),
            RoleAssignment.from_on <= today,
            sa.or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= today),
            Person.disabled_at.is_(None),
        )
        .distinct()
    )
    return short_names((person_id, name) for person_id, name in rows)
