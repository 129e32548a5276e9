"""Lists that leave the application as CSV: Excel opens them in Japanese, and runs nothing that people wrote. Pure.

The only writer of CSV (a test of the project holds that). Workbooks are not written anywhere; one would guard its cells here.
"""

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | None

# A cell that begins so is a formula to a spreadsheet, in either width; blanks before it do not help.
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BLANKS = " \u3000\u00a0\t\r\n\v\f\ufeff\u200b"


def guarded(text: str) -> str:
    """``text`` as a plain cell: what would be a formula gets an apostrophe in front."""
    runs = text.startswith(("\t", "\r", "\n")) or text.lstrip(_BLANKS).startswith(_FORMULA_STARTS)
    return f"'{text}" if runs else text


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, CRLF; whole numbers stay numbers, text is guarded, None is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
