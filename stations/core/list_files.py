"""A list as a file: exactly what its page shows, all its pages, as CSV or as an Excel workbook. The one place for both.

A view gives its rows and columns; `saved` answers only when the address asks for a file (``?file=csv``, ``?file=xlsx``; of
a list inside the page of something else ``?file=items.csv``), through the same guard, filters and order as the page.
"""

from collections.abc import Iterable, Sequence

from flask import Response
from flask_login import current_user

from stations.core import audit, clock, files, lists
from stations.core.csv_file import as_csv
from stations.core.database import Model
from stations.core.tables import Cells, Column, Row, Table, table_of


def saved(
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    title: str,
    *narrowed: object,
    part: str = lists.WHOLE,
    total: Cells | None = None,
    personal: str | None = None,
    of: Model | None = None,
) -> Response | None:
    """The file that the address asks for, or None: then the page is shown. ``rows`` are all that the list has.

    ``narrowed``: what the list was narrowed by, in words.
    ``personal``: what personal data the list shows, where `@requires` does not say so already: written to the view log.
    ``of``: whose page the list stands on.
    """
    if lists.asked_file(part) is None:
        return None
    if personal is not None:
        audit.log_view(of, by=current_user, purpose=personal, exported=True)
    words = [str(word) for word in narrowed if word]
    return sent(table_of(columns, rows, title, total=total, narrowed=words), part=part)


def sent(table: Table, *, part: str = lists.WHOLE) -> Response:
    """``table`` as the kind of file that the address asks for; its name holds the title and the day, nobody's name."""
    kind = lists.asked_file(part) or "csv"
    if kind == "csv":
        content, content_type = as_csv(table), "text/csv; charset=utf-8"
    else:
        from stations.core import workbook  # xlsxwriter is loaded by who asks for it

        content, content_type = workbook.as_workbook(table), workbook.CONTENT_TYPE
    response = Response(content, content_type=content_type)
    name = f"{table.title}_{clock.today().isoformat()}.{kind}"
    response.headers["Content-Disposition"] = files.content_disposition("attachment", name)
    return response
