"""Rows pasted from a spreadsheet go into the right cells (node's own test runner)."""

import subprocess
from pathlib import Path

import playwright

NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = Path(__file__).with_name("lines_paste.test.mjs")


def test_cells_find_their_places() -> None:
    done = subprocess.run([NODE, "--test", SCRIPT], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
