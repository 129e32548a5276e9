"""The demonstration, loaded once for all tests of it: into SQLite, through the migrations."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from stations.app import create_app
from stations.core.config import Config
from stations.core.database import db
from stations.demo.load import load
from tests.support.demo_site import demo_copy
from tests.support.schema import build_schema
from tests.support.settings import settings_for

# The first days of a fiscal year, when its whole story has to fit into hours.
EARLY = dt.date(2026, 4, 3)
LATE = dt.date(2026, 11, 23)


def loaded(folder: Path, today: dt.date) -> Flask:
    """An application on a database of its own with the demonstration of a day."""
    url = f"sqlite:///{folder / 'demo.sqlite3'}"
    build_schema(url)
    app = create_app(settings_for(url, folder))
    with app.app_context():
        load(today)
    return app


@pytest.fixture(scope="session", params=[LATE, EARLY], ids=str)
def demo(
    request: pytest.FixtureRequest, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The demonstration of a late and of an early day of a fiscal year; loaded once for all workers."""
    environment = demo_copy(run_folder, tmp_path_factory.mktemp("demo"), request.param)
    app = create_app(Config.from_environment(environment))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def in_demo(demo: Flask) -> Iterator[Flask]:
    """The demonstration, inside an application context."""
    with demo.app_context():
        yield demo
        db.session.rollback()
