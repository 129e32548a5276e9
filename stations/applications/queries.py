"""Questions about plans: one, many, what waits for whom, and what a version holds."""

import datetime as dt
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications import content, rules
from stations.applications import labels as labels  # what the enums are called, for everybody who asks here
from stations.applications.models import (
    CostLine,
    IncomeLine,
    Plan,
    PlanAttachment,
    PlanVersion,
    SectionComment,
)
from stations.applications.rules import SEEN_BY_MEMBERS, Act, Missing, Section, Status, Totals
from stations.committees.models import Committee, District, Opening, Station, Venue
from stations.committees.rules import OpeningStatus
from stations.core import clock
from stations.core.access import (
    COMMITTEE_ROLES,
    ROLE_PERMISSIONS,
    Actor,
    Permission,
    Role,
    can,
    committee_ids,
    sits_on,
)
from stations.core.audit import Event
from stations.core.database import db, fetch_all
from stations.core.language import gettext as _
from stations.core.messages import N_
from stations.core.money import Yen
from stations.core.tasks import Task
from stations.people.models import Person, RoleAssignment
from stations.people.role_queries import holders

AWAITS_OFFICERS = (Status.SUBMITTED, Status.RECEIVED)


def plan(plan_id: int) -> Plan | None:
    return db.session.get(Plan, plan_id)


def attachment(plan_attachment_id: int) -> PlanAttachment | None:
    return db.session.get(PlanAttachment, plan_attachment_id)


def section_comment(section_comment_id: int) -> SectionComment | None:
    return db.session.get(SectionComment, section_comment_id)


def may_change(comment: SectionComment, person: Actor) -> bool:
    """Who wrote a comment may correct it until the committee sees it."""
    plan = comment.plan
    return (
        comment.by_id == person.id
        and comment.revision == plan.revision
        and plan.status in rules.COMMENTABLE
        and bool(can(person, Permission.PLAN_REVIEW, plan))
    )


def station(station_id: int) -> Station | None:
    return db.session.get(Station, station_id)


# ---- lists ---------------------------------------------------------------------------------------------


def _visible(person: Actor) -> sa.ColumnElement[bool]:
    """The plans that ``person`` may know of: the same answer as `Plan.body` and `Plan.hidden_from` give."""
    readers = [held for held in person.held_roles if Permission.PLAN_READ in ROLE_PERMISSIONS[held.role]]
    own = {held.committee_id for held in readers if held.role in COMMITTEE_ROLES}
    conditions: list[sa.ColumnElement[bool]] = [Plan.committee_id.in_(own)]
    city_roles = {held.role for held in readers if held.role not in COMMITTEE_ROLES}
    if city_roles - {Role.GENERAL_MEMBER}:
        conditions.append(Plan.submitted_at.is_not(None))
    elif city_roles:
        conditions.append(Plan.status.in_(SEEN_BY_MEMBERS))
    return sa.or_(*conditions)


class PlanLine(NamedTuple):
    """What lists and tasks show of a plan; its texts, which are long, stay in the database."""

    id: int
    title: str
    fiscal_year: int
    status: Status
    status_since: dt.datetime
    saved_at: dt.datetime
    saved_by: str
    committee_id: int
    committee: str
    district: str
    station: str
    costs_yen: Yen
    incomes_yen: Yen

    @property
    def requested(self) -> Yen:
        """市への申請額, as `rules.Totals.requested`."""
        return max(0, self.costs_yen - self.incomes_yen)

    @property
    def due_on(self) -> dt.date | None:
        return _due_on(self.status, self.status_since, self.fiscal_year)


def _lines(query: sa.Select[Any], **asked: Any) -> list[PlanLine]:
    return [PlanLine(*row) for row in db.session.execute(query, asked)]


