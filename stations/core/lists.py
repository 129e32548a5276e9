"""Lists of any kind: pages of 25, found by words and choices that stand in the address (so Back works)."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import Flask, request

from stations.core import text
from stations.core.database import db
from stations.core.messages import N_, RuleBroken

PAGE_ROWS = 25
FILE_ROWS = 50_000
"""So many rows a file has at most: more take too long to write while somebody waits."""

ALL = 0
"""A page that holds every row: the one that a file of the list is made of."""

WHOLE = "page"
"""The list that a page is about; others in it have names of their own."""

_FILE = re.compile(r"(?:(?P<part>[a-z]+)\.)?(?P<kind>csv|xlsx)")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Paged(Generic[Row]):
    """One page of a list: ``rows``, its number, how many pages there are and how many rows in all."""

    rows: list[Row]
    page: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """The number of the first row of the page, counted from 1."""
        return (self.page - 1) * PAGE_ROWS + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def asked_page(name: str = WHOLE) -> int:
    """The page that the address names; 1 without one, `ALL` where it asks for the list as a file."""
    if asked_file(name) is not None:
        return ALL
    return max(1, request.args.get(name, 1, type=int))


def asked_file(name: str = WHOLE) -> str | None:
    """The kind of file, "csv" or "xlsx", that the address asks for of this list; None: for a page."""
    asked = _FILE.fullmatch(request.args.get("file", ""))
    return asked["kind"] if asked is not None and (asked["part"] or WHOLE) == name else None


def asks_for_file() -> bool:
    """Whether the address asks for some list of its page as a file."""
    return _FILE.fullmatch(request.args.get("file", "")) is not None


def chosen(*names: str) -> dict[str, str]:
    """What the address narrows a list by: the filters with a value, tidied."""
    given = {name: text.normalise(request.args.get(name, "")) for name in names}
    return {name: value for name, value in given.items() if value}


def page_of(rows: Sequence[Row], page: int) -> Paged[Row]:
    """One page of rows at hand; a page that does not exist becomes the nearest."""
    if page == ALL:
        return _whole(rows)
    page, pages = _nearest(page, len(rows))
    return Paged(list(rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]), page, pages, len(rows))


def newest_of(rows: Sequence[Row], page: int) -> Paged[Row]:
    """As `page_of`, counted from the end: page 1 holds the last rows. Within a page they keep their order."""
    back = page_of(rows[::-1], page)
    return Paged(back.rows[::-1], back.page, back.pages, back.total)


def paged(asked: sa.Select[Any], page: int) -> Paged[Any]:
    """One page of what the database is asked for (its first column); else as `page_of`."""
    if page == ALL:
        return _whole(db.session.scalars(asked.limit(FILE_ROWS + 1)).all())
    first = list(db.session.scalars(asked.limit(PAGE_ROWS + 1))) if page <= 1 else []
    if page <= 1 and len(first) <= PAGE_ROWS:
        return Paged(first, 1, 1, len(first))  # most lists: there is nothing to count
    total = db.session.scalar(sa.select(sa.func.count()).select_from(asked.order_by(None).subquery())) or 0
    page, pages = _nearest(page, total)
    rows = first or db.session.scalars(asked.limit(PAGE_ROWS).offset((page - 1) * PAGE_ROWS))
    return Paged(list(rows)[:PAGE_ROWS], page, pages, total)


def _whole(rows: Sequence[Row]) -> Paged[Row]:
    """Every row as one page; `RuleBroken` for more than a file takes."""
    if len(rows) > FILE_ROWS:
        raise RuleBroken(
            None,
            N_("%(most)s件を超えるので、ファイルにできません。条件をつけて件数をへらしてください。"),
            most=f"{FILE_ROWS:,}",
        )
    return Paged(list(rows), 1, 1, len(rows))


def _nearest(page: int, total: int) -> tuple[int, int]:
    pages = max(1, -(-total // PAGE_ROWS))
    return min(max(page, 1), pages), pages


def holding(rows: Iterable[Row], words: str, texts_of: Callable[[Row], Iterable[str | None]]) -> list[Row]:
    """The rows in whose texts every word stands, in whatever form it was typed (`text.for_searching`)."""
    wanted = [text.for_searching(word) for word in text.normalise(words).split()]
    return [
        row
        for row in rows
        if all(
            any(word in one for one in map(text.for_searching, filter(None, texts_of(row))))
            for word in wanted
        )
    ]


def init_app(app: Flask) -> None:
    app.add_template_global(page_of)
    app.add_template_global(newest_of)
    app.add_template_global(asked_page)
