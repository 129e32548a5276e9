import calendar
import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.committees.rules import (
    LAST,
    CalendarPattern,
    Frequency,
    OpeningAct,
    OpeningStatus,
    StationAct,
    StationStage,
    announce_by,
    check_extra_day,
    check_hours,
    check_pattern,
    check_period,
    describe,
    is_over,
    missing_days,
    month_shown,
    occurrences,
    overlapping,
    pattern_of,
    pattern_parts,
    stage,
)
from stations.committees.workflow import OPENING, STATION
from stations.core.messages import RuleBroken
from tests.transitions import check_step, check_whole, every_pair, steps

STEPS = steps("""
    planned hold held
    planned cancel cancelled
    cancelled restore planned
""")


@every_pair(OpeningStatus, OpeningAct)
def test_every_act_in_every_state(status: OpeningStatus, act: OpeningAct) -> None:
    check_step(OPENING.next_status, status, act, STEPS)


def test_the_table_as_a_whole() -> None:
    check_whole(OpeningStatus, OpeningAct, STEPS, start="planned", ends={"held"})


STAGES = steps("""
    preparing open running
    running close closed
""")


@every_pair(StationStage, StationAct)
def test_every_act_in_every_stage(status: StationStage, act: StationAct) -> None:
    check_step(STATION.next_status, status, act, STAGES)


def test_a_station_runs_between_its_two_dates() -> None:
    day, before, after = date(2026, 10, 3), date(2026, 10, 2), date(2026, 10, 4)
    assert stage(None, None, day) == stage(after, None, day) == StationStage.PREPARING
    assert stage(day, None, day) == stage(before, day, day) == StationStage.RUNNING
    assert stage(before, before, day) == StationStage.CLOSED


def test_only_a_cancellation_needs_a_reason() -> None:
    OPENING.row(OpeningAct.RESTORE).check_reason("")
    OPENING.row(OpeningAct.CANCEL).check_reason("台風のため")
    with pytest.raises(RuleBroken) as caught:
        OPENING.row(OpeningAct.CANCEL).check_reason("　")
    assert caught.value.field == "reason"


def test_a_rule_has_an_end_within_two_years() -> None:
    end = date(2028, 4, 1)
    assert check_period(pattern(until_on=end)) == end
    for until_on in (None, date(2028, 4, 2)):
        with pytest.raises(RuleBroken) as caught:
            check_period(pattern(until_on=until_on))
        assert caught.value.field == "until_on"


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        ((8, 10), False),
        ((8, 11), True),
        ((10, 12), True),
        ((11, 12), True),
        ((9, 13), True),
        ((12, 14), False),
    ],
)
def test_one_place_is_opened_once_at_a_time(other: tuple[int, int], shared: bool) -> None:
    hours = (time(other[0]), time(other[1]))
    free = (time(18), time(20))
    assert overlapping(time(10), time(12), [free, hours]) == (hours if shared else None)


def test_the_month_of_an_address() -> None:
    assert month_shown("2026-12", date(2026, 4, 15)) == date(2026, 12, 1)
    for nonsense in ("", "2026-13", "now", "2026-1-1", "0001-01", "9999-12", "1999-12", "2101-01"):
        assert month_shown(nonsense, date(2026, 4, 15)) == date(2026, 4, 1)


def pattern(**parts: object) -> CalendarPattern:
    defaults: dict[str, object] = {
        "frequency": Frequency.MONTHLY_WEEKDAY,
        "starts_at": time(10),
        "ends_at": time(12),
        "from_on": date(2026, 4, 1),
        "weekday": 5,
        "nths": (2,),
    }
    return CalendarPattern(**(defaults | parts))  # type: ignore[arg-type]  # values of several types


YEAR = (date(2026, 4, 1), date(2027, 3, 31))


def test_second_saturdays() -> None:
    days = occurrences(pattern(), *YEAR)
    assert days[:3] == [date(2026, 4, 11), date(2026, 5, 9), date(2026, 6, 13)]
    assert len(days) == 12


