"""What the application asks of its database while something runs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

QUERY = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
WRITE = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


@contextmanager
def recorded(engine: sa.Engine) -> Iterator[list[str]]:
    """Collect the SQL statements sent inside the block; transactions and pragmas aside."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if QUERY.match(statement):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def written_tables(statements: list[str]) -> set[str]:
    """The tables that INSERT, UPDATE or DELETE statements touch."""
    return {found[2] for statement in statements if (found := WRITE.match(statement))}