@cache  # built once: writing down such a statement takes longer than asking it
def _plan_lines() -> sa.Select[Any]:
    """The columns of `PlanLine`."""

    def total(lines: type[CostLine | IncomeLine]) -> sa.ScalarSelect[int]:
        amount = sa.func.coalesce(sa.func.sum(lines.amount_yen), 0)
        return sa.select(amount).where(lines.plan_id == Plan.id).correlate(Plan).scalar_subquery()

    plan = (Plan.id, Plan.title, Plan.fiscal_year, Plan.status, Plan.status_since, Plan.saved_at)
    return (
        sa.select(*plan, Person.name, Plan.committee_id, Committee.name, District.name, Station.name)
        .add_columns(total(CostLine), total(IncomeLine))
        .join_from(Plan, Station, Station.id == Plan.station_id)
        .join(Committee, Committee.id == Plan.committee_id)
        .join(District, District.id == Committee.district_id)
        .join(Person, Person.id == Plan.saved_by_id)
    )


def plans_for(
    person: Actor,
    *,
    district_id: int | None = None,
    statuses: Iterable[Status] = (),
    fiscal_year: int | None = None,
) -> list[PlanLine]:
    """Plans that ``person`` may see, the latest change first."""
    query = _plan_lines().where(*_filtered(person, district_id, statuses, fiscal_year))
    return _lines(query.order_by(Plan.status_since.desc(), Plan.id.desc()))


def _filtered(
    person: Actor, district_id: int | None, statuses: Iterable[Status], fiscal_year: int | None
) -> list[sa.ColumnElement[bool]]:
    conditions = [_visible(person)]
    if district_id is not None:
        conditions.append(
            Plan.committee_id.in_(sa.select(Committee.id).where(Committee.district_id == district_id))
        )
    if wanted := list(statuses):
        conditions.append(Plan.status.in_(wanted))
    if fiscal_year is not None:
        conditions.append(Plan.fiscal_year == fiscal_year)
    return conditions


class Tally(NamedTuple):
    """How many plans of one district and fiscal year stand in one state."""

    status: Status
    fiscal_year: int
    district_id: int
    plans: int


def tallies(person: Actor) -> list[Tally]:
    """All plans that ``person`` may see, counted: what a list needs for its queues, its filters and its pages."""
    columns = (Plan.status, Plan.fiscal_year, Committee.district_id)
    rows = db.session.execute(
        sa.select(*columns, sa.func.count())
        .join(Committee, Committee.id == Plan.committee_id)
        .where(_visible(person))
        .group_by(*columns)
    )
    return [Tally(*row) for row in rows]


def districts() -> list[District]:
    return fetch_all(sa.select(District).order_by(District.number))


def stations_to_plan(person: Actor) -> list[Station]:
    """The open stations for which ``person`` may draft a plan."""
    own = committee_ids(person, Permission.PLAN_DRAFT)
    query = sa.select(Station).where(Station.closed_on.is_(None)).order_by(Station.id)
    return fetch_all(query if own is None else query.where(Station.committee_id.in_(own)))


def committees_to_build_in(person: Actor) -> list[Committee]:
    """The committees of their own in which ``person`` may register a station; the city does so elsewhere."""
    own = committee_ids(person, Permission.STATION_MANAGE)
    if not own:
        return []
    return fetch_all(sa.select(Committee).where(Committee.id.in_(own)).order_by(Committee.id))


def approved_already(person: Actor, years: Iterable[int]) -> list[Plan]:
    """Approved plans of those years at the stations for which ``person`` may draft another."""
    stations = [station.id for station in stations_to_plan(person)]
    return fetch_all(
        sa.select(Plan)
        .where(
            Plan.station_id.in_(stations),
            Plan.fiscal_year.in_(list(years)),
            Plan.status.in_(rules.GRANTABLE),
        )
        .order_by(Plan.fiscal_year, Plan.station_id, Plan.id)
    )


