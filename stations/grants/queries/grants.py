"""Finding a grant, and how it and the people around it are called."""

import datetime as dt
from collections.abc import Collection, Iterable
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan
from stations.core.access import Role
from stations.core.audit import Event
from stations.core.database import db
from stations.core.language import gettext as _
from stations.grants.models import Grant
from stations.grants.rules import project_period
from stations.people import role_queries
from stations.people.models import Person, RoleAssignment
from stations.people.role_queries import in_term


def grant(grant_id: int) -> Grant | None:
    """A grant with its plan, the approved version, the settings of its year, and findings after 完結."""
    behind = (Grant.plan, Grant.version, Grant.setting, Grant.recoveries)
    return db.session.get(Grant, grant_id, options=[orm.joinedload(one) for one in behind])


def begins_on(grant: Grant) -> dt.date:
    """The first day of the grant's project: as applied for, else of its year."""
    return grant.starts_on or project_period(grant.fiscal_year)[0]


def project_name(grant: Grant) -> str:
    """補助事業の名称 on letters and in the report: 「新緑を見る会（つながる六実の家）」.

    The title is that of the frozen version: a station has several grants a year, and the approved name stays.
    """
    return f"{grant.version.content['title']}（{grant.station.name}）"


def grant_of_plan(plan: Plan) -> Grant | None:
    return db.session.scalars(sa.select(Grant).where(Grant.plan_id == plan.id)).one_or_none()


def reason_of(grant: Grant, act: StrEnum) -> str:
    """The reason that was given when an act was done to the grant last; empty when it never was."""
    return (
        db.session.scalar(
            sa.select(Event.reason)
            .where(
                Event.object_type == grant.__tablename__, Event.object_id == grant.id, Event.act == act.value
            )
            .order_by(Event.id.desc())
            .limit(1)
        )
        or ""
    )


def called(grant: Grant) -> str:
    """つながる六実の家（新緑を見る会）: a station has several grants a year, told apart by their plans."""
    return called_by(grant.station.name, grant.plan.title)


def called_by(station: str, title: str) -> str:
    """`called`, where only the names were read."""
    return _("%(station)s（%(plan)s）", station=station, plan=title)


def names(person_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Person id → name, in one query; 「—」 for nobody."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    found: dict[int | None, str] = {None: "—"}
    if wanted:
        rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(wanted)))
        found |= {row.id: row.name for row in rows}
    return found


def holders(grant: Grant, roles: Collection[Role]) -> list[Person]:
    """People who hold one of ``roles`` today, committee roles in the grant's committee; each once."""
    return role_queries.holders(roles, RoleAssignment.committee_id == grant.committee_id)


def chair_name(grant: Grant) -> str:
    """The committee's 代表 today, whether or not they can sign in; empty when the office is vacant."""
    find = (
        sa.select(Person.name)
        .join(RoleAssignment, RoleAssignment.person_id == Person.id)
        .where(
            RoleAssignment.role == Role.CHAIR, RoleAssignment.committee_id == grant.committee_id, in_term()
        )
        .order_by(RoleAssignment.from_on)
        .limit(1)
    )
    return db.session.scalar(find) or ""


def name_of(person_id: int | None) -> str:
    """Who did it, for a page; — when nobody has."""
    person = db.session.get(Person, person_id) if person_id is not None else None
    return person.name if person is not None else "—"
