"""The stories of the general meetings: convened, agenda, presence, resolutions, minutes."""

import datetime as dt

from stations.applications.models import Plan
from stations.applications.rules import Status
from stations.core.access import Role
from stations.demo.diary import Days, Story
from stations.demo.town import Town
from stations.demo.undertakings import Session, Undertaking
from stations.meetings import queries, services
from stations.meetings.models import AgendaItem
from stations.meetings.rules import Attendance, Resolution

_PLACE = "松戸市見本会館 大会議室"
_RESOLUTIONS = {
    Status.DEFERRED: (Resolution.DEFERRED, "夜間の見守りの体制を確かめてから、もう一度話し合うため", ""),
    Status.REJECTED: (
        Resolution.REJECTED,
        "だれでも立ち寄れる居場所という目的から外れ、費用も高額であるため",
        "",
    ),
    Status.APPROVED_WITH_CONDITIONS: (
        Resolution.APPROVED_WITH_CONDITIONS,
        "",
        "衛生管理の手引きを作り、初回の前に事務局へ提出すること。",
    ),
}


def held_at(days: Days, session: Session) -> dt.datetime:
    """When a meeting begins."""
    match session:
        case Session.LAST_SPRING:
            return days.winter(3, 11, of=days.year - 1, hour=14)
        case Session.LAST_AUTUMN:
            return days.before(9, 18, hour=14)
        case Session.SPRING:
            return days.winter(3, 12, of=days.year, hour=14)
        case Session.SUMMER:
            return _afternoon(days, days.share(0.28))
        case Session.AUTUMN:
            return _afternoon(days, days.share(0.7))
        case Session.COMING:
            return days.office_day(days.today + dt.timedelta(days=24), 14)


def _afternoon(days: Days, held: dt.datetime) -> dt.datetime:
    """Meetings are held from 13:30, where the year is not too young for that."""
    return held if days.hurried else held.replace(hour=13, minute=30, second=0, microsecond=0)


def story(town: Town, session: Session, plans: dict[Undertaking, Plan]) -> Story:
    """One meeting, over which the secretariat presides."""
    by, held = town.city[Role.SECRETARIAT][0], held_at(town.days, session)
    coming = session is Session.COMING
    convened, tabled, ends = _around(town.days, session, held)
    yield convened
    meeting = services.plan_meeting(
        title=_title(session),
        held_on=held.date(),
        starts_at=dt.time(held.hour, held.minute // 30 * 30),
        place=_PLACE,
        by=by,
    )
    yield tabled
    items = {
        task: services.table(meeting=meeting, plan=plan, by=by)
        for task, plan in plans.items()
        if task.session is session and _comes_before(plan, task)
    }
    if coming:
        return
    yield held
    members = queries.members(meeting.held_on)
    ways = [Attendance.PRESENT] * (len(members) - 3) + [Attendance.PROXY, Attendance.PROXY, None]
    services.record_presence(
        meeting=meeting,
        present={member.id: way for member, way in zip(members, ways, strict=True)},
        by=by,
    )
    services.open_meeting(meeting=meeting, by=by)
    for nth, (task, item) in enumerate(items.items()):
        yield town.days.between(held, ends, (nth + 1) / (len(items) + 2))
        _resolve(town, task, item)
    yield ends
    services.close(meeting=meeting, by=by)


def called_off(town: Town) -> Story:
    """An extra meeting of last winter that did not take place."""
    by, held = town.city[Role.SECRETARIAT][0], town.days.winter(2, 12, of=town.days.year, hour=14)
    yield town.days.shift(held, -7)
    meeting = services.plan_meeting(
        title="居場所づくり全体会議（臨時）",
        held_on=held.date(),
        starts_at=dt.time(held.hour),
        place=_PLACE,
        by=by,
    )
    yield town.days.shift(held, -1)
    services.cancel(meeting=meeting, reason="大雪の予報で、構成員が集まれないため", by=by)


def _around(days: Days, session: Session, held: dt.datetime) -> tuple[dt.datetime, dt.datetime, dt.datetime]:
    """When a meeting is convened, when its agenda is set, and when it is over."""
    three_hours_later = held + dt.timedelta(hours=3)
    match session:
        case Session.SUMMER:
            return days.share(0.1), days.share(0.24), days.share(0.3) if days.hurried else three_hours_later
        case Session.AUTUMN:
            return days.share(0.5), days.share(0.66), days.share(0.72) if days.hurried else three_hours_later
        case Session.COMING:
            return days.share(0.96), days.share(0.97), three_hours_later
    return days.shift(held, -10), days.shift(held, -3), three_hours_later


def _title(session: Session) -> str:
    number = {Session.LAST_AUTUMN: 1, Session.SUMMER: 1, Session.AUTUMN: 2}.get(session, 3)
    return f"居場所づくり全体会議（第{number}回）"


def _comes_before(plan: Plan, task: Undertaking) -> bool:
    return plan.status is Status.CONFIRMED and task.plan is not Status.CONFIRMED


def _resolve(town: Town, task: Undertaking, item: AgendaItem) -> None:
    resolution, reason, conditions = _RESOLUTIONS.get(task.plan, (Resolution.APPROVED, "", ""))
    votes = len(queries.eligible_voters(item).eligible)
    against = {Resolution.REJECTED: votes - 2, Resolution.DEFERRED: votes - 4}.get(resolution, votes % 3)
    services.resolve(
        item=item,
        resolution=resolution,
        votes_for=votes - against,
        votes_against=against,
        reason=reason,
        conditions=conditions,
        by=town.city[Role.SECRETARIAT][0],
    )
