"""Every route has one of the three documented limits, and it holds."""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.core import limits
from stations.core.access import Role
from tests.support import cast
from tests.support.session import session_cookie

ROOT = Path(__file__).resolve().parents[2]
on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
FORM = "application/x-www-form-urlencoded"


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Endpoint and an address of every route that takes a POST."""
    with app.test_request_context():
        routes = app.url_map.bind("localhost")
        return [
            (
                rule.endpoint,
                routes.build(rule.endpoint, {name: _value(rule, name) for name in rule.arguments}),
            )
            for rule in app.url_map.iter_rules()
            if "POST" in (rule.methods or ())
        ]


def _value(rule: object, name: str) -> object:
    return 1 if name.endswith("_id") else "x"


@on_sqlite
def test_no_route_takes_more_than_a_stranger_may_send(app: Flask):
    """64,000 bytes and fifty fields, whichever the route."""
    client = app.test_client()
    for endpoint, url in addresses(app):
        for body in (b"a=" + b"1" * 63_999, b"a&" * 50):
            assert client.post(url, data=body, content_type=FORM).status_code == 413, endpoint
        one_less = client.post(url, data=b"a&" * 49, content_type=FORM)
        assert one_less.status_code != 413, endpoint


@on_sqlite
def test_no_route_takes_more_than_its_own_limit_from_people_who_are_signed_in(
    app: Flask, db_session: Session
):
    headers = {"Cookie": "=".join(session_cookie(app, cast.person(Role.OFFICER)))}
    db_session.commit()
    client = app.test_client(use_cookies=False)
    sizes: dict[int, set[str]] = {}
    for endpoint, url in addresses(app):
        with app.test_request_context():
            limit = limits.limit_of(endpoint, signed_in=True)
        sizes.setdefault(limit.size, set()).add(endpoint)
        # The length is what is announced: nothing so long needs to be sent.
        announced = {"CONTENT_LENGTH": str(limit.size + 1)}
        answer = client.post(url, data=b"a", headers=headers, content_type=FORM, environ_overrides=announced)
        assert answer.status_code == 413, endpoint
        many = client.post(url, data=b"a&" * limit.fields, headers=headers, content_type=FORM)
        assert many.status_code == 413, endpoint
    assert sizes[31_000_000] == {"applications.attach", "grants.correct_receipt", "grants.new_receipt"}
    assert "people.sign_in" in sizes[64_000]
    assert sizes.keys() == {64_000, 1_000_000, 31_000_000}


def test_the_documents_say_the_limits():
    rows = re.findall(
        r"^\| [^|]*\| ([0-9,]+) bytes \| ([0-9,]+) \|$", (ROOT / "docs/operating.md").read_text(), re.M
    )
    said = [(int(size.replace(",", "")), int(fields.replace(",", ""))) for size, fields in rows]
    assert said == [(64_000, 50), (1_000_000, 2_000), (31_000_000, 2_000)]
    assert "at most 31 MB" in (ROOT / "README.md").read_text()
