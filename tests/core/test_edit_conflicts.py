import datetime as dt
from dataclasses import dataclass

import pytest

from stations.core import edit_conflicts
from stations.core.forms import typed_words
from stations.core.messages import EditConflict


@dataclass
class Row:
    """Stands for a row of the database."""

    name: str = "見本"
    on: dt.date | None = None


def test_a_mark_tells_values_apart_and_is_no_word() -> None:
    assert edit_conflicts.mark("a", None) == edit_conflicts.mark("a", None)
    assert (
        len(
            {
                edit_conflicts.mark("a", None),
                edit_conflicts.mark("a", ""),
                edit_conflicts.mark("", "a"),
                edit_conflicts.mark("a"),
            }
        )
        == 4
    )
    assert typed_words([("seen", edit_conflicts.mark(number)) for number in range(50)]) == []


def test_only_what_differs_is_changed() -> None:
    row = Row()
    facts = {"name": "見本", "on": dt.date(2026, 4, 1)}
    mark = edit_conflicts.mark(*edit_conflicts.stored(row, facts).values())
    assert edit_conflicts.change(row, facts, loaded=mark) == ["on"]
    assert row == Row("見本", dt.date(2026, 4, 1))


def test_who_saw_something_else_changes_nothing() -> None:
    row = Row()
    with pytest.raises(EditConflict):
        edit_conflicts.change(row, {"name": "新しい名前"}, loaded=edit_conflicts.mark("前の名前"))
    assert row == Row()


def test_the_same_again_and_a_command_are_no_race() -> None:
    row = Row()
    assert edit_conflicts.change(row, {"name": "見本"}, loaded=edit_conflicts.mark("前の名前")) == []
    assert edit_conflicts.change(row, {"name": "新しい名前"}, loaded=None) == ["name"]
