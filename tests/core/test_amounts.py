"""One table of what people type for amounts and counts; the page's live total and the server read it alike."""

import json
import subprocess
from pathlib import Path

import playwright
import pytest

from stations.core import money, text
from stations.core.messages import RuleBroken
from tests.support.refusals import refused

HERE = Path(__file__).parent
TABLE = json.loads((HERE / "amounts.json").read_text(encoding="utf-8"))
NODE = Path(playwright.__file__).parent / "driver" / "node"


@pytest.mark.parametrize(("typed", "amount"), TABLE["yen"])
def test_the_server_reads_yen(typed: str, amount: int | None) -> None:
    if amount is not None:
        assert money.parse_yen(typed) == amount
    else:
        with refused(RuleBroken, None, "金額"):
            money.parse_yen(typed)


@pytest.mark.parametrize(("typed", "count"), TABLE["count"])
def test_the_server_reads_counts(typed: str, count: int | None) -> None:
    if count is not None:
        assert text.parse_count(typed) == count
    else:
        with refused(RuleBroken, None, "数字で入力"):
            text.parse_count(typed)


def test_the_page_reads_the_same() -> None:
    done = subprocess.run(
        [NODE, "--test", HERE / "amounts.test.mjs"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
