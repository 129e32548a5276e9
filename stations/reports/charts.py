"""Charts drawn on the server as inline SVG (ui.md §5): zero baseline, quiet grid, words on the picture.

Each function answers `Markup` of a fixed pixel size, the same bytes for the same rows; the page lets it
scroll sideways where it is wider than the screen, so its text is never below 14 px. matplotlib is
loaded at the first chart.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

import pylopdf_fonts_jp
from markupsafe import Markup

from stations.core.formatting import yen
from stations.core.language import gettext as _
from stations.reports import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SERIES: Final = ("#00118f", "#008bf2", "#850000", "#fb5b01", "#1a1a1a", "#949494")
"""At most six series, told apart by people with colour blindness and, with `PATTERNS`, in grey."""

PATTERNS: Final = ("", "//", ".", "--", "xx", "")
RAMP: Final = ("#f0f9ff", "#c0e4ff", "#57b8ff", "#0877d7", "#0055ad", "#00234b")
_INK, _GRID, _LINE = "#1a1a1a", "#e6e6e6", "#949494"
_SPENT, _PAID = "#0017c1", "#c5d7fb"
_TEXT_PX = 14

# matplotlib's settings belong to the process, so one chart is drawn at a time.
_drawing = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class MonthVisits:
    """Visits of one month: label of the age band → visits, in the order they are stacked."""

    month: str
    visits: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class DistrictMonths:
    """One row of the heat map; None where no opening was held."""

    district: str
    visits: Sequence[int | None]


@dataclass(frozen=True, kw_only=True)
class DistrictMoney:
    """award_yen None: no award yet."""

    district: str
    award_yen: int | None
    paid_yen: int = 0
    spent_yen: int = 0


def visits_by_month(
    rows: Sequence[MonthVisits], *, chart_id: str = "visits-by-month", title: str | None = None
) -> Markup:
    """Stacked bars by age band with the month's total on top; a seventh band (不明) is hatched white."""
    bands = list(dict.fromkeys(band for row in rows for band in row.visits))
    totals = [sum(row.visits.values()) for row in rows]
    with _figure(900, 420) as figure:
        axes = figure.add_axes((0.075, 0.09, 0.915, 0.76))
        bottoms = [0] * len(rows)
        for place, band in enumerate(bands):
            heights = [row.visits.get(band, 0) for row in rows]
            known = place < len(SERIES)
            axes.bar(
                range(len(rows)),
                heights,
                bottom=bottoms,
                width=0.72,
                label=band,
                color=SERIES[place] if known else "white",
                hatch=PATTERNS[place] if known else "///",
                edgecolor="white" if known else _LINE,
                linewidth=2 if known else 1,
            )
            bottoms = [low + height for low, height in zip(bottoms, heights, strict=True)]
        for place, total in enumerate(totals):
            axes.annotate(
                f"{total:,}", (place, total), (0, 4), textcoords="offset points", ha="center", color=_INK
            )
        axes.set_xticks(range(len(rows)), [row.month for row in rows])
        axes.set_ylim(0, max([*totals, 1]) * 1.12)
        axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
        axes.set_ylabel(_("延べ（人）"), color=_INK)
        _quiet(axes, "y")
        if bands:
            figure.legend(
                loc="upper left", bbox_to_anchor=(0.06, 1.0), ncols=7, frameon=False, columnspacing=1.4
            )
        months = _("、").join(
            _("%(month)s %(total)s人", month=row.month, total=f"{total:,}")
            for row, total in zip(rows, totals, strict=True)
        )
        return _inline(
            figure,
            chart_id,
            title or _("月ごとの延べ来場者数（年代別）"),
            _("月ごとの合計：%(months)s。年代：%(bands)s。", months=months, bands=_("、").join(bands)),
        )


def district_heatmap(
    rows: Sequence[DistrictMonths],
    months: Sequence[str],
    *,
    chart_id: str = "district-heatmap",
    title: str | None = None,
) -> Markup:
    """District × month with the number in each cell; a cell without an opening is hatched white."""
    highest = max((visits for row in rows for visits in row.visits if visits is not None), default=0)
    step = _step(highest)
    height = 28 * len(rows) + 90
    with _figure(900, height) as figure:
        axes = figure.add_axes((0.15, 52 / height, 0.84, 1 - 84 / height))
        for row_place, row in enumerate(rows):
            for place, visits in enumerate(row.visits):
                _cell(axes, place, row_place, visits, step)
        axes.set_xlim(0, max(len(months), 1))
        axes.set_ylim(max(len(rows), 1), 0)
        axes.set_xticks([place + 0.5 for place in range(len(months))], months)
        axes.set_yticks([place + 0.5 for place in range(len(rows))], [row.district for row in rows])
        axes.xaxis.tick_top()
        _quiet(axes, None)
        _ramp_key(figure, step, height)
        return _inline(
            figure,
            chart_id,
            title or _("地区と月ごとの延べ来場者数"),
            _(
                "%(districts)s地区の%(first)sから%(last)sまで。最も多い月は%(highest)s人。",
                districts=len(rows),
                first=months[0] if months else "",
                last=months[-1] if months else "",
                highest=f"{highest:,}",
            ),
        )


