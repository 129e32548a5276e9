"""A list as an Excel workbook: what Excel is told of each cell, read by another library than the one that writes."""

import datetime as dt
import io

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from stations.core.csv_file import as_csv
from stations.core.tables import Cell, Cells, Column, Kind, Table, table_of
from stations.core.workbook import as_workbook

AT = dt.datetime(2026, 10, 3, 5, 5, 59, tzinfo=dt.UTC)
KINDS = (Kind.TEXT, Kind.YEN, Kind.DATE, Kind.COUNT)


def table(*rows: Cells, total: Cells | None = None) -> Table:
    return Table(
        title="計画の一覧",
        headings=("計画", "申請額", "期限", "件数"),
        kinds=KINDS,
        rows=rows,
        total=total,
        narrowed=("令和8年度", "承認"),
    )


def opened(made: Table) -> Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(made)))
    assert len(book.worksheets) == 1
    return book.worksheets[0]


def values(made: Table) -> list[tuple[object, ...]]:
    return list(opened(made).iter_rows(values_only=True))


def test_a_workbook_has_headings_rows_and_the_total_below():
    made = table(("見る会", 1_234_567, dt.date(2026, 10, 3), 3), total=("合計", 1_234_567, None, 3))
    assert values(made) == [
        ("計画", "申請額", "期限", "件数"),
        ("見る会", 1_234_567, dt.datetime(2026, 10, 3), 3),
        ("合計", 1_234_567, None, 3),
    ]


def test_amounts_days_and_counts_are_numbers_that_excel_shows_as_such():
    sheet = opened(table(("見る会", -1_000, dt.date(2026, 10, 3), 3)))
    text, amount, day, count = sheet[2]
    assert (text.data_type, amount.data_type, count.data_type) == ("s", "n", "n")
    assert isinstance(day.value, dt.datetime)
    assert (amount.number_format, count.number_format) == ("#,##0", "#,##0")
    assert (amount.value, day.number_format) == (-1_000, "yyyy-mm-dd")


def test_a_point_in_time_is_tokyos_to_the_minute_in_both_files():
    made = table(("a", 1, AT, 1))
    assert opened(made)["C2"].value == dt.datetime(2026, 10, 3, 14, 5)
    assert opened(made)["C2"].number_format == "yyyy-mm-dd hh:mm"
    assert as_csv(made).decode("utf-8-sig").splitlines()[1] == "a,1,2026-10-03 14:05,1"


@pytest.mark.parametrize(
    "words", ["=1+1", "@SUM(A1)", "http://example.com/", "mailto:a@example.com", "00123", "{=1}"]
)
def test_what_people_wrote_is_text_and_nothing_else(words: str):
    cell = opened(table((words, None, None, None)))["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (words, "s", None)


def test_nothing_is_an_empty_cell_and_zero_a_zero():
    assert values(table(("a", None, None, 0)))[1] == ("a", None, None, 0)


def test_the_headings_stay_in_sight_and_columns_are_as_wide_as_what_they_hold():
    sheet = opened(table(("つながるステーション六実の家", 1, None, 1)))
    assert sheet.freeze_panes == "A2"
    assert [sheet.column_dimensions[one].width for one in "AB"] == pytest.approx([30, 8], abs=1)


def test_title_and_what_narrows_the_list_are_in_the_properties():
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(table())))
    assert (book.properties.title, book.properties.subject) == ("計画の一覧", "令和8年度、承認")
    assert book.sheetnames == ["計画の一覧"]


def test_a_text_longer_than_a_cell_is_cut_with_a_mark_instead_of_lost():
    value = opened(table(("長" * 40_000, None, None, None)))["A2"].value
    assert isinstance(value, str) and len(value) == 32_767 and value.endswith("長…")


@pytest.mark.parametrize(
    "title", ["出納帳_[A/B]:何でも*?\\の会の家の名前がとても長いステーション_2026", "'a'", "a'"]
)
def test_any_title_makes_a_sheet(title: str):
    made = Table(title=title, headings=("a",), kinds=(Kind.TEXT,), rows=())
    assert opened(made).title


def test_columns_say_what_they_show_of_a_row():
    columns: tuple[Column[int], ...] = (Column("n", str), Column("double", lambda n: 2 * n, Kind.COUNT))
    made = table_of(columns, range(3), "数", narrowed=["偶数"])
    rows: list[list[Cell]] = [["0", 0], ["1", 2], ["2", 4]]
    assert (made.headings, made.kinds, made.rows) == (["n", "double"], [Kind.TEXT, Kind.COUNT], rows)
