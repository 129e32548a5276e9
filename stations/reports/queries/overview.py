"""One fiscal year over all districts: stages, money, visits. Reads only; eight statements whatever the size."""

import datetime as dt
from collections.abc import Iterable, Iterator
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
from stations.grants.models import Grant
from stations.grants.payments.queries import budget_years
from stations.grants.rules import Status as GrantStatus
from stations.reports.frames import Pivot, Read, pivoted
from stations.reports.rules import Stage, stage

STAGES = ("stations", *Stage)
MONEY = ("awarded", "paid", "spent", "difference")
BUDGET = ("own", "earlier", "returned", "net", "income")


class DistrictLine(NamedTuple):
    """A district, and how many of its stations are open."""

    committee_id: int
    name: str
    stations: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """The year so far. `months`: first days, up to this month. The pivots' rows are `districts`, but for `ages`.

    `stages`: open stations ("stations"), then how many plans stand at each Stage.
    `money`: "awarded" (missing: no award yet), "paid", "spent" and "difference" of the year's grants, in yen.
    `budget`: "own", "earlier", "returned", "net", "income" of the year's budget, whichever year the grants belong to, in yen.
    `visits`: 延べ of each month; missing where nothing was recorded. `ages`: the same, month by the codes of `bands`.
    """

    year: int
    months: tuple[dt.date, ...]
    bands: tuple[Band, ...]
    districts: list[DistrictLine]
    stages: Pivot
    money: Pivot
    budget: Pivot
    visits: Pivot
    ages: Pivot


def years() -> list[int]:
    """Fiscal years with plans, newest first; always the present one."""
    known = set(db.session.scalars(sa.select(Plan.fiscal_year).distinct()))
    return sorted(known | {clock.fiscal_year(clock.today())}, reverse=True)


def overview(year: int) -> Overview:
    """The figures of a fiscal year, up to today."""
    months, bands = _months(year), attendance_bands.bands_of(year)
    lines = districts(min(clock.fiscal_year_period(year)[1], clock.today()))
    committees = tuple([line.committee_id for line in lines])
    in_order, codes = tuple([day.month for day in months]), tuple([band.code for band in bands])
    read = counts.visits_of_year(year)
    by_district = tuple([(*place, number) for place, number in read.by_committee.items()])
    by_band = tuple([(*place, number) for place, number in read.by_band.items()])
    return Overview(
        year=year,
        months=months,
        bands=bands,
        districts=lines,
        stages=pivoted((*_open(lines), *_stages(year)), committees, STAGES, known=STAGES),
        money=pivoted(tuple(_money(year)), committees, MONEY, known=MONEY[1:]),
        budget=pivoted(tuple(_budget(year)), committees, BUDGET, known=BUDGET),
        visits=pivoted(by_district, committees, in_order),
        ages=pivoted(by_band, in_order, codes, known=codes),
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


def _open(lines: Iterable[DistrictLine]) -> Iterator[Read]:
    for line in lines:
        yield line.committee_id, "stations", line.stations


def _stages(year: int) -> Iterator[Read]:
    """How many plans stand at each stage; a stage gathers several states."""
    for committee_id, plan, grant, number in db.session.execute(_by_status(), {"year": year}):
        yield committee_id, stage(plan, grant), number


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


def _money(year: int) -> Iterator[Read]:
    """What stands on the books of each committee's grants of the year."""
    of_grant = db.session.execute(_grants_of_year(), {"year": year}).all()
    balances = ledger.balances([grant_id for grant_id, _committee_id in of_grant])
    for grant_id, committee_id in of_grant:
        one = balances[grant_id]
        if one.awarded:
            yield committee_id, "awarded", one.awarded
        yield committee_id, "paid", one.paid
        yield committee_id, "spent", one.spent
        yield committee_id, "difference", one.awarded - one.spent


def _budget(year: int) -> Iterator[Read]:
    for committee_id, one in budget_years.budget_flows(year).items():
        numbers = (one.own, one.earlier, -one.returned, one.net, one.income)
        for name, number in zip(BUDGET, numbers, strict=True):
            yield committee_id, name, number