def award_bars(
    rows: Sequence[DistrictMoney], *, chart_id: str = "award-bars", title: str | None = None
) -> Markup:
    """Bullet bars: dark = spent, pale = paid, tick = award; beside each the rate and what is left."""
    height = 34 * len(rows) + 90
    highest = max((max(row.award_yen or 0, row.paid_yen, row.spent_yen) for row in rows), default=0)
    with _figure(900, height) as figure:
        axes = figure.add_axes((0.15, 34 / height, 0.58, 1 - 74 / height))
        for place, row in enumerate(rows):
            _bullet(axes, place, row, highest)
        axes.set_xlim(0, max(highest, 1) * 1.05)
        axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [row.district for row in rows])
        axes.xaxis.set_major_formatter(lambda value, _place: f"{value / 10_000:,.0f}" + _("万円"))
        axes.locator_params(axis="x", nbins=5)
        _quiet(axes, "x")
        _money_key(figure)
        return _inline(
            figure,
            chart_id,
            title or _("地区ごとの交付決定額・支払済額・支出済額"),
            _("。").join(
                _("%(district)s %(left)s", district=row.district, left=spending_left(row)) for row in rows
            ),
        )


def spending_left(row: DistrictMoney) -> str:
    """「68%・決定額との差 96,000円」: what was spent of the award, rounded down, and what is left of it."""
    if not row.award_yen:
        return str(_("交付決定なし"))
    rate = row.spent_yen * 100 // row.award_yen
    return str(_("%(rate)s%%・決定額との差 %(left)s", rate=rate, left=yen(row.award_yen - row.spent_yen)))


def _cell(axes: "Axes", place: int, row_place: int, visits: int | None, step: int) -> None:
    from matplotlib.patches import Rectangle

    shade = 0 if visits is None else min(visits // step, len(RAMP) - 1)
    axes.add_patch(
        Rectangle(
            (place, row_place),
            1,
            1,
            facecolor="white" if visits is None else RAMP[shade],
            edgecolor=_GRID if visits is None else "white",
            hatch="///" if visits is None else None,
            linewidth=2,
        )
    )
    if visits is not None:
        colour = _INK if shade < 3 else "white"
        axes.text(place + 0.5, row_place + 0.5, f"{visits:,}", ha="center", va="center", color=colour)


def _step(highest: int) -> int:
    """The width of one of the six shades: 1, 2 or 5 times a power of ten, so that the key reads well."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if highest < factor * size * len(RAMP):
                return factor * size
        size *= 10


def _ramp_key(figure: "Figure", step: int, height: int) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=colour, edgecolor=_LINE, label=_ramp_range(place, step))
        for place, colour in enumerate(RAMP)
    ]
    handles.append(Patch(facecolor="white", edgecolor=_LINE, hatch="///", label=_("開催なし")))
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.14, 0),
        ncols=7,
        frameon=False,
        handlelength=1.4,
        columnspacing=1.2,
    )


def _ramp_range(place: int, step: int) -> str:
    low, high = place * step, (place + 1) * step - 1
    if place == len(RAMP) - 1:
        return f"{low:,}〜"
    return f"{low:,}〜{high:,}" if high > low else f"{low:,}"


def _bullet(axes: "Axes", place: int, row: DistrictMoney, highest: int) -> None:
    axes.barh(place, row.paid_yen, height=0.7, color=_PAID)
    axes.barh(place, row.spent_yen, height=0.34, color=_SPENT)
    if row.award_yen:
        axes.plot(
            [row.award_yen] * 2, [place - 0.42, place + 0.42], color=_INK, linewidth=3, solid_capstyle="butt"
        )
    axes.text(max(highest, 1) * 1.07, place, spending_left(row), ha="left", va="center", color=_INK)


def _money_key(figure: "Figure") -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=_SPENT, label=_("支出済額")),
        Patch(color=_PAID, label=_("支払済額")),
        Line2D([], [], color=_INK, linewidth=3, marker="|", linestyle="", markersize=14, markeredgewidth=3),
    ]
    handles[-1].set_label(_("交付決定額"))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.14, 1.0), ncols=3, frameon=False)


def _quiet(axes: "Axes", grid: str | None) -> None:
    for side in axes.spines.values():
        side.set_visible(False)
    if grid == "y":
        axes.spines["bottom"].set_visible(True)
        axes.spines["bottom"].set_color(_LINE)
        axes.grid(axis="y", color=_GRID)
    elif grid == "x":
        axes.spines["left"].set_visible(True)
        axes.spines["left"].set_color(_LINE)
        axes.grid(axis="x", color=_GRID)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=_INK, pad=6)


@contextmanager
def _figure(width: int, height: int) -> Iterator["Figure"]:
    """An empty figure of so many CSS pixels: at 72 dpi a point is a pixel."""
    from matplotlib import font_manager, rc_context
    from matplotlib.figure import Figure

    font = str(pylopdf_fonts_jp.sans_path())
    settings: dict[Any, Any] = {
        "font.family": "Noto Sans JP",
        "font.size": _TEXT_PX,
        "legend.fontsize": _TEXT_PX,
        "axes.labelsize": _TEXT_PX,
        "xtick.labelsize": _TEXT_PX,
        "ytick.labelsize": _TEXT_PX,
        "svg.fonttype": "none",
        "svg.hashsalt": "stations",
        "hatch.linewidth": 1.5,
        "text.parse_math": False,  # a name with two dollar signs is no formula
    }
    with _drawing:
        if not any(entry.fname == font for entry in font_manager.fontManager.ttflist):
            font_manager.fontManager.addfont(font)
        with rc_context(settings):
            yield Figure(figsize=(width / 72, height / 72), dpi=72)


def _inline(figure: "Figure", chart_id: str, title: str, description: str) -> Markup:
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    return svg.inline(out.getvalue(), chart_id=chart_id, title=title, description=description)
