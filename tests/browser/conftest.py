"""Real Chromium on the demonstration, served by gunicorn."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from stations.app import create_app
from stations.core.access import Role
from stations.core.config import Config
from stations.core.database import db
from tests.browser.door import Door
from tests.browser.journey import Album, Examined
from tests.support import cast
from tests.support.demo_site import Site, demo_accounts, demo_copy, served
from tests.support.visitor import Visitor, launch, visiting

VisitorMaker = Callable[..., Visitor]
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note which test failed: its visitors leave pictures."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker; each visitor has a profile of their own."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demonstration that the tests of a worker share: read it, or change only what you made yourself."""
    folder = tmp_path_factory.mktemp("site")
    with served(demo_copy(run_folder, folder), demo_accounts(run_folder)) as running:
        yield running


@pytest.fixture(scope="session")
def site_app(site: Site) -> Iterator[Flask]:
    """The application on the served demonstration's own data, to sign people in and to list addresses."""
    app = create_app(Config.from_environment(site.environment))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def own_site(run_folder: Path, tmp_path: Path) -> Iterator[Site]:
    """A demonstration for one test alone, which may turn it upside down."""
    with served(demo_copy(run_folder, tmp_path), demo_accounts(run_folder)) as running:
        yield running


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures of this test's last pages go when it fails; pytest keeps the folders of the last three runs."""
    return tmp_path / "pictures"


@pytest.fixture(scope="session")
def examined(run_folder: Path) -> Examined:
    """The pages that axe has found clean in this run."""
    return Examined(run_folder / "examined")


@pytest.fixture
def album(request: pytest.FixtureRequest, examined: Examined, tmp_path: Path) -> Album:
    """The journey's pages, with pictures of them when somebody wants some (``--pictures``)."""
    wanted = request.config.getoption("--pictures")
    if wanted is None:
        return Album(None, examined)
    folder = Path(wanted) / str(request.node.name)
    folder.mkdir(parents=True, exist_ok=True)
    return Album(folder, Examined(tmp_path / "examined"))


@pytest.fixture
def visitor(request: pytest.FixtureRequest, browser: Browser, pictures: Path) -> Iterator[VisitorMaker]:
    """``visitor(site, 375, 812)``: a person at such a window; complaints fail the test at its end."""
    with ExitStack() as open_visits:

        def arrive(site: Site, width: int = 1280, height: int = 900, **options: Any) -> Visitor:
            visit = visiting(
                browser,
                site.url,
                width=width,
                height=height,
                pictures=pictures,
                failed=lambda: bool(request.node.stash.get(FAILED, False)),
                **options,
            )
            return open_visits.enter_context(visit)

        yield arrive


class Hurried(WSGIRequestHandler):
    """Ends a connection on which nothing is said, so that the server's threads can be waited for."""

    timeout = 5


@pytest.fixture
def door(app: Flask, db_session: Session) -> Iterator[Door]:
    """The test's own application, served by threads of this process."""
    station = cast.station(cast.committee())
    opening, volunteer = (
        cast.opening(station, starts_at=cast.STARTED),
        cast.person(Role.VOLUNTEER, of=station),
    )
    db_session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Hurried)
    server.daemon_threads = False  # type: ignore[attr-defined]  # of the threaded server
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    site = Site(f"http://127.0.0.1:{server.server_port}", [], {}, 0)
    try:
        yield Door(app, site, opening, volunteer)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()  # waits for what a closing page still sends: the next test replaces the database
