"""A station with a leader, a volunteer and a tablet."""

from dataclasses import dataclass

import pytest
from flask import Flask

from stations.attendance.devices import guard
from stations.attendance.devices.models import Device
from stations.attendance.devices.rules import REFUSALS, REFUSALS_SECONDS, REQUESTS, REQUESTS_SECONDS
from stations.committees.models import Station
from stations.core.access import Role
from stations.core.throttle import Throttle
from stations.people.models import Person
from tests.support import cast
from tests.support.tablet import Tablet, enrolled


@dataclass
class Door:
    """Who and what stands at a station's door."""

    app: Flask
    station: Station
    leader: Person
    volunteer: Person
    device: Device
    token: str

    @property
    def tablet(self) -> Tablet:
        return Tablet(self.app, self.token)


@pytest.fixture(autouse=True)
def _rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of other tests do not count."""
    monkeypatch.setattr(guard, "_of_device", Throttle(REQUESTS, REQUESTS_SECONDS))
    monkeypatch.setattr(guard, "_of_address", Throttle(REFUSALS, REFUSALS_SECONDS))


@pytest.fixture
def door(app: Flask, db_session: object) -> Door:
    station = cast.station(cast.committee())
    leader = cast.person(Role.STATION_LEADER, of=station, name="見本 花子")
    volunteer = cast.person(Role.VOLUNTEER, of=station, name="小金 太郎")
    device, token = enrolled(station, leader)
    return Door(app, station, leader, volunteer, device, token)
