"""Questions about general meetings: agenda, members, quorum, who may vote, and what waits for whom."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy import orm

from stations.applications import queries as plan_queries
from stations.applications.models import Plan
from stations.core import audit, clock
from stations.core.access import COMMITTEE_ROLES, Actor, Permission, Role, can, roles_of
from stations.core.database import db, fetch_all
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.tasks import Task
from stations.meetings import labels as labels  # what the enums are called, for everybody who asks here
from stations.meetings import rules
from stations.meetings.models import AgendaItem, Meeting, Presence
from stations.meetings.rules import Attendance, History, MeetingStatus, Resolution
from stations.meetings.workflow import MEETING
from stations.people.models import Person, RoleAssignment
from stations.people.role_queries import in_term

ANNOUNCED = dt.timedelta(days=30)


def meeting(meeting_id: int) -> Meeting | None:
    return db.session.get(Meeting, meeting_id)


def item(agenda_item_id: int) -> AgendaItem | None:
    return db.session.get(AgendaItem, agenda_item_id)


def meetings(*, fiscal_year: int | None = None) -> list[Meeting]:
    """All meetings with their items, the latest first."""
    query = sa.select(Meeting).options(orm.selectinload(Meeting.items)).order_by(Meeting.held_on.desc())
    if fiscal_year is not None:
        query = query.where(Meeting.fiscal_year == fiscal_year)
    return fetch_all(query)


def candidates() -> list[Plan]:
    """Plans that may be tabled: confirmed by the secretariat of the city, or deferred by an earlier meeting."""
    return plan_queries.decidable()


def agenda(meeting: Meeting) -> list[AgendaItem]:
    """The items in order, each with its plan and version."""
    return fetch_all(
        sa.select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.id)
        .options(orm.joinedload(AgendaItem.plan), orm.joinedload(AgendaItem.version))
        .order_by(AgendaItem.position)
    )


def has_resolved(meeting: Meeting) -> bool:
    """Whether a resolution on any of its items was recorded."""
    found = sa.select(AgendaItem.id).where(
        AgendaItem.meeting_id == meeting.id, AgendaItem.resolution.is_not(None)
    )
    return db.session.scalar(found.limit(1)) is not None


def timeline(meeting: Meeting, items: list[AgendaItem], *, inside: bool) -> list[audit.Entry]:
    """What was done to a meeting, newest first, each act on a plan with the plan's title; ``items``: its agenda.

    ``inside``: for the secretariat; others do not read of plans that were taken off the agenda, and why.
    """
    entries = audit.timeline(meeting)
    titles = {item.plan_id: item.plan.title for item in items}
    if not inside:
        entries = [
            one
            for one in entries
            if one.detail.get("plan_id") in {None, *titles} and one.act != History.UNTABLE
        ]
    named = {entry.detail["plan_id"] for entry in entries if "plan_id" in entry.detail}
    if gone := named - titles.keys():  # taken off the agenda since
        titles |= dict(db.session.execute(sa.select(Plan.id, Plan.title).where(Plan.id.in_(gone))).all())
    return [_with_title(entry, titles.get(entry.detail.get("plan_id", 0))) for entry in entries]


def _with_title(entry: audit.Entry, title: str | None) -> audit.Entry:
    """The entry with the plan it was about and, for a resolution, its outcome."""
    if title is None:
        return entry
    words = _("%(act)s：%(title)s", act=entry.label, title=title)
    if outcome := entry.detail.get("resolution"):
        words = _("%(words)s（%(outcome)s）", words=words, outcome=label(Resolution(outcome)))
    return replace(entry, label=words)


# ---- members and quorum --------------------------------------------------------------------------------


def members(day: dt.date) -> list[Person]:
    """The members of the general meeting on a day, in the order of their names' reading."""
    return fetch_all(
        sa.select(Person)
        .where(
            Person.roles.any(sa.and_(RoleAssignment.role == Role.GENERAL_MEMBER, in_term(day))),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.kana, Person.name, Person.id)
    )


def sits_on(member: Person, day: dt.date) -> frozenset[int]:
    """The committees a member belongs to on a day."""
    return frozenset(
        role.committee_id
        for role in member.roles
        if role.role in COMMITTEE_ROLES and role.committee_id is not None and role.active_on(day)
    )


