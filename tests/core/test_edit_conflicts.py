import datetime as dt
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from stations.core import audit, edit_conflicts
from stations.core.forms import typed_words
from stations.core.messages import EditConflict
from stations.people.models import Person
from tests.support import cast


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
    assert typed_words([("loaded", edit_conflicts.mark(number)) for number in range(50)]) == []


@pytest.fixture
def writer(db_session: Session) -> Person:
    return cast.person(name="筆者 文子")


def saved(row: Person, **detail: object) -> audit.Doer | None:
    """Who saved a row last, with such a detail."""
    return audit.last_doer(row, ["save"], lambda kept: detail.items() <= kept.items())


def change(row: Row, facts: dict[str, object], loaded: str | None, by: Person) -> list[str]:
    return edit_conflicts.change(row, facts, loaded=loaded, by=by, first=lambda: saved(by))


def test_only_what_differs_is_changed(writer: Person) -> None:
    row = Row()
    facts = {"name": "見本", "on": dt.date(2026, 4, 1)}
    mark = edit_conflicts.mark(*edit_conflicts.stored(row, facts).values())
    assert change(row, facts, mark, writer) == ["on"]
    assert row == Row("見本", dt.date(2026, 4, 1))


def test_who_saw_something_else_changes_nothing(writer: Person) -> None:
    row = Row()
    with pytest.raises(EditConflict):
        change(row, {"name": "新しい名前"}, edit_conflicts.mark("前の名前"), writer)
    assert row == Row()


def test_the_same_again_and_a_command_are_no_race(writer: Person) -> None:
    row = Row()
    assert change(row, {"name": "見本"}, edit_conflicts.mark("前の名前"), writer) == []
    assert change(row, {"name": "新しい名前"}, None, writer) == ["name"]


def test_the_history_tells_who_saved_first_and_never_calls_the_writer_somebody_else(writer: Person) -> None:
    other = cast.person(name="別の 花子")

    def said(**detail: object) -> str:
        with pytest.raises(EditConflict) as caught:
            edit_conflicts.check(
                edit_conflicts.mark("前"), "今", by=writer, first=lambda: saved(writer, **detail)
            )
        return str(caught.value).split("。")[0]

    assert said() == "別の画面で、先に保存されました"
    audit.record(writer, act="save", by=other, detail={"page": 1})
    audit.record(writer, act="save", by=writer, detail={"page": 2})
    audit.record(writer, act="look", by=other)
    audit.record(other, act="save", by=other)
    assert said() == said(page=2) == "別の画面で、あなたが先に保存しました"
    assert said(page=1) == "別の 花子さんが先に保存しました"
    audit.record(writer, act="save", by=None)
    assert said() == "別の画面で、先に保存されました"
