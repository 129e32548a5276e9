"""Charts drawn on the server as inline SVG (ui.md §5): zero baseline, quiet grid, words on the picture.

Each function answers `Markup` of a fixed pixel size, the same bytes for the same rows: for a wide page or, ``narrow``,
for a telephone, whose bars lie on their side so that its text is never below 14 px either. The page shows the one that
fits. Colours are fixed, on a ground of the chart's own, also in high contrast. matplotlib is loaded at the first chart.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, Final
from unicodedata import east_asian_width

import pylopdf_fonts_jp
from markupsafe import Markup

from stations.core.formatting import percent, yen
from stations.core.language import gettext as _
from stations.reports import svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STACK: Final = ("#d3e5fb", "#a5c8f3", "#74a6e4", "#457fcb", "#245a9f", "#12336b")
"""The palette of a stack, from pale to dark: its parts are told apart by order, label and tone."""

UNKNOWN: Final = "#e6e6e6"
"""Behind the palette's last, for 年代不明."""
RAMP: Final = ("#f0f9ff", "#c0e4ff", "#57b8ff", "#0877d7", "#0055ad", "#00234b")
_INK, _GRID, _LINE = "#1a1a1a", "#e6e6e6", "#949494"
_SPENT, _PAID = "#0017c1", "#c5d7fb"
_TEXT_PX = 14
_WIDE_PX, _NARROW_PX = 900, 328
_SHORT_PX = 130  # of two such names beside each other, both are whole on a telephone

_preparing = threading.Lock()


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
    rows: Sequence[MonthVisits],
    *,
    colours: Sequence[int] = range(1, len(STACK) + 2),
    chart_id: str = "visits-by-month",
    title: str | None = None,
    narrow: bool = False,
) -> Markup:
    """Stacked bars by age band with the month's total at their end. ``colours``: each band's place in the palette, from 1."""
    bands = list(dict.fromkeys(band for row in rows for band in row.visits))
    totals = [sum(row.visits.values()) for row in rows]
    longest = max(map(_letters_px, bands), default=0)
    columns = 2 if longest <= _SHORT_PX else 1
    key = 120 + (0 if columns == 2 else 21 * 3)
    height = 28 * len(rows) + 70 + key if narrow else 420
    figure = _figure(_NARROW_PX if narrow else _WIDE_PX, height)
    key_left = min(0.785, 1 - (longest + 64) / _WIDE_PX)
    if narrow:
        axes = figure.add_axes((0.14, 50 / height, 0.69, 1 - (50 + key) / height))
    else:
        axes = figure.add_axes((0.075, 0.09, key_left - 0.085, 0.86))
    painted = {band: (*STACK, UNKNOWN)[colour - 1] for band, colour in zip(bands, colours, strict=False)}
    _stack(axes, rows, painted, totals, lying=narrow)
    if bands and narrow:
        figure.legend(
            loc="upper left", bbox_to_anchor=(0, 1), ncols=columns, frameon=False, columnspacing=1.2
        )
    elif bands:  # from top to bottom, as the bars stand
        figure.legend(loc="center left", bbox_to_anchor=(key_left, 0.52), frameon=False, reverse=True)
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


def _letters_px(words: str) -> int:
    """About how wide a name is drawn."""
    return sum(_TEXT_PX if east_asian_width(one) in "WF" else 8 for one in words)


