"""Rules of stations and their opening calendar (ステーション, 開催)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from stations.core import clock
from stations.core.messages import N_, RuleBroken


class StationKind(StrEnum):
    """固定型／巡回型／農園型／食堂・カフェ型 (programme rule)."""

    FIXED = "fixed"
    ROVING = "roving"
    FARM = "farm"
    CAFE = "cafe"


class StationStage(StrEnum):
    """Where a station stands, told by its two dates: in preparation, open to the public, ended."""

    PREPARING = "preparing"
    RUNNING = "running"
    CLOSED = "closed"


class StationAct(StrEnum):
    """What is done to a station, its venues and its calendar; the words of its history."""

    CREATE = "create"
    EDIT = "edit"
    OPEN = "open"
    CLOSE = "close"
    ADD_VENUE = "add_venue"
    EDIT_VENUE = "edit_venue"
    ADD_RULE = "add_rule"
    END_RULE = "end_rule"
    ADD_OPENING = "add_opening"


class CommitteeAct(StrEnum):
    """What is done to a committee; the words of its history."""

    FOUND = "found"
    EDIT = "edit"
    APPOINT = "appoint"
    END_TERM = "end_term"


def stage(opened_on: date | None, closed_on: date | None, today: date) -> StationStage:
    """A station runs from `opened_on` to `closed_on`, both included; before, it is in preparation."""
    if closed_on is not None and closed_on < today:
        return StationStage.CLOSED
    if opened_on is None or opened_on > today:
        return StationStage.PREPARING
    return StationStage.RUNNING


class OpeningStatus(StrEnum):
    PLANNED = "planned"
    CANCELLED = "cancelled"
    HELD = "held"


class OpeningAct(StrEnum):
    HOLD = "hold"
    CANCEL = "cancel"
    RESTORE = "restore"


def is_over(on: date, ends_at: time, now: datetime) -> bool:
    """Whether an opening has ended by the clock of Matsudo: nobody should set out for it any more."""
    here = now.astimezone(clock.TOKYO)
    return (on, ends_at) <= (here.date(), here.time())


class Frequency(StrEnum):
    WEEKLY = "weekly"
    MONTHLY_WEEKDAY = "monthly_weekday"
    MONTHLY_DAY = "monthly_day"


LAST = -1


@dataclass(frozen=True, kw_only=True)
class CalendarPattern:
    """A rule such as 毎月第2・第4土曜 10:00–12:00, from which openings are planned.

    weekday: 0 Monday … 6 Sunday (weekly, monthly_weekday). interval: every so many weeks, counted from
    the first such weekday on or after `from_on`. nths: 1 … 5 and LAST (monthly_weekday).
    day: 1 … 31 (monthly_day); a month without that day has no opening.
    from_on, until_on: the days between which the rule holds, both included.
    """

    frequency: Frequency
    starts_at: time
    ends_at: time
    from_on: date
    until_on: date | None = None
    weekday: int = 0
    interval: int = 1
    nths: tuple[int, ...] = ()
    day: int = 1


def pattern_parts(pattern: CalendarPattern) -> dict[str, object]:
    """What of a pattern is kept as JSON, beside its hours and its days."""
    return {
        "frequency": pattern.frequency.value,
        "weekday": pattern.weekday,
        "interval": pattern.interval,
        "nths": list(pattern.nths),
        "day": pattern.day,
    }


def pattern_of(
    parts: Mapping[str, Any], *, starts_at: time, ends_at: time, from_on: date, until_on: date | None
) -> CalendarPattern:
    """The pattern again, from `pattern_parts` and what was kept beside them."""
    return CalendarPattern(
        frequency=Frequency(parts["frequency"]),
        weekday=parts["weekday"],
        interval=parts["interval"],
        nths=tuple(parts["nths"]),
        day=parts["day"],
        starts_at=starts_at,
        ends_at=ends_at,
        from_on=from_on,
        until_on=until_on,
    )


def check_pattern(pattern: CalendarPattern) -> None:
    """`RuleBroken` on the field to correct when the rule can give no opening or none that makes sense."""
    check_hours(pattern.starts_at, pattern.ends_at)
    if pattern.until_on is not None and pattern.until_on < pattern.from_on:
        raise RuleBroken("until_on", N_("終わりの日は、始まりの日より後にしてください。"))
    if pattern.frequency is Frequency.WEEKLY and not 1 <= pattern.interval <= 8:
        raise RuleBroken("interval", N_("何週ごとかを1から8までの数字で入力してください。"))
    for broken in missing_days(pattern.frequency, pattern.weekday, pattern.nths, pattern.day):
        raise broken


def missing_days(
    frequency: Frequency, weekday: int | None, nths: Collection[int], day: int | None
) -> list[RuleBroken]:
    """Everything that is still to be chosen before one knows on which days; each on its field."""
    by_weekday = frequency is not Frequency.MONTHLY_DAY
    missing = []
    if by_weekday and (weekday is None or not 0 <= weekday <= 6):
        missing.append(RuleBroken("weekday", N_("曜日を選んでください。")))
    if frequency is Frequency.MONTHLY_WEEKDAY and not (nths and set(nths) <= {1, 2, 3, 4, 5, LAST}):
        missing.append(RuleBroken("nths", N_("第何週かを1つ以上選んでください。")))
    if not by_weekday and (day is None or not 1 <= day <= 31):
        missing.append(RuleBroken("day", N_("日は1から31までの数字で入力してください。")))
    return missing


LONGEST_PERIOD_MONTHS = 24


def check_period(pattern: CalendarPattern) -> date:
    """The rule's last day; `RuleBroken` on "until_on" without one, or more than two years after the first.

    Openings are laid out for the whole period at once, so it must have an end.
    """
    if pattern.until_on is None:
        raise RuleBroken("until_on", N_("いつまで開くかを入力してください。年度の終わりまでが目安です。"))
    if pattern.until_on > clock.add_months(pattern.from_on, LONGEST_PERIOD_MONTHS):
        raise RuleBroken("until_on", N_("開催予定は2年先まで作れます。終わりの日を見直してください。"))
    return pattern.until_on


def check_hours(starts_at: time, ends_at: time) -> None:
    """`RuleBroken` on "ends_at" unless an opening ends after it starts, on the same day."""
    if ends_at <= starts_at:
        raise RuleBroken("ends_at", N_("終わりの時刻は、始まりの時刻より後にしてください。"))


def overlapping(
    starts_at: time, ends_at: time, others: Iterable[tuple[time, time]]
) -> tuple[time, time] | None:
    """The first of the ``others`` (start, end) on the same day that shares time with these hours.

    An opening belongs to a station, a venue and a date (domain.md, 1): one place is not opened twice at once. What
    begins when the other ends shares nothing.
    """
    return next((one for one in others if one[0] < ends_at and starts_at < one[1]), None)


def check_extra_day(on: date, opened_on: date | None, today: date) -> None:
    """`RuleBroken` on "on" for an extra opening before the station began, or more than two years ahead.

    A past day is welcome: an opening that nobody had planned is recorded from paper, and needs its date first.
    """
    if opened_on is not None and on < opened_on:
        raise RuleBroken("on", N_("このステーションが活動を始めた日より後の日を入力してください。"))
    if on > clock.add_months(today, LONGEST_PERIOD_MONTHS):
        raise RuleBroken("on", N_("開催予定は2年先まで作れます。開催する日を見直してください。"))


@dataclass(frozen=True, kw_only=True)
class Removed:
    """An opening that was planned until its rule or its station ended. Its id may be another one's by now (SQLite)."""

    opening_id: int
    venue_id: int
    on: date
    starts_at: time
    ends_at: time


