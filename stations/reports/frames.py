"""Rows of typed queries as pandas groups and pivots them: whole numbers stay exact, what is not there stays missing.

pandas is loaded at the first frame: pages without figures never pay for it.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from stations.core.language import gettext as _
from stations.core.tables import Cell, Kind, Table

if TYPE_CHECKING:
    from pandas import DataFrame

WHOLE: Final = "Int64"
"""pandas' nullable integers: never floats, whose last yen is not sure."""


def summed(rows: Iterable[tuple[int, ...]], columns: Sequence[str], index: Sequence[int]) -> "DataFrame":
    """(row, a number for each column) added up by row, in the order of ``index``; zeros where nothing was read."""
    import pandas as pd

    read = pd.DataFrame(list(rows), columns=["row", *columns]).astype(WHOLE)
    return read.groupby("row", sort=False).sum().reindex(list(index), fill_value=0)


def pivoted(
    rows: Iterable[tuple[int, Hashable, int]], index: Sequence[int], columns: Sequence[Hashable]
) -> "DataFrame":
    """(row, column, number) as ``index`` × ``columns``: numbers of one place are added up, NA is where nothing was read."""
    import pandas as pd

    read = pd.DataFrame(list(rows), columns=["row", "column", "number"]).astype({"number": WHOLE})
    wide = read.groupby(["row", "column"], sort=False)["number"].sum().unstack("column")
    return wide.reindex(index=list(index), columns=list(columns)).astype(WHOLE)


def with_sums(read: "DataFrame") -> "DataFrame":
    """The same with the sum of each row behind it."""
    return read.assign(sum=read.sum(axis="columns"))


def cells(read: "DataFrame") -> list[tuple[int | None, ...]]:
    """The rows as plain whole numbers, NA as None."""
    columns = [
        [None if gone else int(number) for number, gone in zip(read[name], read[name].isna(), strict=True)]
        for name in read.columns
    ]
    return list(zip(*columns, strict=True))


def sums(read: "DataFrame") -> dict[str, int]:
    """The sum of each column; what is missing adds nothing."""
    return {str(name): int(number) for name, number in read.sum().items()}


def table(
    read: "DataFrame", names: Sequence[str], *, title: str, headings: Sequence[str], kind: Kind = Kind.COUNT
) -> Table:
    """A frame with the names of its rows, and below it the sums of its columns; the first heading is over the names."""
    total: list[Cell] = [_("合計"), *sums(read).values()]
    return Table(
        title=title,
        headings=headings,
        kinds=[Kind.TEXT, *[kind] * len(read.columns)],
        rows=[(name, *row) for name, row in zip(names, cells(read), strict=True)],
        total=total,
    )
