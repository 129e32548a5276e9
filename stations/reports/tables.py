"""Tables of the overview: the page shows one and the CSV carries it, so their figures are the same."""

from dataclasses import dataclass

from stations.attendance.labels import band_name
from stations.core import formatting
from stations.core.csv_file import Cell, csv_bytes
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.reports import labels as _labels  # noqa: F401  (registers what stages are called)
from stations.reports.queries.overview import Overview
from stations.reports.rules import Stage

Row = tuple[Cell, ...]
Rows = tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """One table: the first cell of a row is its heading; numbers are ints, None is shown as a dash."""

    caption: str
    columns: tuple[str, ...]
    rows: Rows
    total: Row | None = None
    unit: str = ""
    """"yen": the numbers are amounts."""

    def csv(self) -> bytes:
        """As Excel opens it."""
        return csv_bytes((self.columns, *self.rows, *((self.total,) if self.total else ())))


def stages(overview: Overview) -> Table:
    """District × stage: how many plans of the year stand there, and how many stations are open."""
    shown = tuple(Stage)
    rows: Rows = tuple(
        (district.name, district.stations_running, *[district.stages.get(stage, 0) for stage in shown])
        for district in overview.districts
    )
    return Table(
        caption=_("地区ごとの進みぐあい（計画の件数）"),
        columns=(_("地区"), _("開設中のステーション"), *(str(label(stage)) for stage in shown)),
        rows=rows,
        total=_total(rows),
    )


def money(overview: Overview) -> Table:
    """District × 交付決定額, 支払済額, 支出済額, and the difference of the first and the last."""
    rows: Rows = tuple(
        (
            district.name,
            district.awarded_yen,
            district.paid_yen,
            district.spent_yen,
            (district.awarded_yen or 0) - district.spent_yen,
        )
        for district in overview.districts
    )
    return Table(
        caption=_(
            "地区ごとの%(year)sの助成金（どの年度の予算から支払ったかを問わない・円）",
            year=formatting.fiscal_year(overview.year),
        ),
        columns=(_("地区"), _("交付決定額"), _("支払済額"), _("支出済額"), _("決定額と支出済額の差")),
        rows=rows,
        total=_total(rows),
        unit="yen",
    )


def budget(overview: Overview) -> Table:
    """District × what the year's budget paid for its own grants and earlier ones, got back, spent at last, and received."""
    rows: Rows = tuple(
        (district.name, one.own, one.earlier, -one.returned, one.net, one.income)
        for district in overview.districts
        for one in (district.budget,)
    )
    return Table(
        caption=_(
            "地区ごとの%(year)sの予算の支出と収入（どの年度の助成金かを問わない・円）",
            year=formatting.fiscal_year(overview.year),
        ),
        columns=(
            _("地区"),
            _("この年度の助成金への支払"),
            _("過年度支出"),
            _("戻入"),
            _("差引支出額"),
            _("過年度収入"),
        ),
        rows=rows,
        total=_total(rows),
        unit="yen",
    )


def visits(overview: Overview) -> Table:
    """Month × age band of the year: 延べ来場者数."""
    rows: Rows = tuple(
        (formatting.month(month), *bands.values(), sum(bands.values()))
        for month, bands in zip(overview.months, overview.visits_by_band, strict=True)
    )
    return Table(
        caption=_("月ごとの延べ来場者数（年代別・人）"),
        columns=(_("月"), *(band_name(band) for band in overview.bands), _("合計")),
        rows=rows,
        total=_total(rows),
    )


def districts(overview: Overview) -> Table:
    """District × month: 延べ来場者数; None where no opening was held."""
    rows: Rows = tuple(
        (district.name, *district.visits, sum(filter(None, district.visits)))
        for district in overview.districts
    )
    return Table(
        caption=_("地区と月ごとの延べ来場者数（人）"),
        columns=(_("地区"), *(formatting.month(month) for month in overview.months), _("合計")),
        rows=rows,
        total=_total(rows),
    )


def _total(rows: Rows) -> Row:
    numbers = zip(*(row[1:] for row in rows), strict=True)
    return (_("合計"), *[sum([cell for cell in column if isinstance(cell, int)]) for column in numbers])
