"""The database: base model, column types, the one commit per request, append-only tables."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache, wraps
from inspect import iscoroutinefunction
from typing import Any, ClassVar, ParamSpec, TypeVar

import sqlalchemy as sa
from flask import Flask, has_request_context, request
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event, orm
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.pool import ConnectionPoolEntry
from werkzeug.wrappers import Response

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound="Model")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
SQLITE_BUSY_MILLISECONDS = 15_000
SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _reading() -> bool:
    """Whether this is a request that only reads."""
    return has_request_context() and request.method in SAFE_METHODS


class Session(orm.Session):
    """The application's session. On PostgreSQL a request that only reads opens no transaction.

    Under READ COMMITTED each statement sees the database as it is in any case, and beginning and ending a transaction
    are two more journeys to the server; a page that adds up takes them (`one_snapshot`). SQLite always reads inside one.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reads = _reading()

    def get_bind(self, *args: Any, **options: Any) -> sa.Engine | sa.Connection:
        bind = super().get_bind(*args, **options)
        if self._reads and isinstance(bind, sa.Engine) and bind.dialect.name == "postgresql":
            return _reader(bind)
        return bind


@cache
def _reader(engine: sa.Engine) -> sa.Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


db = SQLAlchemy(session_options={"autoflush": True, "expire_on_commit": False, "class_": Session})


def init_app(app: Flask) -> None:
    """Connect the engines of ``SQLALCHEMY_ENGINES`` to the application."""
    db.init_app(app)
    # The extension also closes async sessions after each request, for which Flask starts a thread and an event
    # loop; there are none here, and that costs more CPU than a small page.
    app.teardown_appcontext_funcs[:] = [
        close for close in app.teardown_appcontext_funcs if not iscoroutinefunction(close)
    ]


class UtcDateTime(sa.TypeDecorator[dt.datetime]):
    """A point in time; aware and in UTC on both sides (SQLite keeps no zone of its own)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone must not reach the database")
        return value.astimezone(dt.UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], dt.datetime | None]:
        """In one function rather than the three of ``process_result_value``: lists read hundreds, most of them NULL."""
        stored = self.impl_instance.result_processor(dialect, coltype)

        def in_utc(value: Any) -> dt.datetime | None:
            at: dt.datetime | None = value if stored is None else stored(value)
            if at is None:
                return None
            return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)

        return in_utc


class Model(orm.DeclarativeBase):
    """Base of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcDateTime(),
        str: sa.Text(),
        dict[str, Any]: sa.JSON(),
    }

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, sort_order=-1)

    def maker_ids(self) -> frozenset[int]:
        """Who drafted, submitted or ordered it, whom four eyes keep from deciding on it; nobody, unless a model says who."""
        return frozenset()


def enum_column(values: type[StrEnum]) -> sa.Enum:
    """A StrEnum column: stored as its value, held by a CHECK on both databases."""
    return sa.Enum(
        values,
        native_enum=False,
        length=40,
        create_constraint=True,
        name=f"{values.__module__.split('.')[1]}_{values.__name__.lower()}",
        values_callable=lambda members: [str(member.value) for member in members],
    )


class AppendOnly:
    """Rows that are written once: never updated, never deleted (money, history, consent).

    The session refuses it here; triggers on both databases refuse it for every other road (migrations).
    """


class Removable:
    """Rows that may be deleted. Their ids are never given again: history and view log go on naming what is gone.

    PostgreSQL does so by itself; SQLite gives the id of a last row that was deleted to the next one, unless told.
    """

    @classmethod
    def __table_cls__(cls, name: str, metadata: sa.MetaData, *items: Any, **options: Any) -> sa.Table:
        return sa.Table(name, metadata, *items, sqlite_autoincrement=True, **options)


class AppendOnlyError(Exception):
    """Something tried to change or delete a row of money, history or consent."""


class NotRemovableError(Exception):
    """Something tried to delete a row whose id would be given again."""


@event.listens_for(orm.Session, "before_flush")
def _refuse_changes_to_append_only(session: orm.Session, _context: object, _instances: object) -> None:
    for row in session.deleted:
        if isinstance(row, AppendOnly):
            raise AppendOnlyError(f"{type(row).__name__} rows are never deleted")
        if not isinstance(row, Removable):
            raise NotRemovableError(f"{type(row).__name__} is not Removable")
    for row in session.dirty:
        if isinstance(row, AppendOnly) and session.is_modified(row, include_collections=False):
            raise AppendOnlyError(f"{type(row).__name__} rows are never changed")