def test_every_other_week_counts_from_the_first_day_that_fits() -> None:
    fortnightly = pattern(frequency=Frequency.WEEKLY, interval=2, weekday=2)
    assert occurrences(fortnightly, *YEAR)[:3] == [date(2026, 4, 1), date(2026, 4, 15), date(2026, 4, 29)]
    # A later window sees the same days, not a new count.
    assert occurrences(fortnightly, date(2026, 4, 8), date(2026, 4, 30)) == [
        date(2026, 4, 15),
        date(2026, 4, 29),
    ]


def test_a_month_without_the_day_has_no_opening() -> None:
    months = [day.month for day in occurrences(pattern(frequency=Frequency.MONTHLY_DAY, day=31), *YEAR)]
    assert months == [5, 7, 8, 10, 12, 1, 3]


def test_a_fifth_that_is_also_the_last_is_one_day() -> None:
    days = occurrences(pattern(nths=(5, LAST)), date(2026, 5, 1), date(2026, 5, 31))
    assert days == [date(2026, 5, 30)]


def test_no_day_outside_rule_or_window() -> None:
    assert occurrences(pattern(until_on=date(2026, 5, 31)), *YEAR) == [date(2026, 4, 11), date(2026, 5, 9)]
    assert occurrences(pattern(), date(2026, 3, 1), date(2026, 3, 31)) == []
    assert occurrences(pattern(), YEAR[1], YEAR[0]) == []


def by_calendar(year: int, month: int, weekday: int, nth: int) -> date | None:
    """The nth weekday read off the printed month."""
    days = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
    if nth == LAST:
        return date(year, month, days[-1])
    return date(year, month, days[nth - 1]) if nth <= len(days) else None


@given(
    weekday=st.integers(0, 6),
    nths=st.lists(st.sampled_from([1, 2, 3, 4, 5, LAST]), min_size=1, unique=True),
    start=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 400),
)
def test_nth_weekdays_as_in_a_printed_calendar(
    weekday: int, nths: list[int], start: date, length: int
) -> None:
    end = start + timedelta(days=length)
    months = {
        ((start + timedelta(days=n)).year, (start + timedelta(days=n)).month) for n in range(length + 1)
    }
    expected = {by_calendar(y, m, weekday, nth) for y, m in months for nth in nths}
    rule = pattern(weekday=weekday, nths=tuple(nths), from_on=date(2024, 1, 1))
    assert occurrences(rule, start, end) == sorted(d for d in expected if d and start <= d <= end)


@given(
    weekday=st.integers(0, 6),
    interval=st.integers(1, 8),
    from_on=st.dates(date(2024, 1, 1), date(2026, 1, 1)),
    start=st.dates(date(2024, 1, 1), date(2026, 1, 1)),
)
def test_every_so_many_weeks_by_walking(weekday: int, interval: int, from_on: date, start: date) -> None:
    end = date(2026, 6, 30)
    walk = from_on + timedelta(days=(weekday - from_on.weekday()) % 7)
    expected = []
    while walk <= end:
        if walk >= start:
            expected.append(walk)
        walk += timedelta(weeks=interval)
    rule = pattern(frequency=Frequency.WEEKLY, weekday=weekday, interval=interval, from_on=from_on)
    assert occurrences(rule, start, end) == expected


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({}, "毎月第2土曜 10:00–12:00"),
        ({"nths": (4, 2)}, "毎月第2・第4土曜 10:00–12:00"),
        ({"nths": (LAST, 1), "weekday": 6}, "毎月第1・最終日曜 10:00–12:00"),
        ({"frequency": Frequency.WEEKLY, "weekday": 1}, "毎週火曜 10:00–12:00"),
        ({"frequency": Frequency.WEEKLY, "weekday": 2, "interval": 2}, "隔週水曜 10:00–12:00"),
        ({"frequency": Frequency.WEEKLY, "weekday": 0, "interval": 3}, "3週ごとの月曜 10:00–12:00"),
        ({"frequency": Frequency.MONTHLY_DAY, "day": 15, "ends_at": time(15, 30)}, "毎月15日 10:00–15:30"),
    ],
)
def test_said_in_words(parts: dict[str, object], words: str) -> None:
    assert describe(pattern(**parts)) == words


