"""One fiscal year over all districts: stages, money, visits. Reads only; six statements whatever the size."""

import datetime as dt
from collections import Counter as Tally
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications.models import Plan
from stations.attendance.models import OpeningRecord, Tap
from stations.attendance.rules import AgeBand, Counter
from stations.committees.models import Committee, Opening, Station
from stations.committees.rules import OpeningStatus
from stations.core import clock
from stations.core.database import db
from stations.grants.bookkeeping import Account
from stations.grants.models import Grant, LedgerPosting, LedgerTransaction
from stations.reports.rules import Stage, stage


@dataclass(frozen=True, kw_only=True)
class DistrictYear:
    """One district in one fiscal year. Yen are of the year's grants; `awarded_yen` None: no award yet.

    `visits`: one number for each month of the overview; None where no opening was held.
    """

    name: str
    committee_id: int
    stations_running: int
    stages: dict[Stage, int]
    awarded_yen: int | None
    paid_yen: int
    spent_yen: int
    visits: tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The year so far. `months`: first days, up to this month; `visits_by_band`: one mapping for each."""

    year: int
    months: tuple[dt.date, ...]
    districts: tuple[DistrictYear, ...]
    visits_by_band: tuple[dict[AgeBand, int], ...]


def years() -> list[int]:
    """Fiscal years with plans, newest first; always the present one."""
    known = set(db.session.scalars(sa.select(Plan.fiscal_year).distinct()))
    return sorted(known | {clock.fiscal_year(clock.today())}, reverse=True)


def overview(year: int) -> Overview:
    """The figures of a fiscal year, up to today."""
    months = _months(year)
    stages, running, money = _stages(year), _running(year), _money(year)
    visits, held = _visits(year), _held(year)
    committees = db.session.scalars(
        sa.select(Committee).join(Committee.district).order_by(Committee.district_id)
    )
    districts = tuple(
        DistrictYear(
            name=committee.district.name,
            committee_id=committee.id,
            stations_running=running.get(committee.id, 0),
            stages=stages[committee.id],
            awarded_yen=money[committee.id][0],
            paid_yen=money[committee.id][1],
            spent_yen=money[committee.id][2],
            visits=tuple(
                sum(visits[committee.id, month].values())
                if (committee.id, month) in held or visits[committee.id, month]
                else None
                for month in months
            ),
        )
        for committee in committees
    )
    by_band = tuple(
        {band: sum(visits[one.committee_id, month][band] for one in districts) for band in AgeBand}
        for month in months
    )
    return Overview(year=year, months=months, districts=districts, visits_by_band=by_band)


def _months(year: int) -> tuple[dt.date, ...]:
    first, last = clock.fiscal_year_period(year)
    every = (clock.add_months(first, n) for n in range(12))
    return tuple(month for month in every if month <= min(last, clock.today())) or (first,)


def _stages(year: int) -> defaultdict[int, dict[Stage, int]]:
    counted: defaultdict[int, dict[Stage, int]] = defaultdict(dict)
    rows = db.session.execute(
        sa.select(Plan.committee_id, Plan.status, Grant.status, sa.func.count())
        .outerjoin(Grant, Grant.plan_id == Plan.id)
        .where(Plan.fiscal_year == year)
        .group_by(Plan.committee_id, Plan.status, Grant.status)
    )
    for committee_id, plan, grant, count in rows:
        at = stage(plan, grant)
        counted[committee_id][at] = counted[committee_id].get(at, 0) + count
    return counted


def _running(year: int) -> dict[int, int]:
    day = min(clock.fiscal_year_period(year)[1], clock.today())
    rows = db.session.execute(
        sa.select(Station.committee_id, sa.func.count())
        .where(Station.opened_on <= day, sa.or_(Station.closed_on.is_(None), Station.closed_on > day))
        .group_by(Station.committee_id)
    )
    return {committee_id: count for committee_id, count in rows}


def _money(year: int) -> defaultdict[int, tuple[int | None, int, int]]:
    """Committee id → awarded, paid (net of refunds), spent; read off the books as `bookkeeping.standing` does."""
    booked = (
        sa.select(
            LedgerTransaction.grant_id,
            sa.func.sum(sa.case((LedgerPosting.account == Account.CITY_CASH, -LedgerPosting.amount_yen), else_=0))
            .label("paid"),
            sa.func.sum(sa.case((LedgerPosting.account == Account.EXPENSE, LedgerPosting.amount_yen), else_=0))
            .label("spent"),
        )
        .join(LedgerPosting, LedgerPosting.transaction_id == LedgerTransaction.id)
        .group_by(LedgerTransaction.grant_id)
        .subquery()
    )
    awarded = sa.case(
        (sa.and_(Grant.decided_on.is_not(None), Grant.refusal_reason.is_(None)), Grant.awarded_yen)
    )
    rows = db.session.execute(
        sa.select(
            Grant.committee_id,
            sa.func.sum(awarded),
            sa.func.coalesce(sa.func.sum(booked.c.paid), 0),
            sa.func.coalesce(sa.func.sum(booked.c.spent), 0),
        )
        .outerjoin(booked, booked.c.grant_id == Grant.id)
        .where(Grant.fiscal_year == year)
        .group_by(Grant.committee_id)
    )
    money: defaultdict[int, tuple[int | None, int, int]] = defaultdict(lambda: (None, 0, 0))
    for committee_id, award, paid, spent in rows:
        money[committee_id] = (None if award is None else int(award), int(paid), int(spent))
    return money


def _visits(year: int) -> defaultdict[tuple[int, dt.date], Tally[AgeBand]]:
    visits: defaultdict[tuple[int, dt.date], Tally[AgeBand]] = defaultdict(Tally)
    statement = (
        sa.select(Station.committee_id, *_month_parts(), Tap.band, sa.func.sum(Tap.delta))
        .join_from(Tap, OpeningRecord, OpeningRecord.id == Tap.record_id)
        .join(Opening, Opening.id == OpeningRecord.opening_id)
        .join(Station, Station.id == Opening.station_id)
        .where(Tap.counter == Counter.VISIT, _in_year(year))
        .group_by(Station.committee_id, *_month_parts(), Tap.band)
    )
    for committee_id, of_year, month, band, count in db.session.execute(statement):
        visits[committee_id, dt.date(int(of_year), int(month), 1)][band] = int(count)
    return visits


def _held(year: int) -> set[tuple[int, dt.date]]:
    rows = db.session.execute(
        sa.select(Station.committee_id, *_month_parts())
        .join_from(Opening, Station, Station.id == Opening.station_id)
        .where(Opening.status == OpeningStatus.HELD, _in_year(year))
        .distinct()
    )
    return {(committee_id, dt.date(int(of_year), int(month), 1)) for committee_id, of_year, month in rows}


def _month_parts() -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    on: orm.InstrumentedAttribute[dt.date] = Opening.on
    return sa.extract("year", on), sa.extract("month", on)


def _in_year(year: int) -> sa.ColumnElement[bool]:
    return Opening.on.between(*clock.fiscal_year_period(year))
