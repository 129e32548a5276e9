"""What every test may ask for: a fresh database on both systems, the application, a page-reading client."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from stations.core.config import Config
from stations.core.database import db
from tests.support.client import PageClient
from tests.support.databases import (
    emptied_postgres,
    fresh_postgres,
    owner_of,
    replaced_sqlite,
    shared_cluster,
    shared_sqlite_template,
    stop_shared_cluster,
)
from tests.support.postgres import Cluster
from tests.support.schema import load_models
from tests.support.settings import settings_for

DATABASES = ("sqlite", "postgresql")
RUN_FOLDER = pytest.StashKey[Path]()
LONGEST = ("browser/test_year.py", "grants/test_whole_lives.py")
ROOM = 4 * 1024**3
"""Bytes that a run may need for its databases and files, with room to spare."""

# The same examples every time, on a slow machine too: a failure here is never a matter of luck.
hypothesis.settings.register_profile("stations", deadline=None, derandomize=True)
hypothesis.settings.load_profile("stations")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=DATABASES,
        help="run database tests on one system only, while developing (make test uses both)",
    )
    parser.addoption(
        "--all-kills", action="store_true", help="kill the counting browser 20 times, not only a few"
    )
    parser.addoption("--pictures", help="keep a picture of every page of the journeys in this folder")


def in_memory() -> Path | None:
    """Where files need no disk, which each commit of each test waits for; None where that is small or missing."""
    memory = Path("/dev/shm")  # noqa: S108  (mkdtemp makes a folder of its own there)
    return memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM else None


def pytest_configure(config: pytest.Config) -> None:
    """One folder per run for what the workers share; the controller makes it and clears it away."""
    worker = getattr(config, "workerinput", None)
    made = worker["run_folder"] if worker else tempfile.mkdtemp(prefix="stations-test-", dir=in_memory())
    folder = Path(made)
    config.stash[RUN_FOLDER] = folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell each xdist worker where the run's folder is."""
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])  # type: ignore[attr-defined]  # xdist is untyped


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN_FOLDER in config.stash:
        stop_shared_cluster(config.stash[RUN_FOLDER])
        shutil.rmtree(config.stash[RUN_FOLDER], ignore_errors=True)


def pytest_collection_finish() -> None:
    """Look for garbage less often: what the modules hold is never any, and pages and statements make much that lives."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first: started last, they would keep one worker busy while the others have nothing to do."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with a database runs on both systems unless it names one itself (``indirect=True``).

    Tests of pages (``test_…views``) run on PostgreSQL, as cities do: every page of every role and the journeys of the
    browser are tried on SQLite, and what the pages call on both.
    """
    if "engine_url" in metafunc.fixturenames and not any(
        "engine_url" in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize")
    ):
        only = metafunc.config.getoption("--database")
        usual = DATABASES[1:] if metafunc.module.__name__.endswith("views") else DATABASES
        metafunc.parametrize("engine_url", [only] if only else usual, indirect=True)


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    """The folder that all workers of this run share."""
    return pytestconfig.stash[RUN_FOLDER]


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Cluster:
    """The run's private PostgreSQL."""
    return shared_cluster(run_folder)


@pytest.fixture(scope="session")
def worker_folder(run_folder: Path, worker_id: str) -> Path:
    """What this worker's tests use one after the other: its SQLite file, stored files and mail."""
    folder = run_folder / worker_id
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def worker_postgres(postgres: Cluster, worker_id: str) -> Iterator[Callable[[], str]]:
    """This worker's PostgreSQL database: empties it and tells its URL."""
    with fresh_postgres(postgres, f"test_{worker_id}") as url, owner_of(url) as owner:

        def emptied() -> str:
            emptied_postgres(owner)
            return url

        yield emptied


@pytest.fixture
def engine_url(request: pytest.FixtureRequest, run_folder: Path, worker_folder: Path) -> str:
    """The URL of an empty, migrated database that no other test uses meanwhile."""
    if request.param == "sqlite":
        return replaced_sqlite(shared_sqlite_template(run_folder), worker_folder / "test.sqlite3")
    emptied: Callable[[], str] = request.getfixturevalue("worker_postgres")
    return emptied()


@pytest.fixture
def config(engine_url: str, worker_folder: Path) -> Config:
    """Settings of the application under test; override this fixture to change one."""
    settings = settings_for(engine_url, worker_folder)
    shutil.rmtree(settings.files_path, ignore_errors=True)
    shutil.rmtree(settings.mail_url.removeprefix("file:"), ignore_errors=True)
    return settings


@cache
def application(config: Config, compiled: Path) -> Flask:
    """The application of some settings, built once for all tests with them: that takes longer than most tests."""
    from stations.app import create_app  # here, so that tests of pure rules start without the application

    load_models()
    made = create_app(config)
    compiled.mkdir(exist_ok=True)
    made.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.fspath(compiled))
    return made


@pytest.fixture
def app(config: Config, run_folder: Path) -> Iterator[Flask]:
    """The application on an empty database, CSRF protection on."""
    found = application(config, run_folder / "templates")
    yield found
    with found.app_context():
        for engine in db.engines.values():
            if engine.dialect.name == "sqlite":  # the next test finds another file
                engine.dispose()


@pytest.fixture
def db_session(app: Flask) -> Iterator[Session]:
    """The test's own session, inside an application context (and a request's language, Japanese)."""
    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """One person's browser; a test with two people makes another ``PageClient(app)``."""
    return PageClient(app)
