"""The overview's charts with the sentence that each one shows; a drawing is kept for as long as its rows last."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial, wraps
from typing import TypeVarTuple

from flask_babel import get_locale
from markupsafe import Markup

from stations.attendance.band_rules import UNKNOWN
from stations.attendance.labels import band_name
from stations.core import formatting
from stations.core.language import gettext as _
from stations.core.tables import Table
from stations.reports import charts, tables
from stations.reports.queries.overview import Overview
from stations.reports.rules import Stage

Ts = TypeVarTuple("Ts")

# Some years × two languages; matplotlib takes about a third of a second for one drawing.
_DRAWINGS = 24


@dataclass(frozen=True)
class Drawn:
    """One chart, drawn twice."""

    wide: Markup
    narrow: Markup


@dataclass(frozen=True)
class Figure:
    """A chart for a wide page and for a telephone, what it shows in a sentence, and its table, as files ``name``."""

    name: str
    heading: str
    finding: str
    drawing: Drawn
    table: Table


def of(overview: Overview) -> list[Figure]:
    """The three charts of a year, in the order of the page."""
    return [_money(overview), _visits(overview), _districts(overview)]


def stages_finding(overview: Overview) -> str:
    """In how many districts a station is open, and how many plans are under way with the city's money."""
    return str(
        _(
            "%(all)s地区のうち%(open)s地区でステーションが開いています。実施中の計画は%(running)s件です。",
            all=len(overview.districts),
            open=sum(line.stations > 0 for line in overview.districts),
            running=overview.stages.sum_of(Stage.RUNNING),
        )
    )


def budget_finding(overview: Overview) -> str:
    """What the year's budget spent at last, and how much of it for earlier years; what it received for them."""
    sum_of = overview.budget.sum_of
    return str(
        _(
            "%(year)sの予算からの支出は、戻入を引いて%(net)s（うち過年度支出%(earlier)s）です。"
            "ほかに、前の年度の助成金の返還による過年度収入が%(income)sあります。",
            year=formatting.fiscal_year(overview.year),
            net=formatting.yen(sum_of("net")),
            earlier=formatting.yen(sum_of("earlier")),
            income=formatting.yen(sum_of("income")),
        )
    )


def headline(overview: Overview) -> list[dict[str, str]]:
    """The year in four numbers, as `ui.stats` shows them."""
    awarded, spent = overview.money.sum_of("awarded"), overview.money.sum_of("spent")
    visits = sum(overview.ages.of_columns)
    stations = sum(line.stations for line in overview.districts)
    return [
        {"label": _("開設中のステーション"), "value": f"{stations:,}", "unit": _("か所")},
        {"label": _("延べ来場者数"), "value": f"{visits:,}", "unit": _("人")},
        {"label": _("この年度の助成金の交付決定額"), "value": f"{awarded:,}", "unit": _("円")},
        {
            "label": _("決定額に対する支出済の割合"),
            "value": formatting.percent(spent, awarded),
        },
        {
            "label": _("この年度の予算からの支出（差引）"),
            "value": f"{overview.budget.sum_of('net'):,}",
            "unit": _("円"),
        },
    ]


def _money(overview: Overview) -> Figure:
    awarded, paid, spent, _difference = overview.money.of_columns
    finding = (
        _(
            "交付決定額は合わせて%(awarded)s、支払済は%(paid)s、支出済は%(spent)s（決定額の%(share)s）です。",
            awarded=formatting.yen(awarded),
            paid=formatting.yen(paid),
            spent=formatting.yen(spent),
            share=formatting.percent(spent, awarded),
        )
        if awarded
        else _("この年度の交付決定は、まだありません。")
    )
    money = [row[:3] for row in overview.money.cells]
    drawing = _draw_money(str(get_locale()), tuple(zip(_names(overview), money, strict=True)))
    return Figure("money", _("助成金の決定・支払・支出"), finding, drawing, tables.money(overview))


