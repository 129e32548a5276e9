"""One fiscal year over all districts: stages, money, visits. Reads only; eight statements whatever the size."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.applications.rules import Status as PlanStatus
from stations.attendance.band_rules import Band
from stations.attendance.queries import bands as attendance_bands
from stations.attendance.queries import counts
from stations.committees.models import Committee, District, Station
from stations.core import clock
from stations.core.database import db
from stations.grants.books.queries import ledger
from stations.grants.books.rules.bookkeeping import GrantBalance
from stations.grants.models import Grant
from stations.grants.payments.queries import budget_years
from stations.grants.payments.rules.budget_years import Flow
from stations.grants.rules import Status as GrantStatus
from stations.reports.rules import Stage, stage


class DistrictLine(NamedTuple):
    """A district, and how many of its stations are open."""

    committee_id: int
    name: str
    stations: int


@dataclass(frozen=True, kw_only=True)
class DistrictYear:
    """One district in one fiscal year. Yen are of the year's grants; `awarded_yen` None: no award yet.

    `budget` is what the year's budget paid and received, whichever year the grants belong to.
    `visits`: one number for each month of the overview; None where nothing was recorded.
    """

    name: str
    committee_id: int
    stations_running: int
    stages: dict[Stage, int]
    awarded_yen: int | None
    paid_yen: int
    spent_yen: int
    budget: Flow
    visits: tuple[int | None, ...]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The year so far. `months`: first days, up to this month; `visits_by_band`: one mapping for each, by the bands' codes."""

    year: int
    months: tuple[dt.date, ...]
    districts: tuple[DistrictYear, ...]
    bands: tuple[Band, ...]
    visits_by_band: tuple[dict[str, int], ...]


def years() -> list[int]:
    """Fiscal years with plans, newest first; always the present one."""
    known = set(db.session.scalars(sa.select(Plan.fiscal_year).distinct()))
    return sorted(known | {clock.fiscal_year(clock.today())}, reverse=True)


def overview(year: int) -> Overview:
    """The figures of a fiscal year, up to today."""
    months = _months(year)
    stages, money, budgets = _stages(year), _money(year), budget_years.budget_flows(year)
    visits, bands = counts.visits_of_year(year), attendance_bands.bands_of(year)
    every = tuple(
        DistrictYear(
            name=name,
            committee_id=committee_id,
            stations_running=running,
            stages=stages[committee_id],
            awarded_yen=money[committee_id].awarded or None,
            paid_yen=money[committee_id].paid,
            spent_yen=money[committee_id].spent,
            budget=budgets.get(committee_id, Flow()),
            visits=tuple([visits.by_committee.get((committee_id, day.month)) for day in months]),
        )
        for committee_id, name, running in districts(min(clock.fiscal_year_period(year)[1], clock.today()))
    )
    return Overview(
        year=year,
        months=months,
        districts=every,
        bands=bands,
        visits_by_band=tuple(
            {band.code: visits.by_band.get((day.month, band.code), 0) for band in bands} for day in months
        ),
    )


def _months(year: int) -> tuple[dt.date, ...]:
    first, last = clock.fiscal_year_period(year)
    every = (clock.add_months(first, n) for n in range(12))
    return tuple(month for month in every if month <= min(last, clock.today())) or (first,)


def districts(on: dt.date) -> list[DistrictLine]:
    """Every district in its order, with its stations that run on a day (the last day is still one of them)."""
    return [DistrictLine(*row) for row in db.session.execute(_running_stations(), {"on": on})]


@cache
def _running_stations() -> sa.Select[int, str, int]:
    on = sa.bindparam("on", type_=sa.Date())
    running = sa.and_(
        Station.committee_id == Committee.id,
        Station.opened_on <= on,
        sa.or_(Station.closed_on.is_(None), Station.closed_on >= on),
    )
    return (
        sa.select(Committee.id, District.name, sa.func.count(Station.id))
        .join_from(Committee, District, District.id == Committee.district_id)
        .outerjoin(Station, running)
        .group_by(Committee.id, District.name, District.number)
        .order_by(District.number)
    )


def _stages(year: int) -> defaultdict[int, dict[Stage, int]]:
    counted: defaultdict[int, dict[Stage, int]] = defaultdict(dict)
    for committee_id, plan, grant, count in db.session.execute(_by_status(), {"year": year}):
        at = stage(plan, grant)
        counted[committee_id][at] = counted[committee_id].get(at, 0) + count
    return counted


@cache
def _by_status() -> sa.Select[int, PlanStatus, GrantStatus, int]:
    return (
        sa.select(Plan.committee_id, Plan.status, Grant.status, sa.func.count())
        .outerjoin(Grant, Grant.plan_id == Plan.id)
        .where(Plan.fiscal_year == sa.bindparam("year"))
        .group_by(Plan.committee_id, Plan.status, Grant.status)
    )


@cache
def _grants_of_year() -> sa.Select[int, int]:
    return sa.select(Grant.id, Grant.committee_id).where(Grant.fiscal_year == sa.bindparam("year"))


def _money(year: int) -> defaultdict[int, GrantBalance]:
    """What stands on the books of each committee's grants of the year, by committee id."""
    of_grant = db.session.execute(_grants_of_year(), {"year": year}).all()
    balances = ledger.balances([grant_id for grant_id, _committee_id in of_grant])
    sums: defaultdict[int, GrantBalance] = defaultdict(
        lambda: GrantBalance(awarded=0, paid=0, spent=0, cash=0)
    )
    for grant_id, committee_id in of_grant:
        one, so_far = balances[grant_id], sums[committee_id]
        sums[committee_id] = GrantBalance(
            awarded=so_far.awarded + one.awarded,
            paid=so_far.paid + one.paid,
            spent=so_far.spent + one.spent,
            cash=so_far.cash + one.cash,
        )
    return sums
