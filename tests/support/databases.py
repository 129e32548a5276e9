"""Fresh databases for tests: one template per run and dialect, one cheap copy per test."""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.postgres import Cluster
from tests.support.schema import build_schema

TEMPLATE = "stations_template"


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Let the worker processes of a run through one at a time."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def shared_cluster(run_folder: Path) -> Cluster:
    """The run's PostgreSQL with the template in it; whichever worker asks first starts it."""
    note = run_folder / "postgres.json"
    with only_one(run_folder / "postgres.lock"):
        if note.exists():
            return Cluster.load(note)
        cluster = Cluster.start()
        try:
            cluster.create_database(TEMPLATE)
            build_schema(cluster.url(TEMPLATE))
        except BaseException:
            cluster.stop()
            raise
        cluster.save(note)
        return cluster


def stop_shared_cluster(run_folder: Path) -> None:
    """Stop the run's PostgreSQL, if any test started it."""
    note = run_folder / "postgres.json"
    if note.exists():
        Cluster.load(note).stop()


def shared_sqlite_template(run_folder: Path) -> Path:
    """The run's SQLite file with an empty schema; whichever worker asks first makes it."""
    template = run_folder / "template.sqlite3"
    with only_one(run_folder / "sqlite.lock"):
        if not template.exists():
            unfinished = template.with_suffix(".part")
            unfinished.unlink(missing_ok=True)
            build_schema(f"sqlite:///{unfinished}")
            copy_sqlite(unfinished, template)
    return template


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database through its backup call, so what is still in the WAL comes along."""
    with (
        closing(sqlite3.connect(source)) as old,
        closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


def replaced_sqlite(template: Path, file: Path) -> str:
    """The URL of ``file``, which is the template again, whatever the last test wrote into it."""
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    shutil.copyfile(template, file)
    return f"sqlite:///{file}"


# As the owner of everything: without triggers (some tables refuse DELETE) and without an order of foreign keys.
EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE found text;
BEGIN
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', found);
    END LOOP;
    FOR found IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', found);
    END LOOP;
END $$
"""


def emptied_postgres(owner: psycopg.Connection[Any]) -> None:
    """Leave no row in the owner's database and count from 1 again: a tenth of the time of a new one.

    Whoever is in the midst of something is sent away; connections that wait for work stay, theirs and the owner's. A new
    one would first have to read about every table and index again.
    """
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
    )
    owner.execute(EMPTY)


@contextmanager
def fresh_postgres(cluster: Cluster, name: str, template: str = TEMPLATE) -> Iterator[str]:
    """The URL of a new PostgreSQL database, dropped afterwards."""
    cluster.create_database(name, template=template)
    yield cluster.url(name)
    cluster.drop_database(name)


@contextmanager
def owner_of(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a PostgreSQL database as the owner of everything in it; each statement stands by itself."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection
