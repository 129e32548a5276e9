"""How grants and people are called on pages."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan
from stations.core.database import db
from stations.core.language import gettext as _
from stations.grants.models import Grant
from stations.people.models import Person


def called(grant: Grant) -> str:
    """つながる六実の家（新緑を見る会）: a station has several grants a year, told apart by their plans."""
    return str(_("%(station)s（%(plan)s）", station=grant.station.name, plan=grant.plan.title))


def with_title() -> orm.interfaces.ORMOption:
    """For lists of grants: the plan's title in the same query, and nothing else of the plan."""
    return orm.joinedload(Grant.plan).options(
        orm.load_only(Plan.title), orm.lazyload(Plan.committee), orm.lazyload(Plan.station)
    )


def names(person_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Person id → name, in one query; 「—」 for nobody."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    found: dict[int | None, str] = {None: "—"}
    if wanted:
        rows = db.session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(wanted)))
        found |= {row.id: row.name for row in rows}
    return found
