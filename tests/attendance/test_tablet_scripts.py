"""The tablet's modules, tested by node's own test runner (the node that playwright brings along)."""

import base64
import os
import subprocess
from pathlib import Path

import playwright

from stations.attendance.devices import rules

NODE = Path(playwright.__file__).parent / "driver" / "node"
SCRIPT = Path(__file__).with_name("tablet.test.mjs")
PIN_HASH = rules.pin_hash("2580", base64.b64decode("AAECAwQFBgcICQoLDA0ODw=="))


def test_the_tablets_modules() -> None:
    done = subprocess.run(
        [NODE, "--test", SCRIPT],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PIN_HASH": PIN_HASH},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
