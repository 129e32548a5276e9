from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from stations.core import clock
from stations.core.messages import RuleBroken

modern = st.dates(date(1873, 1, 1), date(2100, 12, 31))


def test_today_is_the_date_in_matsudo() -> None:
    with time_machine.travel(datetime(2026, 3, 31, 15, 0, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 4, 1)
        assert clock.now() == datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 3, 31, 14, 59, tzinfo=UTC), tick=False):
        assert clock.today() == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("on", "written"),
    [
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 11, 23), "令和8年11月23日"),
    ],
)
def test_eras_at_their_borders(on: date, written: str) -> None:
    assert clock.format_era(on) == written


def test_no_era_before_the_gregorian_calendar() -> None:
    with pytest.raises(ValueError, match="1872-12-31"):
        clock.era(date(1872, 12, 31))


@given(modern)
def test_era_round_trip(on: date) -> None:
    year = clock.era(on)
    for typed in (str(year), str(year).removesuffix("年"), f"{on.year}"):
        assert clock.parse_date(typed, f"{on.month}", f"{on.day}") == on
    letter = next(e.letter for e in clock.ERAS if e.name == year.name)
    assert clock.parse_date(f"{letter.lower()}{year.year}", f"{on.month:02}", f"{on.day:02}") == on


@pytest.mark.parametrize(
    "typed",
    [
        ("2026", "4", "1"),
        ("２０２６", "０４", "０１"),
        ("R8", "4", "1"),
        ("ｒ８", "4", "1"),
        ("令和8", "4", "1"),
        ("令和８年", "４月", "１日"),
        (" 令和 8 ", " 4", "1 "),
        ("㋿8", "4", "1"),
    ],
)
def test_reads_what_people_type(typed: tuple[str, str, str]) -> None:
    assert clock.parse_date(*typed) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        (("", "", ""), "日付を入力"),
        (("2026", "", "1"), "^月は1から12までの数字で入力してください。$"),
        (("2026", "4", ""), "^日は1から31までの数字で入力してください。$"),
        (("2026", "", ""), "^月は1から12まで、日は1から31までの数字で"),
        (("", "4", ""), "^年は西暦4けた.*のように、日は1から31までの数字で"),
        (("", "13", "1"), "^年は西暦4けた.*のように、月は1から12までの数字で"),
        (("X", "x", "32"), "^年は西暦4けた.*のように、月は1から12まで、日は1から31までの数字で"),
        (("2026", "13", "32"), "^月は1から12まで、日は1から31まで"),
        (("26", "4", "1"), "西暦4けた"),
        (("99", "4", "1"), "西暦4けた"),
        (("0", "4", "1"), "西暦4けた"),
        (("0026", "4", "1"), "西暦4けた"),
        (("1872", "4", "1"), "西暦4けた"),
        (("X8", "4", "1"), "西暦4けた"),
        (("慶応4", "4", "1"), "西暦4けた"),
        (("R0", "4", "1"), "西暦4けた"),
        (("R2026", "4", "1"), "西暦4けた"),
        (("元", "4", "1"), "西暦4けた"),
        (("2026", "13", "1"), "1から12"),
        (("2026", "0", "1"), "1から12"),
        (("2026", "四", "1"), "^月は1から12までの数字で"),
        (("2026", "4", "1.5"), "^日は1から31までの数字で"),
        (("2026", "2", "29"), "2026年2月は1日から28日まで"),
        (("2026", "4", "0"), "1日から30日まで"),
        (("平成31", "5", "1"), "2019年5月1日は平成ではありません（令和元年）"),
        (("R1", "4", "30"), "2019年4月30日は令和ではありません（平成31年）"),
        (("昭和1", "12", "24"), "大正15年"),
    ],
)
def test_says_what_to_do_instead(typed: tuple[str, str, str], hint: str) -> None:
    with pytest.raises(RuleBroken, match=hint) as caught:
        clock.parse_date(*typed, field="held_on")
    assert caught.value.field == "held_on"


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        (("", "", ""), "year"),
        (("26", "4", "1"), "year"),
        (("平成31", "5", "1"), "year"),
        (("", "13", "40"), "year"),
        (("2026", "13", "40"), "month"),
        (("2026", "4", "40"), "day"),
        (("2026", "4", ""), "day"),
    ],
)
def test_says_which_piece_is_corrected_first(typed: tuple[str, str, str], box: str) -> None:
    with pytest.raises(clock.DateBroken) as caught:
        clock.parse_date(*typed)
    assert caught.value.box == box


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("8", 2026),
        ("８", 2026),
        ("8年", 2026),
        ("08", 2026),
        ("7", 2025),
        ("1", 2019),
        ("9", 2027),
        ("13", 2031),
    ],
)
def test_a_bare_small_number_is_a_year_of_the_era_of_today(typed: str, year: int) -> None:
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        assert clock.parse_date(typed, "5", "2") == date(year, 5, 2)


