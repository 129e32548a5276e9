"""The order of 「次にすること」."""

import datetime as dt

from stations.core.tasks import Task, in_order


def test_what_is_urgent_comes_first_then_the_nearest_date_then_what_has_none():
    def task(label: str, day: int | None, *, urgent: bool = False) -> Task:
        due_on = dt.date(2026, 11, day) if day else None
        return Task(label=label, endpoint="reports.home", due_on=due_on, urgent=urgent)

    tasks = [task("c", None), task("b", 20), task("a", 3), task("d", None), task("急ぎ", None, urgent=True)]
    assert "".join(one.label for one in in_order(tasks)) == "急ぎabcd"
