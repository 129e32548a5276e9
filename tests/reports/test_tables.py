"""Tables of figures: grouped and pivoted exactly, and as CSV as Excel opens them, never as formulas."""

import csv
from collections.abc import Sequence
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as some

from stations.core.csv_file import as_csv
from stations.core.tables import Cells, Kind, Table
from stations.reports import frames

Numbers = some.lists(
    some.tuples(some.integers(1, 3), some.sampled_from("ab"), some.integers(-(10**15), 10**15)), max_size=12
)


def table(headings: Sequence[str], *rows: Cells, total: Cells | None = None) -> Table:
    kinds = [Kind.TEXT, *[Kind.COUNT] * (len(headings) - 1)]
    return Table(title="地区", headings=headings, kinds=kinds, rows=rows, total=total)


def read(table: Table) -> list[list[str]]:
    text = as_csv(table).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_rows_follow_the_heading_and_the_total_comes_last():
    made = table(("地区", "人"), ("𠮷野", 3), ("髙木", None), total=("合計", 3))
    assert read(made) == [["地区", "人"], ["𠮷野", "3"], ["髙木", ""], ["合計", "3"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_never_runs_as_a_formula(text: str):
    assert read(table(("x",), (text,)))[1] == ["'" + text]


def test_a_negative_number_stays_a_number():
    assert read(table(("x", "y"), ("a", -5)))[1] == ["a", "-5"]


@given(Numbers)
def test_a_pivot_adds_up_exactly_and_leaves_out_what_was_not_read(rows: list[tuple[int, str, int]]):
    """Also beyond what a float can hold: the last yen is right."""
    wide = frames.cells(frames.pivoted(rows, [3, 1, 2], ["b", "a"]))
    for place, row in enumerate((3, 1, 2)):
        for column, name in enumerate("ba"):
            found = [number for at, of, number in rows if (at, of) == (row, name)]
            cell = wide[place][column]
            assert cell == (sum(found) if found else None) and type(cell) in {int, type(None)}


@given(Numbers)
def test_sums_by_row_are_exact_and_zero_for_who_has_nothing(rows: list[tuple[int, str, int]]):
    numbers = [(row, number, 1) for row, _name, number in rows]
    summed = frames.summed(numbers, ["yen", "n"], [2, 1, 3, 4])
    expected = [
        (sum(yen for row, yen, _n in numbers if row == one), sum(n for row, _yen, n in numbers if row == one))
        for one in (2, 1, 3, 4)
    ]
    assert frames.cells(summed) == expected
    assert frames.sums(summed) == {"yen": sum(row[0] for row in expected), "n": len(rows)}


def test_a_table_keeps_what_is_missing_apart_from_zero_and_sums_the_rest():
    wide = frames.pivoted([(1, "a", 9_007_199_254_740_993), (2, "b", 0)], [1, 2], ["a", "b"])
    made = frames.table(
        frames.with_sums(wide), ["東部", "小金"], title="t", headings=("地区", "a", "b", "計")
    )
    assert made.rows == [
        ("東部", 9_007_199_254_740_993, None, 9_007_199_254_740_993),
        ("小金", None, 0, 0),
    ]
    assert made.total == ["合計", 9_007_199_254_740_993, 0, 9_007_199_254_740_993]
    assert made.kinds == [Kind.TEXT, Kind.COUNT, Kind.COUNT, Kind.COUNT]
