"""Approved plans on their way to a grant: what waits, and what applying would come to."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications import queries as plan_queries
from stations.applications.models import Plan, PlanVersion
from stations.applications.rules import GRANTABLE
from stations.committees.models import Station
from stations.core import clock
from stations.core.access import Actor, Permission, committee_ids
from stations.core.database import db
from stations.core.money import Yen
from stations.grants import rules
from stations.grants.awards.rules import granting
from stations.grants.models import Grant
from stations.grants.rules import year_over
from stations.grants.settings.models import FiscalYearSetting, SettingsDraft
from stations.grants.settings.queries import settings
from stations.meetings.models import AgendaItem
from stations.meetings.rules import Resolution


def plan(plan_id: int) -> Plan | None:
    """The plan that a committee applies with."""
    return db.session.get(Plan, plan_id)


def approved_item(plan: Plan) -> AgendaItem | None:
    """The resolution that approved a plan, with the version that was tabled."""
    return db.session.scalars(
        sa.select(AgendaItem)
        .where(
            AgendaItem.plan_id == plan.id,
            AgendaItem.resolution.in_([Resolution.APPROVED, Resolution.APPROVED_WITH_CONDITIONS]),
        )
        .options(orm.joinedload(AgendaItem.version), orm.joinedload(AgendaItem.meeting))
        .order_by(AgendaItem.id.desc())
        .limit(1)
    ).one_or_none()


class WaitingPlan(NamedTuple):
    """An approved plan that has not become a grant."""

    id: int
    title: str
    station: str
    fiscal_year: int
    resolved_at: dt.datetime


def waiting_plans(person: Actor) -> list[WaitingPlan]:
    """The approved plans with which this person may apply for a grant now: their year has its 制度設定."""
    found = _waiting_plans()
    reach = committee_ids(person, Permission.GRANT_APPLY)
    if reach is not None:
        found = found.where(Plan.committee_id.in_(reach))
    plans = [WaitingPlan(*row) for row in db.session.execute(found)]
    return [plan for plan in plans if not year_over(plan.fiscal_year, clock.today())]


@cache
def _waiting_plans() -> sa.Select[int, str, str, int, dt.datetime]:
    return (
        sa.select(Plan.id, Plan.title, Station.name, Plan.fiscal_year, Plan.status_since)
        .join(Station, Station.id == Plan.station_id)
        .where(Plan.status.in_(GRANTABLE), ~sa.exists().where(Grant.plan_id == Plan.id).correlate(Plan))
        .where(_year_is_set())
        .order_by(Plan.id)
    )


def _year_is_set() -> sa.ColumnElement[bool]:
    """Whether the plan's year has its 制度設定: without them nobody can say how much may be asked for."""
    return sa.exists().where(FiscalYearSetting.fiscal_year == Plan.fiscal_year).correlate(Plan)


def _is_drafted() -> sa.ColumnElement[bool]:
    waits = sa.and_(SettingsDraft.fiscal_year == Plan.fiscal_year, SettingsDraft.decided_at.is_(None))
    return sa.exists().where(waits).correlate(Plan)


def years_to_set() -> list[tuple[int, int, dt.datetime]]:
    """(year, approved plans that wait, since when) of the years whose 制度設定 nobody has drafted yet, oldest first."""
    return [(year, plans, since) for year, plans, since in db.session.execute(_years_to_set())]


@cache
def _years_to_set() -> sa.Select[int, int, dt.datetime]:
    return (
        sa.select(Plan.fiscal_year, sa.func.count(), sa.func.min(Plan.status_since))
        .where(Plan.status.in_(GRANTABLE), ~_year_is_set(), ~_is_drafted())
        .group_by(Plan.fiscal_year)
        .order_by(Plan.fiscal_year)
    )


@dataclass(frozen=True)
class Offer:
    """What applying with a plan would come to. ``requested`` None: the year has no settings yet."""

    version: PlanVersion
    totals: dict[str, Yen]
    requested: Yen | None
    conditions: str


def offer(plan: Plan) -> Offer | None:
    """The offer of an approved plan; None while no meeting has approved it."""
    item = approved_item(plan)
    if item is None:
        return None
    setting = settings(plan.fiscal_year)
    totals = plan_queries.version_totals(item.version)
    requested = granting.award_amount(totals["requested_yen"], setting.terms) if setting else None
    return Offer(item.version, totals, requested, item.conditions)


def usual_beginning(plan: Plan) -> dt.date:
    """When a plan's project usually begins, by the day on which the meeting approved it."""
    item = approved_item(plan)
    approved_on = clock.local_date(item.resolved_at) if item is not None and item.resolved_at else None
    return granting.usual_beginning(
        plan.fiscal_year, approved_on or rules.project_period(plan.fiscal_year)[0]
    )


def conditions_of_meeting(plan: Plan) -> str:
    """The conditions under which the meeting approved; empty without any."""
    item = approved_item(plan)
    return item.conditions if item is not None else ""
