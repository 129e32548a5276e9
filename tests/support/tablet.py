"""A tablet in a test: enrolled at a station, with its cookie and its headers, and nobody signed in."""

import contextvars
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from stations.attendance.devices.guard import COOKIE, HEADER
from stations.attendance.devices.models import Device
from stations.attendance.devices.services import enrolling
from stations.committees.models import Station
from stations.core.access import Actor
from tests.support.client import hand_over_database

PIN = "2580"


def enrolled(station: Station, by: Actor, name: str = "受付1") -> tuple[Device, str]:
    """A new tablet of a station, whose code ``by`` has shown, and its token."""
    code, _shown = enrolling.show_code(station=station, by=by)
    attempt = enrolling.enrol(code=code, name=name, pin=PIN, address="192.0.2.1")
    assert attempt.device is not None
    return attempt.device, attempt.token


@dataclass
class Tablet:
    """Asks what a tablet asks; ``token`` None: its cookie is gone."""

    app: Flask
    token: str | None
    http: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.app.test_client()
        if self.token is not None:
            self.http.set_cookie(COOKIE, self.token)

    def open(self, url: str, **options: Any) -> Any:
        """One request, nothing checked, redirects not followed; a response of werkzeug's test client."""
        hand_over_database()
        return contextvars.Context().run(self.http.open, url, buffered=True, **options)

    def get(self, url: str) -> Any:
        return self.open(url)

    def post(self, url: str, **options: Any) -> Any:
        """With the headers that the tablet's page sends."""
        headers = {HEADER: "1", **options.pop("headers", {})}
        return self.open(url, method="POST", headers=headers, **({"json": {}} | options))
