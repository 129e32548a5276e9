"""What is done in and around a general meeting: one function per act."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa

from stations.applications.models import Plan
from stations.applications.services import meeting as application_meeting
from stations.core import audit, clock, edit_conflicts
from stations.core.access import Permission, demand
from stations.core.database import add, db, fetch_all, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.steps import taking
from stations.meetings import minutes, queries, rules
from stations.meetings.models import AgendaItem, Meeting, Presence
from stations.meetings.rules import Attendance, History, MeetingAct, MeetingStatus, Resolution
from stations.meetings.workflow import MEETING
from stations.people.models import Person

UNDER_WAY = frozenset(MeetingStatus) - MEETING.final


def plan_meeting(
    *,
    title: str,
    held_on: dt.date,
    starts_at: dt.time,
    place: str,
    by: Person,
    fiscal_year: int | None = None,
    quorum_numerator: int = 1,
    quorum_denominator: int = 2,
) -> Meeting:
    """Convene a meeting, today or later. Its fiscal year is that of its day unless given."""
    demand(by, Permission.MEETING_MANAGE)
    _check_words(title, place)
    rules.check_planned_day(held_on, clock.today())
    meeting = add(
        Meeting(
            fiscal_year=fiscal_year or clock.fiscal_year(held_on),
            title=title.strip(),
            held_on=held_on,
            starts_at=starts_at,
            place=place.strip(),
            quorum_numerator=quorum_numerator,
            quorum_denominator=quorum_denominator,
        )
    )
    audit.record(meeting, act=History.PLAN, by=by, to_status=meeting.status)
    return meeting


def edit(
    *,
    meeting: Meeting,
    title: str,
    held_on: dt.date,
    starts_at: dt.time,
    place: str,
    by: Person,
    loaded: str | None = None,
) -> None:
    """Move or rename a meeting that has not been opened yet.

    ``loaded``: the mark of title, day, hour and place on the writer's page; `EditConflict` when somebody else changed them.
    """
    _begin(meeting, by=by)
    _must_be(meeting, MeetingStatus.PLANNED)
    _check_words(title, place)
    recorded = bool(queries.attendance(meeting))
    rules.check_move(meeting.held_on, held_on, clock.today(), recorded=recorded)
    before = {"held_on": meeting.held_on.isoformat(), "place": meeting.place}
    facts = {"title": title.strip(), "held_on": held_on, "starts_at": starts_at, "place": place.strip()}
    if edit_conflicts.change(
        meeting, facts, loaded=loaded, by=by, first=lambda: audit.last_doer(meeting, [History.EDIT])
    ):
        meeting.fiscal_year = clock.fiscal_year(held_on)
        audit.record(meeting, act=History.EDIT, by=by, detail=before)


def table(*, meeting: Meeting, plan: Plan, by: Person) -> AgendaItem:
    """付議: put a confirmed or deferred plan on the agenda, in the version that was submitted last."""
    _begin(meeting, by=by)
    _must_be(meeting, *UNDER_WAY)
    where: dict[str, int | str] = {"meeting_id": meeting.id, "meeting": meeting.title}
    version = application_meeting.table(plan=plan, where=where, by=by)
    last = db.session.scalar(
        sa.select(sa.func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting.id)
    )
    item = add(AgendaItem(meeting=meeting, plan=plan, version=version, position=(last or 0) + 1))
    audit.record(meeting, act=History.TABLE, by=by, detail={"plan_id": plan.id, "revision": version.revision})
    return item


def untable(*, item: AgendaItem, by: Person, reason: str = "") -> None:
    """Take an unresolved plan off the agenda; it waits for a later meeting."""
    meeting = _begin(item.meeting, by=by)
    _must_be(meeting, *UNDER_WAY)
    lock(item)
    if item.resolution is not None:
        raise Conflict(None, N_("この議案は、もう議決されています。"))
    if item.pending:
        application_meeting.untable(plan=item.plan, by=by, reason=reason)
    audit.record(meeting, act=History.UNTABLE, by=by, reason=reason.strip(), detail={"plan_id": item.plan_id})
    db.session.delete(item)
    db.session.flush()
    db.session.expire(meeting, ["items"])


def record_presence(*, meeting: Meeting, present: Mapping[int, Attendance | str | None], by: Person) -> None:
    """Who takes part: person id → "present", "proxy" or None (absent). Others stay as they were. Not before the day.

    Conflict once something was resolved: the quorum and the votes were counted on these people.
    """
    _begin(meeting, by=by)
    _must_be(meeting, *UNDER_WAY)
    rules.check_day(meeting.held_on, clock.today())
    if queries.has_resolved(meeting):
        raise Conflict(None, N_("議決した議案があるので、出席は変えられません。"))
    known = {member.id for member in queries.members(meeting.held_on)}
    if set(present) - known:
        raise RuleBroken(None, N_("全体会議の構成員ではない人が含まれています。ページを開き直してください。"))
    rows = {row.person_id: row for row in fetch_all(sa.select(Presence).filter_by(meeting_id=meeting.id))}
    now = clock.now()
    for person_id, way in present.items():
        row = rows.get(person_id)
        if way is None:
            if row is not None:
                db.session.delete(row)
        elif row is None:
            db.session.add(
                Presence(
                    meeting=meeting,
                    person_id=person_id,
                    by_proxy=Attendance(way) is Attendance.PROXY,
                    recorded_at=now,
                )
            )
        elif row.by_proxy != (Attendance(way) is Attendance.PROXY):
            row.by_proxy = not row.by_proxy
            row.recorded_at = now
    db.session.flush()
    db.session.expire(meeting, ["presences"])
    ways = [Attendance(way) for way in present.values() if way is not None]
    audit.record(
        meeting,
        act=History.PRESENCE,
        by=by,
        detail={"present": ways.count(Attendance.PRESENT), "proxy": ways.count(Attendance.PROXY)},
    )


def open_meeting(*, meeting: Meeting, by: Person) -> None:
    """開会, not before its day. Without a quorum the meeting may talk, but not decide."""
    with taking(MEETING, meeting, MeetingAct.OPEN, by=by):
        rules.check_day(meeting.held_on, clock.today())
        meeting.opened_at = clock.now()


def resolve(
    *,
    item: AgendaItem,
    resolution: Resolution,
    votes_for: int,
    votes_against: int = 0,
    abstentions: int = 0,
    reason: str = "",
    conditions: str = "",
    by: Person,
) -> None:
    """議決 of one plan, once. The meeting is open and has its quorum; those who sit on the committee do not vote.

    Raises Conflict once it happened or when the meeting is not open, RuleBroken on a field otherwise.
    """
    meeting = lock(item.meeting)
    lock(item)
    votes = {"votes_for": votes_for, "votes_against": votes_against, "abstentions": abstentions}
    check_resolving(item=item, resolution=resolution, reason=reason, conditions=conditions, by=by, **votes)
    application_meeting.resolve(
        plan=item.plan,
        act=rules.resolution_act(resolution),
        reason=reason,
        conditions=conditions,
        where={"meeting_id": meeting.id, "meeting": meeting.title},
        by=by,
    )
    item.resolution = resolution
    item.reason = reason.strip()
    item.conditions = conditions.strip()
    item.votes_for, item.votes_against, item.abstentions = votes_for, votes_against, abstentions
    item.resolved_at = clock.now()
    item.resolved_by_id = by.id
    audit.record(
        meeting,
        act=History.RESOLVE,
        by=by,
        reason=reason.strip(),
        detail={"plan_id": item.plan_id, "resolution": resolution.value},
    )


def check_resolving(
    *,
    item: AgendaItem,
    resolution: Resolution,
    votes_for: int,
    votes_against: int = 0,
    abstentions: int = 0,
    reason: str = "",
    conditions: str = "",
    by: Person,
) -> None:
    """Whether `resolve` would take it; raises what it would raise, and changes nothing."""
    meeting = item.meeting
    demand(by, Permission.MEETING_RESOLVE, item)
    if meeting.status is not MeetingStatus.OPEN:
        raise Conflict(None, N_("会議はいま「%(state)s」なので、議決できません。"), state=meeting.status)
    if item.resolution is not None:
        raise Conflict(None, N_("この議案は、もう議決されています。"))
    rules.check_resolution(resolution, reason=reason, conditions=conditions)
    rules.check_votes(
        resolution,
        votes_for=votes_for,
        votes_against=votes_against,
        abstentions=abstentions,
        eligible=_eligible(item, meeting),
    )


def _eligible(item: AgendaItem, meeting: Meeting) -> int:
    """How many may vote on an item; RuleBroken while the quorum is not there."""
    everybody, taking_part = queries.members(meeting.held_on), queries.attendance(meeting)
    state = queries.quorum(meeting, of=everybody, taking_part=taking_part)
    if not state.holds:
        raise RuleBroken(
            None, N_("定足数に%(lacking)s人足りないため、議決できません。"), lacking=state.lacking
        )
    return len(queries.eligible_voters(item, of=everybody, taking_part=taking_part).eligible)


def write_minutes(*, meeting: Meeting, text: str, by: Person, loaded: str | None = None) -> None:
    """Save what people add to the record of the resolutions; possible until the meeting is closed.

    ``loaded``: the mark of the words that stood when the writer opened the page; `EditConflict` when others stand now.
    """
    _begin(meeting, by=by)
    if meeting.status is not MeetingStatus.OPEN:
        raise Conflict(None, N_("議事録を書けるのは、会議が開いている間だけです。"))
    facts = {"minutes": text.strip()}
    if edit_conflicts.change(
        meeting, facts, loaded=loaded, by=by, first=lambda: audit.last_doer(meeting, [History.MINUTES])
    ):
        audit.record(meeting, act=History.MINUTES, by=by)


def close(*, meeting: Meeting, by: Person) -> None:
    """閉会, when every item is resolved, deferred or withdrawn. The record and what was written become the minutes."""
    with taking(MEETING, meeting, MeetingAct.CLOSE, by=by):
        pending = sum(item.pending for item in queries.agenda(meeting))
        if pending:
            raise RuleBroken(
                None,
                N_(
                    "議決していない議案が%(n)s件あります。議決するか、継続審議にするか、議題から外してください。"
                ),
                n=pending,
            )
        meeting.minutes = minutes.whole(meeting)
        meeting.closed_at = clock.now()


def cancel(*, meeting: Meeting, reason: str, by: Person) -> None:
    """中止: the meeting does not take place. Its plans wait for a later one, each with the reason in its history.

    `RuleBroken` without a reason or once something was resolved, Conflict when the meeting has ended.
    """
    with taking(MEETING, meeting, MeetingAct.CANCEL, by=by, reason=reason):
        rules.check_cancelling(resolved=queries.has_resolved(meeting))
        for item in queries.agenda(meeting):
            untable(item=item, reason=reason, by=by)
        meeting.cancelled_reason, meeting.cancelled_at = reason.strip(), clock.now()


def _begin(meeting: Meeting, *, by: Person) -> Meeting:
    lock(meeting)
    demand(by, Permission.MEETING_MANAGE, meeting)
    return meeting


def _must_be(meeting: Meeting, *statuses: MeetingStatus) -> None:
    if meeting.status not in statuses:
        raise Conflict(None, N_("会議はいま「%(state)s」なので、変えられません。"), state=meeting.status)


def _check_words(title: str, place: str) -> None:
    if not title.strip():
        raise RuleBroken("title", N_("会議の名称を入力してください。"))
    if not place.strip():
        raise RuleBroken("place", N_("場所を入力してください。"))
