"""Grants as lists show them, each state as the reader may know it."""

from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.committees.models import Committee, District, Station
from stations.core.access import Actor, Permission, committee_ids
from stations.core.database import db
from stations.core.money import Yen
from stations.grants import disclosure
from stations.grants.models import Grant
from stations.grants.payments.models import PaymentRequest
from stations.grants.rules import PaymentStatus, Status


def years(person: Actor) -> list[int]:
    """Fiscal years with a grant in reach, newest first."""
    found = sa.select(Grant.fiscal_year).where(_in_reach(person)).distinct()
    return list(db.session.scalars(found.order_by(Grant.fiscal_year.desc())))


def counts(person: Actor, fiscal_year: int | None) -> dict[Status, int]:
    """How many grants of a year (None: of all) stand in each state, as ``person`` may know it."""
    state = disclosure.state_for(person).label("state")
    rows = db.session.execute(
        sa.select(state, sa.func.count()).where(_in_reach(person), _of_year(fiscal_year)).group_by("state")
    )
    return {status: int(number) for status, number in rows}


class GrantLine(NamedTuple):
    """A grant as lists show it; ``status`` as the reader may know it."""

    id: int
    fiscal_year: int
    status: Status
    title: str
    station: str
    district: str
    requested_yen: Yen
    fixed_yen: Yen | None


def in_year(
    person: Actor,
    fiscal_year: int | None,
    statuses: frozenset[Status] | None = None,
    with_request: PaymentStatus | None = None,
) -> list[GrantLine]:
    """Grants of a year (None: of all) in reach, by district; in ``statuses``, or with such a payment request."""
    state = disclosure.state_for(person)
    found = _grant_lines(state).where(_in_reach(person), _of_year(fiscal_year))
    if statuses is not None:
        found = found.where(state.in_(statuses))
    if with_request is not None:
        found = found.where(
            sa.exists()
            .where(PaymentRequest.grant_id == Grant.id, PaymentRequest.status == with_request)
            .correlate(Grant)
        )
    return [GrantLine(*row) for row in db.session.execute(found)]


@cache  # built once: writing down such a statement takes longer than asking it
def _grant_lines(state: sa.ColumnElement[Status]) -> sa.Select[Any]:
    """The columns of `GrantLine`."""
    return (
        sa.select(Grant.id, Grant.fiscal_year, state, Plan.title, Station.name, District.name)
        .add_columns(Grant.requested_yen, Grant.fixed_yen)
        .join_from(Grant, Plan, Plan.id == Grant.plan_id)
        .join(Station, Station.id == Grant.station_id)
        .join(Committee, Committee.id == Grant.committee_id)
        .join(District, District.id == Committee.district_id)
        .order_by(Grant.fiscal_year.desc(), Grant.committee_id, Grant.id)
    )


def _of_year(fiscal_year: int | None) -> sa.ColumnElement[bool]:
    return sa.true() if fiscal_year is None else Grant.fiscal_year == fiscal_year


def _in_reach(person: Actor) -> sa.ColumnElement[bool]:
    reach = committee_ids(person, Permission.GRANT_READ)
    return sa.true() if reach is None else Grant.committee_id.in_(reach)
