"""The words in which migrations make a table.

Constraints and indexes are named as `Model` names them. What these words build never changes: installations have it.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
from alembic import op


def _column(
    kind: sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]],
    name: str,
    *,
    null: bool = False,
    comment: str | None = None,
    unique: bool = False,
    index: bool = False,
    **said: Any,
) -> sa.Column[Any]:
    said |= {"unique": unique, "index": index}
    return sa.Column(name, kind, nullable=null, comment=comment, info=said)


integer, number, text, json = (partial(_column, kind) for kind in (sa.Integer, sa.Double, sa.Text, sa.JSON))
flag, day, time = (partial(_column, kind) for kind in (sa.Boolean, sa.Date, sa.Time))
moment = partial(_column, sa.DateTime(timezone=True))


def choice(name: str, values: Collection[str], called: str, **like: Any) -> sa.Column[Any]:
    """One of ``values``, held by a CHECK that is ``called`` so, as `core.database.enum_column` makes it."""
    kind = sa.Enum(*values, name=called, native_enum=False, create_constraint=True, length=40)
    return _column(kind, name, **like)


def refers(name: str, to: str, *, ondelete: str | None = None, **like: Any) -> sa.Column[Any]:
    """The id of a row of another table."""
    return _column(sa.Integer, name, to=to, ondelete=ondelete, **like)


def make_table(
    table: str,
    *columns: sa.Column[Any],
    unique: Collection[tuple[str, ...]] = (),
    checks: Mapping[str, str] | None = None,
    indexes: Mapping[str, tuple[str, ...]] | None = None,
    **options: Any,
) -> sa.Table:
    """A table with an ``id`` and ``columns``, in the order given.

    unique: columns that are unique together. checks: name → SQL. indexes: whole name → columns, beside those of columns.
    """
    keys = [
        sa.ForeignKeyConstraint(
            [one.name],
            [f"{one.info['to']}.id"],
            name=op.f(f"fk_{table}_{one.name}"),
            ondelete=one.info["ondelete"],
        )
        for one in columns
        if "to" in one.info
    ]
    together = [(one.name,) for one in columns if one.info.get("unique")] + list(unique)
    made = op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        *(sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}")) for name, sql in (checks or {}).items()),
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}")) for names in together),
        **options,
    )
    alone = {f"ix_{table}_{one.name}": (one.name,) for one in columns if one.info.get("index")}
    for name, names in (alone | dict(indexes or {})).items():
        op.create_index(op.f(name), table, list(names))
    return made


def unique_where(name: str, table: str, columns: Sequence[str], where: sa.TextClause) -> None:
    """An index that holds ``columns`` to be unique among the rows ``where`` something is so."""
    op.create_index(name, table, list(columns), unique=True, sqlite_where=where, postgresql_where=where)
