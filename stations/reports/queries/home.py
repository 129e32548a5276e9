"""The home page: what waits for somebody, then what is theirs. Each part is one statement, asked only if needed."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications import labels as plan_labels
from stations.applications import queries as applications
from stations.applications import rules as plans
from stations.applications.models import Plan
from stations.attendance.models import OpeningRecord
from stations.attendance.queries import waiting as attendance_tasks
from stations.committees import queries as committees
from stations.committees.models import Committee, District, Opening, Station
from stations.committees.rules import OpeningStatus, is_over
from stations.core import access, clock
from stations.core.access import COMMITTEE_ROLES, Permission, Scope, scope_of
from stations.core.database import db, fetch_all
from stations.core.language import gettext as _
from stations.core.money import Yen
from stations.core.tasks import Task, in_order
from stations.grants import disclosure
from stations.grants import labels as grant_labels
from stations.grants import rules as grant_rules
from stations.grants.books.queries import ledger
from stations.grants.books.rules.accounts import BOOKS_OPEN
from stations.grants.books.rules.bookkeeping import GrantBalance
from stations.grants.models import Grant
from stations.grants.pages import late_reports
from stations.grants.pages import tasks as grant_tasks
from stations.grants.pages.late_reports import AwaitedReport
from stations.grants.queries import desk as grant_desk
from stations.grants.queries import news as grant_news
from stations.meetings import queries as meetings
from stations.meetings.models import AgendaItem, Meeting
from stations.meetings.workflow import MEETING
from stations.people import queries as people
from stations.people.models import Person
from stations.referrals.queries import waiting as referral_tasks
from stations.reports.queries import queue as queues
from stations.reports.queries.overview import DistrictLine, districts
from stations.reports.queries.queue import Count

# The order is only for tasks without a due date: what is nearest to people first.
_WAITING = (
    people.waiting_for,
    attendance_tasks.waiting_for,
    referral_tasks.waiting_for,
    committees.waiting_for,
    applications.waiting_for,
    meetings.waiting_for,
)
_MEETING = {access.Role.GENERAL_MEMBER, access.Role.SECRETARIAT}
_NEXT_OPENINGS = 6
_MOST_A_DAY = 20  # at the stations of one person
_NEWS_FOR = dt.timedelta(days=30)
_RECENT_GRANTS = 12


@dataclass(frozen=True)
class StationNext:
    """A station and its next opening, if one is planned."""

    station: Station
    opening: Opening | None


@dataclass(frozen=True)
class PlanMoney:
    """A plan, its grant, and what stands on its books (None before there is a grant)."""

    plan_id: int
    title: str
    district: str
    station: str
    fiscal_year: int
    committee_id: int
    plan_status: plans.Status
    grant_id: int | None
    grant_status: grant_rules.Status | None
    balance: GrantBalance | None = None

    @property
    def status(self) -> StrEnum:
        return self.grant_status or self.plan_status

    @property
    def tone(self) -> str:
        if self.grant_status is not None:
            return grant_labels.TONES[self.grant_status]
        return plan_labels.TONES[self.plan_status]

    @property
    def awarded(self) -> bool:
        return self.balance is not None and self.balance.awarded > 0

    @property
    def left(self) -> int | None:
        """残額; None where nothing of it can be used: the project has ended."""
        if self.balance is None or self.grant_status not in grant_rules.SPENDABLE:
            return None
        return self.balance.left


@dataclass(frozen=True)
class Money:
    """The sums of ``grants`` grants of a year: 決定額・支払済・支出済・残額 (of the award, not yet spent).

    What one spent beyond its award takes nothing from another: ``over`` names it.
    """

    fiscal_year: int
    grants: int
    awarded: int
    paid: int
    spent: int
    over: int

    @property
    def left(self) -> int:
        return self.awarded - self.spent + self.over


@dataclass(frozen=True)
class NextMeeting:
    """The next general meeting and the length of its agenda."""

    meeting: Meeting
    items: int


@dataclass(frozen=True, kw_only=True)
class Home:
    """What one person's home page shows; a part that is not theirs is empty."""

    today: dt.date
    tasks: list[Task]
    committee: bool
    spending: list[PlanMoney]
    beginning: list[tuple[Any, str]]
    news: list[grant_news.News]
    stations: list[StationNext]
    plans: list[PlanMoney]
    money: Money | None
    openings: list[Opening]
    ended: list[Opening]
    queue: list[Count]
    districts: list[DistrictLine]
    meeting: NextMeeting | None
    agency: list[Count]
    grants: list[PlanMoney]
    awaited: list[AwaitedReport]