def _visits(overview: Overview) -> Figure:
    months = [formatting.month(month) for month in overview.months]
    names = [band_name(band) for band in overview.bands]
    counted, of_bands, of_months = overview.ages.cells, overview.ages.of_columns, overview.ages.of_rows
    total = sum(of_months)
    finding = _("この年度の来場者の記録は、まだありません。")
    if total:
        known = [place for place, band in enumerate(overview.bands) if band.code != UNKNOWN.code]
        most, busiest = (
            max(known, key=of_bands.__getitem__),
            max(range(len(months)), key=of_months.__getitem__),
        )
        finding = _(
            "延べ%(total)s人が来ました。最も多い月は%(month)s（%(count)s人）で、年代では%(band)sが%(share)sです。",
            total=f"{total:,}",
            month=months[busiest],
            count=f"{of_months[busiest]:,}",
            band=names[most],
            share=formatting.percent(of_bands[most], total),
        )
    rows = tuple(
        (month, tuple(zip(names, row, strict=True))) for month, row in zip(months, counted, strict=True)
    )
    drawing = _draw_visits(str(get_locale()), tuple(band.colour for band in overview.bands), rows)
    return Figure("visits", _("月ごとの来場者（年代別）"), finding, drawing, tables.visits(overview))


def _districts(overview: Overview) -> Figure:
    months = tuple(formatting.month(month) for month in overview.months)
    rows = tuple(zip(_names(overview), overview.visits.cells, strict=True))
    cells = [
        (count, name, month)
        for name, counts in rows
        for month, count in zip(months, counts, strict=True)
        if count
    ]
    finding = _("この年度の来場者の記録は、まだありません。")
    if cells:
        count, name, month = max(cells, key=lambda cell: cell[0])
        active = sum(any(counts) for _name, counts in rows)
        finding = _(
            "%(districts)s地区のうち%(active)s地区に来場があり、最も多いのは%(name)sの%(month)s（%(count)s人）です。",
            districts=len(rows),
            active=active,
            name=name,
            month=month,
            count=f"{count:,}",
        )
    drawing = _draw_districts(str(get_locale()), rows, months)
    return Figure("districts", _("地区と月ごとの来場者"), finding, drawing, tables.districts(overview))


def _names(overview: Overview) -> list[str]:
    return [line.name for line in overview.districts]


def _kept(draw: Callable[[*Ts], Drawn]) -> Callable[[*Ts], Drawn]:
    """``draw`` with its last drawings. Who asks for one that is being drawn waits for it; others wait for none."""

    @lru_cache(maxsize=_DRAWINGS)
    def place(*args: *Ts) -> Callable[[], Drawn]:
        drawing, drawn = threading.Lock(), cache(partial(draw, *args))

        def once() -> Drawn:
            with drawing:
                return drawn()

        return once

    @wraps(draw)
    def kept(*args: *Ts) -> Drawn:
        return place(*args)()

    return kept


@_kept
def _draw_money(language: str, rows: tuple[tuple[str, tuple[int | None, ...]], ...]) -> Drawn:
    money = [
        charts.DistrictMoney(district=name, award_yen=award, paid_yen=paid or 0, spent_yen=spent or 0)
        for name, (award, paid, spent) in rows
    ]
    return Drawn(
        charts.award_bars(money), charts.award_bars(money, chart_id="award-bars-narrow", narrow=True)
    )


@_kept
def _draw_visits(
    language: str, colours: tuple[int, ...], rows: tuple[tuple[str, tuple[tuple[str, int | None], ...]], ...]
) -> Drawn:
    visits = [
        charts.MonthVisits(month=month, visits={band: count or 0 for band, count in bands})
        for month, bands in rows
    ]
    return Drawn(
        charts.visits_by_month(visits, colours=colours),
        charts.visits_by_month(visits, colours=colours, chart_id="visits-by-month-narrow", narrow=True),
    )


@_kept
def _draw_districts(
    language: str, rows: tuple[tuple[str, tuple[int | None, ...]], ...], months: tuple[str, ...]
) -> Drawn:
    districts = [charts.DistrictMonths(district=name, visits=visits) for name, visits in rows]
    return Drawn(
        charts.district_heatmap(districts, months),
        charts.district_heatmap(districts, months, chart_id="district-heatmap-narrow", narrow=True),
    )
