"""What a tablet's token opens, and what it does not: every route of the application is tried."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from stations.app import create_app
from stations.attendance.devices import guard
from stations.attendance.devices.guard import HEADER, by_device
from stations.attendance.devices.models import Device
from stations.attendance.devices.services import managing
from stations.attendance.devices.views import api
from stations.core import clock, limits
from stations.core.access import Role
from stations.core.config import Config
from stations.core.database import db, writes
from stations.core.throttle import Throttle
from tests.attendance.devices.conftest import Door
from tests.support import cast
from tests.support.client import PageClient
from tests.support.sampling import access_of
from tests.support.statements import recorded
from tests.support.tablet import Tablet, enrolled

BOOTSTRAP = "/api/v1/attendance/bootstrap"
ECHO = "/api/v1/echo"
JSON = "application/json"
on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)


def paths(app: Flask, method: str) -> dict[str, str]:
    """An address of every route that answers ``method``, by endpoint."""
    return {
        rule.endpoint: re.sub(r"<[^>]+>", "x", re.sub(r"<int:\w+>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ())
    }


def for_devices(app: Flask) -> set[str]:
    return {name for name, view in app.view_functions.items() if access_of(view).by_device}


@on_sqlite
def test_a_token_opens_the_tablets_routes_and_nothing_else(door: Door):
    """With the cookie alone every other route answers as it answers nobody."""
    nobody = Tablet(door.app, None)
    told_apart = {}
    for method in ("GET", "POST"):
        for endpoint, url in paths(door.app, method).items():
            if endpoint in for_devices(door.app):
                continue
            with_token = door.tablet.open(url, method=method)
            without = nobody.open(url, method=method)
            if (with_token.status_code, with_token.location) != (without.status_code, without.location):
                told_apart[f"{method} {url}"] = (with_token.status, without.status)
    assert told_apart == {}


@on_sqlite
def test_no_route_that_asks_for_a_person_takes_a_token_for_one(door: Door):
    asked = [
        (endpoint, url)
        for endpoint, url in paths(door.app, "GET").items()
        if access_of(door.app.view_functions[endpoint]).permission is not None
    ]
    assert len(asked) > 100
    for endpoint, url in asked:
        assert door.tablet.get(url).status_code in {302, 303, 401, 404}, endpoint


@pytest.mark.parametrize("role", [Role.STATION_LEADER, Role.VOLUNTEER, Role.OFFICER, Role.ADMINISTRATOR])
@on_sqlite
def test_a_persons_session_opens_no_route_of_tablets(door: Door, role: Role):
    station = door.station if role in {Role.STATION_LEADER, Role.VOLUNTEER} else None
    client = PageClient(door.app)
    client.sign_in(cast.person(role, of=station))
    routes = for_devices(door.app)
    assert "attendance.bootstrap" in routes
    for method in ("GET", "POST"):
        for endpoint, url in paths(door.app, method).items():
            if endpoint in routes:
                answer = client.open(url, method=method, follow_redirects=False)
                assert answer.status_code == 401, endpoint
                assert answer.get_json()["code"] == "unknown"


@on_sqlite
def test_a_tablet_with_a_session_beside_its_token_is_still_the_tablet(door: Door):
    """The leader may have signed in on it: that neither helps nor harms."""
    client = PageClient(door.app)
    client.sign_in(cast.person(Role.OFFICER))
    client.http.set_cookie(guard.COOKIE, door.token)
    assert client.open(BOOTSTRAP).get_json()["device"]["name"] == "受付1"


@pytest.mark.parametrize("token", [None, "", "x", "あ", "x" * 4000])
@on_sqlite
def test_an_unknown_token_is_told_so(door: Door, token: str | None):
    answer = Tablet(door.app, token).get(BOOTSTRAP)
    assert (answer.status_code, answer.json["code"]) == (401, "unknown")
    assert answer.json["problem"] == "この端末は登録されていません。"
    assert "Set-Cookie" not in answer.headers


def test_a_revoked_token_is_told_so_and_its_cookie_stays(door: Door):
    managing.revoke(device=door.device, reason="なくした", by=door.leader)
    answer = door.tablet.get(BOOTSTRAP)
    assert (answer.status_code, answer.json["code"]) == (401, "revoked")
    assert "残っています" in answer.json["problem"]
    assert "Set-Cookie" not in answer.headers


@pytest.fixture
def receiver(app: Flask, config: Config) -> Iterator[Flask]:
    """An application with one more route, which takes what a tablet sends as the one for its events does."""

    def bootstrap(device: Device) -> ResponseReturnValue:
        return jsonify(station=device.station.id, sent=len(request.get_data()))

    bootstrap.__module__ = api.__name__  # by this name create_app has let it go without a CSRF token
    made = create_app(config)
    made.add_url_rule(ECHO, "echo", by_device(writes(bootstrap)), methods=["POST"])
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def sender(door: Door, receiver: Flask) -> Tablet:
    return Tablet(receiver, door.token)


def test_what_a_tablet_sends_arrives(sender: Tablet, door: Door):
    assert sender.post(ECHO).json == {"station": door.station.id, "sent": 2}


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"headers": {HEADER: ""}}, 400, "header"),
        ({"headers": {HEADER: "0"}}, 400, "header"),
        ({"json": None, "data": "{}"}, 415, "type"),
        ({"json": None, "data": "{}", "content_type": "text/plain"}, 415, "type"),
        ({"json": None, "data": {"a": "b"}}, 415, "type"),
    ],
)
@on_sqlite
def test_a_page_of_another_site_cannot_send_in_its_place(
    sender: Tablet, sent: dict[str, object], status: int, code: str
):
    answer = sender.post(ECHO, **sent)
    assert (answer.status_code, answer.json["code"]) == (status, code)


@on_sqlite
def test_who_has_no_token_hears_that_first(receiver: Flask, door: Door):
    assert Tablet(receiver, None).open(ECHO, method="POST", data="{}").status_code == 401


@on_sqlite
def test_a_tablet_sends_as_much_as_somebody_signed_in_and_a_stranger_does_not(
    sender: Tablet, receiver: Flask
):
    most = limits.SIGNED_IN.size
    assert sender.post(ECHO, json=None, data=b"0" * most, content_type=JSON).json["sent"] == most
    assert sender.post(ECHO, json=None, data=b"0" * (most + 1), content_type=JSON).status_code == 413
    stranger = Tablet(receiver, None).post(ECHO, json=None, data=b"0" * most, content_type=JSON)
    assert stranger.status_code == 401


def test_a_tablet_that_asks_without_end_waits(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "_of_device", Throttle(3, 60.0))
    _other, token = enrolled(door.station, door.leader, "受付2")
    tablet = door.tablet
    assert [tablet.get(BOOTSTRAP).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = tablet.get(BOOTSTRAP)
    assert answer.json["code"] == "busy"
    assert 0 < int(answer.headers["Retry-After"]) <= 20
    assert Tablet(door.app, token).get(BOOTSTRAP).status_code == 200, "another tablet does not"


def test_tokens_that_are_not_known_wait_by_their_address(door: Door, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "_of_address", Throttle(2, 60.0))
    stranger = Tablet(door.app, "x")
    assert [stranger.get(BOOTSTRAP).status_code for _ in range(3)] == [401, 401, 429]
    assert door.tablet.get(BOOTSTRAP).status_code == 200, "an enrolled tablet at the same address does not"
    elsewhere = stranger.open(BOOTSTRAP, environ_overrides={"REMOTE_ADDR": "198.51.100.7"})
    assert elsewhere.status_code == 401


def test_a_tablet_is_noted_as_seen_at_most_once_a_minute_and_its_cookie_renewed(
    door: Door, sender: Tablet, db_session: Session
):
    """By what reads and by what writes."""
    start = dt.datetime(2026, 11, 30, 5, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock_of_test:
        for tablet, ask in (
            (door.tablet, lambda one: one.get(BOOTSTRAP)),
            (sender, lambda one: one.post(ECHO)),
        ):
            clock_of_test.shift(3600)
            first = ask(tablet)
            assert first.status_code == 200
            assert f"{guard.COOKIE}={door.token}" in first.headers["Set-Cookie"]
            assert seen(door, db_session) == clock.now()
            noted = clock.now()
            clock_of_test.shift(59)
            with recorded(db.engine) as statements:
                again = ask(tablet)
            assert "Set-Cookie" not in again.headers
            assert not [one for one in statements if one.startswith("UPDATE")]
            assert seen(door, db_session) == noted
            clock_of_test.shift(1)
            ask(tablet)
            assert seen(door, db_session) == clock.now()


def seen(door: Door, session: Session) -> dt.datetime | None:
    session.commit()
    return session.scalar(sa.select(Device.last_seen_at).where(Device.id == door.device.id))


@on_sqlite
def test_the_cookie_is_read_by_no_script_and_by_no_other_site(door: Door):
    cookie = door.tablet.get(BOOTSTRAP).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={365 * 24 * 3600}"} <= set(cookie.split("; "))
    assert "Secure" not in cookie, "the demonstration has no certificate"


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_in_production_the_cookie_travels_encrypted_only(door: Door, config: Config, engine_url: str):
    secure = dataclasses.replace(
        config,
        mode="production",
        secret_key="x" * 40,
        data_keys="eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg=",
        mayor_name="見本 市長",
        base_url="https://stations.example",
        contact_phone="047-366-1111",
    )
    made = create_app(secure)
    assert "Secure" in Tablet(made, door.token).get(BOOTSTRAP).headers["Set-Cookie"]
    with made.app_context():
        db.engine.dispose()
