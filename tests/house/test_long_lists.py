"""Every list with 200 rows more than the demonstration has: pages of 25, found by words, few questions to the database."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from stations.app import create_app
from stations.core import clock
from stations.core.access import Role, scope_of
from stations.core.config import Config
from stations.core.database import Model, db
from stations.core.text import for_searching
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.demo_site import demo_copy
from tests.support.html_page import text_of
from tests.support.sampling import busiest, models
from tests.support.statements import recorded

MANY, PAGE_ROWS, QUERY_BUDGET = 200, 25, 15


@pytest.fixture(scope="module")
def crowded(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(Config.from_environment(demo_copy(run_folder, tmp_path_factory.mktemp("crowded"))))
    with app.app_context():
        crowd()
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


def crowd() -> None:
    """Copies of one row of each kind; the last has words of its own."""
    committee = busiest(scope_of(Role.CHAIR))
    agency = busiest(scope_of(Role.CASE_WORKER))
    assert committee is not None and agency is not None
    of_committee = f"committee_id = {committee.id}"
    plan = one("plan", f"{of_committee} AND status = 'approved'")
    plans = more("plan", plan, number=lambda n: 5000 + n, title=title)
    grant = one("grant", of_committee + " AND status = 'active'")
    version = one("plan_version", f"id = {grant['version_id']}")
    versions = more("plan_version", version, plan_id=lambda n: plans[n])
    more("grant", grant, plan_id=lambda n: plans[n], version_id=lambda n: versions[n])
    receipt = one("receipt", f"grant_id = {grant['id']} AND cancelled_at IS NULL")
    receipts = more("receipt", receipt, number=lambda n: 5000 + n, description=title)
    booked = one("ledger_transaction", f"receipt_id = {receipt['id']}")
    booked |= {"client_event_id": None}
    bookings = more("ledger_transaction", booked, receipt_id=lambda n: receipts[n])
    for side in all_of("ledger_posting", f"transaction_id = {booked['id']}"):
        more("ledger_posting", side, transaction_id=lambda n: bookings[n])
    more(
        "referral",
        one("referral", f"agency_id = {agency.id} AND sent_at IS NOT NULL"),
        number=lambda n: f"T-{title(n)}",
    )
    more("observation", one("observation", f"agency_id = {agency.id}"), number=lambda n: f"K-{title(n)}")
    look = {
        "at": clock.now(),
        "by_id": 1,
        "object_type": "person",
        "object_id": 1,
        "purpose": "利用者の登録内容",
    }
    more("personal_data_view", look | {"endpoint": "people.show"})
    more("meeting", one("meeting", "status = 'closed'"), title=title)
    more("agency", one("agency", "is_marugoto_desk = 0"), name=title)
    more(
        "person",
        one("person", "login LIKE 'demo%'"),
        login=lambda n: f"crowd-{n}",
        name=title,
        searched=lambda n: for_searching(title(n)),
    )
    more("event", one("event", f"object_type = 'grant' AND object_id = {grant['id']}"))
    opening = one("opening", f"station_id = {grant['station_id']} AND status = 'held'")
    first_day = clock.fiscal_year_period(clock.fiscal_year(clock.today()))[0]
    more(
        "opening",
        opening,
        on=lambda n: first_day,
        starts_at=lambda n: dt.time(n // 60, n % 60),
        ends_at=lambda n: dt.time(23, 59),
    )


def title(n: int) -> str:
    return "ゆずジャムの会" if n == MANY - 1 else f"数を増やす会{n}"


def all_of(table: str, which: str) -> list[dict[str, Any]]:
    found = Model.metadata.tables[table]
    return [dict(row) for row in db.session.execute(sa.select(found).where(sa.text(which))).mappings()]


def one(table: str, which: str) -> dict[str, Any]:
    found = Model.metadata.tables[table]
    row = (
        db.session.execute(sa.select(found).where(sa.text(which)).order_by(found.c.id).limit(1))
        .mappings()
        .one()
    )
    return dict(row)


def more(table: str, row: dict[str, Any], **changed: Callable[[int], Any]) -> list[int]:
    """Ids of the copies of ``row``."""
    target = Model.metadata.tables[table]
    own = {name: value for name, value in row.items() if name != "id"}
    made = [own | {name: value(n) for name, value in changed.items()} for n in range(MANY)]
    return list(db.session.scalars(sa.insert(target).returning(target.c.id), made))


WORD = "ジャム"
LISTS = [
    (Role.OFFICER, "/plans"),
    (Role.CHAIR, "/plans"),
    (Role.OFFICER, "/grants?year="),
    (Role.CHAIR, "/grants?year="),
    (Role.TREASURER, "/grants/{grant}/receipts"),
    (Role.CASE_WORKER, "/referrals"),
    (Role.CASE_WORKER, "/observations"),
    (Role.SECRETARIAT, "/meetings"),
    (Role.ADMINISTRATOR, "/people"),
    (Role.OFFICER, "/agencies"),
]
UNSEARCHED = [
    (Role.ADMINISTRATOR, "/people/view-log"),
    (Role.STATION_LEADER, "/attendance/stations/{station}"),
    (Role.TREASURER, "/grants/{grant}/books"),
]


def visit(app: Flask, role: Role, path: str) -> tuple[PageClient, str]:
    """A new person of the role at a browser, and the address with the crowded grant and station in it."""
    client = PageClient(app)
    with app.app_context():
        grant = db.session.execute(
            sa.text("SELECT grant_id FROM receipt GROUP BY grant_id ORDER BY count(*) DESC")
        ).scalar()
        station = db.session.execute(
            sa.text("SELECT station_id FROM opening GROUP BY station_id ORDER BY count(*) DESC")
        ).scalar()
        body = (
            db.session.get(models()["station"], station)
            if role is Role.STATION_LEADER
            else busiest(scope_of(role))
        )
        person = cast.person(role, of=body)
        db.session.commit()
        client.sign_in(person)
    return client, path.format(grant=grant, station=station)


def rows_of(page: Page) -> list[str]:
    """The list's own rows, without its sums and without another list below it."""
    tables = [one for one in page.all("table", class_="mt-table--list") if "議題にできる" not in text_of(one)]
    rows = [row for table in tables for body in table.iter("tbody") for row in body.iter("tr")]
    return [text_of(row) for row in [*rows, *page.all("li", class_="mt-receipts__row")]]


