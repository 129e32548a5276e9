"""Who holds a role."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa

from stations.core import clock
from stations.core.access import CITY_ROLES, Role
from stations.core.database import fetch_all
from stations.people.models import Person, RoleAssignment


def in_term(day: dt.date | None = None) -> sa.ColumnElement[bool]:
    """Whether a `RoleAssignment` holds on a day; None: today."""
    on = day or clock.today()
    return sa.and_(
        RoleAssignment.from_on <= on, sa.or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= on)
    )


def holders(roles: Collection[Role], *within: sa.ColumnElement[bool]) -> list[Person]:
    """People who hold one of ``roles`` today and may sign in, each once.

    ``within``: the bodies in which they hold it, as conditions on `RoleAssignment`; roles of the city count in any case.
    """
    found = sa.select(RoleAssignment.person_id).where(
        RoleAssignment.role.in_(roles), in_term(), sa.or_(RoleAssignment.role.in_(CITY_ROLES), *within)
    )
    return fetch_all(
        sa.select(Person).where(Person.id.in_(found), Person.disabled_at.is_(None)).order_by(Person.id)
    )
