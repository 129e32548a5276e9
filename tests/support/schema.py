"""How the tests build an empty database: through the migrations, as every installation does."""

import importlib
import tempfile
from pathlib import Path

from flask import Flask

import stations
from stations.core.database import db
from stations.core.migrations import alembic
from tests.support.settings import settings_for


def build_schema(url: str) -> None:
    """Create every table of the application in the empty database at ``url``."""
    from stations.app import create_app  # here, so that tests of pure rules start without it

    load_models()
    app = create_app(settings_for(url, Path(tempfile.gettempdir())))
    migrate(app)
    with app.app_context():
        db.engine.dispose()


def load_models() -> None:
    """Import every package's tables, also of a package that no page uses yet: they refer to each other."""
    package = Path(stations.__path__[0])
    for file in sorted([*package.glob("core/*.py"), *package.rglob("models.py")]):
        importlib.import_module(".".join(("stations", *file.relative_to(package).with_suffix("").parts)))


def migrate(app: Flask, *, down: bool = False) -> None:
    """Run all migrations, up or ``down``; their connection is closed when this returns."""
    with app.app_context():
        if down:
            alembic().downgrade("base")
        else:
            alembic().upgrade()
