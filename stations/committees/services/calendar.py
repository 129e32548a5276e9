"""The calendar of a station: rules that lay out openings, extra dates, single cancellations."""

import datetime as dt

import sqlalchemy as sa

from stations.committees.models import CalendarRule, Opening, Station, Venue
from stations.committees.rules import (
    CalendarPattern,
    OpeningAct,
    OpeningStatus,
    StationAct,
    StationStage,
    check_extra_day,
    check_hours,
    check_pattern,
    check_period,
    occurrences,
    overlapping,
    pattern_parts,
)
from stations.committees.workflow import OPENING
from stations.core import access, audit, clock
from stations.core.access import Actor, Permission
from stations.core.database import Model, add, db, lock
from stations.core.messages import N_, Conflict, RuleBroken
from stations.core.steps import taking


def add_rule(*, station: Station, venue: Venue, pattern: CalendarPattern, by: Actor) -> CalendarRule:
    """A rule such as 毎月第2土曜 10–12時 at one venue; its openings are laid out for the whole period.

    Raises `RuleBroken` on the field to correct; also when no day of the period fits the pattern.
    """
    _begin(station, by)
    _check_venue(station, venue)
    check_pattern(pattern)
    until_on = check_period(pattern)
    if not occurrences(pattern, pattern.from_on, until_on):
        raise RuleBroken("until_on", N_("この期間には、あてはまる日がありません。"))
    rule = add(
        CalendarRule(
            station=station,
            venue=venue,
            pattern=pattern_parts(pattern),
            starts_at=pattern.starts_at,
            ends_at=pattern.ends_at,
            from_on=pattern.from_on,
            until_on=until_on,
        )
    )
    openings = lay_out(rule)
    if not openings:
        raise RuleBroken("starts_at", N_("これらの日のこの時刻には、すでに開催の予定があります。"))
    audit.record(
        station, act=StationAct.ADD_RULE, by=by, detail={"rule_id": rule.id, "openings": len(openings)}
    )
    return rule


def lay_out(rule: CalendarRule) -> list[Opening]:
    """Plan the openings of `rule` that are not there yet; a second call adds nothing.

    A day on which the station already opens at that hour is left alone: planned by another rule, cancelled,
    or held. So is one on which it opens at the same venue while the rule's hours run. Returns the new ones.
    """
    days = occurrences(rule.calendar_pattern, rule.from_on, rule.last_on)
    taken = _taken(rule)
    openings = [
        Opening(
            station_id=rule.station_id,
            venue_id=rule.venue_id,
            rule_id=rule.id,
            on=day,
            starts_at=rule.starts_at,
            ends_at=rule.ends_at,
            status=OpeningStatus.PLANNED,
        )
        for day in days
        if day not in taken
    ]
    db.session.add_all(openings)
    db.session.flush()
    return openings


def _taken(rule: CalendarRule) -> set[dt.date]:
    """The days of a rule's period on which nothing is to be planned by it."""
    there = db.session.scalars(
        sa.select(Opening).where(
            Opening.station_id == rule.station_id, Opening.on.between(rule.from_on, rule.last_on)
        )
    )
    return {
        one.on
        for one in there
        if one.starts_at == rule.starts_at
        or (
            one.venue_id == rule.venue_id
            and one.status is not OpeningStatus.CANCELLED
            and overlapping(rule.starts_at, rule.ends_at, [(one.starts_at, one.ends_at)])
        )
    }


def end_rule(*, rule: CalendarRule, on: dt.date, by: Actor) -> int:
    """End a rule after `on`. Planned openings after that day, and after today, are removed; returns how many.

    Cancelled and held ones stay, and what is past stays as it was: an opening of the future has no record.
    """
    lock(rule)
    access.demand(by, Permission.OPENING_MANAGE, rule)
    if rule.ended_on is not None and on >= rule.ended_on:
        raise Conflict(None, N_("この開催のきまりは、すでに終了しています。"))
    if on >= rule.until_on:
        raise RuleBroken("on", N_("このきまりの終わりの日より前の日を入力してください。"))
    rule.ended_on = on
    removed = remove_planned(rule_id=rule.id, after=max(on, clock.today()))
    audit.record(
        rule.station,
        act=StationAct.END_RULE,
        by=by,
        detail={
            "rule_id": rule.id,
            "removed": len(removed),
            "openings": removed,
            "on": on.isoformat(),
        },
    )
    return len(removed)


def remove_planned(
    *, after: dt.date, station_id: int | None = None, rule_id: int | None = None
) -> list[dict[str, str | int]]:
    """Take planned openings after a day out of the calendar of a station or of one rule.

    Returns what history keeps of each (`rules.removed_openings` reads it): people have them in their own calendars.
    """
    which = Opening.rule_id == rule_id if rule_id is not None else Opening.station_id == station_id
    planned = db.session.scalars(
        sa.select(Opening).where(which, Opening.on > after, Opening.status == OpeningStatus.PLANNED)
    ).all()
    removed = [{"opening_id": opening.id, **opening.in_history} for opening in planned]
    for opening in planned:
        db.session.delete(opening)
    db.session.flush()
    return removed


