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
    """Also beyond what a float can hold: the last yen is right. What is read of other places is left out."""
    wide = frames.pivoted(tuple(rows), (3, 1), ("b", "a"), known=("a",))
    expected = [
        [[number for at, of, number in rows if (at, of) == (row, name)] for name in "ba"] for row in (3, 1)
    ]
    assert wide.cells == tuple((sum(b) if b else None, sum(a)) for b, a in expected)
    assert wide.of_rows == tuple(sum(b) + sum(a) for b, a in expected)
    assert wide.of_columns == tuple(sum(sum(row[column]) for row in expected) for column in (0, 1))
    assert (wide.sum_of("b"), wide.sum_of("a")) == wide.of_columns
    every = [*wide.of_rows, *wide.of_columns, *(cell for row in wide.cells for cell in row)]
    assert {type(cell) for cell in every} <= {int, type(None)}


def test_a_pivot_without_rows_or_of_nothing_read_is_empty():
    assert frames.pivoted((), (1,), ("a", "b"), known=("b",)).cells == ((None, 0),)
    assert frames.pivoted(((1, "a", 5),), (), ("a",)).of_columns == (0,)


def test_a_pivot_is_made_once_of_the_same_rows_and_anew_of_any_other():
    frames.pivoted.cache_clear()
    made = [frames.pivoted(((1, "a", yen),), (1,), ("a",)) for yen in (5, 6, 5, 6)]
    assert [pivot.cells for pivot in made] == [((5,),), ((6,),), ((5,),), ((6,),)]
    assert made[0] is made[2] and frames.pivoted.cache_info().misses == 2
    for rows, columns, known in (((2,), ("a",), ()), ((1,), ("b",), ()), ((2,), ("a",), ("a",))):
        frames.pivoted(((1, "a", 5),), rows, columns, known=known)
    assert frames.pivoted.cache_info().misses == 5


def test_a_table_keeps_what_is_missing_apart_from_zero_and_sums_the_rest():
    wide = frames.pivoted(((1, "a", 9_007_199_254_740_993), (2, "b", 0)), (1, 2), ("a", "b"))
    made = frames.table(wide, ["東部", "小金"], title="t", headings=("地区", "a", "b", "計"), with_sums=True)
    assert made.rows == [
        ("東部", 9_007_199_254_740_993, None, 9_007_199_254_740_993),
        ("小金", None, 0, 0),
    ]
    assert made.total == ("合計", 9_007_199_254_740_993, 0, 9_007_199_254_740_993)
    assert made.kinds == [Kind.TEXT, Kind.COUNT, Kind.COUNT, Kind.COUNT]
