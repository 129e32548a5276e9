"""How dates, times and amounts are written, in both languages: the one place (Jinja filters of the same names)."""

import datetime as dt

from flask import Flask, g, has_request_context
from flask_login import current_user
from jinja2 import Undefined
from markupsafe import Markup, escape

from stations.core import clock, language, money
from stations.core.access import OFFICIALS, roles_of
from stations.core.language import counted
from stations.core.language import gettext as _

WEEKDAYS_JA = "月火水木金土日"


def _english() -> bool:
    return language.current() == "en"


def _by_era() -> bool:
    """Whether the reader is an official, who counts years by era; citizens and committees read 西暦."""
    if not has_request_context():
        return False
    kept = (
        g._get_current_object()
    )  # the object behind the proxy: each look through it costs as much as a date
    if "dates_by_era" not in kept:
        kept.dates_by_era = bool(current_user.is_authenticated and OFFICIALS & roles_of(current_user))
    return bool(kept.dates_by_era)


def date(on: dt.date | dt.datetime | None, *, by_era: bool | None = None) -> str:
    """2026年10月3日（土） · Sat 3 Oct 2026; 令和8年10月3日（土） for officials. Of a point in time: its day in Tokyo.

    ``by_era``: how the reader counts years, where that is not who asks for the page (mail).
    """
    if on is None:
        return "—"
    if isinstance(on, dt.datetime):
        on = clock.local_date(on)
    if _english():
        return f"{on:%a} {on.day} {on:%b %Y}"
    day = (
        clock.format_era(on)
        if (_by_era() if by_era is None else by_era)
        else f"{on.year}年{on.month}月{on.day}日"
    )
    return f"{day}（{WEEKDAYS_JA[on.weekday()]}）"


def short_date(on: dt.date | None) -> str:
    """10月3日（土） · Sat 3 Oct."""
    if on is None:
        return "—"
    if _english():
        return f"{on:%a} {on.day} {on:%b}"
    return f"{on.month}月{on.day}日（{WEEKDAYS_JA[on.weekday()]}）"


def datetime(at: dt.datetime | None, *, by_era: bool | None = None) -> str:
    """`date` and 14:05 in Tokyo."""
    if at is None:
        return "—"
    local = at.astimezone(clock.TOKYO)
    return f"{date(local.date(), by_era=by_era)}{' ' if _english() else ''}{local:%H:%M}"


def time(at: dt.time | dt.datetime | None) -> str:
    """午前10時 · 午後1時30分 · 正午; 10:00 in English."""
    if at is None:
        return "—"
    if isinstance(at, dt.datetime):
        at = at.astimezone(clock.TOKYO).time()
    if _english():
        return f"{at:%H:%M}"
    if (at.hour, at.minute) == (12, 0):
        return "正午"
    half, hour = ("午前", at.hour) if at.hour < 12 else ("午後", at.hour - 12)
    return f"{half}{hour}時" + (f"{at.minute}分" if at.minute else "")


def hours(starts_at: dt.time, ends_at: dt.time) -> str:
    """午前10時から正午まで · 10:00–12:00."""
    if _english():
        return f"{starts_at:%H:%M}–{ends_at:%H:%M}"
    return f"{time(starts_at)}から{time(ends_at)}まで"


def fiscal_year(year: int | None) -> str:
    """令和8年度（2026年度） · FY2026."""
    if year is None:
        return "—"
    return f"FY{year}" if _english() else clock.fiscal_year_label(year)


def month(year_month: dt.date) -> str:
    """10月 · Oct."""
    return f"{year_month:%b}" if _english() else f"{year_month.month}月"


def weekday(on: dt.date) -> str:
    """土 · Sat."""
    return f"{on:%a}" if _english() else WEEKDAYS_JA[on.weekday()]


def yen(amount: int | None) -> str:
    """1,234,567円 · △1,000円; ¥1,234,567 · −¥1,000 in English."""
    if amount is None:
        return "—"
    if _english():
        return f"{'−' if amount < 0 else ''}¥{abs(amount):,}"
    return money.format_yen(amount)


def yen_cell(amount: int | None) -> Markup:
    """An amount as it stands on pages, `yen` or 「未定」; a function, since lists have hundreds of them."""
    if amount is None or isinstance(amount, Undefined):
        kind, shown = " mt-money--none", _("未定")
    else:
        kind, shown = " mt-money--minus" if amount < 0 else "", yen(amount)
    return Markup(f'<span class="mt-money{kind}">{escape(shown)}</span>')  # noqa: S704  (escaped, but for our class)


def number(count: int | None) -> str:
    """1,234."""
    return "—" if count is None else f"{count:,}"


def percent(part: int, whole: int) -> str:
    """68%; — when there is no whole. In whole per cent and rounded down, wherever a share is shown: 100% is all of it."""
    return "—" if whole <= 0 else f"{part * 100 // whole}%"


def due(on: dt.date, *, short: bool = False) -> str:
    """2026年10月3日（土）まで（あと3日）; ``short``: without the year, in a row that says which year it is about."""
    days = (on - clock.today()).days
    until = short_date(on) if short else date(on)
    if days < 0:
        return str(counted("%(date)sまで（%(n)s日過ぎています）", date=until, n=-days))
    if days == 0:
        return str(_("%(date)sまで（今日）", date=until))
    return str(counted("%(date)sまで（あと%(n)s日）", date=until, n=days))


FILTERS = (date, short_date, datetime, time, fiscal_year, month, weekday, yen, number, due)


def init_app(app: Flask) -> None:
    for function in FILTERS:
        app.add_template_filter(function, function.__name__)
    app.add_template_global(hours, "hours")
    app.add_template_global(yen_cell, "money")
    app.add_template_global(percent, "percent")