def test_leap_day() -> None:
    assert clock.parse_date("2028", "2", "29") == date(2028, 2, 29)


@given(modern)
def test_a_day_lies_in_its_fiscal_year_and_no_other(on: date) -> None:
    year = clock.fiscal_year(on)
    first, last = clock.fiscal_year_period(year)
    assert first <= on <= last
    assert clock.fiscal_year_period(year + 1)[0] == last + timedelta(days=1)


def test_fiscal_year_borders() -> None:
    assert clock.fiscal_year(date(2026, 3, 31)) == 2025
    assert clock.fiscal_year(date(2026, 4, 1)) == 2026
    assert clock.cash_period(2026) == (date(2026, 4, 1), date(2027, 5, 31))


@pytest.mark.parametrize(
    ("year", "label"),
    [
        (2026, "令和8年度（2026年度）"),
        (2019, "令和元年度（2019年度）"),
        (2018, "平成30年度（2018年度）"),
        (1988, "昭和63年度（1988年度）"),
        (1989, "平成元年度（1989年度）"),
    ],
)
def test_fiscal_year_label(year: int, label: str) -> None:
    assert clock.fiscal_year_label(year) == label


def test_office_days() -> None:
    assert clock.is_business_day(date(2026, 11, 24))
    assert not clock.is_business_day(date(2026, 11, 23))  # 勤労感謝の日
    assert not clock.is_business_day(date(2026, 11, 22))
    assert not clock.is_business_day(date(2026, 12, 29))
    assert clock.is_business_day(date(2029, 1, 4))


def test_business_days_skip_what_is_closed() -> None:
    friday = date(2026, 11, 20)
    assert clock.add_business_days(friday, 0) == friday
    assert clock.add_business_days(friday, 1) == date(2026, 11, 24)
    assert clock.add_business_days(date(2026, 12, 28), 1) == date(2027, 1, 4)


@given(modern.filter(lambda on: on.year > 2000), st.integers(1, 30))
def test_business_days_are_counted_one_by_one(on: date, days: int) -> None:
    end = clock.add_business_days(on, days)
    between = [on + timedelta(days=n) for n in range(1, (end - on).days + 1)]
    assert sum(map(clock.is_business_day, between)) == days
    assert clock.is_business_day(end)


def test_months_end_where_the_month_ends() -> None:
    assert clock.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert clock.add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert clock.add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("10:00", time(10)),
        ("１０：３０", time(10, 30)),
        ("9時", time(9)),
        ("９時５分", time(9, 5)),
        ("13時半", time(13, 30)),
        ("午後1時半", time(13, 30)),
        ("午前 10 時", time(10)),
        ("午後0時15分", time(12, 15)),
        ("正午", time(12)),
        ("930", time(9, 30)),
        ("1000", time(10)),
        ("14", time(14)),
    ],
)
def test_times_as_people_type_them(typed: str, at: time) -> None:
    assert clock.parse_time(typed) == at


@pytest.mark.parametrize("typed", ["", "朝", "25:00", "10:60", "午後13時", "10:00:00", "-1", "99999"])
def test_what_is_no_time_is_asked_for_again(typed: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        clock.parse_time(typed, field="starts_at")
    assert caught.value.field == "starts_at"
