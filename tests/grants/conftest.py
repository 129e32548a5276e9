"""One day for every test of grants: what is dated in them lies before or after it, whenever they run."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

TODAY = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(TODAY):
        yield