def attendance(meeting: Meeting) -> dict[int, Attendance]:
    """Person id → how they take part; who is not in it is absent."""
    rows = db.session.scalars(sa.select(Presence).where(Presence.meeting_id == meeting.id))
    return {row.person_id: Attendance.PROXY if row.by_proxy else Attendance.PRESENT for row in rows}


@dataclass(frozen=True)
class Quorum:
    """Whether a meeting can decide. Members with a 委任状 count as present."""

    members: int
    present: int
    by_proxy: int
    needed: int

    @property
    def holds(self) -> bool:
        return self.present + self.by_proxy >= self.needed

    @property
    def lacking(self) -> int:
        return max(0, self.needed - self.present - self.by_proxy)


def quorum(
    meeting: Meeting,
    *,
    of: list[Person] | None = None,
    taking_part: Mapping[int, Attendance] | None = None,
) -> Quorum:
    """The quorum of a meeting from its members and their attendance, both asked for unless given."""
    everybody = members(meeting.held_on) if of is None else of
    present = attendance(meeting) if taking_part is None else taking_part
    ways = [present[member.id] for member in everybody if member.id in present]
    return Quorum(
        members=len(everybody),
        present=ways.count(Attendance.PRESENT),
        by_proxy=ways.count(Attendance.PROXY),
        needed=rules.needed(
            len(everybody), numerator=meeting.quorum_numerator, denominator=meeting.quorum_denominator
        ),
    )


@dataclass(frozen=True)
class Voters:
    """Who may vote on one item, and who has to leave it (除斥) although they are there."""

    eligible: list[Person]
    recused: list[Person]


def eligible_voters(
    item: AgendaItem,
    *,
    of: list[Person] | None = None,
    taking_part: Mapping[int, Attendance] | None = None,
) -> Voters:
    """Members who take part, without those who sit on the plan's committee."""
    day = item.meeting.held_on
    everybody = members(day) if of is None else of
    present = attendance(item.meeting) if taking_part is None else taking_part
    there = [member for member in everybody if member.id in present]
    may = [member for member in there if rules.may_vote(sits_on(member, day), item.plan.committee_id)]
    return Voters(eligible=may, recused=[member for member in there if member not in may])


# ---- what waits for whom ------------------------------------------------------------------------------


def waiting_for(person: Actor) -> list[Task]:
    """The secretariat's meetings and what could be tabled; for members the next agenda to read."""
    if can(person, Permission.MEETING_MANAGE):
        return _secretariats_tasks()
    if Role.GENERAL_MEMBER not in roles_of(person):
        return []
    today = clock.today()
    coming = fetch_all(
        sa.select(Meeting)
        .where(Meeting.status == MeetingStatus.PLANNED, Meeting.held_on.between(today, today + ANNOUNCED))
        .order_by(Meeting.held_on)
    )
    return [
        Task(
            label=_("全体会議の議案を読む：%(title)s", title=meeting.title),
            endpoint="meetings.meeting",
            values={"meeting_id": meeting.id},
            due_on=meeting.held_on,
            hint=meeting.place,
        )
        for meeting in coming
    ]


def _secretariats_tasks() -> list[Task]:
    tasks = []
    meetings = fetch_all(
        sa.select(Meeting).where(Meeting.status.not_in(MEETING.final)).order_by(Meeting.held_on)
    )
    for meeting in meetings:
        is_open = meeting.status is MeetingStatus.OPEN
        tasks.append(
            Task(
                label=_("議決を記録して閉会する：%(title)s", title=meeting.title)
                if is_open
                else _("全体会議の準備をする：%(title)s", title=meeting.title),
                endpoint="meetings.meeting",
                values={"meeting_id": meeting.id},
                due_on=meeting.held_on,
                hint=meeting.place,
            )
        )
    waiting = candidates()
    if waiting:
        planned = [one.held_on for one in meetings if one.status is MeetingStatus.PLANNED]
        waits_since = clock.local_date(min(plan.status_since for plan in waiting))
        tasks.append(
            Task(
                label=_("全体会議にかける計画を選ぶ（%(n)s件）", n=len(waiting)),
                endpoint="meetings.index",
                due_on=min(planned, default=rules.table_by(waits_since)),
                hint=_("地域共生課の確認が終わった計画です"),
            )
        )
    return tasks
