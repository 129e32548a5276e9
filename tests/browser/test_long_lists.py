"""A telephone shows a row of a long list in two or three lines, and its page ends after 25 of them."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask

from stations.app import create_app
from stations.core.access import Role, scope_of
from stations.core.config import Config
from stations.core.database import db
from tests.browser.conftest import VisitorMaker
from tests.support import cast
from tests.support.crowd import LISTS, PARTS, Crowd, crowd
from tests.support.demo_site import Site, demo_accounts, demo_copy, served
from tests.support.sampling import busiest, models
from tests.support.session import session_cookie
from tests.support.visitor import assert_fits

PHONE = (375, 812)
ROW_HEIGHT = 150
"""Three lines, with the space above and below them; a name that needs two lines has one more."""
RECORD_HEIGHT = 260
"""What is shown nowhere else, as a consent or what one administrator asks another for, is whole on a telephone too."""
RECORDS = {path for _role, path, _name, _row in PARTS} | {"/people/requests"}
PAGE_HEIGHT = 7_500
"""25 rows, on some pages 25 of another list, with the head, the filters and the foot of the page."""

MEASURED = """() => [...document.querySelectorAll(".mt-table--list tbody tr, .mt-receipts__row")]
  .filter((row) => row.checkVisibility())
  .map((row) => [Math.round(row.getBoundingClientRect().height), row.innerText.replace(/\\s+/g, " ").slice(0, 90)])"""


@pytest.fixture(scope="module")
def crowded(
    run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, Flask, Crowd]]:
    environment = demo_copy(run_folder, tmp_path_factory.mktemp("crowded-site"))
    app = create_app(Config.from_environment(environment))
    with app.app_context():
        made = crowd()
        db.session.commit()
    with served(environment, demo_accounts(run_folder)) as site:
        yield site, app, made
    with app.app_context():
        db.engine.dispose()


@pytest.mark.timeout(600)
def test_a_row_is_short_on_a_telephone(crowded: tuple[Site, Flask, Crowd], visitor: VisitorMaker):
    site, app, made = crowded
    faults = []
    pages = [(role, path) for role, path, _searched in LISTS]
    pages += [(role, path) for role, path, _name, _row in PARTS]
    for role in dict.fromkeys(role for role, _path in pages):
        reader = visitor(site, *PHONE)
        if role is not None:
            with app.test_request_context():
                station = db.session.get(models()["station"], made.station)
                body = station if role is Role.STATION_LEADER else busiest(scope_of(role))
                person = cast.person(role, of=body, login=f"phone-{role}")
                db.session.commit()
                name, value = session_cookie(app, person)
            reader.context.add_cookies([{"name": name, "value": value, "url": site.url}])
        for path in dict.fromkeys(path for who, path in pages if who is role):
            page = reader.open(path.format(**asdict(made)))
            assert_fits(page)
            most = RECORD_HEIGHT if path in RECORDS else ROW_HEIGHT
            tall = [row for row in page.evaluate(MEASURED) if row[0] > most]
            if tall:
                faults.append(f"{role} {path}: {len(tall)} rows, the tallest {max(tall)}")
            height = page.evaluate("document.documentElement.scrollHeight")
            if height > PAGE_HEIGHT and path in {where for _who, where, _searched in LISTS}:
                faults.append(f"{role} {path}: {height} px high")
    assert not faults, "\n".join(faults)
