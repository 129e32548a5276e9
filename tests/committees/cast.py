"""A city with stations and a calendar, built through the services, for tests of pages."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from stations.committees.models import Committee, District, Opening, Station, Venue
from stations.committees.rules import CalendarPattern, Frequency, StationKind
from stations.committees.services import calendar, districts
from stations.committees.services import stations as station_services
from stations.core import clock
from stations.core.access import Role
from stations.core.database import db
from stations.people.models import Person
from tests.support import cast

SATURDAY = 5


@dataclass
class City:
    """The 15 districts, 13 of them with a running station that opens on the 2nd Saturday and every week."""

    officer: Person
    stations: list[Station]

    @property
    def committees(self) -> list[Committee]:
        return [station.committee for station in self.stations]


def city() -> City:
    officer = cast.person(Role.OFFICER, name="市役 職子")
    districts.load_districts()
    found = db.session.scalars(
        sa.select(Committee).join(Committee.district).order_by(District.number).limit(13)
    )
    return City(officer, [station(of=committee, by=officer) for committee in found])


def station(*, of: Committee, by: Person, kind: StationKind = StationKind.FIXED, venues: int = 1) -> Station:
    """A running station, weekly on the weekday of its district's number, for half a year."""
    made = station_services.create_station(
        committee=of,
        by=by,
        name=f"{of.district.name}つながるステーション",
        kind=kind,
        summary="お茶を飲みながら、囲碁や手芸を楽しみます。",
        audience="どなたでも",
        fee="無料",
        what_to_bring="飲み物",
        accessibility="段差はありません。車いすで入れるトイレがあります。",
        phone="047-000-0012",
    )
    places = [place(of=made, by=by, number=number) for number in range(1, venues + 1)]
    station_services.open_station(station=made, on=cast.LONG_AGO, by=by)
    calendar.add_rule(
        station=made,
        venue=places[0],
        pattern=weekly(of.district.number % 7),
        by=by,
    )
    db.session.refresh(made)
    return made


def place(*, of: Station, by: Person, number: int = 1) -> Venue:
    return station_services.add_venue(
        station=of,
        by=by,
        name=f"見本市民センター{number}号室",
        postal_code="271-0000",
        address=f"松戸市見本{number}-2-3",
        directions="見本駅の東口から歩いて5分です。",
        owner="見本管理組合",
        rent_yen=1_234,
    )


def weekly(weekday: int) -> CalendarPattern:
    today = clock.today()
    return CalendarPattern(
        frequency=Frequency.WEEKLY,
        weekday=weekday,
        starts_at=dt.time(10),
        ends_at=dt.time(12),
        from_on=today - dt.timedelta(days=30),
        until_on=today + dt.timedelta(days=150),
    )


def next_opening(of: Station) -> Opening:
    found = db.session.scalar(
        sa.select(Opening)
        .where(Opening.station_id == of.id, Opening.on > clock.today())
        .order_by(Opening.on)
        .limit(1)
    )
    assert found is not None
    return found
