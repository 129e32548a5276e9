"""A list as an Excel workbook: one sheet, its headings always in sight. Nothing that people wrote runs as a formula."""

import datetime as dt
import io
from collections.abc import Iterable
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from stations.core import clock
from stations.core.tables import Cell, Kind, Table, local

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_767  # what Excel keeps in a cell
_NARROWEST, _WIDEST = 8, 60
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMATS = {
    Kind.TEXT: {"valign": "top", "text_wrap": True},
    Kind.YEN: {"valign": "top", "num_format": "#,##0"},
    Kind.COUNT: {"valign": "top", "num_format": "#,##0"},
    Kind.NUMBER: {"valign": "top", "num_format": "0"},
    Kind.DATE: {"valign": "top", "num_format": "yyyy-mm-dd", "align": "left"},
}
_MOMENT = {"valign": "top", "num_format": "yyyy-mm-dd hh:mm", "align": "left"}
_HEADING = {"bold": True, "valign": "top", "text_wrap": True, "bg_color": "#E6E6E6", "bottom": 1}


def as_workbook(table: Table) -> bytes:
    """One sheet with the rows of the CSV; title and what narrows the list are in the workbook's properties."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        properties = {"title": table.title, "subject": "、".join(table.narrowed)}
        book.set_properties(properties | {"created": clock.now().replace(tzinfo=None)})
        page = book.add_worksheet(_sheet_name(table.title))
        page.freeze_panes(1, 0)
        formats = {kind: book.add_format(how) for kind, how in _FORMATS.items()}
        heading, moment = book.add_format(_HEADING), book.add_format(_MOMENT)
        for place, words in enumerate(table.headings):
            _write(page, 0, place, words, heading)
        for number, row in enumerate(table.every, 1):
            for place, (cell, kind) in enumerate(zip(row, table.kinds, strict=True)):
                _write(page, number, place, cell, moment if isinstance(cell, dt.datetime) else formats[kind])
        for place, words in enumerate(table.headings):
            page.set_column(place, place, _width([words, *(row[place] for row in table.every)]))
    return out.getvalue()


def _sheet_name(title: str) -> str:
    """What Excel takes as the name of a sheet: 31 letters, none of ``[]:*?/\\``, no apostrophe at its ends."""
    return "".join(one for one in title if one not in "[]:*?/\\")[:31].strip("'") or "1"


def _write(page: Worksheet, row: int, place: int, cell: Cell, how: Format) -> None:
    cell = local(cell)
    if cell is None:
        page.write_blank(row, place, None, how)
    elif isinstance(cell, str):
        page.write_string(row, place, cell if len(cell) <= LONGEST else f"{cell[: LONGEST - 1]}…", how)
    elif isinstance(cell, int):
        page.write_number(row, place, cell, how)
    else:
        page.write_datetime(row, place, cell, how)


def _width(cells: Iterable[Cell]) -> int:
    longest = max(map(_letters, cells), default=0)
    return min(max(longest + 2, _NARROWEST), _WIDEST)


def _letters(cell: Cell) -> int:
    """About how wide a cell is, in half-width letters."""
    if isinstance(cell, str):
        return max(
            (sum(1 + (east_asian_width(one) in "WF") for one in line) for line in cell.split("\n")), default=0
        )
    if isinstance(cell, dt.datetime):
        return len("2026-10-03 14:05")
    return len("2026-10-03") if isinstance(cell, dt.date) else len(f"{cell or 0:,}")