def test_said_in_another_language() -> None:
    english = {"毎月%(nths)s%(weekday)s": "%(nths)s %(weekday)s each month", "第2": "2nd", "土曜": "Saturday"}
    english |= {"第4": "4th", "・": " and "}
    assert describe(pattern(), english.__getitem__) == "2nd Saturday each month 10:00–12:00"
    both = describe(pattern(nths=(2, 4)), english.__getitem__)
    assert both == "2nd and 4th Saturday each month 10:00–12:00"


@pytest.mark.parametrize("frequency", Frequency)
def test_a_pattern_survives_being_kept(frequency: Frequency) -> None:
    rule = pattern(frequency=frequency, weekday=3, interval=2, nths=(1, LAST), day=9)
    kept = json.loads(json.dumps(pattern_parts(rule)))
    again = pattern_of(
        kept, starts_at=rule.starts_at, ends_at=rule.ends_at, from_on=rule.from_on, until_on=rule.until_on
    )
    assert again == rule


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"ends_at": time(10)}, "ends_at"),
        ({"ends_at": time(9)}, "ends_at"),
        ({"until_on": date(2026, 3, 31)}, "until_on"),
        ({"weekday": 7}, "weekday"),
        ({"nths": ()}, "nths"),
        ({"nths": (6,)}, "nths"),
        ({"frequency": Frequency.WEEKLY, "interval": 0}, "interval"),
        ({"frequency": Frequency.MONTHLY_DAY, "day": 32}, "day"),
    ],
)
def test_rules_that_give_nothing_are_refused(parts: dict[str, object], field: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        check_pattern(pattern(**parts))
    assert caught.value.field == field


def test_everything_missing_is_shown_at_once() -> None:
    fields = {one: [broken.field for broken in missing_days(one, None, (), None)] for one in Frequency}
    assert fields == {
        Frequency.WEEKLY: ["weekday"],
        Frequency.MONTHLY_WEEKDAY: ["weekday", "nths"],
        Frequency.MONTHLY_DAY: ["day"],
    }


def test_an_opening_is_over_by_the_clock_of_matsudo() -> None:
    on, ends_at = date(2026, 11, 23), time(16)
    assert not is_over(on, ends_at, datetime(2026, 11, 23, 6, 59, tzinfo=UTC))
    assert is_over(on, ends_at, datetime(2026, 11, 23, 7, 0, tzinfo=UTC))
    assert is_over(on, ends_at, datetime(2026, 11, 23, 15, 1, tzinfo=UTC)), "the day after in Matsudo"
    assert not is_over(on, ends_at, datetime(2026, 11, 22, 15, 1, tzinfo=UTC)), "the same day already"


def test_an_extra_day_may_be_past_but_not_before_the_station() -> None:
    today, opened_on = date(2026, 11, 23), date(2025, 4, 1)
    for on in (opened_on, today - timedelta(days=30), date(2028, 11, 23)):
        check_extra_day(on, opened_on, today)
    check_extra_day(date(2020, 1, 1), None, today)
    for on in (opened_on - timedelta(days=1), date(2028, 11, 24)):
        with pytest.raises(RuleBroken) as broken:
            check_extra_day(on, opened_on, today)
        assert broken.value.field == "on"


def test_good_rules_pass() -> None:
    check_pattern(pattern(until_on=date(2026, 4, 1)))
    check_pattern(pattern(frequency=Frequency.WEEKLY, nths=()))
    check_hours(time(10), time(10, 1))


def test_the_next_opening_is_published_within_two_weeks_of_the_last() -> None:
    assert announce_by(date(2026, 6, 1)) == date(2026, 6, 15)