def home(person: Person) -> Home:
    """Everything on the home page of ``person``."""
    own = _bodies(person, COMMITTEE_ROLES, "committee_id")
    at_stations = _bodies(person, access.STATION_ROLES, "station_id")
    in_agencies = _bodies(person, access.AGENCY_ROLES, "agency_id")
    city = any(scope_of(held.role) is Scope.CITY for held in person.held_roles)
    audits = city and bool(access.can(person, Permission.AUDIT_READ))
    mine = _plans_of(own) if own else []
    built = _stations(own) if own else []
    desk = grant_desk.desk(person)
    elsewhere = (task for waiting_for in _WAITING for task in waiting_for(person))
    waiting = in_order([*elsewhere, *grant_tasks.waiting_for(person, desk)])
    openings = _openings(at_stations) if at_stations else []
    return Home(
        today=clock.today(),
        tasks=[*_first_tasks(person, own, built, mine), *waiting],
        committee=bool(own),
        spending=_spending(person, mine),
        beginning=_beginning(built, mine) if own else [],
        news=grant_news.news(own, since=clock.today() - _NEWS_FOR) if own else [],
        stations=built,
        plans=mine,
        money=_money(mine),
        openings=openings,
        ended=[one for one in openings if _ended(one)],
        queue=queues.queue(person) if city else [],
        districts=districts(clock.today()) if city and access.can(person, Permission.STATION_READ) else [],
        meeting=_next_meeting() if access.roles_of(person) & _MEETING else None,
        agency=queues.of_agencies(in_agencies) if in_agencies else [],
        grants=_latest_grants() if audits and access.can(person, Permission.GRANT_READ) else [],
        awaited=late_reports.awaited(person, desk) if city and disclosure.sees_drafts(person) else [],
    )


def _first_tasks(
    person: Person, own: Collection[int], built: Iterable[StationNext], mine: Iterable[PlanMoney]
) -> Iterable[Task]:
    """What a committee that has nothing yet does first: register a station, then write a plan for it."""
    with_station = {one.station.committee_id for one in built}
    with_plan = {one.committee_id for one in mine}
    registers = access.committee_ids(person, Permission.STATION_MANAGE) or frozenset()
    drafts = access.committee_ids(person, Permission.PLAN_DRAFT) or frozenset()
    for committee_id in sorted(own):
        if committee_id not in with_station and committee_id in registers:
            yield Task(
                label=_("最初のステーションを登録する"),
                endpoint="committees.new_station",
                values={"committee_id": committee_id, "first": 1},
                hint=_("名前と種類だけで登録できます。続けて計画をつくれます。"),
            )
        elif committee_id in with_station - with_plan and committee_id in drafts:
            yield Task(
                label=_("最初の計画をつくる"),
                endpoint="applications.new",
                hint=_("何を、いつ、いくらで行うかを書きます。途中で保存できます。"),
            )


def _beginning(built: Collection[StationNext], mine: Collection[PlanMoney]) -> list[tuple[Any, str]]:
    """The way of a committee to its first grant; empty once there was one."""
    if any(one.grant_id for one in mine):
        return []
    statuses = {one.plan_status for one in mine}
    approved = bool(statuses & plans.GRANTABLE)
    handed_in = approved or bool(statuses - plans.EDITABLE - {plans.Status.WITHDRAWN, plans.Status.REJECTED})
    done = [bool(built), handed_in, approved, False]
    names = [
        _("ステーションを登録する"),
        _("計画をつくって提出する"),
        _("全体会議の承認を受ける"),
        _("交付を申請する"),
    ]
    here = done.index(False)
    return [
        (name, "done" if number < here else "current" if number == here else "todo")
        for number, name in enumerate(names)
    ]


def _spending(person: Person, mine: Iterable[PlanMoney]) -> list[PlanMoney]:
    """The grants for which ``person`` may enter a receipt today."""
    enters = access.committee_ids(person, Permission.RECEIPT_ENTER) or frozenset()
    return [one for one in mine if one.committee_id in enters and one.grant_status in BOOKS_OPEN]


def _bodies(person: Person, roles: Collection[access.Role], attribute: str) -> set[int]:
    return {getattr(held, attribute) for held in person.held_roles if held.role in roles}


def _stations(committee_ids: Collection[int]) -> list[StationNext]:
    asked = {"committee_ids": list(committee_ids)} | committees.this_moment()
    rows = db.session.execute(_with_next(), asked)
    return [StationNext(station, opening) for station, opening in rows]


@cache  # built once: writing down such a statement takes longer than asking it
def _with_next() -> sa.Select[Station, Opening]:
    following = orm.aliased(Opening)
    next_id = (
        sa.select(following.id)
        .where(
            following.station_id == Station.id,
            committees.to_come(following),
            following.status == OpeningStatus.PLANNED,
        )
        .order_by(following.on, following.starts_at)
        .limit(1)
        .correlate(Station)
        .scalar_subquery()
    )
    return (
        sa.select(Station, Opening)
        .outerjoin(Opening, Opening.id == next_id)
        .options(orm.joinedload(Opening.venue))
        .where(
            Station.committee_id.in_(sa.bindparam("committee_ids", expanding=True)),
            Station.closed_on.is_(None),
        )
        .order_by(Opening.on.is_(None), Opening.on, Station.id)
    )


