"""What every table of states must satisfy, told apart from the tables themselves."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import pytest

from stations.core.messages import Conflict

Steps = dict[tuple[str, str], str]


def steps(text: str) -> Steps:
    """Read lines "from|from act to" into {(from, act): to}."""
    table: Steps = {}
    for line in text.split("\n"):
        if line.strip():
            sources, act, target = line.split()
            for source in sources.split("|"):
                assert (source, act) not in table, f"{source} {act} is written twice"
                table[source, act] = target
    return table


def every_pair(statuses: type[StrEnum], acts: type[StrEnum]) -> pytest.MarkDecorator:
    """Parametrise a test over each status × act."""
    return pytest.mark.parametrize(
        ("status", "act"), [(s, a) for s in statuses for a in acts], ids=lambda member: str(member)
    )


def check_step(next_status: Callable[[Any, Any], Any], status: StrEnum, act: StrEnum, table: Steps) -> None:
    """`act` leads where the table says, and is a `Conflict` that names the state everywhere else."""
    target = table.get((status, act))
    if target is None:
        with pytest.raises(Conflict) as caught:
            next_status(status, act)
        assert caught.value.params == {"state": status, "act": act}
        assert str(status) in str(caught.value)
    else:
        after = next_status(status, act)
        assert after == target
        assert type(after) is type(status)


def check_whole(
    statuses: type[StrEnum], acts: type[StrEnum], table: Steps, *, start: str, ends: Iterable[str]
) -> None:
    """Every state can be reached from `start`, exactly `ends` have no way out, and every act is of use."""
    assert {name for (source, _), target in table.items() for name in (source, target)} == set(statuses)
    assert {act for _, act in table} == set(acts)
    reached = {start}
    while more := {target for (source, _), target in table.items() if source in reached} - reached:
        reached |= more
    assert reached == set(statuses)
    assert set(statuses) - {source for source, _ in table} == set(ends)
