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
    steps = list(diary.live())
    assert told == ["a on 1", "b on 3", "a on 9", "b on 9"]
    assert steps == sorted(steps)


@pytest.mark.parametrize("today", [dt.date(2026, 4, 1), dt.date(2026, 4, 9), dt.date(2027, 3, 31)])
def test_the_parts_of_a_year_keep_their_order_on_any_day(today: dt.date):
    days = Days(today)
    shares = [days.share(part / 1000) for part in range(1001)]
    assert shares == sorted(set(shares))
    assert clock.fiscal_year(clock.local_date(shares[0])) == days.year
    assert clock.local_date(shares[-1]) <= today


def test_what_happens_happens_by_day():
    days = Days(dt.date(2026, 11, 23))
    assert {days.share(part / 100).hour for part in range(100)} <= set(range(9, 18))
