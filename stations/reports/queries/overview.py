"""One fiscal year over all districts: stages, money, visits. Reads only; seven statements whatever the size."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.attendance import queries as attendance
from stations.attendance.rules import AgeBand
from stations.committees.models import Committee, District, Station
from stations.core import clock
from stations.core.database import db
from stations.grants import queries as grants
from stations.grants.bookkeeping import Standing
from stations.grants.models import Grant
from stations.reports.rules import Stage, stage


@dataclass(frozen=True, kw_only=True)
class DistrictYear:
    """One district in one fiscal year. Yen are of the year's grants; `awarded_yen` None: no award yet.

    `visits`: one number for each month of the overview; None where nothing was recorded.
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
    visits = {(row.committee_id, row.month): row.visits for row in attendance.visits_by_committee(year)}
    bands: defaultdict[dt.date, dict[AgeBand, int]] = defaultdict(lambda: dict.fromkeys(AgeBand, 0))
    for row in attendance.visits_by_month(year):
        bands[row.month][row.band] = row.visits
    districts = tuple(
        DistrictYear(
            name=name,
            committee_id=committee_id,
            stations_running=running.get(committee_id, 0),
            stages=stages[committee_id],
            awarded_yen=money[committee_id].awarded or None,
            paid_yen=money[committee_id].paid,
            spent_yen=money[committee_id].spent,
            visits=tuple(visits.get((committee_id, month)) for month in months),
        )
        for committee_id, name in _committees()
    )
    return Overview(
        year=year, months=months, districts=districts, visits_by_band=tuple(bands[month] for month in months)
    )


def _months(year: int) -> tuple[dt.date, ...]:
    first, last = clock.fiscal_year_period(year)
    every = (clock.add_months(first, n) for n in range(12))
    return tuple(month for month in every if month <= min(last, clock.today())) or (first,)


def _committees() -> list[tuple[int, str]]:
    rows = db.session.execute(
        sa.select(Committee.id, District.name)
        .join_from(Committee, District, District.id == Committee.district_id)
        .order_by(District.number)
    )
    return [(committee_id, name) for committee_id, name in rows]


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
        .where(Station.opened_on <= day, sa.or_(Station.closed_on.is_(None), Station.closed_on >= day))
        .group_by(Station.committee_id)
    )
    return {row[0]: row[1] for row in rows}


def _money(year: int) -> defaultdict[int, Standing]:
    """What stands on the books of each committee's grants of the year, by committee id."""
    of_grant = db.session.execute(
        sa.select(Grant.id, Grant.committee_id).where(Grant.fiscal_year == year)
    ).all()
    standings = grants.standings([grant_id for grant_id, _committee_id in of_grant])
    sums: defaultdict[int, Standing] = defaultdict(lambda: Standing(awarded=0, paid=0, spent=0, cash=0))
    for grant_id, committee_id in of_grant:
        one, so_far = standings[grant_id], sums[committee_id]
        sums[committee_id] = Standing(
            awarded=so_far.awarded + one.awarded,
            paid=so_far.paid + one.paid,
            spent=so_far.spent + one.spent,
            cash=so_far.cash + one.cash,
        )
    return sums