def removed_openings(detail: Mapping[str, Any]) -> list[Removed]:
    """What an event of a station's history keeps of the openings that it took out of the calendar; early ones: nothing."""
    return [
        Removed(
            opening_id=kept["opening_id"],
            venue_id=kept["venue_id"],
            on=date.fromisoformat(kept["on"]),
            starts_at=time.fromisoformat(kept["starts_at"]),
            ends_at=time.fromisoformat(kept["ends_at"]),
        )
        for kept in detail.get("openings", ())
    ]


YEARS_SHOWN = range(2000, 2101)


def month_shown(text: str, today: date) -> date:
    """The first day of the month that an address names as "2026-04"; of this month for anything else.

    Months outside the calendars that anybody leafs through are anything else: next to year 1 and 9999 there is none.
    """
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if first.year in YEARS_SHOWN else today.replace(day=1)


def occurrences(pattern: CalendarPattern, start: date, end: date) -> list[date]:
    """The days of `pattern` from `start` to `end`, both included, in order, each once."""
    first = max(start, pattern.from_on)
    last = min(end, pattern.until_on) if pattern.until_on else end
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if _matches(pattern, day)]


def _matches(pattern: CalendarPattern, day: date) -> bool:
    if pattern.frequency is Frequency.MONTHLY_DAY:
        return day.day == pattern.day
    if day.weekday() != pattern.weekday:
        return False
    if pattern.frequency is Frequency.WEEKLY:
        return (day - pattern.from_on).days // 7 % pattern.interval == 0
    is_last = (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 in pattern.nths or (is_last and LAST in pattern.nths)


# Working days after an opening in which the next one is published: custom, so that nobody finds a station without a date.
ANNOUNCE_WITHIN = 10


def announce_by(last_on: date) -> date:
    """Until when to enter openings of a station that has none to come, from its last one (or its first day)."""
    return clock.add_business_days(last_on, ANNOUNCE_WITHIN)


WEEKDAYS = (N_("月曜"), N_("火曜"), N_("水曜"), N_("木曜"), N_("金曜"), N_("土曜"), N_("日曜"))
NTHS = {1: N_("第1"), 2: N_("第2"), 3: N_("第3"), 4: N_("第4"), 5: N_("第5"), LAST: N_("最終")}


def describe(pattern: CalendarPattern, translate: Callable[[str], str] = str) -> str:
    """「毎月第2・第4土曜 10:00–12:00」; a view passes gettext as `translate`."""
    nths = translate(N_("・")).join(
        translate(NTHS[nth]) for nth in sorted(set(pattern.nths), key=lambda n: n % 7)
    )
    match pattern.frequency, pattern.interval:
        case Frequency.WEEKLY, 1:
            days = translate(N_("毎週%(weekday)s"))
        case Frequency.WEEKLY, 2:
            days = translate(N_("隔週%(weekday)s"))
        case Frequency.WEEKLY, _:
            days = translate(N_("%(interval)s週ごとの%(weekday)s"))
        case Frequency.MONTHLY_WEEKDAY, _:
            days = translate(N_("毎月%(nths)s%(weekday)s"))
        case _:
            days = translate(N_("毎月%(day)s日"))
    values = {
        "weekday": translate(WEEKDAYS[pattern.weekday]),
        "interval": pattern.interval,
        "nths": nths,
        "day": pattern.day,
    }
    return f"{days % values} {pattern.starts_at:%H:%M}–{pattern.ends_at:%H:%M}"
