"""A table as pages show it and files carry it: headings, kinds of columns, rows, a total. Pure."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from stations.core import clock

Row = TypeVar("Row")
Cell = str | int | dt.date | dt.datetime | None
Cells = Sequence[Cell]


class Kind(StrEnum):
    """What a column holds; a workbook aligns and formats it so."""

    TEXT = "text"
    YEN = "yen"
    DATE = "date"
    """A day, or a point in time."""
    COUNT = "count"
    NUMBER = "number"
    """What something is called by, such as a receipt: without commas."""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a list: its heading (lazily translated), what it shows of a row, and what that is."""

    heading: Any
    shown: Callable[[Row], Cell]
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, kw_only=True)
class Table:
    """Each row has a cell for each heading; None is an empty cell, numbers are whole, the total is the last row.

    ``narrowed`` says in words what the table was narrowed by.
    """

    title: str
    headings: Sequence[str]
    kinds: Sequence[Kind]
    rows: Sequence[Cells]
    total: Cells | None = None
    narrowed: Sequence[str] = ()

    @property
    def every(self) -> list[Cells]:
        """The rows, and the total below them."""
        return [*self.rows, *([self.total] if self.total is not None else [])]


def table_of(
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    title: str,
    *,
    total: Cells | None = None,
    narrowed: Sequence[str] = (),
) -> Table:
    """``rows`` as the columns show them."""
    return Table(
        title=title,
        headings=[str(column.heading) for column in columns],
        kinds=[column.kind for column in columns],
        rows=[[column.shown(row) for column in columns] for row in rows],
        total=total,
        narrowed=narrowed,
    )


def local(cell: Cell) -> Cell:
    """A point in time as the clocks in Tokyo show it, to the minute, without its zone; other cells as they are."""
    if isinstance(cell, dt.datetime):
        return cell.astimezone(clock.TOKYO).replace(second=0, microsecond=0, tzinfo=None)
    return cell
