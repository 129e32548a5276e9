"""Time as the city keeps it: Asia/Tokyo, the fiscal year, 和暦, office days and bank days."""

import calendar
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from stations.core import text
from stations.core.messages import N_, RuleBroken

TOKYO = ZoneInfo("Asia/Tokyo")


class Era(NamedTuple):
    """An era; `first_on` is its first day in the Gregorian calendar, in its year `first_year`."""

    name: str
    letter: str
    first_on: date
    first_year: int


# The Gregorian calendar begins with 明治6年1月1日 (明治5年太政官布告第337号); earlier days are not ours.
ERAS = (
    Era("明治", "M", date(1873, 1, 1), 6),
    Era("大正", "T", date(1912, 7, 30), 1),
    Era("昭和", "S", date(1926, 12, 25), 1),
    Era("平成", "H", date(1989, 1, 8), 1),
    Era("令和", "R", date(2019, 5, 1), 1),
)


class EraYear(NamedTuple):
    """A year as officials say it: 令和8年 is ("令和", 8)."""

    name: str
    year: int

    def __str__(self) -> str:
        return f"{self.name}{'元' if self.year == 1 else self.year}年"


_frozen: ContextVar[datetime | None] = ContextVar("frozen_at", default=None)


@contextmanager
def frozen_at(at: datetime) -> Iterator[None]:
    """Within the block it is ``at``. Only the demonstration year lives through past days this way."""
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)


def now() -> datetime:
    """This instant, timezone-aware, UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The date in Matsudo."""
    return local_date(now())


def local_date(at: datetime) -> date:
    """The date in Matsudo at an aware instant."""
    return at.astimezone(TOKYO).date()


def instant(on: date, at: time) -> datetime:
    """The aware instant of a day and a time of day in Matsudo."""
    return datetime.combine(on, at, TOKYO)


def fiscal_year(on: date) -> int:
    """The fiscal year of a date: 4-1 … 3-31 (地方自治法208条)."""
    return on.year if on.month >= 4 else on.year - 1


def fiscal_year_period(year: int) -> tuple[date, date]:
    """First and last day of a fiscal year."""
    return date(year, 4, 1), date(year + 1, 3, 31)


def cash_period(year: int) -> tuple[date, date]:
    """First and last day on which cash of a fiscal year may move (出納整理期間, 地方自治法235条の5)."""
    return date(year, 4, 1), date(year + 1, 5, 31)


def era(on: date) -> EraYear:
    """The era and its year; `ValueError` before 1873, when Japan had another calendar."""
    for entry in reversed(ERAS):
        if on >= entry.first_on:
            return EraYear(entry.name, on.year - entry.first_on.year + entry.first_year)
    raise ValueError(f"{on} is before the Gregorian calendar in Japan")


def format_era(on: date) -> str:
    """「令和8年11月23日」."""
    return f"{era(on)}{on.month}月{on.day}日"


def fiscal_year_label(year: int) -> str:
    """「令和8年度（2026年度）」.

    The era of 1 May names the year: an era that began on that day names all of it (2019 is 令和元年度),
    one that began in winter does not (1988 is 昭和63年度).
    """
    return f"{era(date(year, 5, 1))}度（{year}年度）"


_YEAR = re.compile(r"(?P<era>[A-Z]|[^\W\d_A-Z]{2})?(?P<number>[0-9]{1,4}|元)年?")
_YEARS_AHEAD = 5
_NUMBER = re.compile(r"([0-9]{1,2})[月日]?")


class DateBroken(RuleBroken):
    """A date that cannot be read. ``box``: the piece to correct first, of `DATE_BOXES`."""

    def __init__(self, field: str | None, message: str, /, *, box: str, **params: object) -> None:
        super().__init__(field, message, **params)
        self.box = box


DATE_BOXES: Final = ("year", "month", "day")
# What to type into the pieces that are missing or wrong: all of them in one sentence.
_WRONG_BOXES: Final = {
    ("year",): N_("年は西暦4けた（例：2026）か、「令和8」「R8」のように元号をつけて入力してください。"),
    ("month",): N_("月は1から12までの数字で入力してください。"),
    ("day",): N_("日は1から31までの数字で入力してください。"),
    ("month", "day"): N_("月は1から12まで、日は1から31までの数字で入力してください。"),
    ("year", "month"): N_(
        "年は西暦4けた（例：2026）か「令和8」「R8」のように、月は1から12までの数字で入力してください。"
    ),
    ("year", "day"): N_(
        "年は西暦4けた（例：2026）か「令和8」「R8」のように、日は1から31までの数字で入力してください。"
    ),
    ("year", "month", "day"): N_(
        "年は西暦4けた（例：2026）か「令和8」「R8」のように、月は1から12まで、日は1から31までの数字で入力してください。"
    ),
}


def parse_date(year: str, month: str, day: str, *, field: str | None = None) -> date:
    """Read three typed pieces; the year as 「2026」「R8」「令和8」「令和元」, full-width digits welcome.

    Raises `DateBroken` on `field`, saying which pieces to correct, all at once. 「8」 alone is the year of the present
    era, as forms on paper ask for it; further ahead than `_YEARS_AHEAD` it is refused: 26 could be 2026 and 平成26.
    """
    pieces = [_plain(piece) for piece in (year, month, day)]
    if not any(pieces):
        raise DateBroken(field, N_("日付を入力してください。"), box="year")
    read, month_number, day_number = _parse_year(pieces[0]), *map(_parse_number, pieces[1:])
    month_fits = month_number is not None and 1 <= month_number <= 12
    # How many days there are is known with year and month only: `_date` says it.
    days_known = read is not None and month_fits
    day_fits = day_number is not None and (days_known or 1 <= day_number <= 31)
    fits = (read is not None, month_fits, day_fits)
    if wrong := tuple(box for box, sound in zip(DATE_BOXES, fits, strict=True) if not sound):
        raise DateBroken(field, _WRONG_BOXES[wrong], box=wrong[0])
    assert read is not None and month_number is not None and day_number is not None  # all of them fit
    return _date(*read, month_number, day_number, field)


