"""``flask --app wsgi db …``: bringing the database to this version.

Alembic is loaded by these commands only: a server does without it, and starts sooner and smaller.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa
from flask import Flask, current_app

from stations.core.database import Model, db

if TYPE_CHECKING:
    from flask_alembic import Alembic

FOLDER = Path(__file__).parents[1] / "migrations"


class _Commands(click.Group):
    """Flask-Alembic's commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _commands().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        ctx.obj = alembic()
        return _commands().get_command(ctx, cmd_name)


def _commands() -> click.Group:
    from flask_alembic.cli import cli

    return cli


def init_app(app: Flask) -> None:
    app.config["ALEMBIC"] = {"script_location": str(FOLDER)}
    app.cli.add_command(_Commands("db", help="Migrations of the database."))


def alembic() -> "Alembic":
    """The migrations of the current application, which has not served a request yet."""
    from flask_alembic import Alembic

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way out
    if "alembic" not in app.extensions:
        Alembic(app, run_mkdir=False, command_name="", metadatas=Model.metadata)
    found: Alembic = app.extensions["alembic"]
    return found


def is_up_to_date() -> bool:
    """Whether the database stands at this version's newest migration."""
    newest = max(file.stem for file in FOLDER.glob("[0-9]*.py"))
    return bool(db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest)


@contextmanager
def without_foreign_keys() -> Iterator[None]:
    """For migrations that build a table again on SQLite, whose rows others refer to. It switches between transactions only."""
    from alembic import op

    if op.get_bind().dialect.name != "sqlite":
        yield
        return
    for statement in ("COMMIT", "PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"):
        op.execute(statement)
    try:
        yield
        if lost := op.get_bind().exec_driver_sql("PRAGMA foreign_key_check").all():
            raise RuntimeError(f"rows without what they refer to: {lost}")
        op.execute("COMMIT")
    except BaseException:
        op.execute("ROLLBACK")
        raise
    finally:
        for statement in ("PRAGMA foreign_keys = ON", "BEGIN IMMEDIATE"):
            op.execute(statement)