def plans_to_copy(person: Actor) -> list[Plan]:
    """Earlier plans of the committees for which ``person`` may draft, the latest first."""
    own = committee_ids(person, Permission.PLAN_DRAFT)
    query = sa.select(Plan).order_by(Plan.fiscal_year.desc(), Plan.id.desc()).limit(30)
    return fetch_all(query if own is None else query.where(Plan.committee_id.in_(own)))


def decidable() -> list[Plan]:
    """Plans that may come before a general meeting: confirmed or deferred ones, in the order they came."""
    return fetch_all(
        sa.select(Plan)
        .where(Plan.status.in_([Status.CONFIRMED, Status.DEFERRED]))
        .options(orm.selectinload(Plan.cost_lines), orm.selectinload(Plan.income_lines))
        .order_by(Plan.status_since, Plan.id)
    )


# ---- one plan ------------------------------------------------------------------------------------------


def plan_totals(plan: Plan) -> Totals:
    """The sums of the working copy, in yen."""
    return content.totals_of(plan)


def current_version(plan: Plan) -> PlanVersion | None:
    """What was submitted last; None for a plan that never was."""
    return plan.versions[-1] if plan.versions else None


def version(plan: Plan, revision: int) -> PlanVersion | None:
    return next((kept for kept in plan.versions if kept.revision == revision), None)


def approved_version(plan: Plan) -> PlanVersion | None:
    """The version that the general meeting approved; None while it did not.

    After 付議 nothing can be submitted any more, so it is the last one.
    """
    return current_version(plan) if plan.status in rules.GRANTABLE else None


