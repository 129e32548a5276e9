"""Tables of the overview: the page shows one and the files carry it, so their figures are the same."""

from stations.attendance.labels import band_name
from stations.core import formatting
from stations.core.labels import label
from stations.core.language import gettext as _
from stations.core.tables import Kind, Table
from stations.reports import frames
from stations.reports import labels as _labels  # noqa: F401  (registers what stages are called)
from stations.reports.queries.overview import Overview
from stations.reports.rules import Stage


def stages(overview: Overview) -> Table:
    """District × stage: how many plans of the year stand there, and how many stations are open."""
    return frames.table(
        overview.stages,
        _names(overview),
        title=_("地区ごとの進みぐあい（計画の件数）"),
        headings=(_("地区"), _("開設中のステーション"), *(str(label(stage)) for stage in Stage)),
    )


def money(overview: Overview) -> Table:
    """District × 交付決定額, 支払済額, 支出済額, and the difference of the first and the last."""
    return frames.table(
        overview.money,
        _names(overview),
        title=_(
            "地区ごとの%(year)sの助成金（どの年度の予算から支払ったかを問わない・円）",
            year=formatting.fiscal_year(overview.year),
        ),
        headings=(_("地区"), _("交付決定額"), _("支払済額"), _("支出済額"), _("決定額と支出済額の差")),
        kind=Kind.YEN,
    )


def budget(overview: Overview) -> Table:
    """District × what the year's budget paid for its own grants and earlier ones, got back, spent at last, and received."""
    return frames.table(
        overview.budget,
        _names(overview),
        title=_(
            "地区ごとの%(year)sの予算の支出と収入（どの年度の助成金かを問わない・円）",
            year=formatting.fiscal_year(overview.year),
        ),
        headings=(
            _("地区"),
            _("この年度の助成金への支払"),
            _("過年度支出"),
            _("戻入"),
            _("差引支出額"),
            _("過年度収入"),
        ),
        kind=Kind.YEN,
    )


def visits(overview: Overview) -> Table:
    """Month × age band of the year: 延べ来場者数."""
    return frames.table(
        overview.ages,
        _months(overview),
        with_sums=True,
        title=_("月ごとの延べ来場者数（年代別・人）"),
        headings=(_("月"), *(band_name(band) for band in overview.bands), _("合計")),
    )


def districts(overview: Overview) -> Table:
    """District × month: 延べ来場者数; None where no opening was held."""
    return frames.table(
        overview.visits,
        _names(overview),
        with_sums=True,
        title=_("地区と月ごとの延べ来場者数（人）"),
        headings=(_("地区"), *_months(overview), _("合計")),
    )


def _names(overview: Overview) -> list[str]:
    return [line.name for line in overview.districts]


def _months(overview: Overview) -> list[str]:
    return [formatting.month(month) for month in overview.months]