@pytest.mark.parametrize(("role", "path"), LISTS + UNSEARCHED, ids=lambda part: str(part))
def test_a_long_list_comes_in_pages(crowded: Flask, role: Role, path: str):
    client, url = visit(crowded, role, path)
    with crowded.app_context():
        engine = db.engine
    with recorded(engine) as statements:
        first = client.get(url)
    assert len(statements) <= QUERY_BUDGET
    assert 0 < len(rows_of(first)) <= PAGE_ROWS
    second = client.click(first, "次のページ")
    assert "page=2" in second.url
    assert rows_of(second) and rows_of(second) != rows_of(first)


@pytest.mark.parametrize(("role", "path"), LISTS, ids=lambda part: str(part))
def test_a_long_list_is_searched(crowded: Flask, role: Role, path: str):
    client, url = visit(crowded, role, path)
    found = client.submit(client.get(url), fields={"q": WORD})
    assert len(rows_of(found)) == 1 and "ゆずジャム" in rows_of(found)[0]
    nothing = client.submit(client.get(url), fields={"q": "どこにもない言葉"})
    assert rows_of(nothing) == [] and nothing.has_link("絞り込みをやめる")


def test_a_long_history_comes_in_pages(crowded: Flask):
    client, url = visit(crowded, Role.OFFICER, "/grants/{grant}")
    page = client.get(url)
    assert 0 < len(page.all("li", class_="mt-timeline__item")) <= PAGE_ROWS
    assert client.click(page, "前の記録").all("li", class_="mt-timeline__item")


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_the_home_page_stays_short(crowded: Flask, role: Role):
    client, _home = visit(crowded, role, "/")
    with crowded.app_context():
        engine = db.engine
    with recorded(engine) as statements:
        page = client.get("/home")
    assert len(statements) <= QUERY_BUDGET
    assert len(page.all("li")) <= 100 and len(page.all("tr")) <= 50
