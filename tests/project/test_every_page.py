"""Role by role through every route of the demonstration: who gets in, what it costs, what it writes."""

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from stations.app import create_app
from stations.core import clock
from stations.core.access import ROLE_PERMISSIONS, Held, Permission, Role, scope_of
from stations.core.audit import PersonalDataView
from stations.core.config import Config
from stations.core.database import db
from tests.support import cast
from tests.support.client import PageClient, csrf_token
from tests.support.demo_site import demo_copy
from tests.support.html_page import HtmlPage
from tests.support.sampling import Address, addresses, busiest, more_in_reach, unsampled
from tests.support.statements import recorded, written_tables

QUERY_BUDGET = 15
REFUSED = {401, 403, 404}
ROLES = list(Role)
VIEW_LOG = PersonalDataView.__tablename__
SAMPLED_ELSEWHERE = ["/links/<token>", "/links/<token>"]
"""Routes whose addresses hold a secret or a name instead of an id; their packages test them."""


@dataclass
class Seen:
    """What came of opening one address."""

    address: Address
    allowed: bool
    status: int
    statements: list[str]
    faults: list[str]

    def __str__(self) -> str:
        return f"{self.address.endpoint} {self.address.url}"


@pytest.fixture(scope="module")
def demo_app(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    environment = demo_copy(run_folder, tmp_path_factory.mktemp("pages"))
    app = create_app(Config.from_environment(environment))
    (run_folder / "templates").mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.fspath(run_folder / "templates"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module", params=ROLES, ids=str)
def holder(request: pytest.FixtureRequest, demo_app: Flask) -> tuple[PageClient, Held]:
    """A browser in which a new person is signed in who holds one role and nothing else."""
    role: Role = request.param
    client = PageClient(demo_app)
    with demo_app.app_context():
        person = cast.person(role, of=busiest(scope_of(role)), login=f"only-{role}")
        db.session.commit()
        client.sign_in(person)
        return client, person.held_roles[0]


@pytest.fixture(scope="module")
def seen(holder: tuple[PageClient, Held]) -> list[Seen]:
    """Every GET address, opened once by the holder of the role."""
    client, held = holder
    with client.app.test_request_context():
        every = list(addresses(client.app, "GET", held))
        engine = db.engine
        allowed = [address.allowed(held) for address in every]
    refused: set[int] = set()
    return [look(client, engine, address, may, refused) for address, may in zip(every, allowed, strict=True)]


def look(client: PageClient, engine: sa.Engine, address: Address, allowed: bool, refused: set[int]) -> Seen:
    """Open an address. The page of a refusal is read once: every other of its kind says the same; see ``refused``."""
    with recorded(engine) as statements:
        response = client.open(address.url, follow_redirects=False)
    page = response.mimetype == "text/html" and response.status_code not in {301, 302, 303} | refused
    refused |= {response.status_code} & REFUSED
    faults = HtmlPage(response.get_data(as_text=True), address.url).faults() if page else []
    return Seen(address, allowed, response.status_code, statements, faults)


def opens_for_some(endpoint: str, client: PageClient, held: Held) -> bool:
    """Whether the page opens for any object in reach: a draft is still its authors', a report is not yet made."""
    with client.app.test_request_context():
        urls = list(more_in_reach(client.app, endpoint, held))
    return any(client.open(url, follow_redirects=False).status_code not in REFUSED for url in urls)


def test_a_role_opens_what_it_may_and_nothing_else(seen: list[Seen], holder: tuple[PageClient, Held]):
    opened_wrongly = [str(page) for page in seen if not page.allowed and page.status not in REFUSED]
    opened = {page.address.endpoint for page in seen if page.allowed and page.status not in REFUSED}
    closed = {page.address.endpoint for page in seen if page.allowed} - opened
    assert opened_wrongly == []
    assert sorted(endpoint for endpoint in closed if not opens_for_some(endpoint, *holder)) == []
    assert [f"{page}: {page.status}" for page in seen if page.status >= 500] == []


def test_somebody_elses_answers_404(seen: list[Seen], holder: tuple[PageClient, Held]):
    permissions = ROLE_PERMISSIONS[holder[1].role]
    elsewhere = [page for page in seen if not page.allowed and page.address.access.permission in permissions]
    assert [f"{page}: {page.status}" for page in elsewhere if page.status != 404] == []


def test_opening_a_page_writes_nothing(seen: list[Seen]):
    written = {str(page): tables for page in seen if (tables := written_tables(page.statements) - {VIEW_LOG})}
    assert written == {}


def test_a_page_asks_the_database_little(seen: list[Seen]):
    dear = {str(page): len(page.statements) for page in seen if len(page.statements) > QUERY_BUDGET}
    assert dear == {}


def test_every_page_is_sound(seen: list[Seen]):
    assert {str(page): page.faults for page in seen if page.faults} == {}


def test_acts_of_others_are_refused_and_change_nothing(holder: tuple[PageClient, Held]):
    client, held = holder
    token = csrf_token(client.get("/"))
    with client.app.test_request_context():
        engine = db.engine
        refused = [address for address in addresses(client.app, "POST", held) if not address.allowed(held)]
    answers = {}
    with recorded(engine) as statements:
        for address in refused:
            response = client.open(
                address.url, method="POST", data={"csrf_token": token}, follow_redirects=False
            )
            answers[f"{address.endpoint} {address.url}"] = response.status_code
    assert {address: status for address, status in answers.items() if status not in REFUSED} == {}
    assert written_tables(statements) <= {VIEW_LOG}, "only that they tried"


def test_nobody_gets_in_without_signing_in(demo_app: Flask):
    client = PageClient(demo_app)
    with demo_app.test_request_context():
        closed = [
            address for address in addresses(demo_app, "GET", Held(Role.OFFICER)) if address.access.permission
        ]
    answers = {address.url: client.open(address.url, follow_redirects=False) for address in closed}
    open_to_all = [
        url
        for url, answer in answers.items()
        if answer.status_code != 401 and "sign-in" not in (answer.location or "")
    ]
    assert open_to_all == []


def test_a_role_that_has_ended_gives_nothing(demo_app: Flask):
    client = PageClient(demo_app)
    with demo_app.app_context():
        person = cast.person(login="ended")
        cast.give(person, Role.OFFICER, until=clock.today() - dt.timedelta(days=1))
        db.session.commit()
        client.sign_in(person)
    with demo_app.test_request_context():
        closed = [
            address
            for address in addresses(demo_app, "GET", Held(Role.OFFICER))
            if address.access.permission not in {None, Permission.OWN_ACCOUNT}
        ]
    answers = {
        address.url: client.open(address.url, follow_redirects=False).status_code for address in closed
    }
    assert {url: status for url, status in answers.items() if status not in REFUSED} == {}


def test_every_route_was_tried(demo_app: Flask):
    with demo_app.app_context():
        assert unsampled(demo_app) == SAMPLED_ELSEWHERE
