"""Every list offers itself as CSV and as a workbook, which say what its pages say: all rows, in their order, no more."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import jinja2
import openpyxl
import pytest
from flask import Flask, template_rendered

from stations.core.access import Role
from tests.project.test_long_lists import crowded, visit
from tests.support.client import Page, PageClient
from tests.support.crowd import LISTS, PARTS, WORD, Crowd
from tests.support.html_page import text_of

__all__ = ["crowded"]
"""The fixture of another module: every list with 200 rows."""

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
WHOLE = [(role, path) for role, path, _searched in LISTS if role is not None] + [
    (Role.OFFICER, "/grants/reports-due"),
    (Role.STATION_LEADER, "/attendance/devices"),
    (Role.STATION_LEADER, "/attendance/stations/{station}/devices"),
]
CARDS = [(Role.OFFICER, "/districts"), (Role.CHAIR, "/districts")]
TESTED_ELSEWHERE = {"reports/overview.html"}
"""By tests/reports."""

SEARCHED = [(role, path) for role, path, searched in LISTS if searched]
OF_PAGES = [
    (Role.CHAIR, "/committees/{committee}", "stations"),
    (Role.STATION_LEADER, "/stations/{station}/calendar", "rules"),
    (Role.STATION_LEADER, "/attendance", "missing"),
    (Role.SECRETARIAT, "/meetings", "plans"),
    (Role.SECRETARIAT, "/meetings/{meeting}", "items"),
    (Role.CHAIR, "/meetings/{meeting}", "items"),
    (Role.SECRETARIAT, "/meetings/{meeting}", "members"),
]
"""Lists inside the page of something else that people take along: who, where, the list's name."""

ACTING = {"操作", "確認"}
"""Columns of what may be done."""

ABOUT_ACTS = {"/people/requests": {"操作"}}
"""Lists with a column of that name about what is to be done."""

EMPTY = {"", "—", "未定", "まだありません"}

ONLY_IN_FILES = {"/grants/{grant}/books": {"費目"}}
"""Columns that the page has no room for."""

Spoken = str | int | dt.datetime | None
Row = list[str]


# ---- what a page shows -----------------------------------------------------------------------------------------


def body_rows(within: Iterable[Element], acting: set[str]) -> Iterator[Row]:
    """The texts of the rows of lists: cells of tables without the columns for ``acting``, cards as one cell."""
    for one in within:
        classes = (one.get("class") or "").split()
        if one.tag == "table" and "mt-table--list" in classes:
            heads = [text_of(cell) for cell in one.iter("th") if cell.get("scope") == "col"]
            for body in one.iter("tbody"):
                for row in body.iter("tr"):
                    yield [text_of(cell) for head, cell in zip(heads, row, strict=True) if head not in acting]
        elif one.tag == "li" and "mt-receipts__row" in classes:
            yield [text_of(one)]


def own(page: Page, part: str | None) -> list[Element]:
    """The elements of the page's own list, or of its ``part``."""
    if part is not None:
        return list(page.one("div", id=part).iter())
    parts = {id(one) for _r, _p, name, _t in PARTS for div in page.all("div", id=name) for one in div.iter()}
    return [one for one in page.one("main").iter() if id(one) not in parts]


def every_row(client: PageClient, page: Page, part: str | None, acting: set[str]) -> list[Row]:
    """The rows of all pages of a list."""
    within = own(page, part)
    rows = list(body_rows(within, acting))
    if part is not None and not rows:
        rows = [[text_of(one)] for one in within if one.tag == "li"]
    onward = [one.get("href") or "" for one in within if one.get("rel") == "next"]
    assert len(onward) <= 1
    return rows + (
        every_row(client, client.get(urljoin(page.url, onward[0])), part, acting) if onward else []
    )


def files_of(client: PageClient, page: Page, part: str | None) -> tuple[list[list[str]], list[list[Spoken]]]:
    """The rows of the CSV and of the workbook that a page offers of a list, headings first."""
    within = page.one("div", id=part) if part else page.one("main")
    lines = [one for one in within.iter("p") if one.get("class") == "mt-files"]
    links = [anchor.get("href") or "" for line in lines for anchor in line.iter("a")]
    before = f"{part}." if part else ""
    wanted = [[link for link in links if f"file={before}{kind}" in link] for kind in ("csv", "xlsx")]
    assert [len(found) for found in wanted] == [1, 1], f"{page.url} offers {links}"
    as_csv, as_book = (client.download(urljoin(page.url, found[0])) for found in wanted)
    assert as_csv.mimetype == "text/csv" and "attachment" in as_csv.headers["Content-Disposition"]
    table = list(csv.reader(io.StringIO(as_csv.data.decode("utf-8-sig"), newline="")))
    book = openpyxl.load_workbook(io.BytesIO(as_book.data))
    rows = book.worksheets[0].iter_rows(values_only=True)
    return table, [list(row) for row in rows]  # type: ignore[arg-type]  # no cell of ours is anything else


# ---- what a cell says on a page ------------------------------------------------------------------------------------


