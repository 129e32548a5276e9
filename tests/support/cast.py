"""The people and places that tests begin with, all fictional. Each call adds to the session and flushes."""

import datetime as dt
import itertools

import sqlalchemy as sa

from stations.committees.models import Committee, District, Opening, Station, Venue
from stations.committees.rules import StationKind
from stations.core import clock
from stations.core.access import Role, Scope, scope_of
from stations.core.database import Model, add, db
from stations.people.models import Person, RoleAssignment

LONG_AGO = dt.date(2020, 4, 1)

_numbers = itertools.count(1)


def committee(name: str = "見本") -> Committee:
    """A committee in a district of its own; the database may already hold others."""
    number = (db.session.scalar(sa.select(sa.func.max(District.number))) or 0) + 1
    district = add(
        District(
            number=number,
            code=f"d{number}",
            name=f"{name}地区",
            kana="みほん",
            latitude=35.79,
            longitude=139.9,
        )
    )
    return add(Committee(district=district, name=f"{name}地区実行委員会", established_on=LONG_AGO))


def station(of: Committee, name: str = "見本ステーション") -> Station:
    """A station that has been open since long ago."""
    return add(Station(committee=of, name=name, kind=StationKind.FIXED, opened_on=LONG_AGO))


def venue(of: Station, name: str = "見本市民センター", *, rent_yen: int = 1_000) -> Venue:
    return add(Venue(station=of, name=name, address="松戸市見本1-2-3", rent_yen=rent_yen))


STARTED = dt.time(0)
"""An opening of today that starts then has started whatever time of day the tests run."""


def opening(of: Station, on: dt.date | None = None, *, starts_at: dt.time = dt.time(10)) -> Opening:
    """An opening from 10 to 12 on a date (today), at the station's first venue."""
    place = of.venues[0] if of.venues else venue(of)
    return add(
        Opening(
            station=of,
            venue=place,
            on=on or clock.today(),
            starts_at=starts_at,
            ends_at=dt.time(12),
        )
    )


def person(*roles: Role, of: Model | None = None, name: str = "", login: str = "") -> Person:
    """Somebody who holds ``roles`` since long ago: city roles at large, others over ``of``.

    ``of`` is the committee, station or agency. Without a password: ``client.sign_in`` needs none.
    """
    number = next(_numbers)
    made = add(Person(login=login or f"person{number}", name=name or f"見本 {number}子"))
    for role in roles:
        give(made, role, of=of)
    return made


def give(
    holder: Person, role: Role, *, of: Model | None = None, until: dt.date | None = None
) -> RoleAssignment:
    """One more role for a person, since long ago and until a day (both included)."""
    scope = scope_of(role)
    body = {} if scope is Scope.CITY else {f"{scope.value}_id": of.id if of is not None else None}
    assignment = add(RoleAssignment(person=holder, role=role, from_on=LONG_AGO, to_on=until, **body))
    holder.__dict__.pop("held_roles", None)
    return assignment
