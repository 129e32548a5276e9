"""Whatever stands in the fields of whichever form, nobody gets an error page of ours: on both databases."""

import dataclasses
import json
import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from stations.app import create_app
from stations.core.access import Held, Role, scope_of
from stations.core.config import Config
from stations.core.database import Model, db
from stations.core.forms import CONTROLS, names_of
from tests.support import cast
from tests.support.client import PageClient, csrf_token
from tests.support.databases import fresh_postgres
from tests.support.demo_site import demo_copy
from tests.support.html_form import Form
from tests.support.html_page import HtmlPage
from tests.support.sampling import Address, addresses, busiest

FORM = "application/x-www-form-urlencoded"
SPOILT = "\0\ud800\udfff\ufffe"
QUERIES = (
    "page",
    "year",
    "month",
    "from",
    "word",
    "q",
    "status",
    "stage",
    "district",
    "weekday",
    "next",
    "by",
    "size",
)
JUNK = ("\0", "\ud800", "一", "-1", "9" * 40, "1e9", "٣", "²", "x:y", "{}", "\r\n=1+1", "", "あ" * 50)


def in_postgres(environment: dict[str, str], url: str) -> None:
    """Copy every row of the demonstration's SQLite database into an empty one of PostgreSQL."""
    source = sa.create_engine(environment["STATIONS_DATABASE_URL"])
    target = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with source.connect() as old, target.begin() as new:
        # As the owner: without triggers, and without an order of foreign keys.
        new.exec_driver_sql("SET session_replication_role = replica")
        for table in Model.metadata.sorted_tables:
            if rows := [dict(row) for row in old.execute(sa.select(table)).mappings()]:
                new.execute(sa.insert(table), rows)
            if rows and "id" in table.c:
                last = sa.func.setval(
                    sa.func.pg_get_serial_sequence(f'"{table.name}"', "id"), sa.func.max(table.c.id)
                )
                new.execute(sa.select(last))
        new.exec_driver_sql("SET session_replication_role = origin")
    source.dispose()
    target.dispose()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo_app(
    request: pytest.FixtureRequest, run_folder: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Flask]:
    """The demonstration of this test alone, which turns it upside down."""
    only = request.config.getoption("--database")
    if only and only != request.param:
        pytest.skip("one system only, while developing")
    environment = demo_copy(run_folder, tmp_path_factory.mktemp("hostile"))
    if request.param == "sqlite":
        yield from serving(environment, run_folder)
        return
    with fresh_postgres(request.getfixturevalue("postgres"), f"hostile_{worker_id}") as url:
        with create_app(Config.from_environment(environment)).app_context():  # what is sealed needs the keys
            in_postgres(environment, url)
            db.engine.dispose()
        yield from serving(environment | {"STATIONS_DATABASE_URL": url}, run_folder)


def serving(environment: dict[str, str], run_folder: Path) -> Iterator[Flask]:
    app = create_app(Config.from_environment(environment))
    (run_folder / "templates").mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.fspath(run_folder / "templates"))
    yield app
    with app.app_context():
        db.engine.dispose()


def body(fields: list[tuple[str, str]]) -> bytes:
    """A form as bytes, with what no text may hold: the test client would refuse to write it."""
    pairs = (
        f"{quote(name, errors='surrogatepass')}={quote(value, errors='surrogatepass')}"
        for name, value in fields
    )
    return "&".join(pairs).encode()


@dataclasses.dataclass
class Attacker:
    """Somebody with one role who fills every form they find, each once, with what no form expects."""

    client: PageClient
    tried: set[str]
    crashes: list[str]
    token: str = ""

    def send(self, url: str, fields: list[tuple[str, str]], what: str) -> None:
        self.token = self.token or csrf_token(self.client.get("/"))
        sent = [
            ("csrf_token", self.token),
            *((name, value) for name, value in fields if name != "csrf_token"),
        ]
        answer = self.client.open(
            url, method="POST", data=body(sent), content_type=FORM, follow_redirects=False
        )
        if answer.status_code >= 500:
            self.crashes.append(f"{url} {what}: {answer.status_code}")

    def fill(self, page: HtmlPage) -> None:
        """Every form of a page that goes where none went before: as it stands but spoilt, and full of junk."""
        for form in (Form(page, element) for element in page.all("form", method="post")):
            target = re.sub(r"\d+", "0", urlsplit(form.action).path)
            # The title names what a form at the same address is for: the next section of a plan, the next step.
            if f"{target} {page.title}" in self.tried or "sign-out" in target:
                continue
            self.tried.add(f"{target} {page.title}")
            url = urljoin(page.url, form.action)
            kept = [(name, value) for name, value in form.filled({}, None) if isinstance(value, str)]
            names = list(dict.fromkeys(name for name, _value in kept))
            buttons = [(one.get("name", ""), one.get("value", "")) for one in form.buttons if one.get("name")]
            for button in buttons[:1] or [("act", "")]:
                self.send(url, [*((name, value + SPOILT) for name, value in kept), button], "spoilt")
            self.send(url, [], "empty")
            self.send(url, [(name, JUNK[at % len(JUNK)]) for at, name in enumerate(names)], "junk")


