"""How much a request may bring, by route, and which of its fields are looked at."""

from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from stations.core.access import Role
from tests.support import cast
from tests.support.client import PageClient, csrf_token

on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
OURS = {"Sec-Fetch-Site": "same-origin"}
FORM = "application/x-www-form-urlencoded"


def many_fields(size: int) -> bytes:
    fields = [(f"f{number}", "あ") for number in range(size // 12)]
    return urlencode(fields).encode()[:size]


@on_sqlite
def test_nobody_in_particular_may_send_64_kilobytes_anywhere(app: Flask):
    """Also to a route that takes more from people who are signed in, and to an address that leads nowhere."""
    client = PageClient(app)
    for url in ("/sign-in", "/grants/1/receipts/new", "/plans/new", "/no/such/page", "/sign-in/demo"):
        assert (
            client.open(url, method="POST", data=b"login=" + b"a" * 64_000, content_type=FORM).status_code
            == 413
        )
        small = client.open(url, method="POST", data=b"login=" + b"a" * 60_000, content_type=FORM)
        assert small.status_code != 413


@on_sqlite
def test_nobody_in_particular_may_send_fifty_fields(app: Flask):
    client = PageClient(app)
    assert client.open("/sign-in", method="POST", data=many_fields(900), content_type=FORM).status_code == 413
    forged = {f"f{number}": "1" for number in range(60)}
    parts = client.open("/sign-in", method="POST", data=forged, content_type="multipart/form-data")
    assert parts.status_code == 413


@on_sqlite
def test_only_what_the_form_knows_is_shown_again(app: Flask):
    """A sign-in page that is older than its session: the words that its form does not know are not repeated."""
    client = PageClient(app)
    page = client.post("/sign-in", status=400, login="hanako", junk="偽の文", password="nine small birds")
    assert "偽の文" not in page.text
    answer = client.open("/sign-in", method="POST", data={"login": "花子", "junk": "偽の文"}, headers=OURS)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "花子" in text
    assert "偽の文" not in text


@on_sqlite
def test_only_what_the_form_knows_is_kept_after_a_time_out(app: Flask, db_session: Session):
    from stations.people import queries

    client, officer = PageClient(app), cast.person(Role.SECRETARIAT)
    client.sign_in(officer)
    page = client.get("/meetings/new")
    token, mark = csrf_token(page), page.all("input", name="once")[-1].get("value", "")
    with client.http.session_transaction() as session:
        session["seen"] = session["since"] = 0
    fields = {"title": "第1回全体会議", "held_on-year": "2026", "held_on-junk": "偽の文", "junk": "偽の文"}
    client.open("/meetings/new", method="POST", data={**fields, "csrf_token": token, "once": mark})
    (kept,) = queries.held_forms(officer)
    known = {name: value for name, value in kept.fields if name != "once"}
    assert known == {"title": "第1回全体会議", "held_on-year": "2026"}


@on_sqlite
def test_somebody_signed_in_may_send_a_long_plan(app: Flask, db_session: Session):
    client, officer = PageClient(app), cast.person(Role.OFFICER)
    client.sign_in(officer)
    token = csrf_token(client.get("/account"))
    long = {"csrf_token": token, "name": "あ" * 20_000}
    assert client.open("/account/profile", method="POST", data=long).status_code == 200
    huge = {"csrf_token": token, "name": "あ" * 200_000}
    assert client.open("/account/profile", method="POST", data=huge).status_code == 413


@on_sqlite
def test_a_body_that_is_no_object_is_a_bad_request(app: Flask, db_session: Session):
    client = PageClient(app)
    client.sign_in(cast.person(Role.OFFICER))
    token = csrf_token(client.get("/account"))
    headers = {"X-CSRFToken": token}
    for body in (b"[]", b"1", b'"a"', b"null", b"{", b"\xff", b"[" * 30_000, b'{"events":' * 9_000 + b"1"):
        for url in ("/account/profile", "/language"):
            answer = client.open(
                url,
                method="POST",
                data=body,
                content_type="application/json",
                headers=headers,
                follow_redirects=False,
            )
            assert answer.status_code < 500, (url, body[:20])


def test_a_null_in_a_login_is_a_wrong_login(app: Flask, db_session: Session):
    """PostgreSQL stores no NUL; nobody's login has one."""
    client = PageClient(app)
    token = csrf_token(client.get("/sign-in"))
    for login in ("nobody\0", "\0", "%ED%A0%80"):
        data = {"csrf_token": token, "login": login, "password": "some\0thing long"}
        assert client.open("/sign-in", method="POST", data=data).status_code == 200
