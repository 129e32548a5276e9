"""Finding grants, what they were granted for, and the settings of their year."""

import datetime as dt
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan
from stations.applications.rules import GRANTABLE
from stations.committees.models import Committee, District, Station
from stations.core import clock
from stations.core.access import Actor, Permission, committee_ids
from stations.core.audit import Event
from stations.core.database import db, fetch_all
from stations.core.money import Yen
from stations.grants.changes import GrantChange
from stations.grants.models import Grant, Letter, PaymentRequest
from stations.grants.queries import disclosure
from stations.grants.rules import PaymentStatus, Status, project_period, year_over
from stations.grants.settings import FiscalYearSetting, SettingsDraft
from stations.grants.settlement import ReallocationRule
from stations.meetings.models import AgendaItem
from stations.meetings.rules import Resolution


def grant(grant_id: int) -> Grant | None:
    """A grant with its plan, the approved version, the settings of its year, and findings after 完結."""
    behind = (Grant.plan, Grant.version, Grant.setting, Grant.recoveries)
    return db.session.get(Grant, grant_id, options=[orm.joinedload(one) for one in behind])


def letter(letter_id: int) -> Letter | None:
    return db.session.get(Letter, letter_id, options=[orm.joinedload(Letter.grant)])


def begins_on(grant: Grant) -> dt.date:
    """The first day of the grant's project: as applied for, else of its year."""
    return grant.starts_on or project_period(grant.fiscal_year)[0]


def project_name(grant: Grant) -> str:
    """補助事業の名称 on letters and in the report: 「新緑を見る会（つながる六実の家）」.

    The title is that of the frozen version: a station has several grants a year, and the approved name stays.
    """
    return f"{grant.version.content['title']}（{grant.station.name}）"


def plan(plan_id: int) -> Plan | None:
    """The plan that a committee applies with."""
    return db.session.get(Plan, plan_id)


def grant_of_plan(plan: Plan) -> Grant | None:
    return db.session.scalars(sa.select(Grant).where(Grant.plan_id == plan.id)).one_or_none()


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


def settings(fiscal_year: int) -> FiscalYearSetting | None:
    return db.session.scalars(_settings(), {"fiscal_year": fiscal_year}).one_or_none()


@cache  # built once: writing down such a statement takes longer than asking it
def _settings() -> sa.Select[FiscalYearSetting]:
    return sa.select(FiscalYearSetting).where(FiscalYearSetting.fiscal_year == sa.bindparam("fiscal_year"))


def reallocation_rule(grant: Grant) -> ReallocationRule:
    """How far 流用 is free in the grant's year; the stricter default while the year has no settings."""
    return grant.setting.reallocation_rule if grant.setting is not None else ReallocationRule.SMALLER20


def settings_draft(settings_draft_id: int) -> SettingsDraft | None:
    return db.session.get(SettingsDraft, settings_draft_id)


def pending_settings(fiscal_year: int) -> SettingsDraft | None:
    """The drafted 制度設定 of a year that wait for their decision."""
    return db.session.scalars(
        sa.select(SettingsDraft).where(
            SettingsDraft.fiscal_year == fiscal_year, SettingsDraft.decided_at.is_(None)
        )
    ).one_or_none()


def settings_drafts(fiscal_year: int | None = None) -> list[SettingsDraft]:
    """All drafts of a year's 制度設定, oldest first; None: those of every year that wait."""
    found = sa.select(SettingsDraft).order_by(SettingsDraft.fiscal_year, SettingsDraft.id)
    if fiscal_year is None:
        return fetch_all(found.where(SettingsDraft.decided_at.is_(None)))
    return fetch_all(found.where(SettingsDraft.fiscal_year == fiscal_year))


def settings_settled(fiscal_year: int) -> bool:
    """Whether a grant of the year has been applied for: what its amount was computed by then stands."""
    return bool(
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Grant)
            .where(Grant.fiscal_year == fiscal_year, Grant.status != Status.WITHDRAWN)
        )
    )


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


def pending_change(grant: Grant) -> GrantChange | None:
    """The change that waits for a decision."""
    return db.session.scalars(
        sa.select(GrantChange)
        .where(GrantChange.grant_id == grant.id, GrantChange.decided_at.is_(None))
        .order_by(GrantChange.id.desc())
        .limit(1)
    ).one_or_none()


def changes_without_letter(grant: Grant) -> list[GrantChange]:
    """Changes that the city decided, either way, and has not yet told in a letter, oldest first.

    流用 within the rule is nobody's decision and gets no letter; nor does a change that ended without one of its own.
    """
    return [
        change
        for change in grant.changes
        if change.decided_by_id is not None and change.ended_by_id is None and change.letter_id is None
    ]


def change_letter(change: GrantChange) -> str:
    """The kind of letter about the decision on a change."""
    return "change" if change.approved else "change_refusal"


def letter_of(grant: Grant, kind: str) -> Letter | None:
    """The latest letter of a kind."""
    return next((letter for letter in reversed(grant.letters) if letter.kind == kind), None)


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


def _in_reach(person: Actor) -> sa.ColumnElement[bool]:
    reach = committee_ids(person, Permission.GRANT_READ)
    return sa.true() if reach is None else Grant.committee_id.in_(reach)
