"""README's table of variables is the Config dataclass."""

import re
from dataclasses import fields
from pathlib import Path

from stations.core.config import PREFIX, Config

README = Path(__file__).resolve().parents[2] / "README.md"


def test_the_readme_lists_every_variable_and_no_other():
    listed = set(re.findall(rf"^\| *`({PREFIX}[A-Z_]+)`", README.read_text(), re.MULTILINE))
    assert listed == {PREFIX + setting.name.upper() for setting in fields(Config)}
