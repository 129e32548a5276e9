"""A button never leads to a refusal: what a page of a grant or plan offers in a state can be opened in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from stations.app import create_app
from stations.applications.models import Plan
from stations.core.access import COMMITTEE_ROLES, Role
from stations.core.config import Config
from stations.core.database import db
from stations.grants.models import Grant
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.demo_site import demo_copy
from tests.support.html_page import text_of

READ_TOO = {"grants.report"}
"""Pages that are forms for some readers and words for the others."""


@pytest.fixture(scope="module")
def demo_app(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(Config.from_environment(demo_copy(run_folder, tmp_path_factory.mktemp("offers"))))
    yield app
    with app.app_context():
        db.engine.dispose()


def one_of_each_state() -> Iterator[tuple[int, str]]:
    """(committee, address) of the pages of one grant and one plan in each state."""
    grants = sa.select(Grant.committee_id, sa.func.min(Grant.id)).group_by(Grant.status)
    plans = sa.select(Plan.committee_id, sa.func.min(Plan.id)).group_by(Plan.status)
    for committee_id, grant_id in db.session.execute(grants):
        yield committee_id, f"/grants/{grant_id}"
        yield committee_id, f"/grants/{grant_id}/report"
    for committee_id, plan_id in db.session.execute(plans):
        yield committee_id, f"/plans/{plan_id}"


def offers(app: Flask, page: Page) -> Iterator[tuple[str, str]]:
    """(address, words) of the links of a page that lead to a form."""
    routes = app.url_map.bind("localhost")
    for link in page.one("main").iter("a"):
        address = link.get("href", "").partition("#")[0]
        try:
            endpoint, _ = routes.match(address.partition("?")[0], method="POST")
        except (HTTPException, RequestRedirect):
            continue
        if endpoint not in READ_TOO:
            yield address, text_of(link)


@pytest.mark.parametrize("role", [*sorted(COMMITTEE_ROLES), Role.OFFICER, Role.APPROVER], ids=str)
def test_what_is_offered_can_be_opened(demo_app: Flask, role: Role):
    with demo_app.app_context():
        visits = list(one_of_each_state())
    clients: dict[int, PageClient] = {}
    refused = []
    for committee_id, address in visits:
        if committee_id not in clients:
            clients[committee_id] = PageClient(demo_app)
            with demo_app.app_context():
                body = db.session.get(Grant.committee.property.mapper.class_, committee_id)
                person = cast.person(role, of=body if role in COMMITTEE_ROLES else None)
                db.session.commit()
                clients[committee_id].sign_in(person)
        client = clients[committee_id]
        answer = client.open(address, follow_redirects=False)
        if answer.status_code != 200:
            continue  # not for this role, or not yet
        page = Page(answer.get_data(as_text=True), address, 200, answer.headers)
        for offered, words in dict(offers(demo_app, page)).items():
            opened = client.open(offered, follow_redirects=False)
            form = (
                opened.status_code == 200
                and '<form method="post"' in opened.get_data(as_text=True).partition("<main")[2]
            )
            if not form:
                refused.append(f"{address}: {words} → {offered} ({opened.status_code})")
    assert refused == []
