"""What the pages that people open most ask the database, on the demonstration: a written table, not above it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from stations.app import create_app
from stations.core.access import Role
from stations.core.config import Config
from stations.core.database import db
from tests.load.pages import main_pages
from tests.support.demo_site import demo_copy
from tests.support.statements import recorded

STATEMENTS: dict[tuple[Role | None, str], int] = {
    (None, "directory.index"): 4,
    (Role.CHAIR, "reports.home"): 14,  # one of them only while a finding waits for its answer
    (Role.OFFICER, "reports.home"): 12,
    (Role.CHAIR, "applications.index"): 4,
    (Role.TREASURER, "grants.index"): 5,
    (Role.OFFICER, "committees.index"): 5,
    (Role.OFFICER, "applications.index"): 4,
    (Role.OFFICER, "grants.index"): 5,
    (Role.STATION_LEADER, "attendance.index"): 10,  # six on a day without an opening, and none left to record
    (Role.CASE_WORKER, "referrals.index"): 2,
    (Role.OFFICER, "reports.overview"): 10,  # one of them the age bands of the year
}


@pytest.fixture(scope="module")
def demo_app(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    environment = demo_copy(run_folder, tmp_path_factory.mktemp("main-pages"))
    app = create_app(Config.from_environment(environment))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_the_main_pages_ask_no_more_than_the_table_says(demo_app: Flask):
    client = demo_app.test_client(use_cookies=False)
    with demo_app.app_context():
        engine = db.engine
    asked = {}
    for page in main_pages(demo_app):
        with recorded(engine) as statements:
            assert client.get(page.url, headers={"Cookie": page.cookie}).status_code == 200
        asked[page.role, page.endpoint] = len(statements)
    assert asked.keys() == STATEMENTS.keys()
    assert {page: count for page, count in asked.items() if count > STATEMENTS[page]} == {}
