"""Tables as CSV: as Excel opens them, and never as formulas."""

import csv
from io import StringIO

import pytest

from stations.reports.tables import Table


def read(table: Table) -> list[list[str]]:
    text = table.csv().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_rows_follow_the_heading_and_the_total_comes_last():
    table = Table("地区", ("地区", "人"), (("𠮷野", 3), ("髙木", None)), total=("合計", 3))
    assert read(table) == [["地区", "人"], ["𠮷野", "3"], ["髙木", ""], ["合計", "3"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_text_never_runs_as_a_formula(text: str):
    assert read(Table("x", ("x",), ((text,),)))[1] == ["'" + text]


def test_a_negative_number_stays_a_number():
    assert read(Table("x", ("x", "y"), (("a", -5),)))[1] == ["a", "-5"]
