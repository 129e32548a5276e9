"""The published description is true: what it allows is sent, and more, and every answer is held to it."""

import contextvars
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from stations.attendance.devices import guard, openapi
from stations.attendance.devices.services import managing
from stations.attendance.services import day
from stations.committees.services import calendar
from stations.core import clock
from stations.core.throttle import Throttle
from tests.attendance.devices.conftest import Door
from tests.support import cast
from tests.support.client import hand_over_database

on_sqlite = pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
DAY = dt.timedelta(days=1)
PLAIN = {"Accept-Encoding": "identity"}  # a test client unpacks nothing
DOCUMENT = "/api/v1/openapi.json"


@pytest.fixture
def lively(door: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A station with openings of every kind, and nobody made to wait."""
    for throttle in ("_of_device", "_of_address"):
        monkeypatch.setattr(guard, throttle, Throttle(1_000_000, 1.0))
    today = cast.opening(door.station, starts_at=cast.STARTED)
    day.save_details(opening=today, weather="晴れ", note="", incident="", by=door.leader)
    past = cast.opening(door.station, clock.today() - DAY)
    day.close(opening=past, by=door.leader)
    coming = cast.opening(door.station, clock.today() + 3 * DAY)
    calendar.cancel_opening(opening=coming, reason="台風", by=door.leader)
    return door


def operations(app: Flask) -> Iterator[Any]:
    """The operations that are described, as schemathesis reads them."""
    found = alone(schemathesis.openapi.from_wsgi, DOCUMENT, app)
    found.validate()
    return (one.ok() for one in found.get_all_operations())


def alone(call: Any, *given: Any, **more: Any) -> Any:
    """As a request of its own: it must not borrow the application context of the test."""
    hand_over_database()
    return contextvars.Context().run(call, *given, **more)


@pytest.mark.parametrize("holds", ["its token", "a revoked token", "no token"])
@on_sqlite
def test_every_answer_is_as_it_is_described(lively: Door, holds: str):
    cookies = {} if holds == "no token" else {guard.COOKIE: lively.token}
    if holds == "a revoked token":
        managing.revoke(device=lively.device, reason="なくした", by=lively.leader)
    load_all_checks()
    statuses: dict[str, set[int]] = {}
    for operation in operations(lively.app):
        # What is against the description can only be sent where something is sent.
        for mode in GenerationMode if list(operation.body) else [GenerationMode.POSITIVE]:
            try_out(operation, mode, cookies, statuses.setdefault(operation.path, set()))
    assert set(statuses) == set(openapi.PATHS)
    for path, seen in statuses.items():
        usual = {200} if holds == "its token" else {401}
        assert seen - {400} == usual, path


def try_out(operation: Any, mode: GenerationMode, cookies: dict[str, str], statuses: set[int]) -> None:
    """Send what the description allows (or does not), and hold each answer to it."""

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Case[Any]) -> None:
        # Who gets in without a token is test_guard's business; schemathesis would send the one it was given. A row that
        # is against the description has a verdict of its own, so that the rest is taken: test_sync.
        excluded = [ignored_auth, negative_data_rejection]
        answer = alone(case.call_and_validate, cookies=cookies, headers=PLAIN, excluded_checks=excluded)
        statuses.add(answer.status_code)

    answers()