def said(cell: Spoken) -> list[str]:
    """Ways in which a page says a cell; each alone will do."""
    if isinstance(cell, dt.datetime):
        day = f"{cell.month}月{cell.day}日"
        return (
            [day]
            if (cell.hour, cell.minute) == (0, 0)
            else [f"{day}（{'月火水木金土日'[cell.weekday()]}）{cell:%H:%M}"]
        )
    if isinstance(cell, int):
        return (
            [f"△{-cell:,}円", f"-{-cell}"]
            if cell < 0
            else [f"{cell:,}", str(cell), *(["なし"] if cell == 0 else [])]
        )
    return [" ".join((cell or "").split())]


def plain(cell: Spoken) -> str:
    """A cell of the workbook as the CSV writes it."""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}" if (cell.hour, cell.minute) == (0, 0) else f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


def bare(words: str) -> str:
    """Without what stands between things in a cell."""
    return re.sub(r"[、\s]", "", words)


def check(client: PageClient, path: str, page: Page, part: str | None) -> None:
    """The files' rows say what the list's rows say, one for one."""
    shown = every_row(client, page, part, ACTING - ABOUT_ACTS.get(path, set()))
    table, (headings, *rows) = files_of(client, page, part)
    if path == "/people/view-log":  # the workbook tells of the CSV before it
        assert "ファイルに保存" in rows.pop(0)
    assert [[plain(cell) for cell in row] for row in [headings, *rows]] == [
        [cell.removeprefix("'") for cell in row] for row in table
    ]
    if any(one.tag == "tfoot" for one in own(page, part)) and str(rows[-1][0]).startswith("合計"):
        rows.pop()
    assert len(rows) == len(shown)
    about = bare(text_of(page.one("h1")) + "".join(text_of(one) for one in page.all("p", class_="mt-lead")))
    for row, cells in zip(rows, shown, strict=True):
        words = bare("".join(cells)) + about
        known = [
            cell
            for heading, cell in zip(headings, row, strict=True)
            if cell is not None and heading not in ONLY_IN_FILES.get(path, ())
        ]
        unshown = [cell for cell in known if not any(bare(one) in words for one in said(cell))]
        assert unshown == [], f"not on the page: {cells}"
        told = [bare(one) for cell in known for one in said(cell)]
        unsaid = [cell for cell in cells if cell not in EMPTY and not any(one in bare(cell) for one in told)]
        assert unsaid == [], f"not in the files: {row}"


# ---- tests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "path"), WHOLE, ids=str)
def test_a_list_offers_files_of_what_it_shows(crowded: tuple[Flask, Crowd], role: Role, path: str):
    client, url = visit(crowded, role, path)
    check(client, path, client.get(url), None)


@pytest.mark.parametrize(("role", "path"), CARDS, ids=str)
def test_the_districts_give_all_their_stations(crowded: tuple[Flask, Crowd], role: Role, path: str):
    """The page shows the first ten of each."""
    client, url = visit(crowded, role, path)
    page = client.get(url)
    _table, (_headings, *rows) = files_of(client, page, None)
    cards = {
        text_of(one.findall(".//h2")[0]).split("地区")[0]: one
        for one in page.all("section", class_="mt-card")
    }
    assert list(dict.fromkeys(row[0] for row in rows)) == list(cards)
    for name, card in cards.items():
        names = [row[1] for row in rows if row[0] == name and row[1]]
        assert [text_of(one) for one in card.findall(".//h3")] == names[:10]
        for row in [row for row in rows if row[0] == name][:10]:
            words = bare(text_of(card))
            assert [cell for cell in row if cell and not any(bare(one) in words for one in said(cell))] == []


@pytest.mark.parametrize(("role", "path", "part"), OF_PAGES, ids=str)
def test_a_list_inside_a_page_offers_files_of_what_it_shows(
    crowded: tuple[Flask, Crowd], role: Role, path: str, part: str
):
    client, url = visit(crowded, role, path)
    check(client, path, client.get(url), part)


@pytest.mark.parametrize(("role", "path"), SEARCHED, ids=str)
def test_a_list_that_is_narrowed_gives_narrowed_files(crowded: tuple[Flask, Crowd], role: Role, path: str):
    client, url = visit(crowded, role, path)
    found = client.submit(client.get(url), fields={"q": WORD})
    check(client, path, found, None)


@contextmanager
def rendered(app: Flask) -> Iterator[set[str]]:
    """The templates that are used inside the block."""
    names: set[str] = set()

    def note(_app: Flask, template: jinja2.Template, **_more: object) -> None:
        names.add(template.name or "")

    with template_rendered.connected_to(note, app):
        yield names


def test_no_list_is_forgotten(crowded: tuple[Flask, Crowd]):
    """Whatever uses the pattern of lists is among the addresses above."""
    pattern = re.compile(r"call listed\(|files=true|as_files\(")
    lists = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if pattern.search(path.read_text()) and path.name != "lists.html"
    }
    with rendered(crowded[0]) as opened:
        for role, path in {*WHOLE, *CARDS, *((role, path) for role, path, _part in OF_PAGES)}:
            client, url = visit(crowded, role, path)
            client.get(url)
    assert sorted(lists - opened - TESTED_ELSEWHERE) == []
