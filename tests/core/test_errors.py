"""Error pages say what to do and give a number that stands in the log, which holds no personal data."""

import json
import logging
import re

import pytest
from flask import Flask, abort, request

from stations.core.access import public
from stations.core.database import writes
from stations.core.errors import JsonLines
from stations.core.messages import Conflict, RuleBroken
from tests.support.client import PageClient

CODES = (400, 403, 404, 405, 409, 413, 429, 500)


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The application with views that fail in every way."""

    @app.get("/fail/<int:code>")
    @public
    def fail(code: int) -> str:
        abort(code)

    @app.get("/crash")
    @public
    def crash() -> str:
        raise ValueError("氏名 見本花子 を含む例外")

    @app.post("/rule/<kind>")
    @public
    @writes
    def rule(kind: str) -> str:
        request.get_data()
        raise (Conflict if kind == "conflict" else RuleBroken)(None, "いまの状態では、できません。")

    return app


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("code", CODES)
def test_each_code_has_its_page(failing: Flask, code: int):
    page = PageClient(failing).get(f"/fail/{code}", status=code)
    assert re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", page.text)
    assert page.heading


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_crash_is_logged_under_its_number_without_its_words(failing: Flask):
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(JsonLines().format(record))

    house, keeper = logging.getLogger("stations"), Keeper()
    house.addHandler(keeper)
    try:
        page = PageClient(failing).get("/crash", status=500)
    finally:
        house.removeHandler(keeper)
    shown = re.search(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", page.text)
    assert shown is not None
    (crash,) = [line for line in map(json.loads, lines) if line.get("error") == "ValueError"]
    assert crash["reference"] == shown.group()
    assert "見本花子" not in "".join(lines) + page.text


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_405_names_what_is_allowed(app: Flask):
    response = app.test_client().post("/healthz")
    assert response.status_code in {400, 405}
    if response.status_code == 405:
        assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_health_and_headers(app: Flask):
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    policy = ready.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert ready.headers["X-Content-Type-Options"] == "nosniff"