def _plans_of(committee_ids: Collection[int]) -> list[PlanMoney]:
    """The plans of these committees with their grants' books, as the committees may know them.

    That is without decisions whose letter has not gone out.
    """
    rows = db.session.execute(_published_plans(), _recent() | {"committee_ids": list(committee_ids)})
    return _with_books(rows, award=disclosure.published_award())


def _latest_grants() -> list[PlanMoney]:
    """The newest grants of all committees with their books."""
    return _with_books(db.session.execute(_granted_plans(), _recent()))


def _with_books(rows: Iterable[Any], award: sa.ColumnElement[Yen] | None = None) -> list[PlanMoney]:
    found = [PlanMoney(*row) for row in rows]
    balances = ledger.balances([one.grant_id for one in found if one.grant_id is not None], award=award)
    return [replace(one, balance=balances.get(one.grant_id or 0)) for one in found]


def _recent() -> dict[str, int]:
    return {"first_year": clock.fiscal_year(clock.today()) - 1}


@cache  # built once: writing down such a statement takes longer than asking it
def _published_plans() -> sa.Select[*tuple[Any, ...]]:
    theirs = Plan.committee_id.in_(sa.bindparam("committee_ids", expanding=True))
    return _plans(disclosure.published_state()).where(theirs)


@cache
def _granted_plans() -> sa.Select[*tuple[Any, ...]]:
    return _plans(Grant.status.expression).where(Grant.id.is_not(None)).limit(_RECENT_GRANTS)


def _plans(state: sa.ColumnElement[grant_rules.Status]) -> sa.Select[*tuple[Any, ...]]:
    """The columns of `PlanMoney`, of the present fiscal year and the one before, newest year first."""
    return (
        sa.select(
            Plan.id,
            Plan.title,
            District.name,
            Station.name,
            Plan.fiscal_year,
            Plan.committee_id,
            Plan.status,
            Grant.id,
            state,
        )
        .join_from(Plan, Station, Station.id == Plan.station_id)
        .join(Committee, Committee.id == Plan.committee_id)
        .join(District, District.id == Committee.district_id)
        .outerjoin(Grant, Grant.plan_id == Plan.id)
        .where(Plan.fiscal_year >= sa.bindparam("first_year"))
        .order_by(Plan.fiscal_year.desc(), Plan.id.desc())
    )


def _money(mine: Iterable[PlanMoney]) -> Money | None:
    """The awards of the present fiscal year that can still be used, added up; None without one."""
    year = clock.fiscal_year(clock.today())
    awarded = [
        one.balance
        for one in mine
        if one.fiscal_year == year
        and one.grant_status in grant_rules.SPENDABLE
        and one.balance
        and one.awarded
    ]
    if not awarded:
        return None
    return Money(
        fiscal_year=year,
        grants=len(awarded),
        awarded=sum(one.awarded for one in awarded),
        paid=sum(one.paid for one in awarded),
        spent=sum(one.spent for one in awarded),
        over=sum(max(0, -one.left) for one in awarded),
    )


def _openings(station_ids: Collection[int]) -> list[Opening]:
    """What is to come or running at the stations, and before it the last one that ended today and is not recorded."""
    found = fetch_all(
        sa.select(Opening)
        .options(orm.joinedload(Opening.station), orm.joinedload(Opening.venue))
        .outerjoin(OpeningRecord, OpeningRecord.opening_id == Opening.id)
        .where(
            Opening.station_id.in_(station_ids),
            Opening.on >= clock.today(),
            OpeningRecord.closed_at.is_(None),  # what is counted and closed is not to come
        )
        .order_by(Opening.on, Opening.starts_at)
        .limit(_NEXT_OPENINGS + _MOST_A_DAY)
    )
    held = [one for one in found if _ended(one) and one.status is not OpeningStatus.CANCELLED]
    return [*held[-1:], *(one for one in found if not _ended(one))][:_NEXT_OPENINGS]


def _ended(opening: Opening) -> bool:
    return is_over(opening.on, opening.ends_at, clock.now())


def _next_meeting() -> NextMeeting | None:
    items = (
        sa.select(sa.func.count())
        .select_from(AgendaItem)
        .where(AgendaItem.meeting_id == Meeting.id)
        .correlate(Meeting)
        .scalar_subquery()
    )
    row = db.session.execute(
        sa.select(Meeting, items)
        .where(Meeting.status.not_in(MEETING.final))
        .order_by(Meeting.held_on, Meeting.id)
        .limit(1)
    ).first()
    return NextMeeting(row[0], row[1]) if row else None
