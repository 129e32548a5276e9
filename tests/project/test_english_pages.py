"""The demonstration in English: what stays Japanese says so, and places have a name that can be read."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from stations.app import create_app
from stations.core.access import Role, scope_of
from stations.core.config import Config
from stations.core.database import db
from stations.core.web import LANGUAGE_COOKIE
from tests.support import cast
from tests.support.client import PageClient
from tests.support.demo_site import demo_copy
from tests.support.html_page import HtmlPage
from tests.support.sampling import addresses, busiest

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def demo_app(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(Config.from_environment(demo_copy(run_folder, tmp_path_factory.mktemp("english"))))
    yield app
    with app.app_context():
        db.engine.dispose()


def pages(app: Flask, role: Role) -> Iterator[HtmlPage]:
    """One page of each kind that the role may open, in English."""
    client = PageClient(app)
    client.http.set_cookie(LANGUAGE_COOKIE, "en")
    with app.test_request_context():
        person = cast.person(role, of=busiest(scope_of(role)), name="Mihon Hanako")
        db.session.commit()
        client.sign_in(person)
        held = person.held_roles[0]
        mine = {one.endpoint: one.url for one in addresses(app, "GET", held) if one.allowed(held)}
    for url in mine.values():
        response = client.open(url)
        if response.status_code == 200 and response.mimetype == "text/html":
            yield HtmlPage(response.get_data(as_text=True), url)


def unmarked(page: HtmlPage) -> list[str]:
    """Japanese texts with nothing above them that says they are."""

    def below(element: Element, marked: bool) -> Iterator[str]:
        marked = element.get("lang", "ja" if marked else "") == "ja"
        if str(element.tag) in {"script", "style", "title"}:
            return
        if element.text and not marked and JAPANESE.search(element.text):
            yield element.text.strip()
        for child in element:
            yield from below(child, marked)
            if child.tail and not marked and JAPANESE.search(child.tail):
                yield child.tail.strip()

    body = page.one("body")
    assert page.language == "en" and len(body)
    return list(below(body, False))


@pytest.mark.parametrize("role", [Role.CHAIR, Role.OFFICER, Role.CASE_WORKER], ids=str)
def test_what_stays_japanese_is_marked(demo_app: Flask, role: Role):
    found = {page.url: words for page in pages(demo_app, role) if (words := unmarked(page))}
    assert found == {}


def test_districts_and_stations_have_latin_names(demo_app: Flask):
    client = PageClient(demo_app)
    client.http.set_cookie(LANGUAGE_COOKIE, "en")
    text = client.open("/").get_data(as_text=True)
    assert "Koganehara" in text and "Mutsumi" in text