def add_opening(
    *, station: Station, venue: Venue, on: dt.date, starts_at: dt.time, ends_at: dt.time, by: Actor
) -> Opening:
    """An extra date (臨時開催) beside the rules.

    `RuleBroken` on "starts_at" while the station already opens at that venue: one place is opened once at a time.
    """
    _begin(station, by)
    _check_venue(station, venue)
    check_hours(starts_at, ends_at)
    check_extra_day(on, station.opened_on, clock.today())
    same = sa.select(Opening.id).where(
        Opening.station_id == station.id, Opening.on == on, Opening.starts_at == starts_at
    )
    if db.session.scalar(same) is not None:
        raise RuleBroken("on", N_("この日のこの時刻には、すでに開催の予定があります。"))
    if other := _other_hours(station.id, venue.id, on, starts_at, ends_at):
        raise RuleBroken(
            "starts_at",
            N_(
                "この会場では、この日の%(starts_at)sから%(ends_at)sまで、すでに別の開催があります。"
                "重ならない時刻を入力してください。"
            ),
            **other,
        )
    opening = add(
        Opening(
            station=station,
            venue=venue,
            on=on,
            starts_at=starts_at,
            ends_at=ends_at,
            status=OpeningStatus.PLANNED,
        )
    )
    audit.record(
        station,
        act=StationAct.ADD_OPENING,
        by=by,
        detail={"opening_id": opening.id, **opening.in_history},
    )
    return opening


def _other_hours(
    station_id: int, venue_id: int, on: dt.date, starts_at: dt.time, ends_at: dt.time
) -> dict[str, str] | None:
    """The hours, for a message, of another opening at the venue that takes place at the same time."""
    there = sa.select(Opening.starts_at, Opening.ends_at).where(
        Opening.station_id == station_id,
        Opening.venue_id == venue_id,
        Opening.on == on,
        Opening.status != OpeningStatus.CANCELLED,
    )
    other = overlapping(starts_at, ends_at, db.session.execute(there.order_by(Opening.starts_at)))
    return {"starts_at": f"{other[0]:%H:%M}", "ends_at": f"{other[1]:%H:%M}"} if other else None


def cancel_opening(*, opening: Opening, reason: str, by: Actor) -> None:
    """One date is called off (中止). It stays in the calendar with its reason, which the public reads."""
    with taking(OPENING, opening, OpeningAct.CANCEL, by=by, reason=reason) as taken:
        if _somebody_was_counted(opening):
            raise RuleBroken(
                None, N_("来場の記録がある日は、中止にできません。先に記録を取り消してください。")
            )
        opening.cancelled_reason = reason.strip()
        taken.detail = opening.in_history


def _somebody_was_counted(opening: Opening) -> bool:
    """Whether the day's counts are other than 0. They belong to a higher package; here only its tables are read."""
    record, count = Model.metadata.tables["opening_record"], Model.metadata.tables["opening_count"]
    left = (
        sa.select(count.c.id)
        .join(record, record.c.id == count.c.record_id)
        .where(record.c.opening_id == opening.id, count.c.number != 0)
    )
    return db.session.execute(left.limit(1)).first() is not None


def restore_opening(*, opening: Opening, by: Actor) -> None:
    """Take a cancellation back; the reason it had stays in the history.

    `RuleBroken` when another opening took its place in the meantime.
    """
    # The station is held, too: against an extra date that is being added at this moment.
    with taking(OPENING, opening, OpeningAct.RESTORE, by=by, under=[opening.station]) as taken:
        if other := _other_hours(
            opening.station_id, opening.venue_id, opening.on, opening.starts_at, opening.ends_at
        ):
            raise RuleBroken(
                None,
                N_(
                    "この会場では、この日の%(starts_at)sから%(ends_at)sまで別の開催があるため、中止を取り消せません。"
                ),
                **other,
            )
        opening.cancelled_reason = None
        taken.detail = opening.in_history


def hold_opening(*, opening: Opening, by: Actor | None) -> None:
    """The opening took place; called when its attendance record is closed, by somebody signed in or at a tablet.

    Closing a reopened record calls this again: what is held stays held, and history has it once.
    """
    lock(opening)
    if opening.status is not OpeningStatus.HELD:
        with taking(OPENING, opening, OpeningAct.HOLD, by=by, follows=True) as taken:
            taken.detail = opening.in_history


def _begin(station: Station, by: Actor) -> None:
    lock(station)
    access.demand(by, Permission.OPENING_MANAGE, station)
    if station.stage is StationStage.CLOSED:
        raise Conflict(None, N_("このステーションは活動を終了しているため、変更できません。"))


def _check_venue(station: Station, venue: Venue) -> None:
    if venue.station_id != station.id or not venue.in_use:
        raise RuleBroken("venue_id", N_("このステーションの会場を選んでください。"))
