"""The people of the demonstration and where they belong: 15 committees, their stations, the city, the desks."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyotp
import sqlalchemy as sa

from stations.committees.models import Committee, District, Station, Venue
from stations.committees.services import districts
from stations.committees.services import officers as officer_services
from stations.committees.services import stations as station_services
from stations.core import clock
from stations.core.access import SECOND_FACTOR_ROLES, Role
from stations.core.database import db
from stations.demo.accounts import PASSWORD, PREFIX, totp_secret
from stations.demo.diary import Days
from stations.demo.names import names
from stations.demo.places import PLACES, Place
from stations.people.models import Person
from stations.people.services import accounts, requests, roles, second_factor
from stations.people.services.passwords import set_password

OFFICERS = (Role.CHAIR, Role.DRAFTER, Role.TREASURER, Role.COMMITTEE_AUDITOR)
SHORT = {Role.COMMITTEE_AUDITOR: "auditor", Role.STATION_LEADER: "leader", Role.EXTERNAL_AUDITOR: "audit"}
# These two stand first everywhere somebody chooses a role of the demonstration.
FIRST = ("kogane", "mabashi")
CITY = (
    (Role.OFFICER, 3),
    (Role.APPROVER, 2),
    (Role.CASHIER, 2),
    (Role.SECRETARIAT, 2),
    (Role.GENERAL_MEMBER, 15),
    (Role.EXTERNAL_AUDITOR, 1),
)


@dataclass
class Town:
    """Who and what there is, by the short keys of `places`."""

    days: Days
    dice: random.Random
    city: dict[Role, list[Person]] = field(default_factory=dict)
    officers: dict[str, dict[Role, Person]] = field(default_factory=dict)
    """District code → its committee's officers."""
    crew: dict[str, dict[Role, Person]] = field(default_factory=dict)
    """Station key → leader and volunteer."""
    committees: dict[str, Committee] = field(default_factory=dict)
    stations: dict[str, Station] = field(default_factory=dict)
    venues: dict[str, list[Venue]] = field(default_factory=dict)
    _names: Iterator[tuple[str, str]] = field(init=False)
    _password_hash: str | None = None
    _phones: int = 1000

    def __post_init__(self) -> None:
        self._names = names(self.dice)

    def officer(self, nth: int = 0) -> Person:
        """One of the 担当; the second checks what the first has drafted."""
        return self.city[Role.OFFICER][nth]

    def of(self, place: Place) -> dict[Role, Person]:
        """The officers of the committee that runs a station."""
        return self.officers[place.district]

    def person(self, login: str, *, by: Person | None) -> Person:
        """Somebody new with the demonstration's password; roles come afterwards."""
        name, kana = next(self._names)
        return accounts.create_person(
            by=by,
            login=PREFIX + login,
            name=name,
            kana=kana,
            email=f"{login}@demo.example",
            phone=self.phone(),
        )

    def phone(self) -> str:
        self._phones += 1
        return f"047-000-{self._phones}"

    def ready(self, person: Person) -> None:
        """Give somebody the password, and an authenticator app where their roles ask for one."""
        if self._password_hash is None:
            set_password(person, PASSWORD)
            self._password_hash = person.password_hash
        person.password_hash = self._password_hash
        if any(role.role in SECOND_FACTOR_ROLES for role in person.roles):
            secret = totp_secret(person.login)
            second_factor.confirm_enrolment(person, secret=secret, code=pyotp.TOTP(secret).at(clock.now()))


def settle(town: Town) -> None:
    """City hall and the committees, as they stand when the first plan is written."""
    administrators = [town.person(f"admin{nth}", by=None) for nth in (1, 2)]
    long_ago = dt.date(town.days.year - 6, 4, 1)
    for administrator in administrators:
        roles.give_role(person=administrator, role=Role.ADMINISTRATOR, from_on=long_ago, by=None)
    town.city[Role.ADMINISTRATOR] = administrators
    for role, count in CITY:
        town.city[role] = [
            town.person(f"{SHORT.get(role, role).replace('general_', '')}{nth}", by=administrators[0])
            for nth in range(1, count + 1)
        ]
        for person in town.city[role]:
            roles.give_role(
                person=person, role=role, from_on=long_ago, by=administrators[0], second=administrators[1]
            )
    districts.load_districts()
    found = db.session.scalars(sa.select(District).order_by(District.number)).all()
    for district in sorted(found, key=lambda one: (one.code not in FIRST, one.number)):
        _committee(town, district)
    for person in [person for role in town.city.values() for person in role]:
        town.ready(person)


