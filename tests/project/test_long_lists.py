"""Every list with 200 rows more than the demonstration has: pages of 25, found by words, few questions to the database."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask

from stations.app import create_app
from stations.core.access import Role, scope_of
from stations.core.config import Config
from stations.core.database import db
from tests.support import cast
from tests.support.client import Page, PageClient
from tests.support.crowd import LISTS, PARTS, WORD, Crowd, crowd
from tests.support.demo_site import demo_copy
from tests.support.html_page import text_of
from tests.support.sampling import busiest, models
from tests.support.statements import recorded

PAGE_ROWS, QUERY_BUDGET = 25, 15
LONG_LISTS = [(role, path) for role, path, _searched in LISTS]
SEARCHED = [(role, path) for role, path, searched in LISTS if searched]


@pytest.fixture(scope="module")
def crowded(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Crowd]]:
    app = create_app(Config.from_environment(demo_copy(run_folder, tmp_path_factory.mktemp("crowded"))))
    with app.app_context():
        made = crowd()
        db.session.commit()
    yield app, made
    with app.app_context():
        db.engine.dispose()


def visit(crowded: tuple[Flask, Crowd], role: Role | None, path: str) -> tuple[PageClient, str]:
    """A new person of the role at a browser (None: a citizen), and the address with the crowd's ids in it."""
    app, made = crowded
    client = PageClient(app)
    with app.app_context():
        if role is not None:
            station = db.session.get(models()["station"], made.station)
            person = cast.person(role, of=station if role is Role.STATION_LEADER else busiest(scope_of(role)))
            db.session.commit()
            client.sign_in(person)
    return client, path.format(**asdict(made))


def counted(client: PageClient, url: str) -> tuple[Page, int]:
    """The page, and how many statements it took."""
    with client.app.app_context():
        engine = db.engine
    with recorded(engine) as statements:
        page = client.get(url)
    return page, len(statements)


def rows_of(page: Page) -> list[str]:
    """The list's own rows, without its sums and without the lists that have pages of their own."""
    inside = {
        id(one)
        for _role, _path, name, _row in PARTS
        for part in page.all("div", id=name)
        for one in part.iter()
    }
    tables = [one for one in page.all("table", class_="mt-table--list") if id(one) not in inside]
    rows = [row for table in tables for body in table.iter("tbody") for row in body.iter("tr")]
    cards = [*page.all("li", class_="mt-receipts__row"), *page.all("li", class_="mt-station__when")]
    return [text_of(row) for row in [*rows, *cards]]


def part_rows(page: Page, name: str, kind: str) -> list[str]:
    """The rows of a list inside the page of something else; ``kind``: their element, or a class of it."""
    every = page.one("div", id=name).iter()
    rows = [one for one in every if kind == one.tag or kind in (one.get("class") or "").split()]
    return [text_of(row) for row in rows if not any(cell.get("scope") == "col" for cell in row)]


@pytest.mark.parametrize(("role", "path"), LONG_LISTS, ids=str)
def test_a_long_list_comes_in_pages(crowded: tuple[Flask, Crowd], role: Role | None, path: str):
    client, url = visit(crowded, role, path)
    first, statements = counted(client, url)
    assert statements <= QUERY_BUDGET
    assert 0 < len(rows_of(first)) <= PAGE_ROWS
    onward = [link for one in first.all("a", rel="next") if "page=2" in (link := one.get("href") or "")]
    second = client.get(onward[0])
    assert rows_of(second) and "26〜" in text_of(second.one("p", class_="mt-count", text="26〜"))


@pytest.mark.parametrize(("role", "path"), SEARCHED, ids=str)
def test_a_long_list_is_searched(crowded: tuple[Flask, Crowd], role: Role | None, path: str):
    client, url = visit(crowded, role, path)
    found = client.submit(client.get(url), fields={"q": WORD})
    assert len(rows_of(found)) == 1 and "ゆずジャム" in rows_of(found)[0]
    nothing = client.submit(client.get(url), fields={"q": "どこにもない言葉"})
    assert rows_of(nothing) == [] and nothing.has_link("絞り込みをやめる")


@pytest.mark.parametrize(("role", "path", "name", "tag"), PARTS, ids=str)
def test_a_long_part_of_a_page_comes_in_pages(
    crowded: tuple[Flask, Crowd], role: Role | None, path: str, name: str, tag: str
):
    client, url = visit(crowded, role, path)
    first, statements = counted(client, url)
    assert statements <= QUERY_BUDGET
    assert 0 < len(part_rows(first, name, tag)) <= PAGE_ROWS
    onward = [
        one.get("href") or "" for one in first.one("div", id=name).iter("a") if one.get("rel") == "next"
    ]
    assert len(onward) == 1 and onward[0].endswith(f"{name}=2#{name}")
    second = client.get(onward[0])
    assert part_rows(second, name, tag)
    assert "26〜" in text_of(second.one("div", id=name))


def test_a_long_history_comes_in_pages(crowded: tuple[Flask, Crowd]):
    client, url = visit(crowded, Role.OFFICER, "/grants/{grant}")
    page = client.get(url)
    assert 0 < len(page.one("div", id="history").findall(".//li")) <= PAGE_ROWS
    onward = next(one for one in page.all("a", text="前の記録") if "history=2" in (one.get("href") or ""))
    assert client.get(onward.get("href") or "").one("div", id="history").findall(".//li")


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_the_home_page_stays_short(crowded: tuple[Flask, Crowd], role: Role):
    client, _home = visit(crowded, role, "/")
    page, statements = counted(client, "/home")
    assert statements <= QUERY_BUDGET
    assert len(page.all("li")) <= 100 and len(page.all("tr")) <= 50
