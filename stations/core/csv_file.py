"""Lists that leave the application as CSV: Excel opens them in Japanese, and runs nothing that people wrote. Pure.

The only writer of CSV (a test of the project holds that); `workbook` is the only one of workbooks, whose texts are no formulas.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

from stations.core.tables import Cell, Table, local

# A cell that begins so is a formula to a spreadsheet, in either width; blanks before it do not help.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BLANKS = " \u3000\u00a0\t\r\n\v\f\ufeff\u200b"


def guarded(text: str) -> str:
    """``text`` as a plain cell: what would be a formula gets an apostrophe in front."""
    runs = text.startswith(("\t", "\r", "\n")) or text.lstrip(_BLANKS).startswith(_FORMULA_STARTS)
    return f"'{text}" if runs else text


def as_csv(table: Table) -> bytes:
    """Headings, rows, total."""
    return csv_bytes([table.headings, *table.every])


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, CRLF; whole numbers stay numbers, text is guarded, None is empty.

    Days are written 2026-10-03, points in time 2026-10-03 14:05.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_written(local(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str | int | None:
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return guarded(cell) if isinstance(cell, str) else cell