def ask_for_a_role(town: Town) -> None:
    """Somebody moves within the section next month: the second administrator has yet to agree."""
    administrator, _second = town.city[Role.ADMINISTRATOR]
    requests.ask_for_role(
        person=town.officer(1),
        role=Role.CASHIER,
        from_on=clock.add_months(clock.today().replace(day=1), 1),
        by=administrator,
    )


def _committee(town: Town, district: District) -> None:
    """Four officers, and where the committee is older than their term, who was chair before."""
    committee, code, year = district.committee, district.code, town.days.year
    town.committees[code] = committee
    districts.edit_committee(
        committee=committee,
        phone=town.phone(),
        address=f"松戸市{district.name}見本町1-2-3",
        by=town.officer(),
    )
    begins, ends = dt.date(year - 2, 4, 1), dt.date(year + 2, 3, 31)
    town.officers[code] = {}
    for role in OFFICERS:
        person = town.person(f"{code}-{SHORT.get(role, role)}", by=town.city[Role.ADMINISTRATOR][0])
        officer_services.appoint(
            committee=committee, person=person, role=role, from_on=begins, to_on=ends, by=town.officer()
        )
        town.officers[code][role] = person
        town.ready(person)
    if code in FIRST:
        former = town.person(f"{code}-former-chair", by=town.city[Role.ADMINISTRATOR][0])
        officer_services.appoint(
            committee=committee,
            person=former,
            role=Role.CHAIR,
            from_on=dt.date(year - 5, 4, 1),
            to_on=begins - dt.timedelta(days=1),
            by=town.officer(),
        )
        town.ready(former)


def open_stations(town: Town) -> None:
    """Stations with their venues, their leaders and volunteers."""
    order = sorted(PLACES, key=lambda place: place.district not in FIRST)
    for place in order:
        _station(town, place)


def _station(town: Town, place: Place) -> None:
    drafter, committee = town.of(place)[Role.DRAFTER], town.committees[place.district]
    station = station_services.create_station(
        committee=committee,
        name=place.name,
        kana=place.kana,
        kind=place.kind,
        summary=place.summary,
        audience=place.audience,
        what_to_bring=place.bring,
        accessibility=place.accessible,
        fee=place.fee,
        phone=town.phone(),
        by=drafter,
    )
    district = committee.district
    town.stations[place.key] = station
    town.venues[place.key] = [
        station_services.add_venue(
            station=station,
            name=spot.name,
            postal_code="270-0000",
            address=f"松戸市{district.name}見本町{nth}-{town.dice.randint(1, 9)}-{town.dice.randint(1, 20)}",
            directions=spot.directions,
            owner=spot.owner,
            rent_yen=spot.rent_yen,
            latitude=round(district.latitude + town.dice.uniform(-0.004, 0.004), 4),
            longitude=round(district.longitude + town.dice.uniform(-0.004, 0.004), 4),
            by=drafter,
        )
        for nth, spot in enumerate(place.spots, 1)
    ]
    db.session.refresh(station, ["venues"])
    town.crew[place.key] = {}
    if not place.running:
        return
    for role in (Role.STATION_LEADER, Role.VOLUNTEER):
        person = town.person(f"{place.key}-{SHORT.get(role, role)}", by=town.city[Role.ADMINISTRATOR][0])
        roles.give_role(
            person=person,
            role=role,
            station_id=station.id,
            from_on=dt.date(town.days.year - 2, 4, 1),
            by=town.officer(),
        )
        town.crew[place.key][role] = person
        town.ready(person)
    opened = clock.add_months(clock.fiscal_year_period(town.days.year - 1)[0], place.months_late)
    station_services.open_station(station=station, on=opened, by=drafter)
