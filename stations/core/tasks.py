"""「次にすること」: what waits for somebody, as each package's queries tell it and the home page shows it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from stations.core import clock


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do: what, where, until when. ``label`` and ``hint`` are translated already.

    ``urgent``: somebody may be in need; it comes before everything with a date.
    """

    label: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    due_on: dt.date | None = None
    hint: str = ""
    urgent: bool = False

    @property
    def url(self) -> str:
        return url_for(self.endpoint, **self.values)

    @property
    def late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """What is urgent first, then the nearest due date; those without one last, in the order they came."""
    return sorted(tasks, key=lambda task: (not task.urgent, task.due_on or dt.date.max))
