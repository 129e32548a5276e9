"""Who is told: the people who hold a role over a grant today."""

from collections.abc import Collection

import sqlalchemy as sa

from stations.core import clock
from stations.core.access import CITY_ROLES, Role
from stations.core.database import db, fetch_all
from stations.grants.models import Grant
from stations.people.models import Person, RoleAssignment


def holders(grant: Grant, roles: Collection[Role]) -> list[Person]:
    """People who hold one of ``roles`` today, committee roles in the grant's committee; each once."""
    of_committee = sa.and_(
        RoleAssignment.role.in_([role for role in roles if role not in CITY_ROLES]),
        RoleAssignment.committee_id == grant.committee_id,
    )
    of_city = RoleAssignment.role.in_([role for role in roles if role in CITY_ROLES])
    found = sa.select(RoleAssignment.person_id).where(_in_term(), sa.or_(of_committee, of_city))
    return fetch_all(
        sa.select(Person).where(Person.id.in_(found), Person.disabled_at.is_(None)).order_by(Person.id)
    )


def _in_term() -> sa.ColumnElement[bool]:
    today = clock.today()
    return sa.and_(
        RoleAssignment.from_on <= today,
        sa.or_(RoleAssignment.to_on.is_(None), RoleAssignment.to_on >= today),
    )


def chair_name(grant: Grant) -> str:
    """The committee's 代表 today, whether or not they can sign in; empty when the office is vacant."""
    find = (
        sa.select(Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.role == Role.CHAIR, RoleAssignment.committee_id == grant.committee_id, _in_term()
        )
        .order_by(RoleAssignment.from_on)
        .limit(1)
    )
    return db.session.scalar(find) or ""