def as_role(
    app: Flask, role: Role | None, name: str = "hostile"
) -> tuple[PageClient, list[Address], list[Address]]:
    """A browser of a new holder of a role (None: of a stranger), and the pages and acts that it may use."""
    client = PageClient(app)
    with app.test_request_context():
        if role is None:
            found = [
                [one for one in addresses(app, method, Held(Role.VOLUNTEER)) if one.access.permission is None]
                for method in ("GET", "POST")
            ]
            return client, found[0], found[1]
        person = cast.person(role, of=busiest(scope_of(role)), login=f"{name}-{role.replace('_', '-')}")
        db.session.commit()
        client.sign_in(person)
        held = person.held_roles[0]
        pages, acts = (
            [address for address in addresses(app, method, held) if address.allowed(held)]
            for method in ("GET", "POST")
        )
    return client, pages, acts


def test_no_form_answers_with_a_crash(demo_app: Flask):
    tried: set[str] = set()
    opened: set[str] = set()
    crashes: list[str] = []
    for role in (None, *Role):
        client, pages, acts = as_role(demo_app, role)
        attacker = Attacker(client, tried, crashes)
        for address in acts:
            if address.endpoint not in opened and not address.endpoint.endswith("sign_out"):
                opened.add(address.endpoint)
                package = demo_app.view_functions[address.endpoint].__module__.split(".")[1]
                names = sorted(CONTROLS | names_of(package) | {"lines-0-line_id", "splits-9-x", "incomes-x"})
                attacker.send(address.url, [], "nothing")
                attacker.send(
                    address.url, [(name, JUNK[at % len(JUNK)]) for at, name in enumerate(names)], "junk"
                )
        forms = {address.url for address in acts}
        for address in pages:
            if address.url in opened or address.url not in forms:
                continue
            opened.add(address.url)
            answer = client.open(address.url)
            if (
                answer.status_code == 200
                and answer.mimetype == "text/html"
                and b'method="post"' in answer.data
            ):
                attacker.fill(HtmlPage(answer.get_data(as_text=True), address.url))
    assert crashes == []
    assert len(tried) > 100


STRANGE = ("%00", "%ED%A0%80", "a%00b", "%2e%2e", "9" * 30)


def test_no_address_answers_with_a_crash(demo_app: Flask):
    client, _pages, _acts = as_role(demo_app, Role.TREASURER, "strange")
    urls: list[str] = []
    for rule in demo_app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            path = re.sub(r"<int:\w+>", "1", rule.rule)
            paths = {re.sub(r"<[^>]+>", strange, path) for strange in STRANGE}
            query = "&".join(f"{name}={STRANGE[0]}9" for name in sorted(QUERIES))
            urls += [*paths, f"{paths.pop()}?{query}"]
    answers = {url: client.open(url, follow_redirects=False).status_code for url in urls}
    assert {url: status for url, status in answers.items() if status >= 500} == {}


def test_no_script_of_ours_is_needed_to_speak_json(demo_app: Flask):
    """The tablet's queue: half a surrogate pair, NUL, and what is no queue at all."""
    client, _pages, acts = as_role(demo_app, Role.VOLUNTEER, "script")
    (url, *_more) = [one.url for one in acts if one.endpoint == "attendance.events"]
    headers = {"X-CSRFToken": csrf_token(client.get("/account"))}
    event = {
        "id": str(uuid.uuid4()),
        "at": "2026-10-10T10:00:00+09:00",
        "key": "teen\0",
        "delta": 1,
        "counter": "\ud800",
    }
    event |= dict.fromkeys(("band", "undoes", "tapped_at"), "\0\ud800")
    times = [
        {**event, "at": at, "key": "teen"}
        for at in ("0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00")
    ]
    sent = [
        [],
        1,
        "a",
        None,
        {"events": 1},
        {"events": [1, None, [], {}, event, {**event, "id": "\ud800"}, *times]},
    ]
    bodies = [json.dumps(one).encode() for one in sent]
    bodies += [b"[" * 50_000, b'{"events":' * 20_000, b"{", b"\xff", b'{"events": [' + b"[" * 50_000]
    for body_sent in bodies:
        answer = client.open(
            url, method="POST", data=body_sent, content_type="application/json", headers=headers
        )
        assert answer.status_code in {200, 400}, body_sent[:40]
