"""How the tests build an empty database."""

import importlib
import pkgutil

import sqlalchemy as sa
from flask import current_app
from flask_alembic import Alembic

import stations
from stations.core.database import Model, append_only_tables, append_only_triggers


def build_schema(url: str) -> None:
    """Create every table of the application in the empty database at ``url``."""
    for package in pkgutil.iter_modules(stations.__path__, "stations."):
        if package.ispkg and importlib.util.find_spec(f"{package.name}.models"):
            importlib.import_module(f"{package.name}.models")
    importlib.import_module("stations.core.database")
    engine = sa.create_engine(url)
    try:
        Model.metadata.create_all(engine)
        with engine.begin() as connection:
            for table in append_only_tables():
                for statement in append_only_triggers(table, engine.dialect.name):
                    connection.execute(sa.text(statement))
    finally:
        engine.dispose()


def migrations() -> Alembic:
    """The current application's migrations."""
    alembic: Alembic = current_app.extensions["alembic"]
    return alembic