def tabled_from(plan: Plan) -> Status:
    """The state in which the plan was when it came on an agenda last: 事務局確認済 or 継続審議."""
    before = db.session.scalar(
        sa.select(Event.from_status)
        .where(
            Event.object_type == Plan.__tablename__, Event.object_id == plan.id, Event.act == Act.TABLE.value
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return Status(before) if before else Status.CONFIRMED


def submitted_from(plan: Plan) -> Status:
    """The state in which the plan was when it was handed in last: 下書き or 差戻し."""
    before = db.session.scalar(
        sa.select(Event.from_status)
        .where(
            Event.object_type == Plan.__tablename__, Event.object_id == plan.id, Event.act == Act.SUBMIT.value
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    return Status(before) if before else Status.DRAFT


def version_lines(version: PlanVersion) -> list[content.FrozenLine]:
    """The cost lines of a frozen version: what a grant copies."""
    return content.lines(version.content)


def version_totals(version: PlanVersion) -> dict[str, int]:
    """rent_yen, activity_yen, cost_yen, income_yen, requested_yen of a frozen version."""
    sums: dict[str, int] = version.content["totals"]
    return sums


def version_incomes(version: PlanVersion) -> list[tuple[rules.IncomeKind, str, int]]:
    """(kind, content, yen) of each expected income of a frozen version."""
    return [
        (rules.IncomeKind(line["kind"]), line["content"], line["amount_yen"])
        for line in version.content["income_lines"]
    ]


def is_true_to_itself(version: PlanVersion) -> bool:
    """Whether the SHA-256 computed again from the stored content is the one written at submission."""
    return rules.fingerprint(rules.freeze(version.content)) == version.sha256


def gaps(plan: Plan) -> list[Missing]:
    """What is missing before the plan can be submitted."""
    return rules.missing(content.checked(plan))


def open_comments(plan: Plan) -> list[SectionComment]:
    """What the officials asked to correct and nobody has marked as corrected; the committee sees it once returned."""
    return [
        comment
        for comment in plan.comments
        if comment.resolved_at is None and comment.revision < plan.revision
    ]


def started(plan: Plan, section: Section) -> bool:
    return section.value in plan.saved_sections


def venues_to_use(plan: Plan) -> list[Venue]:
    """The station's venues that are still used, and those that the plan names already."""
    named = [venue.id for venue in plan.venues]
    return fetch_all(
        sa.select(Venue)
        .where(Venue.station_id == plan.station_id, sa.or_(Venue.closed_on.is_(None), Venue.id.in_(named)))
        .order_by(Venue.id)
    )


def openings_in_calendar(plan: Plan) -> int:
    """How many openings of the station stand in the calendar of the plan's year, cancelled ones aside."""
    first, last = clock.fiscal_year_period(plan.fiscal_year)
    count = (
        sa.select(sa.func.count())
        .select_from(Opening)
        .where(
            Opening.station_id == plan.station_id,
            Opening.on.between(first, last),
            Opening.status != OpeningStatus.CANCELLED,
        )
    )
    return db.session.scalar(count) or 0


def files_of(version: PlanVersion) -> list[PlanAttachment]:
    """The attachments as they stood when the version was submitted, also those removed since."""
    kept = {entry["sha256"] for entry in version.content["attachments"]}
    return [one for one in version.plan.attachments if one.file.sha256 in kept]


# ---- people --------------------------------------------------------------------------------------------


def notified_of(plan: Plan, roles: Collection[Role]) -> list[Person]:
    """Who holds the roles that hear of a plan, each once; 起案者 is who drafted this one."""
    found = [plan.drafted_by] if Role.DRAFTER in roles and plan.drafted_by.is_active else []
    found += holders(set(roles) - {Role.DRAFTER}, RoleAssignment.committee_id == plan.committee_id)
    return list(dict.fromkeys(found))


# ---- what waits for whom ------------------------------------------------------------------------------


def due_on(plan: Plan) -> dt.date | None:
    """Until when somebody means to act on a plan in its present state; None when nobody is waited for."""
    return _due_on(plan.status, plan.status_since, plan.fiscal_year)


def _due_on(status: Status, since: dt.datetime, fiscal_year: int) -> dt.date | None:
    if status is Status.DRAFT:
        return rules.draft_by(fiscal_year, clock.local_date(since))
    days = {
        Status.SUBMITTED: rules.RECEIVE_WITHIN,
        Status.RECEIVED: rules.REVIEW_WITHIN,
        Status.RETURNED: rules.MEND_WITHIN,
    }.get(status)
    return None if days is None else clock.add_business_days(clock.local_date(since), days)


def waiting_for(person: Actor) -> list[Task]:
    """Plans that wait for ``person``: returned ones first, then drafts; for officials their queue."""
    tasks: list[Task] = []
    if own := committee_ids(person, Permission.PLAN_DRAFT):
        tasks += [_task(plan, plan.station) for plan in _lines(_to_write(), committee_ids=list(own))]
    if committee_ids(person, Permission.PLAN_REVIEW) is None:
        queue = _lines(_to_review())
        tasks += [_task(plan, plan.committee) for plan in queue if not sits_on(person, plan.committee_id)]
    return tasks


@cache  # built once: writing down such a statement takes longer than asking it
def _to_write() -> sa.Select[Any]:
    theirs = Plan.committee_id.in_(sa.bindparam("committee_ids", expanding=True))
    mine = _plan_lines().where(theirs, Plan.status.in_(rules.EDITABLE))
    return mine.order_by(Plan.status.desc(), Plan.saved_at.desc())


@cache
def _to_review() -> sa.Select[Any]:
    return _plan_lines().where(Plan.status.in_(AWAITS_OFFICERS)).order_by(Plan.status_since, Plan.id)


_TASKS = {
    Status.DRAFT: N_("計画を書き上げて提出する：%(title)s"),
    Status.RETURNED: N_("差し戻された計画を直す：%(title)s"),
    Status.SUBMITTED: N_("提出された計画を受け付ける：%(title)s"),
    Status.RECEIVED: N_("計画の内容を確認する：%(title)s"),
}


def _task(plan: PlanLine, hint: str) -> Task:
    label, values = _(_TASKS[plan.status], title=plan.title), {"plan_id": plan.id}
    return Task(label=label, endpoint="applications.plan", values=values, due_on=plan.due_on, hint=hint)
