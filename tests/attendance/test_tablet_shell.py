"""The page that is kept on the tablet: the same for everybody, complete, and with a version that tells its content."""

import json
import re

import pytest
from flask import Flask

from stations.attendance.tablet import shell
from stations.core import statics
from stations.core.access import Role
from tests.support import cast
from tests.support.client import PageClient
from tests.support.html_page import HtmlPage


def text(client: PageClient, url: str) -> str:
    response = client.download(url)
    assert response.status_code == 200
    body: str = response.get_data(as_text=True)
    return body


def test_the_shell_holds_no_data_and_is_without_fault(app: Flask, client: PageClient, db_session: object):
    plain = text(PageClient(app), "/tablet/")
    assert HtmlPage(plain, "/tablet/").faults() == []
    client.sign_in(cast.person(Role.STATION_LEADER, of=cast.station(cast.committee())))
    assert text(client, "/tablet/") == plain, "also for somebody who is signed in"


def test_the_worker_keeps_all_that_the_page_loads_and_is_asked_for_each_time(app: Flask, client: PageClient):
    page = text(client, "/tablet/")
    response = client.download("/tablet/sw.js")
    assert response.headers["Cache-Control"] == "no-cache" and response.mimetype == "text/javascript"
    found = re.match(r"const SHELL = (\{.*\});\n", response.get_data(as_text=True))
    assert found is not None
    told = json.loads(found[1])
    assert told["page"] == "/tablet/" and told["version"] in page
    assert set(told["files"]) == set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    for file in told["files"]:
        assert client.download(file).status_code == 200


def test_another_script_is_another_version(app: Flask, monkeypatch: pytest.MonkeyPatch):
    with app.test_request_context():
        before = shell.version()
        monkeypatch.setattr(statics, "built_name", lambda source: f"built/{source}", raising=True)
        assert shell.version() != before


def test_it_can_be_installed(client: PageClient):
    response = client.download("/tablet/manifest.webmanifest")
    assert response.mimetype == "application/manifest+json"
    told = json.loads(response.get_data())
    assert (told["id"], told["scope"], told["start_url"], told["display"]) == (
        "/tablet/",
        "/tablet/",
        "/tablet/",
        "standalone",
    )
    assert {(one["sizes"], one["purpose"]) for one in told["icons"]} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for one in told["icons"]:
        assert client.download(one["src"]).mimetype == "image/png"
