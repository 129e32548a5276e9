"""Stories wait for their days and are told in the order of time."""

import datetime as dt

import pytest

from stations.core import clock
from stations.demo.diary import Days, Diary, Story, at


def story(told: list[str], name: str, *days: int) -> Story:
    for day in days:
        yield at(dt.date(2026, 5, day))
        told.append(f"{name} on {clock.today():%-d}")


def test_stories_are_told_in_the_order_of_time():
    told: list[str] = []
    diary = Diary(at(dt.date(2026, 5, 20)))
    diary.begin(story(told, "a", 1, 9, 30))
    diary.begin(story(told, "b", 3, 9))
    steps = list(diary.run())
    assert told == ["a on 1", "b on 3", "a on 9", "b on 9"]
    assert steps == sorted(steps)


def test_no_story_goes_back_in_time():
    told: list[str] = []
    diary = Diary(at(dt.date(2026, 5, 20)))
    diary.begin(story(told, "a", 9, 4))
    diary.begin(story(told, "b", 8))
    steps = list(diary.run())
    assert told == ["b on 8", "a on 9", "a on 9"]
    assert steps == sorted(steps)


# A working day, the first of a year, a long weekend, a Sunday, the last day of a year, a 4-1 on a Saturday.
SOME_DAYS = [
    dt.date(2026, 11, 20),
    dt.date(2026, 4, 1),
    dt.date(2026, 5, 6),
    dt.date(2026, 11, 22),
    dt.date(2027, 3, 31),
    dt.date(2028, 4, 2),
    dt.date(2028, 4, 3),
]
PARTS = [part / 1000 for part in range(1001)]


@pytest.mark.parametrize("today", SOME_DAYS, ids=str)
def test_the_parts_of_a_year_keep_their_order_on_any_day(today: dt.date):
    days = Days(today)
    shares = [days.share(part) for part in PARTS]
    assert shares == sorted(set(shares))
    assert clock.fiscal_year(clock.local_date(shares[0])) == days.year
    assert shares[-1] <= days.ends
    assert clock.local_date(shares[-1]) <= today


def is_office_time(time: dt.datetime) -> bool:
    return clock.is_business_day(time.date()) and dt.time(9) <= time.time() <= dt.time(17)


@pytest.mark.parametrize("today", SOME_DAYS, ids=str)
def test_time_passes_while_city_hall_is_open(today: dt.date):
    days = Days(today)
    shares = [days.share(part) for part in PARTS]
    if clock.is_business_day(dt.date(days.year, 4, 1)) or today.month > 4:
        assert all(map(is_office_time, shares))
    else:  # no office day has passed: the story fits into 4-1, whatever day it is
        assert {share.date() for share in shares} == {days.first}
    holiday, weekend = days.before(9, 23), days.winter(3, 21, of=days.year)
    assert is_office_time(holiday) and is_office_time(weekend)
    halves = [days.between(holiday, weekend, part) for part in PARTS]
    assert halves[0] == holiday and halves[-1] == weekend and halves == sorted(set(halves))
    assert all(map(is_office_time, halves))
    assert [days.shift(days.shift(holiday, -3), 3), days.shift(holiday, 0)] == [holiday, holiday]


def test_leisure_comes_before_the_office_day_and_never_at_night():
    days = Days(dt.date(2026, 11, 23))
    shares = [days.share(part) for part in PARTS]
    free = [days.leisure(share) for share in shares]
    assert free == sorted(set(free))
    assert all(before < share for before, share in zip(free, shares, strict=True))
    assert not any(map(is_office_time, free))
    assert all(dt.time(7) <= time.time() < dt.time(22) for time in free)
    assert {time.weekday() for time in free} >= {5, 6}


def test_the_first_days_of_a_year_have_no_leisure():
    days = Days(dt.date(2026, 4, 3))
    assert days.leisure(days.share(0.5)) == days.share(0.5)
