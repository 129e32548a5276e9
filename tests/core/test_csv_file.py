"""No cell of any CSV runs as a formula."""

import csv
import io
import re
from pathlib import Path

import pytest

from stations.core.csv_file import csv_bytes, guarded

STATIONS = Path(__file__).resolve().parents[2] / "stations"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+81",
        "-1",
        "@SUM(A1)",
        "＝1+1",
        " =1",
        "\u3000=1",
        "\t=1",
        "\r=1",
        "\n=1",
        "\ufeff=1",
        "\u00a0=1",
        "\tx",
    ],
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["架空商店　食材", "", "'quoted", "a=b", "1-2", "—"])
def test_other_words_stay(text: str) -> None:
    assert guarded(text) == text


def test_numbers_stay_numbers_and_headings_are_guarded_too() -> None:
    sent = csv_bytes([("=heading", "b"), ("a,b", -1_000), (None, "")])
    assert sent.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(sent.decode("utf-8-sig")))) == [
        ["'=heading", "b"],
        ["a,b", "-1000"],
        ["", ""],
    ]


def test_nothing_else_writes_csv_or_workbooks() -> None:
    writers = re.compile(
        r"csv\.(?:writer|DictWriter)|\.to_(?:csv|excel)\(|(?:import|from) xlsxwriter|ExcelWriter|openpyxl"
    )
    found = [path.name for path in STATIONS.rglob("*.py") if writers.search(path.read_text())]
    assert sorted(found) == ["csv_file.py", "workbook.py"]
