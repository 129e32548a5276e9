"""Rows of typed queries as pandas groups and pivots them: whole numbers stay exact, what is not there stays missing.

pandas is loaded at the first pivot: pages without figures never pay for it.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from stations.core.language import gettext as _
from stations.core.tables import Cell, Kind, Table

WHOLE: Final = "int64"
"""Never floats, whose last yen is not sure."""

# Five tables × some years. pandas takes one to two milliseconds for one; a bare page takes three.
_PIVOTS = 40

Read = tuple[Hashable, Hashable, int]
"""(row, column, number)"""


@dataclass(frozen=True)
class Pivot:
    """Whole numbers in rows and ``columns``, None where one is missing, and their sums: there what is missing adds nothing.

    Pivots are kept and shown to many: nothing in them can be changed.
    """

    columns: tuple[Hashable, ...]
    cells: tuple[tuple[int | None, ...], ...]
    of_rows: tuple[int, ...]
    of_columns: tuple[int, ...]

    def sum_of(self, column: Hashable) -> int:
        """The sum of one column."""
        return self.of_columns[self.columns.index(column)]


@lru_cache(_PIVOTS)
def pivoted(
    read: tuple[Read, ...],
    rows: tuple[Hashable, ...],
    columns: tuple[Hashable, ...],
    known: tuple[Hashable, ...] = (),
) -> Pivot:
    """``read`` as ``rows`` × ``columns``; numbers of one place are added up, what is read of other places is left out.

    Where nothing was read the number is missing, but in the columns that are ``known``: there it is zero.
    The last pivots are kept by all of what they were made of: new figures never meet an old one.
    """
    import pandas as pd

    frame = pd.DataFrame(read, columns=["row", "column", "number"])
    in_rows = pd.Index(rows).get_indexer(pd.Index(frame["row"]))
    in_columns = pd.Index(columns).get_indexer(pd.Index(frame["column"]))
    wanted = (in_rows >= 0) & (in_columns >= 0)
    places = (in_rows * len(columns) + in_columns)[wanted]
    grouped = frame["number"].astype(WHOLE)[wanted].groupby(places).sum()
    every = pd.RangeIndex(len(rows) * len(columns))
    shape = len(rows), len(columns)
    summed = grouped.reindex(every, fill_value=0).to_numpy().reshape(shape)
    missing = ~every.isin(grouped.index).reshape(shape) & ~pd.Index(columns).isin(known)
    cells = summed.astype(object)
    cells[missing] = None
    return Pivot(
        columns,
        tuple(map(tuple, cells.tolist())),
        tuple(summed.sum(axis=1).tolist()),
        tuple(summed.sum(axis=0).tolist()),
    )


def table(
    pivot: Pivot,
    names: Sequence[str],
    *,
    title: str,
    headings: Sequence[str],
    kind: Kind = Kind.COUNT,
    with_sums: bool = False,
) -> Table:
    """A pivot with the names of its rows, and below it the sums of its columns; the first heading is over the names.

    ``with_sums``: behind each row its sum.
    """
    rows: list[tuple[Cell, ...]] = [(name, *row) for name, row in zip(names, pivot.cells, strict=True)]
    total: tuple[Cell, ...] = (_("合計"), *pivot.of_columns)
    if with_sums:
        rows = [(*row, one) for row, one in zip(rows, pivot.of_rows, strict=True)]
        total = (*total, sum(pivot.of_columns))
    return Table(
        title=title,
        headings=headings,
        kinds=[Kind.TEXT, *[kind] * (len(headings) - 1)],
        rows=rows,
        total=total,
    )