def _stack(
    axes: "Axes", rows: Sequence[MonthVisits], bands: Mapping[str, str], totals: Sequence[int], *, lying: bool
) -> None:
    """Bars that stand, or lie with the first month on top; ``bands``: label → colour."""
    places, ends = range(len(rows)), [0] * len(rows)
    for band, colour in bands.items():
        lengths = [row.visits.get(band, 0) for row in rows]
        if lying:
            axes.barh(places, lengths, 0.72, left=ends, label=band, color=colour, edgecolor="white")
        else:
            axes.bar(places, lengths, 0.72, bottom=ends, label=band, color=colour, edgecolor="white")
        ends = [end + length for end, length in zip(ends, lengths, strict=True)]
    for place, total in enumerate(totals):
        where, by = ((total, place), (5, 0)) if lying else ((place, total), (0, 4))
        across, up = ("left", "center") if lying else ("center", "baseline")
        axes.annotate(f"{total:,}", where, by, textcoords="offset points", color=_INK, ha=across, va=up)
    counts, months = (axes.xaxis, axes.yaxis) if lying else (axes.yaxis, axes.xaxis)
    counts.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    counts.set_label_text(_("延べ（人）"), color=_INK)
    months.set_ticks(list(places), [row.month for row in rows])
    if lying:
        axes.set_xlim(0, max([*totals, 1]))
        axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
        axes.locator_params(axis="x", nbins=3)
    else:
        axes.set_ylim(0, max([*totals, 1]) * 1.12)
    _quiet(axes, "x" if lying else "y")


def district_heatmap(
    rows: Sequence[DistrictMonths],
    months: Sequence[str],
    *,
    chart_id: str = "district-heatmap",
    title: str | None = None,
    narrow: bool = False,
) -> Markup:
    """District × month with the number in each cell; a cell without an opening is hatched white.

    On a telephone the half years stand one below the other.
    """
    highest = max((visits for row in rows for visits in row.visits if visits is not None), default=0)
    step = _step(highest)
    half = (len(months) + 1) // 2
    parts = [slice(0, half), slice(half, None)] if narrow else [slice(None)]
    key, panel = (110 if narrow else 52), 28 * len(rows) + 38
    height = panel * len(parts) + key
    figure = _figure(_NARROW_PX if narrow else _WIDE_PX, height)
    for place, part in enumerate(parts):
        low, left = (key + panel * (len(parts) - 1 - place)) / height, 0.41 if narrow else 0.15
        axes = figure.add_axes((left, low, 0.99 - left, 28 * len(rows) / height or 0.1))
        shown = [DistrictMonths(district=row.district, visits=row.visits[part]) for row in rows]
        _heat(axes, shown, months[part], step)
    _ramp_key(figure, step, ncols=3 if narrow else 7, left=0 if narrow else 0.14)
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


def _heat(axes: "Axes", rows: Sequence[DistrictMonths], months: Sequence[str], step: int) -> None:
    for row_place, row in enumerate(rows):
        for place, visits in enumerate(row.visits):
            _cell(axes, place, row_place, visits, step)
    axes.set_xlim(0, max(len(months), 1))
    axes.set_ylim(max(len(rows), 1), 0)
    axes.set_xticks([place + 0.5 for place in range(len(months))], months)
    axes.set_yticks([place + 0.5 for place in range(len(rows))], [row.district for row in rows])
    axes.xaxis.tick_top()
    _quiet(axes, None)


def award_bars(
    rows: Sequence[DistrictMoney],
    *,
    chart_id: str = "award-bars",
    title: str | None = None,
    narrow: bool = False,
) -> Markup:
    """Bullet bars: dark = spent, pale = paid, tick = award; beside each the rate and what is left.

    On a telephone the district stands above its bar and the rate below it.
    """
    height = (76 if narrow else 34) * len(rows) + (140 if narrow else 90)
    highest = max((max(row.award_yen or 0, row.paid_yen, row.spent_yen) for row in rows), default=0)
    figure = _figure(_NARROW_PX if narrow else _WIDE_PX, height)
    if narrow:
        axes = figure.add_axes((0.06, 34 / height, 0.86, 1 - 120 / height))
    else:
        axes = figure.add_axes((0.15, 34 / height, 0.58, 1 - 74 / height))
    for place, row in enumerate(rows):
        _bullet(axes, place, row, highest, narrow=narrow)
    axes.set_xlim(0, max(highest, 1) * 1.05)
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axes.set_yticks([] if narrow else range(len(rows)), [] if narrow else [row.district for row in rows])
    axes.xaxis.set_major_formatter(lambda value, _place: f"{value / 10_000:,.0f}" + _("万円"))
    axes.locator_params(axis="x", nbins=3 if narrow else 5)
    _quiet(axes, "x")
    _money_key(figure, ncols=1 if narrow else 3, left=0 if narrow else 0.14)
    return _inline(
        figure,
        chart_id,
        title or _("地区ごとの交付決定額・支払済額・支出済額"),
        _("。").join(
            _("%(district)s %(left)s", district=row.district, left=spending_left(row)) for row in rows
        ),
    )


