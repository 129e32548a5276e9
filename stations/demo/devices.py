"""Tablets at the stations' doors: two where most is opened, one of them with its clock wrong, and one elsewhere that broke."""

import datetime as dt

import sqlalchemy as sa

from stations.attendance.devices.models import Device
from stations.attendance.devices.services import enrolling, managing
from stations.committees.models import Opening, Station
from stations.core.access import Role
from stations.core.database import db
from stations.demo import tablets
from stations.demo.town import Town
from stations.people.models import Person

VERSION = "demo"
_PIN = "2026"
_NOWHERE = "192.0.2.1"  # an address for documents (RFC 5737)


def enrol(town: Town) -> None:
    """All of them, on one day."""
    busiest = db.session.get_one(Station, _busiest())
    (key,) = [key for key, station in town.stations.items() if station.id == busiest.id]
    leader = town.crew[key][Role.STATION_LEADER]
    entrance, counter = (_enrolled(busiest, name, leader) for name in ("入口", "受付"))
    managing.note_synced(device=entrance, version=VERSION, unsent=0, clock_ahead=dt.timedelta(seconds=2))
    managing.note_synced(device=counter, version=VERSION, unsent=3, clock_ahead=dt.timedelta(minutes=-40))
    managing.note_seen(entrance, only_reads=False)
    managing.note_seen(counter, only_reads=False)
    elsewhere = tablets.STATION if key != tablets.STATION else next(one for one in town.crew if one != key)
    broken = _enrolled(town.stations[elsewhere], "受付", town.crew[elsewhere][Role.STATION_LEADER])
    managing.revoke(device=broken, reason="落として画面が割れたため", by=town.officer())


def _busiest() -> int:
    """The station with the most openings; of two with as many, the first."""
    most = sa.select(Opening.station_id).group_by(Opening.station_id)
    return db.session.scalars(most.order_by(sa.func.count().desc(), Opening.station_id).limit(1)).one()


def _enrolled(station: Station, name: str, leader: Person) -> Device:
    code, _shown = enrolling.show_code(station=station, by=leader)
    attempt = enrolling.enrol(code=code, name=name, pin=_PIN, address=_NOWHERE)
    assert attempt.device is not None
    return attempt.device
