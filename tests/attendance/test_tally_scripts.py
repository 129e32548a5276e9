"""The device's queue, tested by node's own test runner (the node that playwright brings along)."""

import subprocess
from pathlib import Path

import playwright

NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = Path(__file__).with_name("tally.test.mjs")


def test_the_queue_and_its_sender() -> None:
    done = subprocess.run([NODE, "--test", SCRIPT], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