def _date(entry: Era | None, year: int, month: int, day: int, field: str | None) -> date:
    """The date of three numbers that may each be right; `DateBroken` when there is no such day, or not in that era."""
    last_day = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last_day:
        raise DateBroken(
            field,
            N_("%(year)s年%(month)s月は1日から%(last)s日までです。日を確かめてください。"),
            box="day",
            year=year,
            month=month,
            last=last_day,
        )
    parsed = date(year, month, day)
    if entry is not None and era(parsed).name != entry.name:
        raise DateBroken(
            field,
            N_("%(date)sは%(era)sではありません（%(right)s）。年を確かめてください。"),
            box="year",
            date=f"{parsed.year}年{parsed.month}月{parsed.day}日",
            era=entry.name,
            right=str(era(parsed)),
        )
    return parsed


_WHOLE_DATE = re.compile(r"(.+?)[年/.-]([0-9]{1,2})[月/.-]([0-9]{1,2})日?(?:\([月火水木金土日]\))?")


def date_pieces(year: str, month: str, day: str) -> tuple[str, str, str]:
    """What three boxes hold, as `parse_date` wants it: a whole date in the first is taken apart.

    Empty where nothing but the year that stood there already (of today) is left.
    """
    if month.strip() or day.strip():
        return year, month, day
    plain = _plain(year)
    if whole := _WHOLE_DATE.fullmatch(plain):
        return whole[1], whole[2], whole[3]
    return ("", "", "") if plain == str(today().year) else (year, month, day)


_TIME = re.compile(r"(午前|午後)?([0-9]{1,2})(?:[:時](?:([0-9]{1,2})分?|(半))?|([0-9]{2}))?")


def parse_time(typed: str, *, field: str | None = None) -> time:
    """「10:00」「１０時」「午後1時半」「930」「正午」 → a time; `RuleBroken` on `field` otherwise."""
    plain = _plain(typed)
    if plain == "正午":
        return time(12)
    if found := _TIME.fullmatch(plain):
        half, hour, minute = found[1], int(found[2]), int(found[3] or found[5] or (30 if found[4] else 0))
        if half and hour <= 12:
            hour = hour % 12 + (12 if half == "午後" else 0)
        if hour <= 23 and minute <= 59 and not (half and int(found[2]) > 12):
            return time(hour, minute)
    raise RuleBroken(field, N_("時刻は「10:00」「13時30分」のように入力してください。"))


def _plain(piece: str) -> str:
    return unicodedata.normalize("NFKC", text.without_marks(piece)).upper()


def _parse_year(piece: str) -> tuple[Era | None, int] | None:
    """The era that was typed, if one was, and the year in numbers of the west; None: no year."""
    match = _YEAR.fullmatch(piece)
    if match is None:
        return None
    entry = next((e for e in ERAS if match["era"] in (e.name, e.letter)), None)
    number = 1 if match["number"] == "元" else int(match["number"])
    if entry and 1 <= number <= 99:
        return entry, entry.first_on.year - entry.first_year + number
    if match["era"] is not None or match["number"] == "元":
        return None
    if number >= ERAS[0].first_on.year:
        return None, number
    present = era(today())
    if 1 <= number <= present.year + _YEARS_AHEAD:
        return None, today().year - present.year + number
    return None


def _parse_number(piece: str) -> int | None:
    match = _NUMBER.fullmatch(piece)
    return None if match is None else int(match[1])


def add_months(on: date, months: int) -> date:
    """The same day `months` later, or that month's last day where it is shorter (民法143条2項)."""
    index = on.year * 12 + on.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def is_business_day(on: date) -> bool:
    """Whether city hall is open: no weekend, no holiday, not 12-29 … 1-3 (地方自治法4条の2)."""
    return not _is_weekend_or_holiday(on) and (on.month, on.day) not in _NEW_YEAR_OFFICE


def open_day(on: date) -> date:
    """The day itself, or the next one on which city hall is open."""
    return on if is_business_day(on) else add_business_days(on, 1)


def add_business_days(on: date, days: int) -> date:
    """The `days`-th day after `on` on which city hall is open; `on` itself for 0."""
    while days > 0:
        on += timedelta(days=1)
        days -= is_business_day(on)
    return on


def is_bank_day(on: date) -> bool:
    """Whether banks are open: no weekend, no holiday, not 12-31 … 1-3 (銀行法施行令5条)."""
    return not _is_weekend_or_holiday(on) and (on.month, on.day) not in _NEW_YEAR_BANK


def bank_day(on: date) -> date:
    """The day itself, or the next one on which banks are open."""
    while not is_bank_day(on):
        on += timedelta(days=1)
    return on


def last_bank_day(on: date) -> date:
    """The day itself, or the last one before it on which banks were open."""
    while not is_bank_day(on):
        on -= timedelta(days=1)
    return on


_NEW_YEAR_OFFICE = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
_NEW_YEAR_BANK = {(12, 31), (1, 1), (1, 2), (1, 3)}


@lru_cache(maxsize=1_000)  # a list counts office days forward from the same few dates
def _is_weekend_or_holiday(on: date) -> bool:
    import jpholiday  # its tables take a while to load, and few requests ask

    return on.weekday() >= 5 or bool(jpholiday.is_holiday(on))