@event.listens_for(orm.Session, "do_orm_execute")
def _refuse_bulk_changes_to_append_only(state: orm.ORMExecuteState) -> None:
    mapper = state.bind_mapper
    changes = state.is_update or state.is_delete
    if changes and mapper is not None and issubclass(mapper.class_, AppendOnly):
        raise AppendOnlyError(f"{mapper.class_.__name__} rows are never changed or deleted")


def append_only_triggers(table: str, dialect: str) -> list[str]:
    """DDL of the triggers that refuse UPDATE and DELETE on ``table``; used by migrations."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ]


@contextmanager
def append_only_lifted(connection: sa.Connection, table: str, *, lift: bool = True) -> Iterator[None]:
    """Let one transaction update ``table`` although it is append-only; nobody else can write to it meanwhile.

    For another ciphertext of what a row says (`core.sealed`) and for nothing else: a test of the project holds who calls it.
    """
    if not lift:
        yield
        return
    dialect = connection.dialect.name
    if dialect == "sqlite":
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{verb}")
        yield
        for statement in append_only_triggers(table, dialect):
            connection.exec_driver_sql(statement)
    else:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        yield
        connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")


def append_only_tables() -> list[str]:
    """Names of all append-only tables, sorted."""
    return sorted(
        str(mapper.local_table.description)
        for mapper in Model.registry.mappers
        if issubclass(mapper.class_, AppendOnly)
    )


@event.listens_for(sa.Engine, "connect")
def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if type(connection).__module__ != "sqlite3":
        return
    connection.isolation_level = None  # SQLAlchemy's "begin" event below opens transactions, not the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what a row said before does not linger in free pages
        f"busy_timeout={SQLITE_BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(sa.Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    """Writers take SQLite's lock at once: a read that later writes could fail with SQLITE_BUSY midway."""
    if connection.dialect.name == "sqlite":
        reads = _reading()
        reads = connection.get_execution_options().get("reads_only", reads)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def lock(row: M) -> M:
    """Read ``row`` again and hold it until the transaction ends (SELECT … FOR UPDATE on PostgreSQL).

    Only the row itself, not what is read along with it: others work on the same committee at the same time.
    SQLite has no row locks: its BEGIN IMMEDIATE already let one writer in at a time.
    """
    db.session.flush()
    db.session.refresh(row, with_for_update={"of": type(row)})
    return row


def add(row: M) -> M:
    """Add ``row`` and flush, so that it has its id."""
    db.session.add(row)
    db.session.flush()
    return row


def fetch_all(statement: sa.Select[M]) -> list[M]:
    """All rows of a SELECT of one entity."""
    return list(db.session.scalars(statement))


def ids(rows: Iterable[Model]) -> list[int]:
    return [row.id for row in rows]


def one_snapshot(view: Callable[P, R]) -> Callable[P, R]:
    """A GET of a page that adds up, above `requires`: all that it reads stands as at one moment, so that its sums agree."""

    @wraps(view)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        if db.engine.dialect.name == "postgresql":
            db.session.commit()  # nothing is written; this lets go of the connection on which one was signed in
            db.session.connection(execution_options=SNAPSHOT)
        return view(*args, **kwargs)

    return read


def writes(view: Callable[P, R]) -> Callable[P, R | Response]:
    """One commit per request: the view returned, so commit; it raised, so roll back.

    A form that shows a broken rule has already rolled back (``core.forms.Form.show``). A form that is sent twice acts
    once (``core.once``).
    """
    return _one_commit(view, creates=False)


def creates(view: Callable[P, R]) -> Callable[P, R | Response]:
    """`writes` for a form that creates something: sent again with other content it is refused, not acted on."""
    return _one_commit(view, creates=True)


def _one_commit(view: Callable[P, R], *, creates: bool) -> Callable[P, R | Response]:
    @wraps(view)
    def committed(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        from stations.core import once  # its table stands on this module

        return commits(lambda: once.run(lambda: view(*args, **kwargs), creates=creates))()

    committed.writes = True  # type: ignore[attr-defined]  # read by the test of the project "no GET writes"
    committed.creates = creates  # type: ignore[attr-defined]  # read by the test of forms that create
    return committed


def commits(act: Callable[P, R]) -> Callable[P, R]:
    """What `writes` does around a view, for an act beside the view of the request: its form is not used up by it."""

    @wraps(act)
    def committed(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method in SAFE_METHODS:
            return act(*args, **kwargs)
        try:
            answer = act(*args, **kwargs)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        return answer

    return committed