def spending_left(row: DistrictMoney) -> str:
    """「68%・決定額との差 96,000円」: what was spent of the award, and what is left of it."""
    if not row.award_yen:
        return str(_("交付決定なし"))
    rate = percent(row.spent_yen, row.award_yen)
    return str(_("%(rate)s・決定額との差 %(left)s", rate=rate, left=yen(row.award_yen - row.spent_yen)))


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


def _ramp_key(figure: "Figure", step: int, *, ncols: int, left: float) -> None:
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=colour, edgecolor=_LINE, label=_ramp_range(place, step))
        for place, colour in enumerate(RAMP)
    ]
    handles.append(Patch(facecolor="white", edgecolor=_LINE, hatch="///", label=_("開催なし")))
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(left, 0),
        ncols=ncols,
        frameon=False,
        handlelength=1.4,
        columnspacing=1.2,
    )


def _ramp_range(place: int, step: int) -> str:
    low, high = place * step, (place + 1) * step - 1
    if place == len(RAMP) - 1:
        return f"{low:,}〜"
    return f"{low:,}〜{high:,}" if high > low else f"{low:,}"


def _bullet(axes: "Axes", place: int, row: DistrictMoney, highest: int, *, narrow: bool) -> None:
    size = 0.45 if narrow else 1
    axes.barh(place, row.paid_yen, height=0.7 * size, color=_PAID)
    axes.barh(place, row.spent_yen, height=0.34 * size, color=_SPENT)
    if row.award_yen:
        ends = [place - 0.42 * size, place + 0.42 * size]
        axes.plot([row.award_yen] * 2, ends, color=_INK, linewidth=3, solid_capstyle="butt")
    if narrow:
        axes.text(0, place - 0.22, row.district, ha="left", va="bottom", color=_INK)
        axes.text(0, place + 0.2, spending_left(row), ha="left", va="top", color=_INK)
    else:
        axes.text(max(highest, 1) * 1.07, place, spending_left(row), ha="left", va="center", color=_INK)


def _money_key(figure: "Figure", *, ncols: int, left: float) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(color=_SPENT, label=_("支出済額")),
        Patch(color=_PAID, label=_("支払済額")),
        Line2D([], [], color=_INK, linewidth=3, marker="|", linestyle="", markersize=14, markeredgewidth=3),
    ]
    handles[-1].set_label(_("交付決定額"))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(left, 1.0), ncols=ncols, frameon=False)


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


def _figure(width: int, height: int) -> "Figure":
    """An empty figure of so many CSS pixels: at 72 dpi a point is a pixel."""
    from matplotlib.figure import Figure

    with _preparing:
        _prepare()
    return Figure(figsize=(width / 72, height / 72), dpi=72)


@cache
def _prepare() -> None:
    """matplotlib's settings are the process's: set once, and then only read, by as many drawings at once as there are."""
    from matplotlib import font_manager, rcParams

    font_manager.fontManager.addfont(pylopdf_fonts_jp.sans_path())
    rcParams.update(
        {
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
    )


def _inline(figure: "Figure", chart_id: str, title: str, description: str) -> Markup:
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    return svg.inline(out.getvalue(), chart_id=chart_id, title=title, description=description)
